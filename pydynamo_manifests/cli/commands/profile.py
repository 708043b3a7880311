"""Check a profile for the planner, print and plot it, or write it as the ConfigMap that a planner mounts.

PATH is a folder as the profiler leaves it, one of its files (JSON or NumPy), or a file with the ConfigMap. A profile
that would stop the planner, or mislead it, is refused with the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

EPILOG = """examples:
  dynamo-manifests profile show profiling_results/
  dynamo-manifests profile show profiling_results/ --plot profile.svg --ttft 300 --itl 20
  dynamo-manifests profile show profiling_results/ --configmap planner-profile-data | kubectl apply -n team-a -f -
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("action", choices=("show",), help="check it and print it as a table")
    parser.add_argument("path", metavar="PATH", help="folder, JSON, .npz or ConfigMap")
    parser.add_argument(
        "--plot", metavar="FILE", help="draw it as SVG; with both roles FILE-prefill.svg and FILE-decode.svg"
    )
    parser.add_argument("--ttft", type=float, metavar="MS", help="target to draw beside prefill")
    parser.add_argument("--itl", type=float, metavar="MS", help="target to draw beside decode")
    parser.add_argument("--configmap", metavar="NAME", help="write the ConfigMap instead of the table")
    parser.add_argument("-o", "--output", metavar="FILE", help="write there instead of to standard output")


def run(args: argparse.Namespace) -> int:
    """Read, check and show."""
    from pydynamo_manifests import yaml
    from pydynamo_manifests.cli.inputs import write_output
    from pydynamo_manifests.intent import check_latency
    from pydynamo_manifests.profiles import config_map, plots, profile_lines, read_profile

    check_latency("--ttft", args.ttft)
    check_latency("--itl", args.itl)
    profile = read_profile(args.path)
    if args.plot:
        drawn = plots(profile, ttft=args.ttft, itl=args.itl)
        for role, text in drawn.items():
            write_output(text, args.plot if len(drawn) == 1 else _beside(args.plot, role))
    if args.configmap:
        write_output(yaml.dump(config_map(profile, args.configmap)), args.output)
    else:
        write_output("\n".join(profile_lines(profile)) + "\n", args.output)
    return 0


def _beside(path: str, role: str) -> str:
    from pathlib import Path

    place = Path(path)
    return str(place.with_name(f"{place.stem}-{role}{place.suffix or '.svg'}"))
