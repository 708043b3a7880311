from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.cli import main
from pydynamo_manifests.errors import InputError
from pydynamo_manifests.migrate_values import migrate_values
from pydynamo_manifests.migrate_values.rules import RULES
from pydynamo_manifests.values.platform.load import load_platform
from pydynamo_manifests.yaml import dump, load
from tests.support.platform import platform

if TYPE_CHECKING:
    from pathlib import Path

OLD: dict[str, Any] = {
    "global": {"nats": {"install": True}, "grove": {"install": True}, "kai-scheduler": {"enabled": False}},
    "nats": {
        "config": {"jetstream": {"fileStore": {"pvc": {"size": "20Gi", "storageClassName": "fast"}}}},
        "natsBox": {"enabled": True},
    },
    "grove": {"tolerations": [{"key": "a"}]},
    "dynamo-operator": {
        "enabled": True,
        "upgradeCRD": True,
        "env": [{"name": "A", "value": "1"}, {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "x"}}}],
        "imagePullSecrets": [{"name": "pull"}],
        "discoveryBackend": "kubernetes",
        "controllerManager": {
            "replicas": 2,
            "tolerations": [{"operator": "Exists"}],
            "leaderElection": {"id": "", "namespace": "kube-system"},
            "manager": {
                "image": {"repository": "registry.example.com:5000/dynamo/operator", "tag": "1.6.1"},
                "dgdrDefaultImage": "registry.example.com/planner:1.6.1",
                "args": ["--x"],
                "volumes": [{"name": "ca", "configMap": {"name": "ca"}}],
                "volumeMounts": [{"name": "ca", "mountPath": "/ca"}],
            },
        },
        "dynamo": {
            "groveTerminationDelay": "4h",
            "dockerRegistry": {"useKubernetesSecret": True, "password": "hunter2", "username": "u"},
            "metrics": {"podMonitors": {"enabled": None}},
            "mpiRun": {"secretName": "mpi-run-ssh-secret"},
        },
        "metricsService": {"enabled": True, "ports": [{"port": 8080}], "labels": {"release": "prom"}},
        "webhook": {"certManager": {"enabled": True}, "failurePolicy": "Ignore", "caBundle": ""},
        "checkpoint": {"enabled": True, "cleanupImage": "busybox:1.36", "storage": {}},
        "wrong": 1,
    },
}


