"""Values of container images."""

from __future__ import annotations

from typing import Literal

from pydynamo_manifests.values.base import Values

__all__ = ["Image"]


class Image(Values):
    """An image in its parts. The graph's image holds for every component that does not say otherwise."""

    registry: str | None = None
    """Registry with path, e.g. `nvcr.io/nvidia/ai-dynamo`; empty for none."""
    repository: str | None = None
    """Image name, e.g. `vllm-runtime`."""
    tag: str | None = None
    """Tag; `dynamo.release` when null, none when empty."""
    digest: str | None = None
    """Digest, `sha256:...`; pins the image beside the tag."""
    pullPolicy: Literal["Always", "IfNotPresent", "Never"] | None = None
    """When the node pulls the image."""
    pullSecrets: list[str | None] | None = None
    """Names of Secrets with registry credentials."""
