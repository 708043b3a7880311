"""What the planner of a release refuses in its configuration, and what it would ignore without a word."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from pydynamo_manifests.errors import did_you_mean
from pydynamo_manifests.planner.fields import FIELDS, Line, PlannerField, field_at, names_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["Problem", "check_config"]


class Problem(NamedTuple):
    """One thing that is wrong with a configuration."""

    field: str
    """The name as it is written."""
    message: str
    kind: str
    """``name``, ``value``, ``loops``, ``limits``, ``periods``, ``global`` or ``power``."""


_ON = ("true", "1", "yes", "on", "t", "y")
_OFF = ("false", "0", "no", "off", "f", "n")


class _View:
    """A configuration as one release reads it: names of any age, the release's defaults."""

    def __init__(self, config: Mapping[str, Any], line: Line) -> None:
        self.config = config
        self.line = line

    def __call__(self, name: str) -> Any:
        """Return what the release takes for a field, None for one that it does not have."""
        known = FIELDS[name]
        for written in known.names(self.line):
            if written in self.config:
                return self.config[written]
        return known.default if known.names(self.line) else None

    def number(self, name: str) -> float | None:
        """Return a field that is a number."""
        value = self(name)
        return None if isinstance(value, bool) else _number(value)

    def on(self, name: str) -> bool:
        """Return a switch."""
        value = self(name)
        return value in (True, 1) or (isinstance(value, str) and value.lower() in _ON)

    def word(self, name: str) -> str:
        """Return the name as it is written, or as the release would write it."""
        names = FIELDS[name].names(self.line)
        return next((n for n in names if n in self.config), names[0] if names else name)

    @property
    def target(self) -> str:
        """What it aims at; before 1.1 the latencies always."""
        return str(self("optimization_target") or "sla")

    @property
    def slow(self) -> bool:
        """The loop by forecast runs: the release switches it off for every other target."""
        return self.target == "sla" and self.on("enable_throughput_scaling")

    @property
    def fast(self) -> bool:
        """The loop by load runs: every target but sla switches it on."""
        return self.target != "sla" or self.on("enable_load_scaling")


def check_config(config: Mapping[str, Any], line: Line) -> Iterator[Problem]:
    """Yield what the planner of a release line (1.0 or newer) refuses or ignores.

    Args:
        config: The configuration as it stands after ``--config``.
        line: The release line, such as ``(1, 6)``.
    """
    for name, value in config.items():
        if problem := _field(name, value, config, line):
            yield problem
    view = _View(config, line)
    for check in _CHECKS:
        yield from check(view)


def _field(name: str, value: Any, config: Mapping[str, Any], line: Line) -> Problem | None:
    known = field_at(name, line)
    if known is None:
        return _unknown(name, line)
    own = next(n for n in known.names(line) if n in config)
    if own != name:
        return Problem(name, f"{name} and {own} are one field: {_text(line)} reads {own}", "name")
    return _value(name, known, value, line)


def _unknown(name: str, line: Line) -> Problem:
    for known in FIELDS.values():
        if name in (known.name, known.old):
            own = next(iter(known.names(line)), None)
            said = f"write {own}" if own else f"it exists {_span(known)}"
            return Problem(name, f"{name} is not a field of the planner of {_text(line)}: {said}", "name")
    return Problem(name, f"the planner has no field {name}{did_you_mean(name, names_at(line))}", "name")


def _span(known: PlannerField) -> str:
    return f"until {_text(known.until)}" if known.until else f"from {_text(known.since)} on"


def _text(line: Line) -> str:
    return ".".join(map(str, line[:2]))


def _value(name: str, known: PlannerField, value: Any, line: Line) -> Problem | None:
    if value is None:
        optional = known.default is None or known.name in (
            "report_interval_hours",
            "pre_deployment_sweeping_mode",
        )
        return (
            None if optional else Problem(name, f"{name} is null: leave it out for {known.default}", "value")
        )
    wrong = _TYPES[known.kind](known, value, line)
    if wrong:
        return Problem(name, f"{name}: {value!r} is not {wrong}", "value")
    if isinstance(value, str) or known.kind not in ("int", "float"):
        return None
    return _bounds(name, known, float(value), line)


