"""DynamoGraphDeployment in v1alpha1."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydynamo_manifests.api.base import Column, EnvVar, Int64, KindModel, Model, Quantity, Status
from pydynamo_manifests.api.marks import Gone, Mark, Required, Rule, Schema, Since, Uncertain
from pydynamo_manifests.api.shared import Backend, Domain, GraphExperimental, ProviderOverride, Restart
from pydynamo_manifests.api.status import (
    CheckpointStatus,
    Condition,
    GraphState,
    Placement,
    RestartStatus,
)
from pydynamo_manifests.api.status import RollingUpdate as CommonRollingUpdate
from pydynamo_manifests.api.v1alpha1.component import ReplicaStatus, Service

__all__ = ["DynamoGraphDeployment", "GraphSpec", "GraphStatus"]


class Pvc(Model):
    """A claim that the components of a graph mount."""

    marks: ClassVar[tuple[Mark, ...]] = (
        Rule(
            "!has(self.create) || self.create == false || "
            "(has(self.size) && has(self.storageClass) && has(self.volumeAccessMode))",
            "a claim to create needs size, storageClass and volumeAccessMode",
        ),
    )

    create: bool | None = None
    """The operator creates it; otherwise it must exist."""
    name: str
    """Name of the claim, used by volumeMounts."""
    storage_class: str | None = None
    """Storage class to create it with."""
    size: Quantity | None = None
    """Size to create it with."""
    volume_access_mode: str | None = None
    """Access mode to create it with, for example ReadWriteMany."""


class GraphTopology(Model):
    """Where the pods of a graph are packed."""

    topology_profile: Annotated[str, Schema(minLength=1)]
    """ClusterTopologyBinding of Grove."""
    pack_domain: Domain | None = None
    """Topology domain that the whole graph must fit into."""


class GraphSpec(Model):
    """A graph of components that together serve a model."""

    marks: ClassVar[tuple[Mark, ...]] = (
        Rule(
            "oldSelf.hasValue() || !has(self.restart)",
            "restart is for a graph that exists: leave it out on create",
            optional_old_self=True,
            since="1.3",
        ),
        Uncertain(
            "1.6 may also ask here for a Parallel restart of graphs with lpx components, as v1beta1 does"
        ),
    )

    provider_override: Annotated[ProviderOverride | None, Since("main-2026-08-21")] = None
    """Fragment of the provider for the whole graph."""
    annotations: Annotated[dict[str, str] | None, Since("1.1")] = None
    """Annotations of everything made for the graph, of the lowest priority."""
    labels: Annotated[dict[str, str] | None, Since("1.1")] = None
    """Labels of everything made for the graph, of the lowest priority."""
    priority_class_name: Annotated[str | None, Since("1.3")] = None
    """PriorityClass of all pods; Grove only."""
    pvcs: Annotated[list[Pvc] | None, Schema(maxItems=100, since="0.7")] = None
    """Claims that components mount."""
    services: Annotated[dict[str, Service] | None, Schema(maxProperties=25, since="0.7")] = None
    """The components by name."""
    envs: list[EnvVar] | None = None
    """Environment of every main container, below its own."""
    backend_framework: Backend | None = None
    """Engine of the workers."""
    restart: Annotated[Restart | None, Since("0.9")] = None
    """Asks for a restart."""
    topology_constraint: Annotated[GraphTopology | None, Since("1.1")] = None
    """Packs the graph into a topology domain."""
    experimental: Annotated[GraphExperimental | None, Since("1.3")] = None
    """Settings that may change without notice."""
    dynamo_graph: Annotated[str | None, Gone("services")] = None
    """Built graph."""


class RollingUpdate(CommonRollingUpdate):
    """How far a rolling update is."""

    updated_services: list[str] | None = None
    """Components that are done."""


class GraphStatus(Status):
    """What the operator made of a graph."""

    state: Annotated[GraphState | None, Required(since="1.0")] = None
    """initializing, pending, successful or failed."""
    observed_generation: Annotated[Int64 | None, Since("1.0")] = None
    """Generation that the status is about."""
    conditions: list[Condition] | None = None
    """Ready, TopologyLevelsAvailable."""
    services: Annotated[dict[str, ReplicaStatus] | None, Since("0.8")] = None
    """How many pods each component has."""
    restart: Annotated[RestartStatus | None, Since("0.9")] = None
    """How far a restart is."""
    checkpoints: Annotated[dict[str, CheckpointStatus] | None, Since("1.0")] = None
    """Checkpoints by component."""
    rolling_update: Annotated[RollingUpdate | None, Since("1.0")] = None
    """How far a rolling update is."""
    placement: Annotated[Placement | None, Since("1.4")] = None
    """How well the pods are packed."""


class DynamoGraphDeployment(KindModel):
    """A graph that serves a model."""

    version: ClassVar[str] = "v1alpha1"
    plural: ClassVar[str] = "dynamographdeployments"
    short_name: ClassVar[str] = "dgd"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            name="Ready",
            path='.status.conditions[?(@.type=="Ready")].status',
            description="All components run",
            since="1.0",
        ),
        Column(
            name="Backend", path=".spec.backendFramework", description="Engine of the workers", since="1.0"
        ),
        Column(name="Age", path=".metadata.creationTimestamp", type="date", since="1.0"),
    )

    spec: GraphSpec | None = None
    """What is wanted."""
    status: GraphStatus | None = None
    """What the operator made of it."""
