"""The planner and other autoscalers: its configuration, the workers it scales, who owns the replicas."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import did_you_mean
from pydynamo_manifests.validate.lint.examples import example, frontend, part, transfer
from pydynamo_manifests.validate.lint.parts import release_name
from pydynamo_manifests.validate.lint.registry import Example, Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.parts import Part, Scene

_VLLM = "dynamo.vllm --model Qwen/Qwen3-0.6B"
_LAST = (9, 9)
_OLDEST, _NEWEST = (1, 0), (1, 6)
_SCALED: dict[str, Any] = {"scalingAdapter": {}}
_MODEL = "planner_config.py of the planner in the wheels"


def _workers(**more: Any) -> list[dict[str, Any]]:
    return [
        part(r, r, f"{_VLLM} --disaggregation-mode {r} {transfer()}", **more) for r in ("prefill", "decode")
    ]


def _planned(config: dict[str, Any], *others: dict[str, Any], **more: Any) -> Example:
    line = f"dynamo.planner --config '{json.dumps(config)}'"
    return example(frontend(), part("planner", "planner", line), *(others or _workers(**_SCALED)), **more)


_FIELDS: dict[str, tuple[tuple[int, int], tuple[int, int]]] = dict.fromkeys(
    [
        "environment",
        "backend",
        "mode",
        "pre_deployment_sweeping_mode",
        "enable_throughput_scaling",
        "enable_load_scaling",
        "throughput_adjustment_interval",
        "load_adjustment_interval",
        "ttft",
        "itl",
        "max_gpu_budget",
        "min_endpoint",
        "prefill_engine_num_gpu",
        "decode_engine_num_gpu",
        "profile_results_dir",
        "load_predictor",
        "load_predictor_log1p",
        "load_predictor_warmup_trace",
        "prophet_window_size",
        "kalman_q_level",
        "kalman_q_trend",
        "kalman_r",
        "kalman_min_points",
        "load_scaling_down_sensitivity",
        "load_min_observations",
        "throughput_metrics_source",
        "metric_pulling_prometheus_endpoint",
        "metric_reporting_prometheus_port",
        "model_name",
        "global_planner_namespace",
        "log_dir",
        "namespace",
        "no_operation",
    ],
    (_OLDEST, _LAST),
)
_FIELDS |= dict.fromkeys(
    ["load_learning_window", "load_router_metrics_url", "no_correction"], ((1, 0), (1, 0))
)
_FIELDS |= {"load_metric_samples": ((1, 0), (1, 2))}
_FIELDS |= dict.fromkeys(
    [
        "optimization_target",
        "max_num_fpm_samples",
        "fpm_sample_bucket_size",
        "live_dashboard_port",
        "report_interval_hours",
        "report_output_dir",
    ],
    ((1, 1), _LAST),
)
_FIELDS |= dict.fromkeys(
    [
        "throughput_adjustment_interval_seconds",
        "load_adjustment_interval_seconds",
        "ttft_ms",
        "itl_ms",
        "min_gpu_budget",
        "report_filename",
        "advisory",
        "aic_interpolation",
    ],
    ((1, 2), _LAST),
)
_FIELDS |= dict.fromkeys(
    [
        "prefill_scale_up_queue_tokens",
        "prefill_scale_down_queue_tokens",
        "decode_scale_up_kv_rate",
        "decode_scale_down_kv_rate",
        "speculative_nextn",
        "metric_pulling_prometheus_token",
        "metric_pulling_prometheus_token_file",
        "metric_pulling_prometheus_ssl_verify",
        "metric_pulling_prometheus_extra_query_params",
        "metric_pulling_prometheus_ca_bundle",
        "report_write_gzip_log",
        "scheduling",
        "plugin_registration",
    ],
    ((1, 3), _LAST),
)
_FIELDS |= dict.fromkeys(
    [
        "prefill_min_endpoint",
        "decode_min_endpoint",
        "metric_pulling_prometheus_request_timeout_seconds",
        "control_api_port",
        "enable_power_awareness",
        "total_gpu_power_limit",
    ],
    ((1, 5), _LAST),
)
_FIELDS |= {"aic_perf_model": ((1, 3), (1, 5))}
_FIELDS |= dict.fromkeys(["max_throughput_scaling_replicas", "ais_perf_model"], ((1, 6), _LAST))
"""First and last release line of each field of the planner's configuration."""

