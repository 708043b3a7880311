"""Values as text, exactly as the chart's templates write them."""

from __future__ import annotations

import re
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.yaml import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["as_json", "follow", "text", "unwritable", "words"]

_REQUIRED = ("model.name", "model.servedName", "model.path")
_UNWRITABLE = re.compile("[\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What Helm's YAML writer refuses, and U+0085, which it writes as it is and everybody reads as a space."""


def text(value: Any) -> str:
    """Return a string as it is, anything else as Go's JSON (sorted keys, no spaces)."""
    return value if isinstance(value, str) else as_json(value)


def as_json(value: Any) -> str:
    """Return the text that ``toRawJson`` writes: encoding/json without HTML escapes."""
    if isinstance(value, str):
        return encode_basestring(value).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        return "{" + ",".join(f"{as_json(k)}:{as_json(value[k])}" for k in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(as_json, value)) + "]"
    return number(value)


def unwritable(tree: Any) -> str | None:
    """Return what in a tree the chart cannot write as YAML, ``None`` when it can write everything."""
    todo = [tree]
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            if not value.isprintable() and _UNWRITABLE.search(value):
                return "a control character"
        elif isinstance(value, dict):
            if "<<" in value:
                return "a key <<"
            todo += value
            todo += value.values()
        elif isinstance(value, list):
            todo += value
    return None


def follow(value: Any, knobs: Mapping[str, Any], where: str) -> Any:
    """Return what a ``{from: KNOB}`` stands for, or the value itself.

    Raises:
        InputError: The knob is a name of the model and the values do not say it.
    """
    if not (isinstance(value, dict) and "from" in value):
        return value
    knob = value["from"]
    if knobs.get(knob) is None and knob in _REQUIRED:
        raise InputError(f"{where} needs {knob}: --set model.name=Qwen/Qwen3-32B")
    return knobs.get(knob)


def words(flags: Mapping[str, Any], order: Sequence[str], knobs: Mapping[str, Any], where: str) -> list[str]:
    """Return a map of flags as argument tokens: those of ``order`` first, the others sorted."""
    out: list[str] = []
    for flag in dict.fromkeys([*order, *sorted(flags)]):
        value = follow(flags.get(flag), knobs, f"{where}.{flag}")
        if value is None or value is False:
            continue
        out.append(f"--{flag}")
        if isinstance(value, list):
            out += [text(v) for item in value if (v := follow(item, knobs, f"{where}.{flag}")) is not None]
        elif value is not True:
            out.append(text(value))
    return out
