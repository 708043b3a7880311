"""Kubernetes quantities as numbers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

__all__ = ["quantity"]

_QUANTITY = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)([kMGTPE]i?|Ki|m)?\s*")
_UNITS = {"": 1.0, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18} | {
    f"{unit}i": 1024.0**power for power, unit in enumerate("KMGTPE", 1)
}


def quantity(value: Any) -> float | None:
    """Return a Kubernetes quantity as a number (``"2Gi"`` is 2147483648.0), None where it is none."""
    if isinstance(value, str):
        return _read(value)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


@lru_cache(maxsize=1024)
def _read(text: str) -> float | None:
    match = _QUANTITY.fullmatch(text)
    return float(match[1]) * _UNITS.get(match[2] or "", 1.0) if match else None
