"""Graphs with a planner: what each release is started with, and what does not go together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests import Intent, Sizes, compose, render, validate
from pydynamo_manifests.errors import CombinationError, InputError
from pydynamo_manifests.planner import check_config
from pydynamo_manifests.releases import known_releases, release
from tests.support.graphs import Seen, flags_of, graph_of, seen
from tests.support.planner import RELEASES, planner_model

if TYPE_CHECKING:
    from collections.abc import Iterator

ASK: dict[str, Any] = {"backend": "vllm", "pattern": "disagg-planner", "model": "Qwen/Qwen3-32B"}
URL = "http://prometheus-kube-prometheus-prometheus.monitoring.svc:9090"
PLANNED = ("agg-planner", "disagg-planner", "disagg-router-planner")


def made(**changes: Any) -> dict[str, Seen]:
    return seen(render(compose(Intent(**ASK | changes)), name="qwen", namespace="team-a"))


def config(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(str(made(**changes)["Planner"].flags["config"]))
    return found


def refusal(**changes: Any) -> str:
    with pytest.raises((CombinationError, InputError)) as e:
        compose(Intent(**ASK | changes))
    return e.value.shell


# By hand, from the planner's examples and parsers: module, image, and where profiles are.
STARTS = {
    "0.6": ("planner_sla", "vllm-runtime", "/data/profiling_results"),
    "0.7": ("planner_sla", "vllm-runtime", "/workspace/profiling_results"),
    "0.8": ("planner_sla", "vllm-runtime", "/workspace/profiling_results"),
    "0.9": ("planner_sla", "vllm-runtime", "/workspace/profiling_results"),
    "1.0": ("dynamo.planner", "vllm-runtime", "/workspace/profiling_results"),
    "1.1": ("dynamo.planner", "dynamo-planner", "/workspace/profiling_results"),
    "1.2": ("dynamo.planner", "dynamo-planner", "/workspace/profiling_results"),
    "1.3": ("dynamo.planner", "dynamo-planner", None),
    "1.4": ("dynamo.planner", "dynamo-planner", None),
    "1.5": ("dynamo.planner", "dynamo-planner", None),
    "1.6": ("dynamo.planner", "dynamo-planner", None),
}


@pytest.mark.parametrize("line", STARTS)
def test_a_planner_is_started_as_its_release_does(line: str) -> None:
    module, image, profile = STARTS[line]
    planner = made(dynamo=line, ttft=300, itl=20)["Planner"]
    assert planner.command == ("python3", "-m", module)
    assert planner.image == f"nvcr.io/nvidia/ai-dynamo/{image}:{release(line).version}"
    flags = planner.flags
    where = flags.get("profile-results-dir") or json.loads(str(flags.get("config", "{}"))).get(
        "profile_results_dir"
    )
    assert where == profile
    assert (planner.type, planner.replicas, planner.gpus) == ("planner", 1, 0)


def mounted(line: str) -> Any:
    objects = render(compose(Intent(**ASK, dynamo=line, ttft=300, itl=20)), name="qwen")
    spec = graph_of(objects)["spec"]
    component = (spec.get("services") or {c["name"]: c for c in spec.get("components", [])})["Planner"]
    pod = component.get("extraPodSpec") or component["podTemplate"]["spec"]
    return [{k: v for k, v in volume.items() if k != "name"} for volume in pod.get("volumes", [])]


@pytest.mark.parametrize(
    ("line", "volumes"),
    [
        ("0.6", [{"persistentVolumeClaim": {"claimName": "dynamo-pvc"}}]),
        ("0.9", [{"configMap": {"name": "planner-profile-data"}}]),
        ("1.2", [{"configMap": {"name": "planner-profile-data"}}]),
        ("1.3", []),
    ],
)
def test_a_profile_is_mounted_where_a_release_needs_one(line: str, volumes: list[Any]) -> None:
    assert mounted(line) == volumes


def test_the_newest_is_told_everything_once() -> None:
    assert config(ttft=300, itl=20.5, max_gpus=16) == {
        "environment": "kubernetes",
        "backend": "vllm",
        "mode": "disagg",
        "optimization_target": "sla",
        "pre_deployment_sweeping_mode": "none",
        "enable_throughput_scaling": True,
        "enable_load_scaling": True,
        "throughput_adjustment_interval_seconds": 60,
        "load_adjustment_interval_seconds": 5,
        "ttft_ms": 300,
        "itl_ms": 20.5,
        "max_gpu_budget": 16,
        "metric_pulling_prometheus_endpoint": URL,
        "advisory": False,
    }


def test_without_latencies_it_looks_at_queues_and_caches() -> None:
    found = config()
    assert found["optimization_target"] == "throughput"
    assert not {"ttft_ms", "itl_ms", "enable_throughput_scaling"} & set(found)
    assert (config(ttft=300)["ttft_ms"], config(ttft=300)["itl_ms"]) == (300, 50)


def test_before_json_everything_is_a_flag() -> None:
    objects = render(compose(Intent(**ASK, dynamo="0.9", ttft=300, itl=20, gpus=2)), name="q")
    main = graph_of(objects)["spec"]["services"]["Planner"]["extraPodSpec"]["mainContainer"]
    assert main["workingDir"] == "/workspace/components/src/dynamo/planner"
    assert flags_of(main["args"]) == {
        "environment": "kubernetes",
        "backend": "vllm",
        "adjustment-interval": "60",
        "ttft": "300",
        "itl": "20",
        "max-gpu-budget": "8",
        "prefill-engine-num-gpu": "2",
        "decode-engine-num-gpu": "2",
        "profile-results-dir": "/workspace/profiling_results",
        "metric-pulling-prometheus-endpoint": URL,
    }
    assert made(dynamo="0.7", ttft=300)["Planner"].env["PROMETHEUS_ENDPOINT"] == URL
    assert made(dynamo="0.9", ttft=300, advisory=True)["Planner"].flags["no-operation"] is True


@pytest.mark.parametrize(
    ("line", "field"), [("1.0", "no_operation"), ("1.1", "no_operation"), ("1.2", "advisory")]
)
def test_advice_alone_is_said_in_the_release_s_word(line: str, field: str) -> None:
    found = config(dynamo=line, advisory=True, ttft=300)
    assert found[field] is True
    if field == "no_operation":  # without a connector it looks nothing up
        assert (found["model_name"], found["prefill_engine_num_gpu"]) == ("Qwen/Qwen3-32B", 1)


@pytest.mark.parametrize("version", known_releases())
@pytest.mark.parametrize("backend", ["vllm", "sglang", "trtllm", "mocker"])
def test_the_planner_finds_what_it_scales(version: str, backend: str) -> None:
    at = release(version)
    if backend not in at.backends:
        pytest.skip("no such backend in the release")
    for pattern in PLANNED[0 if at.within(since="1.0") else 1 :]:
        if pattern == "agg-planner" and at.line == "1.1" and backend not in at.pass_metrics:
            continue
        found = made(dynamo=version, backend=backend, pattern=pattern)
        roles = {c.type: c for c in found.values() if c.type not in ("frontend", "planner", "")}
        scaled = at.within(since="0.8")
        assert all((c.replicas is None) == scaled for c in roles.values())
        if pattern == "agg-planner" and not at.within(since="1.4"):
            # Until then a worker without a role of its own is found under the name of decode workers alone.
            assert roles["worker"].name == at.worker_names[backend]["decode"]
        elif pattern != "agg-planner":
            assert set(roles) == {"prefill", "decode"}


@pytest.mark.parametrize("pattern", PLANNED)
def test_one_rule_of_adapters(pattern: str) -> None:
    graph = graph_of(render(compose(Intent(**ASK | {"pattern": pattern})), name="q"))
    scaled = {c["name"]: c for c in graph["spec"]["components"] if c["type"] not in ("frontend", "planner")}
    assert all(c["scalingAdapter"] == {} and "replicas" not in c for c in scaled.values())
    frontend = next(c for c in graph["spec"]["components"] if c["type"] == "frontend")
    assert "scalingAdapter" not in frontend
    assert validate([graph], dynamo="1.6.1").ok


@pytest.fixture(scope="module")
def intents() -> Iterator[list[dict[str, Any]]]:
    return [
        {"pattern": pattern, "backend": backend, **more}
        for pattern in PLANNED
        for backend in ("vllm", "mocker")
        for more in (
            {},
            {"ttft": 300, "itl": 20},
            {"ttft": 300, "advisory": True, "min_endpoint": 2},
            {"itl": 20, "planner_profile": "", "max_gpus": -1},
            {"ttft": 300, "planner_profile": "mine"},
            {"global_planner": "team-a-ctrl", "ttft": 300},
        )
    ]


@pytest.mark.parametrize("version", RELEASES)
def test_every_configuration_is_read_by_its_own_planner(version: str, intents: list[dict[str, Any]]) -> None:
    model, line = planner_model(version), tuple(map(int, version.split(".")[:2]))
    try:
        for intent in intents:
            if "global_planner" in intent and line < (1, 1) and intent["pattern"] == "agg-planner":
                continue  # refused, see below
            written = config(dynamo=version, **intent)
            read = model(written)
            assert "error" not in read, (intent, read)
            assert list(check_config(written, line)) == []
            hidden = {n for n in written if n.startswith("metric_pulling")}
            kept = {n: v for n, v in written.items() if n not in hidden}
            assert {n: read["config"][n] for n in kept} == kept, intent
    finally:
        model.stop()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max_gpus": 1}, "--max-gpus 1: the graph starts with 2 GPUs (1 for prefill and 1 for decode); write --max-gpus 2 or more"),
        ({"gpus": 8}, "the planner may use 8 GPUs: the graph starts with 16 GPUs (8 for prefill and 8 for decode); write --max-gpus 16 or more"),
        (
            {"max_gpus": 8, "min_endpoint": 3, "decode": Sizes(gpus=2)},
            "--max-gpus 8: the graph starts with 3 GPUs (1 for prefill and 2 for decode), and --min-endpoint 3 keeps 9; write --max-gpus 9 or more",
        ),
        ({"max_gpus": -1, "dynamo": "0.9"}, "--max-gpus -1: the planner of 0.9.1 takes it as a number of GPUs, not as no limit; write how many GPUs there are"),
        ({"replicas": 2}, "--replicas: the planner of disagg-planner owns the replicas; leave it out, --min-endpoint and --max-gpus are its bounds"),
        ({"decode": Sizes(replicas=2)}, "--decode-replicas: the planner of disagg-planner owns the replicas; leave it out, --min-endpoint and --max-gpus are its bounds"),
        ({"pattern": "agg-planner", "dynamo": "0.9"}, "agg-planner exists from Dynamo 1.0 on, not at 0.9.1; choose disagg-planner, or --dynamo 1.0 or newer"),
        ({"planner_profile": "", "dynamo": "0.9"}, "--planner-profile '': the planner of 0.9.1 needs a profile; write the ConfigMap's name"),
        (
            {"prometheus": "", "ttft": 300},
            ("--prometheus '': the planner reads the traffic from Prometheus; write its address, such as --prometheus "
            "http://prometheus.monitoring.svc:9090, or leave it out for that of kube-prometheus-stack"),
        ),
        ({"itl": 0.02}, "--itl 0.02: it is in milliseconds, not seconds; write --itl 20"),
        ({"pattern": "disagg", "advisory": True}, "--advisory: disagg has no planner; leave it out, or choose agg-planner, disagg-planner or disagg-router-planner"),
        (
            {"global_planner": "a", "dynamo": "1.0", "pattern": "agg-planner"},
            "the planner of 1.0.2 would refuse this: enable_load_scaling outside kubernetes needs load_router_metrics_url at 1.0",
        ),
        ({"global_planner": "a", "dynamo": "0.9"}, "--global-planner: planners ask one from Dynamo 1.0 on, not at 0.9.1; leave it out"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_what_to_write(changes: dict[str, Any], message: str) -> None:
    assert refusal(**changes) == message
