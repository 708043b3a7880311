"""JUnit XML: one test suite a source, one test case a document."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.report import Document, Report

__all__ = ["write"]

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(report: Report) -> str:
    """Return the XML."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for source, documents in groupby(report.documents, key=lambda d: d.source):
        lines += _suite(source, list(documents))
    return "\n".join([*lines, "</testsuites>", ""])


def _suite(source: str, documents: list[Document]) -> Iterator[str]:
    counts = {
        "tests": len(documents),
        "failures": sum(d.status == "invalid" for d in documents),
        "errors": sum(d.status == "error" for d in documents),
        "skipped": sum(d.status == "skipped" for d in documents),
    }
    attributes = " ".join(f'{name}="{count}"' for name, count in counts.items())
    yield f"  <testsuite name={_attribute(source)} {attributes}>"
    for document in documents:
        yield from _case(document)
    yield "  </testsuite>"


def _case(document: Document) -> Iterator[str]:
    name = (
        "/".join(part for part in (document.kind, document.name) if part) or f"document {document.index + 1}"
    )
    opening = f"    <testcase classname={_attribute(document.source)} name={_attribute(name)}"
    if not document.findings:
        yield f"{opening}/>"
        return
    tag = {"invalid": "failure", "error": "error", "skipped": "skipped"}.get(document.status, "system-out")
    first = _attribute(document.findings[0].message)
    message = "" if tag == "system-out" else f" message={first}"
    yield f"{opening}>"
    yield f"      <{tag}{message}>{_text(_body(document))}</{tag}>"
    yield "    </testcase>"


def _body(document: Document) -> str:
    lines = []
    for f in document.findings:
        place = f"{f.line}:{f.column} " if f.line else ""
        lines.append(
            f"{place}{f.severity} {f.rule} {f.path}: {f.message}" + (f" ({f.hint})" if f.hint else "")
        )
    return "\n".join(lines)


def _attribute(text: str) -> str:
    return quoteattr(_FORBIDDEN.sub("\ufffd", text))


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", text))
