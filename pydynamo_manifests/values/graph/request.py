"""Values of a request: Dynamo profiles the model and generates the graph itself."""

from __future__ import annotations

from typing import Literal

from pydynamo_manifests.values.base import Amount, Count, Fragment, Fragments, StringMap, TextOrKnob, Values
from pydynamo_manifests.values.graph.component import Resources
from pydynamo_manifests.values.graph.image import Image

__all__ = ["Request"]


class RequestCache(Values):
    """The claim that holds the model's files."""

    pvcName: str | None = None
    """Name of an existing PersistentVolumeClaim; `model.cache.existingClaim` when null."""
    pvcModelPath: str | None = None
    """Directory of the model in the claim."""
    pvcMountPath: str | None = None
    """Where it is mounted (`/opt/model-cache` when null)."""


class Hardware(Values):
    """The GPUs to plan for; found in the cluster when null and discovery is on."""

    gpuSku: str | None = None
    """GPU model, e.g. `h200_sxm`; the names depend on the release."""
    vramMb: Amount | None = None
    """Memory of one GPU in MiB."""
    totalGpus: Count | None = None
    """GPUs that the graph may use."""
    numGpusPerNode: Count | None = None
    """GPUs of one node."""
    interconnect: str | None = None
    """What connects the GPUs, e.g. `nvlink`; descriptive only."""
    rdma: bool | None = None
    """Whether nodes reach each other by RDMA; descriptive only."""


class Workload(Values):
    """The traffic to expect."""

    isl: Count | None = None
    """Input length in tokens (4000 when null)."""
    osl: Count | None = None
    """Output length in tokens (1000 when null)."""
    concurrency: Amount | None = None
    """Requests at the same time; or give `requestRate`."""
    requestRate: Amount | None = None
    """Requests per second; or give `concurrency`."""


class Sla(Values):
    """What the answers must hold, in milliseconds."""

    ttft: Amount | None = None
    """Time to the first token in milliseconds (2000 when null)."""
    itl: Amount | None = None
    """Time between tokens in milliseconds (30 when null)."""
    e2eLatency: Amount | None = None
    """Time of a whole answer in milliseconds, instead of `ttft` and `itl`."""
    optimizationType: Literal["latency", "throughput"] | None = None
    """What to prefer."""


class Switch(Values):
    """A feature that is on or off."""

    enabled: bool | None = None
    """On or off."""


class Features(Values):
    """What the generated graph has beside its workers."""

    planner: Fragment | None = None
    """Configuration of the SLA planner that scales the graph; null for no planner."""
    mocker: Switch | None = None
    """Simulated workers without GPUs."""
    kvRouter: Switch | None = None
    """Route requests to where their prefix is cached (1.5 and newer)."""


class Overrides(Values):
    """What is laid over generated objects; v1beta1 only."""

    profilingJob: Fragment | None = None
    """Parts of the profiling Job's spec (batch `JobSpec`)."""
    dgd: Fragment | None = None
    """A partial DynamoGraphDeployment over the generated one."""
    trustRemoteCode: bool | None = None
    """Let engines run code of the model's repository (1.6 and newer)."""


class ProfilingConfig(Values):
    """What only v1alpha1 says about profiling."""

    config: Fragment | None = None
    """The profiler's own settings (`sweep`, `hardware`, `engine`), beside what the fields above give."""
    configMapRef: Fragment | None = None
    """`name` and `key` of a ConfigMap with a graph to start from."""
    outputPVC: str | None = None
    """Claim for the profiler's output."""
    resources: Resources | None = None
    """Resources of the profiling Job."""
    tolerations: Fragments | None = None
    """Tolerations of the profiling Job."""
    nodeSelector: StringMap | None = None
    """Node labels for the profiling Job."""


class Request(Values):
    """A DynamoGraphDeploymentRequest: the model, the hardware and the targets; Dynamo finds the graph.

    The model is `model.name`. The request is in `dynamo.apiVersion`; v1alpha1 has other names for most of
    this, and the chart writes them.
    """

    backend: Literal["auto", "sglang", "trtllm", "vllm"] | None = None
    """Engine; `auto` lets the profiler choose (1.0 and newer)."""
    image: Image | None = None
    """The profiler's image, in what differs from the graph's."""
    runtimeVersionOverride: TextOrKnob = None
    """Dynamo release of an image whose tag does not tell."""
    searchStrategy: Literal["rapid", "thorough"] | None = None
    """`rapid` simulates; `thorough` measures on GPUs, for a named backend."""
    autoApply: bool | None = None
    """Create the generated graph at once. When null, v1beta1 does and v1alpha1 does not: better say it."""
    modelCache: RequestCache | None = None
    """The claim with the model's files."""
    hardware: Hardware | None = None
    """The GPUs to plan for."""
    workload: Workload | None = None
    """The traffic to expect."""
    sla: Sla | None = None
    """The targets."""
    features: Features | None = None
    """Planner, mocker, router."""
    overrides: Overrides | None = None
    """What is laid over generated objects; v1beta1 only."""
    profilingConfig: ProfilingConfig | None = None
    """What only v1alpha1 says."""
    deploymentOverrides: Fragment | None = None
    """v1alpha1 only: name, labels, images of the generated graph."""
    enableGpuDiscovery: bool | None = None
    """v1alpha1 only, and without effect since 1.0."""
