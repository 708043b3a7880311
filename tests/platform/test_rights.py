"""Rights by mode: what is not in use is not granted."""

from __future__ import annotations

from typing import Any

import pytest

from pydynamo_manifests.yaml import load
from tests.support.platform import CHART, HOME, platform

FILES = sorted((CHART / "files/rbac").glob("*.yaml"))


def granted(preset: str = "default", **sets: Any) -> set[tuple[str, str, str]]:
    """Return (group, resource, verb) of the operator's roles."""
    return {
        (group, resource, verb)
        for obj in platform(preset, sets=sets)
        if obj["kind"] in {"Role", "ClusterRole"}
        and obj["metadata"]["labels"]["app.kubernetes.io/component"] == "operator"
        for rule in obj["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def groups(found: set[tuple[str, str, str]]) -> set[str]:
    return {group for group, _, _ in found}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_has_its_reason_and_nothing_twice(path: Any) -> None:
    rules = load(path.read_text())
    for rule in rules:
        assert rule["reason"].endswith("."), rule
        assert "*" not in {*rule["apiGroups"], *rule["resources"], *rule["verbs"]}
        for key in ("apiGroups", "resources", "verbs"):
            assert len(rule[key]) == len(set(rule[key])), rule
        assert rule["verbs"] == sorted(rule["verbs"])
        for resource in rule["resources"]:
            _, _, part = resource.partition("/")
            if part == "status":
                assert set(rule["verbs"]) <= {"get", "patch", "update"}, rule
            if part == "finalizers":
                assert rule["verbs"] == ["update"], rule


@pytest.mark.parametrize("preset", ["default", "namespaced"])
def test_no_right_is_granted_twice_in_one_place(preset: str) -> None:
    found: list[tuple[Any, ...]] = []
    for obj in platform(preset):
        if obj["kind"] not in {"Role", "ClusterRole"} or "operator" not in obj["metadata"]["labels"].values():
            continue
        found += [
            (obj["metadata"].get("namespace"), group, resource, verb, tuple(rule.get("resourceNames", [])))
            for rule in obj["rules"]
            for group in rule["apiGroups"]
            for resource in rule["resources"]
            for verb in rule["verbs"]
        ]
    assert sorted(found, key=str) == sorted(set(found), key=str)


@pytest.mark.parametrize(
    ("switch", "group"),
    [
        ("integrations.grove.enabled", "grove.io"),
        ("integrations.lws.enabled", "leaderworkerset.x-k8s.io"),
        ("integrations.lws.enabled", "scheduling.volcano.sh"),
        ("integrations.kai.enabled", "scheduling.run.ai"),
        ("integrations.dra.enabled", "resource.k8s.io"),
    ],
)
def test_an_integration_that_is_off_takes_its_rights_away(switch: str, group: str) -> None:
    assert group in groups(granted())
    assert group not in groups(granted(**{switch: False}))


def test_meshes_checkpoints_and_lpx_are_off_by_default() -> None:
    found = granted()
    assert "networking.istio.io" not in groups(found)
    assert not {r for _, r, _ in found} & {"podsnapshots", "snapshotjobs", "lpxgraphdeployments"}
    assert "networking.istio.io" in groups(granted(**{"integrations.serviceMesh.enabled": "auto"}))


@pytest.mark.parametrize("mode", ["default", "namespaced"])
@pytest.mark.parametrize(
    "certificates", [{"provider": "secret", "secretName": "s"}, {"provider": "certManager"}]
)
def test_who_does_not_make_the_certificate_touches_no_webhook_configuration(
    mode: str, certificates: dict[str, Any]
) -> None:
    """With certProvisionMode manual the operator patches conversion alone (its cmd/main.go)."""
    hooks = "admissionregistration.k8s.io"
    assert hooks in groups(granted(mode))
    assert hooks not in groups(granted(mode, **{"webhooks.certificates": certificates}))


def test_only_an_image_that_applies_definitions_may_create_them() -> None:
    right = ("apiextensions.k8s.io", "customresourcedefinitions", "create")
    assert right not in granted()
    assert right in granted(**{"crds.managedBy": "operator"})


def test_gpu_discovery_is_what_lists_nodes() -> None:
    right = ("", "nodes", "list")
    assert right in granted()
    assert right not in granted(**{"integrations.gpuDiscovery.enabled": False})


def test_secrets_of_the_release_matter_only_where_it_serves_another_namespace() -> None:
    def spaces(**sets: Any) -> list[str]:
        return [
            obj["metadata"]["namespace"]
            for obj in platform("namespaced", sets=sets)
            if obj["kind"] == "Role" and obj["metadata"]["name"].endswith("-secrets")
        ]

    assert spaces() == []
    assert spaces(**{"operator.scope.namespace": "team"}) == [HOME]


def test_a_role_of_an_older_line_has_its_kinds() -> None:
    old = granted(**{"operator.image.tag": "1.4.2", "crds.managedBy": "operator"})
    assert ("nvidia.com", "dynamocheckpoints", "create") in old
    assert ("nvidia.com", "dynamocheckpoints/status", "create") not in old
    assert "dynamocheckpoints" not in {resource for _, resource, _ in granted()}
