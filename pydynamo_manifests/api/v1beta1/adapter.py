"""DynamoGraphDeploymentScalingAdapter in v1beta1."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydynamo_manifests.api.base import Column, Int32, KindModel, Model
from pydynamo_manifests.api.marks import Schema
from pydynamo_manifests.api.v1alpha1.adapter import SCALE
from pydynamo_manifests.api.v1alpha1.adapter import AdapterStatus as CommonStatus

__all__ = ["AdapterSpec", "AdapterStatus", "DynamoGraphDeploymentScalingAdapter"]


class ComponentRef(Model):
    """A component of a graph in the same namespace."""

    name: Annotated[str, Schema(minLength=1)]
    """The graph."""
    component_name: Annotated[str, Schema(minLength=1)]
    """Its component."""


class AdapterSpec(Model):
    """How many replicas a component shall have."""

    replicas: Annotated[Int32, Schema(minimum=0)]
    """Written by an autoscaler through the scale subresource."""
    dgd_ref: ComponentRef
    """Component that is scaled."""


class AdapterStatus(CommonStatus):
    """How many replicas a component has."""

    replicas: Int32
    """Replicas now."""


class DynamoGraphDeploymentScalingAdapter(KindModel):
    """Lets an autoscaler own the replicas of one component."""

    version: ClassVar[str] = "v1beta1"
    plural: ClassVar[str] = "dynamographdeploymentscalingadapters"
    short_name: ClassVar[str] = "dgdsa"
    subresources: ClassVar[dict[str, Any] | None] = SCALE
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="DGD", path=".spec.dgdRef.name", description="Graph"),
        Column(name="COMPONENT", path=".spec.dgdRef.componentName", description="Component"),
        Column(name="REPLICAS", path=".status.replicas", type="integer", description="Replicas now"),
        Column(name="AGE", path=".metadata.creationTimestamp", type="date"),
    )

    spec: AdapterSpec | None = None
    """What is wanted."""
    status: AdapterStatus | None = None
    """What there is."""
