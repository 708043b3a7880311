"""Compare two graphs in serving terms, whatever their API version and whether they are values or manifests.

Says how many replicas and GPUs come or go, which images, flags and variables change, and which components
the operator restarts when the change is applied. Exits 1 when the graphs differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

    from pydynamo_manifests.diff import Difference

EPILOG = """examples:
  dynamo-manifests diff values/graph/1.6/vllm-agg.yaml values/graph/1.6/vllm-disagg.yaml
  dynamo-manifests diff deployed.yaml <(dynamo-manifests render values.yaml --name qwen)
  dynamo-manifests diff a.yaml b.yaml --format json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("old", metavar="OLD", help="values file or manifest; - is stdin")
    parser.add_argument("new", metavar="NEW", help="values file or manifest; - is stdin")
    parser.add_argument("--graph", metavar="NAME", help="which graph, when a file holds several")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 also when the graphs differ")


def run(args: argparse.Namespace) -> int:
    """Compare and print."""
    from pydynamo_manifests.cli.inputs import check_paths
    from pydynamo_manifests.diff import diff

    check_paths(args.old, args.new)
    old, new = _graph(args.old, args.graph), _graph(args.new, args.graph)
    found = diff(old, new)
    if args.format == "json":
        import json

        print(json.dumps(found.to_dict(), indent=2))
    else:
        print(_text(found), end="")
    return int(bool(found.changes) and not args.exit_zero)


def _graph(path: str, name: str | None) -> dict[str, Any]:
    from pydynamo_manifests.cli.inputs import about, read_text
    from pydynamo_manifests.diff import as_beta
    from pydynamo_manifests.errors import InputError
    from pydynamo_manifests.render import render
    from pydynamo_manifests.values.layers import Layers, layer_of
    from pydynamo_manifests.values.load import load_values
    from pydynamo_manifests.yaml import parse_all

    parsed = [p for p in parse_all(read_text(path), path) if isinstance(p.value, dict)]
    documents: list[dict[str, Any]] = [p.value for p in parsed]
    graphs = [d for d in documents if d.get("kind") == "DynamoGraphDeployment"]
    if name:
        graphs = [g for g in graphs if (g.get("metadata") or {}).get("name") == name]
    elif not graphs and len(documents) == 1 and "kind" not in documents[0]:
        graphs = render(load_values(Layers(documents[0], [layer_of(parsed[0], path)])), name="graph")[:1]
    if len(graphs) != 1:
        what = f" called {name!r}" if name else ""
        if graphs:
            raise InputError(f"{path}: holds {len(graphs)} graphs{what}; choose one with --graph NAME")
        raise InputError(
            f"{path}: holds no graph{what}; give values of the graph chart, or a DynamoGraphDeployment"
        )
    with about(path):
        return as_beta(graphs[0])


def _text(found: Difference) -> str:
    if not found.changes:
        return ""
    lines = [f"{c.component or 'graph'}: {c.text}" for c in found.changes]
    old, new = found.gpus
    lines.append(
        f"GPUs in total: {old} to {new} ({new - old:+d})"
        if old != new
        else f"GPUs in total: {old}, as before"
    )
    names = ", ".join(found.restarts)
    lines.append(
        f"restarts: {names} (without Grove, one changed worker replaces all workers)"
        if names
        else "restarts: nothing"
    )
    return "\n".join(lines) + "\n"
