from __future__ import annotations

import dataclasses
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.cluster import Check, Facts, check, gather, inspected
from pydynamo_manifests.cluster.facts import APIS, Installed, Operator
from pydynamo_manifests.cluster.markers import marker_of
from pydynamo_manifests.errors import UnknownNameError
from pydynamo_manifests.validate.cluster import Cluster

if TYPE_CHECKING:
    from collections.abc import Mapping

GOOD = Facts(
    kubernetes="1.34",
    storage_classes=(("fast", True),),
    gpu_nodes={"a": {"nvidia.com/gpu": 8}, "b": {"nvidia.com/gpu": 8}},
    gpu_products=("NVIDIA-B200",),
    installed={name: Installed(api=False) for name in (*APIS, "gpu-operator")},
    dra=True,
    permissions={"create namespaces": True},
)


def judged(name: str, dynamo: str | None = None, **changes: Any) -> list[Check]:
    return [c for c in check(dataclasses.replace(GOOD, **changes), dynamo) if c.name == name]


def one(name: str, dynamo: str | None = None, **changes: Any) -> Check:
    (found,) = judged(name, dynamo, **changes)
    return found


def test_a_good_cluster_has_no_error() -> None:
    assert not [c for c in check(GOOD) if c.status in {"error", "warning"}]


def test_every_warning_and_error_says_what_to_do() -> None:
    bad = Facts(
        kubernetes="1.29",
        installed={**GOOD.installed, "grove": Installed(api=True, version="v0.1.0-alpha.8")},
        permissions={"create namespaces": False},
        definitions={
            "dynamographdeployments": definition(service="gone/webhook", served=["v1alpha1", "v1beta1"])
        },
        operators=(operator("a"), operator("b")),
        unreadable=("leases",),
    )
    found = [c for c in check(bad) if c.status in {"error", "warning"}]
    assert len(found) >= 7
    assert all(c.hint for c in found)


def definition(**changes: Any) -> dict[str, Any]:
    return {
        "served": ["v1alpha1", "v1beta1"],
        "stored": ["v1beta1"],
        "conversion": "Webhook",
        "service": "dynamo-system/dynamo-webhook",
        "owner": None,
        "operator": None,
        **changes,
    }


def operator(namespace: str, **changes: Any) -> Operator:
    given = {
        "name": "dynamo-operator",
        "version": "1.6.1",
        "account": "dynamo-operator",
        "ready": 1,
        **changes,
    }
    return Operator(namespace=namespace, **given)


def test_kubernetes() -> None:
    assert one("kubernetes", kubernetes="1.29").status == "error"
    assert one("kubernetes", "1.2", kubernetes="1.29").status == "ok"
    with pytest.raises(UnknownNameError):
        check(GOOD, "7.0")


def test_storage() -> None:
    none = one("storage", storage_classes=(("slow", False),))
    assert none.status == "warning"
    assert "kubectl patch storageclass slow" in none.hint
    assert one("storage", storage_classes=(("a", True), ("b", True))).message.endswith("a, b")
    assert one("storage", unreadable=("storage classes",)).hint == "ask for 'list storageclasses'"


def test_gpus() -> None:
    assert one("gpus").message == "16 allocatable GPUs on 2 nodes (NVIDIA-B200)"
    assert one("gpus", gpu_nodes={}).status == "error"
    assert one("gpus", gpu_nodes={}, dra_drivers=("gpu.nvidia.com",)).status == "ok"
    assert one("gpus", unreadable=("nodes",)).status == "warning"
    there = {**GOOD.installed, "gpu-operator": Installed(api=True, version="v26.3.0")}
    assert one("gpu-operator", installed=there).status == "ok"