def _bounds(name: str, known: PlannerField, value: float, line: Line) -> Problem | None:
    least, above, most = (known.bound(which, line) for which in ("least", "above", "most"))
    if least is not None and value < least:
        return Problem(name, f"{name}: {value:g} is below {least:g}", "value")
    if above is not None and value <= above:
        return Problem(name, f"{name}: {value:g} is not above {above:g}", "value")
    if most is not None and value > most:
        return Problem(name, f"{name}: {value:g} is above {most:g}", "value")
    return None


def _not_choice(known: PlannerField, value: Any, line: Line) -> str:
    if known.name == "load_predictor" and line < (1, 6):
        return "" if isinstance(value, str) else "text"
    words = [w for w in known.choices if not (w == "load" and line < (1, 3))]
    return "" if value in words else f"one of {', '.join(words)}"


def _not_whole(_: PlannerField, value: Any, __: Line) -> str:
    if isinstance(value, bool):
        return "a whole number"
    number = _number(value)
    return "" if number is not None and math.isfinite(number) and number == int(number) else "a whole number"


def _not_number(_: PlannerField, value: Any, __: Line) -> str:
    return "" if not isinstance(value, bool) and _number(value) is not None else "a number"


def _not_switch(_: PlannerField, value: Any, __: Line) -> str:
    words = isinstance(value, str) and value.lower() in (*_ON, *_OFF)
    fine = isinstance(value, bool) or value in (0, 1) or words
    return "" if fine else "true or false"


def _not_text(_: PlannerField, value: Any, __: Line) -> str:
    return "" if isinstance(value, str) else "text"


def _not_map(_: PlannerField, value: Any, __: Line) -> str:
    return "" if isinstance(value, dict) else "a map"


def _number(value: Any) -> float | None:
    try:
        return float(value) if isinstance(value, (int, float, str)) else None
    except ValueError:
        return None


_TYPES: dict[str, Callable[[PlannerField, Any, Line], str]] = {
    "choice": _not_choice,
    "int": _not_whole,
    "float": _not_number,
    "bool": _not_switch,
    "str": _not_text,
    "map": _not_map,
}


def _latencies(view: _View) -> Iterator[Problem]:
    itl = view.number("itl_ms")
    if itl is not None and itl <= 0:
        name = view.word("itl_ms")
        yield Problem(name, f"{name}: {itl:g} is not above 0; it is in milliseconds", "value")
    if view.line < (1, 1) and (ttft := view.number("ttft_ms")) is not None and ttft <= 0:
        yield Problem("ttft", f"ttft: {ttft:g} is not above 0; it is in milliseconds", "value")


def _loops(view: _View) -> Iterator[Problem]:
    if view.target == "sla" and not view.slow and not view.fast:
        message = "neither enable_throughput_scaling nor enable_load_scaling is on: one must be"
        yield Problem("enable_throughput_scaling", message, "loops")
    if view.slow and view.line < (1, 3) and view("pre_deployment_sweeping_mode") in (None, "none"):
        message = "pre_deployment_sweeping_mode: none goes only without enable_throughput_scaling before 1.3"
        yield Problem("pre_deployment_sweeping_mode", message, "loops")
    if view.line < (1, 1) and view("mode") == "agg" and view.slow:
        message = (
            "mode agg knows no enable_throughput_scaling at 1.0: switch it off and enable_load_scaling on"
        )
        yield Problem("enable_throughput_scaling", message, "loops")
    outside = view("environment") != "kubernetes"
    if view.line < (1, 1) and outside and view.fast and not view("load_router_metrics_url"):
        message = "enable_load_scaling outside kubernetes needs load_router_metrics_url at 1.0"
        yield Problem("load_router_metrics_url", message, "loops")


def _roles(view: _View) -> Iterator[Problem]:
    mode = str(view("mode"))
    wrong = {"prefill": ("decode",), "decode": ("prefill",), "agg": ("prefill", "decode")}.get(mode, ())
    for role in wrong:
        name = f"{role}_min_endpoint"
        if view(name) is not None:
            yield Problem(name, f"{name} does not go with mode {mode}: write min_endpoint", "value")
    least, most = view.number("min_gpu_budget"), view.number("max_gpu_budget")
    if least is not None and most is not None and 0 <= most < least:
        yield Problem("min_gpu_budget", f"min_gpu_budget {least:g} is above max_gpu_budget {most:g}", "value")


