"""Values read and checked: errors name the path, what was wrong, and what to write instead."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydantic import ValidationError

from pydynamo_manifests import yaml
from pydynamo_manifests.errors import InputError, did_you_mean
from pydynamo_manifests.values.base import Values
from pydynamo_manifests.values.graph import GraphValues

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["ValuesProblem", "load_values", "path_text", "plain", "problems", "read_values"]

_PLATFORM_KEYS = frozenset(
    {"crds", "messaging", "monitoring", "nats", "networkPolicy", "operator", "webhooks"}
)
"""Keys that only the platform chart has: a values file of the wrong chart is told so."""

ValuesProblem = tuple[yaml.Path, str]
"""Where in the values, and one sentence."""


def read_values(paths: Iterable[str | Path]) -> dict[str, Any]:
    """Return values files merged as Helm merges them, later files over earlier ones, nulls kept.

    Raises:
        InputError: A file is missing, unreadable, or holds something else than values.
    """
    merged: dict[str, Any] = {}
    for path in paths:
        merged = yaml.merge_values(merged, _read(Path(path)))
    return merged


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise InputError(f"{path}: cannot be read: {getattr(e, 'strerror', None) or e}") from None
    data = yaml.load(text, str(path))
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise InputError(f"{path}: values are a mapping of keys; this is a {type(data).__name__}")
    if "apiVersion" in data and "kind" in data:
        raise InputError(
            f"{path}: is a manifest ({data['kind']}), not values; 'import' makes values of a graph"
        )
    return data


def load_values(data: Mapping[str, Any], source: str = "values") -> GraphValues:
    """Return checked values of the graph chart.

    Raises:
        InputError: Lists every problem with its path; unknown keys carry the nearest known one.
    """
    try:
        return GraphValues.model_validate(data)
    except ValidationError as e:
        found = problems(e, GraphValues)
    if data.keys() & _PLATFORM_KEYS and not data.keys() & {"components", "request"}:
        raise InputError(
            f"{source}: values of the dynamo-platform chart: give them to it, here go a graph's values"
        )
    lines = "\n  ".join(f"{path_text(path)}: {message}" for path, message in found)
    raise InputError(f"{source}: not values of the graph chart\n  {lines}")


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
        out.setdefault(path, _words(item, node, options))
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


def _words(item: Any, node: type[Values] | None, known: list[str]) -> str:
    kind, name = item["type"], str(item["loc"][-1])
    if kind == "extra_forbidden":
        return f"unknown key{did_you_mean(name, known)}" if node else "unknown key"
    if kind == "value_error":
        return str(item["ctx"]["error"])
    got = item.get("input")
    shown = f"got {got!r}" if isinstance(got, (str, int, float, bool)) else f"got a {type(got).__name__}"
    hint = "; quote it" if kind == "string_type" and isinstance(got, (int, float)) else ""
    return f"{item['msg'].removeprefix('Input ').lower()}, {shown}{hint}"


def path_text(path: yaml.Path) -> str:
    """Return a path as ``--set`` and people write it: ``components.decode.args[1]``, odd keys in brackets."""
    out = ""
    for part in path:
        if isinstance(part, str) and re.fullmatch(r"[A-Za-z0-9_-]+", part):
            out += f".{part}" if out else part
        else:
            out += f"[{part}]" if isinstance(part, int) else f'["{part}"]'
    return out or "(root)"
