"""What Helm says after an install: the state, how to see it, how to mend it, and warnings where they are due."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.support.helm import helm, value_arguments
from tests.support.platform import CHART, HOME, ROOT, only, platform


def notes(preset: str = "default", **sets: Any) -> str:
    """Return the notes that Helm 4 prints; Helm 3 asks a cluster even for a dry run."""
    pairs = [f"{key}={json.dumps(value)}" for key, value in {"crds.managedBy": "none", **sets}.items()]
    words = value_arguments([ROOT / f"values/platform/{preset}.yaml"], set_json=pairs)
    done = helm("install", "dynamo", CHART, "-n", HOME, "--dry-run=client", *words)
    assert done.code == 0, done.stderr
    return done.stdout.partition("NOTES:\n")[2]


def warnings(text: str) -> list[str]:
    return re.findall(r"^WARNING (.*)$", text, re.MULTILINE)


def test_a_default_install_says_what_to_type() -> None:
    text = notes()
    operator = only(platform(), "Deployment")["metadata"]["name"]
    for line in (
        f"kubectl -n {HOME} rollout status deployment/{operator} --timeout=5m",
        f"helm -n {HOME} test dynamo",
        f"kubectl -n {HOME} logs deployment/{operator} --all-containers --tail=50",
        f"helm -n {HOME} uninstall dynamo",
        "--take-ownership",
    ):
        assert line in text
    assert warnings(text) == [
        "operator.replicas 1: while it restarts, no Dynamo object can be written; values/platform/ha.yaml has two"
    ]
    assert "{{" not in text
    assert "<no value>" not in text


def test_the_production_preset_warns_of_nothing() -> None:
    assert warnings(notes("ha")) == []


def test_a_restricted_operator_is_told_its_limits() -> None:
    text = notes("namespaced")
    assert f"serving namespace {HOME}" in text
    assert "--take-ownership" not in text
    assert [w.partition(":")[0] for w in warnings(text)] == [
        "operator.scope.mode namespace is for shared test clusters",
        "webhooks.enabled auto",
    ]


@pytest.mark.parametrize(
    ("sets", "begins"),
    [
        ({"webhooks.failurePolicy": "Ignore"}, "webhooks.failurePolicy Ignore"),
        (
            {"nats.mode": "builtIn", "networkPolicy.enabled": False},
            "nats: everybody in the cluster may connect",
        ),
        ({"monitoring.reader.serviceAccount": None}, "monitoring.serviceMonitor: name Prometheus' account"),
        ({"monitoring.serviceMonitor.enabled": False}, "monitoring.rules without monitoring.serviceMonitor"),
        ({"operator.hostNetwork": True}, "networkPolicy: policies do not hold"),
        (
            {"global.imageRegistry": "m", "operator.image.tag": "1.4.2"},
            "global.imageRegistry does not reach the profiler image",
        ),
    ],
)
def test_likely_mistakes_are_named(sets: dict[str, Any], begins: str) -> None:
    found = warnings(notes("ha", **sets))
    assert len(found) == 1
    assert found[0].startswith(begins)


def test_definitions_alone_have_no_operator_to_wait_for() -> None:
    text = notes(**{"operator.enabled": False})
    assert "no operator, definitions only" in text
    assert "rollout status deployment" not in text


def test_images_that_are_pulled_beforehand_can_be_followed() -> None:
    prepull = {"enabled": True, "images": ["vllm"]}
    assert "rollout status daemonset/dynamo-prepull" in notes(**{"runtimeImages.prepull": prepull})
