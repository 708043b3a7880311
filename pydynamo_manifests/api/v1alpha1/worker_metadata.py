"""DynamoWorkerMetadata, which workers write to be found."""

from __future__ import annotations

from typing import Any, ClassVar

from pydynamo_manifests.api.base import AnyObject, Column, KindModel, Model

__all__ = ["DynamoWorkerMetadata", "WorkerMetadataSpec"]


class WorkerMetadataSpec(Model):
    """What a worker tells of itself."""

    data: AnyObject
    """Endpoints, model cards and event channels of the worker."""


class DynamoWorkerMetadata(KindModel):
    """How frontends and routers find a worker; written by the runtime, not by people."""

    version: ClassVar[str] = "v1alpha1"
    plural: ClassVar[str] = "dynamoworkermetadatas"
    short_name: ClassVar[str] = "dwm"
    subresources: ClassVar[dict[str, Any] | None] = None
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="Age", path=".metadata.creationTimestamp", type="date"),
    )

    spec: WorkerMetadataSpec | None = None
    """What the worker tells."""
