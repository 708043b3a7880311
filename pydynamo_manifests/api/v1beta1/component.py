"""A component in v1beta1: an item of a graph, or a DynamoComponentDeployment of its own."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydynamo_manifests.api.base import Column, Int32, Int64, KindModel, Model, Quantity, Status
from pydynamo_manifests.api.endpoint_picker import ConfigMapKey, EndpointPicker
from pydynamo_manifests.api.marks import (
    At,
    Default,
    ListMap,
    Mark,
    Rule,
    Schema,
    Since,
    Uncertain,
    Until,
    Values,
)
from pydynamo_manifests.api.shared import (
    Backend,
    ComponentTopology,
    Lpx,
    PodTemplate,
    ProviderOverride,
    Role,
    RoleOverride,
    RuntimeVersion,
)
from pydynamo_manifests.api.status import ConditionList, ReplicaStatus
from pydynamo_manifests.api.v1beta1.experimental import ComponentExperimental

__all__ = ["Component", "ComponentSpec", "DynamoComponentDeployment", "GraphComponent"]

ComponentName = Annotated[
    str, Schema(minLength=1, maxLength=63, pattern="^[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?$")
]
ComponentType = Annotated[
    Literal["frontend", "worker", "prefill", "decode", "planner", "epp", "lpx"], Values("lpx", since="1.6")
]
CheckedPodTemplate = Annotated[
    PodTemplate,
    Uncertain("1.3.1 may have its rules too, which were written between the cut of 1.3 and its release"),
    At("metadata.annotations{}", Schema(maxLength=262144), since="1.4"),
    At(
        "metadata.annotations",
        Rule(
            '!("nvidia.com/vllm-distributed-executor-backend" in self) || '
            'self["nvidia.com/vllm-distributed-executor-backend"].lowerAscii() in ["mp", "ray"]',
            "nvidia.com/vllm-distributed-executor-backend is mp or ray",
        ),
        since="1.4",
    ),
    At(
        "spec.containers[]",
        Rule(
            'self.name == "main" || (has(self.image) && self.image != "")',
            "a container beside main needs an image",
        ),
        since="1.4",
    ),
    At(
        "spec.initContainers[]",
        Rule('has(self.image) && self.image != ""', "an init container needs an image"),
        since="1.4",
    ),
]


class Multinode(Model):
    """One replica that spans several nodes."""

    node_count: Annotated[Int32 | None, Schema(minimum=2), Default(2)] = None
    """Nodes of one replica; stays as it was created from 1.6 on."""


class GraphMultinode(Multinode):
    """One replica of a graph's component that spans several nodes."""

    leader: Annotated[RoleOverride | None, Since("main-2026-08-21"), Until("main-2026-08-21")] = None
    """Never released; see roles."""
    worker: Annotated[RoleOverride | None, Since("main-2026-08-21"), Until("main-2026-08-21")] = None
    """Never released; see roles."""


class ModelRef(Model):
    """The model that a component serves; links it with DynamoModel objects."""

    name: Annotated[str, Schema(minLength=1)]
    """Name of the base model."""
    revision: str | None = None
    """Revision of it."""


class ScalingAdapter(Model):
    """Hands the number of replicas to a scaling adapter: being there, even empty, switches it on."""


class EppConfig(Model):
    """Configuration of the endpoint picker; refused from runtime 1.5 on, needed before."""

    marks: ClassVar[tuple[Mark, ...]] = (
        Rule("has(self.configMapRef) != has(self.config)", "give either configMapRef or config"),
    )

    config_map_ref: ConfigMapKey | None = None
    """Key of a ConfigMap that holds it."""
    config: EndpointPicker | None = None
    """The configuration itself."""


class CompilationCache(Model):
    """A claim that keeps what the engine compiles."""

    pvc_name: Annotated[str, Schema(minLength=1)]
    """The claim, which must exist."""
    mount_path: str | None = None
    """Where to mount it; only vLLM has a usual place."""


