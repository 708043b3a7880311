"""The presets of the graph chart, beside the chart and inside it."""

from __future__ import annotations

from pydynamo_manifests.generate.presets import preset_files


def generate() -> dict[str, bytes]:
    """Return path and content of every preset."""
    return preset_files()