_OLD_NAMES = {
    "throughput_adjustment_interval": "throughput_adjustment_interval_seconds",
    "load_adjustment_interval": "load_adjustment_interval_seconds",
    "ttft": "ttft_ms",
    "itl": "itl_ms",
    "no_operation": "advisory",
}


def _planners(scene: Scene) -> Iterator[tuple[Part, dict[str, Any]]]:
    """Yield each planner whose configuration is written in the command line, with it."""
    for p in scene.running("dynamo.planner"):
        config = p.json("--config")
        if config:
            yield p, config


def _get(config: dict[str, Any], name: str, default: Any = None) -> Any:
    """Return a field by its present or its old name."""
    old = next((o for o, n in _OLD_NAMES.items() if n == name), name)
    return config.get(name, config.get(old, default))


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _at(p: Part) -> tuple[str | int, ...]:
    use = p.start.last("--config") if p.start else None
    return use.values[0].path if use and use.values else p.path


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
    bad=_planned({"environment": "kubernetes", "backend": "vllm", "aic_perf_model": {}}),
    good=_planned({"environment": "kubernetes", "backend": "vllm"}),
)
def planner_fields(scene: Scene) -> Iterator[Found]:
    """Find fields of other releases; unknown ones only for releases whose fields were read."""
    for p, config in _planners(scene):
        for name in config if _OLDEST <= p.line <= _NEWEST else ():
            first, last = _FIELDS.get(name, (None, None))
            if first is None or last is None:
                hint = did_you_mean(name, _FIELDS).removeprefix("; ")
                yield Found(_at(p), f"the planner has no field {name!r}", hint)
            elif not first <= p.line[:2] <= last and not (p.line > p.line[:2] and first <= (1, 5)):
                when = f"since {release_name(first)}" if p.line < first else f"until {release_name(last)}"
                yield Found(
                    _at(p), f"the planner's field {name!r} exists {when}, not in {release_name(p.line)}"
                )


@rule(
    "PL-04",
    "warning",
    "a planner that patches the graph",
    effect="without a scaling adapter it writes the graph itself and races with whoever applies it",
    hint="add scalingAdapter: {} to the workers (v1alpha1: {enabled: true})",
    source="connectors/kubernetes.py of the planner in the wheels",
    since=(1, 0),
    when=("dynamo.planner",),
    bad=_planned({"environment": "kubernetes"}, *_workers()),
    good=_planned({"environment": "kubernetes"}),
)
def no_adapter(scene: Scene) -> Iterator[Found]:
    """Find acting planners whose role workers have no adapter."""
    for p, config in _planners(scene):
        if _get(config, "advisory") or config.get("environment", "kubernetes") == "virtual":
            continue
        for worker in (*scene.role("prefill"), *scene.role("decode")):
            if not worker.component.adapter:
                yield Found(
                    worker.path,
                    f"{p.name} scales {worker.name}, which has no scaling adapter: it writes the graph itself",
                )


@rule(
    "PL-05",
    "error",
    "the planner's mode and the graph's roles differ",
    effect="the planner stops",
    hint="mode disagg needs one prefill and one decode component, mode agg neither",
    source="connectors/kubernetes.py of the planner in the wheels",
    since=(1, 0),
    when=("dynamo.planner",),
    bad=_planned({"mode": "agg"}),
    good=_planned({"mode": "disagg"}),
)
def planner_mode(scene: Scene) -> Iterator[Found]:
    """Compare the mode with the roles of the graph."""
    for p, config in _planners(scene) if scene.whole else ():
        mode = config.get("mode", "disagg")
        counts = {role: len(scene.role(role)) for role in ("prefill", "decode")}
        if not scene.workers or any(w.role == "" for w in scene.workers):
            continue
        wanted = {"disagg": (1, 1), "agg": (0, 0)}.get(mode)
        if wanted and (counts["prefill"], counts["decode"]) != wanted:
            seen = f"{counts['prefill']} prefill and {counts['decode']} decode"
            yield Found(_at(p), f"{p.name} runs in mode {mode} and the graph has {seen} components: it stops")


