"""LPXGraphDeployment, which the operator of 1.6 writes for graphs with lpx components."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydynamo_manifests.api.base import AnyObject, Column, DateTime, Int64, KindModel, Model, Status
from pydynamo_manifests.api.marks import Schema, Uncertain
from pydynamo_manifests.api.status import Condition, ConditionList, ReplicaStatus

__all__ = ["LPXGraphDeployment", "LpxSpec", "LpxStatus"]


class LpxSpec(Model):
    """Which state of the graph this is for."""

    input_revision: Annotated[str, Schema(pattern="^sha256:[a-f0-9]{64}$")]
    """Hash of what the graph handed over."""


class LpxComponentStatus(ReplicaStatus):
    """How many pods of an lpx component are there."""

    conditions: list[Condition] | None = None
    """What holds for the component."""


class ModelDownload(Status):
    """How far the download of compiled models is."""

    builds: Annotated[list[AnyObject] | None, Uncertain("the fields of a build were not seen")] = None
    """The builds."""
    last_checked_at: DateTime | None = None
    """When this was looked up."""


class LpxStatus(Status):
    """What the operator made of it."""

    observed_generation: Int64 | None = None
    """Generation that the status is about."""
    conditions: ConditionList | None = None
    """Ready, SchedulingFailed."""
    components: dict[str, LpxComponentStatus] | None = None
    """How many pods each component has."""
    model_download: ModelDownload | None = None
    """How far the download of compiled models is."""


class LPXGraphDeployment(KindModel):
    """Hands a graph over to the LPX scheduler; written by the operator, not by people."""

    version: ClassVar[str] = "v1alpha1"
    plural: ClassVar[str] = "lpxgraphdeployments"
    short_name: ClassVar[str] = "lpxgd"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="Ready", path='.status.conditions[?(@.type=="Ready")].status'),
        Column(name="Age", path=".metadata.creationTimestamp", type="date"),
    )

    spec: LpxSpec | None = None
    """What is handed over."""
    status: LpxStatus | None = None
    """What the operator made of it."""
