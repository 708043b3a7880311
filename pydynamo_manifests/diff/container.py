"""The Dynamo container's changes: image, command, flags, variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.diff.secrets import is_secret
from pydynamo_manifests.import_.arguments import read_arguments
from pydynamo_manifests.render.text import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydynamo_manifests.validate.graph import Container

__all__ = ["container_changes"]

_LONG = 60


def container_changes(old: Container, new: Container) -> Iterator[str]:
    """Yield what changed in words; values that look secret are never shown."""
    if old.image != new.image:
        yield f"image {old.image or 'none'} to {new.image or 'none'}"
    if old.command != new.command:
        yield f"command {_shown(' '.join(old.command), ' '.join(new.command))}"
    yield from _flags(old.args, new.args)
    yield from _variables(old, new)


def _flags(old: list[str], new: list[str]) -> Iterator[str]:
    before, after = read_arguments(old), read_arguments(new)
    for key in ("leadingArgs", "extraArgs"):
        a, b = (" ".join(map(text, side.get(key, []))) for side in (before, after))
        if a != b:
            yield f"arguments {_shown(a, b)}"
    yield from _maps("--", before.get("args", {}), after.get("args", {}))


def _variables(old: Container, new: Container) -> Iterator[str]:
    before, after = (
        {name: "(from the cluster)" if v.value is None else v.value for name, v in side.env.items()}
        for side in (old, new)
    )
    yield from _maps("", before, after)


def _maps(dashes: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(old.keys() | new.keys()):
        a, b = (side.get(name) for side in (old, new))
        if a == b:
            continue
        if is_secret(name, text(a), text(b)):
            yield f"{dashes}{name} changed (not shown)"
        elif name not in old:
            yield f"{dashes}{name} added{_value(b)}"
        elif name not in new:
            yield f"{dashes}{name} removed"
        else:
            yield f"{dashes}{name} {_short(text(a))} to {_short(text(b))}"


def _value(value: Any) -> str:
    return "" if value is True else f": {_short(text(value))}"


def _shown(before: str, after: str) -> str:
    if any(is_secret(side, side) for side in (before, after)):
        return "changed (not shown)"
    return f"{_short(before)} to {_short(after)}"


def _short(value: str) -> str:
    line = " ".join(value.split())
    return (line if len(line) <= _LONG else f"{line[: _LONG - 3]}...") or "nothing"
