"""The repository's own Markdown, taken apart: fenced blocks with their words, headings, links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]

GENERATED = ("docs/rules/", "docs/api/")
"""Pages with tests of their own: every example there is judged where the page is generated."""

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE_SPAN = re.compile(r"`[^`\n]*`")


@dataclass(frozen=True)
class Block:
    """One fenced block: `language word key=value ...` behind the fence, and what it holds."""

    page: str
    line: int
    language: str
    words: tuple[str, ...]
    section: str
    text: str

    def option(self, name: str) -> str | None:
        """Return the value of `name=value` behind the fence."""
        return next((w.partition("=")[2] for w in self.words if w.startswith(f"{name}=")), None)

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[str]:
    """Return every Markdown page that is written by hand, relative to the repository."""
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]
    names = sorted(str(p.relative_to(ROOT)) for p in found)
    return [name for name in names if not name.startswith(GENERATED)]


def all_pages() -> list[str]:
    """Return every Markdown page that people read, generated ones and those of the charts too."""
    roots = ("charts", "values", "docs", "tests", "hack", "bench")
    found = [page for root in roots for page in (ROOT / root).glob("**/*.md")]
    return sorted({*pages(), *(str(p.relative_to(ROOT)) for p in found)})


def blocks(page: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        before = text[: found.start()]
        language, *words = found["info"].split() or [""]
        section = ["", *_HEADING.findall(_without_blocks(before))][-1]
        yield Block(page, before.count("\n") + 1, language, tuple(words), section, found["text"])


def _without_blocks(text: str) -> str:
    return _FENCE.sub("", text)


def links(page: str) -> set[str]:
    """Return the targets of a page's links, those inside code left out."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return set(_LINK.findall(_CODE_SPAN.sub("", _without_blocks(text))))


def anchors(page: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return {_anchor(heading) for heading in _HEADING.findall(_without_blocks(text))}


def _anchor(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return kept.strip().replace(" ", "-")