def test_definitions() -> None:
    assert one("definitions").status == "info"
    mine = {"dynamographdeployments": definition(owner="dynamo-system/dynamo")}
    running = {"operators": (operator("dynamo-system"),)}
    assert one("definitions", definitions=mine, **running).message.startswith(
        "definitions of release dynamo-system/dynamo"
    )
    old = {"dynamographdeployments": definition(served=["v1alpha1"], service=None, operator="1.1.0")}
    assert one("definitions", definitions=old).status == "warning"
    assert one("definitions", "1.1", definitions=old).message.startswith("definitions of operator 1.1.0")
    assert one("definitions", unreadable=("custom resource definitions",)).status == "warning"
    assert judged("conversion", definitions=mine, **running) == []
    dead = one("conversion", definitions=mine)
    assert dead.status == "error"
    assert "kubectl patch crd dynamographdeployments.nvidia.com" in dead.hint


def test_operators() -> None:
    two = judged("operator", operators=(operator("a"), operator("b", ready=0)))
    assert [c.status for c in two] == ["ok", "warning", "error"]
    restricted = judged(
        "operator", operators=(operator("t", restricted_to="t"),), restricted_namespaces=("t",)
    )
    assert [c.status for c in restricted] == ["info", "info"]


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("v0.1.0-alpha.8", "error"),
        ("v0.1.0-alpha.14", "ok"),
        ("v0.1.0", "ok"),
        ("v0.1.0-alpha.9", "error"),
        ("unknown", "ok"),
        (None, "ok"),
        ("v0.2.0-rc.1", "ok"),
    ],
)
def test_versions_of_grove(version: str | None, status: str) -> None:
    there = {**GOOD.installed, "grove": Installed(api=True, version=version)}
    assert one("grove", installed=there).status == status


def test_permissions() -> None:
    assert one("permissions", permissions={"create namespaces": False}).status == "warning"


