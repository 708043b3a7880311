"""No input makes validation crash, hang, or take more than a second for 100 KB."""

from __future__ import annotations

import copy
import json
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pydynamo_manifests import yaml
from pydynamo_manifests.api.registry import KINDS
from pydynamo_manifests.validate import Cluster, Report, Target, validate, validate_text
from tests.support.corpus import corpus, has_corpus

ROOT = Path(__file__).resolve().parents[2]
TARGETS = [
    Target.of("1.6.1"),
    Target.of("main-2026-08-21", cluster=Cluster(features=frozenset({"grove", "checkpoint"}))),
    Target.of("0.9.1", cluster=Cluster()),
]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**65), 2**65)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["", "1Gi", "-1", "main", "worker", "epp", "vllm", "x" * 300, "--model", "$(A)", "python3 -m dynamo.vllm --x", "nvidia.com/gpu", "${X}", "\x00", "{", "1.2.3"])
)  # fmt: skip
NAMES = st.sampled_from(
    ["name", "type", "spec", "components", "services", "podTemplate", "containers", "env", "args", "command", "image", "resources", "limits", "replicas", "metadata", "annotations", "labels", "value", "multinode", "experimental", "", "a.b/c"]
) | st.text(max_size=4)  # fmt: skip
DATA = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=25,
)
SLOW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
SECONDS_PER_BYTE = 1 / 100_000
GRACE = 0.5
"""Seconds that any input may take: compiling the schemas of a kind on its first use is in it."""


def is_sound(report: Report) -> None:
    """Everything that a report says can be written down."""
    json.dumps(report.to_dict())


@SLOW
@given(
    st.text() | st.binary().map(lambda b: b.decode("utf-8", "replace")) | DATA.map(str),
    st.sampled_from(TARGETS),
)
def test_any_text_is_judged(text: str, target: Target) -> None:
    is_sound(validate_text(text, target))


@SLOW
@given(
    st.sampled_from([(kind, version) for kind in KINDS for version in KINDS[kind]]),
    DATA,
    DATA,
    st.sampled_from(TARGETS),
)
def test_any_object_of_any_kind_is_judged(
    kind: tuple[str, str], metadata: Any, spec: Any, target: Target
) -> None:
    made = {"apiVersion": f"nvidia.com/{kind[1]}", "kind": kind[0], "metadata": metadata, "spec": spec}

    is_sound(validate([made], dynamo=target.release.version, cluster=target.cluster))


@SLOW
@given(DATA, DATA)
def test_any_core_object_is_judged(metadata: Any, rest: Any) -> None:
    made = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": rest}

    is_sound(validate([made, {"apiVersion": "v1", "kind": "List", "items": [rest, made]}]))


@SLOW
@given(DATA)
def test_anything_at_all_is_judged(value: Any) -> None:
    is_sound(validate([value]))
    is_sound(validate([{"components": value}]))
    is_sound(validate([{"components": {"a": value}, "model": value}]))


@cache
def graphs() -> list[dict[str, Any]]:
    files = sorted((corpus() / "valid").rglob("*.yaml"))[::12] if has_corpus() else []
    shipped = sorted((ROOT / "values" / "graph").rglob("*.yaml"))[::8]
    return [yaml.load(file.read_text()) for file in [*files, *shipped]]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found += places(item, (*path, key))
    return found


@st.composite
def broken(draw: st.DrawFn) -> dict[str, Any]:
    made = copy.deepcopy(draw(st.sampled_from(graphs())))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(made) or [("spec",)]))
        owner = made
        for part in path[:-1]:
            owner = owner[part]
        action = draw(st.sampled_from(["replace", "remove", "rename", "double"]))
        if action == "replace":
            owner[path[-1]] = draw(DATA)
        elif action == "remove":
            del owner[path[-1]]
        elif action == "rename" and isinstance(owner, dict):
            owner[draw(NAMES)] = owner.pop(path[-1])
        elif isinstance(owner, list):
            owner.append(owner[path[-1]])
    return made


