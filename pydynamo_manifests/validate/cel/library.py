"""Functions and methods: CEL's own, and those of the Kubernetes library that rules of objects use.

What is not here does not compile: types, timestamps, URLs, IP addresses, semantic versions, formats.
"""

from __future__ import annotations

import operator
import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.cel.errors import CelError
from pydynamo_manifests.validate.cel.operators import OPERATORS, mismatch
from pydynamo_manifests.validate.cel.values import (
    ABSENT,
    Optional,
    Quantity,
    UInt,
    bounded,
    equal,
    less,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydynamo_manifests.validate.cel.operators import Function

__all__ = ["FUNCTIONS", "METHODS"]


def _typed(function: str, *kinds: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def wrap(body: Callable[..., Any]) -> Callable[..., Any]:
        def call(*values: Any) -> Any:
            for value, kind in zip(values, kinds, strict=False):
                if type(value) is not kind:
                    raise mismatch(function, *values)
            return body(*values)

        return call

    return wrap


def _size(value: Any) -> int:
    if type(value) in (str, list, dict):
        return len(value)
    raise mismatch("size", value)


def _to_int(value: Any) -> int:
    if type(value) in (int, UInt):
        return bounded(int(value))
    if type(value) is float and abs(value) < 2**63:
        return int(value)
    if type(value) is str and re.fullmatch(r"[+-]?[0-9]{1,20}", value):
        return bounded(int(value))
    raise mismatch("int", value)


def _to_uint(value: Any) -> UInt:
    return UInt(bounded(value if isinstance(value, UInt) else _to_int(value), UInt))


def _to_double(value: Any) -> float:
    if type(value) in (int, UInt, float):
        return float(value)
    try:
        return float(value) if type(value) is str else float("")
    except ValueError:
        raise mismatch("double", value) from None


def _to_string(value: Any) -> str:
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) in (str, int, UInt):
        return str(value)
    if type(value) is float:
        return f"{value:g}" if abs(value) >= 1e21 else str(int(value)) if value.is_integer() else repr(value)  # noqa: PLR2004 - Go's own bound
    raise mismatch("string", value)


def _to_bool(value: Any) -> bool:
    words = {"true": True, "True": True, "TRUE": True, "t": True, "1": True}
    words |= {"false": False, "False": False, "FALSE": False, "f": False, "0": False}
    if type(value) is bool:
        return value
    if type(value) is str and value in words:
        return words[value]
    raise mismatch("bool", value)


def _is_quantity(value: Any) -> bool:
    try:
        Quantity.parse(value)
    except CelError:
        return False
    return True


def _non_zero(value: Any) -> Optional:
    empty = value is None or (type(value) in (bool, int, UInt, float, str, list, dict) and not value)
    return ABSENT if empty else Optional(value, present=True)


FUNCTIONS: dict[str, Function] = {
    "size": ((1,), _size),
    "int": ((1,), _to_int),
    "uint": ((1,), _to_uint),
    "double": ((1,), _to_double),
    "string": ((1,), _to_string),
    "bool": ((1,), _to_bool),
    "dyn": ((1,), lambda value: value),
    "quantity": ((1,), _typed("quantity", str)(Quantity.parse)),
    "isQuantity": ((1,), _typed("isQuantity", str)(_is_quantity)),
    "optional.none": ((0,), lambda: ABSENT),
    "optional.of": ((1,), lambda value: Optional(value, present=True)),
    "optional.ofNonZeroValue": ((1,), _non_zero),
}


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> Callable[[str], bool]:
    import jsonschema_rs  # noqa: PLC0415 - its linear-time engine speaks RE2's dialect; few rules need it

    engine = jsonschema_rs.RegexOptions()
    schema = {"type": "string", "pattern": pattern}
    try:
        return jsonschema_rs.Draft202012Validator(schema, pattern_options=engine).is_valid
    except (ValueError, jsonschema_rs.ValidationError):
        raise CelError(f"{pattern!r} is no regular expression") from None


def _find_all(text: str, pattern: str, limit: int = -1) -> list[str]:
    try:
        found = [match.group() for match in re.finditer(pattern, text, re.ASCII)]
    except re.error:
        raise CelError(f"{pattern!r} is no regular expression") from None
    return found if limit < 0 else found[:limit]


def _split(text: str, separator: str, limit: int = -1) -> list[str]:
    if limit == 0:
        return []
    if separator == "":
        return list(text) if limit < 0 or len(text) <= limit else [*text[: limit - 1], text[limit - 1 :]]
    return text.split(separator, -1 if limit < 0 else limit - 1)


def _replace(text: str, old: str, new: str, limit: int = -1) -> str:
    return text.replace(old, new, limit)


def _substring(text: str, start: int, end: int | None = None) -> str:
    end = len(text) if end is None else end
    if not 0 <= start <= end <= len(text):
        raise CelError(f"substring {start}, {end} is out of range")
    return text[start:end]


def _char_at(text: str, at: int) -> str:
    if not 0 <= at <= len(text):
        raise CelError(f"index out of range: {at}")
    return text[at : at + 1]


def _index_of(value: Any, part: Any, start: int = 0) -> int:
    if type(value) is list:
        return next((i for i, item in enumerate(value) if equal(item, part)), -1)
    if type(value) is str and type(part) is str and 0 <= start <= len(value):
        return value.find(part, start)
    raise mismatch("indexOf", value, part)


def _last_index_of(value: Any, part: Any, last: int | None = None) -> int:
    if type(value) is list:
        return next((i for i in range(len(value) - 1, -1, -1) if equal(value[i], part)), -1)
    if type(value) is str and type(part) is str and (last is None or 0 <= last <= len(value)):
        return value.rfind(part, 0, None if last is None else last + len(part))
    raise mismatch("lastIndexOf", value, part)


def _join(parts: list[Any], separator: str = "") -> str:
    if any(type(part) is not str for part in parts):
        raise mismatch("join", *parts)
    return separator.join(parts)


def _is_sorted(items: list[Any]) -> bool:
    return not any(less(b, a) for a, b in pairwise(items))


def _sum(items: list[Any]) -> Any:
    total: Any = 0
    for position, item in enumerate(items):
        total = item if position == 0 else OPERATORS["+"][1](total, item)
    return total


def _extreme(items: list[Any], sign: int) -> Any:
    if not items:
        raise CelError("min or max of an empty list")
    best = items[0]
    for item in items[1:]:
        if less(item, best) if sign < 0 else less(best, item):
            best = item
    return best


def _ascii(text: str, kind: str) -> str:
    if text.isascii():
        return str(getattr(text, kind)())
    return "".join(getattr(c, kind)() if c.isascii() else c for c in text)


def _value_of(optional: Optional) -> Any:
    if not optional.present:
        raise CelError("optional.none() dereference")
    return optional.value


def _as_integer(quantity: Quantity) -> int:
    if quantity.amount != quantity.amount.to_integral_value():
        raise CelError("the quantity is no integer")
    return bounded(int(quantity.amount))


def _amount(value: Any) -> Quantity:
    if type(value) is int:
        return Quantity.parse(str(value))
    if type(value) is Quantity:
        return value
    raise mismatch("quantity arithmetic", value)


_TEXT: dict[str, tuple[tuple[int, ...], tuple[type, ...], Callable[..., Any]]] = {
    "contains": ((2,), (str, str), operator.contains),
    "startsWith": ((2,), (str, str), str.startswith),
    "endsWith": ((2,), (str, str), str.endswith),
    "matches": ((2,), (str, str), lambda text, pattern: _pattern(pattern)(text)),
    "find": ((2,), (str, str), lambda text, pattern: next(iter(_find_all(text, pattern, 1)), "")),
    "findAll": ((2, 3), (str, str, int), _find_all),
    "lowerAscii": ((1,), (str,), lambda text: _ascii(text, "lower")),
    "upperAscii": ((1,), (str,), lambda text: _ascii(text, "upper")),
    "trim": ((1,), (str,), str.strip),
    "split": ((2, 3), (str, str, int), _split),
    "replace": ((3, 4), (str, str, str, int), _replace),
    "substring": ((2, 3), (str, int, int), _substring),
    "charAt": ((2,), (str, int), _char_at),
    "join": ((1, 2), (list, str), _join),
    "isSorted": ((1,), (list,), _is_sorted),
    "sum": ((1,), (list,), _sum),
    "min": ((1,), (list,), lambda items: _extreme(items, -1)),
    "max": ((1,), (list,), lambda items: _extreme(items, 1)),
    "hasValue": ((1,), (Optional,), lambda optional: optional.present),
    "value": ((1,), (Optional,), _value_of),
    "isGreaterThan": ((2,), (Quantity, Quantity), operator.gt),
    "isLessThan": ((2,), (Quantity, Quantity), operator.lt),
    "compareTo": ((2,), (Quantity, Quantity), lambda a, b: (a > b) - (a < b)),
    "sign": ((1,), (Quantity,), lambda q: (q.amount > 0) - (q.amount < 0)),
    "isInteger": (
        (1,),
        (Quantity,),
        lambda q: q.amount == q.amount.to_integral_value() and abs(q.amount) < 2**63,
    ),
    "asInteger": ((1,), (Quantity,), _as_integer),
    "asApproximateFloat": ((1,), (Quantity,), lambda q: float(q.amount)),
    "add": ((2,), (Quantity,), lambda a, b: Quantity(a.amount + _amount(b).amount)),
    "sub": ((2,), (Quantity,), lambda a, b: Quantity(a.amount - _amount(b).amount)),
}

METHODS: dict[str, Function] = {
    name: (arities, _typed(name, *kinds)(body)) for name, (arities, kinds, body) in _TEXT.items()
} | {
    "size": ((1,), _size),
    "indexOf": ((2, 3), _index_of),
    "lastIndexOf": ((2, 3), _last_index_of),
}
