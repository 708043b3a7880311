"""Show where the charts and presets are that come with this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

EPILOG = """examples:
  helm install qwen $(dynamo-manifests charts --path dynamo-graph) -f values.yaml
  dynamo-manifests charts --presets
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--path",
        metavar="CHART",
        nargs="?",
        const="",
        help="print only the path, of one chart or of their folder",
    )
    parser.add_argument("--presets", action="store_true", help="list the preset values files")


def run(args: argparse.Namespace) -> int:
    """Print paths."""
    from pydynamo_manifests.charts import CHARTS, chart_path, share_path

    if args.presets:
        print("\n".join(str(p) for p in sorted((share_path() / "values").rglob("*.yaml"))))
    elif args.path is not None:
        print(chart_path(args.path) if args.path else share_path() / "charts")
    else:
        print("\n".join(f"{name:16} {chart_path(name)}" for name in CHARTS))
    return 0
