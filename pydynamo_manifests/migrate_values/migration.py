"""What a migration gives: the new values, and notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Migration"]


@dataclass
class Migration:
    """The new values, and a sentence for every key that has no counterpart or needs a hand."""

    values: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def put(self, path: str, value: Any) -> None:
        """Set a value by its dotted path."""
        *blocks, key = path.split(".")
        home = self.values
        for block in blocks:
            home = home.setdefault(block, {})
        home[key] = value

    def note(self, key: str, words: str) -> None:
        """Say what happened to a key of the old file."""
        self.notes.append(f"{key}: {words}")
