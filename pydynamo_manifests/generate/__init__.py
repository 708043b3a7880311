"""Composition: an intent becomes the complete values of a graph, as data and as a commented file.

The command's options need an intent alone, so what reads the catalogue is imported with its first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydynamo_manifests.generate.composing import Composition, compose, composition

__all__ = ["Composition", "compose", "composition"]


def __getattr__(name: str) -> Any:
    """Import what composes when it is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pydynamo_manifests.generate import composing  # noqa: PLC0415 - only here

    return getattr(composing, name)