class Component(Model):
    """What all components have."""

    marks: ClassVar[tuple[Mark, ...]] = (
        Rule(
            "!has(self.eppConfig) || (has(self.type) && self.type == 'epp')",
            "eppConfig belongs to a component of type epp",
        ),
        Rule(
            "!has(self.minAvailable) || (has(self.replicas) && self.replicas == 0) || "
            "self.minAvailable <= (has(self.replicas) ? self.replicas : 1)",
            "minAvailable is at most replicas, unless replicas is 0",
            since="1.3",
            until="1.5",
        ),
        Rule(
            "!has(self.minAvailable) || (!has(self.replicas) && has(self.type) && self.type == 'lpx') || "
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
            "!has(oldSelf.type) || (has(self.type) && self.type == oldSelf.type)",
            "type stays as it was set",
            since="1.5",
        ),
        Rule(
            "!has(self.lpx) || (has(self.type) && self.type == 'lpx')",
            "lpx belongs to a component of type lpx",
            since="1.6",
        ),
        Rule(
            "!(has(self.type) && self.type == 'lpx') || has(self.lpx)",
            "a component of type lpx needs lpx",
            since="1.6",
        ),
        Rule(
            "!(has(self.type) && self.type == 'lpx') || !has(self.podTemplate)",
            "a component of type lpx has pod templates in its roles only",
            since="1.6",
        ),
        Rule(
            "!(has(self.type) && self.type == 'lpx' && has(self.replicas) && self.replicas < 1)",
            "a component of type lpx has at least one replica",
            since="1.6",
        ),
        Rule(
            "!(has(self.type) && self.type == 'lpx' && has(self.scalingAdapter))",
            "a component of type lpx has no scaling adapter",
            since="1.6",
        ),
        Rule(
            "(has(self.type) && self.type == 'lpx') || !has(self.roles) || "
            "!self.roles.exists(r, has(r.podTemplate)) || "
            "(!has(self.podTemplate) && self.roles.all(r, has(r.podTemplate)))",
            "either every role has a podTemplate and the component none, or no role has one",
            since="1.6",
        ),
    )

    type: ComponentType | None = None
    """What the component is; decides ports, probes and defaults."""
    runtime_version_override: Annotated[RuntimeVersion | None, Since("1.4")] = None
    """Dynamo version inside the image, when its tag does not say it."""
    global_dynamo_namespace: bool | None = None
    """Join the namespace that all graphs share."""
    pod_template: CheckedPodTemplate | None = None
    """Its pods; the container main runs Dynamo, the others are yours."""
    replicas: Annotated[Int32 | None, Schema(minimum=0)] = None
    """Pods, or groups of nodes with multinode."""
    min_available: Annotated[Int32 | None, Since("1.3"), Schema(minimum=1)] = None
    """Replicas that must start together; Grove only."""
    multinode: Multinode | None = None
    """Lets one replica span several nodes."""
    roles: Annotated[list[Role] | None, Since("1.5"), ListMap("name"), Schema(maxItems=2, since="1.6")] = None
    """What leader and worker pods have of their own."""
    lpx: Annotated[Lpx | None, Since("1.6")] = None
    """What a component of type lpx runs."""
    shared_memory_size: Quantity | None = None
    """Size of /dev/shm: 8Gi when left out, none with 0."""
    model_ref: ModelRef | None = None
    """Model that the component serves."""
    scaling_adapter: ScalingAdapter | None = None
    """Hands replicas to a DynamoGraphDeploymentScalingAdapter."""
    epp_config: EppConfig | None = None
    """Configuration of a component of type epp."""
    frontend_sidecar: str | None = None
    """Container of the podTemplate that is a Dynamo frontend."""
    compilation_cache: CompilationCache | None = None
    """Keeps what the engine compiles."""
    topology_constraint: ComponentTopology | None = None
    """Packs the component into a topology domain."""
    experimental: ComponentExperimental | None = None
    """Settings that may change without notice."""


class GraphComponent(Component):
    """A component of a graph."""

    name: ComponentName
    """Its name; differs from the others' also when case is ignored."""
    provider_override: Annotated[ProviderOverride | None, Since("main-2026-08-21")] = None
    """Fragment of the provider for this component."""
    multinode: GraphMultinode | None = None
    """Lets one replica span several nodes."""


class ComponentSpec(Component):
    """A component that stands alone."""

    marks: ClassVar[tuple[Mark, ...]] = (
        *Component.marks,
        Rule(
            "!(has(self.type) && self.type == 'lpx')",
            "components of type lpx exist inside a graph only",
            since="1.6",
        ),
    )

    name: ComponentName | None = None
    """Its name."""
    backend_framework: Backend | None = None
    """Engine of the workers."""


class ComponentStatus(Status):
    """What the operator made of a component."""

    observed_generation: Int64 | None = None
    """Generation that the status is about."""
    conditions: ConditionList | None = None
    """Available, DynamoComponentReady."""
    component: ReplicaStatus | None = None
    """How many pods are there."""


class DynamoComponentDeployment(KindModel):
    """One component; normally made by the operator for a graph."""

    version: ClassVar[str] = "v1beta1"
    plural: ClassVar[str] = "dynamocomponentdeployments"
    short_name: ClassVar[str] = "dcd"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="Available", path=".status.conditions[?(@.type=='Available')].status"),
        Column(name="Backend", path=".spec.backendFramework", description="Engine of the workers"),
        Column(name="Age", path=".metadata.creationTimestamp", type="date"),
    )

    spec: ComponentSpec | None = None
    """What is wanted."""
    status: ComponentStatus | None = None
    """What the operator made of it."""
