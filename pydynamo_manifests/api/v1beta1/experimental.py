"""``experimental`` of a component in v1beta1."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydynamo_manifests.api.base import Int32, Model
from pydynamo_manifests.api.checkpoints import (
    CheckpointIdentity as CommonIdentity,
)
from pydynamo_manifests.api.checkpoints import (
    CommonCheckpoint,
    CommonGpuMemoryService,
    memory_service_rules,
)
from pydynamo_manifests.api.marks import Default, Mark, Required, Rule, Schema, Since

__all__ = [
    "Checkpoint",
    "CheckpointIdentity",
    "ComponentExperimental",
    "Failover",
    "GpuMemoryService",
    "Grove",
]

PodMode = Literal["IntraPod", "InterPod"]


class CheckpointIdentity(CommonIdentity):
    """What was checkpointed; deprecated."""

    model: Annotated[str, Schema(minLength=1)]
    """Model that runs."""


class Checkpoint(CommonCheckpoint):
    """Takes a snapshot of a worker, or starts from one."""

    marks: ClassVar[tuple[Mark, ...]] = (
        *CommonCheckpoint.marks,
        Rule(
            "(has(self.checkpointRef) && size(self.checkpointRef) > 0) || has(self.identity)",
            "a checkpoint needs a checkpointRef or an identity",
            until="1.2",
        ),
    )

    enabled: Annotated[bool | None, Since("1.3"), Required()] = None
    """Switches it on."""
    identity: CheckpointIdentity | None = None
    """What is checkpointed; deprecated, ignored from 1.5 on."""


class GpuMemoryService(CommonGpuMemoryService):
    """Weights in GPU memory that outlive the engine's process; being there switches it on."""

    marks: ClassVar[tuple[Mark, ...]] = memory_service_rules("IntraPod", "InterPod")

    mode: Annotated[PodMode | None, Default("IntraPod")] = None
    """The service is a sidecar of the engine, or a pod of its own."""


class Failover(Model):
    """A shadow engine that takes over when the active one fails; needs the GPU memory service."""

    mode: Annotated[PodMode | None, Default("IntraPod")] = None
    """The shadow shares the pod, or has its own."""
    num_shadows: Annotated[Int32 | None, Schema(minimum=1, maximum=1), Default(1)] = None
    """How many shadows wait."""


class Grove(Model):
    """How the component is written for Grove."""

    force_scaling_group: bool | None = None
    """Write a component of one node as a scaling group too; stays as it was created."""


class ComponentExperimental(Model):
    """Settings of a component that may change without notice."""

    gpu_memory_service: GpuMemoryService | None = None
    """Shares GPU memory between engines."""
    failover: Failover | None = None
    """Keeps a shadow engine."""
    grove: Annotated[Grove | None, Since("main-2026-08-21")] = None
    """How the component is written for Grove."""
    checkpoint: Checkpoint | None = None
    """Snapshot and restore of the worker."""
