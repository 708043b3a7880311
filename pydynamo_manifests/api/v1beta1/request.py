"""DynamoGraphDeploymentRequest in v1beta1."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydynamo_manifests.api.base import AnyObject, Column, Int32, Int64, KindModel, Model, Status
from pydynamo_manifests.api.marks import At, Default, Embedded, PreserveUnknown, Schema, Since, Values
from pydynamo_manifests.api.shared import RuntimeVersion
from pydynamo_manifests.api.status import ConditionList

__all__ = ["DynamoGraphDeploymentRequest", "RequestSpec", "RequestStatus"]

EmbeddedResource = Annotated[AnyObject, Schema(**{"x-kubernetes-embedded-resource": True})]
JobSpec = Annotated[
    dict[str, Any],
    Embedded("api.batch.v1.JobSpec"),
    At("template.metadata", PreserveUnknown(), until="1.2"),
]
GpuSku = Annotated[
    Literal[
        "vr_nvl72",
        "gb200",
        "gb200_sxm",
        "gb10",
        "b300_sxm",
        "b200_sxm",
        "h200_sxm",
        "h100_sxm",
        "h100_pcie",
        "a100_sxm",
        "a100_pcie",
        "a30",
        "l40s",
        "l40",
        "l4",
        "v100_sxm",
        "v100_pcie",
        "t4",
        "mi200",
        "mi300",
    ],
    Values(
        "h100_pcie", "a100_pcie", "l40", "l4", "v100_sxm", "v100_pcie", "t4", "mi200", "mi300", since="1.1"
    ),
    Values("a30", since="1.2"),
    Values("gb10", since="1.3"),
    Values("vr_nvl72", "gb200", "b300_sxm", since="1.6"),
]


class ModelCache(Model):
    """A claim with the weights."""

    pvc_name: str | None = None
    """The claim."""
    pvc_model_path: str | None = None
    """Folder of the model in it; from 1.5 on also an absolute path below pvcMountPath."""
    pvc_mount_path: Annotated[str | None, Default("/opt/model-cache")] = None
    """Where it is mounted."""


class Hardware(Model):
    """GPUs to plan for; found out from the cluster where left out."""

    gpu_sku: GpuSku | None = None
    """Type of the GPUs."""
    vram_mb: float | None = None
    """Memory of one GPU in MiB."""
    total_gpus: Int32 | None = None
    """GPUs to use at most."""
    num_gpus_per_node: Int32 | None = None
    """GPUs of one node."""
    interconnect: Annotated[str | None, Since("1.1")] = None
    """How the GPUs of a node are connected, for people."""
    rdma: Annotated[bool | None, Since("1.1")] = None
    """Whether the nodes have RDMA, for people."""


class Workload(Model):
    """Traffic to plan for."""

    isl: Annotated[Int32 | None, Default(4000)] = None
    """Tokens of a prompt."""
    osl: Annotated[Int32 | None, Default(1000)] = None
    """Tokens of an answer."""
    concurrency: float | None = None
    """Requests at a time; or give requestRate."""
    request_rate: float | None = None
    """Requests per second; or give concurrency."""


class Sla(Model):
    """Latencies to plan for, in milliseconds."""

    ttft: float | None = None
    """Time to the first token."""
    itl: float | None = None
    """Time between tokens."""
    e2e_latency: float | None = None
    """Time to the whole answer, instead of the two others."""
    optimization_type: Annotated[Literal["latency", "throughput"] | None, Since("1.1")] = None
    """What to prefer."""


class Overrides(Model):
    """Changes to what the request makes."""

    profiling_job: JobSpec | None = None
    """Merged into the profiling Job."""
    dgd: EmbeddedResource | None = None
    """Part of a graph, merged into the one that is worked out."""
    trust_remote_code: Annotated[bool | None, Since("1.6"), Default(value=False)] = None
    """Let workers run code of the model's repository."""


class KvRouter(Model):
    """Routing by KV cache."""

    enabled: bool | None = None
    """Switches it on."""


class Mocker(Model):
    """Simulated workers."""

    enabled: bool | None = None
    """Switches them on."""