def test_a_whole_file_moves_and_renders() -> None:
    found = migrate_values(OLD)
    load_platform(found.values)
    assert found.values == {
        "nats": {"mode": "builtIn", "server": {"jetstream": {"size": "20Gi", "storageClassName": "fast"}}},
        "integrations": {
            "grove": {"enabled": True},
            "checkpoint": {
                "enabled": True,
                "cleanupImage": {"registry": "docker.io", "repository": "library/busybox", "tag": "1.36"},
            },
        },
        "operator": {
            "enabled": True,
            "env": {"A": "1", "B": {"fieldRef": {"fieldPath": "x"}}},
            "replicas": 2,
            "tolerations": [{"operator": "Exists"}],
            "image": {
                "registry": "registry.example.com:5000",
                "repository": "dynamo/operator",
                "tag": "1.6.1",
            },
            "profilerImage": {"registry": "registry.example.com", "repository": "planner", "tag": "1.6.1"},
            "volumes": {"ca": {"configMap": {"name": "ca"}}},
            "volumeMounts": {"/ca": {"name": "ca"}},
            "config": {
                "orchestrators": {"grove": {"terminationDelay": "4h"}},
                "mpi": {"sshSecretName": "mpi-run-ssh-secret"},
            },
            "extraConfig": {"checkpoint": {"storage": {}}},
        },
        "discovery": {"backend": "kubernetes"},
        "crds": {"managedBy": "operator"},
        "global": {"imagePullSecrets": [{"name": "pull"}]},
        "monitoring": {
            "serviceMonitor": {"enabled": True, "labels": {"release": "prom"}},
            "service": {"port": 8080},
        },
        "webhooks": {"certificates": {"provider": "certManager"}, "failurePolicy": "Ignore"},
    }
    assert platform(sets=found.values)
    told = {note.partition(":")[0] for note in found.notes}
    assert told == {
        "global.grove.install",
        "nats.natsBox",
        "grove.tolerations",
        "dynamo-operator.controllerManager.manager.args",
        "dynamo-operator.dynamo.dockerRegistry.useKubernetesSecret",
        "dynamo-operator.dynamo.dockerRegistry.username",
        "dynamo-operator.dynamo.dockerRegistry.password",
        "dynamo-operator.dynamo.metrics.podMonitors.enabled",
        "dynamo-operator.wrong",
    }
    assert "hunter2" not in json.dumps([found.values, found.notes])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {"crds": {"managedBy": "operator"}}),
        ({"dynamo-operator": {"upgradeCRD": False}}, {"crds": {"managedBy": "none"}}),
        (
            {"dynamo-operator": {"natsAddr": "nats://a:4222", "upgradeCRD": False}},
            {
                "nats": {"mode": "external", "external": {"address": "nats://a:4222"}},
                "crds": {"managedBy": "none"},
            },
        ),
        (
            {"dynamo-operator": {"namespaceRestriction": {"enabled": True, "targetNamespace": "t"}}},
            {"operator": {"scope": {"mode": "namespace", "namespace": "t"}}, "crds": {"managedBy": "none"}},
        ),
        (
            {"dynamo-operator": {"namespaceRestriction": {"enabled": False, "lease": {"duration": "30s"}}}},
            {"operator": {}, "crds": {"managedBy": "operator"}},
        ),
        (
            {"dynamo-operator": {"dynamo": {"serviceMesh": {"enabled": None}}}},
            {"integrations": {"serviceMesh": {"enabled": "auto"}}, "crds": {"managedBy": "operator"}},
        ),
        (
            {
                "dynamo-operator": {
                    "webhook": {"certificateSecret": {"name": "s", "external": True}, "caBundle": "QQ=="}
                }
            },
            {
                "webhooks": {"certificates": {"secretName": "s", "provider": "secret", "caBundle": "QQ=="}},
                "crds": {"managedBy": "operator"},
            },
        ),
    ],
)
def test_parts(old: dict[str, Any], new: dict[str, Any]) -> None:
    found = migrate_values(old).values
    load_platform(found)
    assert found == new


def test_our_own_values_are_refused() -> None:
    with pytest.raises(InputError, match="these already are values of this chart: they have operator"):
        migrate_values({"operator": {"replicas": 2}})


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "old.yaml").write_text(dump({"dynamo-operator": {"upgradeCRD": True, "odd": 1}}))
    assert main(["migrate-values", str(tmp_path / "old.yaml")]) == 1
    out, err = capsys.readouterr()
    assert load(out) == {"crds": {"managedBy": "operator"}}
    assert err == "dynamo-operator.odd: has no counterpart here\n"

    target = tmp_path / "new.yaml"
    (tmp_path / "old.yaml").write_text(dump({"dynamo-operator": {"upgradeCRD": True}}))
    assert main(["migrate-values", str(tmp_path / "old.yaml"), "-o", str(target)]) == 0
    assert load(target.read_text()) == {"crds": {"managedBy": "operator"}}


SHAPES: list[Any] = [None, "x", 7, True, [], [1], ["x"], {}, {"a": 1}, [{"b": 2}]]


@pytest.mark.parametrize("key", sorted(RULES))
def test_no_shape_of_a_key_is_a_traceback(key: str) -> None:
    for shape in SHAPES:
        old: dict[str, Any] = {}
        home = old
        *blocks, last = key.split(".")
        for block in blocks:
            home = home.setdefault(block, {})
        home[last] = shape
        if not {"operator", "webhooks"} & old.keys():
            migrate_values(old)
