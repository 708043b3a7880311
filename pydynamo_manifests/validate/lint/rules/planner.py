"""The planner and other autoscalers: its configuration, the workers it scales, who owns the replicas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.lint.examples import example, frontend, part
from pydynamo_manifests.validate.lint.planning import (
    config_path,
    field_of,
    number,
    planned,
    planners,
    problems,
)
from pydynamo_manifests.validate.lint.registry import Found, rule
from pydynamo_manifests.validate.lint.releases import release_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.parts import Part
    from pydynamo_manifests.validate.lint.scene import Scene
    from pydynamo_manifests.yaml import Path

_VLLM = "dynamo.vllm --model Qwen/Qwen3-0.6B"
_MODEL = "planner_config.py of the planner in the wheels"


@rule(
    "PL-01",
    "error",
    "a planner started in the way of another release",
    effect="python finds no such module and the planner never runs",
    hint="up to 0.9: python3 -m planner_sla with flags; from 1.0: python3 -m dynamo.planner --config",
    source="packages of the wheels 0.9.1 and 1.0.2",
    when=("dynamo.planner", "dynamo.planner.planner_sla"),
    bad=example(frontend(), part("planner", "planner", "planner_sla --backend=vllm")),
    good=example(frontend(), part("planner", "planner", "dynamo.planner --config '{}'")),
)
def planner_module(scene: Scene) -> Iterator[Found]:
    """Find planner_sla from 1.0 and dynamo.planner before."""
    for p in scene.parts:
        for line in p.lines:
            if line.module == "dynamo.planner.planner_sla" and p.line >= (1, 0):
                yield Found(
                    p.where(line),
                    f"planner_sla is gone since 1.0: {release_name(p.line)} starts dynamo.planner --config",
                )
            if line.module == "dynamo.planner" and p.line < (1, 0):
                yield Found(
                    p.where(line),
                    f"dynamo.planner starts since 1.0: {release_name(p.line)} starts planner_sla",
                )


@rule(
    "PL-02",
    "error",
    "a planner field that the release does not have",
    effect="it is refused, or ignored without a word",
    hint="take it out, or write its name of this release",
    source=_MODEL,
    since=(1, 0),
    when=("dynamo.planner",),
    bad=planned({"environment": "kubernetes", "backend": "vllm", "aic_perf_model": {}}),
    good=planned({"environment": "kubernetes", "backend": "vllm"}),
)
def planner_fields(scene: Scene) -> Iterator[Found]:
    """Find fields of other releases, and fields of none."""
    for p, config in planners(scene):
        for problem in problems(p, config, "name"):
            yield Found(config_path(p), f"{p.name}: {problem.message}")


@rule(
    "PL-06",
    "error",
    "scaling by load without its limits",
    effect="the planner refuses its configuration and stops",
    hint="set all four; each scale_up limit lies above its scale_down limit",
    source=_MODEL,
    since=(1, 3),
    when=("dynamo.planner",),
    bad=planned({"optimization_target": "load", "enable_load_scaling": True}),
    good=planned(
        {
            "optimization_target": "load",
            "enable_load_scaling": True,
            "enable_throughput_scaling": False,
            "prefill_scale_up_queue_tokens": 4096,
            "prefill_scale_down_queue_tokens": 512,
            "decode_scale_up_kv_rate": 0.8,
            "decode_scale_down_kv_rate": 0.4,
        }
    ),
)
def load_limits(scene: Scene) -> Iterator[Found]:
    """Find the target load without its pairs of limits, or with up not above down."""
    for p, config in planners(scene):
        for problem in problems(p, config, "limits"):
            yield Found(config_path(p), f"{p.name}: {problem.message}")


@rule(
    "PL-07",
    "error",
    "the planner's two periods do not fit",
    effect="the planner refuses its configuration and stops",
    hint="the load period must be shorter than the throughput period; scheduling.scale_interval_seconds divides both",
    source=_MODEL,
    since=(1, 0),
    when=("dynamo.planner",),
    bad=planned(
        {
            "optimization_target": "sla",
            "throughput_adjustment_interval_seconds": 60,
            "load_adjustment_interval_seconds": 60,
            "enable_load_scaling": True,
        }
    ),
    good=planned(
        {
            "optimization_target": "sla",
            "throughput_adjustment_interval_seconds": 60,
            "load_adjustment_interval_seconds": 5,
            "enable_load_scaling": True,
        }
    ),
)
def periods(scene: Scene) -> Iterator[Found]:
    """Compare the two periods, and the tick with both."""
    for p, config in planners(scene):
        for problem in problems(p, config, "periods"):
            yield Found(config_path(p), f"{p.name}: {problem.message}")


@rule(
    "PL-08",
    "warning",
    "throughput scaling beside another target",
    effect="the target wins and the throughput loop stays off",
    hint="optimization_target: sla, or enable_throughput_scaling: false",
    source=_MODEL,
    since=(1, 1),
    when=("dynamo.planner",),
    bad=planned({"optimization_target": "latency", "enable_throughput_scaling": True}),
    good=planned({"optimization_target": "sla", "enable_throughput_scaling": True}),
)
def ignored_loop(scene: Scene) -> Iterator[Found]:
    """Find the switch beside a target that overrides it."""
    for p, config in planners(scene):
        target = config.get("optimization_target", "throughput" if p.line >= (1, 1) else "sla")
        if target != "sla" and config.get("enable_throughput_scaling") is True:
            yield Found(
                config_path(p),
                f"{p.name} switches throughput scaling on and aims at {target}: the loop stays off",
            )


@rule(
    "PL-10",
    "error",
    "a planner that asks a global planner it cannot find",
    effect="the planner refuses its configuration and stops",
    hint="add global_planner_namespace",
    source=_MODEL,
    since=(1, 0),
    when=("dynamo.planner",),
    bad=planned({"environment": "global-planner"}),
    good=planned({"environment": "global-planner", "global_planner_namespace": "default-gp-ctrl"}),
)
def global_namespace(scene: Scene) -> Iterator[Found]:
    """Find the environment without the namespace."""
    for p, config in planners(scene):
        for problem in problems(p, config, "global"):
            yield Found(config_path(p), f"{p.name}: {problem.message}")


@rule(
    "PL-11",
    "error",
    "a power budget that cannot be kept",
    effect="the planner refuses its configuration and stops",
    hint="environment kubernetes, mode disagg, total_gpu_power_limit, and the annotation dynamo.nvidia.com/gpu-power-limit on the workers",
    source=f"{_MODEL}; power-aware-budget of the examples",
    since=(1, 5),
    when=("dynamo.planner",),
    bad=planned({"enable_power_awareness": True}),
    good=planned({"enable_power_awareness": False}),
)
def power(scene: Scene) -> Iterator[Found]:
    """Find power awareness without total, for the wrong mode or environment."""
    for p, config in planners(scene):
        for problem in problems(p, config, "power"):
            yield Found(config_path(p), f"{p.name}: {problem.message}")


@rule(
    "PL-12",
    "error",
    "a value that the planner refuses",
    effect="the planner refuses its configuration and stops",
    hint="write a value of the field's type and range, or leave the field out",
    source=_MODEL,
    since=(1, 0),
    when=("dynamo.planner",),
    bad=planned({"optimization_target": "sla", "ttft_ms": 0}),
    good=planned({"optimization_target": "sla", "ttft_ms": 300}),
)
def values(scene: Scene) -> Iterator[Found]:
    """Read each field as the planner of its release does."""
    for p, config in planners(scene):
        for problem in problems(p, config, "value", "loops"):
            yield Found(config_path(p), f"{p.name}: {problem.message}")
        for name in ("ttft_ms", "itl_ms"):
            latency = number(field_of(config, name))
            if latency is not None and 0 < latency < 1:
                seconds = f"{p.name}: {name} {latency:g} looks like seconds, and it is in milliseconds"
                yield Found(config_path(p), seconds, f"write {latency * 1000:g}", "warning")


@rule(
    "PL-03",
    "error",
    "a planner without Prometheus",
    effect="it sees no traffic and decides nothing",
    hint="write metric_pulling_prometheus_endpoint, such as http://prometheus.monitoring.svc:9090, or take it away",
    source=f"{_MODEL}; the variable PROMETHEUS_ENDPOINT is its default",
    when=("dynamo.planner", "dynamo.planner.planner_sla"),
    bad=planned({"optimization_target": "sla", "metric_pulling_prometheus_endpoint": ""}),
    good=planned(
        {"optimization_target": "sla", "metric_pulling_prometheus_endpoint": "http://prometheus:9090"}
    ),
)
def prometheus(scene: Scene) -> Iterator[Found]:
    """Find planners that look at latencies and whose address of Prometheus is none."""
    for p, config in planners(scene):
        target = config.get("optimization_target", "throughput" if p.line >= (1, 1) else "sla")
        address = config.get("metric_pulling_prometheus_endpoint", p.main.value("PROMETHEUS_ENDPOINT"))
        if target == "sla":
            yield from _no_address(p, config_path(p), address)
    for p in scene.running("dynamo.planner.planner_sla"):
        flag = "--metric-pulling-prometheus-endpoint"
        yield from _no_address(p, p.path, p.text(flag, env="PROMETHEUS_ENDPOINT"))


def _no_address(p: Part, where: Path, address: Any) -> Iterator[Found]:
    if isinstance(address, str) and not address.startswith(("http://", "https://", "$(")):
        yield Found(where, f"{p.name} looks for Prometheus at {address!r}, which is no address")
