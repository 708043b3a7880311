"""Turn existing graphs into values of the graph chart; rendering the values gives the same graphs again.

Recognised parts get fields of their own (model, GPUs, flags, variables, image, cache, token Secret), everything
else goes through the hatches. The report on standard error says which is which, and which rules the graph
breaks.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pydynamo_manifests.import_ import Imported

_KINDS = ("DynamoGraphDeployment", "DynamoGraphDeploymentRequest")

EPILOG = """examples:
  dynamo-manifests import graph.yaml > values.yaml
  dynamo-manifests import gitops/ -o values/                   one values file for each graph
  dynamo-manifests import --from-cluster qwen -n team-a        a live graph, without what the operator added
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from pydynamo_manifests.cli.inputs import add_namespace

    parser.add_argument("paths", nargs="*", metavar="PATH", help="files, folders, or - for standard input")
    parser.add_argument("--from-cluster", metavar="NAME", help="read this graph from the current cluster")
    add_namespace(parser, "namespace for --from-cluster")
    parser.add_argument("--kubeconfig", metavar="FILE", help="kubeconfig file for --from-cluster")
    parser.add_argument("--context", metavar="NAME", help="its context")
    parser.add_argument("--graph", metavar="NAME", help="only this graph, when there are several")
    parser.add_argument(
        "--tidy", action="store_true", help="nest JSON text of flags even where its spacing changes"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="no report on standard error")
    parser.add_argument(
        "-o", "--output", metavar="FILE|DIR", help="write there; a folder when there are several graphs"
    )


def run(args: argparse.Namespace) -> int:
    """Import and write."""
    from pydynamo_manifests.cli.inputs import check_paths, write_output
    from pydynamo_manifests.import_.text import values_file

    check_paths(*args.paths, *([] if args.output is None else [args.output]))
    found = list(_imported(args))
    _check_count(found, args)
    if len(found) == 1 and not (args.output and Path(args.output).is_dir()):
        write_output(values_file(*found[0]), args.output)
    else:
        _write_folder(found, Path(args.output))
    if not args.quiet:
        print("".join(_report(*each) for each in found), file=sys.stderr, end="")
    return 0


def _check_count(found: list[tuple[Imported, str]], args: argparse.Namespace) -> None:
    from pydynamo_manifests.errors import InputError

    if not found:
        named = f" called {args.graph!r}" if args.graph else ""
        raise InputError(f"{', '.join(args.paths)}: holds no DynamoGraphDeployment{named}")
    if len(found) > 1 and not args.output:
        names = ", ".join(each.name for each, _ in found)
        raise InputError(
            f"{len(found)} graphs ({names}): choose one with --graph NAME, or write them with -o DIR"
        )


def _write_folder(found: list[tuple[Imported, str]], folder: Path) -> None:
    from pydynamo_manifests.import_.text import values_file
    from pydynamo_manifests.yaml.files import write_text

    for name, each in zip(_file_names(found), found, strict=True):
        write_text(folder / name, values_file(*each), folders=True)


def _file_names(found: list[tuple[Imported, str]]) -> list[str]:
    """Name each file by its graph, by source and graph where names repeat, and by number in the last resort."""
    names = [each.name for each, _ in found]
    longer = [
        f"{Path(source).stem}-{name}" if names.count(name) > 1 else name
        for name, (_, source) in zip(names, found, strict=True)
    ]
    clean = [re.sub(r"[^A-Za-z0-9._-]+", "-", name) for name in longer]
    return [
        f"{name}-{i + 1}.yaml" if clean.count(name) > 1 else f"{name}.yaml" for i, name in enumerate(clean)
    ]


def _imported(args: argparse.Namespace) -> Iterator[tuple[Imported, str]]:
    from pydynamo_manifests.cli.inputs import about
    from pydynamo_manifests.errors import InputError
    from pydynamo_manifests.import_ import import_graph, without_server_fields

    if args.from_cluster and not args.paths:
        yield import_graph(without_server_fields(_live(args)), tidy=args.tidy), "the cluster"
    elif args.paths and not args.from_cluster:
        for source, documents in _files(args.paths):
            graphs = [d for d in documents if d.get("kind") in _KINDS]
            others = [d for d in documents if d.get("kind") not in _KINDS] if len(graphs) == 1 else []
            chosen = [g for g in graphs if args.graph in (None, (g.get("metadata") or {}).get("name"))]
            with about(source):
                made = [import_graph(without_server_fields(g), others, tidy=args.tidy) for g in chosen]
            yield from ((each, source) for each in made)
    else:
        raise InputError("give files or folders, or --from-cluster NAME")


def _live(args: argparse.Namespace) -> dict[str, Any]:
    from pydynamo_manifests.cluster.reader import connect
    from pydynamo_manifests.errors import InputError

    reader = connect(args.kubeconfig, args.context)
    where = f"namespaces/{args.namespace}/dynamographdeployments/{args.from_cluster}"
    for version in ("v1beta1", "v1alpha1"):
        found: dict[str, Any] | None = reader.get(f"/apis/nvidia.com/{version}/{where}")
        if found:
            return found
    raise InputError(
        f"no graph {args.from_cluster!r} in namespace {args.namespace!r}, or you may not read it"
    )


def _files(paths: list[str]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    from pydynamo_manifests.cli.inputs import read_text
    from pydynamo_manifests.cli.rewrite import yaml_files
    from pydynamo_manifests.yaml import load_all

    for path in paths:
        files = list(yaml_files(Path(path))) if Path(path).is_dir() else [path]
        for file in files:
            documents = [
                d for d in load_all(read_text(str(file)), str(file)) if isinstance(d, dict) and "kind" in d
            ]
            if documents:
                yield str(file), documents


def _report(imported: Imported, source: str) -> str:
    from pydynamo_manifests.render import render
    from pydynamo_manifests.validate import validate

    lines = [f"{imported.name} ({source})"]
    lines += [f"  recognised: {text}" for text in imported.recognised]
    lines += [f"  kept as it is: {text}" for text in imported.kept]
    release = imported.plain["dynamo"].get("release")
    known = _known(release)
    graph = render(imported.values, name=imported.name)[:1]
    findings = (validate(graph, dynamo=known) if known else validate(graph)).findings
    lines += [f"  breaks {f.rule}: {f.path}: {f.message}" for f in findings if f.severity != "info"]
    return "\n".join(lines) + "\n"


def _known(release: str | None) -> str | None:
    from pydynamo_manifests.releases import release_of_tag

    found = release_of_tag(release) if release else None
    return found.version if found else None
