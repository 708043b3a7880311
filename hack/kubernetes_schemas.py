"""Vendor the schemas of Kubernetes' own types, one compressed file per minor release.

The source is the kubernetes-validate package (a development dependency), which carries the OpenAPI
definitions of each minor as JSON Schema. Descriptions and ``null`` types go, names get short, and the
defaults that Kubernetes' Go types declare but its OpenAPI document omits are put back, because a CRD
that embeds the type needs them (a list keyed by ``protocol`` without a default is refused).

    python hack/kubernetes_schemas.py            write pydynamo_manifests/data/kubernetes/
    python hack/kubernetes_schemas.py --check    fail when a file differs
"""

from __future__ import annotations

import gzip
import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

OLDEST = (1, 30)
TARGET = Path(__file__).resolve().parent.parent / "pydynamo_manifests" / "data" / "kubernetes"

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


def vendor(folder: Any) -> bytes:
    """Return the compressed file of one minor; the bytes depend on the definitions only."""
    document = json.loads((folder / "_definitions.json").read_text("utf-8"))
    source = document.get("$defs", document.get("definitions"))
    data = {
        "kinds": dict(sorted(kinds(source).items())),
        "definitions": {short(name): definition(short(name), source[name]) for name in sorted(source)},
    }
    text = json.dumps(data, separators=(",", ":"), sort_keys=True)
    return gzip.compress(text.encode(), 9, mtime=0)


def outputs() -> dict[Path, bytes]:
    """Return the content of every file that this script writes."""
    found: dict[Path, bytes] = {}
    for folder in sorted(
        files("kubernetes_validate").joinpath("kubernetes-json-schema").iterdir(), key=lambda f: f.name
    ):
        if folder.name.endswith("-local"):
            major, minor, _ = folder.name.removesuffix("-local").lstrip("v").split(".")
            if (int(major), int(minor)) >= OLDEST:
                found[TARGET / f"{major}.{minor}.json.gz"] = vendor(folder)
    return found


def main() -> int:
    """Write the files, or with ``--check`` say which differ."""
    wanted = outputs()
    present = set(TARGET.glob("*.json.gz"))
    stale = [
        path for path in wanted.keys() | present if not path.exists() or wanted.get(path) != path.read_bytes()
    ]
    if "--check" in sys.argv[1:]:
        for path in sorted(stale):
            print(f"{path} is not what hack/kubernetes_schemas.py makes", file=sys.stderr)
        return 1 if stale else 0
    TARGET.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.unlink(missing_ok=True)
        if path in wanted:
            path.write_bytes(wanted[path])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