class Features(Model):
    """What the graph shall have besides its workers."""

    planner: AnyObject | None = None
    """Configuration of the planner."""
    kv_router: Annotated[KvRouter | None, Since("1.5")] = None
    """Routing by KV cache."""
    mocker: Mocker | None = None
    """Simulated workers."""


class RequestSpec(Model):
    """A wish for a graph that the profiler works out."""

    model: Annotated[str, Schema(minLength=1)]
    """Model to serve."""
    backend: Annotated[Literal["auto", "sglang", "trtllm", "vllm"] | None, Default("auto")] = None
    """Engine to serve it with."""
    image: str | None = None
    """Image of the profiler and planner; the workers' images follow from it."""
    runtime_version_override: Annotated[RuntimeVersion | None, Since("1.4")] = None
    """Dynamo version inside the image, when its tag does not say it."""
    model_cache: ModelCache | None = None
    """Claim with the weights."""
    hardware: Hardware | None = None
    """GPUs to plan for."""
    workload: Workload | None = None
    """Traffic to plan for."""
    sla: Sla | None = None
    """Latencies to plan for."""
    overrides: Overrides | None = None
    """Changes to what the request makes."""
    features: Features | None = None
    """What the graph shall have besides its workers."""
    search_strategy: Annotated[Literal["rapid", "thorough"] | None, Default("rapid")] = None
    """How deep to search."""
    auto_apply: Annotated[bool | None, Default(value=True)] = None
    """Create the graph when profiling is done."""


class ParetoPoint(Status):
    """One of the configurations that no other one beats."""

    config: AnyObject
    """The configuration."""


class ProfilingResults(Status):
    """What profiling found."""

    pareto: list[ParetoPoint] | None = None
    """Deprecated, no longer written."""
    selected_config: AnyObject | None = None
    """The graph that was chosen."""


class DeploymentInfo(Status):
    """How many pods the graph has."""

    replicas: Int32 | None = None
    """Pods."""
    available_replicas: Int32 | None = None
    """Pods that answer."""


class RequestStatus(Status):
    """What came of a request."""

    phase: Literal["Pending", "Profiling", "Ready", "Deploying", "Deployed", "Failed"] | None = None
    """Where the request stands."""
    profiling_phase: (
        Literal[
            "Initializing",
            "SweepingPrefill",
            "SweepingDecode",
            "SelectingConfig",
            "BuildingCurves",
            "GeneratingDGD",
            "Done",
        ]
        | None
    ) = None
    """Where profiling stands."""
    dgd_name: str | None = None
    """The graph."""
    profiling_job_name: str | None = None
    """The profiling Job."""
    conditions: ConditionList | None = None
    """Succeeded, Validation, Profiling, SpecGenerated, DeploymentReady."""
    profiling_results: ProfilingResults | None = None
    """What profiling found."""
    deployment_info: DeploymentInfo | None = None
    """How many pods the graph has."""
    observed_generation: Int64 | None = None
    """Generation that the status is about."""


class DynamoGraphDeploymentRequest(KindModel):
    """Asks for a graph by model and targets."""

    version: ClassVar[str] = "v1beta1"
    plural: ClassVar[str] = "dynamographdeploymentrequests"
    short_name: ClassVar[str] = "dgdr"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="Model", path=".spec.model"),
        Column(name="Backend", path=".spec.backend"),
        Column(name="Phase", path=".status.phase"),
        Column(name="Profiling", path=".status.profilingPhase"),
        Column(
            name="Reason", path='.status.conditions[?(@.type=="Succeeded")].reason', priority=1, until="1.0"
        ),
        Column(
            name="Message", path='.status.conditions[?(@.type=="Succeeded")].message', priority=1, until="1.0"
        ),
        Column(name="Reason", path='.status.conditions[?(@.type=="Succeeded")].reason', since="1.1"),
        Column(name="Message", path='.status.conditions[?(@.type=="Succeeded")].message', since="1.1"),
        Column(name="DGD", path=".status.dgdName"),
        Column(name="Age", path=".metadata.creationTimestamp", type="date"),
    )

    spec: RequestSpec | None = None
    """What is wanted."""
    status: RequestStatus | None = None
    """What came of it."""
