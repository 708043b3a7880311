"""Operators, with CEL's strict types: no number meets text, no integer meets a double."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.cel.errors import CelError
from pydynamo_manifests.validate.cel.values import UInt, bounded, equal, less, type_name

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["OPERATORS", "Function", "contained", "index", "mismatch"]

Function = tuple[tuple[int, ...], "Callable[..., Any]"]
"""How many arguments (a method's target is one), and what to do."""


_KEYS = frozenset({bool, int, float, str, UInt})
"""Types that a key may have; of JSON's maps only text is one."""


def mismatch(function: str, *values: Any) -> CelError:
    """Return the error of arguments of a wrong type."""
    return CelError(f"{function} does not take {', '.join(map(type_name, values))}")


def _arithmetic(
    sign: str, on_ints: Callable[[int, int], int], on_floats: Callable[..., Any] | None
) -> Function:
    def call(left: Any, right: Any) -> Any:
        kind = type(left)
        if kind is not type(right):
            raise mismatch(sign, left, right)
        if kind in (int, UInt):
            return bounded(on_ints(left, right), kind)
        if kind is float and on_floats is not None:
            return on_floats(left, right)
        if sign == "+" and kind in (str, list):
            return left + right
        raise mismatch(sign, left, right)

    return (2,), call


def _divide(left: int, right: int) -> int:
    if right == 0:
        raise CelError("division by zero")
    return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)


def _remainder(left: int, right: int) -> int:
    return left - right * _divide(left, right)


def _divide_floats(left: float, right: float) -> float:
    if right:
        return left / right
    return float("nan") if not left else float("inf") if left > 0 else float("-inf")


def _negate(value: Any) -> Any:
    if type(value) is int:
        return bounded(-value)
    if type(value) is float:
        return -value
    raise mismatch("-", value)


def _not(value: Any) -> bool:
    if type(value) is not bool:
        raise mismatch("!", value)
    return not value


def contained(item: Any, container: Any) -> bool:
    """Return ``item in container``: an item of a list or a key of a map.

    Raises:
        CelError: The container is neither.
    """
    if type(container) is dict and type(item) in _KEYS:
        return type(item) is str and item in container
    if type(container) is list:
        return any(equal(item, other) for other in container)
    raise mismatch("in", item, container)


def index(container: Any, key: Any) -> Any:
    """Return ``container[key]``.

    Raises:
        CelError: No such item, or no container.
    """
    if type(container) is dict:
        if type(key) is str and key in container:
            return container[key]
        raise CelError(f"no such key: {key}")
    if type(container) is list and type(key) in (int, UInt):
        if 0 <= key < len(container):
            return container[key]
        raise CelError(f"index out of bounds: {key}")
    raise mismatch("[]", container, key)


OPERATORS: dict[str, Function] = {
    "==": ((2,), equal),
    "!=": ((2,), lambda a, b: not equal(a, b)),
    "<": ((2,), less),
    ">": ((2,), lambda a, b: less(b, a)),
    "<=": ((2,), lambda a, b: less(a, b) or equal(a, b)),
    ">=": ((2,), lambda a, b: less(b, a) or equal(a, b)),
    "in": ((2,), contained),
    "+": _arithmetic("+", operator.add, operator.add),
    "-": _arithmetic("-", operator.sub, operator.sub),
    "*": _arithmetic("*", operator.mul, operator.mul),
    "/": _arithmetic("/", _divide, _divide_floats),
    "%": _arithmetic("%", _remainder, None),
    "-_": ((1,), _negate),
    "!_": ((1,), _not),
}
