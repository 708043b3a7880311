"""Ask a live cluster what Dynamo would find there.

check    judge whether the platform can be installed and used: exit 1 on an error, with what to do
inspect  write the file that 'validate --cluster' reads
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pydynamo_manifests.cluster import Check

EPILOG = """examples:
  dynamo-manifests cluster check
  dynamo-manifests cluster check --context prod --dynamo 1.5 --format json
  dynamo-manifests cluster inspect -o cluster.yaml && dynamo-manifests validate --cluster cluster.yaml graph.yaml
"""

_MARKS = {"ok": "ok     ", "info": "info   ", "warning": "WARNING", "error": "ERROR  "}
_COLOURS = {"ok": "32", "info": "2", "warning": "33", "error": "31"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("action", choices=("check", "inspect"), help="judge the cluster, or write it down")
    parser.add_argument("--dynamo", metavar="RELEASE", help="judge for this release; the newest without it")
    parser.add_argument("--kubeconfig", metavar="FILE", help="as for kubectl")
    parser.add_argument("--context", metavar="NAME", help="context of the kubeconfig")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of check; default: text")
    parser.add_argument("-o", "--output", metavar="FILE", help="write here instead of stdout")


def run(args: argparse.Namespace) -> int:
    """Check or inspect the cluster."""
    import json
    from dataclasses import asdict

    from pydynamo_manifests import yaml
    from pydynamo_manifests.cli.inputs import coloured, write_output
    from pydynamo_manifests.cluster import check, gather, inspected
    from pydynamo_manifests.cluster.reader import connect

    facts = gather(connect(args.kubeconfig, args.context))
    if args.action == "inspect":
        write_output(yaml.dump(inspected(facts)), args.output)
        return 0
    found = check(facts, args.dynamo)
    if args.format == "json":
        ok = not any(c.status == "error" for c in found)
        write_output(
            json.dumps({"ok": ok, "checks": [asdict(c) for c in found], "facts": asdict(facts)}, indent=2)
            + "\n",
            args.output,
        )
    else:
        write_output("".join(_line(c, colour=coloured(args.output)) for c in found), args.output)
    return int(any(c.status == "error" for c in found))


def _line(check: Check, *, colour: bool) -> str:
    mark = _MARKS[check.status]
    if colour:
        mark = f"\033[{_COLOURS[check.status]}m{mark}\033[0m"
    hint = f"\n{'':22}{check.hint}" if check.hint else ""
    return f"{mark} {check.name:13} {check.message}{hint}\n"
