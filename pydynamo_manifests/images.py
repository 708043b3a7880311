"""Every image that a values file of the platform leads to, those that the operator starts itself included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.releases import newest, release_of_tag
from pydynamo_manifests.releases import release as find_release

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.releases import Release
    from pydynamo_manifests.values.platform import PlatformValues
    from pydynamo_manifests.values.platform.common import Image

__all__ = ["ImageUse", "images"]

SIDECAR = "docker.io/bitnami/kubectl:latest"
"""Beside the profiler in operators up to 1.5; no flag moves it (dynamographdeploymentrequest_controller.go)."""


@dataclass(frozen=True, order=True)
class ImageUse:
    """An image, and who starts it: `chart` (its pods), `operator` (jobs of its own), or `graphs`."""

    reference: str
    by: str
    what: str
    source: str
    """The same image in its own registry, where a mirror takes it from."""


def images(values: PlatformValues) -> list[ImageUse]:
    """Return the images that checked values lead to, sorted, each once.

    Runtime images are listed whether they are pulled beforehand or not: graphs start them later.
    """
    return sorted(set(_Images(values).all()))


class _Images:
    def __init__(self, values: PlatformValues) -> None:
        self.values = values
        tag = values.operator.release or values.operator.image.tag
        self.release: Release = (find_release(tag) if tag and release_of_tag(tag) else None) or newest()
        self.version = values.operator.release or (tag if tag and release_of_tag(tag) else newest().version)

    def all(self) -> Iterator[ImageUse]:
        v = self.values
        if v.operator.enabled:
            yield self.use(v.operator.image, newest().version, "chart", "operator")
            yield from self.profiler()
        if v.nats.mode == "builtIn":
            yield self.use(v.nats.server.image, None, "chart", "NATS")
        if v.tests.enabled and v.operator.enabled:
            yield self.use(v.tests.image, None, "chart", "helm test")
        if v.integrations.checkpoint.enabled and self.release.within(until="1.4"):
            yield self.use(v.integrations.checkpoint.cleanupImage, None, "operator", "removal of checkpoints")
        if v.operator.enabled and self.release.within(until="1.5"):
            yield ImageUse(SIDECAR, "operator", "profiling jobs (fixed in this operator)", SIDECAR)
        yield from self.runtime()
        yield from self.added()

    def added(self) -> Iterator[ImageUse]:
        """Yield what people add themselves: the chart writes these references as they are."""
        operator = self.values.operator
        if operator.enabled:
            for name, container in {**operator.initContainers, **operator.extraContainers}.items():
                for reference in _references(container):
                    yield ImageUse(reference, "chart", f"container {name} of the operator", reference)
        for key, obj in self.values.extraObjects.items():
            for reference in _references(obj):
                yield ImageUse(reference, "chart", f"extraObjects.{key}", reference)

    def profiler(self) -> Iterator[ImageUse]:
        image = self.values.operator.profilerImage
        if self.release.within(since="1.5"):
            yield self.use(image, self.version, "operator", "profiling jobs")
        else:
            fixed = f"nvcr.io/nvidia/ai-dynamo/dynamo-planner:{self.version}"
            yield ImageUse(fixed, "operator", "profiling jobs (fixed in this operator)", fixed)

    def runtime(self) -> Iterator[ImageUse]:
        block = self.values.runtimeImages
        for name, image in block.images.items():
            if image is not None:
                data = {"registry": block.registry, **image.model_dump()}
                yield self.reference(data, self.version, "graphs", f"runtime {name}")
        if block.prepull.enabled:
            yield self.use(block.prepull.pauseImage, None, "chart", "pulling beforehand")
            for reference in block.prepull.extraImages:
                yield ImageUse(reference, "chart", "pulling beforehand", reference)

    def use(self, image: Image, tag: str | None, by: str, what: str) -> ImageUse:
        return self.reference(image.model_dump(), tag, by, what)

    def reference(self, image: dict[str, Any], tag: str | None, by: str, what: str) -> ImageUse:
        """Write a reference as the chart's template does: registry/repository:tag@digest."""
        registry = (self.values.global_.imageRegistry or image["registry"] or "").rstrip("/")
        chosen = image["tag"] or tag
        rest = image["repository"] + (f":{chosen}" if chosen else "")
        rest += f"@{image['digest']}" if image["digest"] else ""
        source = "/".join(part for part in (image["registry"], rest) if part)
        return ImageUse("/".join(part for part in (registry, rest) if part), by, what, source)


def _references(data: Any) -> Iterator[str]:
    """Yield the texts called ``image`` in a container or object, at any depth."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "image" and isinstance(value, str):
                yield value
            else:
                yield from _references(value)
    elif isinstance(data, list):
        for value in data:
            yield from _references(value)
