"""Values of one component of a graph: a frontend, a worker, a planner."""

from __future__ import annotations

from typing import Literal, get_args

from pydynamo_manifests.values.base import (
    ArgValue,
    Content,
    Count,
    EnvValue,
    Fragment,
    Fragments,
    Quantity,
    StringMap,
    TextOrKnob,
    Values,
)
from pydynamo_manifests.values.graph.image import Image
from pydynamo_manifests.values.names import FilePath, FlagName, MountPath, VariableName, VolumeName

__all__ = ["COMPONENT_TYPES", "Component", "ComponentType", "ModelRef", "Mount", "Placement", "Resources"]

Home = Literal["component", "container"]
ComponentType = Literal["frontend", "worker", "prefill", "decode", "planner", "epp", "lpx"]
"""Every type of v1beta1, up to Dynamo 1.6; v1alpha1 takes any text, which goes through the hatch."""
COMPONENT_TYPES: tuple[str, ...] = get_args(ComponentType)


class Resources(Values):
    """Resources of the Dynamo container in core form; `gpus` adds to the limits."""

    requests: dict[str, Quantity | None] | None = None
    """Requested amounts by resource name: `cpu`, `memory`, `ephemeral-storage`, `rdma/ib`."""
    limits: dict[str, Quantity | None] | None = None
    """Upper bounds by resource name."""
    claims: Fragments | None = None
    """Entries of `resourceClaims` that the container uses."""


class Mount(Values):
    """A volume mount; its path is the key."""

    name: str | None = None
    """Name of the volume."""
    subPath: str | None = None
    """Path inside the volume."""
    subPathExpr: str | None = None
    """The same with `$(NAME)` references."""
    readOnly: bool | None = None
    """Mount read-only."""
    recursiveReadOnly: str | None = None
    """`Disabled`, `IfPossible` or `Enabled`."""
    mountPropagation: str | None = None
    """`None`, `HostToContainer` or `Bidirectional`."""


class ModelRef(Values):
    """The base model that a component serves; the operator makes a headless Service for it."""

    name: TextOrKnob = None
    """Model id, usually `{from: model.name}`."""
    revision: TextOrKnob = None
    """Revision of the model."""


class Placement(Values):
    """v1alpha1 has two homes for some facts, the component's own field or `mainContainer`: which one."""

    env: Home | None = None
    """`envs` of the component (the default), or `env` of mainContainer."""
    envFrom: Home | None = None
    """`envFromSecret` when it is one plain Secret (the default), or `envFrom` of mainContainer."""
    resources: Home | None = None
    """`resources` of the component (the default), or of mainContainer."""
    livenessProbe: Home | None = None
    """`livenessProbe` of the component (the default), or of mainContainer."""
    readinessProbe: Home | None = None
    """`readinessProbe` of the component (the default), or of mainContainer."""
    mounts: Home | None = None
    """`volumeMounts` of mainContainer (the default), or the component's own, which know name and path only."""


