"""DynamoComponentDeployment: one component on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.convert import component, component_back
from pydynamo_manifests.convert.payload import (
    NO_SERVICE_NAME,
    PREFIXES,
    read_spec,
    read_status,
    take,
    write_spec,
    write_status,
)
from pydynamo_manifests.convert.status import replica_to_alpha, replica_to_beta

if TYPE_CHECKING:
    from pydynamo_manifests.convert.types import Obj

__all__ = ["to_alpha", "to_beta"]

_PREFIX = PREFIXES["DynamoComponentDeployment"]


def to_beta(alpha: Obj) -> Obj:
    """Convert a decoded v1alpha1 component deployment, which is used up."""
    metadata = alpha.get("metadata", {})
    spec_text, _ = take(metadata, _PREFIX)
    hub = read_spec(spec_text, "BetaComponentSpec")
    spec, own_name = alpha.get("spec", {}), metadata.get("name", "")
    beta, saved = component.to_beta(spec, hub[0] if hub else None, hub_origin=hub is not None)
    if "backendFramework" in spec:
        beta["backendFramework"] = spec["backendFramework"]
    records = _name_to_beta(spec, beta, own_name, hub[0] if hub else None)
    if saved or records or (hub is None and "podTemplate" in beta):
        write_spec(metadata, _PREFIX, "AlphaComponentSpec", saved, records)
    status, lost_status = _status_to_beta(alpha.get("status", {}))
    write_status(metadata, _PREFIX, "AlphaComponentStatus", lost_status)
    return {"metadata": metadata, "spec": beta, "status": status}


def _name_to_beta(spec: Obj, beta: Obj, own_name: str, hub: Obj | None) -> list[Obj]:
    name = spec.get("serviceName", "")
    if name:
        beta["name"] = name
        return []
    if hub is not None and "name" not in hub:
        return []
    if own_name:
        beta["name"] = own_name
    return [dict(NO_SERVICE_NAME)]


def _status_to_beta(status: Obj) -> tuple[Obj, Obj]:
    beta = {key: value for key, value in status.items() if key not in ("service", "podSelector")}
    saved = {"podSelector": status["podSelector"]} if "podSelector" in status else {}
    if "service" in status:
        beta["component"], left = replica_to_beta(status["service"])
        if left:
            saved["service"] = left
    return beta, saved


def to_alpha(beta: Obj) -> Obj:
    """Convert a decoded v1beta1 component deployment, which is used up.

    Raises:
        ConversionError: A saved status that cannot be read.
    """
    metadata = beta.get("metadata", {})
    spec_text, status_text = take(metadata, _PREFIX)
    spoke = read_spec(spec_text, "AlphaComponentSpec")
    saved_status = read_status(status_text, "AlphaComponentStatus", strict=True)
    spec, own_name = beta.get("spec", {}), metadata.get("name", "")
    alpha, left = component_back.to_alpha(spec, spoke[0] if spoke else None)
    if "backendFramework" in spec:
        alpha["backendFramework"] = spec["backendFramework"]
    name = spec.get("name", "")
    unnamed = spoke is not None and NO_SERVICE_NAME in spoke[1] and name == own_name
    if name and not unnamed:
        alpha["serviceName"] = name
    fresh = spec_text is None and status_text is None
    if left or (not name and own_name) or (fresh and "podTemplate" in spec):
        write_spec(metadata, _PREFIX, "BetaComponentSpec", ({"name": name} if name else {}) | left)
    return {
        "metadata": metadata,
        "spec": alpha,
        "status": _status_to_alpha(beta.get("status", {}), saved_status),
    }


def _status_to_alpha(status: Obj, saved: Obj) -> Obj:
    alpha = {key: value for key, value in status.items() if key != "component"}
    if "podSelector" in saved:
        alpha["podSelector"] = saved["podSelector"]
    if "component" in status:
        alpha["service"] = replica_to_alpha(status["component"], saved.get("service"))
    return alpha
