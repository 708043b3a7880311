"""The words that core objects may use, and what else the OpenAPI document leaves out, beside a real API server."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.validate import validate
from pydynamo_manifests.validate.choices import CHOICES
from tests.support.client import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.apiserver import ApiServer

NAMESPACE = "choices"
WRONG = "Sometimes"
POD: dict[str, Any] = {
    "containers": [
        {
            "name": "a",
            "image": "a",
            "imagePullPolicy": "",
            "terminationMessagePolicy": "",
            "ports": [{"containerPort": 80, "protocol": ""}],
            "livenessProbe": {"httpGet": {"port": 80, "scheme": ""}},
            "volumeMounts": [
                {"name": "v", "mountPath": "/v", "mountPropagation": "None", "recursiveReadOnly": "Disabled"}
            ],
        }
    ],
    "volumes": [{"name": "v", "hostPath": {"path": "/v", "type": ""}}],
    "dnsPolicy": "",
    "restartPolicy": "",
    "securityContext": {"fsGroupChangePolicy": "Always", "seccompProfile": {"type": "RuntimeDefault"}},
    "tolerations": [{"key": "a", "operator": "", "effect": ""}],
    "topologySpreadConstraints": [
        {
            "maxSkew": 1,
            "topologyKey": "a",
            "whenUnsatisfiable": "DoNotSchedule",
            "nodeAffinityPolicy": "Honor",
            "nodeTaintsPolicy": "Honor",
            "labelSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]},
        }
    ],
    "affinity": {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "Exists"}]}]
            }
        }
    },
}
PLAIN: dict[str, Any] = {"containers": [{"name": "a", "image": "a"}]}
LABELS = {"app": "a"}


def templated(**pod: Any) -> dict[str, Any]:
    return {"metadata": {"labels": LABELS}, "spec": {**PLAIN, **pod}}


SELECTED: dict[str, Any] = {"selector": {"matchLabels": LABELS}, "template": templated()}
OBJECTS: dict[str, tuple[str, dict[str, Any]]] = {
    "Pod": ("v1", {"spec": POD}),
    "Service": (
        "v1",
        {
            "spec": {
                "selector": LABELS,
                "ports": [{"port": 80, "protocol": ""}],
                "type": "",
                "sessionAffinity": "",
                "externalTrafficPolicy": "",
                "internalTrafficPolicy": "Cluster",
                "ipFamilyPolicy": "SingleStack",
                "ipFamilies": ["IPv4"],
            }
        },
    ),
    "PersistentVolumeClaim": (
        "v1",
        {
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "volumeMode": "Block",
                "resources": {"requests": {"storage": "1Gi"}},
            }
        },
    ),
    "PersistentVolume": (
        "v1",
        {
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "volumeMode": "Filesystem",
                "persistentVolumeReclaimPolicy": "",
                "capacity": {"storage": "1Gi"},
                "hostPath": {"path": "/v"},
            }
        },
    ),
    "Deployment": ("apps/v1", {"spec": {**SELECTED, "strategy": {"type": ""}}}),
    "DaemonSet": ("apps/v1", {"spec": {**SELECTED, "updateStrategy": {"type": ""}}}),
    "StatefulSet": (
        "apps/v1",
        {"spec": {**SELECTED, "serviceName": "a", "podManagementPolicy": "", "updateStrategy": {"type": ""}}},
    ),
    "Job": (
        "batch/v1",
        {"spec": {"completionMode": "NonIndexed", "template": templated(restartPolicy="Never")}},
    ),
    "CronJob": (
        "batch/v1",
        {
            "spec": {
                "schedule": "0 0 * * *",
                "concurrencyPolicy": "",
                "jobTemplate": {"spec": {"template": templated(restartPolicy="OnFailure")}},
            }
        },
    ),
    "Ingress": (
        "networking.k8s.io/v1",
        {
            "spec": {
                "rules": [
                    {
                        "http": {
                            "paths": [
                                {
                                    "path": "/",
                                    "pathType": "Prefix",
                                    "backend": {"service": {"name": "a", "port": {"number": 80}}},
                                }
                            ]
                        }
                    }
                ]
            }
        },
    ),
    "NetworkPolicy": (
        "networking.k8s.io/v1",
        {
            "spec": {
                "podSelector": {},
                "policyTypes": ["Ingress"],
                "ingress": [{"ports": [{"port": 80, "protocol": "TCP"}]}],
            }
        },
    ),
    "StorageClass": (
        "storage.k8s.io/v1",
        {"provisioner": "a.example", "reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
    ),
    "PodDisruptionBudget": (
        "policy/v1",
        {
            "spec": {
                "minAvailable": 1,
                "selector": {"matchLabels": LABELS},
                "unhealthyPodEvictionPolicy": "AlwaysAllow",
            }
        },
    ),
    "HorizontalPodAutoscaler": (
        "autoscaling/v2",
        {
            "spec": {
                "maxReplicas": 2,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"},
                "metrics": [
                    {
                        "type": "Resource",
                        "resource": {
                            "name": "cpu",
                            "target": {"type": "Utilization", "averageUtilization": 50},
                        },
                    }
                ],
                "behavior": {
                    "scaleUp": {
                        "selectPolicy": "Max",
                        "policies": [{"type": "Pods", "value": 1, "periodSeconds": 15}],
                    }
                },
            }
        },
    ),
    "ClusterRoleBinding": (
        "rbac.authorization.k8s.io/v1",
        {
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "a"},
            "subjects": [{"kind": "ServiceAccount", "name": "a", "namespace": "b"}],
        },
    ),
    "ValidatingWebhookConfiguration": (
        "admissionregistration.k8s.io/v1",
        {
            "webhooks": [
                {
                    "name": "a.example.com",
                    "failurePolicy": "Fail",
                    "matchPolicy": "Exact",
                    "sideEffects": "None",
                    "admissionReviewVersions": ["v1"],
                    "clientConfig": {"url": "https://a.example/"},
                }
            ]
        },
    ),
}
WORDS = {field: words for fields in CHOICES.values() for field, words in fields.items()}
"""Of a field whose words differ between types, any: only a wrong one is tried."""


def made(kind: str) -> dict[str, Any]:
    api_version, content = OBJECTS[kind]
    spaced = "Cluster" not in kind and kind not in (
        "PersistentVolume",
        "StorageClass",
        "ValidatingWebhookConfiguration",
    )
    metadata = {"name": "a", **({"namespace": NAMESPACE} if spaced else {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **copy.deepcopy(content)}


def fields(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the places of an object that take one of some words."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in WORDS and isinstance(item, str) and (key != "kind" or "subjects" in path):
                yield (*path, key)
            yield from fields(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if path and path[-1] in WORDS and isinstance(item, str):
                yield (*path, index)
            yield from fields(item, (*path, index))


def changed(kind: str, path: tuple[Any, ...], word: str) -> dict[str, Any]:
    obj = made(kind)
    place: Any = obj
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = word
    return obj


def ours(obj: dict[str, Any]) -> list[str]:
    return [f.path for f in validate([obj]).findings if f.severity == "error"]


def theirs(server: ApiServer, obj: dict[str, Any]) -> list[str]:
    try:
        server.client().create(obj, dry_run=True)
    except ApiError as error:
        return [c.get("field", "") for c in error.causes] or [error.message]
    return []


@pytest.fixture(scope="module")
def server(cluster: ApiServer) -> ApiServer:
    client = cluster.client()
    client.namespace(NAMESPACE)
    account = {"name": "default", "namespace": NAMESPACE}
    client.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account})
    return cluster


@pytest.mark.parametrize("kind", OBJECTS)
def test_a_wrong_word_is_refused_where_the_server_refuses_it(server: ApiServer, kind: str) -> None:
    assert ours(made(kind)) == []
    assert theirs(server, made(kind)) == []
    tried = list(fields({k: v for k, v in made(kind).items() if k not in ("kind", "metadata", "roleRef")}))
    for path in tried:
        obj = changed(kind, path, WRONG)
        where = ".".join(map(str, path)).replace(".0", "[0]")
        assert where in ours(obj), path
        said = {
            field.replace("[0]", "") for field in theirs(server, obj)
        }  # the server leaves some indices out
        bare = where.replace("[0]", "")
        assert {bare, bare.rpartition(".")[0]} & said, path
    assert tried


OTHERS: dict[str, dict[str, Any]] = {
    "a Secret in plain text": {"apiVersion": "v1", "kind": "Secret", "data": {"a": "plain text"}},
    "base64 without padding": {"apiVersion": "v1", "kind": "Secret", "data": {"a": "YQ"}},
    "base64 in lines": {"apiVersion": "v1", "kind": "Secret", "data": {"a": "YWFh\nYWFh\n"}},
    "base64": {"apiVersion": "v1", "kind": "Secret", "data": {"a": "YQ=="}},
    "no bytes at all": {"apiVersion": "v1", "kind": "Secret", "data": {"a": ""}},
    "text as bytes": {"apiVersion": "v1", "kind": "ConfigMap", "binaryData": {"a": "#"}},
    "a Job that always restarts": {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "spec": {"template": templated()},
    },
    "a Job that never does": {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "spec": {"template": templated(restartPolicy="Never")},
    },
    "a Deployment that never restarts": {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "spec": {**SELECTED, "template": templated(restartPolicy="Never")},
    },
    "a Deployment that says so": {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "spec": {**SELECTED, "template": templated(restartPolicy="Always")},
    },
}


@pytest.mark.parametrize("name", OTHERS)
def test_bytes_and_restarts_are_judged_as_the_server_does(server: ApiServer, name: str) -> None:
    obj = {"metadata": {"name": "a", "namespace": NAMESPACE}, **OTHERS[name]}

    assert bool(ours(obj)) == bool(theirs(server, obj))
