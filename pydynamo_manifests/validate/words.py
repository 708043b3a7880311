"""What a schema error says to people: our codes, our words, and a hint that names what to write."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import did_you_mean
from pydynamo_manifests.validate.codes import (
    BAD_FORM,
    BEYOND_BOUNDS,
    MISSING_FIELD,
    NOT_A_CHOICE,
    REPEATED_ITEM,
    UNKNOWN_FIELD,
    WRONG_TYPE,
)
from pydynamo_manifests.validate.report import print_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydynamo_manifests.validate.report import Finding, Path

__all__ = ["BLOCKING", "distinct", "findings_of", "suggestion"]

BLOCKING = frozenset({"enum", "maxItems", "maxLength", "maxProperties", "required", "type"})
"""Errors after which the API server evaluates no expression (Kubernetes, custom resource strategy)."""

_BOUNDS = {
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "minItems": "must have at least {} items",
    "maxItems": "must have at most {} items",
    "minProperties": "must have at least {} entries",
    "maxProperties": "must have at most {} entries",
    "multipleOf": "must be a multiple of {}",
}
_SAID_BY = {NOT_A_CHOICE.code: WRONG_TYPE.code, BAD_FORM.code: BEYOND_BOUNDS.code}
"""Rules that say of a value what another has said: no choice has its type, no form fits an empty text."""
_SHOWN = 60
_MOST_PLACES = 2
_MOST_GUESSES = 20
"""An object with more unknown fields than this is something else, and guessing costs time."""


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return the nearest names as a sentence, ``""`` when none is near."""
    text = did_you_mean(name, known).removeprefix("; ")
    return text[:1].upper() + text[1:]


def distinct(found: Iterable[Finding]) -> list[Finding]:
    """Return findings without those that say of a value once more what others said."""
    kept = list({(finding.rule, finding.where): finding for finding in reversed(list(found))}.values())[::-1]
    said = {(finding.rule, finding.where) for finding in kept}
    return [f for f in kept if (_SAID_BY.get(f.rule, ""), f.where) not in said]


def findings_of(error: Any, schema: dict[str, Any]) -> Iterator[Finding]:
    """Yield the findings of one error of jsonschema-rs, each with the path that the API server would name."""
    path: Path = tuple(error.instance_path)
    kind = error.kind.name
    if kind == "additionalProperties":
        for count, name in enumerate(error.kind.unexpected):
            yield _unknown(name, path, schema if count < _MOST_GUESSES else None)
    elif kind == "required":
        name = error.kind.property
        yield MISSING_FIELD.finding((*path, name), f"the field {_quoted(name)} is required", _add(name, path))
    elif kind == "type":
        yield _type(error, path)
    elif kind == "enum":
        yield _choice(error, path)
    elif kind in _BOUNDS:
        yield _bound(kind, error, path)
    elif kind == "uniqueItems":
        yield _repeated(error.instance, path)
    else:
        yield _form(error, path)


def _unknown(name: str, path: Path, schema: dict[str, Any] | None) -> Finding:
    """Return a finding with a guess at what was meant, where there is a schema to guess from."""
    if schema is None:
        return UNKNOWN_FIELD.finding((*path, name), f"unknown field {_quoted(name)}")
    here = _at(schema, path)
    known = list(here.get("properties", ())) if here else []
    hint = suggestion(name, known)
    if not hint:
        places = [".".join((*place, name)) for place in _places(schema, name)]
        hint = f"The field belongs at {' or '.join(places)}." if places else UNKNOWN_FIELD.hint
    return UNKNOWN_FIELD.finding((*path, name), f"unknown field {_quoted(name)}", hint)


def _add(name: str, path: Path) -> str:
    return f"Add {name} to {print_path(path)}." if path else f"Add {name} to the object."


def _type(error: Any, path: Path) -> Finding:
    wanted = " or ".join(_article(t) for t in error.kind.types if t != "null")
    message = f"must be {wanted}, not {_article(_json_type(error.instance))}"
    return WRONG_TYPE.finding(path, message, _type_hint(error.kind.types, error.instance))


def _type_hint(types: list[str], value: Any) -> str:
    if isinstance(value, str) and "${" in value:
        return "It is a placeholder: substitute it before (envsubst)."
    if value is None:
        return "Remove the null; the API server keeps it in a list and refuses it."
    if "string" in types and isinstance(value, (bool, int, float)):
        return "Quote it, so that it is text."
    if "integer" in types and isinstance(value, str) and value.lstrip("-").isdigit():
        return f"Write it without quotes: {value}."
    return ""


