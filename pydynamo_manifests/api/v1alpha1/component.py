"""A component in v1alpha1: a service of a graph, or a DynamoComponentDeployment of its own."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydynamo_manifests.api.base import Column, EnvVar, Int32, KindModel, Model, Quantity, Status
from pydynamo_manifests.api.marks import Default, Embedded, Mark, Rule, Schema, Since, Until
from pydynamo_manifests.api.shared import (
    Backend,
    ComponentTopology,
    ConfigMapKey,
    EndpointPicker,
    Lpx,
    ProviderOverride,
    Roles,
    RuntimeVersion,
)
from pydynamo_manifests.api.status import Condition
from pydynamo_manifests.api.status import ReplicaStatus as CommonReplicaStatus
from pydynamo_manifests.api.v1alpha1.experimental import Checkpoint, Failover, GpuMemoryService

__all__ = [
    "Component",
    "DynamoComponentDeployment",
    "ReplicaStatus",
    "Service",
    "SharedMemory",
]

Probe = Annotated[dict[str, Any], Embedded("api.core.v1.Probe")]


class Autoscaling(Model):
    """Former settings of an HPA; ignored since 0.7."""

    enabled: bool | None = None
    """Ignored."""
    min_replicas: int | None = None
    """Ignored."""
    max_replicas: int | None = None
    """Ignored."""
    behavior: Annotated[
        dict[str, Any] | None, Embedded("api.autoscaling.v2.HorizontalPodAutoscalerBehavior")
    ] = None
    """Ignored."""
    metrics: list[Annotated[dict[str, Any], Embedded("api.autoscaling.v2.MetricSpec")]] | None = None
    """Ignored."""


class ResourceItem(Model):
    """Amounts of resources, as quantities in text."""

    cpu: str | None = None
    """Processors."""
    memory: str | None = None
    """Memory."""
    gpu: str | None = None
    """GPUs."""
    gpu_type: Annotated[str | None, Since("0.8")] = None
    """Resource name that gpu counts, instead of nvidia.com/gpu."""
    custom: dict[str, str] | None = None
    """Further resources by name."""


class ResourceClaim(Model):
    """A device claim that the main container uses."""

    name: str
    """Entry of the pod's resourceClaims."""
    request: str | None = None
    """One request inside the claim."""


class Resources(Model):
    """Resources of the main container."""

    requests: ResourceItem | None = None
    """What is reserved."""
    limits: ResourceItem | None = None
    """What it may use at most."""
    claims: list[ResourceClaim] | None = None
    """Devices that it uses."""


class VolumeMount(Model):
    """A claim mounted into the main container."""

    name: str
    """Claim, by its name in pvcs."""
    mount_point: str | None = None
    """Path; may be left out for a compilation cache of vLLM."""
    use_as_compilation_cache: Annotated[bool | None, Default(value=False)] = None
    """Keep what the engine compiles there."""


class IngressTls(Model):
    """TLS of an Ingress."""

    secret_name: str | None = None
    """Secret with the certificate."""


class Ingress(Model):
    """Makes a component reachable from outside, over an Ingress or Istio."""

    enabled: bool | None = None
    """Switches it on."""
    host: str | None = None
    """First part of the host name."""
    use_virtual_service: bool | None = None
    """Make a VirtualService of Istio instead."""
    virtual_service_gateway: str | None = None
    """Istio gateway to attach to."""
    host_prefix: str | None = None
    """Put before the host."""
    annotations: dict[str, str] | None = None
    """Not rendered by newer operators."""
    labels: dict[str, str] | None = None
    """Not rendered by newer operators."""
    tls: IngressTls | None = None
    """Serve over TLS."""
    host_suffix: str | None = None
    """Put behind the host; local when left out."""
    ingress_controller_class_name: str | None = None
    """IngressClass; without it no Ingress is made."""


