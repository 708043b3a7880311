"""Values of `networkPolicy`: deny by default, open what is needed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pydynamo_manifests.values.base import Fragments, Values
from pydynamo_manifests.values.platform.common import Port

__all__ = ["NetworkPolicy"]

Cidr = Annotated[str, Field(pattern=r"^[0-9A-Fa-f.:]+/[0-9]{1,3}$")]
"""A block of addresses: `10.0.0.1/32`."""


class ApiServer(Values):
    """The API server, which calls the webhooks and is called by the operator."""

    cidrs: list[Cidr] = []
    """Its addresses; any address when empty, since most clusters do not show it as a pod."""
    ports: list[Port] = [443, 6443]
    """Its ports."""


class NetworkPolicy(Values):
    """Policies for the pods of this release; those of graphs come with the graph chart."""

    enabled: bool = False
    """Render them. Needs a network plug-in that enforces policies."""
    apiServer: ApiServer = ApiServer()
    metricsFrom: Fragments = [{"namespaceSelector": {}}]
    """Peers that may scrape metrics; nobody when empty."""
    natsFrom: Fragments = [{"namespaceSelector": {}}]
    """Peers that may use the built-in NATS; nobody when empty."""
    dns: Fragments = [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        }
    ]
    """The cluster's DNS; any peer when empty (for a DNS cache on the node)."""
    extraIngress: Fragments = []
    """Further ingress rules of the operator."""
    extraEgress: Fragments = []
    """Further egress rules of the operator, e.g. to Prometheus."""
