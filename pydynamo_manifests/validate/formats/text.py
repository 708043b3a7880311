"""For people: grouped by document, with the line of the source that a finding is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pydynamo_manifests.validate.report import Document, Finding, Report

__all__ = ["Teller", "joined", "summary", "write"]

_COLOURS = {"error": "31", "warning": "33", "info": "36", "hint": "32", "dim": "2", "bold": "1"}
_WIDTH = 120
_SECRET = re.compile(r"""\bkind["']?\s*:\s*["']?Secret\b""")
"""Says that a document holds Secrets, alone, in a List or in what cannot be parsed: none of it is shown."""
_SENSITIVE = re.compile(r"(?i)(?:token|password|passwd|secret|credentials?|api[-_]?key)\b")
"""Names after which a line, or the next one, may hold what nobody else should read."""
_WORDS = ("token", "passw", "secret", "credential", "key")
"""Without any of these no such name is there, which is cheaper to see."""


def write(report: Report, lines: Callable[[str], list[str]], *, colour: bool) -> str:
    """Return what was found, and a summary; ``""`` when every document is valid and nothing was said."""
    tell = Teller(colour=colour)
    return joined([tell([d], "\n".join(lines(d.source))) for d in report.documents if d.findings], report)


def joined(told: Iterable[str], report: Report) -> str:
    """Return what was told of the documents of a report, and a summary; ``""`` when nothing was."""
    parts = [part for part in told if part]
    return "".join([*parts, summary(report), "\n"]) if parts else ""


def summary(report: Report) -> str:
    """Return how many documents have each status, in one line."""
    total = len(report.documents)
    parts = ", ".join(f"{count} {status}" for status, count in report.summary.items() if count)
    return f"{total} document{'' if total == 1 else 's'}: {parts or 'nothing to check'}"


def _paint(text: str, name: str) -> str:
    return f"\x1b[{_COLOURS[name]}m{text}\x1b[0m"


def _plain(text: str, name: str) -> str:  # noqa: ARG001 - the signature of _paint
    return text


class Teller:
    """Tells what was found in the documents of a source, beside the judging, where its text is at hand."""

    def __init__(self, *, colour: bool) -> None:
        self.paint = _paint if colour else _plain

    def __call__(self, documents: Iterable[Document], text: str) -> str:
        """Return what was found in the documents of a text."""
        found = [document for document in documents if document.findings]
        lines = text.splitlines() if found else []
        secret = "Secret" in text
        return "".join(self._document(document, lines, secret=secret) for document in found)

    def _document(self, document: Document, known: list[str], *, secret: bool) -> str:
        """Return what was found in a document; ``secret`` says that there may be a Secret among the lines."""
        named = "/".join(part for part in (document.kind, document.name) if part)
        head = f"{document.source}: {named}" if named else f"{document.source}: document {document.index + 1}"
        if document.status == "skipped":
            return self.paint(_safe(f"{head}: skipped: {document.findings[0].message}"), "dim") + "\n"
        secret = secret and any(_SECRET.search(line) for line in _own(known, document) if "Secret" in line)
        shown = [] if secret else known
        told = [self.paint(_safe(f"{head}: {document.status}"), "bold")]
        for finding in document.findings:
            told += self._finding(finding, shown)
        return "\n".join([*told, ""])

    def _finding(self, finding: Finding, known: list[str]) -> Iterator[str]:
        paint, line, column = self.paint, finding.line, finding.column
        place, path = f"{line}:{column}" if line else "-", finding.path
        severity = paint(finding.severity, finding.severity)
        message = f"{path}: {finding.message}" if path else finding.message
        yield f"  {place:>7}  {severity}  {finding.rule}  {_safe(message)}"
        if line and column and line <= len(known) and not _hidden(known, line):
            text = known[line - 1].replace("\t", " ")
            yield paint(f"           | {_safe(text[:_WIDTH])}", "dim")
            if column <= _WIDTH:
                yield f"           | {' ' * (column - 1)}{paint('^', finding.severity)}"
        if finding.hint:
            yield f"           {paint('hint:', 'hint')} {_safe(finding.hint)}"


def _own(known: list[str], document: Document) -> list[str]:
    """Return the lines of a document: between the separators around its first finding."""
    line = next((f.line for f in document.findings if f.line), len(known))
    first = next((n for n in range(min(line, len(known)) - 1, -1, -1) if known[n].startswith("---")), 0)
    last = next((n for n in range(line, len(known)) if known[n].startswith("---")), len(known))
    return known[first:last]


def _hidden(known: list[str], line: int) -> bool:
    """Tell whether a line, or the one before it, has a name after which nobody should read on."""
    near = known[max(line - 2, 0) : line]
    folded = "\n".join(near).casefold()
    for word in _WORDS:
        if word in folded:
            return any(map(_SENSITIVE.search, near))
    return False


def _safe(text: str) -> str:
    """Show control characters instead of sending them to a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == " " else c.encode("unicode_escape").decode() for c in text)
