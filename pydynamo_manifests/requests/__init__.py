"""Requests: Dynamo profiles a model and generates the graph itself; what is asked, and what comes of it.

What reads the API's models or a graph is imported with its first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.requests.intent import RequestIntent

if TYPE_CHECKING:
    from pydynamo_manifests.requests.composing import RequestComposition, request_composition

__all__ = ["RequestComposition", "RequestIntent", "request_composition"]


def __getattr__(name: str) -> Any:
    """Import what composes when it is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pydynamo_manifests.requests import composing  # noqa: PLC0415 - only here

    return getattr(composing, name)
