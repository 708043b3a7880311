"""Write the manifests that values make: the same objects as `helm template` of the graph chart, without Helm.

Values of the platform chart need Helm: `--engine helm`.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pydynamo_manifests.values.layers import Layers

EPILOG = """examples:
  dynamo-manifests render values/graph/1.6/vllm-disagg-router.yaml --name qwen -n team-a
  dynamo-manifests render preset.yaml mine.yaml --set model.name=Qwen/Qwen3-32B | kubectl apply --server-side -f -
  dynamo-manifests render preset.yaml --engine helm     # ask the helm on PATH instead
  dynamo-manifests render values/platform/ha.yaml --engine helm --name dynamo -n dynamo-system     # the platform's chart
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from pydynamo_manifests.cli.inputs import add_namespace, add_output, add_setters

    parser.add_argument(
        "values", nargs="*", metavar="VALUES", help="values files, later ones over earlier ones; - is stdin"
    )
    parser.add_argument(
        "-f",
        "--values",
        dest="files",
        action="append",
        default=[],
        metavar="FILE",
        help="the same, as for Helm; may be repeated",
    )
    parser.add_argument(
        "--name", default="graph", help="name of the release, and of the graph (default: graph)"
    )
    add_namespace(parser, "namespace of the objects")
    parser.add_argument(
        "--engine", choices=("python", "helm"), default="python", help="who writes (default: python)"
    )
    parser.add_argument("--format", choices=("yaml", "json"), default="yaml", help="default: yaml")
    add_setters(parser)
    add_output(parser)


def run(args: argparse.Namespace) -> int:
    """Render and write."""
    from pydynamo_manifests.cli.inputs import check_paths, values_with_setters, write_output
    from pydynamo_manifests.errors import InputError

    args.values += args.files
    if not args.values:
        raise InputError("missing: VALUES, such as values.yaml (see 'dynamo-manifests render --help')")
    check_paths(*args.values)
    values = values_with_setters(args)
    text = _by_helm(values.values, args) if args.engine == "helm" else _by_python(values, args)
    write_output(text, args.output)
    return 0


def _by_python(values: Layers, args: argparse.Namespace) -> str:
    from pydynamo_manifests.cli.inputs import about
    from pydynamo_manifests.render import render
    from pydynamo_manifests.values.load import load_values

    checked = load_values(values)
    with about(", ".join(args.values)):
        objects = render(checked, name=args.name, namespace=args.namespace)
    return _text(objects, args.format)


def _text(objects: list[dict[str, object]], form: str) -> str:
    if form == "json":
        import json

        return (
            json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}, indent=2, ensure_ascii=False)
            + "\n"
        )
    from pydynamo_manifests.yaml import dump_all

    return dump_all(objects)


def _by_helm(values: dict[str, object], args: argparse.Namespace) -> str:
    from pydynamo_manifests.charts import chart_path
    from pydynamo_manifests.errors import InputError
    from pydynamo_manifests.validate.values_files import chart_of
    from pydynamo_manifests.yaml import dump, load_all

    command = [
        "helm",
        "template",
        args.name,
        str(chart_path(chart_of(values) or "dynamo-graph")),
        "-n",
        args.namespace,
        "-f",
        "-",
    ]
    try:
        done = subprocess.run(command, input=dump(values), capture_output=True, text=True, check=False)  # noqa: S603 - a fixed command line
    except FileNotFoundError:
        raise InputError("no helm on PATH; --engine python needs none") from None
    if done.returncode:
        raise InputError(f"helm template failed: {done.stderr.strip()}")
    return _text([d for d in load_all(done.stdout, "helm template") if d], args.format)
