"""From a structural schema to strict JSON Schema: what the API server would prune or refuse is refused."""

from __future__ import annotations

from typing import Any

from pydynamo_manifests.api.kubernetes import core_schema

__all__ = ["strict"]

_KEPT = (
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "required",
    "enum",
    "multipleOf",
)
_INTEGERS = {"int32": 2**31, "int64": 2**63}
_META_MINOR = "1.30"
_META_PACKAGE = "apimachinery.pkg.apis.meta.v1."
_METADATA: dict[str, Any] = {"$ref": f"#/$defs/{_META_PACKAGE}ObjectMeta"}
_EMBEDDED: dict[str, Any] = {
    "apiVersion": {"type": "string", "minLength": 1, "pattern": "^[^/]*(/[^/]*)?$"},
    "kind": {"type": "string", "maxLength": 63, "pattern": "^[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?$"},
    "metadata": _METADATA,
}
"""What the API server asks of an object inside an object (apiextensions-apiserver, objectmeta validation)."""


def strict(structural: dict[str, Any]) -> dict[str, Any]:
    """Return JSON Schema (draft 2020-12) for documents without nulls, without CEL rules and list-map keys.

    Subschemas that occur more than once become ``$defs``, so that a compiler sees each of them once.
    """
    root = {**structural, "properties": {**structural["properties"], "metadata": _METADATA}}
    converter = _Converter(root)
    schema = converter.node(root)
    definitions = {**converter.definitions, **_metadata()}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "$defs": definitions}


def _metadata() -> dict[str, Any]:
    """Return the definition of metadata, which the server decodes by itself: there, null means left out."""
    schema = core_schema(_META_MINOR, "v1", "ConfigMap") or {}
    names = ("ObjectMeta", "ManagedFieldsEntry", "OwnerReference", "Time", "FieldsV1")
    return {f"{_META_PACKAGE}{name}": _nullable(schema["$defs"][f"{_META_PACKAGE}{name}"]) for name in names}


def _nullable(node: dict[str, Any]) -> dict[str, Any]:
    out = dict(node)
    if isinstance(node.get("type"), str):
        out["type"] = [node["type"], "null"]
    if "properties" in node:
        out["properties"] = {name: _nullable(child) for name, child in node["properties"].items()}
    if isinstance(node.get("additionalProperties"), dict):
        out["additionalProperties"] = _nullable(node["additionalProperties"])
    return out


class _Converter:
    def __init__(self, root: dict[str, Any]) -> None:
        self.definitions: dict[str, Any] = {}
        self._names: dict[int, str] = {}
        self._seen: dict[int, int] = {}
        self._count(root)

    def _count(self, node: dict[str, Any]) -> None:
        self._seen[id(node)] = self._seen.get(id(node), 0) + 1
        if self._seen[id(node)] == 1:
            for child in _children(node):
                self._count(child)

    def node(self, node: dict[str, Any]) -> dict[str, Any]:
        shared = self._seen.get(id(node), 0) > 1 and ("properties" in node or "items" in node)
        if not shared:
            return self._convert(node)
        if id(node) not in self._names:
            self._names[id(node)] = name = f"s{len(self._names)}"
            self.definitions[name] = self._convert(node)
        return {"$ref": f"#/$defs/{self._names[id(node)]}"}

    def _convert(self, node: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in node:
            return node
        out = {key: node[key] for key in _KEPT if key in node}
        _type(node, out)
        if node.get("type") == "object":
            self._object(node, out)
        if "items" in node:
            out["items"] = self.node(node["items"])
        if node.get("x-kubernetes-list-type") == "set":
            out["uniqueItems"] = True
        return out

    def _object(self, node: dict[str, Any], out: dict[str, Any]) -> None:
        if "properties" in node:
            out["properties"] = {name: self.node(child) for name, child in node["properties"].items()}
        if node.get("x-kubernetes-embedded-resource"):
            out["required"] = sorted({*out.get("required", ()), "apiVersion", "kind"})
            out["properties"] = {**_EMBEDDED, **out.get("properties", {})}
        values = node.get("additionalProperties")
        if isinstance(values, dict):
            out["additionalProperties"] = self.node(values)
        elif not node.get("x-kubernetes-preserve-unknown-fields"):
            out.setdefault("properties", {})  # without it, the error would not name the field
            out["additionalProperties"] = False


def _type(node: dict[str, Any], out: dict[str, Any]) -> None:
    if node.get("x-kubernetes-int-or-string"):
        out["type"] = ["integer", "string"]
        _limit(out, "int64")
    elif "type" in node:
        out["type"] = [node["type"], "null"] if node.get("nullable") else node["type"]
        if node["type"] == "integer":
            _limit(out, node.get("format", "int64"))
        elif "format" in node:
            out["format"] = node["format"]


def _limit(out: dict[str, Any], integer: str) -> None:
    """Add the range of Go's type: a larger number is no integer to the API server."""
    limit = _INTEGERS[integer]
    out["minimum"] = max(out.get("minimum", -limit), -limit)
    out["maximum"] = min(out.get("maximum", limit - 1), limit - 1)


def _children(node: dict[str, Any]) -> list[dict[str, Any]]:
    found = list(node.get("properties", {}).values())
    return found + [node[key] for key in ("items", "additionalProperties") if isinstance(node.get(key), dict)]
