"""Every graph that composition makes passes the schema, the admission and every rule of its own release."""

from __future__ import annotations

from itertools import product

import pytest

from pydynamo_manifests.backends import BACKENDS
from pydynamo_manifests.generate import compose
from pydynamo_manifests.generate.presets import presets
from pydynamo_manifests.intent import Intent
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
        if nodes > 1 and backend not in at.multinode:
            continue
        gpus = None if backend == "mocker" else 2
        intent = Intent(
            backend=backend, pattern=pattern, model="Qwen/Qwen3-32B", dynamo=version, nodes=nodes, gpus=gpus
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
