"""Validation of manifests and values, offline, as strict as the API server and the operator would be.

What needs schemas and rules is imported with its first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.report import Document, Finding, Report
from pydynamo_manifests.validate.rule import Rule

if TYPE_CHECKING:
    from pydynamo_manifests.validate.cluster import Cluster
    from pydynamo_manifests.validate.registry import rules
    from pydynamo_manifests.validate.run import validate, validate_paths, validate_text
    from pydynamo_manifests.validate.target import Target

__all__ = [
    "Cluster",
    "Document",
    "Finding",
    "Report",
    "Rule",
    "Target",
    "rules",
    "validate",
    "validate_paths",
    "validate_text",
]

_HOMES = {
    "Cluster": "cluster",
    "Target": "target",
    "rules": "registry",
    "validate": "run",
    "validate_paths": "run",
    "validate_text": "run",
}


def __getattr__(name: str) -> Any:
    """Import what needs schemas and rules only when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - only here

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
