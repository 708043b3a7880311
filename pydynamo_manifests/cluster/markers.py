"""Marker leases: which operators are restricted to one namespace, and whether they live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = ["MARKER", "Marker", "marker_of"]

MARKER = "dynamo-operator-namespace-scope"
"""Lease of an operator that is restricted to one namespace."""

PRINCIPAL = "nvidia.com/dynamo-operator-principal"
"""Annotation in which the operator says who it is (its package `namespace_scope`)."""


@dataclass(frozen=True)
class Marker:
    """A marker: the namespace that it guards, whether a cluster-wide operator heeds it, and whose it is."""

    namespace: str
    alive: bool
    held: bool = True
    """False: made by the chart for an operator that has not started yet."""
    principal: str = ""

    def is_of(self, namespace: str, account: str) -> bool:
        """Tell whether the operator of a namespace and account holds it, or will."""
        if self.principal == f"system:serviceaccount:{namespace}:{account}":
            return True
        return not self.principal and self.namespace == namespace and (self.alive or not self.held)


def marker_of(lease: dict[str, Any], now: datetime | None = None) -> Marker:
    """Return what a lease says. One that was not renewed in time is dead, as the operator has it."""
    meta, spec = lease["metadata"], lease.get("spec") or {}
    principal = (meta.get("annotations") or {}).get(PRINCIPAL, "")
    alive = _ends(spec) > (now or datetime.now(UTC))
    return Marker(meta["namespace"], alive, bool(spec.get("holderIdentity")), principal)


def _ends(spec: dict[str, Any]) -> datetime:
    renewed, seconds = spec.get("renewTime"), spec.get("leaseDurationSeconds")
    if not (spec.get("holderIdentity") and renewed and seconds):
        return datetime.min.replace(tzinfo=UTC)
    return datetime.fromisoformat(renewed) + timedelta(seconds=seconds)
