"""What every values model shares: closed, camelCase as in the chart, null takes away."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

__all__ = [
    "KNOBS",
    "MAX_INTEGER",
    "SHARED",
    "Amount",
    "ArgValue",
    "Content",
    "Count",
    "EnvValue",
    "Fragment",
    "Fragments",
    "Quantity",
    "StringMap",
    "TextOrKnob",
    "Values",
]

MAX_INTEGER = 2**53 - 1
"""Helm reads numbers as float64: integers beyond this would change silently."""

Knob = Literal[
    "model.name",
    "model.servedName",
    "model.revision",
    "model.path",
    "gpus",
    "nodes",
    "totalGpus",
    "dynamo.release",
]
KNOBS: tuple[str, ...] = get_args(Knob)
"""What ``{from: ...}`` may name; everything else is a literal."""

ENV_SOURCES = ("configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef")
"""The sources of a variable in the core API (v1.EnvVarSource)."""


class Values(BaseModel):
    """A block of values: unknown keys are refused, types are not coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True, protected_namespaces=())


def _number_fits(value: float) -> float:
    if not abs(value) <= MAX_INTEGER:
        raise ValueError(f"beyond 2^53, where Helm changes numbers silently: write it as text, '{value}'")
    return value


def _check_tree(value: Any) -> Any:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ValueError(f"a key is text, not {key!r}: quote it")  # noqa: TRY004 - pydantic reports ValueError only
            _check_tree(item)
    elif isinstance(value, list):
        for item in value:
            _check_tree(item)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        _number_fits(value)
    elif value is not None and not isinstance(value, (str, bool)):
        raise ValueError(f"a {type(value).__name__} is not a value of JSON")
    return value


def _check_trees(value: list[Any]) -> list[Any]:
    if not all(item is None or isinstance(item, dict) for item in value):
        raise ValueError("each item must be a map")
    return _check_tree(value)  # type: ignore[no-any-return]


def _check_from(value: dict[str, Any]) -> None:
    if len(value) != 1:
        raise ValueError("'from' stands alone: {from: KNOB}")
    if value["from"] not in KNOBS:
        raise ValueError(f"no knob {value['from']!r}: one of {', '.join(KNOBS)}")


def _check_arg(value: Any) -> Any:
    if isinstance(value, dict) and "from" in value:
        _check_from(value)
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, list):
                raise ValueError("a list holds one token each, no list")  # noqa: TRY004 - pydantic reports ValueError only
            _check_arg(item)
    return _check_tree(value)


def _check_env(value: Any) -> Any:
    if isinstance(value, list):
        raise ValueError("a variable is text, a number, {from: KNOB} or one source; a list is none of them")  # noqa: TRY004 - pydantic reports ValueError only
    if isinstance(value, dict) and "from" in value:
        _check_from(value)
    elif isinstance(value, dict) and [k for k, v in value.items() if v is not None and k in ENV_SOURCES] != [
        k for k, v in value.items() if v is not None
    ]:
        raise ValueError(f"a variable's source is one of {', '.join(ENV_SOURCES)}")
    return _check_tree(value)


def _check_content(value: Any) -> Any:
    if value is not None and not isinstance(value, (str, dict)):
        raise ValueError("a file is text, or a map that is written as JSON; quote a number")
    return _check_tree(value)


def _check_text(value: Any) -> Any:
    if isinstance(value, dict):
        if "from" not in value:
            raise ValueError("text, or {from: KNOB}")
        _check_from(value)
    elif value is not None and not isinstance(value, str):
        raise ValueError("text, or {from: KNOB}; quote a number")
    return value


_NUMBER_BOUNDS = {"minimum": -MAX_INTEGER, "maximum": MAX_INTEGER}
_TREE = {"$comment": "Tree"}
_FROM = {"from": {"enum": list(KNOBS)}}
SHARED: dict[str, Any] = {
    "Knob": {"properties": _FROM, "additionalProperties": False},
    "Tree": {**_NUMBER_BOUNDS, "items": _TREE, "additionalProperties": _TREE},
}
"""Definitions of charts' schemas that a comment refers to; ``Tree`` is any value whose numbers Helm keeps."""

_IN_TREE = {"additionalProperties": _TREE}
_OR_KNOB = {"dependencies": {"from": {"$comment": "Knob"}}}
_TOKEN_SCHEMA: dict[str, Any] = {
    "type": ["boolean", "null", "number", "object", "string"],
    **_NUMBER_BOUNDS,
    **_IN_TREE,
    **_OR_KNOB,
}
_ARG_SCHEMA: dict[str, Any] = {
    **_TOKEN_SCHEMA,
    "type": ["array", *_TOKEN_SCHEMA["type"]],
    "items": _TOKEN_SCHEMA,
}
_ENV_SCHEMA: dict[str, Any] = {
    "type": ["boolean", "null", "number", "object", "string"],
    **_NUMBER_BOUNDS,
    "properties": {
        "from": {},
        **{name: {"type": ["null", "object"], **_IN_TREE} for name in ENV_SOURCES},
    },
    "additionalProperties": False,
    **_OR_KNOB,
}

ArgValue = Annotated[Any, AfterValidator(_check_arg), WithJsonSchema(_ARG_SCHEMA)]
"""A flag's value: ``true`` is a bare flag, false or null none, a list several tokens, a map JSON text."""

EnvValue = Annotated[Any, AfterValidator(_check_env), WithJsonSchema(_ENV_SCHEMA)]
"""A variable: a literal, ``{from: KNOB}``, or one of the core API's sources."""

TextOrKnob = Annotated[
    Any,
    AfterValidator(_check_text),
    WithJsonSchema(
        {
            "type": ["null", "object", "string"],
            "required": ["from"],
            "properties": _FROM,
            "additionalProperties": False,
        }
    ),
]
"""Text, or ``{from: KNOB}``."""

Content = Annotated[
    Any,
    AfterValidator(_check_content),
    WithJsonSchema({"type": ["null", "object", "string"], **_IN_TREE}),
]
"""A file: text, or a map written as JSON."""

Amount = Annotated[float, Field(ge=-MAX_INTEGER, le=MAX_INTEGER)]
"""A number within Helm's exact range."""

Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
"""A whole number of things: an int32 in the API."""

Quantity = str | Annotated[int, Field(ge=0, le=MAX_INTEGER)] | Annotated[float, Field(ge=0, le=MAX_INTEGER)]
"""An amount of a resource in Kubernetes' notation: ``4``, ``0.5``, ``80Gi``."""

StringMap = dict[str, str | None]
Fragment = Annotated[
    dict[str, Any], AfterValidator(_check_tree), WithJsonSchema({"type": "object", **_IN_TREE})
]
"""A piece of the Kubernetes API, checked by ``validate`` and by the API server."""

Fragments = Annotated[
    list[Any],
    AfterValidator(_check_trees),
    WithJsonSchema({"type": "array", "items": {"type": ["null", "object"], **_IN_TREE}}),
]
"""A list of pieces of the Kubernetes API."""
