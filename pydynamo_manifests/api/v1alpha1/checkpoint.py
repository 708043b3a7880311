"""DynamoCheckpoint, which became SnapshotJob and PodSnapshot of another operator in 1.5."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pydynamo_manifests.api.base import Column, DateTime, Int32, Int64, KindModel, Model, Status
from pydynamo_manifests.api.marks import Default, Mark, Rule, Schema, Since
from pydynamo_manifests.api.shared import ContainerName, PodTemplate
from pydynamo_manifests.api.status import Condition
from pydynamo_manifests.api.v1alpha1.experimental import CheckpointIdentity, GpuMemoryService
from pydynamo_manifests.api.v1alpha1.parts import SharedMemory

__all__ = ["CheckpointSpec", "CheckpointStatus", "DynamoCheckpoint"]


class SnapshotJob(Model):
    """The Job that takes a checkpoint."""

    pod_template_spec: PodTemplate
    """Pod to run and to checkpoint."""
    target_container_name: Annotated[ContainerName | None, Since("1.3"), Default("main")] = None
    """Container to checkpoint."""
    shared_memory: Annotated[SharedMemory | None, Since("1.1")] = None
    """Size of /dev/shm."""
    active_deadline_seconds: Annotated[Int64 | None, Schema(minimum=1, since="1.1"), Default(3600)] = None
    """Seconds that the Job may take."""
    backoff_limit: Annotated[Int32 | None, Schema(minimum=0, since="1.1"), Default(3, until="1.0")] = None
    """Deprecated, ignored."""
    ttl_seconds_after_finished: Annotated[
        Int32 | None, Schema(minimum=0, since="1.1"), Default(300, until="1.0")
    ] = None
    """Deprecated, ignored."""


class CheckpointSpec(Model):
    """A checkpoint to take."""

    identity: CheckpointIdentity
    """What is checkpointed."""
    gpu_memory_service: Annotated[GpuMemoryService | None, Since("1.1")] = None
    """Checkpoints with the GPU memory service."""
    job: SnapshotJob
    """The Job that takes it."""


class CheckpointStatus(Status):
    """How far a checkpoint is."""

    phase: Literal["Pending", "Creating", "Ready", "Failed"] | None = None
    """Where it stands."""
    checkpoint_id: Annotated[str | None, Field(alias="checkpointID"), Since("1.3")] = None
    """Identifies the artifact."""
    identity_hash: str | None = None
    """Former identifier, deprecated."""
    location: str | None = None
    """Where the artifact is, deprecated."""
    storage_type: Literal["pvc", "s3", "oci"] | None = None
    """How the artifact is stored, deprecated."""
    job_name: str | None = None
    """The Job."""
    pod_snapshot_name: Annotated[str | None, Since("1.4")] = None
    """The PodSnapshot behind it."""
    created_at: DateTime | None = None
    """When it was ready."""
    message: str | None = None
    """What went wrong."""
    conditions: list[Condition] | None = None
    """Deprecated."""


class DynamoCheckpoint(KindModel):
    """A checkpoint of a worker."""

    version: ClassVar[str] = "v1alpha1"
    plural: ClassVar[str] = "dynamocheckpoints"
    short_name: ClassVar[str] = "dckpt"
    marks: ClassVar[tuple[Mark, ...]] = (
        Rule(
            "!has(oldSelf.spec.identity) || self.spec.identity == oldSelf.spec.identity",
            "spec.identity stays as it was created",
        ),
    )
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="Model", path=".spec.identity.model", description="Model"),
        Column(name="Backend", path=".spec.identity.backendFramework", description="Engine"),
        Column(name="Phase", path=".status.phase", description="Where it stands"),
        Column(name="Hash", path=".status.identityHash", description="Identifier", until="1.2"),
        Column(name="CheckpointID", path=".status.checkpointID", description="Identifier", since="1.3"),
        Column(name="Age", path=".metadata.creationTimestamp", type="date"),
    )

    spec: CheckpointSpec | None = None
    """What is wanted."""
    status: CheckpointStatus | None = None
    """How far it is."""
