"""One field of a planner's configuration: whether the release has it, and whether it takes the value."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import did_you_mean
from pydynamo_manifests.planner.fields import FIELDS, Line, PlannerField, field_at, names_at
from pydynamo_manifests.planner.reading import OFF, ON, Problem, number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["check_field"]

_NULL = ("report_interval_hours", "pre_deployment_sweeping_mode")
"""Fields with a default that may still be null."""


def check_field(name: str, value: Any, config: Mapping[str, Any], line: Line) -> Problem | None:
    """Return what the planner of a line refuses of a field, or that it does not read it."""
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
        optional = known.default is None or known.name in _NULL
        said = f"{name} is null: leave it out for {known.default}"
        return None if optional else Problem(name, said, "value")
    wrong = _TYPES[known.kind](known, value, line)
    if wrong:
        return Problem(name, f"{name}: {value!r} is not {wrong}", "value")
    read = None if isinstance(value, str) or known.kind not in ("int", "float") else number(value)
    return None if read is None else _bounds(name, known, read, line)


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
    read = number(value)
    return "" if read is not None and math.isfinite(read) and read == int(read) else "a whole number"


def _not_number(_: PlannerField, value: Any, __: Line) -> str:
    return "" if not isinstance(value, bool) and number(value) is not None else "a number"


def _not_switch(_: PlannerField, value: Any, __: Line) -> str:
    words = isinstance(value, str) and value.lower() in (*ON, *OFF)
    fine = isinstance(value, bool) or value in (0, 1) or words
    return "" if fine else "true or false"


def _not_text(_: PlannerField, value: Any, __: Line) -> str:
    return "" if isinstance(value, str) else "text"


def _not_map(_: PlannerField, value: Any, __: Line) -> str:
    return "" if isinstance(value, dict) else "a map"


_TYPES: dict[str, Callable[[PlannerField, Any, Line], str]] = {
    "choice": _not_choice,
    "int": _not_whole,
    "float": _not_number,
    "bool": _not_switch,
    "str": _not_text,
    "map": _not_map,
}
