"""Rendering one graph: the library beside `helm template`, and the graph chart beside a `helm create` chart."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measure import Row, commands, row, timed
from pydynamo_manifests import render
from pydynamo_manifests.values import load_values, read_values
from pydynamo_manifests.yaml import dump_all
from tests.support.tools import tool

ROOT = Path(__file__).resolve().parents[1]
CHART = ROOT / "charts" / "dynamo-graph"
PRESET = ROOT / "values/graph/1.6/vllm-disagg-router.yaml"
ROUNDS = 15
FASTER_AT_LEAST = 100.0
CHART_AT_MOST = 1.3
GRAPHS = 1000


def run() -> list[Row]:
    """Return the rows; Helm and the library write the same objects of the same preset in one round."""
    values = load_values(read_values([PRESET]))
    objects = render(values, name="qwen")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([tool("helm4"), "create", "plain"], cwd=folder, check=True, capture_output=True)
        samples = commands(
            {
                "ours": [tool("helm4"), "template", "qwen", str(CHART), "-f", str(PRESET)],
                "plain": [tool("helm4"), "template", "qwen", f"{folder}/plain"],
            },
            ROUNDS,
        )
    to_objects = timed(lambda: render(values, name="qwen"), ROUNDS, inner=50)
    to_yaml = timed(lambda: dump_all(objects), ROUNDS, inner=10)
    seconds, peak = _many()
    return [
        row("helm template of one graph", samples["ours"], "ms"),
        row(
            "the library renders it to objects",
            to_objects,
            "ms",
            peer="helm template",
            against=samples["ours"],
            ratio_at_most=1 / FASTER_AT_LEAST,
        ),
        row("the library writes its YAML", to_yaml, "ms", peer="helm template", against=samples["ours"]),
        row("helm template of a 'helm create' chart", samples["plain"], "ms"),
        row(
            "helm template of the graph chart",
            samples["ours"],
            "ms",
            peer="helm create",
            against=samples["plain"],
            ratio_at_most=CHART_AT_MOST,
        ),
        row(f"compose and render {GRAPHS} graphs", [seconds], "s"),
        row("peak memory of that process", [peak], "MiB"),
    ]


_WORK = f"""
import resource, time
from pydynamo_manifests import Intent, compose, render
start = time.perf_counter()
for number in range({GRAPHS}):
    render(compose(Intent(backend="vllm", pattern="disagg-router", model=f"org/model-{{number}}")), name="qwen")
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def _many() -> tuple[float, float]:
    """Return seconds and peak resident MiB of a process that composes and renders many graphs."""
    done = subprocess.run([sys.executable, "-c", _WORK], check=True, capture_output=True, text=True)
    seconds, peak = map(float, done.stdout.split())
    return seconds, peak
