"""Values of the graph chart across releases; the presets of both releases are the measure."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from pydynamo_manifests import yaml
from pydynamo_manifests.errors import CombinationError, InputError
from pydynamo_manifests.upgrade import upgrade_text, upgrade_values

Obj = dict[str, Any]
PRESETS = Path(__file__).parents[2] / "values" / "graph"


def preset(line: str, name: str) -> Obj:
    found: Obj = yaml.load((PRESETS / line / f"{name}.yaml").read_text())
    return found


@pytest.mark.parametrize("name", ["vllm-agg", "vllm-agg-router", "vllm-disagg", "vllm-disagg-router"])
def test_a_preset_becomes_the_preset_of_the_newer_release(name: str) -> None:
    source = preset("0.9", name)
    before = copy.deepcopy(source)
    result = upgrade_values(source, "0.9", "1.6", rename=True)
    assert source == before
    wanted = preset("1.6", name)
    assert wanted["components"]["Frontend"].pop("image") == {"repository": "dynamo-frontend"}
    assert result.manifest == wanted
    assert all(change.reason for change in result.changes)
    kept = upgrade_values(source, "0.9", "1.6").manifest
    assert list(kept["components"]) == list(source["components"])


@pytest.mark.parametrize("path", sorted((PRESETS / "1.6").glob("*.yaml")), ids=lambda p: p.stem)
def test_presets_of_the_target_stay(path: Path) -> None:
    values = yaml.load(path.read_text())
    assert upgrade_values(values, "1.6", "1.6").manifest == values


def values(component: Obj, **fields: Any) -> Obj:
    return {"components": {"A": component}, **fields}


def test_flags_in_the_map_and_behind_it() -> None:
    component = {
        "type": "frontend",
        "command": ["python3", "-m", "dynamo.frontend"],
        "args": {
            "kv-overlap-score-weight": 1,
            "router-reset-states": True,
            "no-kv-events": False,
            "enforce-disagg": None,
        },
        "extraArgs": ["--router-ttl", "3", "--store-kv=mem", "--enforce-disagg"],
        "env": {"DYN_KV_EVENTS": "false", "B": None, "DYN_ENFORCE_DISAGG": "1"},
    }
    result = upgrade_values(values(component, env={"DYN_STORE_KV": "mem"}), "0.9", "1.6").manifest
    assert result["components"]["A"] == component | {
        "args": {"router-kv-overlap-score-credit": 1, "no-kv-events": False},
        "extraArgs": ["--router-ttl-secs", "3", "--discovery-backend=mem"],
        "env": {"DYN_ROUTER_USE_KV_EVENTS": "false", "B": None},
    }
    assert result["env"] == {"DYN_DISCOVERY_BACKEND": "mem"}


def test_roles_connectors_and_limits_behind_the_map() -> None:
    component = {
        "type": "decode",
        "command": ["python3", "-m", "dynamo.vllm"],
        "extraArgs": ["--is-decode-worker", "--connector", "kvbm", "--migration-limit", "2"],
        "runtimeVersionOverride": "0.9.1",
        "image": {"tag": "0.9.1"},
    }
    front = {"type": "frontend", "command": ["python3"], "leadingArgs": ["-m", "dynamo.frontend"]}
    result = upgrade_values({"components": {"A": component, "F": front}}, "0.9", "1.6").manifest["components"]
    assert result["A"]["extraArgs"] == ["--disaggregation-mode", "decode"]
    assert result["A"]["args"]["kv-transfer-config"]["kv_connector"] == "DynamoConnector"
    assert (result["A"]["runtimeVersionOverride"], result["A"]["image"]) == ("1.6.1", {"tag": "1.6.1"})
    assert result["F"]["args"] == {"migration-limit": "2"}


def test_lists_and_scripts() -> None:
    listed = {"command": ["python3", "-m", "dynamo.vllm"], "args": {"connector": ["kvbm", "nixl"]}}
    result = upgrade_values(values(listed), "0.9", "1.6")
    assert result.manifest["components"]["A"]["args"] == {}
    assert any("write the connectors kvbm, nixl" in d.what for d in result.decisions)


def test_a_planner() -> None:
    component = {
        "type": "planner",
        "command": ["python3", "-m", "planner_sla"],
        "args": {"environment": "kubernetes", "adjustment-interval": 60},
    }
    result = upgrade_values(values(component), "0.9", "1.6").manifest["components"]["A"]
    assert result == {
        "type": "planner",
        "command": ["python3", "-m", "dynamo.planner"],
        "args": {
            "config": {
                "environment": "kubernetes",
                "throughput_adjustment_interval_seconds": 60,
                "optimization_target": "sla",
            }
        },
        "image": {"repository": "dynamo-planner"},
    }
    older = values(
        {
            "command": ["python3", "-m", "dynamo.planner"],
            "args": {"config": {"ttft": 1}},
            "image": {"tag": "x"},
        }
    )
    again = upgrade_values(older, "1.0", "1.6").manifest["components"]["A"]
    assert again["args"] == {"config": {"ttft_ms": 1}}
    text = values(
        {
            "command": ["python3", "-m", "dynamo.planner"],
            "extraArgs": ["--config", '{"ttft": 1}'],
            "image": {"tag": "x"},
        }
    )
    behind = upgrade_values(text, "1.0", "1.6").manifest["components"]["A"]
    assert json.loads(behind["extraArgs"][1]) == {"ttft_ms": 1}


def test_the_api_version_moves_unless_hatches_speak_its_words() -> None:
    dynamo = {"release": "0.9.1", "apiVersion": "nvidia.com/v1alpha1"}
    moved = upgrade_values(values({}, dynamo=dynamo), "0.9", "1.6")
    assert moved.manifest["dynamo"] == {"release": "1.6.1", "apiVersion": "nvidia.com/v1beta1"}
    kept = upgrade_values(values({"component": {"ingress": {}}}, dynamo=dynamo), "0.9", "1.6")
    assert kept.manifest["dynamo"] == {"release": "1.6.1", "apiVersion": "nvidia.com/v1alpha1"}
    assert any(d.path == "dynamo.apiVersion" for d in kept.decisions)


def test_texts_and_refusals() -> None:
    text = "# mine\ndynamo:\n  release: 0.9.1  # pinned\ncomponents: {}\n"
    result = upgrade_text(text, "0.9", "1.6", source="v.yaml")
    assert result.text == "# mine\ndynamo:\n  release: 1.6.1  # pinned\ncomponents: {}\n"
    with pytest.raises(CombinationError):
        upgrade_values({"components": {}}, "1.6", "0.9")
    with pytest.raises(InputError, match="no values of the graph chart"):
        upgrade_values({"components": []}, "0.9", "1.6")


def test_a_component_order_is_renamed_too() -> None:
    worker = {"command": ["python3", "-m", "dynamo.vllm"], "type": "worker"}
    source = {
        "components": {"VllmDecodeWorker": worker, "F": {"type": "frontend"}},
        "componentOrder": ["VllmDecodeWorker", "F"],
    }
    result = upgrade_values(source, "1.5", "1.6", rename=True).manifest
    assert (list(result["components"]), result["componentOrder"]) == (["worker", "F"], ["worker", "F"])
    assert upgrade_values(source, "1.4", "1.5", rename=True).manifest == source
