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
_META = "apimachinery.pkg.apis.meta.v1.ObjectMeta"


def strict(structural: dict[str, Any]) -> dict[str, Any]:
    """Return JSON Schema (draft 2020-12) for documents without nulls, without CEL rules and list-map keys.

    Subschemas that occur more than once become ``$defs``, so that a compiler sees each of them once.
    """
    root = {**structural, "properties": {**structural["properties"], "metadata": _REFERENCE}}
    converter = _Converter(root)
    schema = converter.node(root)
    definitions = {**converter.definitions, **_metadata()}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "$defs": definitions}


_REFERENCE: dict[str, Any] = {"$ref": f"#/$defs/{_META}"}


def _metadata() -> dict[str, Any]:
    service = core_schema(_META_MINOR, "v1", "ConfigMap") or {}
    names = (
        _META,
        "apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry",
        "apimachinery.pkg.apis.meta.v1.OwnerReference",
    )
    rest = ("apimachinery.pkg.apis.meta.v1.Time", "apimachinery.pkg.apis.meta.v1.FieldsV1")
    return {name: service["$defs"][name] for name in (*names, *rest)}


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
        if self._seen.get(id(node), 0) < 2 or not ("properties" in node or "items" in node):  # noqa: PLR2004
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
            text = {"type": "string", "minLength": 1}
            out["properties"] = {
                "apiVersion": text,
                "kind": text,
                "metadata": _REFERENCE,
                **out.get("properties", {}),
            }
        values = node.get("additionalProperties")
        if isinstance(values, dict):
            out["additionalProperties"] = self.node(values)
        elif not node.get("x-kubernetes-preserve-unknown-fields"):
            out["additionalProperties"] = False


def _type(node: dict[str, Any], out: dict[str, Any]) -> None:
    if node.get("x-kubernetes-int-or-string"):
        out["type"] = ["integer", "string"]
    elif "type" in node:
        out["type"] = [node["type"], "null"] if node.get("nullable") else node["type"]
    limit = _INTEGERS.get(node.get("format", ""))
    if limit:
        out["minimum"] = max(out.get("minimum", -limit), -limit)
        out["maximum"] = min(out.get("maximum", limit - 1), limit - 1)
    elif "format" in node:
        out["format"] = node["format"]


def _children(node: dict[str, Any]) -> list[dict[str, Any]]:
    found = list(node.get("properties", {}).values())
    return found + [node[key] for key in ("items", "additionalProperties") if isinstance(node.get(key), dict)]
