"""Write the CustomResourceDefinitions of a Dynamo release.

Objects are converted between API versions by the operator's webhook: the chart dynamo-platform fills in its
Service. `--conversion` writes the stanza with the names that upstream gives it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import UnknownNameError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

EPILOG = """examples:
  dynamo-manifests crds | kubectl apply --server-side -f -
  dynamo-manifests crds --dynamo 1.4 --kind DynamoGraphDeployment --format json
  dynamo-manifests crds --compact -o crds/

The CRDs of 1.6 with both API versions are larger than what a client-side `kubectl apply` can keep in
annotations (262144 bytes): apply them server-side, or write them with --compact, as the chart dynamo-platform
carries them.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--dynamo", metavar="RELEASE", help="release of Dynamo (default: the newest)")
    parser.add_argument(
        "--kind", action="append", metavar="KIND", help="only this kind or short name; may be repeated"
    )
    parser.add_argument("--format", choices=("yaml", "json"), default="yaml", help="default: yaml")
    parser.add_argument(
        "--conversion", action="store_true", help="write the conversion webhook of upstream's operator"
    )
    parser.add_argument(
        "--compact", action="store_true", help="leave v1alpha1 pod templates of roles open (1.6)"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE|DIR", help="a file, or a folder to write one file per CRD to"
    )


def run(args: argparse.Namespace) -> int:
    """Write the CRDs; return 0."""
    from pydynamo_manifests.api import crds
    from pydynamo_manifests.releases import newest

    release = args.dynamo or newest().version
    found = _only(crds(release, conversion=args.conversion, compact=args.compact), args.kind, release)
    write = _json if args.format == "json" else _yaml
    if args.output and _is_folder(args.output):
        _write_folder(Path(args.output), found, args.format, write)
    elif args.output:
        _write(Path(args.output), write(found))
    else:
        sys.stdout.write(write(found))
    return 0


def _only(found: list[dict[str, Any]], kinds: list[str] | None, release: str) -> list[dict[str, Any]]:
    if not kinds:
        return found
    by_name = {name: crd for crd in found for name in _names(crd)}
    for kind in kinds:
        if kind.lower() not in by_name:
            raise UnknownNameError(
                f"kind of Dynamo {release}", kind, [c["spec"]["names"]["kind"] for c in found]
            )
    wanted = {id(by_name[kind.lower()]) for kind in kinds}
    return [crd for crd in found if id(crd) in wanted]


def _names(crd: dict[str, Any]) -> list[str]:
    names = crd["spec"]["names"]
    return [names["kind"].lower(), names["plural"], *names["shortNames"], crd["metadata"]["name"]]


def _yaml(crds: list[dict[str, Any]]) -> str:
    from pydynamo_manifests import yaml

    return yaml.dump_all(crds)


def _json(crds: list[dict[str, Any]]) -> str:
    document = crds[0] if len(crds) == 1 else {"apiVersion": "v1", "kind": "List", "items": crds}
    return json.dumps(document, indent=1) + "\n"


def _is_folder(output: str) -> bool:
    return output.endswith("/") or Path(output).is_dir()


def _write_folder(
    folder: Path, crds: list[dict[str, Any]], suffix: str, write: Callable[[list[dict[str, Any]]], str]
) -> None:
    texts = {folder / f"{crd['metadata']['name']}.{suffix}": write([crd]) for crd in crds}
    for path, text in texts.items():
        _write(path, text)


def _write(path: Path, text: str) -> None:
    from pydynamo_manifests.yaml.files import write_text

    write_text(path, text, folders=True)
