"""DynamoGraphDeploymentRequest in v1alpha1."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from pydynamo_manifests.api.base import AnyObject, Column, Int64, KindModel, Model, Status
from pydynamo_manifests.api.marks import Default, Embedded, Required, Schema, Since, Values
from pydynamo_manifests.api.shared import RuntimeVersion
from pydynamo_manifests.api.status import Condition, GraphState

__all__ = ["DynamoGraphDeploymentRequest", "RequestSpec", "RequestStatus"]

EmbeddedResource = Annotated[AnyObject, Schema(**{"x-kubernetes-embedded-resource": True})]
RequestState = Annotated[
    str,
    Default("Initializing", since="1.0"),
    Schema(
        enum=["Initializing", "Pending", "Profiling", "Deploying", "Ready", "DeploymentDeleted", "Failed"],
        since="1.0",
    ),
]


class ConfigMapRef(Model):
    """A graph in a ConfigMap to start from."""

    name: str
    """The ConfigMap."""
    key: Annotated[str | None, Default("disagg.yaml")] = None
    """Its key."""


class ProfilingConfig(Model):
    """How the profiler runs."""

    config: AnyObject | None = None
    """Settings of the profiler."""
    config_map_ref: ConfigMapRef | None = None
    """Graph to start from."""
    profiler_image: str
    """Image of the profiler."""
    output_pvc: Annotated[str | None, Field(alias="outputPVC"), Since("0.8")] = None
    """Claim that keeps what the profiler writes."""
    resources: Annotated[
        dict[str, Any] | None, Embedded("api.core.v1.ResourceRequirements"), Since("0.8")
    ] = None
    """Resources of the profiler's Job."""
    tolerations: Annotated[
        list[Annotated[dict[str, Any], Embedded("api.core.v1.Toleration")]] | None, Since("0.8")
    ] = None
    """Tolerations of the Job."""
    node_selector: Annotated[dict[str, str] | None, Since("1.0")] = None
    """Nodes of the Job."""


class DeploymentOverrides(Model):
    """Names and labels of the graph to make; hardly used since 1.0."""

    name: str | None = None
    """Its name."""
    namespace: str | None = None
    """Its namespace."""
    labels: dict[str, str] | None = None
    """Its labels."""
    annotations: dict[str, str] | None = None
    """Its annotations."""
    workers_image: str | None = None
    """Image of its workers."""


class RequestSpec(Model):
    """A wish for a graph that the profiler works out."""

    model: str
    """Model to serve."""
    backend: Annotated[Literal["auto", "vllm", "sglang", "trtllm"], Values("auto", since="1.0")]
    """Engine to serve it with."""
    use_mocker: Annotated[bool | None, Since("0.8"), Default(value=False)] = None
    """Deploy simulated workers."""
    profiling_config: ProfilingConfig
    """How the profiler runs."""
    runtime_version_override: Annotated[RuntimeVersion | None, Since("1.4")] = None
    """Dynamo version inside the image, when its tag does not say it."""
    enable_gpu_discovery: Annotated[
        bool | None, Since("0.7"), Default(value=False, until="0.9"), Default(value=True, since="1.0")
    ] = None
    """Deprecated, without effect since 1.0."""
    auto_apply: Annotated[bool | None, Default(value=False)] = None
    """Create the graph when profiling is done."""
    deployment_overrides: DeploymentOverrides | None = None
    """Names and labels of the graph."""


class Deployment(Status):
    """The graph that was made."""

    name: str | None = None
    """Its name."""
    namespace: str | None = None
    """Its namespace."""
    state: Annotated[GraphState | None, Required(since="1.0")] = None
    """Its state."""
    created: bool | None = None
    """Whether it was created."""


class RequestStatus(Status):
    """What came of a request."""

    state: Annotated[RequestState | None, Required(since="1.0")] = None
    """Where the request stands."""
    backend: str | None = None
    """Engine that was chosen."""
    observed_generation: Int64 | None = None
    """Generation that the status is about."""
    conditions: list[Condition] | None = None
    """Validation, Profiling, SpecGenerated, DeploymentReady, Succeeded."""
    profiling_results: str | None = None
    """Where the results are."""
    generated_deployment: EmbeddedResource | None = None
    """The graph that the profiler worked out."""
    deployment: Deployment | None = None
    """The graph that was made."""


class DynamoGraphDeploymentRequest(KindModel):
    """Asks for a graph by model and targets."""

    version: ClassVar[str] = "v1alpha1"
    plural: ClassVar[str] = "dynamographdeploymentrequests"
    short_name: ClassVar[str] = "dgdr"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="Model", path=".spec.model"),
        Column(name="Backend", path=".status.backend"),
        Column(name="State", path=".status.state"),
        Column(name="DGD-State", path=".status.deployment.state"),
        Column(name="Age", path=".metadata.creationTimestamp", type="date"),
    )

    spec: RequestSpec | None = None
    """What is wanted."""
    status: RequestStatus | None = None
    """What came of it."""
