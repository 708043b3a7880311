"""Golden files: a text is compared with the file that is the contract; only a person updates it."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


class Golden:
    """Compares texts with the files of one folder."""

    def __init__(self, folder: Path, *, update: bool) -> None:
        self.folder = folder
        self.update = update

    def __call__(self, name: str, text: str) -> None:
        """Fail with a unified diff unless the file `name` holds exactly `text`; write it when updating."""
        path = self.folder / name
        if self.update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        if not path.exists():
            pytest.fail(f"no golden file tests/golden/{name}: write it with --update-golden", pytrace=False)
        diff = difflib.unified_diff(
            path.read_text().splitlines(), text.splitlines(), f"golden/{name}", "now", "", "", 3, ""
        )
        if path.read_text() != text:
            pytest.fail("\n".join(diff) or f"golden/{name}: only line ends differ", pytrace=False)
