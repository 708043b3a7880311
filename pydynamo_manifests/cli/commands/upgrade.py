"""Rewrite graphs and values for another release: flags, variables, images, roles, KV transfer and events, the planner.

Every change is told on stderr with its reason, and then what a person must decide. The API version stays
(see 'convert'). Folders are read recursively; other documents and templates keep their bytes.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from pydynamo_manifests.cli.rewrite import Source
    from pydynamo_manifests.upgrade import TextUpgrade

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """examples:
  dynamo-manifests upgrade --from 0.9 --to 1.6 graph.yaml values.yaml
  dynamo-manifests upgrade --from 1.2 --to 1.6.1 clusters/ --in-place    # keeps clusters/**/*.yaml.bak
  dynamo-manifests upgrade --from 0.9 --to 1.6 clusters/ --report        # deprecations of a repository; writes nothing
  dynamo-manifests upgrade --from 1.4 --to 1.5 clusters/ --check --diff  # for CI
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    from pydynamo_manifests.cli.rewrite import add_rewriting

    parser.add_argument(
        "--from", dest="start", required=True, metavar="RELEASE", help="release the graphs were written for"
    )
    parser.add_argument(
        "--to", dest="target", required=True, metavar="RELEASE", help="release they shall run on"
    )
    parser.add_argument(
        "--rename-workers",
        action="store_true",
        help="give workers the names of the new release (a running graph must be made anew)",
    )
    parser.add_argument(
        "--report", action="store_true", help="print only what would change and what to decide; write nothing"
    )
    add_rewriting(parser)


def run(args: Namespace) -> int:
    """Upgrade everything first, then write: an error leaves every file as it was."""
    from pydynamo_manifests.cli.rewrite import rewrite
    from pydynamo_manifests.errors import InputError

    if args.report and (args.in_place or args.output or args.diff):
        raise InputError("--report writes nothing: leave --in-place, --output and --diff out")
    results: list[TextUpgrade] = []
    told = sys.stdout if args.report else sys.stderr
    check, args.check = args.check, args.check or args.report
    if args.report:
        args.diff = True  # the report stands in for the names of the files
    status = rewrite(args, lambda source: _upgrade(source, args, results))
    for result in results:
        told.writelines(f"{line}\n" for line in _lines(result))
    return status if check or not args.report else 0


def _lines(result: TextUpgrade) -> list[str]:
    changes = [f"changed: {line}" for line in result.changes]
    return [*changes, *(f"decide: {line}" for line in result.decisions), *result.notices]


def _upgrade(source: Source, args: Namespace, results: list[TextUpgrade]) -> str:
    from pydynamo_manifests.errors import InputError
    from pydynamo_manifests.upgrade import KINDS, upgrade_text

    result = upgrade_text(
        source.text, args.start, args.target, rename=args.rename_workers, source=source.path
    )
    if source.explicit and not result.objects and not result.notices:
        found = f" (found {', '.join(result.kinds)})" if result.kinds else ""
        raise InputError(f"{source.path}: nothing to upgrade{found}; the kinds are {', '.join(KINDS)}")
    results.append(result)
    return source.text if args.report else result.text
