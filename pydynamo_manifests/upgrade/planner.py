"""The planner's start line: flags of ``planner_sla`` up to 0.9, one JSON configuration from 1.0 on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydynamo_manifests.upgrade.work import Component, Work

__all__ = ["planner"]

_FLAGS = {
    "--environment": "environment",
    "--backend": "backend",
    "--adjustment-interval": "throughput_adjustment_interval",
    "--max-gpu-budget": "max_gpu_budget",
    "--min-endpoint": "min_endpoint",
    "--decode-engine-num-gpu": "decode_engine_num_gpu",
    "--prefill-engine-num-gpu": "prefill_engine_num_gpu",
    "--profile-results-dir": "profile_results_dir",
    "--ttft": "ttft",
    "--itl": "itl",
    "--load-predictor": "load_predictor",
    "--prometheus-port": "metric_reporting_prometheus_port",
    "--metric-reporting-prometheus-port": "metric_reporting_prometheus_port",
    "--metric-pulling-prometheus-endpoint": "metric_pulling_prometheus_endpoint",
    "--model-name": "model_name",
    "--log-dir": "log_dir",
    "--load-predictor-warmup-trace": "load_predictor_warmup_trace",
    "--prophet-window-size": "prophet_window_size",
    "--kalman-q-level": "kalman_q_level",
    "--kalman-q-trend": "kalman_q_trend",
    "--kalman-r": "kalman_r",
    "--kalman-min-points": "kalman_min_points",
}
_SWITCHES = {"--no-operation": "no_operation", "--load-predictor-log1p": "load_predictor_log1p"}
_GONE = {"--no-correction": 0, "--load-prediction-window-size": 1, "--namespace": 1}
_RENAMED = {
    "throughput_adjustment_interval": "throughput_adjustment_interval_seconds",
    "load_adjustment_interval": "load_adjustment_interval_seconds",
    "ttft": "ttft_ms",
    "itl": "itl_ms",
    "no_operation": "advisory",
}
"""Fields of the configuration whose names got units (or sense) in 1.2."""

_DROPPED = {
    "load_learning_window": "1.1",
    "load_router_metrics_url": "1.1",
    "no_correction": "1.1",
    "load_metric_samples": "1.3",
}
"""Fields that are gone, and the line from which on."""


def planner(component: Component, work: Work) -> None:
    """Rewrite the start of a planner; other components stay."""
    module = component.argv.module
    if module == "planner_sla" and work.reaches("1.0"):
        _from_flags(component, work)
    elif module == "dynamo.planner":
        _from_config(component, work)


def _from_flags(component: Component, work: Work) -> None:
    argv, path = component.argv, component.path
    if argv.script is not None:
        work.decide(
            path, "planner_sla stands in a shell script: start dynamo.planner with --config '{...}' there"
        )
        return
    config: dict[str, Any] = {}
    for flag, name in _FLAGS.items():
        if (value := argv.value(flag)) is not None:
            config[name] = _typed(value)
    config |= {name: True for flag, name in _SWITCHES.items() if argv.has(flag)}
    for flag in (f for f in _GONE if argv.has(f)):
        work.decide(path, f"{flag} has no successor in the planner's configuration")
    if work.reaches("1.1"):
        config["optimization_target"] = "sla"
    if "profile_results_dir" in config:
        config["pre_deployment_sweeping_mode"] = "none"
    config = _fields(config, component, work, say=False)
    argv.start(["python3", "-m", "dynamo.planner"], "--config", json.dumps(config))
    if str(component.main.get("workingDir", "")).endswith("/dynamo/planner"):
        del component.main["workingDir"]
    work.changed(
        path, f"planner_sla -> dynamo.planner --config {json.dumps(config)}", "one configuration from 1.0 on"
    )
    work.decide(
        path, "check the planner's configuration: it scales by TTFT and ITL as before, other targets are new"
    )


def _typed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _from_config(component: Component, work: Work) -> None:
    argv = component.argv
    text = argv.value("--config")
    config = _typed(text) if text is not None else None
    if not isinstance(config, dict):
        return
    new = _fields(config, component, work, say=True)
    if new != config:
        argv.set_value("--config", json.dumps(new))


def _fields(config: dict[str, Any], component: Component, work: Work, *, say: bool) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in config.items():
        new = _RENAMED.get(name, name) if work.reaches("1.2") else name
        if name in _DROPPED and work.reaches(_DROPPED[name]):
            work.changed(component.path, f"planner's {name} taken out", f"gone in {_DROPPED[name]}")
            continue
        if new != name and say:
            work.changed(component.path, f"planner's {name} -> {new}", "renamed in 1.2")
        out[new] = value
    if "aic_perf_model" in out and work.reaches("1.6"):
        work.decide(
            component.path, "aic_perf_model is refused in 1.6: write ais_perf_model, which has parts per role"
        )
    return out
