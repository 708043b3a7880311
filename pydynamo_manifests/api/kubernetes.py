"""Schemas of Kubernetes' own types, from the files of ``data/kubernetes`` (one per minor release)."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from pydynamo_manifests.errors import UnknownNameError

__all__ = ["QUANTITY", "core_schema", "kinds", "minors", "structural"]

QUANTITY = (
    r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))"
    r"(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$"
)
"""What a Kubernetes quantity looks like (apimachinery, resource.Quantity)."""

INT_OR_STRING: dict[str, Any] = {
    "anyOf": [{"type": "integer"}, {"type": "string"}],
    "x-kubernetes-int-or-string": True,
}
_SCALARS: dict[str, dict[str, Any]] = {
    "quantity": {**INT_OR_STRING, "pattern": QUANTITY},
    "int-or-string": INT_OR_STRING,
}
_STRICT_SCALARS: dict[str, dict[str, Any]] = {
    "quantity": {"type": ["string", "number"], "pattern": QUANTITY},
    "int-or-string": {"type": ["string", "integer"]},
}
_INTEGERS = {"int32": 2**31, "int64": 2**63}
_FOLDER = Path(__file__).parents[1] / "data" / "kubernetes"
_OBJECT_META = "apimachinery.pkg.apis.meta.v1.ObjectMeta"
_STRINGS = {"type": "object", "additionalProperties": {"type": "string"}}
_EMBEDDED_META: dict[str, Any] = {
    "type": "object",
    "properties": {
        "annotations": _STRINGS,
        "finalizers": {"type": "array", "items": {"type": "string"}},
        "labels": _STRINGS,
        "name": {"type": "string"},
        "namespace": {"type": "string"},
    },
}
_BARE_META: dict[str, Any] = {"type": "object"}


@cache
def minors() -> tuple[str, ...]:
    """Return the minor releases of Kubernetes whose schemas are here, from the oldest to the newest."""
    names = (file.name.removesuffix(".json.gz") for file in _FOLDER.glob("*.json.gz"))
    return tuple(sorted(names, key=lambda name: tuple(map(int, name.split(".")))))


def kinds(minor: str) -> tuple[str, ...]:
    """Return ``apiVersion/Kind`` of every kind that a minor serves as objects."""
    return tuple(_data(minor)["kinds"])


@cache
def core_schema(minor: str, api_version: str, kind: str) -> dict[str, Any] | None:
    """Return the strict JSON Schema (draft 2020-12) of a core object, None for a kind that the minor lacks.

    Unknown fields are refused. Nulls must be dropped before, as the API server does.

    Args:
        minor: A Kubernetes minor (``1.34``).
        api_version: For example ``apps/v1``.
        kind: For example ``Deployment``.

    Raises:
        UnknownNameError: No schemas of that minor are here.
    """
    name = _data(minor)["kinds"].get(f"{api_version}/{kind}")
    if name is None:
        return None
    found: dict[str, Any] = {}
    _collect(minor, name, found)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": f"#/$defs/{name}",
        "$defs": found,
    }


@cache
def structural(minor: str, name: str, *, embedded_metadata: bool = True) -> dict[str, Any]:
    """Return a type as a structural OpenAPI schema with every reference inlined.

    The result is shared between callers (equal types are the same object): copy it to change it.

    Args:
        minor: A Kubernetes minor (``1.36``).
        name: The definition without ``io.k8s.`` (``api.core.v1.PodTemplateSpec``).
        embedded_metadata: Let the metadata of templates hold labels, annotations, finalizers, name and
            namespace, as CRDs since Dynamo 1.3 do; without, only ``type: object``.
    """
    if name == _OBJECT_META:
        return _EMBEDDED_META if embedded_metadata else _BARE_META
    definition = _data(minor)["definitions"][name]
    return _inline(minor, definition, embedded_metadata=embedded_metadata)


def _inline(minor: str, node: dict[str, Any], *, embedded_metadata: bool) -> dict[str, Any]:
    if "$ref" in node:
        return structural(minor, node["$ref"], embedded_metadata=embedded_metadata)
    if node.get("format") in _SCALARS:
        return _SCALARS[node["format"]]
    out = dict(node)
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            out[key] = _inline(minor, node[key], embedded_metadata=embedded_metadata)
    if "properties" in node:
        children = node["properties"].items()
        out["properties"] = {n: _inline(minor, c, embedded_metadata=embedded_metadata) for n, c in children}
    return out


def _collect(minor: str, name: str, found: dict[str, Any]) -> None:
    if name in found:
        return
    found[name] = {}
    definition = _data(minor)["definitions"][name]
    found[name] = _strict(minor, definition, found)


def _strict(minor: str, node: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        _collect(minor, node["$ref"], found)
        return {"$ref": f"#/$defs/{node['$ref']}"}
    if node.get("format") in _STRICT_SCALARS:
        return _STRICT_SCALARS[node["format"]]
    out = {key: value for key, value in node.items() if not key.startswith("x-") and key != "default"}
    if node.get("format") in _INTEGERS:
        limit = _INTEGERS[out.pop("format")]
        out |= {"minimum": -limit, "maximum": limit - 1}
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            out[key] = _strict(minor, node[key], found)
    if "properties" in node:
        out["properties"] = {n: _strict(minor, c, found) for n, c in node["properties"].items()}
        out.setdefault("additionalProperties", node.get("x-kubernetes-preserve-unknown-fields", False))
    return out


@cache
def _data(minor: str) -> dict[str, Any]:
    file = _FOLDER / f"{minor}.json.gz"
    if not file.is_file():
        raise UnknownNameError("Kubernetes minor", minor, minors())
    data: dict[str, Any] = json.loads(gzip.decompress(file.read_bytes()))
    return data
