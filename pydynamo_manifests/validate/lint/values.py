"""What a parser makes of one value of one flag: its type, its choices, the JSON in it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from pydynamo_manifests.errors import did_you_mean
from pydynamo_manifests.validate.lint import tables
from pydynamo_manifests.validate.shapes import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.tables import Flag

__all__ = ["ValueProblem", "check_value", "json_object"]

_SUFFIXED = re.compile(r"\d+(?:\.\d+)?[kKmMgGtT]?")
_PLUGGABLE = re.compile(r"load-format|quantization|attention|backend|parser|dtype|runner|connector")
"""Flags whose choices a plug-in or another platform can widen."""
_SHOWN = 8


class ValueProblem(NamedTuple):
    """Why a value is refused; the message follows the flag's name."""

    rule: str
    message: str
    hint: str
    severity: str = ""


def check_value(flag: Flag, text: str, line: str) -> Iterator[ValueProblem]:
    """Yield what the parser (or what reads the value later) has against a value."""
    if text in flag.words or (flag.nullable and text == "None"):
        return
    if not _fits(flag, text):
        yield ValueProblem("FLAG-13", f"takes {_NAMES[flag.type]}, not {_short(text)}: the start fails", "")
    elif flag.choices and text not in flag.choices and text not in flag.extra_choices:
        yield _choice(flag, text)
    elif (
        flag.type == "json"
        or flag.holds == "json"
        or (flag.holds == "json-or-file" and text.lstrip()[:1] in ("{", "["))
    ):
        yield from _json(flag, text, line)


_NAMES = {"int": "a whole number", "float": "a number"}


def _fits(flag: Flag, text: str) -> bool:
    try:
        if flag.type == "int":
            return bool(flag.suffix and _SUFFIXED.fullmatch(text)) or int(text) is not None
        if flag.type == "float":
            float(text)
    except ValueError:
        return False
    return True


def _choice(flag: Flag, text: str) -> ValueProblem:
    choices = [*flag.choices, *flag.extra_choices]
    severity = "warning" if _PLUGGABLE.search(flag.name) else ""
    shown = ", ".join(choices[:_SHOWN]) + (", ..." if len(choices) > _SHOWN else "")
    hint = did_you_mean(text, choices).removeprefix("; ") or f"one of {shown}"
    ending = "is not among the words known here" if severity else "is not one of its words: the start fails"
    return ValueProblem("FLAG-14", f"{_short(text)} {ending}", hint, severity)


def json_object(text: str | None) -> dict[str, Any]:
    """Return the JSON object of a text, empty when it is none."""
    if not text or "{" not in text:
        return {}
    try:
        return mapping(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def _json(flag: Flag, text: str, line: str) -> Iterator[ValueProblem]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as e:
        reason = str(e).split(":")[0]
        hint = (
            "write JSON: double quotes around keys and texts"
            if "'" in text or "=" in text
            else "write valid JSON"
        )
        yield ValueProblem("FLAG-15", f"holds no JSON ({reason}): the start fails", hint)
        return
    known = (
        tables.config(flag.config or flag.config_later, line) if flag.config or flag.config_later else None
    )
    if known and isinstance(value, dict):
        yield from _keys(known, value)


def _keys(known: dict[str, Any], value: dict[str, Any]) -> Iterator[ValueProblem]:
    severity = "" if known.get("strict") else "warning"
    effect = "the start fails" if not severity else "it is dropped without a word"
    for key, inner in value.items():
        if key not in known["keys"]:
            hint = did_you_mean(key, known["keys"]).removeprefix("; ")
            yield ValueProblem("FLAG-17", f"has no key {key!r}: {effect}", hint, severity)
        elif isinstance(inner, dict) and key in known.get("sub", {}):
            for nested in inner.keys() - set(known["sub"][key]):
                hint = did_you_mean(nested, known["sub"][key]).removeprefix("; ")
                yield ValueProblem("FLAG-17", f"has no key {key}.{nested}: {effect}", hint, severity)
    method = value.get("method")
    if known.get("methods") and isinstance(method, str) and method not in known["methods"]:
        hint = did_you_mean(method, known["methods"]).removeprefix("; ")
        yield ValueProblem("FLAG-14", f"has no method {method!r}: the start fails", hint)


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")  # noqa: PLR2004 - a value in a message
