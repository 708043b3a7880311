"""What the tests of the stage share: clusters and objects that examples are laid over."""

from __future__ import annotations

import copy
from typing import Any

from pydynamo_manifests.validate.cluster import FEATURES, Cluster

SNAPSHOT = "main-2026-08-21"
LEVELS = {"zone": "topology.kubernetes.io/zone", "rack": "nvidia.com/rack"}
EVERYTHING = Cluster(
    features=frozenset(FEATURES), topology={"name": "rails", "levels": LEVELS}, operator_version="1.5.1"
)
NOTHING = Cluster()

GATES = {
    "checkpoint": "checkpoint",
    "grove": "grove",
    "lws": "lws",
    "kaiScheduler": "kai-scheduler",
    "volcanoScheduler": "volcano-scheduler",
    "dra": "dra",
    "istio": "istio",
    "gpuDiscovery": "gpu-discovery",
}


def cluster_of(case: dict[str, Any]) -> Cluster:
    """Return the cluster that a case of the corpus was judged in."""
    told = str(case.get("cluster_topology_binding"))
    topology = {"name": told.split("(", maxsplit=1)[0], "levels": LEVELS} if "(levels" in told else None
    gates = case.get("gates") or {}
    known = {"operator_principal": case["operator_principal"]} if case.get("operator_principal") else {}
    return Cluster(
        features=frozenset(GATES[gate] for gate, on in gates.items() if on),
        topology=topology,
        operator_version=case.get("operator_version"),
        **known,
    )


def component(name: str, kind: str, **more: Any) -> dict[str, Any]:
    """Return a component that admission takes."""
    pod = {"spec": {"containers": [{"name": "main", "image": "registry.example/runtime:1.5.1"}]}}
    return {"name": name, "type": kind, "podTemplate": pod, **more}


def beta() -> dict[str, Any]:
    """Return a v1beta1 graph that admission takes."""
    return {
        "apiVersion": "nvidia.com/v1beta1",
        "kind": "DynamoGraphDeployment",
        "metadata": {"name": "qwen", "namespace": "chat"},
        "spec": {
            "backendFramework": "vllm",
            "components": [component("frontend", "frontend"), component("worker", "worker")],
        },
    }


def alpha() -> dict[str, Any]:
    """Return a v1alpha1 graph that admission takes."""
    service = {"extraPodSpec": {"mainContainer": {"image": "registry.example/runtime:1.5.1"}}}
    return {
        "apiVersion": "nvidia.com/v1alpha1",
        "kind": "DynamoGraphDeployment",
        "metadata": {"name": "qwen", "namespace": "chat"},
        "spec": {
            "backendFramework": "vllm",
            "services": {
                "frontend": {"componentType": "frontend", **service},
                "worker": {"componentType": "worker", **copy.deepcopy(service)},
            },
        },
    }


_SPECS: dict[str, dict[str, Any]] = {
    "DynamoComponentDeployment": {
        k: v for k, v in component("worker", "worker", backendFramework="vllm").items() if k != "name"
    },
    "DynamoGraphDeploymentRequest": {"model": "Qwen/Qwen3-0.6B"},
    "DynamoModel": {"modelName": "a", "baseModelName": "a"},
    "DynamoCheckpoint": {"job": {"podTemplateSpec": {"spec": {"containers": [{"name": "main"}]}}}},
}


def base(fragment: dict[str, Any]) -> dict[str, Any]:
    """Return the object that a fragment is laid over: by default a v1beta1 graph."""
    kind = fragment.get("kind", "DynamoGraphDeployment")
    if kind != "DynamoGraphDeployment":
        spec = copy.deepcopy(_SPECS[kind])
        return {"apiVersion": "nvidia.com/v1beta1", "kind": kind, "metadata": {"name": "qwen"}, "spec": spec}
    return alpha() if fragment.get("apiVersion") == "nvidia.com/v1alpha1" else beta()


def laid_over(under: Any, over: Any) -> Any:
    """Merge maps by key and lists of named things by name; everything else is replaced."""
    if isinstance(under, dict) and isinstance(over, dict):
        return {**under, **{key: laid_over(under.get(key), value) for key, value in over.items()}}
    if not (isinstance(under, list) and isinstance(over, list) and over):
        return over
    if not all(isinstance(item, dict) and "name" in item for item in [*under, *over]):
        return over
    found = {item["name"]: item for item in under}
    return list((found | {i["name"]: laid_over(found.get(i["name"]), i) for i in over}).values())


def whole(fragment: dict[str, Any]) -> dict[str, Any]:
    """Return the object that a fragment is a part of."""
    return laid_over(base(fragment), fragment)
