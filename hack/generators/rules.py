"""The pages of `docs/rules`: one for each family of rules, and the table of all of them."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from pydynamo_manifests.validate.lint.describe import family, index_page, page
from pydynamo_manifests.validate.registry import rules

FOLDER = Path("docs/rules")


def generate() -> dict[str, bytes]:
    """Return path and content of every page."""
    known = sorted(rules().values(), key=lambda rule: family(rule.code))
    pages = {name: page(name, found) for name, found in groupby(known, key=lambda rule: family(rule.code))}
    pages["README"] = index_page(rules().values())
    return {str(FOLDER / f"{name}.md"): text.encode() for name, text in pages.items()}
