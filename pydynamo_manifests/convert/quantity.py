"""Kubernetes quantities in the one text that Go writes for them."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Any

__all__ = ["canonical", "is_quantity"]

_QUANTITY = re.compile(
    r"^([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?[0-9]+)?$"
)
_BINARY = {"": 0, "Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_NANO = Decimal("1e-9")
_INT64 = 2**63 - 1


def is_quantity(text: str) -> bool:
    """Tell whether Go would accept the text as a quantity."""
    return _QUANTITY.match(text) is not None


def canonical(value: Any) -> Any:
    """Return the canonical text of a quantity; what is none (``${CPU}``) comes back as it is.

    Source: k8s.io/apimachinery/pkg/api/resource: the largest suffix that leaves an integer, in the format
    (binary, decimal, exponent) that the text used; values below 1024 or with fractions are decimal.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    return _canonical(value if isinstance(value, str) else str(value).replace("e+", "e"))


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str:
    match = _QUANTITY.match(text.strip())
    if match is None:
        return text
    digits, suffix = match[1], match[2] or ""
    binary = suffix in _BINARY and suffix != ""
    if binary:
        amount = Decimal(digits) * 1024 ** _BINARY[suffix]
    else:
        exponent = _DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:])
        amount = Decimal(digits).scaleb(exponent)
    amount = _round_up(amount)
    if not amount:
        return "0"
    if binary and abs(amount) >= 1024 and amount == int(amount):  # noqa: PLR2004 - one Ki
        return _binary(int(amount))
    return _decimal(amount, exponent=suffix[:1] in ("e", "E") and suffix != "E")


def _round_up(amount: Decimal) -> Decimal:
    """Nothing is finer than a nano-unit: Go rounds away from zero."""
    sign = -1 if amount < 0 else 1
    rounded = abs(amount).quantize(_NANO, rounding=ROUND_CEILING) if abs(amount) < _INT64 else abs(amount)
    return sign * min(rounded, Decimal(_INT64))


def _binary(amount: int) -> str:
    power = 0
    while amount % 1024 == 0 and power < 6:  # noqa: PLR2004 - Ki to Ei
        amount, power = amount // 1024, power + 1
    return f"{amount}{list(_BINARY)[power]}"


def _decimal(amount: Decimal, *, exponent: bool) -> str:
    power = -9
    scaled = int(amount.scaleb(9))
    while scaled % 1000 == 0 and power < 18:  # noqa: PLR2004 - nano to exa
        scaled, power = scaled // 1000, power + 3
    if exponent:
        return f"{scaled}e{power}" if power else str(scaled)
    return f"{scaled}{next(s for s, p in _DECIMAL.items() if p == power)}"
