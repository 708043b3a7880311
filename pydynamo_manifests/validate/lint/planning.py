"""The planner's configuration as a graph has it: found in its command line, read by the planner of its release.

Source: ``planner_config.py`` of the planner in the wheels 1.0.2 to 1.6.1.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.planner import FIELDS, check_config
from pydynamo_manifests.validate.lint.examples import example, frontend, part, transfer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.planner import Problem
    from pydynamo_manifests.validate.lint.parts import Part
    from pydynamo_manifests.validate.lint.registry import Example
    from pydynamo_manifests.validate.lint.releases import Line
    from pydynamo_manifests.validate.lint.scene import Scene
    from pydynamo_manifests.yaml import Path

__all__ = ["READ", "config_path", "field_of", "number", "planned", "planners", "problems", "role_workers"]

READ = ((1, 0), (1, 6))
"""First and last release line whose fields were read."""


def planners(scene: Scene) -> Iterator[tuple[Part, dict[str, Any]]]:
    """Yield each planner whose configuration is written in the command line, with it."""
    for p in scene.running("dynamo.planner"):
        config = p.json("--config")
        if config:
            yield p, config


def field_of(config: dict[str, Any], name: str, default: Any = None) -> Any:
    """Return a field by its present or its old name."""
    return config.get(name, config.get(FIELDS[name].old or name, default))


def problems(p: Part, config: dict[str, Any], *kinds: str) -> Iterator[Problem]:
    """Yield what the planner of the component's release refuses, of some kinds; nothing for releases not read."""
    yield from (problem for problem in _refused(json.dumps(config), p.line) if problem.kind in kinds)


@lru_cache(maxsize=64)
def _refused(config: str, line: Line) -> tuple[Problem, ...]:
    """Read a configuration once for every rule that asks."""
    read = line[:2]
    if not READ[0] <= read <= READ[1]:
        return ()
    found = check_config(json.loads(config), read)
    if line == read:
        return tuple(found)
    after = (read[0], read[1] + 1)  # a snapshot lies between two lines: only what both refuse is certain
    later = {problem.field for problem in check_config(json.loads(config), after)}
    return tuple(problem for problem in found if problem.field in later)


def number(value: Any) -> float | None:
    """Return a number, None for anything else."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def config_path(p: Part) -> Path:
    """Return where a planner's configuration stands."""
    use = p.start.last("--config") if p.start else None
    return p.where(use.values[0]) if use and use.values else p.path


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
