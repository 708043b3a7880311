"""A planner's configuration as one release reads it: names of any age, the release's defaults."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from pydynamo_manifests.planner.fields import FIELDS, Line

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OFF", "ON", "Problem", "Reading", "number"]

ON = ("true", "1", "yes", "on", "t", "y")
OFF = ("false", "0", "no", "off", "f", "n")
"""The words that the planner takes for a switch, in small letters."""


class Problem(NamedTuple):
    """One thing that is wrong with a configuration."""

    field: str
    """The name as it is written."""
    message: str
    kind: str
    """``name``, ``value``, ``loops``, ``limits``, ``periods``, ``global`` or ``power``."""


class Reading:
    """A configuration, asked for what the planner of one release line takes from it."""

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
        return None if isinstance(value, bool) else number(value)

    def on(self, name: str) -> bool:
        """Return a switch."""
        value = self(name)
        return value in (True, 1) or (isinstance(value, str) and value.lower() in ON)

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


def number(value: Any) -> float | None:
    """Return what the planner reads as a number, None for what it does not; infinity beyond a double."""
    try:
        return float(value) if isinstance(value, (int, float, str)) else None
    except ValueError:
        return None
    except OverflowError:
        return math.inf
