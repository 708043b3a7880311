"""The graph chart's values file, schema and README table, from the values models."""

from __future__ import annotations

import json
from pathlib import Path

from pydynamo_manifests.values import GraphValues
from pydynamo_manifests.values.chartdocs import replace_table, values_yaml
from pydynamo_manifests.values.schema import values_schema

CHART = Path("charts/dynamo-graph")
ROOT = Path(__file__).resolve().parents[2]

INTRO = """
Values of one NVIDIA Dynamo inference graph. Start from a preset and change what differs:

  helm install qwen charts/dynamo-graph -f presets/1.6/vllm-disagg-router.yaml \\
    --set model.name=Qwen/Qwen3-32B --set components.decode.replicas=4

Null takes a key away, also one that an earlier values file has set.
"""


def generate() -> dict[str, bytes]:
    """Return path and content of the chart's generated files."""
    schema = values_schema(GraphValues, "Values of the dynamo-graph chart")
    readme = (ROOT / CHART / "README.md").read_text(encoding="utf-8")
    return {
        str(CHART / "values.yaml"): values_yaml(GraphValues, INTRO).encode(),
        str(CHART / "values.schema.json"): (json.dumps(schema, indent=1, ensure_ascii=False) + "\n").encode(),
        str(CHART / "README.md"): replace_table(readme, GraphValues).encode(),
    }