@rule(
    "PL-06",
    "error",
    "scaling by load without its limits",
    effect="the planner refuses its configuration and stops",
    hint="prefill_scale_up_queue_tokens above ..._down_..., decode_scale_up_kv_rate above ..._down_...",
    source=_MODEL,
    since=(1, 3),
    when=("dynamo.planner",),
    bad=_planned({"optimization_target": "load", "enable_load_scaling": True}),
    good=_planned(
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
    for p, config in _planners(scene):
        if config.get("optimization_target") != "load":
            continue
        mode = config.get("mode", "disagg")
        for role, (up, down) in pairs.items():
            if mode not in ("disagg", role):
                continue
            above, below = _number(config.get(up)), _number(config.get(down))
            if above is None or below is None:
                yield Found(_at(p), f"{p.name} scales by load without {up} and {down}: it stops")
            elif above <= below:
                yield Found(_at(p), f"{p.name} has {up} {above:g} not above {down} {below:g}: it stops")


@rule(
    "PL-07",
    "error",
    "the planner's two periods do not fit",
    effect="the planner refuses its configuration and stops",
    hint="the load period must be shorter than the throughput period; scheduling.scale_interval_seconds divides both",
    source=_MODEL,
    since=(1, 0),
    when=("dynamo.planner",),
    bad=_planned(
        {
            "throughput_adjustment_interval_seconds": 60,
            "load_adjustment_interval_seconds": 60,
            "enable_load_scaling": True,
        }
    ),
    good=_planned(
        {
            "throughput_adjustment_interval_seconds": 60,
            "load_adjustment_interval_seconds": 5,
            "enable_load_scaling": True,
        }
    ),
)
def periods(scene: Scene) -> Iterator[Found]:
    """Compare the two periods, and the tick with both."""
    for p, config in _planners(scene):
        slow = _number(_get(config, "throughput_adjustment_interval_seconds", 180))
        fast = _number(_get(config, "load_adjustment_interval_seconds", 5))
        if slow is None or fast is None:
            continue
        if fast >= slow and config.get("enable_load_scaling"):
            yield Found(
                _at(p),
                f"{p.name} has a load period of {fast:g} s not below the throughput period of {slow:g} s: it stops",
            )
        scheduling = config.get("scheduling")
        tick = _number(scheduling.get("scale_interval_seconds")) if isinstance(scheduling, dict) else None
        if tick and (slow % tick or fast % tick):
            yield Found(
                _at(p),
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
    bad=_planned({"optimization_target": "latency", "enable_throughput_scaling": True}),
    good=_planned({"optimization_target": "sla", "enable_throughput_scaling": True}),
)
def ignored_loop(scene: Scene) -> Iterator[Found]:
    """Find the switch beside a target that overrides it."""
    for p, config in _planners(scene):
        target = config.get("optimization_target", "throughput" if p.line >= (1, 1) else "sla")
        if target != "sla" and config.get("enable_throughput_scaling") is True:
            yield Found(
                _at(p), f"{p.name} switches throughput scaling on and aims at {target}: the loop stays off"
            )


@rule(
    "PL-09",
    "error",
    "floors above the GPU budget",
    effect="the planner stops; if only the start replicas exceed the budget, it shrinks the graph",
    hint="raise max_gpu_budget (default 8, negative for none) or lower the floors",
    source="core/base.py of the planner in the wheels",
    since=(1, 0),
    when=("dynamo.planner",),
    bad=_planned({"min_endpoint": 5, "max_gpu_budget": 8}),
    good=_planned({"min_endpoint": 4, "max_gpu_budget": 8}),
)
def budget(scene: Scene) -> Iterator[Found]:
    """Add the floors up in GPUs, and the start replicas, and compare with the budget."""
    for p, config in _planners(scene):
        limit = _number(config.get("max_gpu_budget", 8))
        if limit is None or limit < 0 or config.get("environment") == "global-planner":
            continue
        floors = starts = 0.0
        for role in ("prefill", "decode"):
            floor = _number(config.get(f"{role}_min_endpoint", config.get("min_endpoint", 1)))
            for worker in scene.role(role):
                gpus = (worker.main.gpus or 0) * worker.component.nodes
                floors += (floor or 0) * gpus
                starts += (1 if worker.component.replicas is None else worker.component.replicas) * gpus
        if floors > limit:
            yield Found(_at(p), f"{p.name} must keep {floors:g} GPUs busy and may use {limit:g}: it stops")
        elif starts > limit and not _get(config, "advisory"):
            yield Found(
                _at(p),
                f"the graph starts with {starts:g} GPUs and {p.name} may use {limit:g}: it shrinks the graph",
                "",
                "warning",
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
    bad=_planned({"environment": "global-planner"}),
    good=_planned({"environment": "global-planner", "global_planner_namespace": "default-gp-ctrl"}),
)
def global_namespace(scene: Scene) -> Iterator[Found]:
    """Find the environment without the namespace."""
    for p, config in _planners(scene):
        if config.get("environment") == "global-planner" and not config.get("global_planner_namespace"):
            yield Found(_at(p), f"{p.name} asks a global planner and does not say where it is: it stops")


@rule(
    "PL-11",
    "error",
    "a power budget that cannot be kept",
    effect="the planner refuses its configuration and stops",
    hint="environment kubernetes, mode disagg, total_gpu_power_limit, and the annotation dynamo.nvidia.com/gpu-power-limit on the workers",
    source=f"{_MODEL}; power-aware-budget of the examples",
    since=(1, 5),
    when=("dynamo.planner",),
    bad=_planned({"enable_power_awareness": True}),
    good=_planned({"enable_power_awareness": False}),
)
def power(scene: Scene) -> Iterator[Found]:
    """Find power awareness without total, for the wrong mode or environment."""
    for p, config in _planners(scene):
        if config.get("enable_power_awareness") is not True:
            continue
        if config.get("total_gpu_power_limit") is None:
            yield Found(_at(p), f"{p.name} minds power without total_gpu_power_limit: it stops")
        if config.get("mode") == "agg" or config.get("environment", "kubernetes") != "kubernetes":
            yield Found(
                _at(p),
                f"{p.name} minds power in mode {config.get('mode', 'disagg')} and environment {config.get('environment', 'kubernetes')}: it stops",
            )


@rule(
    "SC-01",
    "warning",
    "replicas beside a scaling adapter",
    effect="the adapter owns the count after creation; a later change of the number here is refused",
    hint="leave replicas out",
    source="autoscaling page of the operator",
    since=(0, 8),
    bad=example(frontend(), part("worker", "worker", _VLLM, replicas=2, **_SCALED)),
    good=example(frontend(), part("worker", "worker", _VLLM, **_SCALED)),
)
def fixed_replicas(scene: Scene) -> Iterator[Found]:
    """Find a written count other than the start value of one."""
    for p in scene.parts:
        if p.component.adapter and p.component.replicas not in (None, 1):
            yield Found(
                (*p.path, "replicas"),
                f"{p.name} has a scaling adapter and {p.component.replicas} written replicas: a later change here is refused",
            )


@rule(
    "SC-02",
    "error",
    "two autoscalers on one component",
    effect="they fight over its replicas",
    hint="keep the planner, or the HorizontalPodAutoscaler or ScaledObject",
    source="autoscaling page of the operator",
    since=(0, 8),
    bad=_planned(
        {"environment": "kubernetes"},
        others=[
            {
                "kind": "HorizontalPodAutoscaler",
                "spec": {
                    "scaleTargetRef": {"kind": "DynamoGraphDeploymentScalingAdapter", "name": "demo-decode"}
                },
            }
        ],
    ),
    good=_planned(
        {"environment": "kubernetes"},
        others=[
            {
                "kind": "HorizontalPodAutoscaler",
                "spec": {
                    "scaleTargetRef": {"kind": "DynamoGraphDeploymentScalingAdapter", "name": "demo-frontend"}
                },
            }
        ],
    ),
)
def two_scalers(scene: Scene) -> Iterator[Found]:
    """Count who scales each component: autoscalers of the same run, and a planner for its roles."""
    owners: dict[str, list[str]] = {}
    for other in scene.others:
        spec = other.get("spec")
        target = spec.get("scaleTargetRef") if isinstance(spec, dict) else None
        if other.get("kind") in ("HorizontalPodAutoscaler", "ScaledObject") and isinstance(target, dict):
            owners.setdefault(str(target.get("name")), []).append(str(other["kind"]))
    acting = [p.name for p, config in _planners(scene) if not _get(config, "advisory")]
    scaled = {p.name for p in (*scene.role("prefill"), *scene.role("decode"))} if acting else set()
    for p in scene.parts if owners else ():
        found = owners.get(f"{scene.graph.name}-{p.name.lower()}", [])
        if len(found) + (p.name in scaled) > 1:
            names = ", ".join([*found, *(acting if p.name in scaled else ())])
            yield Found(p.path, f"{p.name} is scaled by {names}: they fight over its replicas")
