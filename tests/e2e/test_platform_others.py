"""The chart beside Prometheus Operator, cert-manager and a restricted operator, on a real API server with real Helm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.yaml import load_all
from tests.support.apiserver import ApiServer
from tests.support.client import ApiError
from tests.support.helm import VERSIONS, Result, helm, helm_template
from tests.support.lifecycle import OTHERS, install_definitions_of_others, inventory, leave
from tests.support.platform import CHART, HOME, PRESETS, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("platform")]

MERGE = "application/merge-patch+json"


@pytest.fixture(scope="module")
def server() -> Iterator[ApiServer]:
    with ApiServer() as started:
        install_definitions_of_others(started)
        started.client().namespace("monitoring")
        yield started


def run(server: ApiServer, version: int, *words: object) -> Result:
    result = helm(*words, version=version, kubeconfig=server.kubeconfig)
    assert result.code == 0, result.stderr or result.stdout
    return result


def preset(name: str) -> object:
    return ROOT / f"values/platform/{name}.yaml"


def test_kinds_of_others_are_taken_field_by_field(server: ApiServer) -> None:
    client = server.client()
    client.namespace(HOME)
    judged = set()
    for path in PRESETS:
        for obj in helm_template(CHART, [path], name="dynamo", namespace=HOME):
            if obj["kind"] in OTHERS:
                client.create(obj, dry_run=True)
                judged.add(obj["kind"])
    assert judged == OTHERS


def test_every_pod_is_admitted_where_restricted_is_enforced(server: ApiServer) -> None:
    """The API server's own judge of Pod Security; the pod of `helm test` is among them."""
    client = server.client()
    space = client.namespace()
    enforced = {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}
    client.request("PATCH", f"/api/v1/namespaces/{space}", enforced, MERGE)
    more = [
        "-f", preset("ha"), "--set", "crds.managedBy=operator,nats.mode=builtIn",
        "--set", "runtimeImages.prepull.enabled=true,runtimeImages.prepull.images={vllm,frontend}",
    ]  # fmt: skip
    run(server, 4, "install", "secure", CHART, "-n", space, *more)
    hooks = load_all(run(server, 4, "get", "hooks", "secure", "-n", space).stdout)
    kinds = (("apps/v1", "Deployment"), ("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet"))
    workloads = [o for version, kind in kinds for o in client.list_objects(version, kind, space)]
    pods = [pod for pod in hooks if pod] + [as_pod(workload, space) for workload in workloads]
    assert len(pods) == 4
    account = {"name": "default", "namespace": space}  # a controller would make it
    client.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account})
    for pod in pods:
        client.create(pod, dry_run=True)
    pods[0]["spec"]["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = True
    with pytest.raises(ApiError, match="violates PodSecurity"):
        client.create(pods[0], dry_run=True)
    run(server, 4, "uninstall", "secure", "-n", space)


def as_pod(workload: dict[str, Any], space: str) -> dict[str, Any]:
    """Return the pod that a controller makes of a workload's template, without its claims."""
    template = workload["spec"]["template"]
    claims = [
        {"name": claim["metadata"]["name"], "emptyDir": {}}
        for claim in workload["spec"].get("volumeClaimTemplates", [])
    ]
    spec = {**template["spec"], "volumes": [*template["spec"].get("volumes", []), *claims]}
    meta = {
        "name": workload["metadata"]["name"],
        "namespace": space,
        "labels": template["metadata"]["labels"],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}


@pytest.mark.parametrize("version", VERSIONS)
def test_with_everything_on_nothing_is_left(server: ApiServer, version: int) -> None:
    before = inventory(server)
    more = ["-f", preset("ha"), "-f", preset("cert-manager"), "--set", "nats.mode=builtIn"]
    run(server, version, "install", "dynamo", CHART, "-n", HOME, "--create-namespace", *more)
    certificates = server.client().list_objects("cert-manager.io/v1", "Certificate", HOME)
    assert len(certificates) == 2
    for certificate in certificates:
        server.client().create(secret_of(certificate["spec"]))
    run(server, version, "upgrade", "dynamo", CHART, "-n", HOME, *more, "--set", "operator.replicas=3")
    leave(server, version)
    left = {key for key in inventory(server).keys() - before.keys() if key[0] != "CustomResourceDefinition"}
    assert left <= {("Namespace", "", HOME)}


def secret_of(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the Secret that cert-manager makes for a certificate, and keeps when the certificate goes."""
    meta = {"name": spec["secretName"], "namespace": HOME, "labels": spec["secretTemplate"]["labels"]}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "stringData": {"tls.crt": "x"}}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_restricted_release_takes_its_leases_along(server: ApiServer, version: int) -> None:
    client = server.client()
    space = client.namespace()
    before = inventory(server)
    run(server, version, "install", "mine", CHART, "-n", space, "-f", preset("namespaced"))
    for lease in ("dynamo-operator-namespace-scope", "dynamo.nvidia.com"):
        path = f"/apis/coordination.k8s.io/v1/namespaces/{space}/leases/{lease}"
        client.request("PATCH", path, {"spec": {"holderIdentity": "a", "leaseDurationSeconds": 30}}, MERGE)
    run(server, version, "upgrade", "mine", CHART, "-n", space, "-f", preset("namespaced"))
    marker = client.request(
        "GET", f"/apis/coordination.k8s.io/v1/namespaces/{space}/leases/dynamo-operator-namespace-scope"
    )
    assert marker["spec"]["holderIdentity"] == "a"
    run(server, version, "uninstall", "mine", "-n", space)
    assert inventory(server).keys() - before.keys() == set()


@pytest.mark.parametrize("version", VERSIONS)
def test_one_restricted_release_serves_another_namespace(server: ApiServer, version: int) -> None:
    client = server.client()
    home, team = client.namespace(), client.namespace()
    before = inventory(server)
    more = ["-f", preset("namespaced"), "--set", f"operator.scope.namespace={team}"]
    run(server, version, "install", "mine", CHART, "-n", home, *more)
    second = helm(
        "install", "other", CHART, "-n", team, "-f", preset("namespaced"),
        version=version, kubeconfig=server.kubeconfig,
    )  # fmt: skip
    assert second.code
    assert "invalid ownership metadata" in second.stderr  # one namespace has one operator
    run(server, version, "uninstall", "mine", "-n", home)
    helm("uninstall", "other", "-n", team, version=version, kubeconfig=server.kubeconfig)
    assert {key for key in inventory(server).keys() - before.keys() if key[0] != "Secret"} == set()
