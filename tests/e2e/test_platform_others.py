"""The chart beside Prometheus Operator, cert-manager and a restricted operator, on a real API server with real Helm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.apiserver import ApiServer
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
