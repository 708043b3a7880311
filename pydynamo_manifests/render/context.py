"""What a component is rendered with: its values, the graph's, its knobs, and what the model gives it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.render.text import as_json, text

__all__ = ["CACHE_VOLUME", "Context", "cache_of", "cache_path", "digest"]

CACHE_VOLUME = "model-cache"
FILES_VOLUME = "files"
DEFAULT_CACHE_PATH = "/model-cache"
_MAX_KEY = 253


def digest(value: Any) -> str:
    """Return sixteen hex digits that change with the value; the chart computes the same."""
    return hashlib.sha256(as_json(value).encode()).hexdigest()[:16]


def cache_of(values: dict[str, Any]) -> dict[str, Any]:
    """Return the cache's values, or an empty map when the graph has none.

    Raises:
        InputError: More than one kind of storage is given, or none for the download to fill.
    """
    cache = (values.get("model") or {}).get("cache") or {}
    kinds = [k for k in ("existingClaim", "create", "hostPath") if cache.get(k) is not None]
    if len(kinds) > 1:
        raise InputError(f"model.cache has {' and '.join(kinds)}: keep one and set the others to null")
    if not kinds and (cache.get("download") or {}).get("enabled"):
        raise InputError(
            "model.cache.download has no cache to fill: "
            "set model.cache.create.size, model.cache.existingClaim or model.cache.hostPath"
        )
    return cache if kinds else {}


def cache_path(cache: dict[str, Any]) -> str:
    """Return the directory at which components see the cache."""
    return str(cache.get("mountPath") or DEFAULT_CACHE_PATH)


@dataclass(frozen=True)
class Context:
    """One component and all that its rendering reads."""

    values: dict[str, Any]
    fullname: str
    name: str
    component: dict[str, Any]

    @cached_property
    def knobs(self) -> dict[str, Any]:
        """What ``{from: ...}`` may name; ``None`` leaves the flag out."""
        model = self.values.get("model") or {}
        name = model.get("name")
        gpus, nodes = self.component.get("gpus"), self.component.get("nodes") or 1
        return {
            "model.name": name,
            "model.servedName": model.get("servedName") or name,
            "model.revision": model.get("revision"),
            "model.path": model.get("path") or name,
            "gpus": gpus,
            "nodes": nodes,
            "totalGpus": None if gpus is None else gpus * nodes,
            "dynamo.release": (self.values.get("dynamo") or {}).get("release"),
        }

    @cached_property
    def model_secret(self) -> dict[str, Any]:
        """The token Secret, when this component receives it and it has a name."""
        secret = (self.values.get("model") or {}).get("tokenSecret") or {}
        return secret if self.component.get("modelSecret") and secret.get("name") else {}

    @cached_property
    def cache(self) -> dict[str, Any]:
        """The model cache, when this component receives it."""
        return cache_of(self.values) if self.component.get("modelCache") else {}

    @property
    def model_environment(self) -> dict[str, Any]:
        """Variables that come with the token and the cache."""
        out: dict[str, Any] = {}
        if self.cache:
            home = self.cache.get("hfHome")
            out["HF_HOME"] = (cache_path(self.cache) if home is None else home) or None
        if self.model_secret.get("key"):
            out["HF_TOKEN"] = {
                "secretKeyRef": {"name": self.model_secret["name"], "key": self.model_secret["key"]}
            }
        return {k: v for k, v in out.items() if v is not None}

    @property
    def cache_mounts(self) -> dict[str, Any]:
        """The mount of the cache, by path."""
        if not self.cache:
            return {}
        extra = {"subPath": self.cache.get("subPath"), "readOnly": self.cache.get("readOnly")}
        return {cache_path(self.cache): {"name": CACHE_VOLUME, **extra}}

    @cached_property
    def files(self) -> dict[str, str]:
        """Content of the component's files by ConfigMap key."""
        given = self.component.get("files") or {}
        return {key: text(given[path]) for path, key in self.file_keys.items()}

    @cached_property
    def file_keys(self) -> dict[str, str]:
        """ConfigMap keys of the component's files, by path."""
        if not self.component.get("files"):
            return {}
        return file_keys(self.component["files"], f"components.{self.name}.files")

    @property
    def file_mounts(self) -> dict[str, Any]:
        """The mounts of the component's files, by path."""
        return {
            path: {"name": FILES_VOLUME, "subPath": key, "readOnly": True}
            for path, key in self.file_keys.items()
        }

    @property
    def files_name(self) -> str:
        """Name of the ConfigMap with the component's files."""
        return f"{self.fullname}-{self.name.lower()}-files"


def file_keys(files: dict[str, Any], where: str) -> dict[str, str]:
    """Return the ConfigMap keys of absolute paths, whose slashes become dots, in order.

    Raises:
        InputError: Two paths have one key, or a path is longer than a key can be.
    """
    paths: dict[str, str] = {}
    for path in sorted(path for path, content in files.items() if content is not None):
        key = path.removeprefix("/").replace("/", ".")
        if len(key) > _MAX_KEY:
            raise InputError(f"{where}: {path} is longer than {_MAX_KEY + 1} letters")
        if key in paths:
            raise InputError(
                f"{where}: {paths[key]} and {path} have one key in the ConfigMap, {key}: rename one"
            )
        paths[key] = path
    return {path: key for key, path in paths.items()}
