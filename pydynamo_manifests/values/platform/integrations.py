"""Values of `integrations`: other people's software in the cluster, and whether the operator uses it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pydynamo_manifests.values.base import StringMap, Values
from pydynamo_manifests.values.platform.common import Automatic, Image

__all__ = ["Integrations"]


class Detected(Values):
    """Software that the operator can detect, once, when it starts."""

    enabled: Automatic = "auto"
    """`auto`: when its API is there as the operator starts. True: the operator exits without it."""


class Queue(Values):
    """The queue that KAI puts graphs in."""

    create: bool = False
    """Create a parent and a child queue without limits; KAI must be installed first."""
    name: str = "dynamo"
    """Name of the child; graphs use `dynamo` unless they say another."""
    parent: str = "dynamo-default"
    """Name of the parent."""


class Kai(Detected):
    """KAI scheduler."""

    queue: Queue = Queue()


class Volcano(Values):
    """Volcano as scheduler; never detected, and not together with KAI."""

    enabled: bool = False
    """Use it."""


class IstioTls(Values):
    """How Istio's proxies talk to the endpoint picker."""

    tlsMode: Literal["DISABLE", "SIMPLE", "ISTIO_MUTUAL", "MUTUAL"] = "SIMPLE"
    """Mode of the DestinationRule."""
    insecureSkipVerify: bool = True
    """Accept its self-signed certificate."""
    clientCertificate: str | None = None
    """Path in the proxy; needed for `MUTUAL`."""
    privateKey: str | None = None
    """Path in the proxy; needed for `MUTUAL`."""
    caCertificates: str | None = None
    """Path in the proxy."""


class ServiceMesh(Values):
    """Istio. Off, the operator's role has no rights on Istio's objects."""

    enabled: Automatic = False
    """`auto`: when DestinationRules are there."""
    istio: IstioTls = IstioTls()


class Seccomp(Values):
    """Seccomp profile of pods that are checkpointed."""

    disabled: bool = False
    """Use none."""
    profile: str | None = "profiles/block-iouring.json"
    """Path of the profile on the nodes."""


class CleanupImage(Image):
    """Image of the jobs that remove checkpoints (operator 1.4)."""

    registry: str | None = "docker.io"
    repository: str | None = "library/busybox"
    tag: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$")] | None = "1.36"


class Checkpoint(Values):
    """Checkpoint and restore of workers; needs the Snapshot operator's API."""

    enabled: bool = False
    """Use it; the operator exits without the API."""
    seccomp: Seccomp = Seccomp()
    cleanupImage: CleanupImage = CleanupImage()


class Lpx(Values):
    """LPX components (operator 1.6, experimental)."""

    enabled: bool = False
    """Serve them; needs Grove and the LPU scheduler's API, the operator exits without."""
    modelRegistryURL: str | None = None
    """Absolute path, `file://` or `gs://`."""


class GpuDiscovery(Values):
    """Reading GPU labels of nodes, for graph requests."""

    enabled: bool = True
    """In scope `namespace`, false saves the rights on nodes; a request then names its hardware."""


class Integrations(Values):
    """Other people's charts: this one installs none of them."""

    grove: Detected = Detected()
    """Grove: multi-node graphs as PodCliqueSets."""
    lws: Detected = Detected()
    """LeaderWorkerSet with Volcano: multi-node graphs without Grove."""
    kai: Kai = Kai()
    """KAI scheduler."""
    volcano: Volcano = Volcano()
    dra: Detected = Detected()
    """Dynamic resource allocation (Kubernetes 1.34)."""
    serviceMesh: ServiceMesh = ServiceMesh()
    checkpoint: Checkpoint = Checkpoint()
    lpx: Lpx = Lpx()
    gpuDiscovery: GpuDiscovery = GpuDiscovery()
    labels: StringMap = {}
    """Labels of the objects written for them (queues)."""
