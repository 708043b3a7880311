"""The schemas of Kubernetes' own types, one compressed file per minor release.

The source is the kubernetes-validate package (a development dependency), which carries the OpenAPI
definitions of each minor as JSON Schema. Descriptions and ``null`` types go, names get short, and the
defaults that Kubernetes' Go types declare but its OpenAPI document omits are put back, because a CRD
that embeds the type needs them (a list keyed by ``protocol`` without a default is refused).
"""

from __future__ import annotations

import gzip
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

OLDEST = (1, 30)
ROOT = Path(__file__).resolve().parents[2]
TARGET = Path("pydynamo_manifests/data/kubernetes")

_ATOMIC_NAME = {"x-kubernetes-map-type": "atomic", "properties": {"name": {"default": ""}}}
GO_MARKERS: dict[str, dict[str, Any]] = {
    "api.core.v1.AzureDiskVolumeSource": {
        "properties": {"fsType": {"default": "ext4"}, "readOnly": {"default": False}}
    },
    "api.core.v1.ConfigMapEnvSource": _ATOMIC_NAME,
    "api.core.v1.ConfigMapKeySelector": {"properties": {"name": {"default": ""}}},
    "api.core.v1.ConfigMapProjection": _ATOMIC_NAME,
    "api.core.v1.ConfigMapVolumeSource": _ATOMIC_NAME,
    "api.core.v1.ContainerPort": {"properties": {"protocol": {"default": "TCP"}}},
    "api.core.v1.FileKeySelector": {"properties": {"optional": {"default": False}}},
    "api.core.v1.GRPCAction": {"properties": {"service": {"default": ""}}},
    "api.core.v1.ISCSIVolumeSource": {"properties": {"iscsiInterface": {"default": "default"}}},
    "api.core.v1.LocalObjectReference": {"properties": {"name": {"default": ""}}},
    "api.core.v1.RBDVolumeSource": {
        "properties": {
            "keyring": {"default": "/etc/ceph/keyring"},
            "pool": {"default": "rbd"},
            "user": {"default": "admin"},
        }
    },
    "api.core.v1.ScaleIOVolumeSource": {
        "properties": {"fsType": {"default": "xfs"}, "storageMode": {"default": "ThinProvisioned"}}
    },
    "api.core.v1.SecretEnvSource": _ATOMIC_NAME,
    "api.core.v1.SecretKeySelector": {"properties": {"name": {"default": ""}}},
    "api.core.v1.SecretProjection": _ATOMIC_NAME,
}
"""What ``+default`` and ``+structType`` in k8s.io/api say (same text from 1.30 to 1.37)."""

SCALARS = {
    "apimachinery.pkg.api.resource.Quantity": {"format": "quantity"},
    "apimachinery.pkg.util.intstr.IntOrString": {"format": "int-or-string"},
}
OPEN = {"apimachinery.pkg.apis.meta.v1.FieldsV1", "apimachinery.pkg.runtime.RawExtension"}
DROPPED = {
    "description",
    "x-kubernetes-group-version-kind",
    "x-kubernetes-patch-merge-key",
    "x-kubernetes-patch-strategy",
    "x-kubernetes-unions",
}


def short(name: str) -> str:
    """Drop the prefix that all definition names share."""
    return name.removeprefix("io.k8s.")


def trim(node: Any) -> Any:
    """Return a schema without descriptions, ``null`` types and long references."""
    if isinstance(node, list):
        return [trim(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": short(node["$ref"].rsplit("/", 1)[1])}
    return {key: _trim_keyword(key, value) for key, value in node.items() if key not in DROPPED}


def _trim_keyword(key: str, value: Any) -> Any:
    if key == "properties":
        return {name: trim(child) for name, child in value.items()}
    if key == "type" and isinstance(value, list):
        return next(item for item in value if item != "null")
    return trim(value)


def merge(into: dict[str, Any], extra: dict[str, Any]) -> None:
    """Merge keywords into a schema, skipping properties that this minor does not have."""
    for key, value in extra.items():
        if key == "properties":
            for name, keywords in value.items():
                if name in into.get("properties", {}):
                    into["properties"][name].update(keywords)
        else:
            into[key] = value


def definition(name: str, source: dict[str, Any]) -> dict[str, Any]:
    """Return one trimmed definition."""
    if name in SCALARS:
        return dict(SCALARS[name])
    trimmed: dict[str, Any] = trim(source)
    if name in OPEN:
        trimmed["x-kubernetes-preserve-unknown-fields"] = True
    merge(trimmed, GO_MARKERS.get(name, {}))
    return trimmed


def kinds(definitions: dict[str, Any]) -> dict[str, str]:
    """Map ``apiVersion/Kind`` to the definition of each kind that is an object of its own."""
    return {
        "/".join(filter(None, (gvk["group"], gvk["version"], gvk["kind"]))): short(name)
        for name, source in definitions.items()
        for gvk in source.get("x-kubernetes-group-version-kind", ())
        if "metadata" in source.get("properties", {}) and not gvk["kind"].endswith("List")
    }


def content(folder: Any) -> bytes:
    """Return what the file of one minor holds."""
    document = json.loads((folder / "_definitions.json").read_text("utf-8"))
    source = document.get("$defs", document.get("definitions"))
    data = {
        "kinds": dict(sorted(kinds(source).items())),
        "definitions": {short(name): definition(short(name), source[name]) for name in sorted(source)},
    }
    return json.dumps(data, separators=(",", ":"), sort_keys=True).encode()


def compressed(data: bytes, before: Path) -> bytes:
    """Compress, or return the file that holds the same already: the bytes differ between builds of zlib."""
    if before.exists() and gzip.decompress(before.read_bytes()) == data:
        return before.read_bytes()
    return gzip.compress(data, 9, mtime=0)


def generate() -> dict[str, bytes]:
    """Return the file of each minor from the oldest that Dynamo's newest releases run on."""
    found: dict[str, bytes] = {}
    for folder in files("kubernetes_validate").joinpath("kubernetes-json-schema").iterdir():
        if folder.name.endswith("-local"):
            major, minor, _ = folder.name.removesuffix("-local").lstrip("v").split(".")
            if (int(major), int(minor)) >= OLDEST:
                path = TARGET / f"{major}.{minor}.json.gz"
                found[str(path)] = compressed(content(folder), ROOT / path)
    return found
