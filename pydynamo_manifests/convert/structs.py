"""The shapes of Go's structs, and what of an object they do not know.

The ``*.types`` files hold them, one struct a line: ``Name field field ...``. A field is ``name[!][*][:type]``:
``!`` is always written (no ``omitempty``), ``*`` is a pointer (an explicit zero or ``{}`` is kept), ``<Name``
inlines the fields of another struct. Types: ``s`` text (when none is given), ``i`` integer, ``f`` float, ``b``
boolean, ``q`` quantity, ``d`` duration, ``p`` integer or text, ``t`` time, ``raw`` any JSON, a struct's name,
``[type]`` a list, ``{type}`` a map, ``{Name?}`` a map that may hold nulls.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Field", "fields_of", "is_struct", "unknown_fields"]


class Field(NamedTuple):
    """One field of a struct, as its line says it."""

    name: str
    type: str
    pointer: bool
    always: bool

    @property
    def is_value_struct(self) -> bool:
        """It is a struct in place, which Go always has."""
        return not self.pointer and is_struct(self.type)


def is_struct(type_: str) -> bool:
    """Tell whether a type is a struct's name."""
    return type_[0].isupper()


@cache
def _lines() -> dict[str, list[str]]:
    folder = resources.files("pydynamo_manifests.convert")
    text = "".join((folder / name).read_text("utf-8") for name in ("kubernetes.types", "dynamo.types"))
    rows = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {row[0]: row[1:] for row in rows}


@cache
def fields_of(struct: str) -> dict[str, Field]:
    """Return the fields of a struct by name, in their Go order."""
    out: dict[str, Field] = {}
    for text in _flat(struct):
        name, _, type_ = text.partition(":")
        bare = name.rstrip("*!")
        out[bare] = Field(bare, type_ or "s", "*" in name, "!" in name)
    return out


def _flat(struct: str) -> Iterator[str]:
    for text in _lines()[struct]:
        if text.startswith("<"):
            yield from _flat(text[1:])
        else:
            yield text


def unknown_fields(struct: str, value: Any, at: str = "") -> Iterator[str]:
    """Yield the paths of the fields that Go does not know and so drops on reading."""
    fields = fields_of(struct)
    for key, item in value.items():
        path = f"{at}.{key}" if at else str(key)
        if key not in fields:
            yield path
        elif item is not None:
            yield from _unknown_in(fields[key].type, item, path)


def _unknown_in(type_: str, value: Any, at: str) -> Iterator[str]:
    if type_[0] == "[" and isinstance(value, list):
        for i, item in enumerate(value):
            yield from _unknown_in(type_[1:-1], item, f"{at}[{i}]")
    elif type_[0] == "{" and isinstance(value, dict):
        for key, item in value.items():
            yield from _unknown_in(type_[1:-1].rstrip("?"), item, f"{at}.{key}")
    elif is_struct(type_) and isinstance(value, dict):
        yield from unknown_fields(type_, value, at)
