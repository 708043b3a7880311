"""DynamoGraphDeploymentScalingAdapter in v1alpha1."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydynamo_manifests.api.base import Column, DateTime, Int32, KindModel, Model, Status
from pydynamo_manifests.api.marks import Schema

__all__ = ["SCALE", "AdapterSpec", "AdapterStatus", "DynamoGraphDeploymentScalingAdapter"]

SCALE: dict[str, Any] = {
    "scale": {
        "labelSelectorPath": ".status.selector",
        "specReplicasPath": ".spec.replicas",
        "statusReplicasPath": ".status.replicas",
    },
    "status": {},
}


class ServiceRef(Model):
    """A component of a graph in the same namespace."""

    name: Annotated[str, Schema(minLength=1)]
    """The graph."""
    service_name: Annotated[str, Schema(minLength=1)]
    """Its component."""


class AdapterSpec(Model):
    """How many replicas a component shall have."""

    replicas: Annotated[Int32, Schema(minimum=0)]
    """Written by an autoscaler through the scale subresource."""
    dgd_ref: ServiceRef
    """Component that is scaled."""


class AdapterStatus(Status):
    """How many replicas a component has."""

    replicas: Int32 | None = None
    """Replicas now."""
    selector: str | None = None
    """Labels of its pods, as text."""
    last_scale_time: DateTime | None = None
    """When the number last changed."""


class DynamoGraphDeploymentScalingAdapter(KindModel):
    """Lets an autoscaler own the replicas of one component."""

    version: ClassVar[str] = "v1alpha1"
    plural: ClassVar[str] = "dynamographdeploymentscalingadapters"
    short_name: ClassVar[str] = "dgdsa"
    subresources: ClassVar[dict[str, Any] | None] = SCALE
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="DGD", path=".spec.dgdRef.name", description="Graph"),
        Column(name="SERVICE", path=".spec.dgdRef.serviceName", description="Component"),
        Column(name="REPLICAS", path=".status.replicas", type="integer", description="Replicas now"),
        Column(name="AGE", path=".metadata.creationTimestamp", type="date"),
    )

    spec: AdapterSpec | None = None
    """What is wanted."""
    status: AdapterStatus | None = None
    """What there is."""
