"""Objects that v1alpha1 and v1beta1 have in common, on the side of what users write."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydynamo_manifests.api.base import AnyObject, Int32, Int64, Model
from pydynamo_manifests.api.marks import (
    Default,
    Embedded,
    Mark,
    Rule,
    Schema,
    Since,
    Uncertain,
)

__all__ = [
    "Backend",
    "ComponentTopology",
    "ContainerName",
    "ContainerNames",
    "Domain",
    "GraphExperimental",
    "KvTransferPolicy",
    "Lpx",
    "LpxScheduling",
    "PodTemplate",
    "ProviderOverride",
    "Restart",
    "RestartStrategy",
    "Role",
    "RoleOverride",
    "RuntimeVersion",
]

Backend = Literal["sglang", "vllm", "trtllm"]

ContainerName = Annotated[str, Schema(minLength=1, maxLength=63, pattern="^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
ContainerNames = Annotated[list[ContainerName], Schema(**{"x-kubernetes-list-type": "set"})]
Domain = Annotated[str, Schema(pattern="^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]
RuntimeVersion = Annotated[
    str, Schema(pattern=r"^(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})$")
]
PodTemplate = Annotated[dict[str, Any], Embedded("api.core.v1.PodTemplateSpec")]
LabelKey = Annotated[
    str,
    Schema(
        minLength=1,
        maxLength=317,
        pattern=r"^(([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*/)?"
        r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)$",
    ),
    Rule(
        "!self.contains('/') || self.split('/')[0].size() <= 253",
        "the prefix of a label key has at most 253 characters",
    ),
]


class ProviderOverride(Model):
    """A fragment in the words of the workload provider (Grove), merged into what the operator makes."""

    api_version: Annotated[str, Schema(minLength=1)]
    """API version that the fragment is written for; admission takes grove.io/v1alpha1."""
    target: str | None = None
    """Provider type that the fragment belongs to; filled in by admission."""
    value: AnyObject
    """The fragment itself; only a topologyConstraint is admitted."""


class RestartStrategy(Model):
    """How the components of a graph are restarted."""

    type: Annotated[Literal["Sequential", "Parallel"] | None, Default("Sequential")] = None
    """One component after the other, or all at once."""
    order: list[str] | None = None
    """Every component, in the order of a sequential restart."""


class Restart(Model):
    """Asks for a restart of the whole graph."""

    id: Annotated[str, Schema(minLength=1)]
    """Any new value starts a restart."""
    strategy: RestartStrategy | None = None
    """How to restart."""


class KvTransferPolicy(Model):
    """Which workers may exchange KV blocks, by where their nodes stand."""

    marks: ClassVar[tuple[Mark, ...]] = (
        Rule(
            "(has(self.labelKey) && !has(self.clusterTopologyName)) || "
            "(!has(self.labelKey) && has(self.clusterTopologyName))",
            "give either labelKey or clusterTopologyName",
        ),
        Rule(
            "!has(self.enforcement) || self.enforcement != 'preferred' || has(self.preferredWeight)",
            "enforcement preferred needs a preferredWeight",
        ),
        Rule(
            "!has(self.preferredWeight) || (has(self.enforcement) && self.enforcement == 'preferred')",
            "preferredWeight means something only with enforcement preferred",
        ),
    )

    cluster_topology_name: Annotated[str | None, Schema(minLength=1)] = None
    """ClusterTopologyBinding of Grove that says which node label the domain is."""
    label_key: LabelKey | None = None
    """Node label whose value is the domain, without a topology of Grove."""
    domain: Domain
    """Name of the domain that workers report (rack, zone ...)."""
    enforcement: Annotated[Literal["required", "preferred"] | None, Default("required")] = None
    """Never leave the domain, or only prefer to stay in it."""
    preferred_weight: Annotated[float | None, Schema(minimum=0, maximum=1)] = None
    """How strongly to prefer it, 0 to 1."""


class GraphExperimental(Model):
    """Settings of a graph that may change without notice."""

    kv_transfer_policy: KvTransferPolicy | None = None
    """Keeps the transfer of KV blocks inside a topology domain."""


class ComponentTopology(Model):
    """Where the pods of one component are packed."""

    pack_domain: Domain
    """Topology domain that one replica must fit into."""


class RoleOverride(Model):
    """What one role of a multi-node component had of its own before ``roles``."""

    provider_override: ProviderOverride | None = None
    """Fragment of the provider for this role."""


class Role(Model):
    """One role inside a component that spans several pods (leader and worker; conductor and agent)."""

    name: ContainerName
    """leader or worker; conductor or agent of an lpx component."""
    replicas: Annotated[Int32 | None, Since("1.6"), Schema(minimum=1)] = None
    """Pods of this role; admission takes only what nodeCount gives: one leader, the rest workers."""
    pod_template: Annotated[
        PodTemplate | None,
        Since("1.6"),
        Uncertain("no rule of the component's podTemplate was seen here"),
    ] = None
    """Whole pod of this role, which then owns its launch command; all roles have one, or none."""
    provider_override: Annotated[
        ProviderOverride | None,
        Uncertain("1.5 and later may leave it out of DynamoComponentDeployment"),
    ] = None
    """Fragment of the provider for this role."""


class LpxScheduling(Model):
    """How an lpx component is scheduled."""

    attempt_deadline_seconds: Annotated[Int64 | None, Schema(minimum=1, maximum=9223372036)] = None
    """Seconds until one attempt is given up; unlimited when left out."""


class Lpx(Model):
    """What an lpx component runs."""

    marks: ClassVar[tuple[Mark, ...]] = (
        Uncertain("localPartitions was seen on a branch and may be in a later 1.6"),
    )

    build_id: Annotated[str, Schema(minLength=1)]
    """Build of the compiled model."""
    scheduling: LpxScheduling | None = None
    """How it is scheduled."""
