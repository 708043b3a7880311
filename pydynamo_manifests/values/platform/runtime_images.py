"""Values of `runtimeImages`: the images that graphs run, and bringing them to the nodes beforehand."""

from __future__ import annotations

from pydynamo_manifests.values.base import Fragment, Fragments, StringMap, Values
from pydynamo_manifests.values.platform.common import Digest, Image, Scheduling, Tag

__all__ = ["RuntimeImages"]

GPU_NODES: dict[str, str | None] = {"nvidia.com/gpu.present": "true"}
"""Label that GPU feature discovery sets."""


class RuntimeImage(Values):
    """One image; its tag is the operator's release when null."""

    repository: str | None = None
    """Repository in the registry."""
    tag: Tag | None = None
    """Tag."""
    digest: Digest | None = None
    """Digest `sha256:...`."""


class PauseImage(Image):
    """The tiny container that stays when all is pulled."""

    registry: str | None = "registry.k8s.io"
    repository: str | None = "pause"
    tag: Tag | None = "3.10.1"


class Prepull(Scheduling):
    """A DaemonSet whose init containers pull images of 10 to 20 GB before the first graph needs them."""

    enabled: bool = False
    """Pull the images named in `images` and `extraImages`."""
    images: list[str] = []
    """Names of `runtimeImages.images`, e.g. `[vllm]`."""
    extraImages: list[str] = []
    """Whole references of other images that have `/bin/true`, pulled as they are."""
    nodeSelector: StringMap = GPU_NODES
    """Nodes to bring them to."""
    tolerations: Fragments = [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
    """Taints of these nodes."""
    maxUnavailable: int | str = "10%"
    """Nodes that pull a new release at the same time."""
    resources: Fragment = {
        "requests": {"cpu": "1m", "memory": "8Mi", "ephemeral-storage": "1Mi"},
        "limits": {"memory": "64Mi", "ephemeral-storage": "64Mi"},
    }
    """Resources of each container."""
    pauseImage: PauseImage = PauseImage()
    imagePullSecrets: Fragments = []
    """Pull secrets beside `global.imagePullSecrets`."""


class RuntimeImages(Values):
    """The runtime images of the operator's release."""

    registry: str = "nvcr.io"
    """Registry of these images; `global.imageRegistry` replaces it."""
    images: dict[str, RuntimeImage | None] = {
        "vllm": RuntimeImage(repository="nvidia/ai-dynamo/vllm-runtime"),
        "sglang": RuntimeImage(repository="nvidia/ai-dynamo/sglang-runtime"),
        "trtllm": RuntimeImage(repository="nvidia/ai-dynamo/tensorrtllm-runtime"),
        "frontend": RuntimeImage(repository="nvidia/ai-dynamo/dynamo-frontend"),
        "planner": RuntimeImage(repository="nvidia/ai-dynamo/dynamo-planner"),
    }
    """The images by name."""
    prepull: Prepull = Prepull()
