"""The planner's configuration: its fields by release, and how it is read from a command line.

Source: ``planner_config.py`` of the planner in the wheels 1.0.2 to 1.6.1.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.lint.examples import example, frontend, part, transfer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.parts import Line, Part, Scene
    from pydynamo_manifests.validate.lint.registry import Example
    from pydynamo_manifests.yaml import Path

__all__ = ["FIELDS", "READ", "config_path", "field_of", "number", "planned", "planners", "role_workers"]

READ = ((1, 0), (1, 6))
"""First and last release line whose fields were read."""

_STILL: Line = (9, 9)
_BY_RELEASE: dict[tuple[Line, Line], str] = {
    ((1, 0), _STILL): """
        environment backend mode pre_deployment_sweeping_mode enable_throughput_scaling enable_load_scaling
        throughput_adjustment_interval load_adjustment_interval ttft itl max_gpu_budget min_endpoint
        prefill_engine_num_gpu decode_engine_num_gpu profile_results_dir load_predictor load_predictor_log1p
        load_predictor_warmup_trace prophet_window_size kalman_q_level kalman_q_trend kalman_r
        kalman_min_points load_scaling_down_sensitivity load_min_observations throughput_metrics_source
        metric_pulling_prometheus_endpoint metric_reporting_prometheus_port model_name
        global_planner_namespace log_dir namespace""",
    ((1, 0), (1, 0)): "load_learning_window load_router_metrics_url no_correction",
    ((1, 0), (1, 1)): "no_operation",
    ((1, 0), (1, 2)): "load_metric_samples",
    ((1, 1), _STILL): """
        optimization_target max_num_fpm_samples fpm_sample_bucket_size live_dashboard_port
        report_interval_hours report_output_dir""",
    ((1, 2), _STILL): """
        throughput_adjustment_interval_seconds load_adjustment_interval_seconds ttft_ms itl_ms min_gpu_budget
        report_filename advisory aic_interpolation""",
    ((1, 3), (1, 5)): "aic_perf_model",
    ((1, 3), _STILL): """
        prefill_scale_up_queue_tokens prefill_scale_down_queue_tokens decode_scale_up_kv_rate
        decode_scale_down_kv_rate speculative_nextn metric_pulling_prometheus_token
        metric_pulling_prometheus_token_file metric_pulling_prometheus_ssl_verify
        metric_pulling_prometheus_extra_query_params metric_pulling_prometheus_ca_bundle
        report_write_gzip_log scheduling plugin_registration""",
    ((1, 5), _STILL): """
        prefill_min_endpoint decode_min_endpoint metric_pulling_prometheus_request_timeout_seconds
        control_api_port enable_power_awareness total_gpu_power_limit""",
    ((1, 6), _STILL): "max_throughput_scaling_replicas ais_perf_model",
}

FIELDS: dict[str, tuple[Line, Line]] = {
    name: releases for releases, names in _BY_RELEASE.items() for name in names.split()
}
"""First and last release line of each field; old names that stay as aliases have no end."""

_OLD_NAMES = {
    "throughput_adjustment_interval_seconds": "throughput_adjustment_interval",
    "load_adjustment_interval_seconds": "load_adjustment_interval",
    "advisory": "no_operation",
}


def planners(scene: Scene) -> Iterator[tuple[Part, dict[str, Any]]]:
    """Yield each planner whose configuration is written in the command line, with it."""
    for p in scene.running("dynamo.planner"):
        config = p.json("--config")
        if config:
            yield p, config


def field_of(config: dict[str, Any], name: str, default: Any = None) -> Any:
    """Return a field by its present or its old name."""
    return config.get(name, config.get(_OLD_NAMES.get(name, name), default))


def number(value: Any) -> float | None:
    """Return a number, None for anything else."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def config_path(p: Part) -> Path:
    """Return where a planner's configuration stands."""
    use = p.start.last("--config") if p.start else None
    return use.values[0].path if use and use.values else p.path


def role_workers(**more: Any) -> list[dict[str, Any]]:
    """Return a prefill and a decode component, for examples."""
    line = "dynamo.vllm --model Qwen/Qwen3-0.6B --disaggregation-mode"
    return [part(role, role, f"{line} {role} {transfer()}", **more) for role in ("prefill", "decode")]


def planned(config: dict[str, Any], *workers: dict[str, Any], **more: Any) -> Example:
    """Return a graph with a planner; its workers have scaling adapters unless others are given."""
    adapter: dict[str, Any] = {"scalingAdapter": {}}
    command = f"dynamo.planner --config '{json.dumps(config)}'"
    return example(
        frontend(), part("planner", "planner", command), *(workers or role_workers(**adapter)), **more
    )
