"""Every graph that composition makes passes the schema, the admission and every rule of its own release."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pydynamo_manifests.backends import BACKENDS
from pydynamo_manifests.errors import CombinationError
from pydynamo_manifests.generate import compose
from pydynamo_manifests.generate.presets import presets
from pydynamo_manifests.intent import Intent, Sizes
from pydynamo_manifests.patterns import PATTERNS
from pydynamo_manifests.releases import known_releases, release
from pydynamo_manifests.render import render
from pydynamo_manifests.validate import Cluster, validate

GROVE = Cluster(kubernetes="1.34", features=frozenset({"grove"}))


def findings(intent: Intent, version: str) -> list[str]:
    manifests = render(compose(intent), name="qwen", namespace="team-a")
    report = validate(manifests, dynamo=version, cluster=GROVE)
    assert len(report.documents) == len(manifests)
    return [f"{f.rule} {f.path}: {f.message}" for f in report.findings]


@pytest.mark.parametrize("version", known_releases())
def test_what_a_release_serves_is_composed_without_a_finding(version: str) -> None:
    at = release(version)
    for backend, pattern, nodes in product(at.backends, PATTERNS, (1, 2)):
        since = PATTERNS[pattern].since
        if (nodes > 1 and backend not in at.multinode) or (since and not at.within(since=since)):
            continue
        if PATTERNS[pattern].planner and backend not in at.planned:
            continue
        if pattern == "agg-planner" and at.line == "1.1" and backend not in at.pass_metrics:
            continue
        gpus = None if backend == "mocker" else 2
        intent = Intent(
            backend=backend,
            pattern=pattern,
            model="Qwen/Qwen3-32B",
            dynamo=version,
            nodes=nodes,
            gpus=gpus,
            max_gpus=64 if PATTERNS[pattern].planner else None,
        )
        assert findings(intent, version) == [], intent


@pytest.mark.parametrize(("name", "intent"), list(presets()))
def test_a_preset_has_no_finding(name: str, intent: Intent) -> None:
    assert findings(intent, name.partition("/")[0]) == []


def test_the_check_itself_can_fail() -> None:
    assert set(BACKENDS) == set(release("1.6").backends)
    manifests = render(
        compose(Intent(backend="vllm", pattern="disagg", model="m", dynamo="1.3")), name="qwen"
    )
    report = validate(manifests, dynamo="1.1", cluster=GROVE)
    assert report.findings


COUNT = st.sampled_from([None, 1, 2, 4, 8])
SIZES: dict[str, Any] = {
    "nodes": st.sampled_from([None, None, 1, 2]),
    "gpus": COUNT,
    "tensor_parallel": st.sampled_from([None, None, None, 2, 4]),
    "pipeline_parallel": st.sampled_from([None, None, 2]),
    "data_parallel": st.sampled_from([None, None, 2, 4]),
    "expert_parallel": st.sampled_from([None, None, None, 8]),
    "replicas": st.sampled_from([None, 1, 3]),
}
INTENTS = st.builds(
    Intent,
    dynamo=st.sampled_from(known_releases()),
    backend=st.sampled_from([*BACKENDS[:3], *BACKENDS]),
    pattern=st.sampled_from(list(PATTERNS)),
    model=st.sampled_from(["Qwen/Qwen3-32B", "m"]),
    max_gpus=st.sampled_from([None, None, -1, 64]),
    ttft=st.sampled_from([None, 200]),
    advisory=st.booleans(),
    decode=st.just(Sizes()) | st.builds(Sizes, gpus=COUNT, nodes=st.sampled_from([None, 2])),
    frontend_replicas=st.sampled_from([1, 2]),
    served_name=st.sampled_from([None, "qwen"]),
    context_length=st.sampled_from([None, 8192]),
    gpu_memory_fraction=st.sampled_from([None, 0.9]),
    reasoning_parser=st.sampled_from([None, "qwen3"]),
    cache_claim=st.sampled_from([None, "models"]),
    image_tag=st.sampled_from([None, "my-build"]),
    registry=st.sampled_from([None, "registry.example/dynamo"]),
    trust_remote_code=st.booleans(),
    tolerate_gpu_taint=st.booleans(),
    **SIZES,
)


@given(INTENTS)
@settings(max_examples=80, suppress_health_check=[HealthCheck.filter_too_much])
def test_whatever_is_composed_would_start(intent: Intent) -> None:
    assert intent.dynamo
    try:
        compose(intent)
    except CombinationError:
        assume(condition=False)
    assert findings(intent, intent.dynamo) == []
