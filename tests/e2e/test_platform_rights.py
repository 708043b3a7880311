from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.yaml import load
from tests.support.apiserver import ApiServer
from tests.support.client import ApiError, Client, wait_until
from tests.support.platform import CHART, HOME, platform

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("platform")]

TEAM = "team"


@pytest.fixture(scope="module")
def server() -> Iterator[ApiServer]:
    """A cluster with the cluster-wide release in one namespace and a restricted one in another."""
    with ApiServer() as started:
        client = started.client()
        for space in (HOME, TEAM, "graphs"):
            client.namespace(space)
        everything = platform(
            integrations__lpx__enabled=True,
            integrations__checkpoint__enabled=True,
            integrations__serviceMesh__enabled="auto",
        )
        restricted = platform("namespaced", name="mine", operator__scope__namespace=TEAM)
        for obj in (*everything, *restricted):
            if "rbac" in obj["apiVersion"] or obj["kind"] == "ServiceAccount":
                client.apply(obj)
        yield started


def operator(server: ApiServer, account: str) -> Client:
    client = server.client()
    return client.as_token(client.token(HOME, account))


def may(client: Client, namespace: str, group: str, resource: str, verb: str, name: str = "") -> bool:
    resource, _, subresource = resource.partition("/")
    attributes = {
        "namespace": namespace,
        "group": group,
        "resource": resource,
        "subresource": subresource,
        "verb": verb,
        "name": name,
    }
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {k: v for k, v in attributes.items() if v}},
    }
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    return bool(client.request("POST", path, body)["status"]["allowed"])


RULES: list[dict[str, Any]] = load((CHART / "files/rbac/manager.yaml").read_text())
ELECTION: list[dict[str, Any]] = load((CHART / "files/rbac/election.yaml").read_text())
CURRENT = [r for r in RULES if "until" not in r and r.get("when") != "crdOperator"]


def refused(client: Client, namespace: str, rules: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Return what the account may not do of the rules, as group, resource, verb."""
    return [
        (group, resource, verb)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
        for name in rule.get("resourceNames", [""])
        if not may(client, namespace, group, resource, verb, own(name))
    ]


def own(name: str) -> str:
    special = {"{webhooks}": "dynamo-platform-mutating"}
    return special.get(name, f"dynamo-{HOME}-{name.strip('{}')}" if name.startswith("{") else name)


def test_every_rule_has_its_reason_and_no_wildcard() -> None:
    for path in (CHART / "files/rbac").iterdir():
        for rule in load(path.read_text()):
            assert rule["reason"], (path.name, rule)
            assert "*" not in {*rule["apiGroups"], *rule["resources"], *rule["verbs"]}


def test_the_operator_may_do_what_it_needs(server: ApiServer) -> None:
    client = operator(server, "dynamo-operator")
    wait_until(lambda: may(client, "graphs", "", "services", "create"), "the roles have no effect")
    wanted = [r for r in CURRENT if r.get("place", "workloads") in {"workloads", "cluster", "global"}]
    assert refused(client, "graphs", wanted) == []
    assert refused(client, "kube-system", ELECTION) == []


def test_the_operator_may_do_no_more(server: ApiServer) -> None:
    client = operator(server, "dynamo-operator")
    for group, resource, verb, name in (
        ("", "secrets", "delete", ""),
        ("", "pods", "create", ""),
        ("", "pods/exec", "create", ""),
        ("", "nodes", "patch", ""),
        ("apiextensions.k8s.io", "customresourcedefinitions", "create", ""),
        ("apiextensions.k8s.io", "customresourcedefinitions", "patch", "others.example.com"),
        ("admissionregistration.k8s.io", "validatingwebhookconfigurations", "patch", "theirs"),
        ("rbac.authorization.k8s.io", "clusterroles", "bind", "cluster-admin"),
        ("rbac.authorization.k8s.io", "clusterroles", "escalate", ""),
        ("rbac.authorization.k8s.io", "clusterrolebindings", "create", ""),
        ("coordination.k8s.io", "leases", "update", ""),
    ):
        assert not may(client, "graphs", group, resource, verb, name), (resource, verb)


def test_the_operator_gives_the_accounts_of_a_graph_their_rights(server: ApiServer) -> None:
    """Role and bindings as the stock operator writes them: the API server checks for escalation."""
    client = operator(server, "dynamo-operator")
    wait_until(lambda: may(client, "graphs", "", "services", "create"), "the roles have no effect")
    for role in ("planner", "epp", "profiling"):
        client.create(binding(f"{role}-binding", "ClusterRole", f"dynamo-{HOME}-{role}"))
    full = ["create", "delete", "get", "list", "patch", "update", "watch"]
    rules = [
        {"apiGroups": [""], "resources": ["endpoints", "pods"], "verbs": ["get", "list", "watch"]},
        {
            "apiGroups": ["discovery.k8s.io"],
            "resources": ["endpointslices"],
            "verbs": ["get", "list", "watch"],
        },
        {"apiGroups": ["nvidia.com"], "resources": ["dynamoworkermetadatas"], "verbs": full},
    ]
    meta = {"name": "qwen-k8s-service-discovery-role", "namespace": "graphs"}
    rbac = "rbac.authorization.k8s.io/v1"
    client.create({"apiVersion": rbac, "kind": "Role", "metadata": meta, "rules": rules})
    client.create(binding("qwen-discovery", "Role", meta["name"]))
    with pytest.raises(ApiError, match="403"):
        client.create(binding("admin", "ClusterRole", "cluster-admin"))


def binding(name: str, kind: str, role: str) -> dict[str, Any]:
    rbac = "rbac.authorization.k8s.io"
    return {
        "apiVersion": f"{rbac}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": name, "namespace": "graphs"},
        "roleRef": {"apiGroup": rbac, "kind": kind, "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": "any", "namespace": "graphs"}],
    }


def test_a_restricted_operator_reaches_its_namespace_alone(server: ApiServer) -> None:
    client = operator(server, "mine-dynamo-operator")
    wait_until(lambda: may(client, TEAM, "", "services", "create"), "the roles have no effect")
    gone = {"lpx", "checkpoint", "mesh", "webhooks"}
    inside = ELECTION + [
        r for r in CURRENT if r.get("place", "workloads") in {"workloads", "cluster", "outside"}
    ]
    assert refused(client, TEAM, [r for r in inside if r.get("when") not in gone]) == []
    assert refused(client, HOME, [r for r in CURRENT if r.get("place") == "own"]) == []
    for resource in ("secrets", "configmaps", "serviceaccounts"):
        assert not may(client, "graphs", "", resource, "list")
    assert not may(client, "graphs", "nvidia.com", "dynamographdeployments", "list")


def test_people_get_the_kinds_through_the_built_in_roles() -> None:
    roles = {o["metadata"]["name"]: o for o in platform() if o["kind"] == "ClusterRole"}
    view = roles[f"dynamo-{HOME}-view"]["metadata"]["labels"]
    assert view["rbac.authorization.k8s.io/aggregate-to-view"] == "true"
    edit = roles[f"dynamo-{HOME}-edit"]["metadata"]["labels"]
    assert "rbac.authorization.k8s.io/aggregate-to-view" not in edit
