"""Every preset: Helm writes the golden file, Helm 3, Helm 4 and the library match it, and it is valid."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests import render, validate
from pydynamo_manifests.values import load_values, read_values
from pydynamo_manifests.yaml import dump_all
from tests.support.helm import VERSIONS, helm, helm_template
from tests.support.kubeconform import kubeconform

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "dynamo-graph"
PRESETS = sorted((ROOT / "values" / "graph").rglob("*.yaml"))
NAMES = [str(p.relative_to(ROOT / "values" / "graph")) for p in PRESETS]
CHART_LABELS = ("app.kubernetes.io/", "helm.sh/")

assert len(PRESETS) > 30


def canonical(objects: list[dict[str, Any]]) -> str:
    """Return objects without the chart's labels, keys sorted, objects in order of kind and name."""
    kept = [_without_labels(o) for o in objects]
    return dump_all(
        _sorted(o)
        for o in sorted(
            kept, key=lambda o: (o["kind"] != "DynamoGraphDeployment", o["kind"], o["metadata"]["name"])
        )
    )


def _without_labels(obj: dict[str, Any]) -> dict[str, Any]:
    metadata = dict(obj["metadata"])
    labels = {k: v for k, v in metadata.pop("labels", {}).items() if not k.startswith(CHART_LABELS)}
    return {**obj, "metadata": {**metadata, **({"labels": labels} if labels else {})}}


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _sorted(value[k]) for k in sorted(value)}
    return [_sorted(v) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize("preset", PRESETS, ids=NAMES)
def test_golden(preset: Path, golden: Callable[[str, str], None]) -> None:
    name = f"graph/{preset.relative_to(ROOT / 'values' / 'graph')}"
    by_helm = {
        v: canonical(helm_template(CHART, [preset], name="qwen", namespace="team-a", version=v))
        for v in VERSIONS
    }
    by_python = canonical(render(load_values(read_values([preset])), name="qwen", namespace="team-a"))
    golden(name, by_helm[4])
    assert by_helm[3] == by_helm[4]
    assert by_python == by_helm[4]


@pytest.mark.parametrize("preset", PRESETS, ids=NAMES)
def test_valid(preset: Path) -> None:
    values = read_values([preset])
    objects = render(values, name="qwen", namespace="team-a")
    report = validate(objects, dynamo=values["dynamo"]["release"])
    assert [f"{f.rule} {f.path}: {f.message}" for f in report.findings if f.severity != "info"] == []
    assert {d.status for d in report.documents} == {"valid"}
    core = [o for o in objects if not o["apiVersion"].startswith("nvidia.com/")]
    assert kubeconform(core) == []


@pytest.mark.parametrize("preset", PRESETS, ids=NAMES)
def test_the_chart_carries_the_same_preset(preset: Path) -> None:
    copy = CHART / "presets" / preset.relative_to(ROOT / "values" / "graph")
    assert copy.read_bytes() == preset.read_bytes()


@pytest.mark.parametrize("preset", PRESETS, ids=NAMES)
def test_one_set_moves_the_model_and_one_the_gpus(preset: Path) -> None:
    values = read_values([preset])
    scaled = [n for n, c in values["components"].items() if "replicas" in c and c["type"] != "planner"]
    worker = next((n for n in scaled if values["components"][n]["type"] != "frontend"), "Frontend")
    sets = {"model.name": "org/other", f"components.{worker}.replicas": 7}
    before, after = (
        canonical(helm_template(CHART, [preset], s, name="qwen", namespace="t")) for s in ({}, sets)
    )
    old = values["model"]["name"]
    assert old in before
    assert old not in after
    changed = [(a, b) for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b]
    # A download Job and the marker that workers wait for carry a hash of the model.
    hashed = re.compile(r"model-download-[0-9a-f]{8}|\.dynamo-manifests/[0-9a-f]{16}")
    assert all(
        hashed.sub("", b) == hashed.sub("", a).replace(old, "org/other") or "replicas: 7" in b
        for a, b in changed
    )


def test_two_gpus_reach_the_request_and_the_flag_together() -> None:
    preset = ROOT / "values/graph/1.6/vllm-disagg-router.yaml"
    sets = {"model.name": "Qwen/Qwen3-32B", "components.decode.replicas": 4, "components.decode.gpus": 2}
    (graph,) = helm_template(CHART, [preset], sets, name="qwen")
    decode = next(c for c in graph["spec"]["components"] if c["name"] == "decode")
    (main,) = decode["podTemplate"]["spec"]["containers"]
    assert decode["replicas"] == 4
    assert main["resources"] == {"limits": {"nvidia.com/gpu": "2"}}
    assert main["args"][main["args"].index("--tensor-parallel-size") + 1] == "2"
    assert "Qwen/Qwen3-32B" in main["args"]


def test_a_component_is_taken_away_by_null() -> None:
    preset = ROOT / "values/graph/1.6/vllm-disagg-router.yaml"
    (graph,) = helm_template(CHART, [preset], {"components.prefill": "null"}, name="qwen")
    assert [c["name"] for c in graph["spec"]["components"]] == ["Frontend", "decode"]


@pytest.mark.parametrize("version", VERSIONS)
def test_lint(version: int) -> None:
    done = helm("lint", "--strict", CHART, "-f", PRESETS[-1], version=version)
    assert done.code == 0, done.stdout + done.stderr
