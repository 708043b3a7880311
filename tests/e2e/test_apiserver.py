"""The test server itself: what other tests take for granted when they use the fixture `cluster`."""

from __future__ import annotations

import copy
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.yaml import load, load_all
from tests.support.client import ApiError, Client
from tests.support.corpus import corpus
from tests.support.helm import VERSIONS, helm
from tests.support.tools import tool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.apiserver import ApiServer

GRAPH = "dgd--2026-06-15--examples-backends-vllm-deploy-gaie-disagg.yaml"
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}, labels: {helm: "{{ .Release.Revision }}"}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: x}}
  template:
    metadata: {labels: {app: x}}
    spec: {containers: [{name: main, image: busybox}]}
"""


def crds_of(release: str) -> list[dict[str, Any]]:
    files = sorted((corpus() / "crds" / release).glob("*.yaml"))
    return [document for file in files for document in load_all(file.read_text(), file.name)]


def graph() -> dict[str, Any]:
    path = corpus() / "valid" / "v1beta1" / GRAPH
    return dict(load(path.read_text(), path.name))


@pytest.fixture(scope="module")
def client(cluster: ApiServer) -> Client:
    return cluster.serve("")


@pytest.fixture(scope="class")
def newest(client: Client) -> Iterator[Client]:
    crds = crds_of("main-2026-08-21")
    client.install_crds(crds)
    yield client
    client.remove_crds(crds)


def test_the_version_is_known_to_clients(cluster: ApiServer, client: Client) -> None:
    version = client.request("GET", "/version")
    assert (version["major"], version["minor"]) == ("1", "37")
    said = run_kubectl(cluster, "version")
    assert f"Server Version: {version['gitVersion']}" in said


def run_kubectl(cluster: ApiServer, *words: str) -> str:
    command = [tool("kubectl"), "--kubeconfig", str(cluster.kubeconfig), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def test_who_shows_no_token_is_refused(client: Client) -> None:
    with pytest.raises(ApiError) as refused:
        client.as_token("wrong").request("GET", "/api/v1/namespaces")
    assert refused.value.code == 401


@pytest.mark.parametrize("release", ["0.9.1", "main-2026-08-21"])
def test_the_crds_of_a_release_are_served_and_removed(client: Client, release: str) -> None:
    crds = crds_of(release)
    client.install_crds(crds)
    assert client.list_objects("nvidia.com/v1alpha1", "DynamoGraphDeployment") == []
    client.remove_crds(crds)
    with pytest.raises(LookupError, match=r"has no nvidia\.com/v1alpha1 DynamoGraph"):
        client.list_objects("nvidia.com/v1alpha1", "DynamoGraphDeployment")


class TestWithTheNewestCrds:
    def test_a_graph_passes_a_dry_run_and_is_not_stored(self, newest: Client, namespace: str) -> None:
        obj = graph()
        obj["metadata"]["namespace"] = namespace
        answer = newest.apply(obj, dry_run=True)
        assert answer["metadata"]["name"] == obj["metadata"]["name"]
        assert not newest.exists(obj)

    def test_an_unknown_field_is_refused_by_name(self, newest: Client, namespace: str) -> None:
        obj = copy.deepcopy(graph())
        obj["metadata"]["namespace"] = namespace
        obj["spec"]["components"][0]["replicsa"] = 2
        for attempt in (newest.apply, newest.create):
            with pytest.raises(ApiError) as refused:
                attempt(obj, dry_run=True)
            assert "replicsa" in refused.value.message
        assert newest.create(obj, validation="Ignore")

    def test_a_cel_rule_is_refused_with_its_path(self, newest: Client, namespace: str) -> None:
        obj = copy.deepcopy(graph())
        obj["metadata"]["namespace"] = namespace
        obj["spec"]["components"][0]["minAvailable"] = 9
        with pytest.raises(ApiError, match="minAvailable must be less than or equal to replicas") as refused:
            newest.create(obj, dry_run=True)
        assert refused.value.causes[0]["field"].startswith("spec.components[0]")


def test_another_manager_conflicts_unless_forced(client: Client, namespace: str) -> None:
    obj = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": namespace}}
    client.apply({**obj, "data": {"k": "1"}}, manager="one")
    with pytest.raises(ApiError) as refused:
        client.apply({**obj, "data": {"k": "2"}}, manager="two", force=False)
    assert refused.value.code == 409
    assert client.apply({**obj, "data": {"k": "2"}}, manager="two")["data"] == {"k": "2"}


def test_a_service_account_may_only_what_it_is_granted(client: Client, namespace: str) -> None:
    account = client.as_token(client.token(namespace, "robot"))
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": namespace}}
    with pytest.raises(ApiError, match=f"system:serviceaccount:{namespace}:robot"):
        account.apply(config)
    client.grant(namespace, "robot", [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["*"]}])
    account.apply(config)
    assert client.exists(config)


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "toy"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: toy\nversion: 0.1.0\n")
    (folder / "values.yaml").write_text("replicas: 1\n")
    (folder / "templates" / "deployment.yaml").write_text(DEPLOYMENT)
    return folder


@pytest.mark.parametrize("version", VERSIONS)
def test_helm_installs_upgrades_and_uninstalls(
    cluster: ApiServer, client: Client, chart: Path, namespace: str, version: int
) -> None:
    def run(*words: object) -> str:
        result = helm(*words, "--namespace", namespace, version=version, kubeconfig=cluster.kubeconfig)
        assert result.code == 0, result.stderr
        return result.stdout

    stored = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "toy", "namespace": namespace},
    }
    run("install", "toy", chart)
    assert client.get(stored)["spec"]["replicas"] == 1
    run("upgrade", "toy", chart, "--set", "replicas=3")
    assert client.get(stored)["spec"]["replicas"] == 3
    run("rollback", "toy", "1")
    assert client.get(stored)["spec"]["replicas"] == 1
    run("uninstall", "toy")
    assert not client.exists(stored)
