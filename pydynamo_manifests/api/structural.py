"""From a model to the structural OpenAPI schema of one release."""

from __future__ import annotations

import types
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydynamo_manifests.api import kubernetes
from pydynamo_manifests.api.base import Model
from pydynamo_manifests.api.docs import docs_of
from pydynamo_manifests.api.marks import (
    At,
    Default,
    Embedded,
    Gone,
    Mark,
    OpaqueIfCompact,
    PreserveUnknown,
    Required,
    Rule,
    Schema,
    Since,
    Until,
    Values,
)
from pydynamo_manifests.errors import DynamoManifestsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic.fields import FieldInfo

    from pydynamo_manifests.releases import Release

__all__ = ["Builder"]

_SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean"}
_RULES = "x-kubernetes-validations"
_EMBEDDED_METADATA_SINCE = "1.3"


def kubernetes_minor(release: Release) -> str:
    """Return the minor of k8s.io/api that a release's CRDs embed.

    Upstream's CRDs up to August 2026 have exactly the fields of these minors; 1.5 and 1.6 are taken to embed
    what 1.4 does, as none of theirs was seen.
    """
    for minor, since in (("1.36", "1.3"), ("1.34", "1.0")):
        if release.within(since):
            return minor
    return "1.33"


class Builder:
    """Builds the schemas of one release; equal models are built once and shared."""

    def __init__(self, release: Release, *, descriptions: bool, compact: bool = False) -> None:
        self.release = release
        self.descriptions = descriptions
        self.compact = compact
        self.minor = kubernetes_minor(release)
        self.embedded_metadata = release.within(_EMBEDDED_METADATA_SINCE)
        self.model = cache(self._model)

    def _model(self, model: type[Model]) -> dict[str, Any]:
        """Return the schema of an object."""
        fields = {name: info for name, info in model.model_fields.items() if self._exists(info)}
        out: dict[str, Any] = {"type": "object"}
        for mark in self._holding(model.marks):
            if isinstance(mark, Embedded):
                out = dict(self._embedded(mark))
        if fields:
            out["properties"] = dict(out.get("properties", ()))
            out["properties"] |= {_json(n, i): self._field(model, n, i) for n, i in fields.items()}
        required = [_json(name, info) for name, info in fields.items() if self._required(info)]
        if required:
            out["required"] = sorted(required)
        self._apply(out, [m for m in model.marks if not isinstance(m, Embedded)])
        return out

    def _field(self, model: type[Model], name: str, info: FieldInfo) -> dict[str, Any]:
        node = self._type(info.annotation, info.metadata, f"{model.__name__}.{name}")
        if self.descriptions and (text := docs_of(model).get(name)):
            node["description"] = text
        return node

    def _exists(self, info: FieldInfo) -> bool:
        return all(m.holds(self.release) for m in info.metadata if isinstance(m, (Since, Until, Gone)))

    def _required(self, info: FieldInfo) -> bool:
        return info.is_required() or any(isinstance(m, Required) for m in self._holding(info.metadata))

    def _holding(self, marks: Iterable[Any]) -> list[Mark]:
        return [m for m in marks if isinstance(m, Mark) and m.holds(self.release)]

    def _type(self, annotation: Any, marks: Iterable[Any], where: str) -> dict[str, Any]:
        """Return a new schema of a type with its marks."""
        marks = list(marks)
        if get_origin(annotation) is Annotated:
            inner, *more = get_args(annotation)
            if any(isinstance(mark, (Since, Until, Gone)) for mark in more):
                raise DynamoManifestsError(
                    f"{where}: Since, Until and Gone belong to the field, not to a part of its type"
                )
            return self._type(inner, [*more, *marks], where)
        optional = _optional(annotation)
        if optional is not None:
            return self._type(optional, marks, where)
        if self.compact and any(isinstance(m, OpaqueIfCompact) for m in marks):
            return {"type": "object", **PreserveUnknown().keywords}
        embedded = next((m for m in marks if isinstance(m, Embedded)), None)
        node = dict(self._embedded(embedded) if embedded else self._plain(annotation, where))
        self._apply(node, marks)
        return node

    def _plain(self, annotation: Any, where: str) -> dict[str, Any]:
        origin, args = get_origin(annotation), get_args(annotation)
        if annotation in _SCALARS:
            return {"type": _SCALARS[annotation]}
        if origin is Literal:
            return {"type": "string", "enum": list(args)}
        if origin is list:
            return {"type": "array", "items": self._type(args[0], (), where)}
        if origin is dict:
            values = {} if args[1] is Any else {"additionalProperties": self._type(args[1], (), where)}
            return {"type": "object", **values}
        if annotation is Any:
            return {}
        if isinstance(annotation, type) and issubclass(annotation, Model):
            return self.model(annotation)
        raise DynamoManifestsError(f"{where}: {annotation!r} has no structural schema")

    def _embedded(self, mark: Embedded) -> dict[str, Any]:
        node = kubernetes.structural(self.minor, mark.name, embedded_metadata=self.embedded_metadata)
        if not mark.optional:
            return node
        required = [key for key in node.get("required", ()) if key not in mark.optional]
        rest = {key: value for key, value in node.items() if key != "required"}
        return {**rest, "required": required} if required else rest

    def _apply(self, node: dict[str, Any], marks: Iterable[Any]) -> None:
        """Write marks that hold into a schema, which must be the caller's own."""
        for mark in self._holding(marks):
            if isinstance(mark, Schema):
                node.update(mark.keywords)
            elif isinstance(mark, Default):
                node["default"] = mark.value
            elif isinstance(mark, Rule):
                node[_RULES] = [*node.get(_RULES, ()), mark.keywords()]
            elif isinstance(mark, At):
                self._apply(_own(node, mark.path), [mark.mark])
        for mark in marks:
            if isinstance(mark, Values) and not mark.holds(self.release):
                node["enum"] = [value for value in node["enum"] if value not in mark.values]


def _own(node: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the schema at a path below one, after copying what is shared on the way."""
    for step in path.replace("[]", ".[]").replace("{}", ".{}").split("."):
        if step in ("[]", "{}"):
            key = "items" if step == "[]" else "additionalProperties"
            node[key] = dict(node[key])
            node = node[key]
        elif step:
            node["properties"] = dict(node["properties"])
            node["properties"][step] = dict(node["properties"][step])
            node = node["properties"][step]
    return node


def _optional(annotation: Any) -> Any:
    if get_origin(annotation) not in (Union, types.UnionType):
        return None
    inner = [arg for arg in get_args(annotation) if arg is not type(None)]
    return inner[0] if len(inner) == 1 else None


def _json(name: str, info: FieldInfo) -> str:
    return info.alias or name
