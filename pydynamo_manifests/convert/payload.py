"""The private annotations that keep what the other version has no field for.

Both directions use the same key; what is inside has the shape of the version that was converted *from*.
Source: the conversion of the operator of Dynamo 1.4/1.5.
"""

from __future__ import annotations

import json
from typing import Any

from pydynamo_manifests.convert.types import Mode, Obj, decode, encode
from pydynamo_manifests.errors import ConversionError

__all__ = [
    "NO_SERVICE_NAME",
    "PREFIXES",
    "Payload",
    "compact",
    "read_spec",
    "read_status",
    "take",
    "write_spec",
    "write_status",
]

PREFIXES = {
    "DynamoGraphDeployment": "nvidia.com/dgd",
    "DynamoComponentDeployment": "nvidia.com/dcd",
    "DynamoGraphDeploymentRequest": "nvidia.com/dgdr",
}
"""What the private annotation keys of a kind start with; ``-spec`` and ``-status`` follow."""

NO_SERVICE_NAME = {"path": "serviceName", "nil": True}
"""The record that a v1alpha1 component deployment left its ``serviceName`` out."""

_ESCAPES = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)

Payload = tuple[Obj, list[Any]]
"""A saved spec and its raw-JSON records."""


def compact(value: Any) -> str:
    """Write JSON as Go's encoder does: no spaces, ``<``, ``>`` and ``&`` escaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def take(metadata: Obj, prefix: str) -> tuple[str | None, str | None]:
    """Remove the two private annotations from ``metadata`` and return their texts."""
    annotations = metadata.get("annotations", {})
    texts = annotations.pop(f"{prefix}-spec", None), annotations.pop(f"{prefix}-status", None)
    if not annotations:
        metadata.pop("annotations", None)
    return texts


def read_spec(text: str | None, struct: str) -> Payload | None:
    """Return the saved spec, or None when there is none or it cannot be read (then it counts as absent)."""
    if text is None:
        return None
    try:
        data = json.loads(text)
        spec = data.get("spec", data) if isinstance(data, dict) else None
        return decode(struct, spec or {}), list(data.get("rawJSON") or [])
    except (ValueError, ConversionError, AttributeError):
        return None


def read_status(text: str | None, struct: str, *, strict: bool = False) -> Obj:
    """Return the saved status, empty when there is none.

    Raises:
        ConversionError: The text cannot be read, and ``strict`` is asked.
    """
    if text is None:
        return {}
    try:
        return decode(struct, json.loads(text))
    except (ValueError, ConversionError):
        if strict:
            raise ConversionError(
                "the status saved in the private annotation cannot be read as JSON"
            ) from None
        return {}


def write_spec(metadata: Obj, prefix: str, struct: str, spec: Obj, records: list[Any] | None = None) -> None:
    """Save a spec in ``metadata``."""
    data = {"version": 1, "spec": encode(struct, spec, Mode.SAVED)}
    if records:
        data["rawJSON"] = records
    metadata.setdefault("annotations", {})[f"{prefix}-spec"] = compact(data)


def write_status(metadata: Obj, prefix: str, struct: str, status: Obj) -> None:
    """Save a status in ``metadata``, unless it is empty."""
    if status:
        metadata.setdefault("annotations", {})[f"{prefix}-status"] = compact(
            encode(struct, status, Mode.SAVED)
        )