@settings(SLOW, max_examples=150)
@given(broken(), st.sampled_from(TARGETS))
def test_broken_graphs_are_judged_in_time(made: dict[str, Any], target: Target) -> None:
    size = len(json.dumps(made))
    before = copy.deepcopy(made)
    started = time.process_time()
    report = validate([made], dynamo=target.release.version, cluster=target.cluster, old=None)
    took = time.process_time() - started

    is_sound(report)
    assert took < GRACE + size * SECONDS_PER_BYTE
    assert repr(made) == repr(before)


@settings(SLOW, max_examples=80)
@given(broken(), st.integers(0, 10_000))
def test_any_update_is_judged(new: dict[str, Any], pick: int) -> None:
    olds = [g for g in graphs() if "kind" in g]
    old = (
        copy.deepcopy(olds[pick % len(olds)])
        if olds
        else {"apiVersion": "nvidia.com/v1beta1", "kind": "X", "metadata": {"name": "x"}}
    )
    if (
        isinstance(new.get("metadata"), dict)
        and isinstance(new["metadata"].get("name"), str)
        and new["metadata"]["name"]
    ):
        old["metadata"]["name"] = new["metadata"]["name"]
    for key in ("kind", "apiVersion"):
        old[key] = new.get(key) if isinstance(new.get(key), str) and new.get(key) else old[key]

    is_sound(validate([new], dynamo="main-2026-08-21", old=[old], user="alice"))


LARGE = {
    "many components": {"spec": {"components": [{"name": f"c{i}", "type": "worker"} for i in range(1500)]}},
    "equal components": {"spec": {"components": [{"name": "c", "type": "epp"}] * 1500}},
    "many variables": {"spec": {"components": [{"name": "c", "podTemplate": {"spec": {"containers": [{"name": "main", "env": [{"name": f"E{i}", "value": "$(E0)"} for i in range(2500)]}]}}}]}},
    "many arguments": {"spec": {"components": [{"name": "c", "podTemplate": {"spec": {"containers": [{"name": "main", "image": "vllm-runtime:1.6.1", "command": ["python3", "-m", "dynamo.vllm"], "args": [f"--unknown-flag-{i}" for i in range(4000)]}]}}}]}},
    "a long shell line": {"spec": {"components": [{"name": "c", "podTemplate": {"spec": {"containers": [{"name": "main", "command": ["sh", "-c"], "args": ["python3 -m dynamo.vllm " + "$(echo \"'`" * 9000]}]}}}]}},
    "many unknown fields": {"spec": {f"componentz{i}": {} for i in range(4000)}},
    "many annotations": {"metadata": {"name": "a", "annotations": {f"nvidia.com/a{i}": "x" for i in range(4000)}}, "spec": {"components": []}},
    "a long name": {"metadata": {"name": "-" * 100_000}, "spec": {"components": [{"name": "a" * 100_000}]}},
    "a deep object": {"spec": {"components": [{"name": "a", "eppConfig": {"config": None}}]}},
}  # fmt: skip


def deep(levels: int) -> Any:
    out: Any = {}
    for _ in range(levels):
        out = {"a": [out]}
    return out


@pytest.mark.parametrize("name", LARGE)
def test_large_objects_take_less_than_a_second_per_100_kb(name: str) -> None:
    made = {
        "apiVersion": "nvidia.com/v1beta1",
        "kind": "DynamoGraphDeployment",
        "metadata": {"name": "a"},
        **LARGE[name],
    }
    if name == "a deep object":
        made["spec"]["components"][0]["eppConfig"]["config"] = deep(90)
    text = yaml.dump(made)
    validate_text(text[:10], TARGETS[0])
    validate([made | {"spec": {"components": [{"name": "a"}]}}])

    started = time.process_time()
    report = validate_text(text, TARGETS[0])
    took = time.process_time() - started

    is_sound(report)
    assert took < GRACE + len(text) * SECONDS_PER_BYTE


def test_objects_that_nest_too_deeply_are_refused_not_followed() -> None:
    made = {
        "apiVersion": "nvidia.com/v1beta1",
        "kind": "DynamoGraphDeployment",
        "metadata": {"name": "a"},
        "spec": deep(5000),
    }

    report = validate([made])

    assert report.documents[0].status == "invalid"
    assert "nested deeper" in report.findings[0].message
