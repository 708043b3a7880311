"""Check values files and manifests as strictly as the API server and the operator would, offline.

Stages run in the API server's order: yaml, schema, cel, admission, lint; a document that fails the schema
is not judged further. A folder is one run over all YAML and JSON below it; what is no Dynamo or Kubernetes
object is skipped with a reason.
"""

from __future__ import annotations

import gc
import os
import sys
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from pydynamo_manifests.validate import Report
    from pydynamo_manifests.validate.target import Target

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """examples:
  dynamo-manifests validate graph.yaml
  dynamo-manifests validate clusters/ --dynamo 1.6.1 --cluster cluster.yaml --format github
  dynamo-manifests validate new.yaml --old stored.yaml --user alice
  kubectl get dgd qwen -o yaml | dynamo-manifests validate -

exits with 0 when nothing is wrong, 1 when something is, 2 when it could not be checked
"""

_FORMATS = ("text", "json", "sarif", "junit", "github")
_MANY_FILES = 200
_COLLECT_AFTER = 50_000
"""Objects between two looks for garbage in circles; trees of documents have none, and each look costs."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files, folders, or - for standard input")
    parser.add_argument(
        "--dynamo", metavar="RELEASE", help="release to judge for (default: the newest; values files: theirs)"
    )
    parser.add_argument(
        "--kubernetes", metavar="MINOR", help="minor release for core objects (default: the newest known)"
    )
    parser.add_argument("--cluster", metavar="FILE", help="what the target cluster has, as YAML")
    parser.add_argument(
        "--old", metavar="PATH", action="append", default=[], help="the stored objects that an update changes"
    )
    parser.add_argument("--user", metavar="NAME", help="who asks, as the API server names users")
    parser.add_argument(
        "--ignore",
        metavar="CODE",
        action="append",
        default=[],
        help="switch rules off, by code; commas are fine",
    )
    parser.add_argument(
        "--format", choices=_FORMATS, default="text", help="how to write the report (default: %(default)s)"
    )
    parser.add_argument(
        "--fail-on",
        choices=("error", "warning"),
        default="error",
        help="the least severity that exits with 1",
    )
    parser.add_argument(
        "--jobs", type=_processes, metavar="N", help="processes to use (default: 2 for many files)"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write the report there instead of standard output"
    )


def _processes(text: str) -> int:
    """Return how many processes to use."""
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"{text!r}: a whole number from 1 on")
    return int(text)


def run(args: Namespace) -> int:
    """Judge, write the report, and return the exit code."""
    from pydynamo_manifests.cli.inputs import check_paths, coloured, write_output
    from pydynamo_manifests.cli.stored import note_unchanged
    from pydynamo_manifests.validate.formats import write
    from pydynamo_manifests.validate.formats.text import Teller, joined
    from pydynamo_manifests.validate.run import validate_paths

    check_paths(*args.paths, *args.old)
    gc.set_threshold(_COLLECT_AFTER)
    target, told = _target(args), list[str]()
    tell = Teller(colour=coloured(args.output)) if args.format == "text" else None
    report = validate_paths(
        args.paths, target, jobs=_jobs(args), progress=_progress(), tell=tell, told=told.append
    )
    write_output(joined(told, report) if tell else write(report, args.format), args.output)
    note_unchanged(target, report)
    _close(report)
    return _exit(report, args.fail_on)


def _target(args: Namespace) -> Target:
    from pydynamo_manifests.cli.stored import stored_objects
    from pydynamo_manifests.validate.cluster import Cluster
    from pydynamo_manifests.validate.target import Target

    return Target.of(
        args.dynamo,
        kubernetes=args.kubernetes,
        cluster=Cluster.from_file(args.cluster) if args.cluster else None,
        old=stored_objects(args.old),
        user=args.user,
        ignore=[code.strip() for text in args.ignore for code in text.split(",") if code.strip()],
    )


def _jobs(args: Namespace) -> int:
    if args.jobs is not None:
        return int(args.jobs)
    from pydynamo_manifests.validate.sources import STDIN, files_of

    many = STDIN not in args.paths and sum(1 for _ in files_of(args.paths)) >= _MANY_FILES
    return min(2, os.cpu_count() or 1) if many else 1


def _progress() -> Any:
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        if total > 1 and (done == total or done % 20 == 0):
            print(
                f"\r{done}/{total} files", end="" if done < total else "\r\x1b[K", file=sys.stderr, flush=True
            )

    return show


def _close(report: Report) -> None:
    from pydynamo_manifests.validate.formats.text import summary

    if sys.stderr.isatty() and not report.findings:
        print(summary(report), file=sys.stderr)


def _exit(report: Report, fail_on: str) -> int:
    from pydynamo_manifests.validate.codes import UNREADABLE

    if any(finding.rule == UNREADABLE.code for finding in report.findings):
        return 2
    if not report.ok:
        return 1
    return int(fail_on == "warning" and any(f.severity == "warning" for f in report.findings))
