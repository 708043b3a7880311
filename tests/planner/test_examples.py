"""The examples of autoscaling: valid, aimed at what exists, one owner each, metrics that the runtime has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from hack.tools.runtime import folder
from pydynamo_manifests import render, validate
from pydynamo_manifests.values import read_values
from tests.support.helm import helm_template
from tests.support.planner import planner_model

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "examples" / "autoscaling"
ROUTED = ROOT / "values/graph/1.6/vllm-disagg-router.yaml"
PLANNED = ROOT / "values/graph/1.6/vllm-disagg-planner.yaml"
SCALERS = ("HorizontalPodAutoscaler", "ScaledObject")


def objects(*files: Path, name: str = "qwen") -> list[dict[str, Any]]:
    return render(read_values(list(files)), name=name, namespace="team-a")


@pytest.mark.parametrize("file", ["hpa.yaml", "keda.yaml"])
def test_every_target_is_a_component_that_gave_its_replicas_away(file: str) -> None:
    graph, *others = objects(ROUTED, HOME / file)
    adapters = {
        f"{graph['metadata']['name']}-{c['name'].lower()}": c
        for c in graph["spec"]["components"]
        if "scalingAdapter" in c
    }
    targets = [o["spec"]["scaleTargetRef"] for o in others if o["kind"] in SCALERS]
    assert len(targets) == 2
    assert sorted(t["name"] for t in targets) == sorted(adapters)
    assert all(t["kind"] == "DynamoGraphDeploymentScalingAdapter" for t in targets)
    assert all("replicas" not in c for c in adapters.values())
    report = validate([graph, *others], dynamo="1.6.1")
    assert [f"{f.rule} {f.message}" for f in report.findings if f.severity != "info"] == []
    for by_helm in helm_template(ROOT / "charts/dynamo-graph", [ROUTED, HOME / file], name="qwen"):
        assert by_helm["kind"] in ("DynamoGraphDeployment", *SCALERS)


def test_a_scaled_frontend_shares_what_its_routers_know() -> None:
    graph = objects(ROUTED, HOME / "hpa.yaml")[0]
    frontend = next(c for c in graph["spec"]["components"] if c["type"] == "frontend")
    assert "--router-replica-sync" in frontend["podTemplate"]["spec"]["containers"][0]["args"]


def test_every_metric_is_one_of_the_runtime() -> None:
    (names,) = folder("1.6.1").rglob("prometheus_names.py") if folder("1.6.1").exists() else [None]
    if names is None:
        pytest.skip("the Dynamo runtime 1.6.1 is not installed: make runtime")
    known = {
        f"dynamo_frontend_{n}"
        for n in re.findall(r'^    [A-Z_]+ = "(\w+)"$', names.read_text(), re.MULTILINE)
    }
    used = {
        metric.removesuffix("_bucket")
        for file in HOME.glob("*.yaml")
        for metric in re.findall(r"\bdynamo_frontend_\w+", file.read_text())
    }
    assert len(used) == 3
    assert used <= known


@pytest.mark.parametrize("file", ["hpa.yaml", "keda.yaml"])
def test_beside_the_planner_they_would_be_two_owners(file: str) -> None:
    report = validate(objects(PLANNED, HOME / file), dynamo="1.6.1")
    found = [f for f in report.findings if f.rule == "SC-02"]
    assert found
    assert all("Planner" in f.message and "fight" in f.message for f in found)
    assert found[0].hint == "keep the planner, or the HorizontalPodAutoscaler or ScaledObject"


def test_two_autoscalers_of_one_aggregated_worker() -> None:
    from pydynamo_manifests import Intent, compose  # noqa: PLC0415 - this test alone

    planned = render(compose(Intent(backend="vllm", pattern="agg-planner", model="m")), name="qwen")
    target = {"kind": "DynamoGraphDeploymentScalingAdapter", "name": "qwen-worker"}
    hpa = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "h"}}
    report = validate(
        [*planned, {**hpa, "spec": {"scaleTargetRef": target, "maxReplicas": 3}}], dynamo="1.6.1"
    )
    assert [f.message for f in report.findings if f.rule == "SC-02"] == [
        "worker is scaled by HorizontalPodAutoscaler, Planner: they fight over its replicas"
    ]


def test_a_global_planner_over_two_graphs() -> None:
    control, *rights = objects(HOME / "global-planner/control.yaml", name="gp-ctrl")
    assert [f.message for f in validate([control, *rights], dynamo="1.6.1").findings] == []
    (planner,) = control["spec"]["components"]
    args = planner["podTemplate"]["spec"]["containers"][0]["args"]
    assert args == [
        "--managed-namespaces", "team-a-model-a", "team-a-model-b", "--max-total-gpus", "16", "--no-operation",
    ]  # fmt: skip
    graph = objects(PLANNED, HOME / "global-planner/model.yaml", name="model-a")[0]
    report = validate([graph], dynamo="1.6.1")
    assert [f.message for f in report.findings if f.severity != "info"] == []
    values = read_values([PLANNED, HOME / "global-planner/model.yaml"])
    config = values["components"]["Planner"]["args"]["config"]
    assert config["global_planner_namespace"] == f"team-a-{control['metadata']['name']}"
    model = planner_model("1.6.1")
    try:
        assert "error" not in model(config)
    finally:
        model.stop()


@pytest.mark.parametrize(
    ("sets", "rule", "message"),
    [
        (
            {"components.Planner.args.config.min_endpoint": 5, "components.worker.gpus": 2},
            "PL-09",
            "Planner must keep 10 GPUs busy and may use 8: it stops",
        ),
        (
            {"components.worker.scalingAdapter": None},
            "PL-04",
            "Planner scales worker, which has no scaling adapter: it writes the graph itself",
        ),
    ],
)
def test_an_aggregated_graph_is_judged_as_whole_as_a_disaggregated_one(
    sets: dict[str, Any], rule: str, message: str
) -> None:
    from pydynamo_manifests import Intent, compose  # noqa: PLC0415 - these tests alone

    values = compose(Intent(backend="vllm", pattern="agg-planner", model="m")).model_dump(
        by_alias=True, exclude_none=True
    )
    for path, value in sets.items():
        *way, last = path.split(".")
        place = values
        for key in way:
            place = place[key]
        place[last] = value
    report = validate(render(values, name="qwen"), dynamo="1.6.1")
    assert [f.message for f in report.findings if f.rule == rule] == [message]


@pytest.mark.parametrize(
    ("line", "sets", "rule", "message"),
    [
        (
            "1.6",
            {"config.ttft_ms": 0.3},
            "PL-12",
            "Planner: ttft_ms 0.3 looks like seconds, and it is in milliseconds",
        ),
        (
            "1.6",
            {"config.metric_pulling_prometheus_endpoint": "prometheus:9090"},
            "PL-03",
            "Planner looks for Prometheus at 'prometheus:9090', which is no address",
        ),
        (
            "0.9",
            {"metric-pulling-prometheus-endpoint": "prometheus:9090"},
            "PL-03",
            "Planner looks for Prometheus at 'prometheus:9090', which is no address",
        ),
        (
            "1.6",
            {"config.load_predictor": "lstm"},
            "PL-12",
            "Planner: load_predictor: 'lstm' is not one of constant, arima, prophet, kalman",
        ),
        (
            "1.6",
            {"config.advisroy": True},
            "PL-02",
            "Planner: the planner has no field advisroy; did you mean 'advisory'?",
        ),
    ],
)
def test_what_somebody_changes_in_a_preset_is_judged(
    line: str, sets: dict[str, Any], rule: str, message: str
) -> None:
    values = read_values([ROOT / f"values/graph/{line}/vllm-disagg-planner.yaml"])
    for path, value in sets.items():
        place = values["components"]["Planner"]["args"]
        *way, last = path.split(".")
        for key in way:
            place = place[key]
        place[last] = value
    report = validate(render(values, name="qwen"), dynamo=line)
    assert [(f.rule, f.message) for f in report.findings] == [(rule, message)]


def test_a_frontend_that_is_scaled_without_replica_sync_is_found() -> None:
    values = read_values([ROUTED, HOME / "hpa.yaml"])
    del values["components"]["Frontend"]["args"]["router-replica-sync"]
    report = validate(render(values, name="qwen"), dynamo="1.6.1")
    assert [(f.rule, f.message) for f in report.findings] == [
        ("RT-04", "Frontend routes by KV cache and may be scaled: its replicas would not share their load")
    ]
