"""Requests on a real API server: created by Helm, worked on as the operator does, followed, read, installed."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests import Intent, compose, render
from pydynamo_manifests.cli import main
from pydynamo_manifests.import_.check import same
from pydynamo_manifests.values import read_values
from pydynamo_manifests.yaml import dump, load
from tests.support.helm import VERSIONS, helm

if TYPE_CHECKING:
    from tests.support.apiserver import ApiServer
    from tests.support.client import Client

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "charts" / "dynamo-graph"
REQUESTS = ROOT / "values" / "request"
REVIEW = REQUESTS / "1.6" / "vllm-review.yaml"
PLANNED = ROOT / "values" / "graph" / "1.6" / "vllm-disagg-planner.yaml"
BETA = "nvidia.com/v1beta1"


class Operator:
    """Writes the status of one request as the operator does."""

    def __init__(self, client: Client, namespace: str, name: str = "qwen") -> None:
        self.client, self.namespace = client, namespace
        metadata = {"name": name, "namespace": namespace}
        self.request = {"apiVersion": BETA, "kind": "DynamoGraphDeploymentRequest", "metadata": metadata}

    def says(self, phase: str, reason: str, message: str = "", **more: Any) -> None:
        condition = {
            "type": "Succeeded",
            "status": "True" if phase in ("Ready", "Deployed") else "False",
            "reason": reason,
            "message": message,
            "lastTransitionTime": "2026-11-01T00:00:00Z",
        }
        status = {"phase": phase, "conditions": [condition], **more}
        self.client.merge_patch(self.request, {"status": status}, subresource="status")


def run(cluster: ApiServer, namespace: str, *words: object, version: int = 4) -> str:
    done = helm(*words, "-n", namespace, version=version, kubeconfig=cluster.kubeconfig)
    assert done.code == 0, done.stderr
    return done.stdout


def generated(namespace: str) -> dict[str, Any]:
    """Return the graph that a profiler would write: its own name, labels and all."""
    intent = Intent(backend="vllm", pattern="disagg", model="Qwen/Qwen3-32B", dynamo="1.6", gpus=4)
    (graph,) = render(compose(intent), name="qwen-dgd", namespace=namespace, chart_labels=False)
    labels = {"dgdr.nvidia.com/name": "qwen", "nvidia.com/managed-by": "dynamo-operator"}
    return {**graph, "metadata": {**graph["metadata"], "labels": labels}}


def keeps(stored: Any, sent: Any) -> bool:
    """Tell whether the server kept what was sent; what it adds is fine."""
    if isinstance(sent, dict):
        return all(keeps(stored.get(key), value) for key, value in sent.items())
    return bool(stored == sent)


@pytest.mark.parametrize("line", ["0.9", "1.6"])
def test_every_preset_is_taken_and_nothing_of_it_is_dropped(
    cluster: ApiServer, namespace: str, line: str
) -> None:
    client = cluster.serve(line)
    for preset in sorted((REQUESTS / line).glob("*.yaml")):
        (request,) = render(read_values([preset]), name="qwen", namespace=namespace)
        stored = client.apply(request, dry_run=True)
        assert keeps(stored["spec"], request["spec"]), preset.name


@pytest.mark.parametrize("version", VERSIONS)
def test_from_the_request_to_the_graph_as_values(
    cluster: ApiServer, namespace: str, version: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operator = Operator(cluster.serve("1.6"), namespace)
    run(cluster, namespace, "install", "qwen", CHART, "-f", REVIEW, version=version)
    where = ["qwen", "-n", namespace, "--kubeconfig", str(cluster.kubeconfig)]

    assert main(["request", "status", *where]) == 0
    assert capsys.readouterr().out.startswith("qwen: Pending\n")
    assert main(["request", "read", *where]) == 2
    assert "holds no generated graph" in capsys.readouterr().err

    operator.says("Profiling", "Profiling", profilingPhase="SweepingPrefill", profilingJobName="profile-qwen")
    assert main(["request", "status", *where]) == 0
    assert "[##.....] 2/7 SweepingPrefill" in capsys.readouterr().out

    changed = tmp_path / "changed.yaml"
    changed.write_text(REVIEW.read_text().replace("ttft: 300", "ttft: 100"))
    assert main(["request", "check", *where, "--values", str(REVIEW)]) == 0
    assert main(["request", "check", *where, "--values", str(changed)]) == 1
    assert "ADM-DGDR-04" in capsys.readouterr().out

    graph = generated(namespace)
    operator.says(
        "Ready",
        "SpecGenerated",
        profilingPhase=None,
        dgdName="qwen-dgd",
        profilingResults={"selectedConfig": graph, "pareto": [{"config": graph}]},
    )
    values = tmp_path / "graph-values.yaml"
    assert main(["request", "read", *where, "-o", str(values)]) == 0
    run(cluster, namespace, "install", "qwen-dgd", CHART, "-f", values, version=version)
    named = {"apiVersion": BETA, "kind": "DynamoGraphDeployment"}
    stored = operator.client.get({**named, "metadata": {"name": "qwen-dgd", "namespace": namespace}})
    assert same(stored["spec"], graph["spec"])
    assert "dgdr.nvidia.com/name" not in stored["metadata"]["labels"]

    run(cluster, namespace, "uninstall", "qwen", version=version)
    assert not operator.client.exists(operator.request)
    assert operator.client.exists(stored)


def test_following_shows_each_change_and_ends_with_the_request(
    cluster: ApiServer, namespace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    operator = Operator(cluster.serve("1.6"), namespace)
    (request,) = render(read_values([REVIEW]), name="qwen", namespace=namespace)
    operator.client.apply(request)

    def work() -> None:
        other = Operator(cluster.client(), namespace)
        for step in ("Initializing", "SweepingPrefill", "GeneratingDGD"):
            other.says("Profiling", step, profilingPhase=step)
            time.sleep(0.4)
        other.says("Failed", "GenerationFailed", "the graph is too large")

    thread = threading.Thread(target=work)
    thread.start()
    words = ["request", "status", "qwen", "-n", namespace, "--kubeconfig", str(cluster.kubeconfig)]
    assert main([*words, "--watch", "--interval", "0.1", "--timeout", "30"]) == 1
    thread.join()
    out = capsys.readouterr().out
    assert "1/7 Initializing" in out
    assert "6/7 GeneratingDGD" in out
    assert out.count("2/7 SweepingPrefill") == 1
    assert "reason: GenerationFailed: the graph is too large" in out
    assert main(["request", "status", "nope", *words[3:]]) == 2


def test_what_the_planner_scaled_stays_over_an_upgrade(cluster: ApiServer, namespace: str) -> None:
    client = cluster.serve("1.6")
    run(cluster, namespace, "install", "qwen", CHART, "-f", PLANNED)
    metadata = {"name": "qwen", "namespace": namespace}
    graph = {"apiVersion": BETA, "kind": "DynamoGraphDeployment", "metadata": metadata}
    adapter = {
        "apiVersion": BETA,
        "kind": "DynamoGraphDeploymentScalingAdapter",
        "metadata": {"name": "qwen-decode", "namespace": namespace},
        "spec": {"replicas": 1, "dgdRef": {"name": "qwen", "componentName": "decode"}},
    }
    client.apply(adapter, manager="operator")
    client.merge_patch(adapter, {"spec": {"replicas": 5}}, subresource="scale")
    wanted = client.get(adapter)["spec"]["replicas"]
    scaled = {"spec": {"components": [{"name": "decode", "replicas": wanted}]}}
    client.apply({**graph, **scaled}, manager="operator")
    sets = ["--set", "components.Planner.args.config.max_gpu_budget=16", "--set", "components.decode.gpus=2"]
    run(cluster, namespace, "upgrade", "qwen", CHART, "-f", PLANNED, *sets)
    after = {c["name"]: c for c in client.get(graph)["spec"]["components"]}
    assert after["decode"]["replicas"] == 5
    assert '"max_gpu_budget":16' in dump(after["Planner"])
    assert load(dump(after["decode"]))["scalingAdapter"] == {}


@pytest.mark.parametrize("version", VERSIONS)
def test_helm_takes_a_generated_graph_over_without_changing_it(
    cluster: ApiServer, namespace: str, version: int, tmp_path: Path
) -> None:
    client = cluster.serve("1.6")
    before = client.apply(generated(namespace), manager="dynamo-operator")
    (file := tmp_path / "graph.yaml").write_text(dump(generated(namespace)))
    values = tmp_path / "graph-values.yaml"
    assert main(["request", "read", "-f", str(file), "-o", str(values)]) == 0
    run(cluster, namespace, "install", "qwen-dgd", CHART, "-f", values, "--take-ownership", version=version)
    after = client.get(before)
    assert after["metadata"]["generation"] == before["metadata"]["generation"]
    assert after["spec"] == before["spec"]
    assert after["metadata"]["annotations"]["meta.helm.sh/release-name"] == "qwen-dgd"
