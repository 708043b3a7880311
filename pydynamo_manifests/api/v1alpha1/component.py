"""A component in v1alpha1: a service of a graph, or a DynamoComponentDeployment of its own."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydynamo_manifests.api.base import AnyObject, Column, EnvVar, Int32, Int64, KindModel, Model, Status
from pydynamo_manifests.api.marks import Gone, ListMap, Mark, Rule, Schema, Since, Uncertain
from pydynamo_manifests.api.shared import Backend, ComponentTopology, Lpx, ProviderOverride, RuntimeVersion
from pydynamo_manifests.api.status import Condition
from pydynamo_manifests.api.status import ReplicaStatus as CommonReplicaStatus
from pydynamo_manifests.api.v1alpha1.experimental import Checkpoint, Failover, GpuMemoryService
from pydynamo_manifests.api.v1alpha1.parts import (
    Autoscaling,
    EppConfig,
    FrontendSidecar,
    GraphMultinode,
    Ingress,
    ModelRef,
    Multinode,
    PodMetadata,
    PodSpec,
    Probe,
    Resources,
    Role,
    ScalingAdapter,
    SharedMemory,
    VolumeMount,
)

__all__ = [
    "Component",
    "DynamoComponentDeployment",
    "ReplicaStatus",
    "Service",
]


class Component(Model):
    """What all components have; each field has its home here, or inside extraPodSpec.mainContainer."""

    marks: ClassVar[tuple[Mark, ...]] = (
        Rule(
            "!has(self.minAvailable) || (has(self.replicas) && self.replicas == 0) || "
            "self.minAvailable <= (has(self.replicas) ? self.replicas : 1)",
            "minAvailable is at most replicas, unless replicas is 0",
            since="1.3",
            until="1.5",
        ),
        Rule(
            "!has(self.minAvailable) || "
            "(!has(self.replicas) && has(self.componentType) && self.componentType == 'lpx') || "
            "(has(self.replicas) && self.replicas == 0) || "
            "self.minAvailable <= (has(self.replicas) ? self.replicas : 1)",
            "minAvailable is at most replicas, unless replicas is 0",
            since="1.6",
        ),
        Rule(
            "!has(oldSelf.minAvailable) || "
            "(has(self.minAvailable) && self.minAvailable == oldSelf.minAvailable)",
            "minAvailable stays as it was created",
            since="1.3",
        ),
        Rule(
            "!has(oldSelf.componentType) || "
            "(has(self.componentType) && self.componentType == oldSelf.componentType)",
            "componentType stays as it was set",
            since="1.5",
        ),
        Rule(
            "!has(self.lpx) || (has(self.componentType) && self.componentType == 'lpx')",
            "lpx belongs to a component of type lpx",
            since="1.6",
        ),
        Rule(
            "!(has(self.componentType) && self.componentType == 'lpx') || has(self.lpx)",
            "a component of type lpx needs lpx",
            since="1.6",
        ),
        Rule(
            "!(has(self.componentType) && self.componentType == 'lpx' && "
            "has(self.replicas) && self.replicas < 1)",
            "a component of type lpx has at least one replica",
            since="1.6",
        ),
        Rule(
            "!(has(self.componentType) && self.componentType == 'lpx' && has(self.scalingAdapter) && "
            "has(self.scalingAdapter.enabled) && self.scalingAdapter.enabled == true)",
            "a component of type lpx has no scaling adapter",
            since="1.6",
        ),
    )

    annotations: dict[str, str] | None = None
    """Annotations of the objects made for the component."""
    labels: dict[str, str] | None = None
    """Labels of the objects made for the component."""
    service_name: str | None = None
    """Name of the component; in a graph the key in services wins."""
    component_type: str | None = None
    """What the component is (frontend, worker, planner, epp ...); decides ports, probes and defaults."""
    sub_component_type: str | None = None
    """Role of a worker: prefill or decode."""
    runtime_version_override: Annotated[RuntimeVersion | None, Since("1.4")] = None
    """Dynamo version inside the image, when its tag does not say it."""
    dynamo_namespace: str | None = None
    """Former logical namespace; ignored since 0.7."""
    global_dynamo_namespace: Annotated[bool | None, Since("0.7")] = None
    """Join the namespace that all graphs share."""
    resources: Resources | None = None
    """Resources of the main container."""
    autoscaling: Autoscaling | None = None
    """Ignored since 0.7; use a scaling adapter."""
    envs: list[EnvVar] | None = None
    """Environment of the main container."""
    env_from_secret: str | None = None
    """Secret whose keys become its environment."""
    volume_mounts: list[VolumeMount] | None = None
    """Claims mounted into it."""
    ingress: Ingress | None = None
    """Makes the component reachable from outside."""
    model_ref: Annotated[ModelRef | None, Since("0.7")] = None
    """Model that the component serves."""
    shared_memory: SharedMemory | None = None
    """Size of /dev/shm; 8Gi when left out."""
    extra_pod_metadata: PodMetadata | None = None
    """Labels and annotations of the pods."""
    extra_pod_spec: PodSpec | None = None
    """Everything else of the pods: sidecars, volumes, init containers, scheduling."""
    liveness_probe: Probe | None = None
    """Replaces the usual liveness probe."""
    readiness_probe: Probe | None = None
    """Replaces the usual readiness probe."""
    replicas: Annotated[Int32 | None, Schema(minimum=0, since="0.8")] = None
    """Pods, or groups of nodes with multinode."""
    min_available: Annotated[Int32 | None, Since("1.3"), Schema(minimum=1)] = None
    """Replicas that must start together; Grove only."""
    multinode: Multinode | None = None
    """Lets one replica span several nodes."""
    roles: Annotated[
        list[Role] | None,
        Since("1.5"),
        ListMap("name"),
        Schema(maxItems=2, since="1.6"),
        Uncertain("seen in a file of the 1.6 line; for 1.5 only v1beta1 is sure"),
    ] = None
    """What leader and worker pods have of their own."""
    lpx: Annotated[Lpx | None, Since("1.6")] = None
    """What a component of type lpx runs."""
    scaling_adapter: Annotated[ScalingAdapter | None, Since("0.8")] = None
    """Hands replicas to a DynamoGraphDeploymentScalingAdapter."""
    epp_config: Annotated[EppConfig | None, Since("1.0")] = None
    """Configuration of a component of type epp."""
    frontend_sidecar: Annotated[FrontendSidecar | None, Since("1.1")] = None
    """Adds a Dynamo frontend to each pod."""
    checkpoint: Annotated[Checkpoint | None, Since("1.0")] = None
    """Snapshot and restore of the worker."""
    topology_constraint: Annotated[ComponentTopology | None, Since("1.1")] = None
    """Packs the component into a topology domain."""
    gpu_memory_service: Annotated[GpuMemoryService | None, Since("1.1")] = None
    """Shares GPU memory between engines."""
    failover: Annotated[Failover | None, Since("1.1")] = None
    """Keeps a shadow engine."""
    pvc: Annotated[AnyObject | None, Gone("pvcs of the graph and volumeMounts")] = None
    """Claim of the component."""
    external_services: Annotated[AnyObject | None, Gone("discovery by the runtime")] = None
    """Components that this one calls."""
    run_mode: Annotated[AnyObject | None, Gone("nothing: the operator runs every component alike")] = None
    """How the component is run."""
    monitor_exporter: Annotated[AnyObject | None, Gone("a sidecar in extraPodSpec.containers")] = None
    """Side container that exports what the component writes."""


class Service(Component):
    """A component of a graph, under its name in services."""

    provider_override: Annotated[ProviderOverride | None, Since("main-2026-08-21")] = None
    """Fragment of the provider for this component."""
    multinode: GraphMultinode | None = None
    """Lets one replica span several nodes."""


class ComponentSpec(Component):
    """A component that stands alone."""

    marks: ClassVar[tuple[Mark, ...]] = (
        *Component.marks,
        Rule(
            "!(has(self.componentType) && self.componentType == 'lpx')",
            "components of type lpx exist inside a graph only",
            since="1.6",
        ),
    )

    backend_framework: Backend | None = None
    """Engine of the workers."""
    dynamo_component: Annotated[str | None, Gone("extraPodSpec.mainContainer.image")] = None
    """Built component."""
    dynamo_tag: Annotated[str | None, Gone("extraPodSpec.mainContainer.command")] = None
    """Entry point inside the built component."""


class ReplicaStatus(CommonReplicaStatus):
    """How many pods of a component are there."""

    component_name: str
    """Object behind the component; deprecated, see componentNames."""


class ComponentStatus(Status):
    """What the operator made of a component."""

    conditions: list[Condition]
    """Available, DynamoComponentReady."""
    pod_selector: dict[str, str] | None = None
    """Labels of its pods."""
    observed_generation: Annotated[Int64 | None, Since("0.9")] = None
    """Generation that the status is about."""
    service: Annotated[ReplicaStatus | None, Since("0.8")] = None
    """How many pods are there."""


class DynamoComponentDeployment(KindModel):
    """One component; normally made by the operator for a graph."""

    version: ClassVar[str] = "v1alpha1"
    plural: ClassVar[str] = "dynamocomponentdeployments"
    short_name: ClassVar[str] = "dcd"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="DynamoComponent", path=".spec.dynamoComponent", description="Always empty"),
        Column(name="Available", path=".status.conditions[?(@.type=='Available')].status"),
        Column(
            name="Backend", path=".spec.backendFramework", description="Engine of the workers", since="1.0"
        ),
        Column(name="Age", path=".metadata.creationTimestamp", type="date"),
    )

    spec: ComponentSpec | None = None
    """What is wanted."""
    status: ComponentStatus | None = None
    """What the operator made of it."""
