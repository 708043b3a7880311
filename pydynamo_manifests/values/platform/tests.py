"""Values of `tests`: what `helm test` runs."""

from __future__ import annotations

from pydynamo_manifests.values.platform.common import Image, Scheduling, Tag

__all__ = ["Tests"]


class TestImage(Image):
    """Image with a shell and `nc`."""

    registry: str | None = "docker.io"
    repository: str | None = "library/busybox"
    tag: Tag | None = "1.37"


class Tests(Scheduling):
    """The pod of `helm test`; it exists only while that command runs."""

    enabled: bool = True
    """Render it."""
    image: TestImage = TestImage()
