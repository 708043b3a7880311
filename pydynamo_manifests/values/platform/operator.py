"""Values of `operator`: the Deployment of the stock operator image."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pydynamo_manifests.values.base import Count, Fragment, Fragments, StringMap, Values
from pydynamo_manifests.values.platform.common import (
    Automatic,
    Container,
    Duration,
    Image,
    Label,
    ObjectName,
    Scheduling,
    restricted_container,
    restricted_pod,
)
from pydynamo_manifests.values.platform.config import Config

__all__ = ["Operator"]

NONROOT = 65532
"""User and group of the stock operator image."""


class OperatorImage(Image):
    """The operator image. Its tag decides flags, webhook paths and rights: the chart follows it."""

    registry: str | None = "nvcr.io"
    repository: str | None = "nvidia/ai-dynamo/kubernetes-operator"


class ProfilerImage(Image):
    """The image of profiling jobs, which the operator starts for a graph request (operator 1.5 and later)."""

    registry: str | None = "nvcr.io"
    repository: str | None = "nvidia/ai-dynamo/dynamo-planner"


class Lease(Values):
    """The marker that keeps a cluster-wide operator out of a namespace."""

    duration: Duration = "30s"
    """How long the marker holds without renewal."""
    renewInterval: Duration = "10s"
    """How often it is renewed; shorter than the duration."""


class Scope(Values):
    """What the operator serves: the whole cluster, or one namespace of a shared one."""

    mode: Literal["cluster", "namespace"] = "cluster"
    """`namespace` renders no definitions, no admission webhooks and no rights to write outside it."""
    namespace: Label | None = None
    """The served namespace in mode `namespace`; the release's own when null."""
    lease: Lease = Lease()


class LeaderElection(Values):
    """One replica reconciles at a time. The lease is the one that every Dynamo operator uses."""

    enabled: bool = True
    """Keep it on whenever a second replica can exist, as during a rolling update."""


class PodDisruptionBudget(Values):
    """How many replicas a drain leaves."""

    enabled: Automatic = "auto"
    """`auto`: with two replicas or more."""
    minAvailable: int | str | None = None
    """Replicas or percentage that stay; 1 when both are null."""
    maxUnavailable: int | str | None = None
    """Replicas or percentage that may go."""


class Logging(Values):
    """The operator's log."""

    level: Literal["debug", "info", "error", "panic"] = "info"
    """Least level."""
    format: Literal["json", "console"] = "json"
    """One JSON object per line, or text for people."""
    stacktraceLevel: Literal["info", "error", "panic"] = "panic"
    """Least level with a stack trace."""
    timeEncoding: Literal["epoch", "millis", "nano", "iso8601", "rfc3339", "rfc3339nano"] = "rfc3339"
    """Form of the time stamps."""
    development: bool = False
    """The logger's development mode, which is the image's own default: debug level, text, stack traces."""


class ServiceAccount(Values):
    """The operator's account. Its token stays mounted: the operator reads its namespace from it."""

    create: bool = True
    """False: the account `name` exists already."""
    name: ObjectName | None = None
    """Name; the chart's own when null."""
    annotations: StringMap = {}
    """Annotations, for workload identity."""


class Operator(Scheduling, Container):
    """The operator."""

    enabled: bool = True
    """False leaves the definitions, readable in every version without an operator: the first step of
    an uninstall."""
    release: str | None = Field(default=None, pattern=r"^[0-9]+\.[0-9]+\.[0-9]+([-+.][0-9A-Za-z.+-]+)?$")
    """Dynamo release of the image; taken from its tag when null. Say it for tags that are no release."""
    image: OperatorImage = OperatorImage()
    profilerImage: ProfilerImage = ProfilerImage()
    imagePullSecrets: Fragments = []
    """Pull secrets of the operator's pod, as `{name: ...}`, beside `global.imagePullSecrets`."""
    scope: Scope = Scope()
    replicas: Count = 1
    """Replicas. Every one serves webhooks and conversion, one reconciles."""
    podDisruptionBudget: PodDisruptionBudget = PodDisruptionBudget()
    updateStrategy: Fragment | None = None
    """Strategy of the Deployment. Null: a new pod is up before the old one goes; in scope `namespace`
    the old one goes first, since its marker lease is exclusive."""
    leaderElection: LeaderElection = LeaderElection()
    logging: Logging = Logging()
    config: Config = Config()
    extraConfig: Fragment = {}
    """Fields of the configuration file that have no value of their own, merged last; null removes."""
    serviceAccount: ServiceAccount = ServiceAccount()
    resources: Fragment = {
        "requests": {"cpu": "500m", "memory": "1Gi", "ephemeral-storage": "64Mi"},
        "limits": {"memory": "2Gi", "ephemeral-storage": "1Gi"},
    }
    """Resources of the operator."""
    crdApplyResources: Fragment = {
        "requests": {"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "16Mi"},
        "limits": {"memory": "256Mi", "ephemeral-storage": "128Mi"},
    }
    """Resources of the init container that applies definitions (`crds.managedBy: operator`)."""
    podSecurityContext: Fragment = restricted_pod(NONROOT)
    """Security context of the pod; on OpenShift set `runAsUser`, `runAsGroup` and `fsGroup` to null."""
    securityContext: Fragment = restricted_container()
    """Security context of the containers."""
    topologySpreadConstraints: Fragments | None = None
    """Spread of the pods. Null: over nodes where possible, with two replicas or more."""
    livenessProbe: Fragment = {"initialDelaySeconds": 15, "periodSeconds": 20}
    """Timing of the liveness probe."""
    readinessProbe: Fragment = {"initialDelaySeconds": 5, "periodSeconds": 10, "timeoutSeconds": 5}
    """Timing of the readiness probe."""
    startupProbe: Fragment = {"periodSeconds": 5, "failureThreshold": 60}
    """Timing of the startup probe: the kubelet may take a minute to show a new certificate."""
    terminationGracePeriodSeconds: Count | None = 30
    """Seconds to stop in."""
    revisionHistoryLimit: Count | None = 3
    """Old ReplicaSets to keep."""
    hostNetwork: bool = False
    """Host network, where the API server reaches no pods (some managed clusters with a custom CNI)."""
    dnsPolicy: Literal["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"] | None = None
    """DNS policy."""
    dnsConfig: Fragment = {}
    """DNS configuration."""
    hostAliases: Fragments = []
    """Entries of /etc/hosts."""
    annotations: StringMap = {}
    """Annotations of the Deployment."""
    podAnnotations: StringMap = {}
    """Annotations of the pod."""
    podLabels: StringMap = {}
    """Labels of the pod."""
    extraArgs: list[str] = []
    """Further arguments of the operator, after the chart's own."""
    volumes: dict[str, Fragment | None] = {}
    """Further volumes by name: `{ca: {configMap: {name: ca}}}`."""
    volumeMounts: dict[str, Fragment | None] = {}
    """Further mounts by path: `{/etc/ca: {name: ca, readOnly: true}}`."""
    initContainers: dict[str, Fragment | None] = {}
    """Further init containers by name."""
    extraContainers: dict[str, Fragment | None] = {}
    """Further containers by name."""
