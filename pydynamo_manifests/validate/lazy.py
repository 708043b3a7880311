"""An attribute that is worked out when it is first asked for.

:func:`functools.cached_property` takes a lock on Python 3.11, which costs more than most of what is worked
out here; a graph is judged in one thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["lazy"]

T = TypeVar("T")


class lazy(Generic[T]):  # noqa: N801 - used as a decorator
    """Decorate a method: its value takes its place in the instance."""

    def __init__(self, function: Callable[[Any], T]) -> None:
        self.function = function
        self.name = function.__name__
        self.__doc__ = function.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> T:
        """Work the value out and keep it."""
        value = instance.__dict__[self.name] = self.function(instance)
        return value
