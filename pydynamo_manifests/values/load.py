"""Values read and checked: errors name the path, what was wrong, and what to write instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydantic import ValidationError

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.values.base import Values
from pydynamo_manifests.values.graph import GraphValues
from pydynamo_manifests.values.layers import Layers, read_layers
from pydynamo_manifests.values.words import complaint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pydynamo_manifests import yaml

__all__ = [
    "ValuesProblem",
    "load_values",
    "path_text",
    "plain",
    "problems",
    "read_values",
    "refused",
    "source_of",
]

_PLATFORM_KEYS = frozenset(
    {"crds", "messaging", "monitoring", "nats", "networkPolicy", "operator", "webhooks"}
)
"""Keys that only the platform chart has: a values file of the wrong chart is told so."""

ValuesProblem = tuple["yaml.Path", str]
"""Where in the values, and one sentence."""


def read_values(paths: Iterable[str | Path]) -> dict[str, Any]:
    """Return values files merged as Helm merges them, later files over earlier ones, nulls kept.

    Raises:
        InputError: A file is missing, unreadable, or holds something else than values.
    """
    return read_layers(paths).values


def load_values(data: Mapping[str, Any] | Layers, source: str = "values") -> GraphValues:
    """Return checked values of the graph chart.

    Args:
        data: The values; as layers, every problem names the file, line and column (or the ``--set``).
        source: Names values that are no layers.

    Raises:
        InputError: Lists every problem with its path; unknown keys carry the nearest known one.
    """
    values = data.values if isinstance(data, Layers) else data
    try:
        return GraphValues.model_validate(values)
    except ValidationError as e:
        found = problems(e, GraphValues)
    if values.keys() & _PLATFORM_KEYS and not values.keys() & {"components", "request"}:
        raise InputError(
            f"{source_of(data, source)}: values of the dynamo-platform chart: give them to it, here go a graph's values "
            "('dynamo-manifests render --engine helm' takes both)"
        )
    raise refused("graph", found, data, source)


_MOST_LISTED = 30
"""Nobody reads more at once, and a file of another kind has thousands."""


def refused(
    chart: str, found: Iterable[ValuesProblem], data: Mapping[str, Any] | Layers, source: str
) -> InputError:
    """Return the error that lists problems, each with the place that wrote it where that is known."""
    listed = list(found)
    words = [(path, f"{path_text(path)}: {message}") for path, message in listed[:_MOST_LISTED]]
    layers = isinstance(data, Layers)
    lines = [data.blamed(path, line) if layers else line for path, line in words]  # type: ignore[union-attr]
    more = [f"and {n} more"] if (n := len(listed) - len(lines)) else []
    head = f"not values of the {chart} chart"
    return InputError("\n  ".join([head if layers else f"{source}: {head}", *lines, *more]))


def source_of(data: Mapping[str, Any] | Layers, source: str) -> str:
    """Return the names of all layers, or of values that are none."""
    return ", ".join(dict.fromkeys(x.name for x in data.layers)) if isinstance(data, Layers) else source


def plain(values: GraphValues | Mapping[str, Any]) -> dict[str, Any]:
    """Return checked values as plain data, exactly what was given: no defaults filled in, nulls kept."""
    if not isinstance(values, GraphValues):
        load_values(values)
        return dict(values)
    return values.model_dump(by_alias=True, exclude_unset=True)


def problems(error: ValidationError, model: type[Values]) -> list[ValuesProblem]:
    """Return pydantic's complaints in our words."""
    out: dict[yaml.Path, str] = {}
    for item in error.errors(include_url=False):
        path, node, options = _real_path(item["loc"], model)
        out.setdefault(path, complaint(item, options if node else None))
    return list(out.items())


def _real_path(
    loc: tuple[int | str, ...], model: type[Values]
) -> tuple[yaml.Path, type[Values] | None, list[str]]:
    """Drop pydantic's names of union members and key markers from a location."""
    path: list[int | str] = []
    for part in loc:
        if part == "[key]" or (isinstance(part, str) and part in _UNION_MEMBERS):
            continue
        path.append(part)
    owner = _owner(model, path[:-1])
    known = [f.alias or n for n, f in owner.model_fields.items()] if owner else []
    return tuple(path), owner, known


_UNION_MEMBERS = frozenset(
    {"str", "int", "float", "bool", "constrained-int", "constrained-float", "dict[str,any]"}
)


def _owner(model: type[Values], path: list[int | str]) -> type[Values] | None:
    current: Any = model
    for part in path:
        if _is_values(current):
            field = current.model_fields.get(str(part))
            current = _inner(field.annotation) if field else None
        else:
            current = _inner(current)
    return current if _is_values(current) else None


def _is_values(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Values)


def _inner(annotation: Any) -> Any:
    """Return the model of ``Model | None``, the map type of ``dict[str, Model] | None``, the map's model."""
    members = [a for a in get_args(annotation) if a is not type(None)]
    if get_origin(annotation) is dict:
        return _inner(members[1])
    if _is_values(annotation) or not members:
        return annotation
    return members[0] if get_origin(members[0]) is dict else _inner(members[0])


def path_text(path: yaml.Path) -> str:
    """Return a path as ``--set`` and people write it: ``components.decode.args[1]``, odd keys in brackets."""
    out = ""
    for part in path:
        if isinstance(part, str) and re.fullmatch(r"[A-Za-z0-9_-]+", part):
            out += f".{part}" if out else part
        else:
            out += f"[{part}]" if isinstance(part, int) else f'["{part}"]'
    return out or "(root)"
