"""SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pydynamo_manifests import __version__
from pydynamo_manifests.validate.registry import rules

if TYPE_CHECKING:
    from pydynamo_manifests.validate.report import Finding, Report
    from pydynamo_manifests.validate.rule import Rule

__all__ = ["write"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def write(report: Report) -> str:
    """Return the log as JSON; rules that found something are described in it."""
    known = rules()
    codes = sorted({finding.rule for finding in report.findings})
    driver = {
        "name": "dynamo-manifests",
        "version": __version__,
        "rules": [_rule(code, known.get(code)) for code in codes],
    }
    results = [_result(d.source, f, codes) for d in report.documents for f in d.findings]
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title}: {rule.effect}."},
        "help": {"text": rule.hint},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(source: str, finding: Finding, codes: list[str]) -> dict[str, Any]:
    message = ": ".join(part for part in (finding.path, finding.message) if part)
    text = f"{message}. {finding.hint}" if finding.hint else message
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(PurePath(source).as_posix())}}
    if finding.line:
        physical["region"] = {"startLine": finding.line, "startColumn": finding.column or 1}
    return {
        "ruleId": finding.rule,
        "ruleIndex": codes.index(finding.rule),
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "locations": [{"physicalLocation": physical}],
    }
