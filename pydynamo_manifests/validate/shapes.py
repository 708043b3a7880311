"""Reading parts of a document that may have any shape: earlier stages judge shapes, this one only reads."""

from __future__ import annotations

from typing import Any

__all__ = ["listed", "mapping", "number", "text", "texts", "whole"]

_NOTHING: dict[str, Any] = {}


def mapping(value: Any) -> dict[str, Any]:
    """Return a map as it is, an empty one for everything else; the caller must not change it."""
    return value if isinstance(value, dict) else _NOTHING


def listed(value: Any) -> list[Any]:
    """Return a list as it is, an empty one for everything else."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """Return a text as it is, ``""`` for everything else."""
    return value if isinstance(value, str) else ""


def texts(value: Any) -> list[str]:
    """Return the texts of a list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def whole(value: Any) -> int | None:
    """Return an integer as it is, None for everything else, floating-point numbers among it."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def number(value: Any) -> int | None:
    """Return a whole number, None for everything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, float) and value.is_integer() else None
