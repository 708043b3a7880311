"""Values of `operator.config`: the operator's configuration file, field by field.

Names are those of `OperatorConfiguration` in `operator.config.dynamo.nvidia.com/v1alpha1` (operators 1.4
to 1.6). What the chart knows from elsewhere has no field here: `leaderElection`, `namespace`, `rbac`,
the certificate fields of `server.webhook`, every `enabled` of an integration (`integrations`), and the
addresses of NATS and etcd (`nats`, `discovery`).
"""

from __future__ import annotations

from pydynamo_manifests.values.base import Values
from pydynamo_manifests.values.platform.common import Duration, Port

__all__ = ["Config"]


class MetricsServer(Values):
    """The metrics endpoint."""

    bindAddress: str | None = "0.0.0.0"  # noqa: S104 - inside the pod's own network
    """Address to listen on."""
    port: Port = 8080
    """Port of the pod."""
    secure: bool | None = True
    """HTTPS for callers that may `get` the path `/metrics`."""


class ProbeServer(Values):
    """The health endpoints."""

    bindAddress: str | None = "0.0.0.0"  # noqa: S104 - the kubelet calls it
    """Address to listen on."""
    port: Port = 8081
    """Port of the pod; the probes follow it."""


class WebhookServer(Values):
    """The webhook server."""

    host: str | None = "0.0.0.0"  # noqa: S104 - the API server calls it
    """Address to listen on."""
    port: Port = 9443
    """Port of the pod; the Service follows it."""
    certDir: str = "/tmp/k8s-webhook-server/serving-certs"  # noqa: S108 - the operator's own default
    """Folder where the certificate's Secret is mounted."""


class Server(Values):
    """What the operator listens on."""

    metrics: MetricsServer = MetricsServer()
    healthProbe: ProbeServer = ProbeServer()
    webhook: WebhookServer = WebhookServer()


class Infrastructure(Values):
    """Addresses that the operator hands to the components of every graph."""

    prometheusEndpoint: str | None = None
    """Prometheus, for the planner: becomes PROMETHEUS_ENDPOINT."""
    modelExpressURL: str | None = None
    """Model Express server: becomes MODEL_EXPRESS_URL."""
    tcpTLSCertPath: str | None = None
    """Certificate of the TCP request plane, a path in the components (operator 1.6)."""
    tcpTLSKeyPath: str | None = None
    """Its key (operator 1.6)."""
    tcpTLSCAPath: str | None = None
    """Authority that clients trust (operator 1.6)."""
    tcpTLSClientCertPath: str | None = None
    """Certificate that clients show (operator 1.6)."""
    tcpTLSClientKeyPath: str | None = None
    """Its key (operator 1.6)."""
    tcpTLSClientCAPath: str | None = None
    """Authority that servers trust (operator 1.6)."""
    tcpTLSServerName: str | None = None
    """Name that clients expect (operator 1.6)."""


class Ingress(Values):
    """How frontends are reached from outside."""

    virtualServiceGateway: str | None = None
    """Istio gateway; when set, the operator writes a VirtualService instead of an Ingress."""
    controllerClassName: str | None = None
    """Class of the Ingress objects."""
    controllerTLSSecretName: str | None = None
    """Secret with their certificate."""
    hostSuffix: str | None = None
    """Suffix of their host names."""


class Mpi(Values):
    """The SSH key that multi-node TensorRT-LLM uses; the operator makes it when it is missing."""

    sshSecretName: str = "mpi-run-ssh-secret"
    """Secret with the keys `private.key` and `private.key.pub`."""
    sshSecretNamespace: str | None = None
    """Its namespace: the release's own when null, in scope `namespace` the served one."""


class Security(Values):
    """Transport of the operator's own servers."""

    enableHTTP2: bool | None = False
    """HTTP/2 for the webhook and metrics servers."""


class Grove(Values):
    """Grove, where it is used."""

    terminationDelay: Duration | None = "15m"
    """How long a gang may miss members before it is torn down."""


class Orchestrators(Values):
    """Multi-node orchestrators; which are used says `integrations`."""

    grove: Grove = Grove()


class Config(Values):
    """The operator's configuration file."""

    server: Server = Server()
    orchestrators: Orchestrators = Orchestrators()
    infrastructure: Infrastructure = Infrastructure()
    ingress: Ingress = Ingress()
    mpi: Mpi = Mpi()
    security: Security = Security()
