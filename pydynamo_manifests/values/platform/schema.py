"""The platform chart's ``values.schema.json``: the common shape, removed keys, and what may be null."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydynamo_manifests.values.base import Values
from pydynamo_manifests.values.platform import PlatformValues
from pydynamo_manifests.values.platform.removed import REMOVED
from pydynamo_manifests.values.schema import values_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["platform_schema"]


def platform_schema() -> dict[str, Any]:
    """Return the schema. Removed keys are refused with what to write instead, which Helm prints."""
    schema = values_schema(PlatformValues, "Values of the dynamo-platform chart")
    definitions = schema["definitions"]
    nullable = {cls.__name__ for cls in _nullable(PlatformValues)}
    for name, definition in definitions.items():
        if "properties" in definition and name not in nullable:
            definition["type"] = "object"
    definitions["Global"]["additionalProperties"] = True
    for path, words in REMOVED.items():
        block, _, key = path.rpartition(".")
        home = definitions[block.capitalize()] if block else schema
        home["properties"][key] = {"const": f"moved: {words}"}
    return _merged(schema)


def _merged(schema: dict[str, Any]) -> dict[str, Any]:
    """Write equal blocks once: images differ in their defaults alone, and Helm compiles every block."""
    first: dict[str, str] = {}
    names = {n: first.setdefault(json.dumps(d, sort_keys=True), n) for n, d in schema["definitions"].items()}
    text = json.dumps({**schema, "definitions": {n: schema["definitions"][n] for n in first.values()}})
    for name, kept in names.items():
        text = text.replace(f'"#/definitions/{name}"', f'"#/definitions/{kept}"')
    return dict(json.loads(text))


def _nullable(model: type[Values]) -> Iterator[type[Values]]:
    """Yield the blocks that may be null: a block of its own default has none to fall back on."""
    for field in model.model_fields.values():
        for block, null in _blocks(field.annotation, null=False):
            if null:
                yield block
            yield from _nullable(block)


def _blocks(annotation: Any, *, null: bool) -> Iterator[tuple[type[Values], bool]]:
    if isinstance(annotation, type) and issubclass(annotation, Values):
        yield annotation, null
    elif get_origin(annotation) is dict:
        yield from _blocks(get_args(annotation)[1], null=False)
    else:
        members = get_args(annotation)
        for member in members:
            yield from _blocks(member, null=type(None) in members)
