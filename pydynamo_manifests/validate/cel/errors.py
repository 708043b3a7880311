"""What can go wrong with an expression: before it runs, and while it runs."""

from __future__ import annotations

__all__ = ["CelCompileError", "CelError"]


class CelError(Exception):
    """An evaluation that has no value, such as a key that is not there; ``||`` and ``&&`` may absorb it."""


class CelCompileError(ValueError):
    """An expression that is wrong, or uses what is not known here; never skipped in silence."""

    def __init__(self, expression: str, offset: int, problem: str) -> None:
        super().__init__(f"CEL {expression!r}, character {offset + 1}: {problem}")
        self.expression = expression
        self.offset = offset
        self.problem = problem
