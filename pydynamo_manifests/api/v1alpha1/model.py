"""DynamoModel."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydynamo_manifests.api.base import Column, KindModel, Model, Status
from pydynamo_manifests.api.marks import Default, Since
from pydynamo_manifests.api.status import Condition

__all__ = ["DynamoModel", "ModelSpec", "ModelStatus"]


class ModelSource(Model):
    """Where a model is loaded from."""

    uri: str
    """s3://, hf:// or file:/// location."""


class ModelSpec(Model):
    """A model or adapter that running workers load."""

    model_name: str
    """Full name of the model or adapter."""
    base_model_name: str
    """Base model: modelRef.name of the components that serve it."""
    model_type: Annotated[Literal["base", "lora", "adapter"] | None, Default("base")] = None
    """What it is."""
    source: ModelSource | None = None
    """Where it is loaded from; a lora needs one."""


class Endpoint(Status):
    """A worker that serves the model."""

    address: str
    """Its address."""
    pod_name: str | None = None
    """Its pod."""
    ready: bool
    """Whether it has the model."""
    lora_fallback_covered: Annotated[bool | None, Since("1.4")] = None
    """Another worker answers for it."""


class ModelStatus(Status):
    """Which workers have the model."""

    endpoints: list[Endpoint] | None = None
    """The workers."""
    ready_endpoints: int
    """Workers that have it."""
    total_endpoints: int
    """All workers."""
    lora_fallback_covered_endpoints: Annotated[int | None, Since("1.4")] = None
    """Workers that another one answers for."""
    conditions: list[Condition] | None = None
    """EndpointsReady, ServicesFound."""


class DynamoModel(KindModel):
    """A model or adapter that the workers of a base model load."""

    version: ClassVar[str] = "v1alpha1"
    plural: ClassVar[str] = "dynamomodels"
    short_name: ClassVar[str] = "dm"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="BaseModel", path=".spec.baseModelName", description="Base model"),
        Column(name="Type", path=".spec.modelType", description="What it is"),
        Column(
            name="Ready", path=".status.readyEndpoints", type="integer", description="Workers that have it"
        ),
        Column(name="Total", path=".status.totalEndpoints", type="integer", description="All workers"),
        Column(name="Age", path=".metadata.creationTimestamp", type="date"),
    )

    spec: ModelSpec | None = None
    """What is wanted."""
    status: ModelStatus | None = None
    """Which workers have it."""