def _choice(error: Any, path: Path) -> Finding:
    options = [option for option in error.kind.options if option is not None]
    listed = ", ".join(_quoted(option) for option in options)
    hint = suggestion(str(error.instance), map(str, options))
    return NOT_A_CHOICE.finding(path, f"{_quoted(error.instance)} is not one of {listed}", hint)


def _bound(kind: str, error: Any, path: Path) -> Finding:
    limit = getattr(error.kind, "limit", None)
    limit = error.kind.value if limit is None else limit
    value = error.instance
    is_number = kind in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
    has = _quoted(value) if is_number else str(len(value))
    message = f"{_BOUNDS[kind].format(limit)}, not {has}"
    if kind == "minLength" and limit == 1:
        message = "must not be empty"
    return BEYOND_BOUNDS.finding(path, message)


def _repeated(items: list[Any], path: Path) -> Finding:
    index = next((i for i, item in enumerate(items) if item in items[:i]), 0)
    message = f"{_quoted(items[index])} is already at index {items.index(items[index])}"
    return REPEATED_ITEM.finding((*path, index), message)


def _form(error: Any, path: Path) -> Finding:
    value = error.instance
    if error.kind.name == "pattern":
        message = f"{_quoted(value)} does not match {error.kind.pattern}"
    elif error.kind.name == "format" and error.kind.format == "byte":
        plain = "Encode it (base64 -w0), or write it as it is under stringData."
        return BAD_FORM.finding(path, "this is no base64 text", plain)  # and may be a secret
    elif error.kind.name == "format":
        message = f"{_quoted(value)} is no {error.kind.format}"
    else:
        message = f"{_quoted(value)} satisfies none of the forms that are allowed here"
    hint = "It is a placeholder: substitute it before (envsubst)." if "${" in str(value) else None
    return BAD_FORM.finding(path, message, hint)


def _at(schema: dict[str, Any], path: Path) -> dict[str, Any] | None:
    """Return the schema at a path of an instance."""
    node: Any = _resolved(schema, schema)
    for part in path:
        if isinstance(part, int):
            node = node.get("items")
        else:
            node = node.get("properties", {}).get(part) or node.get("additionalProperties")
        if not isinstance(node, dict):
            return None
        node = _resolved(node, schema)
    return node if isinstance(node, dict) else None


def _resolved(node: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: dict[str, Any] = root["$defs"][node["$ref"].removeprefix("#/$defs/")]
        node = target
    return node


def _places(schema: dict[str, Any], name: str) -> list[tuple[str, ...]]:
    """Return the nearest places of a schema that have a field of a name."""
    if id(schema) not in _PLACES:
        _PLACES[id(schema)] = schema, _index(schema)
    return _PLACES[id(schema)][1].get(name, [])[:_MOST_PLACES]


_PLACES: dict[int, tuple[dict[str, Any], dict[str, list[tuple[str, ...]]]]] = {}
"""By schema (kept, so that its identity stays its own): where the fields of each name are nearest."""


def _index(schema: dict[str, Any]) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    seen: set[int] = set()
    level: list[tuple[tuple[str, ...], dict[str, Any]]] = [((), _resolved(schema, schema))]
    while level:
        here: dict[str, list[tuple[str, ...]]] = {}
        below: list[tuple[tuple[str, ...], dict[str, Any]]] = []
        for path, node in level:
            if id(node) in seen or path[:1] == ("status",):
                continue
            seen.add(id(node))
            for name in node.get("properties", ()) if path else ():
                here.setdefault(name, []).append(path)
            below += [(p, _resolved(child, schema)) for p, child in _steps(path, node)]
        found = {**here, **found}
        level = below
    return found


def _steps(path: tuple[str, ...], node: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    for name, child in node.get("properties", {}).items():
        yield (*path, name), child
    for key, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if isinstance(node.get(key), dict) and path:
            yield (*path[:-1], path[-1] + mark), node[key]


def _quoted(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _json_type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    names = {int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _article(json_type: str) -> str:
    names = {
        "array": "a list",
        "boolean": "a boolean",
        "integer": "an integer",
        "null": "null",
        "number": "a number",
        "object": "a map",
        "string": "a text",
    }
    return names[json_type]
