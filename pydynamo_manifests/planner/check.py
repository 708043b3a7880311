"""What the planner of a release refuses in its configuration, and what it would ignore without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.planner.one_field import check_field
from pydynamo_manifests.planner.reading import Problem, Reading
from pydynamo_manifests.planner.relations import RELATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydynamo_manifests.planner.fields import Line

__all__ = ["Problem", "check_config"]


def check_config(config: Mapping[str, Any], line: Line) -> Iterator[Problem]:
    """Yield what the planner of a release line (1.0 or newer) refuses or ignores.

    Args:
        config: The configuration as it stands after ``--config``.
        line: The release line, such as ``(1, 6)``.
    """
    for name, value in config.items():
        if problem := check_field(name, value, config, line):
            yield problem
    read = Reading(config, line)
    for check in RELATIONS:
        yield from check(read)
