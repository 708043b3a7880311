"""The stable JSON report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydynamo_manifests.validate.report import Report

__all__ = ["write"]


def write(report: Report) -> str:
    """Return the report as JSON, one document a line, ending in a newline."""
    documents = ",\n".join(_dumps(document.to_dict()) for document in report.documents)
    return f'{{"documents": [\n{documents}\n], "summary": {_dumps(report.summary)}}}\n'


_dumps = json.JSONEncoder(ensure_ascii=False).encode
