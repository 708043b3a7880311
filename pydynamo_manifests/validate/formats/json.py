"""The stable JSON report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydynamo_manifests.validate.report import Report

__all__ = ["write"]


def write(report: Report) -> str:
    """Return the report as JSON, ending in a newline."""
    return json.dumps(report.to_dict(), ensure_ascii=False, indent=2) + "\n"
