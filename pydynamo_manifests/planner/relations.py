"""Fields of a planner's configuration against each other: loops, limits, periods, budgets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pydynamo_manifests.planner.fields import FIELDS
from pydynamo_manifests.planner.reading import Problem, Reading, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["RELATIONS"]


def _latencies(read: Reading) -> Iterator[Problem]:
    itl = read.number("itl_ms")
    if itl is not None and itl <= 0:
        name = read.word("itl_ms")
        yield Problem(name, f"{name}: {itl:g} is not above 0; it is in milliseconds", "value")
    if read.line < (1, 1) and (ttft := read.number("ttft_ms")) is not None and ttft <= 0:
        yield Problem("ttft", f"ttft: {ttft:g} is not above 0; it is in milliseconds", "value")


def _loops(read: Reading) -> Iterator[Problem]:
    if read.target == "sla" and not read.slow and not read.fast:
        message = "neither enable_throughput_scaling nor enable_load_scaling is on: one must be"
        yield Problem("enable_throughput_scaling", message, "loops")
    if read.slow and read.line < (1, 3) and read("pre_deployment_sweeping_mode") in (None, "none"):
        message = "pre_deployment_sweeping_mode: none goes only without enable_throughput_scaling before 1.3"
        yield Problem("pre_deployment_sweeping_mode", message, "loops")
    if read.line < (1, 1) and read("mode") == "agg" and read.slow:
        message = (
            "mode agg knows no enable_throughput_scaling at 1.0: switch it off and enable_load_scaling on"
        )
        yield Problem("enable_throughput_scaling", message, "loops")
    outside = read("environment") != "kubernetes"
    if read.line < (1, 1) and outside and read.fast and not read("load_router_metrics_url"):
        message = "enable_load_scaling outside kubernetes needs load_router_metrics_url at 1.0"
        yield Problem("load_router_metrics_url", message, "loops")


def _roles(read: Reading) -> Iterator[Problem]:
    mode = str(read("mode"))
    wrong = {"prefill": ("decode",), "decode": ("prefill",), "agg": ("prefill", "decode")}.get(mode, ())
    for role in wrong:
        name = f"{role}_min_endpoint"
        if read(name) is not None:
            yield Problem(name, f"{name} does not go with mode {mode}: write min_endpoint", "value")
    least, most = read.number("min_gpu_budget"), read.number("max_gpu_budget")
    if least is not None and most is not None and 0 <= most < least:
        yield Problem("min_gpu_budget", f"min_gpu_budget {least:g} is above max_gpu_budget {most:g}", "value")


def _reports(read: Reading) -> Iterator[Problem]:
    if read.line < (1, 1):
        return
    hours, bucket = read.number("report_interval_hours"), read.number("fpm_sample_bucket_size")
    if hours is not None and (not math.isfinite(hours) or hours <= 0):
        yield Problem("report_interval_hours", f"report_interval_hours: {hours:g} is not a time", "value")
    if bucket is None or not math.isfinite(bucket):
        return
    odd = bucket < 0 or math.isqrt(int(bucket)) ** 2 != bucket
    if odd and (bucket > 0 or read.line < (1, 6)):
        message = f"fpm_sample_bucket_size: {bucket:g} is no square, such as 16"
        yield Problem("fpm_sample_bucket_size", message, "value")


def _limits(read: Reading) -> Iterator[Problem]:
    if read.target != "load" or not FIELDS["decode_scale_up_kv_rate"].names(read.line):
        return
    pairs = {
        "prefill": ("prefill_scale_up_queue_tokens", "prefill_scale_down_queue_tokens"),
        "decode": ("decode_scale_up_kv_rate", "decode_scale_down_kv_rate"),
    }
    for role, (up, down) in pairs.items():
        if read("mode") not in ("disagg", role, "agg" if role == "decode" else role):
            continue
        above, below = read.number(up), read.number(down)
        if above is None or below is None:
            yield Problem(up, f"optimization_target load needs {up} and {down}", "limits")
        elif above <= below:
            yield Problem(up, f"{up} {above:g} is not above {down} {below:g}", "limits")


def _periods(read: Reading) -> Iterator[Problem]:
    slow, fast = (read.number(f"{loop}_adjustment_interval_seconds") for loop in ("throughput", "load"))
    if slow is None or fast is None:
        return
    name = read.word("load_adjustment_interval_seconds")
    if read.slow and read.fast and fast >= slow:
        yield Problem(name, f"{name} {fast:g} is not below {slow:g}, the period of the slow loop", "periods")
    if read.slow and slow <= 0 and read.line >= (1, 3):
        word = read.word("throughput_adjustment_interval_seconds")
        yield Problem(word, f"{word}: {slow:g} is not above 0", "periods")
    scheduling = read("scheduling")
    tick = scheduling.get("scale_interval_seconds") if isinstance(scheduling, dict) else None
    if isinstance(tick, (int, float)) and not isinstance(tick, bool):
        yield from _tick(number(tick) or 0, [fast, *([slow] if read.slow else [])])


def _tick(tick: float, periods: list[float]) -> Iterator[Problem]:
    if not all(_divides(tick, period) for period in periods):
        said = " and ".join(f"{p:g}" for p in periods)
        message = f"scheduling.scale_interval_seconds {tick:g} does not divide {said}"
        yield Problem("scheduling", message, "periods")


def _divides(tick: float, period: float) -> bool:
    if not (tick > 0 and math.isfinite(period / tick)):
        return False
    return math.isclose(period / tick, round(period / tick), rel_tol=1e-9, abs_tol=1e-9)


def _global(read: Reading) -> Iterator[Problem]:
    if read("environment") == "global-planner" and not read("global_planner_namespace"):
        message = "environment global-planner needs global_planner_namespace"
        yield Problem("global_planner_namespace", message, "global")


def _power(read: Reading) -> Iterator[Problem]:
    if not read.on("enable_power_awareness"):
        return
    if read("total_gpu_power_limit") is None:
        message = "enable_power_awareness needs total_gpu_power_limit"
        yield Problem("total_gpu_power_limit", message, "power")
    if read("mode") == "agg" or read("environment") != "kubernetes":
        message = "enable_power_awareness needs environment kubernetes, and a mode other than agg"
        yield Problem("enable_power_awareness", message, "power")


def _model(read: Reading) -> Iterator[Problem]:
    spec, roles = read("ais_perf_model"), {"disagg": ("prefill", "decode"), "agg": ("aggregated",)}
    if not isinstance(spec, dict):
        return
    given = spec.get("roles")
    named = given if isinstance(given, dict) else {}
    mode = str(read("mode"))
    for role in roles.get(mode, (mode,)):
        if role not in named:
            yield Problem("ais_perf_model", f"ais_perf_model.roles has no {role}", "value")


RELATIONS: tuple[Callable[[Reading], Iterator[Problem]], ...] = (
    _latencies,
    _loops,
    _roles,
    _reports,
    _limits,
    _periods,
    _global,
    _power,
    _model,
)
"""Every check of fields against each other."""
