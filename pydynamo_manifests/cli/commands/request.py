"""Follow a request for a graph, read the graph that it found, and check a change before it is refused.

status   say where it stands, why, and what to do; exit 1 when it failed
read     write the generated graph as values of the graph chart
check    say whether changed values would be taken; exit 1 when not

A generated graph has no owner: it stays when its request is deleted. To keep it in Git, read its values, commit
them, delete the request, and install the values under the name of the graph.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from pydynamo_manifests.requests.results import Candidate, Point

EPILOG = """examples:
  dynamo-manifests request status qwen -n team-a --watch
  dynamo-manifests request read qwen -n team-a > graph-values.yaml
  dynamo-manifests request read -f request.yaml --list
  dynamo-manifests request read qwen --pick alternative-1 -o graph-values.yaml
  dynamo-manifests request read -f request.yaml --results pareto.csv --plot pareto.svg -o graph-values.yaml
  dynamo-manifests request check qwen -n team-a --values values.yaml
"""


_A_YEAR = 366 * 86400


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from pydynamo_manifests.cli.inputs import add_namespace

    parser.add_argument("action", choices=("status", "read", "check"), help="what to do with it")
    parser.add_argument("name", nargs="?", help="the request in the cluster")
    add_namespace(parser, "its namespace")
    parser.add_argument(
        "-f",
        "--file",
        metavar="FILE",
        help="read from a file instead: a request with its status, or final_config.yaml",
    )
    parser.add_argument("--kubeconfig", metavar="FILE", help="as for kubectl")
    parser.add_argument("--context", metavar="NAME", help="context of the kubeconfig")
    group = parser.add_argument_group("status")
    group.add_argument("--watch", action="store_true", help="follow it until it ends")
    group.add_argument(
        "--interval", type=_seconds, default=5.0, metavar="S", help="seconds between looks (default: 5)"
    )
    group.add_argument("--timeout", type=_seconds, metavar="S", help="stop following after so many seconds")
    group.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    group = parser.add_argument_group("read")
    group.add_argument("--list", action="store_true", help="list the graphs that it found instead")
    group.add_argument(
        "--pick", metavar="GRAPH", help="selected (the default), or alternative-1, alternative-2, ..."
    )
    group.add_argument("--results", metavar="FILE", help="the profiler's table of results (CSV or JSON)")
    group.add_argument(
        "--plot", metavar="FILE", help="draw that table as SVG: throughput per GPU against latency"
    )
    group.add_argument("-o", "--output", metavar="FILE", help="write there instead of to standard output")
    group = parser.add_argument_group("check")
    group.add_argument("--values", action="append", default=[], metavar="FILE", help="the changed values")


def _seconds(text: str) -> float:
    """Return a time to wait; what no clock could wait is refused."""
    from argparse import ArgumentTypeError

    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _A_YEAR:
        raise ArgumentTypeError(f"{text!r}: seconds, a number such as 5")
    return seconds


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    from pydynamo_manifests.errors import InputError

    if bool(args.name) == bool(args.file):
        raise InputError("give the request's name, or a file with -f FILE")
    return {"status": _status, "read": _read, "check": _check}[args.action](args)


def _documents(args: argparse.Namespace) -> list[dict[str, Any]]:
    if not args.file:
        return [_live(args)]
    from pydynamo_manifests.cli.inputs import read_text
    from pydynamo_manifests.yaml import load_all

    return [d for d in load_all(read_text(args.file), args.file) if isinstance(d, dict)]


def _live(args: argparse.Namespace) -> dict[str, Any]:
    from pydynamo_manifests.cluster.reader import connect
    from pydynamo_manifests.errors import InputError

    reader = connect(args.kubeconfig, args.context)
    where = f"namespaces/{args.namespace}/dynamographdeploymentrequests/{args.name}"
    for version in ("v1beta1", "v1alpha1"):
        found: dict[str, Any] | None = reader.get(f"/apis/nvidia.com/{version}/{where}")
        if found:
            return found
    raise InputError(f"no request {args.name!r} in namespace {args.namespace!r}, or you may not read it")


def _request(args: argparse.Namespace) -> dict[str, Any]:
    from pydynamo_manifests.errors import InputError
    from pydynamo_manifests.requests.status import KIND

    found = [d for d in _documents(args) if d.get("kind") == KIND]
    if len(found) != 1:
        raise InputError(f"{args.file} holds {len(found) or 'no'} requests; give a file with one")
    return found[0]


def _status(args: argparse.Namespace) -> int:
    from time import monotonic, sleep

    from pydynamo_manifests.requests.status import request_status

    started, shown = monotonic(), None
    while True:
        status = request_status(_request(args))
        if status != shown:
            _show(status, args.format)
        shown = status
        late = args.timeout is not None and monotonic() - started + args.interval > args.timeout
        if not args.watch or status.ended or late:
            return int(status.phase == "Failed" or (args.watch and late and not status.ended))
        sleep(args.interval)


def _show(status: Any, form: str) -> None:
    import json
    from dataclasses import asdict

    from pydynamo_manifests.requests.status import status_lines

    if form == "json":
        print(json.dumps({**asdict(status), "ended": status.ended, "advice": status.advice}), flush=True)
    else:
        print("\n".join(status_lines(status)), flush=True)


def _read(args: argparse.Namespace) -> int:
    import sys

    from pydynamo_manifests.cli.inputs import about, write_output
    from pydynamo_manifests.import_.text import values_file
    from pydynamo_manifests.requests.results import candidates, graph_values

    source = args.file or f"the request {args.name}"
    documents = _documents(args)
    with about(source):
        found = candidates(documents, source)
    points = _points(args)
    if args.plot:
        write_output(_plot(points, documents), args.plot)
    if args.list:
        write_output("".join(_listed(found, points)), args.output)
        return 0
    with about(source):
        chosen = graph_values(_picked(found, args.pick))
    write_output(values_file(chosen, source), args.output)
    if len(found) > 1 and not args.pick and sys.stderr.isatty():
        print(f"{len(found) - 1} alternatives: --list shows them, --pick chooses", file=sys.stderr)
    return 0


def _picked(found: Sequence[Candidate], name: str | None) -> Candidate:
    from pydynamo_manifests.errors import UnknownNameError

    if name is None:
        return found[0]
    by_name = {c.name: c for c in found}
    if name not in by_name:
        raise UnknownNameError("graph of the request", name, by_name)
    return by_name[name]


def _points(args: argparse.Namespace) -> list[Point]:
    from pydynamo_manifests.cli.inputs import read_text
    from pydynamo_manifests.errors import InputError
    from pydynamo_manifests.requests.results import read_points

    if args.results:
        return read_points(read_text(args.results), args.results)
    if args.plot:
        raise InputError(
            "--plot needs numbers, and a request's status holds graphs alone: give the profiler's table with --results FILE"
        )
    return []


def _plot(points: Sequence[Point], documents: Sequence[dict[str, Any]]) -> str:
    from pydynamo_manifests.requests.results import pareto_front
    from pydynamo_manifests.svg import Guide, Series, chart

    front = pareto_front(points)
    rest = [(p.itl, p.throughput) for p in points if p not in front]
    series = [Series("best", [(p.itl, p.throughput) for p in front], labels=[p.name for p in front])]
    series += [Series("beaten", rest, line=False)] if rest else []
    targets = [(d.get("spec") or {}).get("sla") or {} for d in documents]
    guides = [
        Guide(f"target {t['itl']:g} ms", t["itl"]) for t in targets if isinstance(t.get("itl"), (int, float))
    ]
    return chart(
        "What the profiler found", "time between tokens (ms)", "tokens per second and GPU", series, guides
    )


def _listed(found: Sequence[Candidate], points: Sequence[Point]) -> list[str]:
    from pydynamo_manifests.requests.results import pareto_front

    lines = [f"{c.name.ljust(15)} {str(c.gpus).rjust(4)} GPUs  {c.shape}\n" for c in found]
    front = pareto_front(points)
    if front:
        lines.append("\ntokens/s and GPU   ms between tokens   ms to the first   configuration\n")
    for p in front:
        first = f"{p.ttft:.1f}" if p.ttft is not None else "-"
        lines.append(f"{p.throughput:16.1f}   {p.itl:17.2f}   {first:>15}   {p.name}\n")
    return lines


def _check(args: argparse.Namespace) -> int:
    import sys

    from pydynamo_manifests.cli.inputs import about
    from pydynamo_manifests.errors import InputError
    from pydynamo_manifests.releases import newest
    from pydynamo_manifests.render import render
    from pydynamo_manifests.validate import validate
    from pydynamo_manifests.values.layers import read_layers
    from pydynamo_manifests.values.load import load_values

    if not args.values:
        raise InputError("check compares values with the request: add --values FILE")
    old = _request(args)
    values = load_values(read_layers(args.values))
    metadata = old.get("metadata") or {}
    with about(", ".join(args.values)):
        objects = render(values, name=str(metadata.get("name")), namespace=metadata.get("namespace"))
    release = values.dynamo.release if values.dynamo else None
    report = validate(objects, old=[old], dynamo=release or newest().version)
    for finding in report.findings:
        print(
            f"{finding.severity} {finding.rule} {finding.path}: {finding.message}\n  {finding.hint}",
            file=sys.stdout,
        )
    return int(not report.ok)
