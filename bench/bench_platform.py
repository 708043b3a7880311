"""The platform chart beside a `helm create` chart, by both Helms, and what its release takes in the cluster."""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
import tempfile
from pathlib import Path

from bench.measure import Row, commands, row
from tests.support.tools import tool

ROOT = Path(__file__).resolve().parents[1]
CHART = ROOT / "charts" / "dynamo-platform"
ROUNDS = 15
CHART_AT_MOST = 3.0
SECRET_AT_MOST = 300.0
HELMS = {"helm4": "Helm 4", "helm3": "Helm 3"}


def run() -> list[Row]:
    """Return the rows; one round runs each chart once with each Helm."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([tool("helm4"), "create", "plain"], cwd=folder, check=True, capture_output=True)
        charts = {"platform": str(CHART), "plain": f"{folder}/plain"}
        samples = commands(
            {
                f"{helm} {name}": [tool(helm), "template", "dynamo", chart]
                for helm in HELMS
                for name, chart in charts.items()
            },
            ROUNDS,
        )
    rows = []
    for helm, words in HELMS.items():
        plain = samples[f"{helm} plain"]
        rows += [
            row(f"{words}: template of a 'helm create' chart", plain, "ms"),
            row(
                f"{words}: template of the platform chart",
                samples[f"{helm} platform"],
                "ms",
                peer="helm create",
                against=plain,
                ratio_at_most=CHART_AT_MOST,
            ),
        ]
    return [*rows, row("the release in its Secret", [secret()], "kB", at_most=SECRET_AT_MOST)]


def secret() -> float:
    """Return the kilobytes of the Secret in which Helm keeps the release: compressed, and base64 twice."""
    line = [tool("helm4"), "install", "dynamo", str(CHART), "--dry-run=client", "--output", "json"]
    release = json.loads(subprocess.run(line, check=True, capture_output=True).stdout)
    packed = gzip.compress(json.dumps(release, separators=(",", ":")).encode(), 9)
    return len(base64.b64encode(base64.b64encode(packed))) / 1000
