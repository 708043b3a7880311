"""YAML as Kubernetes' Go tools read and write it, with positions on demand.

Stock YAML libraries write strings that kubectl reads back as another type (``"n"``, ``1e5``) and read what
kubectl does not; both directions here agree with Go's sigs.k8s.io/yaml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.yaml.parsed import Parsed, Path, Position
from pydynamo_manifests.yaml.reading import load, load_all, parse_all, positions
from pydynamo_manifests.yaml.writing import dump, dump_all, number

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Parsed",
    "Path",
    "Position",
    "dump",
    "dump_all",
    "load",
    "load_all",
    "merge_values",
    "number",
    "parse_all",
    "positions",
]


def merge_values(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Merge values files as Helm does: maps by key, everything else replaced, null kept as null."""
    out = dict(base)
    for key, value in over.items():
        old = out.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        out[key] = merge_values(old, value) if both else value  # type: ignore[arg-type]
    return out
