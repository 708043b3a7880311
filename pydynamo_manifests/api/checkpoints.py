"""Checkpoints and the GPU memory service, as far as both API versions agree."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydynamo_manifests.api.base import AnyObject, Int32, Model
from pydynamo_manifests.api.marks import Default, ListMap, Mark, Rule, Schema, Since
from pydynamo_manifests.api.shared import ContainerName, ContainerNames

__all__ = [
    "CheckpointIdentity",
    "CheckpointJob",
    "CommonCheckpoint",
    "CommonGpuMemoryService",
    "GmsClientPod",
]


class CheckpointIdentity(Model):
    """What was checkpointed; deprecated."""

    model: str
    """Model that runs."""
    backend_framework: Literal["vllm", "sglang", "trtllm"]
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


class CheckpointJob(Model):
    """Changes to the Job that takes a checkpoint."""

    gms_client_containers: ContainerNames | None = None
    """Further containers that use the GPU memory service."""
    pod_template: AnyObject | None = None
    """Merged into the pod of the Job."""


class CommonCheckpoint(Model):
    """Takes a snapshot of a worker, or starts from one."""

    marks: ClassVar[tuple[Mark, ...]] = (
        Rule(
            "!has(self.job) || !has(self.checkpointRef) || size(self.checkpointRef) == 0",
            "a job makes a checkpoint, checkpointRef uses one: give only one of them",
            since="1.3",
        ),
    )

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
    target_container_name: Annotated[ContainerName | None, Since("1.3"), Default("main")] = None
    """Container to checkpoint."""
    job: Annotated[CheckpointJob | None, Since("1.3")] = None
    """Changes to the Job that takes it."""


class GmsClientPod(Model):
    """A pod beside the workers that uses their GPU memory service."""

    name: ContainerName
    """Name of the pod."""
    pod_template: AnyObject
    """The pod."""


def memory_service_rules(one_pod: str, own_pod: str) -> tuple[Mark, ...]:
    """Return the rules of a GPU memory service, whose two modes each API version spells in its own way."""
    return (
        Rule(
            "!has(self.extraClientContainers) || size(self.extraClientContainers) == 0 || "
            f"self.mode == '{one_pod}'",
            f"extraClientContainers work with mode {one_pod} only",
            since="1.3",
        ),
        Rule(
            f"!has(self.extraClientPods) || size(self.extraClientPods) == 0 || self.mode == '{own_pod}'",
            f"extraClientPods work with mode {own_pod} only",
            since="1.3",
        ),
        Rule(
            "!has(self.extraClientPods) || size(self.extraClientPods) == 0",
            "extraClientPods is reserved and must stay empty",
            since="1.3",
        ),
    )


class CommonGpuMemoryService(Model):
    """Weights in GPU memory that outlive the engine's process."""

    device_class_name: Annotated[str | None, Default("gpu.nvidia.com")] = None
    """DeviceClass through which the GPUs are shared."""
    extra_client_containers: Annotated[ContainerNames | None, Since("1.3")] = None
    """Further containers of the pod that use the service."""
    extra_client_pods: Annotated[list[GmsClientPod] | None, Since("1.3"), ListMap("name")] = None
    """Reserved."""
