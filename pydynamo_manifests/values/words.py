"""What is wrong with a value, in the words of YAML."""

from __future__ import annotations

import json
import re
from typing import Any

from pydynamo_manifests.errors import did_you_mean

__all__ = ["complaint"]

_WANTED = {
    "bool_type": "true or false",
    "dict_type": "a map",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "list_type": "a list",
    "model_type": "a map",
    "string_type": "text",
}
"""By pydantic's name of a problem."""

_BOUNDS = {
    "greater_than": ("gt", "more than {}"),
    "greater_than_equal": ("ge", "at least {}"),
    "less_than": ("lt", "less than {}"),
    "less_than_equal": ("le", "at most {}"),
    "string_too_short": ("min_length", "of at least {} characters"),
    "string_too_long": ("max_length", "of at most {} characters"),
    "too_short": ("min_length", "of at least {} items"),
    "too_long": ("max_length", "of at most {} items"),
}
_SCALAR = re.compile(r"[-+]?[\d.]+(?:e[-+]?\d+)?|true|false|null|yes|no|on|off", re.IGNORECASE)
_WORD = re.compile(r"[\w.:/ ,-]{0,32}")


def complaint(item: Any, known: list[str] | None) -> str:
    """Return one of pydantic's errors as a sentence without a subject; ``known`` are the keys of the block."""
    kind, context, value = item["type"], item.get("ctx", {}), item.get("input")
    if kind == "extra_forbidden":
        return f"unknown key{did_you_mean(str(item['loc'][-1]), known or ())}"
    if kind == "value_error":
        return str(context["error"])
    return (
        "is missing"
        if kind == "missing"
        else f"must {_wanted(kind, context, item)}, not {_got(value)}{_hint(kind, value, context)}"
    )


def _wanted(kind: str, context: Any, item: Any) -> str:
    if kind in _WANTED:
        return f"be {_WANTED[kind]}"
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return f"be {words.format(context[key])}"
    if kind == "literal_error":
        return f"be {context['expected']}"
    if kind == "string_pattern_mismatch":
        return f"match {context['pattern']}"
    return str(item["msg"]).removeprefix("Input ").removeprefix("should ")


def _hint(kind: str, value: Any, context: Any) -> str:
    if kind == "literal_error" and isinstance(value, str):
        return did_you_mean(value, re.findall(r"'([^']*)'", context["expected"]))
    if kind == "string_type" and isinstance(value, (int, float)):
        return "; quote it"
    scalar = isinstance(value, str) and _SCALAR.fullmatch(value)
    return "; write it without quotes" if scalar and kind in ("int_type", "float_type", "bool_type") else ""


def _got(value: Any) -> str:
    """Name a value; a text of another form may be a secret in the wrong place, and is shown if it is a short word."""
    if isinstance(value, (dict, list)):
        return "a map" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        return repr(value) if _WORD.fullmatch(value) else "this text"
    return json.dumps(value)
