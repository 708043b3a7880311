"""DynamoGraphDeployment in v1beta1."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydynamo_manifests.api.base import Column, EnvVar, Int64, KindModel, Model, Status
from pydynamo_manifests.api.marks import ListMap, Mark, Required, Rule, Schema, Since
from pydynamo_manifests.api.shared import Backend, Domain, GraphExperimental, ProviderOverride, Restart
from pydynamo_manifests.api.status import (
    CheckpointStatus,
    ConditionList,
    GraphState,
    Placement,
    ReplicaStatus,
    RestartStatus,
)
from pydynamo_manifests.api.status import RollingUpdate as CommonRollingUpdate
from pydynamo_manifests.api.v1beta1.component import GraphComponent

__all__ = ["DynamoGraphDeployment", "GraphSpec", "GraphStatus"]


class GraphTopology(Model):
    """Where the pods of a graph are packed."""

    cluster_topology_name: Annotated[str, Schema(minLength=1)]
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
        Rule(
            "!has(self.restart) || !has(self.components) || "
            "!self.components.exists(c, has(c.type) && c.type == 'lpx') || "
            "(has(self.restart.strategy) && has(self.restart.strategy.type) && "
            "self.restart.strategy.type == 'Parallel')",
            "a graph with components of type lpx restarts with strategy Parallel only",
            since="1.6",
        ),
    )

    provider_override: Annotated[ProviderOverride | None, Since("main-2026-08-21")] = None
    """Fragment of the provider for the whole graph."""
    annotations: dict[str, str] | None = None
    """Annotations of everything made for the graph, of the lowest priority."""
    labels: dict[str, str] | None = None
    """Labels of everything made for the graph, of the lowest priority."""
    priority_class_name: Annotated[str | None, Since("1.3")] = None
    """PriorityClass of all pods; Grove only."""
    components: Annotated[
        list[GraphComponent] | None,
        Schema(maxItems=25),
        ListMap("name"),
        Rule(
            "self.filter(c, has(c.type) && c.type == 'epp').size() <= 1",
            "a graph has one component of type epp at most",
        ),
        Rule(
            "self.all(c1, !has(c1.name) || "
            "self.filter(c2, has(c2.name) && c2.name.lowerAscii() == c1.name.lowerAscii()).size() == 1)",
            "the names of components differ also when case is ignored",
        ),
    ] = None
    """The components."""
    env: list[EnvVar] | None = None
    """Environment of every main container, below its own."""
    backend_framework: Backend | None = None
    """Engine of the workers."""
    restart: Restart | None = None
    """Asks for a restart."""
    topology_constraint: GraphTopology | None = None
    """Packs the graph into a topology domain."""
    experimental: Annotated[GraphExperimental | None, Since("1.3")] = None
    """Settings that may change without notice."""


class RollingUpdate(CommonRollingUpdate):
    """How far a rolling update is."""

    updated_components: list[str] | None = None
    """Components that are done."""


class GraphStatus(Status):
    """What the operator made of a graph."""

    observed_generation: Int64 | None = None
    """Generation that the status is about."""
    state: Annotated[GraphState | None, Required()] = None
    """initializing, pending, successful or failed."""
    conditions: ConditionList | None = None
    """Ready, TopologyLevelsAvailable, from 1.6 on OwnershipConflict."""
    components: dict[str, ReplicaStatus] | None = None
    """How many pods each component has."""
    restart: RestartStatus | None = None
    """How far a restart is."""
    checkpoints: dict[str, CheckpointStatus] | None = None
    """Checkpoints by component."""
    rolling_update: RollingUpdate | None = None
    """How far a rolling update is."""
    placement: Annotated[Placement | None, Since("1.4")] = None
    """How well the pods are packed."""


class DynamoGraphDeployment(KindModel):
    """A graph that serves a model."""

    version: ClassVar[str] = "v1beta1"
    plural: ClassVar[str] = "dynamographdeployments"
    short_name: ClassVar[str] = "dgd"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            name="Ready",
            path='.status.conditions[?(@.type=="Ready")].status',
            description="All components run",
        ),
        Column(name="Backend", path=".spec.backendFramework", description="Engine of the workers"),
        Column(name="Age", path=".metadata.creationTimestamp", type="date"),
    )

    spec: GraphSpec | None = None
    """What is wanted."""
    status: GraphStatus | None = None
    """What the operator made of it."""
