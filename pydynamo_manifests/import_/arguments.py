"""Argument lists and variable lists taken apart into maps, so that one value can be changed by name."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.render.text import as_json
from pydynamo_manifests.values.base import MAX_INTEGER

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Flag", "literal", "order_of", "read_arguments", "read_environment"]

_FLAG = re.compile(r"--[A-Za-z][A-Za-z0-9_.-]*")
_VALUE = re.compile(r"-\d|[^-]|-$|$")
Flag = tuple[str, list[str]]
"""A long flag without its dashes, and the tokens that follow it."""


def literal(text: str, *, tidy: bool = False) -> Any:
    """Return the value that renders as this text: an integer, JSON when ``tidy`` or exact, else the text."""
    if re.fullmatch(r"0|-?[1-9]\d*", text) and abs(int(text)) <= MAX_INTEGER:
        return int(text)
    if text[:1] in "{[":
        return _nested(text, tidy=tidy)
    return text


def _nested(text: str, *, tidy: bool) -> Any:
    try:
        value = json.loads(text)
        exact = isinstance(value, dict) and as_json(value) == text
    except (ValueError, TypeError, RecursionError):
        return text
    usable = isinstance(value, dict) and "from" not in value
    return value if usable and (exact or tidy) else text


def read_arguments(tokens: Sequence[str], *, tidy: bool = False) -> dict[str, Any]:
    """Return ``leadingArgs``, ``args``, ``argOrder`` and ``extraArgs`` that render as these tokens.

    The longest run of long flags with separate values becomes the map; what stands before and after it,
    such as ``-m dynamo.vllm``, ``-tp 2`` or ``--key=value``, stays as it is.
    """
    start, end, flags = _longest_run(tokens)
    out: dict[str, Any] = {}
    if start:
        out["leadingArgs"] = list(tokens[:start])
    if flags or not tokens:
        out["args"] = {name: _flag_value(values, tidy=tidy) for name, values in flags}
    if order := order_of([name for name, _ in flags]):
        out["argOrder"] = order
    if end < len(tokens):
        out["extraArgs"] = list(tokens[end:])
    return out


def _longest_run(tokens: Sequence[str]) -> tuple[int, int, list[Flag]]:
    best: tuple[int, int, list[Flag]] = (len(tokens), len(tokens), [])
    start = 0
    while start < len(tokens):
        end, flags = _run(tokens, start)
        if len(flags) > len(best[2]):
            best = (start, end, flags)
        start = max(end, start + 1)
    return best


def _run(tokens: Sequence[str], start: int) -> tuple[int, list[Flag]]:
    flags: list[Flag] = []
    at = start
    while at < len(tokens) and _FLAG.fullmatch(tokens[at]) and tokens[at][2:] not in dict(flags):
        after = at + 1
        while after < len(tokens) and _VALUE.match(tokens[after]):
            after += 1
        flags.append((tokens[at][2:], list(tokens[at + 1 : after])))
        at = after
    return at, flags


def _flag_value(values: list[str], *, tidy: bool) -> Any:
    if not values:
        return True
    return literal(values[0], tidy=tidy) if len(values) == 1 else [literal(v) for v in values]


def order_of(names: Sequence[str]) -> list[str]:
    """Return the shortest list of first names that, followed by the others sorted, keeps this order."""
    shortest = next(n for n in range(len(names) + 1) if list(names[n:]) == sorted(names[n:]))
    return list(names[:shortest])


def read_environment(variables: Any) -> dict[str, Any] | None:
    """Return ``env`` and, where ``$(NAME)`` needs it, ``envOrder``; ``None`` when a map cannot say the same."""
    if not isinstance(variables, list) or not all(_is_variable(v) for v in variables):
        return None
    names = [v["name"] for v in variables]
    if len(set(names)) != len(names):
        return None
    out: dict[str, Any] = {"env": {v["name"]: _variable(v) for v in variables}}
    refers = any("$(" in str(v.get("value", "")) for v in variables)
    if refers and (order := order_of(names)):
        out["envOrder"] = order
    return out


def _is_variable(variable: Any) -> bool:
    if not isinstance(variable, dict) or not isinstance(variable.get("name"), str):
        return False
    rest = {k: v for k, v in variable.items() if v is not None}.keys() - {"name"}
    source = variable.get("valueFrom")
    one_source = isinstance(source, dict) and len(source) == 1 and "from" not in source
    return (rest == {"value"} and isinstance(variable["value"], str)) or (
        rest == {"valueFrom"} and one_source
    )


def _variable(variable: dict[str, Any]) -> Any:
    return variable["valueFrom"] if variable.get("valueFrom") is not None else variable["value"]
