"""Objects of a live cluster without what the API server and the operator have put into them."""

from __future__ import annotations

from typing import Any

__all__ = ["without_server_fields"]

_METADATA = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "finalizers",
    "generation",
    "managedFields",
    "ownerReferences",
    "resourceVersion",
    "selfLink",
    "uid",
)
_ANNOTATIONS = (
    "kubectl.kubernetes.io/last-applied-configuration",
    "meta.helm.sh/release-name",
    "meta.helm.sh/release-namespace",
)
_OWNED = (
    "nvidia.com/current-worker-hash",
    "nvidia.com/dynamo-operator-origin-version",
    "nvidia.com/dgd-",
    "nvidia.com/dcd-",
)
"""Annotations that the operator writes and nobody should author (Dynamo operator, consts)."""


def without_server_fields(obj: dict[str, Any]) -> dict[str, Any]:
    """Return an object as a person would have applied it: no status, no server or operator bookkeeping."""
    metadata = {k: v for k, v in (obj.get("metadata") or {}).items() if k not in _METADATA}
    annotations = {
        k: v for k, v in (metadata.pop("annotations", None) or {}).items() if not _is_bookkeeping(k)
    }
    if annotations:
        metadata["annotations"] = annotations
    return {**{k: v for k, v in obj.items() if k != "status"}, "metadata": metadata}


def _is_bookkeeping(annotation: str) -> bool:
    return annotation in _ANNOTATIONS or annotation.startswith(_OWNED)