class Component(Values):
    """One component. Null takes a key away; what has no key of its own goes through the last three."""

    type: ComponentType | None = None
    """What the operator treats it as: `frontend`, `worker`, `prefill`, `decode`, `planner`, `epp`, `lpx`."""
    replicas: Count | None = None
    """How many; of a multi-node component, how many groups. Null leaves the field to a scaling adapter."""
    minAvailable: Count | None = None
    """Replicas that must run together (Grove only)."""
    nodes: Count | None = None
    """Nodes that one replica spans; more than 1 writes `multinode`. The knob `nodes`."""
    gpus: Count | None = None
    """GPUs per node: the request and, through `{from: gpus}`, the flags. The knob `gpus`."""
    gpuResource: str | None = None
    """Resource that `gpus` asks for; `nvidia.com/gpu` when null, empty asks for none (GPUs by a claim)."""
    gpuRequests: bool | None = None
    """Write the GPUs as a request too, beside the limit."""
    image: Image | None = None
    """What differs from the graph's image."""
    runtimeVersionOverride: TextOrKnob = None
    """Dynamo release of an image whose tag does not tell; usually `{from: dynamo.release}`."""
    command: list[str] | None = None
    """Executable and what comes before every argument."""
    leadingArgs: list[ArgValue] | None = None
    """Arguments before `args`, in order."""
    args: dict[FlagName, ArgValue] | None = None
    """Flags without their dashes. `true` is a bare flag, false or null none, a list several tokens, a map JSON."""
    argOrder: list[str] | None = None
    """Flags of `args` that come first, in this order; the others follow sorted."""
    extraArgs: list[ArgValue] | None = None
    """Arguments after `args`, in order."""
    env: dict[VariableName, EnvValue] | None = None
    """Variables by name: a literal, `{from: KNOB}`, or a source (`secretKeyRef`, `fieldRef`, ...)."""
    envOrder: list[str] | None = None
    """Variables that come first, in this order; it matters only to `$(NAME)` references."""
    envFrom: Fragments | None = None
    """Secrets and ConfigMaps whose keys become variables (core `EnvFromSource`)."""
    modelSecret: bool | None = None
    """Receive `model.tokenSecret`."""
    modelCache: bool | None = None
    """Receive `model.cache`: the volume, its mount and `HF_HOME`."""
    modelRef: ModelRef | None = None
    """The base model that this component serves."""
    resources: Resources | None = None
    """CPU, memory and other resources."""
    sharedMemory: Quantity | None = None
    """Size of `/dev/shm`; `"0"` for none. The operator gives 8Gi when null."""
    ports: Fragments | None = None
    """Ports of the container (core `ContainerPort`)."""
    startupProbe: Fragment | None = None
    """When a starting container counts as started; large models need a long one."""
    livenessProbe: Fragment | None = None
    """When a running container is restarted."""
    readinessProbe: Fragment | None = None
    """When a container receives requests."""
    lifecycle: Fragment | None = None
    """Hooks after start and before stop."""
    workingDir: str | None = None
    """Working directory of the container."""
    securityContext: Fragment | None = None
    """Security context of the container."""
    podSecurityContext: Fragment | None = None
    """Security context of the pod."""
    volumes: dict[VolumeName, Fragment | None] | None = None
    """Volumes by name (core volume sources)."""
    mounts: dict[MountPath, Mount | None] | None = None
    """Volume mounts by path."""
    files: dict[FilePath, Content] | None = None
    """Files by absolute path: text, or a map written as JSON. A change restarts what reads it."""
    nodeSelector: StringMap | None = None
    """Node labels."""
    tolerations: Fragments | None = None
    """Tolerations of node taints."""
    affinity: Fragment | None = None
    """Node and pod affinity."""
    topologySpreadConstraints: Fragments | None = None
    """How pods spread over zones and nodes."""
    resourceClaims: Fragments | None = None
    """Claims of dynamic resource allocation that the pod brings."""
    priorityClassName: str | None = None
    """Priority class of the pods."""
    runtimeClassName: str | None = None
    """Runtime class of the pods, e.g. `nvidia`."""
    schedulerName: str | None = None
    """Scheduler of the pods."""
    serviceAccountName: str | None = None
    """Service account of the pods."""
    terminationGracePeriodSeconds: Count | None = None
    """Seconds for running requests to end."""
    hostNetwork: bool | None = None
    """Share the node's network."""
    hostIPC: bool | None = None
    """Share the node's inter-process memory."""
    initContainers: Fragments | None = None
    """Containers that run before (core `Container`)."""
    sidecars: Fragments | None = None
    """Containers that run beside (core `Container`)."""
    labels: StringMap | None = None
    """Labels of the pods."""
    annotations: StringMap | None = None
    """Annotations of the pods."""
    scalingAdapter: bool | None = None
    """Hand `replicas` to a DynamoGraphDeploymentScalingAdapter; leave `replicas` null then."""
    globalDynamoNamespace: bool | None = None
    """Join the Dynamo namespace that all graphs share."""
    dynamoNamespace: str | None = None
    """v1alpha1 only, for Dynamo 0.8 and older. The operator computes `<namespace>-<name>` itself."""
    placement: Placement | None = None
    """v1alpha1 only: where facts with two homes go."""
    component: Fragment | None = None
    """Fields of the component in the words of the chosen API version, merged last."""
    podSpec: Fragment | None = None
    """Fields of the pod, merged last; lists with keys merge by key, null removes."""
    container: Fragment | None = None
    """Fields of the Dynamo container (`main`), merged last."""
