"""Validation of manifests and values, offline, as strict as the API server and the operator would be."""

from __future__ import annotations

from pydynamo_manifests.validate.report import Document, Finding, Report
from pydynamo_manifests.validate.rule import Rule

__all__ = ["Document", "Finding", "Report", "Rule"]
