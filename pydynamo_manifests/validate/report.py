"""What validation found, as data: findings, the documents they belong to, and the report of a run."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from pydynamo_manifests.yaml import Path

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "STAGES",
    "STATUSES",
    "Document",
    "Finding",
    "Path",
    "Report",
    "Severity",
    "Stage",
    "Status",
    "print_path",
    "read_path",
]

Severity = Literal["error", "warning", "info"]
Stage = Literal["yaml", "schema", "cel", "admission", "lint"]
Status = Literal["valid", "invalid", "error", "skipped"]

STAGES: tuple[Stage, ...] = ("yaml", "schema", "cel", "admission", "lint")
"""The stages in the order in which a cluster would judge."""

STATUSES: tuple[Status, ...] = ("valid", "invalid", "error", "skipped")

_MAPS = frozenset(
    {"annotations", "binaryData", "data", "labels", "matchLabels", "nodeSelector", "services", "stringData"}
)
_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*")
_PART = re.compile(r"\[([^\]]*)\]|\.?([^.\[]+)")


@lru_cache(maxsize=4096)
def print_path(path: Path) -> str:
    """Write a path as the API server does: ``spec.components[1].image``, ``spec.services[worker]``."""
    out: list[str] = []
    before: str | int | None = None
    for part in path:
        plain = isinstance(part, str) and _PLAIN.fullmatch(part) and before not in _MAPS
        out.append((f".{part}" if out else str(part)) if plain else f"[{part}]")
        before = part
    return "".join(out)


def read_path(text: str) -> Path:
    """Read what :func:`print_path` wrote; digits in brackets are list indices."""
    return tuple(
        int(bracket) if bracket.isdigit() else (bracket or plain) for bracket, plain in _PART.findall(text)
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, where it is, and what to write instead.

    A path may name a field that is not there (a required one); its line is then its parent's.
    """

    rule: str
    severity: Severity
    stage: Stage
    where: Path
    """Keys and list indices from the document's root."""
    message: str
    hint: str = ""
    line: int | None = None
    """1-based line of the key or item, when the text is known."""
    column: int | None = None
    at: Path | None = None
    """Where it stands in the text, when the API server names another path (a v1alpha1 object it converted)."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes as plain values: a third of what dataclasses do by themselves."""
        values = (self.rule, self.severity, self.stage, self.where, self.message, self.hint)
        return Finding, (*values, self.line, self.column, self.at)

    @property
    def path(self) -> str:
        """The path as people and the API server write it."""
        return print_path(self.where)

    def placed(self, line: int, column: int) -> Finding:
        """Return the finding with a position."""
        return Finding(
            self.rule, self.severity, self.stage, self.where, self.message, self.hint, line, column, self.at
        )

    @property
    def place(self) -> Path:
        """Where to look for it in the text."""
        return self.where if self.at is None else self.at

    def to_dict(self) -> dict[str, Any]:
        """Return the finding in the words of the stable JSON report."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "stage": self.stage,
            "path": self.path,
            "line": self.line,
            "column": self.column,
            "message": self.message,
            "hint": self.hint,
        }


@dataclass(frozen=True, slots=True)
class Document:
    """One document of one source, with what was found in it."""

    source: str
    """File name, ``-`` for standard input, or ``<object>``."""
    index: int
    """Which document of the source, from 0."""
    api_version: str | None = None
    kind: str | None = None
    name: str | None = None
    status: Status = "valid"
    findings: tuple[Finding, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes as plain values."""
        values = (self.source, self.index, self.api_version, self.kind, self.name)
        return Document, (*values, self.status, self.findings)

    def saying(self, findings: Iterable[Finding]) -> Document:
        """Return the document with the same findings, each at its place."""
        named = (self.source, self.index, self.api_version, self.kind, self.name)
        return Document(*named, self.status, tuple(findings))

    @classmethod
    def judged(cls, source: str, index: int, obj: Any, findings: Iterable[Finding]) -> Document:
        """Return a document whose status follows from its findings: an error makes it invalid."""
        found = tuple(findings)
        status: Status = "invalid" if any(f.severity == "error" for f in found) else "valid"
        return cls(source, index, *_identity(obj), status, found)

    @classmethod
    def skipped(cls, source: str, index: int, obj: Any, reason: str) -> Document:
        """Return a document that was not judged, and why."""
        why = Finding("SKIP", "info", "yaml", (), reason)
        return cls(source, index, *_identity(obj), "skipped", (why,))

    @classmethod
    def failed(cls, source: str, index: int, finding: Finding, obj: Any = None) -> Document:
        """Return a document that could not be judged at all, such as one that is no YAML."""
        return cls(source, index, *_identity(obj), "error", (finding,))

    def to_dict(self) -> dict[str, Any]:
        """Return the document in the words of the stable JSON report."""
        return {
            "source": self.source,
            "index": self.index,
            "apiVersion": self.api_version,
            "kind": self.kind,
            "name": self.name,
            "status": self.status,
            "findings": [f.to_dict() for f in self.findings],
        }


def _identity(obj: Any) -> tuple[str | None, str | None, str | None]:
    if not isinstance(obj, dict):
        return None, None, None
    metadata = obj.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return _text(obj.get("apiVersion")), _text(obj.get("kind")), _text(name)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Report:
    """What one run found, document by document, in the order of the input."""

    documents: tuple[Document, ...] = ()

    @property
    def ok(self) -> bool:
        """No document is invalid and none could not be judged; warnings do not count."""
        return not any(d.status in ("invalid", "error") for d in self.documents)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding of every document."""
        return tuple(f for d in self.documents for f in d.findings)

    @property
    def summary(self) -> dict[str, int]:
        """How many documents have each status."""
        counts = Counter(d.status for d in self.documents)
        return {status: counts[status] for status in STATUSES}

    def to_dict(self) -> dict[str, Any]:
        """Return the report in the words of the stable JSON report."""
        return {"documents": [d.to_dict() for d in self.documents], "summary": self.summary}
