"""PodSnapshot and PodSnapshotContent, which another operator owns since 1.5."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydynamo_manifests.api.base import Column, KindModel, Model, Status
from pydynamo_manifests.api.marks import Mark, Rule, Schema
from pydynamo_manifests.api.status import Condition

__all__ = ["PodSnapshot", "PodSnapshotContent"]

_IMMUTABLE: tuple[Mark, ...] = (
    Rule("!has(oldSelf.spec) || self.spec == oldSelf.spec", "spec stays as it was created"),
)


class PodRef(Model):
    """A pod in the same namespace."""

    name: Annotated[str, Schema(minLength=1)]
    """Its name."""
    uid: str | None = None
    """Its identifier."""


class SnapshotSource(Model):
    """What is snapshotted."""

    pod_ref: PodRef
    """The pod."""


class SnapshotSpec(Model):
    """A snapshot to take."""

    source: SnapshotSource
    """What is snapshotted."""


class SnapshotStatus(Status):
    """How far a snapshot is."""

    bound_snapshot_content_name: str | None = None
    """PodSnapshotContent that holds it."""
    conditions: list[Condition] | None = None
    """Ready."""


class PodSnapshot(KindModel):
    """A snapshot of a running pod."""

    version: ClassVar[str] = "v1alpha1"
    plural: ClassVar[str] = "podsnapshots"
    short_name: ClassVar[str] = "podsnap"
    marks: ClassVar[tuple[Mark, ...]] = _IMMUTABLE
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="Content", path=".status.boundSnapshotContentName", description="What holds it"),
        Column(
            name="Ready",
            path=".status.conditions[?(@.type=='Ready')].status",
            description="Whether it is done",
        ),
        Column(name="Age", path=".metadata.creationTimestamp", type="date"),
    )

    spec: SnapshotSpec | None = None
    """What is wanted."""
    status: SnapshotStatus | None = None
    """How far it is."""


class SnapshotRef(Model):
    """A PodSnapshot of any namespace."""

    name: str
    """Its name."""
    namespace: str
    """Its namespace."""
    uid: str | None = None
    """Its identifier."""


class ContentSource(Model):
    """Where a snapshot is taken."""

    node_name: Annotated[str, Schema(minLength=1)]
    """Node of the pod."""
    pod_ref: PodRef
    """The pod."""


class ContentSpec(Model):
    """A snapshot on a node."""

    snapshot_ref: SnapshotRef
    """PodSnapshot that it belongs to."""
    source: ContentSource
    """Where it is taken."""


class ContentStatus(Status):
    """How far it is."""

    conditions: list[Condition] | None = None
    """Ready."""


class PodSnapshotContent(KindModel):
    """What a PodSnapshot holds."""

    version: ClassVar[str] = "v1alpha1"
    plural: ClassVar[str] = "podsnapshotcontents"
    short_name: ClassVar[str] = "podsnapcontent"
    scope: ClassVar[str] = "Cluster"
    marks: ClassVar[tuple[Mark, ...]] = _IMMUTABLE
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="PodSnapshot", path=".spec.snapshotRef.name", description="Snapshot that it belongs to"),
        Column(name="Namespace", path=".spec.snapshotRef.namespace", description="Namespace of it"),
        Column(
            name="Ready",
            path=".status.conditions[?(@.type=='Ready')].status",
            description="Whether it is done",
        ),
        Column(name="Age", path=".metadata.creationTimestamp", type="date"),
    )

    spec: ContentSpec | None = None
    """What is wanted."""
    status: ContentStatus | None = None
    """How far it is."""
