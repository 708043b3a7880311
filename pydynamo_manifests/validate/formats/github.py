"""Workflow commands of GitHub Actions, which become annotations of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydynamo_manifests.validate.report import Finding, Report

__all__ = ["write"]

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def write(report: Report) -> str:
    """Return one command a finding."""
    return "".join(_command(d.source, f) for d in report.documents for f in d.findings)


def _command(source: str, finding: Finding) -> str:
    properties = {"file": source, "line": finding.line, "col": finding.column, "title": finding.rule}
    given = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value)
    message = ": ".join(part for part in (finding.path, finding.message) if part)
    text = f"{message}\n{finding.hint}" if finding.hint else message
    return f"::{_COMMANDS[finding.severity]} {given}::{_data(text)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
