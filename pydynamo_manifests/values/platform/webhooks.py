"""Values of `webhooks`: admission, conversion and their certificates."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pydynamo_manifests.values.base import Count, Fragment, StringMap, Values
from pydynamo_manifests.values.platform.common import Automatic, Duration, ObjectName

__all__ = ["Webhooks"]

FailurePolicy = Literal["Fail", "Ignore"]


class PodCheckpointRestore(Values):
    """The webhook that sees pods being created, for checkpoints; rendered only where these are on."""

    failurePolicy: FailurePolicy = "Ignore"
    """`Ignore`: a pod starts cold when the operator is away."""


class IssuerRef(Values):
    """An issuer of cert-manager."""

    name: str
    """Name of the issuer."""
    kind: Literal["Issuer", "ClusterIssuer"] | None = "Issuer"
    """`Issuer` in the release's namespace, or `ClusterIssuer`."""
    group: str | None = "cert-manager.io"
    """API group of the issuer."""


class PrivateKey(Values):
    """The private key of a certificate."""

    algorithm: Literal["RSA", "ECDSA", "Ed25519"] = "ECDSA"
    """Algorithm."""
    size: Count | None = 256
    """Bits, where the algorithm has a choice."""


class CertManager(Values):
    """Certificates by cert-manager."""

    issuerRef: IssuerRef | None = None
    """Issuer that signs; a chain of our own (self-signed authority) when null."""
    duration: Duration = "8760h"
    """Life of the serving certificate."""
    renewBefore: Duration = "720h"
    """How long before its end it is renewed; the operator serves the new one without a restart."""
    caDuration: Duration = "87600h"
    """Life of our own authority."""
    privateKey: PrivateKey = PrivateKey()


class Certificates(Values):
    """Who makes the serving certificate."""

    provider: Literal["operator", "certManager", "secret"] = "operator"
    """`operator`: it makes and renews one itself. `certManager`: cert-manager does. `secret`: given."""
    secretName: ObjectName | None = None
    """Secret with `tls.crt`, `tls.key` and `ca.crt`; the chart's own name when null. Needed for `secret`."""
    caBundle: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/=]+$")] | None = None
    """Authority of a given certificate, base64; null when something else injects it."""
    certManager: CertManager = CertManager()


class WebhookService(Values):
    """The Service that the API server calls."""

    annotations: StringMap = {}
    """Annotations."""


class Webhooks(Values):
    """Admission webhooks; their paths are those of the operator's release."""

    enabled: Automatic = "auto"
    """`auto`: in scope `cluster`. In scope `namespace`, true renders them for that namespace alone."""
    failurePolicy: FailurePolicy = "Fail"
    """What the API server does with Dynamo objects while the operator is away."""
    timeoutSeconds: Annotated[int, Field(ge=1, le=30)] = 10
    """How long the API server waits."""
    namespaceSelector: Fragment = {}
    """Namespaces to admit for, e.g. to leave out those of restricted operators."""
    annotations: StringMap = {}
    """Annotations of both webhook configurations."""
    podCheckpointRestore: PodCheckpointRestore = PodCheckpointRestore()
    certificates: Certificates = Certificates()
    service: WebhookService = WebhookService()
