from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pydynamo_manifests.cli import main
from pydynamo_manifests.validate.cluster import Cluster
from tests.support.apiserver import ApiServer
from tests.support.helm import helm
from tests.support.platform import CHART, HOME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("platform")]


@pytest.fixture(scope="module")
def server() -> Iterator[ApiServer]:
    with ApiServer({"guest": ["guests"]}) as started:
        client = started.client()
        labels = {"nvidia.com/gpu.product": "NVIDIA-B200"}
        node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "gpu-1", "labels": labels}}
        client.apply(node)
        gpus = {"nvidia.com/gpu": "8"}
        status = {"allocatable": gpus, "capacity": gpus}
        client.merge_patch(node, {"status": status}, subresource="status")
        yield started


def ask(server: ApiServer, *words: str) -> int:
    return main(["cluster", *words, "--kubeconfig", str(server.kubeconfig)])


def test_check_and_inspect(server: ApiServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(server, "check", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    found = {c["name"]: c for c in told["checks"]}
    assert told["ok"] is True
    assert found["gpus"]["message"] == "8 allocatable GPUs on 1 nodes (NVIDIA-B200)"
    assert found["storage"]["status"] == "warning"
    assert found["definitions"]["status"] == "info"

    helm("install", "dynamo", CHART, "-n", HOME, "--create-namespace", kubeconfig=server.kubeconfig)
    assert ask(server, "check") == 0
    text = capsys.readouterr().out
    assert f"cluster-wide operator 1.6.1 at {HOME}/dynamo-operator, 0 ready" in text
    assert f"definitions of release {HOME}/dynamo serve v1alpha1, v1beta1, stored v1beta1" in text

    assert ask(server, "inspect", "-o", str(tmp_path / "cluster.yaml")) == 0
    read = Cluster.from_file(tmp_path / "cluster.yaml")
    assert read.operator_version == "1.6.1"
    assert read.operator_principal == f"system:serviceaccount:{HOME}:dynamo-operator"
    assert "dra" in read.features

    helm("uninstall", "dynamo", "-n", HOME, kubeconfig=server.kubeconfig)
    assert ask(server, "check") == 1
    assert (
        "are converted by Service dynamo-system/dynamo-webhook, and no operator runs there"
        in capsys.readouterr().out
    )


def test_a_user_who_may_see_nothing(
    server: ApiServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "guest"
    path.write_text(server.kubeconfig.read_text().replace(server.token, server.tokens["guest"]))
    assert main(["cluster", "check", "--kubeconfig", str(path), "--format", "json"]) == 0
    found = {c["name"]: c["status"] for c in json.loads(capsys.readouterr().out)["checks"]}
    assert found["permissions"] == found["gpus"] == found["storage"] == "warning"


def test_no_cluster_and_no_kubeconfig(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], server: ApiServer
) -> None:
    assert main(["cluster", "check", "--kubeconfig", str(tmp_path / "none")]) == 2
    assert "there is no such kubeconfig" in capsys.readouterr().err
    path = tmp_path / "dead"
    path.write_text(server.kubeconfig.read_text().replace(server.url, "https://127.0.0.1:9"))
    assert main(["cluster", "check", "--kubeconfig", str(path)]) == 2
    assert "cannot be reached" in capsys.readouterr().err
