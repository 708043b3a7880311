"""What became of a flag that a release does not know: when it existed, what took its place."""

from __future__ import annotations

from functools import lru_cache

from pydynamo_manifests.errors import did_you_mean
from pydynamo_manifests.validate.lint import tables

__all__ = ["lifetime", "successor"]


@lru_cache(maxsize=256)
def lifetime(module: str, name: str) -> str:
    """Say in which releases a flag exists."""
    stretches = tables.history(module, name)
    if not stretches:
        return ""
    first, last = stretches[0][0], stretches[-1][1]
    if last == tables.LINES[-1]:
        return f" (it exists since {first})"
    return (
        f" (it existed until {last})" if first == tables.LINES[0] else f" (it existed from {first} to {last})"
    )


@lru_cache(maxsize=512)
def successor(module: str, line: str, name: str) -> str:
    """Return what to write for a flag that is not known: its successor, or the nearest name."""
    table = tables.module(module, line)
    known = [s for p in table.parsers for s in p.spellings if s.startswith("--")] if table else []
    return _replacement(module, name, known) or did_you_mean(name, known).removeprefix("; ")


def _replacement(module: str, name: str, known: list[str]) -> str:
    """Return what took the place of a flag that is gone, as its last release announced it."""
    stretches = tables.history(module, name)
    old = tables.module(module, stretches[-1][1]) if stretches else None
    for parser in old.parsers if old else []:
        hit = parser.spellings.get(name)
        if hit and hit[0].use and hit[0].use in known:
            return f"write {hit[0].use} instead"
    return ""
