"""Convert Dynamo objects between nvidia.com/v1alpha1 and v1beta1, as the operator's webhook would, offline.

Folders are read recursively; documents of other kinds, templates and objects that already have the asked
version keep their bytes, and comments come along. Nothing is lost on the way: what the other version has no
field for goes into an annotation, from where converting back takes it. What is dropped is told on stderr.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from pydynamo_manifests.cli.rewrite import Source

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """examples:
  dynamo-manifests convert --to nvidia.com/v1beta1 graph.yaml
  dynamo-manifests convert --to v1beta1 clusters/ --in-place      # keeps clusters/**/*.yaml.bak
  dynamo-manifests convert --to v1beta1 clusters/ --check         # for CI: exits 1 when a file would change
  dynamo-manifests convert --to v1alpha1 --clean graph.yaml -o old.yaml
  kubectl get dgd qwen -o yaml | dynamo-manifests convert --to v1beta1 -
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    from pydynamo_manifests.cli.rewrite import add_rewriting

    parser.add_argument(
        "--to", required=True, metavar="VERSION", help="nvidia.com/v1alpha1 or nvidia.com/v1beta1"
    )
    parser.add_argument(
        "--clean", action="store_true", help="no private annotations; what they held is told on stderr"
    )
    add_rewriting(parser)


def run(args: Namespace) -> int:
    """Convert everything first, then write: an error leaves every file as it was."""
    from pydynamo_manifests.cli.rewrite import rewrite

    notices: list[str] = []
    status = rewrite(args, lambda source: _convert(source, args, notices))
    sys.stderr.writelines(f"{notice}\n" for notice in notices)
    return status


def _convert(source: Source, args: Namespace, notices: list[str]) -> str:
    from pydynamo_manifests.convert import KINDS, convert_text
    from pydynamo_manifests.errors import ConversionError

    result = convert_text(source.text, args.to, clean=args.clean, source=source.path)
    if source.explicit and not result.objects and not result.notices:
        found = f" (found {', '.join(result.kinds)})" if result.kinds else ""
        raise ConversionError(f"{source.path}: nothing to convert{found}; the kinds are {', '.join(KINDS)}")
    notices += result.notices
    return result.text