class ModelRef(Model):
    """The model that a component serves; links it with DynamoModel objects."""

    name: str
    """Name of the base model."""
    revision: str | None = None
    """Revision of it."""


class SharedMemory(Model):
    """The tmpfs at /dev/shm."""

    marks: ClassVar[tuple[Mark, ...]] = (
        Rule(
            "!(has(self.disabled) && self.disabled && has(self.size))",
            "a disabled shared memory has no size",
            since="1.1",
            until="1.1",
        ),
        Rule(
            "(has(self.disabled) && self.disabled) || (has(self.size) && quantity(self.size).isGreaterThan(quantity('0')))",
            "give a size above 0, or disable it",
            since="1.2",
        ),
    )

    disabled: bool | None = None
    """No tmpfs."""
    size: Quantity | None = None
    """Its size."""


class PodMetadata(Model):
    """Metadata of the pods."""

    annotations: dict[str, str] | None = None
    """Annotations of the pods."""
    labels: dict[str, str] | None = None
    """Labels of the pods."""


class PodSpec(Model):
    """A whole pod specification, with the Dynamo container under a name of its own."""

    model_config = {"extra": "allow"}
    marks: ClassVar[tuple[Mark, ...]] = (Embedded("api.core.v1.PodSpec", optional=("containers",)),)

    main_container: Annotated[
        dict[str, Any] | None, Embedded("api.core.v1.Container", optional=("name",))
    ] = None
    """Container that runs the engine or server; it is always called main."""


class RoleOverride(Model):
    """What one role of a multi-node component has of its own."""

    provider_override: ProviderOverride | None = None
    """Fragment of the provider for this role."""


class Multinode(Model):
    """One replica that spans several nodes."""

    node_count: Annotated[Int32, Schema(minimum=2), Default(2)]
    """Nodes of one replica."""


class GraphMultinode(Multinode):
    """One replica of a graph's component that spans several nodes."""

    leader: Annotated[RoleOverride | None, Since("main-2026-08-21"), Until("main-2026-08-21")] = None
    """Never released; see roles."""
    worker: Annotated[RoleOverride | None, Since("main-2026-08-21"), Until("main-2026-08-21")] = None
    """Never released; see roles."""


class ScalingAdapter(Model):
    """Hands the number of replicas to a scaling adapter."""

    enabled: Annotated[bool | None, Default(value=False)] = None
    """Switches it on."""


class EppConfig(Model):
    """Configuration of the endpoint picker; refused from runtime 1.5 on, needed before."""

    config_map_ref: ConfigMapKey | None = None
    """Key of a ConfigMap that holds it."""
    config: EndpointPicker | None = None
    """The configuration itself."""


class FrontendSidecar(Model):
    """A Dynamo frontend in the pod of the component."""

    image: str
    """Its image."""
    args: list[str] | None = None
    """Its arguments instead of the usual ones."""
    env_from_secret: str | None = None
    """Secret whose keys become its environment."""
    envs: list[EnvVar] | None = None
    """Its environment."""


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
            "!has(self.minAvailable) || (!has(self.replicas) && has(self.componentType) && self.componentType == 'lpx') || "
            "(has(self.replicas) && self.replicas == 0) || self.minAvailable <= (has(self.replicas) ? self.replicas : 1)",
            "minAvailable is at most replicas, unless replicas is 0",
            since="1.6",
        ),
        Rule(
            "!has(oldSelf.minAvailable) || (has(self.minAvailable) && self.minAvailable == oldSelf.minAvailable)",
            "minAvailable stays as it was created",
            since="1.3",
        ),
        Rule(
            "!has(oldSelf.componentType) || (has(self.componentType) && self.componentType == oldSelf.componentType)",
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
            "!(has(self.componentType) && self.componentType == 'lpx' && has(self.replicas) && self.replicas < 1)",
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
    roles: Annotated[Roles | None, Since("1.5")] = None
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
    observed_generation: Annotated[int | None, Schema(format="int64"), Since("0.9")] = None
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
