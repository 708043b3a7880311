"""Versions and quantities as the operator reads them."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Any

__all__ = ["count", "image_version", "is_loose_version", "negative", "quantity", "version_core"]

_NUMBER = r"(?:0|[1-9]\d{0,18})"
_PRE = r"(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)"
_STRICT = re.compile(
    rf"[vV]?({_NUMBER})\.({_NUMBER})\.({_NUMBER})"
    rf"(?:-{_PRE}(?:\.{_PRE})*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?",
    re.ASCII,
)
_LOOSE = re.compile(
    r"v?\d{1,19}(?:\.\d{1,19}){0,2}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?",
    re.ASCII,
)
_QUANTITY = re.compile(
    r"([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?\d+))?",
    re.ASCII,
)
_POWER = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {f"{unit}i": 2 ** (10 * power) for power, unit in enumerate("KMGTPE", 1)}
_LARGEST = 400
"""Exponents beyond this are no amount of anything."""
_MOST = Decimal(2**63 - 1)


@lru_cache(maxsize=1024)
def image_version(image: str) -> tuple[int, int, int] | None:
    """Return major, minor and patch of an image's tag, None when the tag is no strict semantic version.

    A digest is not looked at; a leading ``v``, a pre-release and a build are fine.
    """
    name = image.split("@", 1)[0]
    head, colon, tag = name.rpartition(":")
    found = _STRICT.fullmatch(tag) if colon and head else None
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def version_core(text: str) -> tuple[int, int, int] | None:
    """Return major, minor and patch of a strict semantic version, else None."""
    found = _STRICT.fullmatch(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def is_loose_version(text: Any) -> bool:
    """Tell whether a text is a semantic version in the lenient reading: ``v1``, ``1.2`` are fine."""
    return isinstance(text, str) and _LOOSE.fullmatch(text) is not None


def quantity(value: Any) -> Decimal | None:
    """Return a Kubernetes quantity as a number, None when it cannot be parsed."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(repr(value)) if value - value == 0 else None
    found = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    return _amount(found) if found else None


def _amount(found: re.Match[str]) -> Decimal | None:
    sign, digits, unit, exponent = found.groups()
    number = Decimal(f"{sign}{digits}")
    if unit in _BINARY:
        return number * Decimal(_BINARY[unit])
    power = int(exponent[:6]) if exponent else _POWER.get(unit or "", 0)
    return number.scaleb(power) if abs(power) < _LARGEST else None


def count(value: Any) -> int | None:
    """Return a quantity as a whole number, rounded up and at most 2^63 - 1, None when it is none."""
    number = quantity(value)
    return None if number is None else int(min(number, _MOST).to_integral_value(rounding=ROUND_CEILING))


def negative(value: Any) -> bool:
    """Tell whether a quantity is below zero; what is no quantity is not."""
    number = quantity(value)
    return number is not None and number < 0
