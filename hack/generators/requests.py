"""The presets of requests, beside the graph chart and inside it."""

from __future__ import annotations

from pydynamo_manifests.generate.request_presets import request_preset_files


def generate() -> dict[str, bytes]:
    """Return path and content of every preset."""
    return request_preset_files()
