"""Every preset of a request: Helm writes the golden file, Helm 3, Helm 4 and the library match it, it is valid."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests import render, validate
from pydynamo_manifests.generate.request_presets import request_preset_files, request_presets
from pydynamo_manifests.values import load_values, read_values
from pydynamo_manifests.yaml import dump
from tests.support.helm import VERSIONS, helm_template

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "dynamo-graph"
HOME = ROOT / "values" / "request"
PRESETS = sorted(HOME.rglob("*.yaml"))
NAMES = [str(p.relative_to(HOME)) for p in PRESETS]

assert len(PRESETS) > 12


def canonical(objects: list[dict[str, Any]]) -> str:
    (request,) = objects
    metadata = {k: v for k, v in request["metadata"].items() if k != "labels"}
    return dump(_sorted({**request, "metadata": metadata}))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _sorted(value[k]) for k in sorted(value)}
    return [_sorted(v) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize("preset", PRESETS, ids=NAMES)
def test_golden(preset: Path, golden: Callable[[str, str], None]) -> None:
    by_helm = {
        v: canonical(helm_template(CHART, [preset], name="qwen", namespace="team-a", version=v))
        for v in VERSIONS
    }
    by_python = canonical(render(load_values(read_values([preset])), name="qwen", namespace="team-a"))
    golden(f"request/{preset.relative_to(HOME)}", by_helm[4])
    assert by_helm[3] == by_helm[4]
    assert by_python == by_helm[4]


@pytest.mark.parametrize("preset", PRESETS, ids=NAMES)
def test_valid(preset: Path) -> None:
    values = read_values([preset])
    report = validate(render(values, name="qwen", namespace="team-a"), dynamo=values["dynamo"]["release"])
    assert [f"{f.rule} {f.path}: {f.message}" for f in report.findings] == []
    assert {d.status for d in report.documents} == {"valid"}


@pytest.mark.parametrize("preset", PRESETS, ids=NAMES)
def test_one_set_moves_the_model_and_one_the_target(preset: Path) -> None:
    sets = {"model.name": "org/other", "request.sla.ttft": 100}
    before, after = (helm_template(CHART, [preset], s, name="qwen")[0]["spec"] for s in ({}, sets))
    assert (before["model"], after["model"]) == ("Qwen/Qwen3-32B", "org/other")
    sla = after.get("sla") or after["profilingConfig"]["config"]["sla"]
    assert (sla["ttft"], sla["itl"]) == (100, 20)


def test_the_committed_presets_are_what_the_intents_make() -> None:
    made = {path: content for path, content in request_preset_files().items() if path.endswith(".yaml")}
    files = [*HOME.rglob("*.yaml"), *(CHART / "presets" / "request").rglob("*.yaml")]
    assert {str(f.relative_to(ROOT)): f.read_bytes() for f in files} == made
    assert len(made) == 2 * len(list(request_presets()))
