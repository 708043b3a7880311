"""Values of `nats` and `discovery`: what the components of graphs talk through."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pydynamo_manifests.values.base import Count, Fragment, Fragments, StringMap, Values
from pydynamo_manifests.values.platform.common import (
    Image,
    ObjectName,
    Scheduling,
    restricted_container,
    restricted_pod,
)

__all__ = ["Discovery", "Nats"]


class NatsImage(Image):
    """The NATS server."""

    registry: str | None = "docker.io"
    repository: str | None = "library/nats"
    tag: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$")] | None = "2.12-alpine"


class JetStream(Values):
    """Storage of streams."""

    persistent: bool = True
    """A volume per server; false keeps streams for the life of the pod."""
    size: str = "10Gi"
    """Size of the volume, and the most that streams may use."""
    storageClassName: str | None = None
    """Storage class; the cluster's default when null."""
    memory: str = "256Mi"
    """The most that streams in memory may use."""


class NatsAuth(Values):
    """Who may connect. Graphs show the same credentials as variables, from a Secret of their own."""

    method: Literal["none", "password", "token"] = "none"
    """`password`: keys `username` and `password` of the Secret (NATS_AUTH_USERNAME and NATS_AUTH_PASSWORD
    in graphs); `token`: key `token` (NATS_AUTH_TOKEN). They begin with a letter and hold letters, digits, `-` and `_` only: NATS reads variables as configuration."""
    secretName: ObjectName | None = None
    """The Secret."""


class NatsTls(Values):
    """Transport security of the server."""

    secretName: ObjectName | None = None
    """Secret with `tls.crt`, `tls.key` and `ca.crt`; plain text when null."""
    verifyClients: bool = False
    """Clients must show a certificate of the same authority."""


class NatsServer(Scheduling):
    """The small built-in server (mode `builtIn`)."""

    image: NatsImage = NatsImage()
    replicas: Literal[1, 3, 5] = 1
    """Servers; three or five form a cluster."""
    maxPayload: Annotated[int, Field(ge=1024, le=67108864)] = 15728640
    """Largest message in bytes; prompt embeddings need about 14 MB."""
    jetstream: JetStream = JetStream()
    auth: NatsAuth = NatsAuth()
    tls: NatsTls = NatsTls()
    resources: Fragment = {
        "requests": {"cpu": "100m", "memory": "256Mi", "ephemeral-storage": "64Mi"},
        "limits": {"memory": "1Gi", "ephemeral-storage": "512Mi"},
    }
    """Resources of a server."""
    podSecurityContext: Fragment = restricted_pod(65532)
    """Security context of the pod."""
    securityContext: Fragment = restricted_container()
    """Security context of the container."""
    podAnnotations: StringMap = {"sidecar.istio.io/inject": "false"}
    """Annotations of the pod; a mesh's sidecar cannot follow the protocol."""
    podLabels: StringMap = {}
    """Labels of the pod."""
    topologySpreadConstraints: Fragments | None = None
    """Spread of the servers. Null: over nodes, with three servers or more."""
    terminationGracePeriodSeconds: Count | None = 60
    """Seconds to hand over leadership and stop in."""


class NatsExternal(Values):
    """A server that somebody else runs (mode `external`)."""

    address: str | None = Field(default=None, pattern=r"^(nats|tls)://[^\s]+$")
    """`nats://host:4222` or `tls://host:4222`, several with commas; no credentials in it."""


class NatsClientTls(Values):
    """Paths in the components' containers, where graphs mount their own Secret (operator 1.6)."""

    caPath: str | None = None
    """Authority: NATS_TLS_CA_CERT_PATH."""
    certPath: str | None = None
    """Client certificate: NATS_TLS_CLIENT_CERT_PATH."""
    keyPath: str | None = None
    """Its key: NATS_TLS_CLIENT_KEY_PATH."""


class Nats(Values):
    """NATS. Since Dynamo 1.4 a graph needs it only for events or requests over NATS."""

    mode: Literal["none", "builtIn", "external"] = "none"
    """`builtIn` runs a small server in the release, `external` uses `nats.external.address`."""
    server: NatsServer = NatsServer()
    external: NatsExternal = NatsExternal()
    clientTls: NatsClientTls = NatsClientTls()


class Etcd(Values):
    """An etcd that somebody else runs."""

    address: str | None = Field(default=None, pattern=r"^(https?://)?[^\s/@]+(,(https?://)?[^\s/@]+)*$")
    """`http://host:2379`, several with commas; no credentials in it."""


class Discovery(Values):
    """How components find each other."""

    backend: Literal["kubernetes", "etcd"] = "kubernetes"
    """`kubernetes` needs nothing more; `etcd` needs `discovery.etcd.address`."""
    etcd: Etcd = Etcd()
