"""What an import returns, and the values that graphs and requests begin with."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydynamo_manifests.values.graph import GraphValues

__all__ = ["Imported", "frame", "in_order", "object_key"]

_ORDER = ("type", "replicas", "minAvailable", "nodes", "gpus", "gpuResource", "gpuRequests", "image", "runtimeVersionOverride",
          "command", "leadingArgs", "args", "argOrder", "extraArgs", "env", "envOrder", "envFrom", "modelSecret",
          "modelCache", "modelRef", "resources", "sharedMemory")  # fmt: skip
_LAST = ("component", "podSpec", "container")
_HELM_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?")


@dataclass(frozen=True)
class Imported:
    """A graph (or a request for one) as values, and in plain words what became of its parts."""

    values: GraphValues
    name: str
    namespace: str | None
    recognised: tuple[str, ...] = ()
    """What stands in fields of its own."""
    kept: tuple[str, ...] = ()
    """What was kept as it is, and why."""
    plain: dict[str, Any] = field(default_factory=dict, repr=False)
    """The values as plain data."""


def frame(api: str, metadata: Mapping[str, Any], kept: list[str]) -> tuple[dict[str, Any], str]:
    """Return the values that every import begins with, and the object's name; what is lost goes to ``kept``.

    Raises:
        InputError: Labels or annotations that are no map.
    """
    name = str(metadata.get("name") or "graph")
    values: dict[str, Any] = {"dynamo": {"apiVersion": api}}
    if not _HELM_NAME.fullmatch(name):
        values["fullnameOverride"] = name
    for key in ("labels", "annotations"):
        if not isinstance(metadata.get(key) or {}, dict):
            raise InputError(f"metadata.{key} must be a map")
        found = {k: v for k, v in (metadata.get(key) or {}).items() if v is not None}
        if found or metadata.get(key) == {}:
            values[key] = found
    dropped = sorted(metadata.keys() - {"name", "namespace", "labels", "annotations"})
    if dropped:
        kept.append(f"metadata.{', metadata.'.join(dropped)} cannot be applied by a chart and is left out")
    return values, name


def object_key(obj: Mapping[str, Any]) -> str:
    """Return the key of an object among ``extraObjects``."""
    return f"{str(obj.get('kind', 'object')).lower()}-{(obj.get('metadata') or {}).get('name', '')}"


def in_order(component: dict[str, Any]) -> dict[str, Any]:
    """Return a component as people read it: what it is, what it runs, what it needs, the hatches last."""
    rest = [k for k in component if k not in _ORDER and k not in _LAST]
    return {k: component[k] for k in (*_ORDER, *rest, *_LAST) if k in component}
