"""For people: grouped by document, with the line of the source that a finding is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydynamo_manifests.validate.report import Document, Finding, Report

__all__ = ["summary", "write"]

_COLOURS = {"error": "31", "warning": "33", "info": "36", "hint": "32", "dim": "2", "bold": "1"}
_WIDTH = 120
_SECRET = re.compile(r"""\bkind["']?\s*:\s*["']?Secret\b""")
"""Says that a document holds Secrets, alone, in a List or in what cannot be parsed: none of it is shown."""
_SENSITIVE = re.compile(r"(?i)(?:token|password|passwd|secret|credentials?|api[-_]?key)\b")
"""Names after which a line, or the next one, may hold what nobody else should read."""


def write(report: Report, lines: Callable[[str], list[str]], *, colour: bool) -> str:
    """Return what was found, and a summary; ``""`` when every document is valid and nothing was said."""
    paint = _paint if colour else _plain
    told = [d for d in report.documents if d.findings]
    if not told:
        return ""
    out = [line for document in told for line in _document(document, lines, paint)]
    return "\n".join([*out, summary(report), ""])


def summary(report: Report) -> str:
    """Return how many documents have each status, in one line."""
    total = len(report.documents)
    parts = ", ".join(f"{count} {status}" for status, count in report.summary.items() if count)
    return f"{total} document{'' if total == 1 else 's'}: {parts or 'nothing to check'}"


def _paint(text: str, name: str) -> str:
    return f"\x1b[{_COLOURS[name]}m{text}\x1b[0m"


def _plain(text: str, name: str) -> str:  # noqa: ARG001 - the signature of _paint
    return text


def _document(
    document: Document, lines: Callable[[str], list[str]], paint: Callable[[str, str], str]
) -> Iterator[str]:
    named = "/".join(part for part in (document.kind, document.name) if part)
    head = f"{document.source}: {named}" if named else f"{document.source}: document {document.index + 1}"
    if document.status == "skipped":
        yield paint(_safe(f"{head}: skipped: {document.findings[0].message}"), "dim")
        return
    yield paint(_safe(f"{head}: {document.status}"), "bold")
    known = lines(document.source)
    known = [] if any(_SECRET.search(line) for line in _own(known, document)) else known
    for finding in document.findings:
        yield from _finding(finding, known, paint)


def _finding(finding: Finding, known: list[str], paint: Callable[[str, str], str]) -> Iterator[str]:
    place = f"{finding.line}:{finding.column}" if finding.line else "-"
    path = f"{finding.path}: " if finding.path else ""
    severity = paint(finding.severity, finding.severity)
    yield f"  {place:>7}  {severity}  {finding.rule}  {_safe(path + finding.message)}"
    if finding.line and finding.column and finding.line <= len(known) and not _hidden(known, finding.line):
        text = known[finding.line - 1].replace("\t", " ")
        yield paint(f"           | {_safe(text[:_WIDTH])}", "dim")
        if finding.column <= _WIDTH:
            yield f"           | {' ' * (finding.column - 1)}{paint('^', finding.severity)}"
    if finding.hint:
        yield f"           {paint('hint:', 'hint')} {_safe(finding.hint)}"


def _own(known: list[str], document: Document) -> list[str]:
    """Return the lines of a document: between the separators around its first finding."""
    line = next((f.line for f in document.findings if f.line), len(known))
    first = next((n for n in range(min(line, len(known)) - 1, -1, -1) if known[n].startswith("---")), 0)
    last = next((n for n in range(line, len(known)) if known[n].startswith("---")), len(known))
    return known[first:last]


def _hidden(known: list[str], line: int) -> bool:
    return any(_SENSITIVE.search(text) for text in known[max(line - 2, 0) : line])


def _safe(text: str) -> str:
    """Show control characters instead of sending them to a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == " " else c.encode("unicode_escape").decode() for c in text)
