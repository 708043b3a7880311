"""Composition: an intent becomes the complete values of a graph, as data and as a commented file."""

from __future__ import annotations

from pydynamo_manifests.generate.composition import Composition, compose, composition

__all__ = ["Composition", "compose", "composition"]
