"""Where the charts and presets are that come with the package."""

from __future__ import annotations

from pathlib import Path

from pydynamo_manifests.errors import UnknownNameError

__all__ = ["chart_path", "share_path"]

CHARTS = ("dynamo-graph", "dynamo-platform")


def share_path() -> Path:
    """Return the folder that holds ``charts/`` and ``values/``: in a wheel, or the checkout itself."""
    packaged = Path(__file__).parent / "_share"
    return packaged if packaged.is_dir() else Path(__file__).parents[1]


def chart_path(name: str) -> Path:
    """Return the folder of one chart.

    Raises:
        UnknownNameError: There is no such chart.
    """
    if name not in CHARTS:
        raise UnknownNameError("chart", name, CHARTS)
    return share_path() / "charts" / name
