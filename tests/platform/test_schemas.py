"""Every kind that the chart writes has a strict schema here, other projects' kinds out of their own definitions."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from pydynamo_manifests.yaml import dump, load
from tests.support.helm import helm_template
from tests.support.kubeconform import kubeconform
from tests.support.platform import CHART, PRESETS, platform
from tests.support.tools import tool

Objects = list[dict[str, Any]]

LOWEST, NEWEST = "1.30", "1.37"
"""Kubernetes minors: what Chart.yaml asks for, and the newest known."""

EVERYTHING: dict[str, Any] = {
    "nats.mode": "builtIn",
    "nats.server.auth": {"method": "password", "secretName": "nats"},
    "nats.server.tls.secretName": "nats-tls",
    "operator.hostNetwork": True,
    "operator.dnsConfig": {"options": [{"name": "ndots", "value": "2"}]},
    "operator.hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a"]}],
    "operator.env": {"A": 1, "B": {"fieldRef": {"fieldPath": "metadata.name"}}},
    "operator.podDisruptionBudget.maxUnavailable": "50%",
    "operator.topologySpreadConstraints": None,
    "integrations.checkpoint.enabled": True,
    "integrations.kai.queue.create": True,
    "accounts.component.create": True,
    "global.imagePullSecrets": [{"name": "pull"}],
    "runtimeImages.prepull": {"enabled": True, "images": ["vllm", "planner"], "extraImages": ["a/b:1"]},
    "monitoring.podMonitors": {"enabled": True, "nixl": True, "labels": {"release": "p"}},
    "monitoring.serviceMonitor": {
        "enabled": True,
        "scrapeTimeout": "10s",
        "relabelings": [{"action": "labeldrop", "regex": "pod"}],
        "metricRelabelings": [{"sourceLabels": ["__name__"], "regex": "go_.*", "action": "drop"}],
    },
    "monitoring.rules": {
        "enabled": True,
        "alertLabels": {"team": "a"},
        "additional": {"mine": {"interval": "1m", "rules": [{"alert": "A", "expr": "vector(1)"}]}},
    },
    "networkPolicy": {
        "enabled": True,
        "apiServer": {"cidrs": ["10.0.0.1/32"]},
        "extraEgress": [{"ports": [{"port": 9090}]}],
        "extraIngress": [{"ports": [{"port": 1}]}],
    },
}
"""What no preset says, as far as it makes other fields or kinds."""

QUANTITIES = {
    "type": "object",
    "properties": {key: {"type": "number"} for key in ("quota", "limit", "overQuotaWeight")},
}
QUEUE = {
    "spec": {
        "group": "scheduling.run.ai",
        "names": {"kind": "Queue"},
        "versions": [
            {
                "name": "v2",
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "required": ["apiVersion", "kind", "metadata", "spec"],
                        "properties": {
                            "apiVersion": {"type": "string"},
                            "kind": {"type": "string"},
                            "metadata": {"type": "object"},
                            "spec": {
                                "type": "object",
                                "properties": {
                                    "parentQueue": {"type": "string"},
                                    "resources": {
                                        "type": "object",
                                        "properties": dict.fromkeys(("cpu", "gpu", "memory"), QUANTITIES),
                                    },
                                },
                            },
                        },
                    }
                },
            }
        ],
    }
}
"""KAI's Queue as far as we write it: no package that can be pinned carries its definition."""


@pytest.fixture(scope="module")
def crds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    own = tmp_path_factory.mktemp("crds")
    (own / "queue.yaml").write_text(dump(QUEUE))
    return [Path(tool("definitions")), own]


def all_of_it(preset: str) -> Objects:
    """Return a preset with everything switched on that can be."""
    sets = dict(EVERYTHING)
    if preset == "minimal":  # says no to KAI and to the Service that a ServiceMonitor reads
        sets |= {"integrations.kai.queue.create": False, "monitoring.service.enabled": True}
    return platform(preset, sets=sets)


@pytest.mark.parametrize("kubernetes", [LOWEST, NEWEST])
def test_every_object_of_every_preset_passes(kubernetes: str, crds: list[Path]) -> None:
    presets = [path.stem for path in PRESETS]
    objects = [o for preset in presets for o in (*platform(preset), *all_of_it(preset))]
    assert kubeconform(objects, kubernetes=kubernetes, crds=crds) == []


def test_every_kind_was_judged(crds: list[Path]) -> None:
    given = {"provider": "certManager", "certManager": {"issuerRef": None}}
    objects = platform("ha", sets={**EVERYTHING, "webhooks.certificates": given})
    kinds = {o["kind"] for o in objects}
    assert {
        "ServiceMonitor", "PodMonitor", "PrometheusRule", "Certificate", "Issuer", "Queue", "DaemonSet",
        "StatefulSet", "Pod", "Lease", "NetworkPolicy", "PodDisruptionBudget",
    } <= kinds  # fmt: skip
    unknown = [
        spoilt(next(o for o in objects if o["kind"] == kind), field)
        for kind in sorted(kinds)
        for field in ("spec", "")
        if field in next(o for o in objects if o["kind"] == kind) or not field
    ]
    found = {problem.where for problem in kubeconform(unknown, crds=crds)}
    assert found == {f"{o['kind']}/{o['metadata']['name']}" for o in unknown}


def spoilt(obj: dict[str, Any], block: str) -> dict[str, Any]:
    """Return an object with a field that its kind does not have."""
    wrong = deepcopy(obj)
    (wrong[block] if block else wrong)["unknownField"] = 1
    wrong["metadata"]["name"] += f"-{block or 'top'}"
    return wrong


@pytest.mark.parametrize("word", ["1e3", "no"])
def test_names_that_yaml_takes_for_something_else_stay_text(word: str, crds: list[Path]) -> None:
    sets = {
        **EVERYTHING,
        "nameOverride": word,
        "operator.scope": {"mode": "namespace", "namespace": word},
        "operator.serviceAccount.name": word,
        "monitoring.reader": {"serviceAccount": word, "namespace": word},
        "monitoring.dashboards": {"enabled": True, "namespace": word},
        "webhooks.certificates": {"provider": "secret", "secretName": word},
        "webhooks.enabled": True,
        "nats.server.auth": {"method": "token", "secretName": word},
        "nats.server.tls.secretName": word,
        "nats.server.jetstream.storageClassName": word,
        "operator.priorityClassName": word,
        "integrations.kai.queue": {"create": True, "name": word, "parent": word + "1"},
        "crds.managedBy": "none",
    }
    if not word[0].isalpha():
        sets["fullnameOverride"] = "dynamo"
    pairs = [f"{key}={json.dumps(value)}" for key, value in sets.items()]
    objects = helm_template(CHART, name=word, namespace=word, set_json=pairs)
    assert kubeconform(objects, crds=crds) == []
    said = load(next(o for o in objects if o["metadata"]["name"].endswith("-config"))["data"]["config.yaml"])
    assert said["namespace"]["restricted"] == said["leaderElection"]["namespace"] == word
    assert said["mpi"]["sshSecretNamespace"] == said["server"]["webhook"]["secretName"] == word
