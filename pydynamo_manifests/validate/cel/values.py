"""Values of expressions that plain Python lacks, and equality and order as CEL has them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal, localcontext
from typing import Any

from pydynamo_manifests.validate.cel.errors import CelError

__all__ = ["ABSENT", "Optional", "Quantity", "UInt", "bounded", "equal", "less", "type_name"]


class UInt(int):
    """An unsigned integer, a type of its own in CEL."""


@dataclass(frozen=True, slots=True)
class Optional:
    """A value that may not be there."""

    value: Any = None
    present: bool = False


ABSENT = Optional()
"""``optional.none()``."""

_QUANTITY = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?[0-9]+))?")
_BINARY = {f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", 1)}
_DECIMAL = dict(zip("num", (Decimal("1e-9"), Decimal("1e-6"), Decimal("1e-3")), strict=True)) | {
    unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", 1)
}
_LARGEST_EXPONENT = 400


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """An exact amount as Kubernetes writes it, such as ``1.5Gi`` or ``500m``; finer than nano rounds up.

    Source: k8s.io/apimachinery, pkg/api/resource.
    """

    amount: Decimal

    @classmethod
    def parse(cls, text: str) -> Quantity:
        """Read a quantity.

        Raises:
            CelError: The text is none.
        """
        match = _QUANTITY.fullmatch(text)
        if match is None or len(text) > _LARGEST_EXPONENT:
            raise CelError(f"{text[:40]!r} is no quantity")
        number, binary, decimal, exponent = match.groups()
        if exponent and abs(int(exponent)) > _LARGEST_EXPONENT:
            raise CelError(f"{text[:40]!r} is no quantity")
        with localcontext(prec=1000):
            unit = Decimal(10) ** int(exponent or 0) if not decimal else _DECIMAL[decimal]
            amount = Decimal(number) * (_BINARY[binary] if binary else unit)
            return cls(amount.quantize(Decimal("1e-9"), ROUND_UP))


def bounded(value: int, kind: type[int] = int) -> int:
    """Return a 64-bit integer.

    Raises:
        CelError: The value overflows.
    """
    low, high = (0, 2**64) if kind is UInt else (-(2**63), 2**63)
    if not low <= value < high:
        raise CelError("integer overflow")
    return kind(value)


_NUMBERS = (int, float, UInt)


def equal(left: Any, right: Any) -> bool:
    """Compare as CEL does: deep, numbers by value, different types never equal, ``true`` is not 1."""
    kind, other = type(left), type(right)
    if kind is other:
        if kind is list:
            return len(left) == len(right) and all(map(equal, left, right))
        if kind is dict:
            return left.keys() == right.keys() and all(equal(v, right[k]) for k, v in left.items())
        if kind is Optional:
            return left.present == right.present and equal(left.value, right.value)
        return bool(left == right)
    return kind in _NUMBERS and other in _NUMBERS and bool(left == right)


def less(left: Any, right: Any) -> bool:
    """Return whether one value comes before another of the same kind.

    Raises:
        CelError: The two cannot be ordered.
    """
    kind, other = type(left), type(right)
    if (kind is other and kind in (int, str, float, bool, UInt)) or (kind in _NUMBERS and other in _NUMBERS):
        return bool(left < right)
    raise CelError(f"no order between {type_name(left)} and {type_name(right)}")


def type_name(value: Any) -> str:
    """Return the CEL name of a value's type."""
    names = {
        bool: "bool",
        int: "int",
        UInt: "uint",
        float: "double",
        str: "string",
        list: "list",
        dict: "map",
        type(None): "null_type",
        Quantity: "kubernetes.Quantity",
        Optional: "optional_type",
    }
    return names.get(type(value), type(value).__name__)