class Pretended:
    """A cluster made of answers by path."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers

    def get(self, path: str, **_query: str) -> Any:
        return self.answers.get(path)

    def may(self, attributes: Mapping[str, str]) -> bool:
        return attributes["verb"] == "create"


def group(name: str, *versions: str) -> dict[str, Any]:
    return {"name": name, "versions": [{"version": v} for v in versions]}


def deployment(name: str, image: str, **more: Any) -> dict[str, Any]:
    container = {"name": "manager", "image": image, **more}
    pod = {"serviceAccountName": "acc", "containers": [container]}
    return {"metadata": {"name": name, "namespace": "ns"}, "spec": {"template": {"spec": pod}}, "status": {}}


def node(name: str, labels: dict[str, str], **allocatable: str) -> dict[str, Any]:
    named = {key.replace("__", "/").replace("_", "."): value for key, value in allocatable.items()}
    return {"metadata": {"name": name, "labels": labels}, "status": {"allocatable": named}}


ANSWERS: dict[str, Any] = {
    "/version": {"major": "1", "minor": "33+"},
    "/apis": {"groups": [group("grove.io", "v1alpha1"), group("leaderworkerset.x-k8s.io", "v1"),
                         group("resource.k8s.io", "v1", "v1beta1"), group("scheduling.run.ai", "v2")]},
    "/apis/apps/v1/deployments": {"items": [
        deployment("grove-operator", "ghcr.io/ai-dynamo/grove-operator:v0.1.0-alpha.14@sha256:0"),
        deployment("my-operator", "registry:5000/kubernetes-operator@sha256:1", args=["--operator-version=1.6.1"]),
        deployment("kai-operator", "registry:5000/kai"),
    ]},
    "/api/v1/nodes": {"items": [node("a", {"nvidia.com/gpu.product": "B200"}, nvidia_com__gpu="8", cpu="4"),
                                node("b", {}, nvidia_com__gpu="0")]},
    "/apis/storage.k8s.io/v1/storageclasses": {"items": [
        {"metadata": {"name": "x", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}}]},
    "/apis/resource.k8s.io/v1/resourceslices": {"items": [{"spec": {"driver": "gpu.nvidia.com"}}]},
    "/apis/coordination.k8s.io/v1/leases": {"items": [
        {"metadata": {"namespace": "team"}, "spec": {
            "holderIdentity": "x", "renewTime": "2999-01-01T00:00:00.000000Z", "leaseDurationSeconds": 30}},
        {"metadata": {"namespace": "gone"}, "spec": {
            "holderIdentity": "x", "renewTime": "2020-01-01T00:00:00.000000Z", "leaseDurationSeconds": 30}},
        {"metadata": {"namespace": "left"}, "spec": {}}]},
    "/apis/grove.io/v1alpha1/clustertopologybindings": {"items": [
        {"metadata": {"name": "dc"}, "spec": {"levels": [{"domain": "rack", "key": "example.com/rack"}]}}]},
}  # fmt: skip


def test_facts_of_answers() -> None:
    facts = gather(Pretended(ANSWERS))
    assert facts.kubernetes == "1.33"
    assert facts.gpu_nodes == {"a": {"nvidia.com/gpu": 8}}
    assert facts.gpu_products == ("B200",)
    assert facts.installed["grove"] == Installed(api=True, version="v0.1.0-alpha.14")
    assert facts.installed["lws"].api is False, (
        "LeaderWorkerSet without Volcano is not enough for the operator"
    )
    assert facts.installed["kai-scheduler"] == Installed(api=True, version="unknown")
    assert facts.storage_classes == (("x", True),)
    assert facts.operators == (Operator("ns", "my-operator", "1.6.1", "acc"),)
    assert facts.restricted_namespaces == ("team",)
    assert facts.dra_drivers == ("gpu.nvidia.com",)
    assert facts.unreadable == ("custom resource definitions",)
    assert all(facts.permissions.values())


def test_what_is_inspected_is_what_validate_reads() -> None:
    written = inspected(gather(Pretended(ANSWERS)))
    read = Cluster.from_dict(written)
    assert read.kubernetes == "1.33"
    assert read.features == {"grove", "kai-scheduler", "dra", "gpu-discovery"}
    assert read.topology == {"name": "dc", "levels": {"rack": "example.com/rack"}}
    assert read.operator_version == "1.6.1"
    assert read.operator_principal == "system:serviceaccount:ns:acc"


def test_a_cluster_that_shows_nothing() -> None:
    answers = {"/version": {"major": "1", "minor": "34"}, "/apis": {"groups": []}}
    facts = gather(Pretended(answers))
    assert {"nodes", "deployments", "leases"} <= set(facts.unreadable)
    assert inspected(facts) == {"kubernetes": "1.34", "features": ["gpu-discovery"]}


NOW = datetime(2026, 1, 1, tzinfo=UTC)
WHO = "system:serviceaccount:home:operator"


def lease(seconds_ago: int | None, principal: str | None = None) -> dict[str, Any]:
    meta: dict[str, Any] = {"namespace": "team"}
    if principal:
        meta["annotations"] = {"nvidia.com/dynamo-operator-principal": principal}
    if seconds_ago is None:
        return {"metadata": meta, "spec": {}}
    renewed = (NOW - timedelta(seconds=seconds_ago)).isoformat().replace("+00:00", "Z")
    return {
        "metadata": meta,
        "spec": {"holderIdentity": "x", "renewTime": renewed, "leaseDurationSeconds": 30},
    }


@pytest.mark.parametrize(
    ("found", "alive", "own", "in_team"),
    [
        (lease(10), True, False, True),
        (lease(40), False, False, False),
        (lease(None), False, False, True),  # made by the chart, the operator has not started
        (lease(10, WHO), True, True, False),
        (lease(40, WHO), False, True, False),  # a restricted operator that has crashed
    ],
)
def test_a_marker_is_heeded_while_it_is_renewed(
    found: dict[str, Any], alive: Any, own: Any, in_team: Any
) -> None:
    marker = marker_of(found, NOW)
    assert marker.alive is alive
    assert marker.is_of("home", "operator") is own
    assert marker.is_of("team", "operator") is in_team


def test_two_operators_of_one_name_are_two() -> None:
    one = deployment("dynamo-operator", "nvcr.io/nvidia/ai-dynamo/kubernetes-operator:1.6.1")
    other = deepcopy(one)
    other["metadata"]["namespace"] = "other"
    facts = gather(Pretended({**ANSWERS, "/apis/apps/v1/deployments": {"items": [one, other]}}))
    assert len(facts.operators) == 2
