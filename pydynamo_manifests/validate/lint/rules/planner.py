"""The planner and other autoscalers: its configuration, the workers it scales, who owns the replicas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.errors import did_you_mean
from pydynamo_manifests.validate.lint.examples import example, frontend, part
from pydynamo_manifests.validate.lint.parts import release_name
from pydynamo_manifests.validate.lint.planning import (
    FIELDS,
    READ,
    config_path,
    field_of,
    number,
    planned,
    planners,
)
from pydynamo_manifests.validate.lint.registry import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.parts import Scene

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
                    line.path,
                    f"planner_sla is gone since 1.0: {release_name(p.line)} starts dynamo.planner --config",
                )
            if line.module == "dynamo.planner" and p.line < (1, 0):
                yield Found(
                    line.path, f"dynamo.planner starts since 1.0: {release_name(p.line)} starts planner_sla"
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
    """Find fields of other releases; unknown ones only for releases whose fields were read."""
    for p, config in planners(scene):
        for name in config if READ[0] <= p.line[:2] <= READ[1] else ():
            first, last = FIELDS.get(name, (None, None))
            if first is None or last is None:
                hint = did_you_mean(name, FIELDS).removeprefix("; ")
                yield Found(config_path(p), f"the planner has no field {name!r}", hint)
            elif not first <= p.line[:2] <= last and not (p.line > p.line[:2] and first <= (1, 5)):
                when = f"since {release_name(first)}" if p.line < first else f"until {release_name(last)}"
                yield Found(
                    config_path(p),
                    f"the planner's field {name!r} exists {when}, not in {release_name(p.line)}",
                )


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
    pairs = {
        "prefill": ("prefill_scale_up_queue_tokens", "prefill_scale_down_queue_tokens"),
        "decode": ("decode_scale_up_kv_rate", "decode_scale_down_kv_rate"),
    }
    for p, config in planners(scene):
        if config.get("optimization_target") != "load":
            continue
        mode = config.get("mode", "disagg")
        for role, (up, down) in pairs.items():
            if mode not in ("disagg", role):
                continue
            above, below = number(config.get(up)), number(config.get(down))
            if above is None or below is None:
                yield Found(config_path(p), f"{p.name} scales by load without {up} and {down}: it stops")
            elif above <= below:
                yield Found(
                    config_path(p), f"{p.name} has {up} {above:g} not above {down} {below:g}: it stops"
                )


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
            "throughput_adjustment_interval_seconds": 60,
            "load_adjustment_interval_seconds": 60,
            "enable_load_scaling": True,
        }
    ),
    good=planned(
        {
            "throughput_adjustment_interval_seconds": 60,
            "load_adjustment_interval_seconds": 5,
            "enable_load_scaling": True,
        }
    ),
)
def periods(scene: Scene) -> Iterator[Found]:
    """Compare the two periods, and the tick with both."""
    for p, config in planners(scene):
        slow = number(field_of(config, "throughput_adjustment_interval_seconds", 180))
        fast = number(field_of(config, "load_adjustment_interval_seconds", 5))
        if slow is None or fast is None:
            continue
        if fast >= slow and config.get("enable_load_scaling"):
            yield Found(
                config_path(p),
                f"{p.name} has a load period of {fast:g} s not below the throughput period of {slow:g} s: it stops",
            )
        scheduling = config.get("scheduling")
        tick = number(scheduling.get("scale_interval_seconds")) if isinstance(scheduling, dict) else None
        if tick and (slow % tick or fast % tick):
            yield Found(
                config_path(p),
                f"{p.name} ticks every {tick:g} s, which does not divide {slow:g} s and {fast:g} s: it stops",
            )


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
        if config.get("environment") == "global-planner" and not config.get("global_planner_namespace"):
            yield Found(
                config_path(p), f"{p.name} asks a global planner and does not say where it is: it stops"
            )


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
        if config.get("enable_power_awareness") is not True:
            continue
        if config.get("total_gpu_power_limit") is None:
            yield Found(config_path(p), f"{p.name} minds power without total_gpu_power_limit: it stops")
        if config.get("mode") == "agg" or config.get("environment", "kubernetes") != "kubernetes":
            yield Found(
                config_path(p),
                f"{p.name} minds power in mode {config.get('mode', 'disagg')} and environment {config.get('environment', 'kubernetes')}: it stops",
            )