def _reports(view: _View) -> Iterator[Problem]:
    if view.line < (1, 1):
        return
    hours, bucket = view.number("report_interval_hours"), view.number("fpm_sample_bucket_size")
    if hours is not None and (not math.isfinite(hours) or hours <= 0):
        yield Problem("report_interval_hours", f"report_interval_hours: {hours:g} is not a time", "value")
    odd = bucket is not None and (bucket < 0 or math.isqrt(int(bucket)) ** 2 != bucket)
    if bucket is not None and odd and (bucket > 0 or view.line < (1, 6)):
        yield Problem(
            "fpm_sample_bucket_size", f"fpm_sample_bucket_size: {bucket:g} is no square, such as 16", "value"
        )


def _limits(view: _View) -> Iterator[Problem]:
    if view.target != "load" or not FIELDS["decode_scale_up_kv_rate"].names(view.line):
        return
    pairs = {
        "prefill": ("prefill_scale_up_queue_tokens", "prefill_scale_down_queue_tokens"),
        "decode": ("decode_scale_up_kv_rate", "decode_scale_down_kv_rate"),
    }
    for role, (up, down) in pairs.items():
        if view("mode") not in ("disagg", role, "agg" if role == "decode" else role):
            continue
        above, below = view.number(up), view.number(down)
        if above is None or below is None:
            yield Problem(up, f"optimization_target load needs {up} and {down}", "limits")
        elif above <= below:
            yield Problem(up, f"{up} {above:g} is not above {down} {below:g}", "limits")


def _periods(view: _View) -> Iterator[Problem]:
    slow, fast = (view.number(f"{loop}_adjustment_interval_seconds") for loop in ("throughput", "load"))
    if slow is None or fast is None:
        return
    name = view.word("load_adjustment_interval_seconds")
    if view.slow and view.fast and fast >= slow:
        yield Problem(name, f"{name} {fast:g} is not below {slow:g}, the period of the slow loop", "periods")
    if view.slow and slow <= 0 and view.line >= (1, 3):
        word = view.word("throughput_adjustment_interval_seconds")
        yield Problem(word, f"{word}: {slow:g} is not above 0", "periods")
    scheduling = view("scheduling")
    tick = scheduling.get("scale_interval_seconds") if isinstance(scheduling, dict) else None
    if isinstance(tick, (int, float)) and not isinstance(tick, bool):
        yield from _tick(float(tick), [fast, *([slow] if view.slow else [])])


def _tick(tick: float, periods: list[float]) -> Iterator[Problem]:
    if tick <= 0 or any(
        not math.isclose(p / tick, round(p / tick), rel_tol=1e-9, abs_tol=1e-9) for p in periods
    ):
        said = " and ".join(f"{p:g}" for p in periods)
        yield Problem(
            "scheduling", f"scheduling.scale_interval_seconds {tick:g} does not divide {said}", "periods"
        )


def _global(view: _View) -> Iterator[Problem]:
    if view("environment") == "global-planner" and not view("global_planner_namespace"):
        message = "environment global-planner needs global_planner_namespace"
        yield Problem("global_planner_namespace", message, "global")


def _power(view: _View) -> Iterator[Problem]:
    if not view.on("enable_power_awareness"):
        return
    if view("total_gpu_power_limit") is None:
        message = "enable_power_awareness needs total_gpu_power_limit"
        yield Problem("total_gpu_power_limit", message, "power")
    if view("mode") == "agg" or view("environment") != "kubernetes":
        message = "enable_power_awareness needs environment kubernetes, and a mode other than agg"
        yield Problem("enable_power_awareness", message, "power")


def _model(view: _View) -> Iterator[Problem]:
    spec, roles = view("ais_perf_model"), {"disagg": ("prefill", "decode"), "agg": ("aggregated",)}
    if not isinstance(spec, dict):
        return
    given = spec.get("roles")
    named = given if isinstance(given, dict) else {}
    mode = str(view("mode"))
    for role in roles.get(mode, (mode,)):
        if role not in named:
            yield Problem("ais_perf_model", f"ais_perf_model.roles has no {role}", "value")


_CHECKS: tuple[Callable[[_View], Iterator[Problem]], ...] = (
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
