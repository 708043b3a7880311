"""Switches in any combination: refused with a reason, or rendered into objects that hold together."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from tests.platform.test_names import check_names, check_references, key
from tests.support.kubeconform import kubeconform
from tests.support.platform import platform
from tests.support.tools import tool

ANY = [True, False]
SWITCHES: dict[str, list[Any]] = {
    "operator.scope.mode": ["cluster", "cluster", "namespace"],
    "operator.scope.namespace": [None, None, "team"],
    "crds.managedBy": ["none", "none", "operator"],
    "operator.enabled": [True, True, True, False],
    "operator.image.tag": [None, "1.4.2", "1.5.1"],
    "operator.replicas": [1, 1, 3],
    "operator.leaderElection.enabled": [True, True, False],
    "operator.serviceAccount": [{"create": True}, {"create": True, "name": "own"}],
    "operator.config.server.metrics.secure": ANY,
    "webhooks.enabled": ["auto", *ANY],
    "webhooks.certificates": [
        {"provider": "operator"},
        {"provider": "certManager"},
        {"provider": "certManager", "certManager": {"issuerRef": {"name": "corp"}}},
        {"provider": "secret", "secretName": "given", "caBundle": "QUFB"},
    ],
    "rbac.clusterScoped": [True, True, False],
    "rbac.aggregate": ANY,
    "accounts.component.create": ANY,
    "integrations.grove.enabled": ["auto", *ANY],
    "integrations.kai.enabled": ["auto", *ANY],
    "integrations.dra.enabled": ["auto", *ANY],
    "integrations.serviceMesh.enabled": ["auto", *ANY],
    "integrations.checkpoint.enabled": ANY,
    "integrations.gpuDiscovery.enabled": ANY,
    "nats.mode": ["none", "builtIn"],
    "nats.server.replicas": [1, 3],
    "nats.server.jetstream.persistent": ANY,
    "nats.server.auth": [{"method": "none"}, {"method": "token", "secretName": "nats"}],
    "runtimeImages.prepull": [{"enabled": False}, {"enabled": True, "images": ["vllm", "frontend"]}],
    "monitoring.service.enabled": [True, True, False],
    "monitoring.serviceMonitor.enabled": ANY,
    "monitoring.podMonitors.enabled": ANY,
    "monitoring.rules.enabled": ANY,
    "monitoring.dashboards.enabled": ANY,
    "monitoring.reader": [{}, {"serviceAccount": "prometheus", "namespace": "monitoring"}],
    "networkPolicy.enabled": ANY,
    "tests.enabled": ANY,
}
TRIES = 60
ENOUGH = 20
"""Combinations that must render; the others are refused."""


def test_what_is_not_refused_holds_together() -> None:
    chance = random.Random(20)  # noqa: S311 - the same combinations each time
    everything, rendered = [], 0
    for _ in range(TRIES):
        sets = {path: chance.choice(values) for path, values in SWITCHES.items() if chance.random() < 0.6}
        try:
            objects = platform(sets=sets)
        except AssertionError as refused:
            assert "templates/refusals/" in str(refused), sets  # noqa: PT017 - the words of Helm
            continue
        rendered += 1
        keys = [key(obj) for obj in objects]
        assert len(keys) == len(set(keys)), sets
        for obj in objects:
            check_names(obj)
        check_references(objects)
        everything += objects
    assert rendered >= ENOUGH
    assert kubeconform(everything, crds=Path(tool("definitions"))) == []
