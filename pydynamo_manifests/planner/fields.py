"""The planner's fields as a table, by the name that a release has for each."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from pydynamo_manifests.planner.config import PlannerConfig

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FIELDS", "Line", "PlannerField", "field_at", "line_of", "names_at"]

Line = tuple[int, ...]
"""A release line for comparison: ``(1, 6)``."""

_RENAMED: Line = (1, 2)
"""Fields with units in their names, and ``advisory``; most old names stayed as aliases."""

_NO_ALIAS = ("advisory",)
"""Renamed without an alias: the old name is ignored, and a planner that should only watch would act."""


@dataclass(frozen=True)
class PlannerField:
    """One field of the planner's configuration."""

    name: str
    """In the newest words."""
    kind: str
    """``bool``, ``int``, ``float``, ``str``, ``map`` or ``choice``."""
    choices: tuple[str, ...]
    meaning: str
    default: Any
    since: Line
    """First line that has it, under the old or the new name."""
    until: Line | None
    old: str | None
    bounds: Mapping[str, Mapping[Line, float]]
    """``least``, ``above`` and ``most`` by the first line that checks it."""

    def names(self, line: Line) -> tuple[str, ...]:
        """Return the names that a line reads, its own first; empty where the line has no such field."""
        if line < self.since or (self.until and line[:2] > self.until):
            return ()
        if self.old is None:
            return (self.name,)
        if line < _RENAMED:
            return (self.old,)
        return (self.name,) if self.name in _NO_ALIAS else (self.name, self.old)

    def bound(self, which: str, line: Line) -> float | None:
        """Return a bound that the line checks."""
        return next((value for first, value in self.bounds[which].items() if line >= first), None)


def line_of(text: str) -> Line:
    """Return a line's name for comparison."""
    major, minor = text.split(".")[:2]
    return int(major), int(minor)


def _table() -> dict[str, PlannerField]:
    import collections.abc  # noqa: PLC0415 - names of the annotations

    hints = get_type_hints(PlannerConfig, vars(collections.abc) | {"Any": Any, "Literal": Literal})
    return {f.name: _field(f.name, hints[f.name], f.metadata) for f in fields(PlannerConfig)}


def _field(name: str, hint: Any, facts: Mapping[str, Any]) -> PlannerField:
    kind, choices = _kind(hint)
    old = facts["old"]
    return PlannerField(
        name=name,
        kind=kind,
        choices=choices,
        meaning=facts["meaning"],
        default=facts["default"],
        since=(1, 0) if old else line_of(facts["since"]),
        until=line_of(facts["until"]) if facts["until"] else None,
        old=old,
        bounds={
            which: {line_of(k): v for k, v in facts[which].items()} for which in ("least", "above", "most")
        },
    )


def _kind(hint: Any) -> tuple[str, tuple[str, ...]]:
    inner = next(a for a in get_args(hint) if a is not type(None))
    if get_origin(inner) is Literal:
        return "choice", get_args(inner)
    if inner in (bool, int, float, str):
        return inner.__name__, ()
    return "map", ()


FIELDS: dict[str, PlannerField] = _table()
"""Every field by its newest name."""


@lru_cache(maxsize=64)
def names_at(line: Line) -> dict[str, PlannerField]:
    """Return every name that the planner of a line reads, with its field."""
    return {name: f for f in FIELDS.values() for name in f.names(line)}


def field_at(name: str, line: Line) -> PlannerField | None:
    """Return the field that a line reads under a name, None for a name that it does not know."""
    return names_at(line[:2]).get(name)
