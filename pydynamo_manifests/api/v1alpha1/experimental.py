"""Parts of a v1alpha1 component that v1beta1 keeps under ``experimental``."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydynamo_manifests.api.base import Int32, Model
from pydynamo_manifests.api.checkpoints import (
    CheckpointIdentity,
    CommonCheckpoint,
    CommonGpuMemoryService,
    memory_service_rules,
)
from pydynamo_manifests.api.marks import Default, Mark, Rule, Schema

__all__ = ["Checkpoint", "CheckpointIdentity", "Failover", "GpuMemoryService"]

PodMode = Literal["intraPod", "interPod"]


class Checkpoint(CommonCheckpoint):
    """Takes a snapshot of a worker, or starts from one."""

    marks: ClassVar[tuple[Mark, ...]] = (
        *CommonCheckpoint.marks,
        Rule(
            "!self.enabled || (has(self.checkpointRef) && size(self.checkpointRef) > 0) || "
            "(has(self.identity) && has(self.identity.model) && has(self.identity.backendFramework))",
            "an enabled checkpoint needs a checkpointRef, or identity.model and identity.backendFramework",
            until="1.2",
        ),
    )

    enabled: Annotated[bool | None, Default(value=False)] = None
    """Switches it on."""
    identity: CheckpointIdentity | None = None
    """What is checkpointed; deprecated, ignored from 1.5 on."""


class GpuMemoryService(CommonGpuMemoryService):
    """Weights in GPU memory that outlive the engine's process."""

    marks: ClassVar[tuple[Mark, ...]] = memory_service_rules("intraPod", "interPod")

    enabled: bool
    """Switches it on."""
    mode: Annotated[PodMode | None, Default("intraPod")] = None
    """The service is a sidecar of the engine, or a pod of its own."""


class Failover(Model):
    """A shadow engine that takes over when the active one fails; needs the GPU memory service."""

    enabled: bool
    """Switches it on."""
    mode: Annotated[PodMode | None, Default("intraPod")] = None
    """The shadow shares the pod, or has its own."""
    num_shadows: Annotated[Int32 | None, Schema(minimum=1), Schema(maximum=1, until="1.1"), Default(1)] = None
    """How many shadows wait; more than one only with mode interPod."""
