"""A configuration in the words of one release: JSON from 1.0 on, flags of ``planner_sla`` before."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import CombinationError
from pydynamo_manifests.planner.fields import FIELDS, line_of

if TYPE_CHECKING:
    from pydynamo_manifests.planner.config import PlannerConfig
    from pydynamo_manifests.releases import Release

__all__ = ["planner_flags", "written_config"]

_FLAGS: dict[str, tuple[str, str | None, str | None]] = {
    "environment": ("environment", None, None),
    "backend": ("backend", None, None),
    "throughput_adjustment_interval_seconds": ("adjustment-interval", None, None),
    "ttft_ms": ("ttft", None, None),
    "itl_ms": ("itl", None, None),
    "max_gpu_budget": ("max-gpu-budget", None, None),
    "min_endpoint": ("min-endpoint", None, None),
    "prefill_engine_num_gpu": ("prefill-engine-num-gpu", None, None),
    "decode_engine_num_gpu": ("decode-engine-num-gpu", None, None),
    "profile_results_dir": ("profile-results-dir", None, None),
    "load_predictor": ("load-predictor", None, None),
    "load_predictor_log1p": ("load-predictor-log1p", "0.9", None),
    "load_predictor_warmup_trace": ("load-predictor-warmup-trace", "0.9", None),
    "prophet_window_size": ("prophet-window-size", "0.9", None),
    "kalman_q_level": ("kalman-q-level", "0.9", None),
    "kalman_q_trend": ("kalman-q-trend", "0.9", None),
    "kalman_r": ("kalman-r", "0.9", None),
    "kalman_min_points": ("kalman-min-points", "0.9", None),
    "metric_pulling_prometheus_endpoint": ("metric-pulling-prometheus-endpoint", "0.8", None),
    "metric_reporting_prometheus_port": ("metric-reporting-prometheus-port", "0.8", None),
    "no_correction": ("no-correction", None, None),
    "advisory": ("no-operation", None, None),
    "model_name": ("model-name", None, None),
    "log_dir": ("log-dir", None, None),
    "namespace": ("namespace", None, None),
}
"""Flag of ``planner_sla``, its first and its last line (parsers of the wheels 0.6.1 to 0.9.1)."""


def written_config(config: PlannerConfig, at: Release) -> dict[str, Any]:
    """Return what the planner of a release is given after ``--config``, in the release's own names.

    Raises:
        CombinationError: A field that the release does not have; says since or until when one does.
    """
    line = line_of(at.line)
    out: dict[str, Any] = {}
    for name, value in _given(config):
        names = FIELDS[name].names(line)
        if not names:
            raise CombinationError(_absent(name, at))
        out[names[0]] = dict(value) if FIELDS[name].kind == "map" else value
    return out


def planner_flags(config: PlannerConfig, at: Release) -> dict[str, Any]:
    """Return the flags of ``planner_sla``, which Dynamo 0.9 and older start.

    Raises:
        CombinationError: A field that no flag of the release says.
    """
    out: dict[str, Any] = {}
    for name, value in _given(config):
        flag, since, until = _FLAGS.get(name, ("", None, None))
        if not flag or not at.within(since, until):
            raise CombinationError(_absent(name, at, since or "1.0"))
        if value is not False:
            out[flag] = str(value) if isinstance(value, float) else value
    return out


def _given(config: PlannerConfig) -> list[tuple[str, Any]]:
    values = [(f.name, getattr(config, f.name)) for f in fields(config)]
    return [(name, value) for name, value in values if value is not None]


def _absent(name: str, at: Release, since: str | None = None) -> str:
    known = FIELDS[name]
    first = since or ".".join(map(str, known.since))
    span = f"until Dynamo {'.'.join(map(str, known.until))}" if known.until else f"from Dynamo {first} on"
    return f"the planner has {name} {span}, not at {at}; leave it out"
