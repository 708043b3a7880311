"""``experimental`` of a component in v1beta1."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydynamo_manifests.api.base import Int32, Model
from pydynamo_manifests.api.marks import Default, ListMap, Mark, Required, Rule, Schema, Since
from pydynamo_manifests.api.shared import (
    BackendOrder,
    CheckpointJob,
    ContainerName,
    ContainerNames,
    GmsClientPod,
)

__all__ = [
    "Checkpoint",
    "CheckpointIdentity",
    "ComponentExperimental",
    "Failover",
    "GpuMemoryService",
    "Grove",
]

PodMode = Literal["IntraPod", "InterPod"]


class CheckpointIdentity(Model):
    """What was checkpointed; deprecated."""

    model: Annotated[str, Schema(minLength=1)]
    """Model that runs."""
    backend_framework: BackendOrder
    """Engine that runs it."""
    dynamo_version: str | None = None
    """Dynamo release that runs it."""
    tensor_parallel_size: Annotated[Int32 | None, Schema(minimum=1), Default(1)] = None
    """Tensor parallel size."""
    pipeline_parallel_size: Annotated[Int32 | None, Schema(minimum=1), Default(1)] = None
    """Pipeline parallel size."""
    dtype: str | None = None
    """Type of the weights."""
    max_model_len: Annotated[Int32 | None, Schema(minimum=1)] = None
    """Longest sequence."""
    extra_parameters: dict[str, str] | None = None
    """Whatever else tells two checkpoints apart."""


class Checkpoint(Model):
    """Takes a snapshot of a worker, or starts from one."""

    marks: ClassVar[tuple[Mark, ...]] = (
        Rule(
            "(has(self.checkpointRef) && size(self.checkpointRef) > 0) || has(self.identity)",
            "a checkpoint needs a checkpointRef or an identity",
            until="1.2",
        ),
        Rule(
            "!has(self.job) || !has(self.checkpointRef) || size(self.checkpointRef) == 0",
            "a job makes a checkpoint, checkpointRef uses one: give only one of them",
            since="1.3",
        ),
    )

    enabled: Annotated[bool | None, Since("1.3"), Required()] = None
    """Switches it on."""
    mode: Annotated[Literal["Auto", "Manual"] | None, Default("Auto", until="1.2")] = None
    """Who takes the checkpoint; deprecated since 1.3."""
    startup_policy: Annotated[
        Literal["Immediate", "WaitForCheckpoint"] | None, Since("1.3"), Default("Immediate")
    ] = None
    """Start cold while the checkpoint is taken, or wait for it without pods."""
    deletion_policy: Annotated[Literal["Delete", "Retain"] | None, Since("1.3"), Default("Delete")] = None
    """What becomes of an automatic checkpoint when the graph goes."""
    checkpoint_ref: str | None = None
    """Existing checkpoint: a DynamoCheckpoint, from 1.5 on a PodSnapshot of the same namespace."""
    identity: CheckpointIdentity | None = None
    """What is checkpointed; deprecated, ignored from 1.5 on."""
    target_container_name: Annotated[ContainerName | None, Since("1.3"), Default("main")] = None
    """Container to checkpoint."""
    job: Annotated[CheckpointJob | None, Since("1.3")] = None
    """Changes to the Job that takes it."""


class GpuMemoryService(Model):
    """Weights in GPU memory that outlive the engine's process; its presence switches it on."""

    marks: ClassVar[tuple[Mark, ...]] = (
        Rule(
            "!has(self.extraClientContainers) || size(self.extraClientContainers) == 0 || self.mode == 'IntraPod'",
            "extraClientContainers work with mode IntraPod only",
            since="1.3",
        ),
        Rule(
            "!has(self.extraClientPods) || size(self.extraClientPods) == 0 || self.mode == 'InterPod'",
            "extraClientPods work with mode InterPod only",
            since="1.3",
        ),
        Rule(
            "!has(self.extraClientPods) || size(self.extraClientPods) == 0",
            "extraClientPods is reserved and must stay empty",
            since="1.3",
        ),
    )

    mode: Annotated[PodMode | None, Default("IntraPod")] = None
    """The service is a sidecar of the engine, or a pod of its own."""
    device_class_name: Annotated[str | None, Default("gpu.nvidia.com")] = None
    """DeviceClass through which the GPUs are shared."""
    extra_client_containers: Annotated[ContainerNames | None, Since("1.3")] = None
    """Further containers of the pod that use the service."""
    extra_client_pods: Annotated[list[GmsClientPod] | None, Since("1.3"), ListMap("name")] = None
    """Reserved."""


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
