"""The graph chart on a real API server: presets, NOTES, upgrades, scaled counts, import of what is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests import render
from pydynamo_manifests.cli import main
from pydynamo_manifests.import_.check import same
from pydynamo_manifests.values import read_values
from pydynamo_manifests.yaml import dump, load
from tests.support.helm import VERSIONS, helm

if TYPE_CHECKING:
    from tests.support.apiserver import ApiServer

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "dynamo-graph"
PRESETS = sorted((ROOT / "values" / "graph").rglob("*.yaml"))
ROUTER = ROOT / "values/graph/1.6/vllm-disagg-router.yaml"


@pytest.fixture(scope="module")
def dynamo(cluster: ApiServer) -> ApiServer:
    """Our CRDs of 1.6; without an operator there is no webhook that could convert, so each version reads as stored."""
    cluster.serve("1.6.1")
    return cluster


def run(cluster: ApiServer, namespace: str, version: int, *words: object) -> Any:
    done = helm(*words, "-n", namespace, version=version, kubeconfig=cluster.kubeconfig)
    assert done.code == 0, done.stderr
    return done


def stored(cluster: ApiServer, namespace: str, name: str, version: str = "v1beta1") -> dict[str, Any]:
    meta = {"name": name, "namespace": namespace}
    return cluster.client().get(
        {"apiVersion": f"nvidia.com/{version}", "kind": "DynamoGraphDeployment", "metadata": meta}
    )


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_preset_passes_strict_server_side_apply(
    dynamo: ApiServer, namespace: str, preset: Path
) -> None:
    for obj in render(read_values([preset]), name="qwen", namespace=namespace):
        dynamo.client().apply(obj, dry_run=True)


@pytest.mark.parametrize("version", VERSIONS)
def test_install_upgrade_rollback_uninstall(dynamo: ApiServer, namespace: str, version: int) -> None:
    first = run(dynamo, namespace, version, "install", "qwen", CHART, "-f", ROUTER)
    assert "port-forward service/qwen-frontend 8000:8000" in first.stdout
    assert "/v1/chat/completions" in first.stdout
    assert "Please look at this" not in first.stdout
    generation = stored(dynamo, namespace, "qwen")["metadata"]["generation"]
    run(dynamo, namespace, version, "upgrade", "qwen", CHART, "-f", ROUTER)
    assert stored(dynamo, namespace, "qwen")["metadata"]["generation"] == generation
    run(
        dynamo,
        namespace,
        version,
        "upgrade",
        "qwen",
        CHART,
        "-f",
        ROUTER,
        "--set",
        "components.decode.replicas=4",
    )
    assert replicas(dynamo, namespace) == 4
    run(dynamo, namespace, version, "rollback", "qwen", "1")
    assert replicas(dynamo, namespace) == 2
    run(dynamo, namespace, version, "uninstall", "qwen")
    assert dynamo.client().list_objects("nvidia.com/v1beta1", "DynamoGraphDeployment", namespace) == []


def replicas(cluster: ApiServer, namespace: str) -> Any:
    components = stored(cluster, namespace, "qwen")["spec"]["components"]
    return next(c for c in components if c["name"] == "decode").get("replicas")


def test_a_new_chart_version_changes_nothing_that_restarts(
    dynamo: ApiServer, namespace: str, tmp_path: Path
) -> None:
    newer = tmp_path / "newer"
    run(dynamo, namespace, 4, "install", "qwen", CHART, "-f", ROUTER)
    generation = stored(dynamo, namespace, "qwen")["metadata"]["generation"]
    packed = helm("package", CHART, "--version", "0.9.9", "-d", newer)
    assert packed.code == 0, packed.stderr
    run(dynamo, namespace, 4, "upgrade", "qwen", newer / "dynamo-graph-0.9.9.tgz", "-f", ROUTER)
    graph = stored(dynamo, namespace, "qwen")
    assert graph["metadata"]["labels"]["helm.sh/chart"] == "dynamo-graph-0.9.9"
    assert graph["metadata"]["generation"] == generation


def test_a_scaled_count_survives_an_upgrade_with_server_side_apply(dynamo: ApiServer, namespace: str) -> None:
    scaled = ["--set", "components.decode.scalingAdapter=true", "--set", "components.decode.replicas=null"]
    run(dynamo, namespace, 4, "install", "qwen", CHART, "-f", ROUTER, *scaled)
    graph = stored(dynamo, namespace, "qwen")
    count = {"name": "decode", "replicas": 5}
    patch = {k: graph[k] for k in ("apiVersion", "kind")} | {
        "metadata": {"name": "qwen", "namespace": namespace},
        "spec": {"components": [count]},
    }
    dynamo.client().apply(patch, manager="autoscaler")
    run(
        dynamo,
        namespace,
        4,
        "upgrade",
        "qwen",
        CHART,
        "-f",
        ROUTER,
        *scaled,
        "--set",
        "components.decode.gpus=2",
    )
    assert replicas(dynamo, namespace) == 5


def test_notes_warn_about_what_the_values_show(dynamo: ApiServer, namespace: str, tmp_path: Path) -> None:
    values = {
        "dynamo": {"release": "1.6.1"},
        "components": {
            "w": {
                "type": "worker",
                "modelSecret": True,
                "modelCache": True,
                "image": {"repository": "r", "tag": "1.5.0"},
            },
            "decod": {"replicas": 2},
            "s": {
                "type": "decode",
                "gpus": 1,
                "replicas": 2,
                "scalingAdapter": True,
                "image": {"repository": "r"},
            },
        },
    }
    (file := tmp_path / "v.yaml").write_text(dump(values))
    out = run(dynamo, namespace, 4, "install", "qwen", CHART, "-f", file).stdout
    for words in (
        "w asks for no GPU: --set components.w.gpus=1, unless it is a mocker.",
        "w wants the model's token, and no Secret is named: --set model.tokenSecret.name=hf-token-secret",
        "w wants the model cache, and there is none: --set model.cache.existingClaim=NAME.",
        "s has a scaling adapter and a count",
        "w runs image tag 1.5.0, but these values were composed for Dynamo 1.6.1",
        "decod has neither a type nor a command: is the name misspelt? The preset's components are s, w.",
        "The graph has no component of type frontend",
    ):
        assert words in out
    assert "port-forward" not in out


def test_notes_of_a_request(dynamo: ApiServer, namespace: str) -> None:
    sets = ["--set", "model.name=Qwen/Qwen3-32B", "--set", "request.backend=vllm"]
    out = run(dynamo, namespace, 4, "install", "ask", CHART, *sets).stdout
    assert "The request ask (nvidia.com/v1beta1) was handed to the operator" in out
    assert "ask-dgd" in out


def test_a_live_graph_is_imported_and_installs_again(
    dynamo: ApiServer, namespace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(dynamo, namespace, 4, "install", "qwen", CHART, "-f", ROUTER)
    before = stored(dynamo, namespace, "qwen")
    command = ["import", "--from-cluster", "qwen", "-n", namespace, "--kubeconfig", str(dynamo.kubeconfig)]
    assert main([*command, "-o", str(tmp_path / "v.yaml")]) == 0
    capsys.readouterr()
    values = load((tmp_path / "v.yaml").read_text())
    assert same(render(values, name="qwen")[0]["spec"], before["spec"])
    assert main([*command[:2], "nope", *command[3:]]) == 2
    assert "no graph 'nope' in namespace" in capsys.readouterr().err
