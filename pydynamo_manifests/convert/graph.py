"""DynamoGraphDeployment: the map of services <-> the list of components."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.convert import component, component_back
from pydynamo_manifests.convert.payload import (
    PREFIXES,
    read_spec,
    read_status,
    take,
    write_spec,
    write_status,
)
from pydynamo_manifests.convert.status import replica_to_alpha, replica_to_beta
from pydynamo_manifests.errors import ConversionError

if TYPE_CHECKING:
    from pydynamo_manifests.convert.payload import Payload
    from pydynamo_manifests.convert.types import Obj

__all__ = ["to_alpha", "to_beta"]

_PREFIX = PREFIXES["DynamoGraphDeployment"]
_SAME = (
    "providerOverride",
    "annotations",
    "labels",
    "priorityClassName",
    "backendFramework",
    "restart",
    "experimental",
)


def to_beta(alpha: Obj) -> Obj:
    """Convert a decoded v1alpha1 graph, which is used up.

    Raises:
        ConversionError: Names that v1beta1 takes for one, because they differ by case only.
    """
    metadata = alpha.get("metadata", {})
    spec_text, status_text = take(metadata, _PREFIX)
    hub = read_spec(spec_text, "BetaGraphSpec")
    del status_text  # v1alpha1 shows all of a status that v1beta1 has
    spec = alpha.get("spec", {})
    beta_spec, saved = _spec_to_beta(spec, hub)
    status, lost_status = _status_to_beta(alpha.get("status", {}))
    if saved:
        write_spec(metadata, _PREFIX, "AlphaGraphSpec", saved)
    write_status(metadata, _PREFIX, "AlphaGraphStatus", lost_status)
    return {"metadata": metadata, "spec": beta_spec, "status": status}


def _spec_to_beta(spec: Obj, hub: Payload | None) -> tuple[Obj, Obj]:
    beta: Obj = {key: spec[key] for key in _SAME if key in spec}
    saved: Obj = {"pvcs": spec["pvcs"]} if "pvcs" in spec else {}
    if "envs" in spec:
        beta["env"] = spec["envs"]
    if "topologyConstraint" in spec:
        beta["topologyConstraint"] = _rename(
            spec["topologyConstraint"], "topologyProfile", "clusterTopologyName"
        )
    components, services = _services_to_beta(spec.get("services", {}), hub)
    if components:
        beta["components"] = components
    if services:
        saved["services"] = services
    return beta, saved


def _rename(part: Obj, old: str, new: str) -> Obj:
    return {new if key == old else key: value for key, value in part.items()}


def _services_to_beta(services: Obj, hub: Payload | None) -> tuple[list[Obj], Obj]:
    _refuse_equal_names(services)
    kept = {c.get("name", ""): c for c in (hub[0] if hub else {}).get("components", [])}
    components, saved = [], {}
    for name in _order([key for key, service in services.items() if service is not None], list(kept)):
        converted, left = component.to_beta(services[name], kept.get(name), hub_origin=hub is not None)
        if services[name].get("serviceName", name) != name:
            left["serviceName"] = services[name]["serviceName"]
        components.append({"name": name} | converted)
        if left:
            saved[name] = left
    return components, saved | {key: None for key, service in services.items() if service is None}


def _refuse_equal_names(services: Obj) -> None:
    seen: dict[str, str] = {}
    for name, service in services.items():
        if service is not None and (twin := seen.setdefault(name.lower(), name)) != name:
            raise ConversionError(
                f"spec.services: v1beta1 takes {twin!r} and {name!r} for one name; rename one of them"
            )


def _order(names: list[str], kept: list[str]) -> list[str]:
    """Names are sorted by bytes, unless v1beta1's own order was another."""
    ordered = sorted(names, key=str.encode)
    if kept == sorted(kept, key=str.encode):
        return ordered
    return [name for name in kept if name in names] + [name for name in ordered if name not in kept]


def _status_to_beta(status: Obj) -> tuple[Obj, Obj]:
    beta = {key: value for key, value in status.items() if key not in ("services", "rollingUpdate")}
    if "rollingUpdate" in status:
        beta["rollingUpdate"] = _rename(status["rollingUpdate"], "updatedServices", "updatedComponents")
    saved: Obj = {}
    if "services" in status:
        beta["components"] = {}
        for name, replica in status["services"].items():
            beta["components"][name], left = replica_to_beta(replica)
            if left:
                saved.setdefault("services", {})[name] = left
    return beta, saved


def to_alpha(beta: Obj) -> Obj:
    """Convert a decoded v1beta1 graph, which is used up.

    Raises:
        ConversionError: Two components of one name, or a saved status that cannot be read.
    """
    metadata = beta.get("metadata", {})
    spec_text, status_text = take(metadata, _PREFIX)
    spoke = read_spec(spec_text, "AlphaGraphSpec")
    saved_status = read_status(status_text, "AlphaGraphStatus", strict=True)
    from_spoke = spec_text is not None or status_text is not None
    alpha_spec, entries = _spec_to_alpha(
        beta.get("spec", {}), spoke[0] if spoke else {}, from_spoke=from_spoke
    )
    if entries:
        write_spec(metadata, _PREFIX, "BetaGraphSpec", {"components": entries})
    return {
        "metadata": metadata,
        "spec": alpha_spec,
        "status": _status_to_alpha(beta.get("status", {}), saved_status),
    }


def _spec_to_alpha(spec: Obj, spoke: Obj, *, from_spoke: bool) -> tuple[Obj, list[Obj]]:
    alpha: Obj = {key: spec[key] for key in _SAME if key in spec}
    if "pvcs" in spoke:
        alpha["pvcs"] = spoke["pvcs"]
    if "env" in spec:
        alpha["envs"] = spec["env"]
    if "topologyConstraint" in spec:
        alpha["topologyConstraint"] = _rename(
            spec["topologyConstraint"], "clusterTopologyName", "topologyProfile"
        )
    services, entries = _components_to_alpha(
        spec.get("components", []), spoke.get("services", {}), from_spoke=from_spoke
    )
    if services:
        alpha["services"] = services
    return alpha, entries


def _components_to_alpha(components: list[Obj], kept: Obj, *, from_spoke: bool) -> tuple[Obj, list[Obj]]:
    names = [c.get("name", "") for c in components]
    if odd := [name for name in names if not isinstance(name, str)]:
        raise ConversionError(f"spec.components: {odd[0]!r} is no text and names no component")
    every = names != sorted(names, key=str.encode)
    services: Obj = {}
    entries: list[Obj] = []
    for name, beta in zip(names, components, strict=True):
        if name in services:
            raise ConversionError(
                f"spec.components: two components are called {name!r}; v1alpha1 keeps them in a map"
            )
        spoke = kept.get(name) or {}
        services[name], left = component_back.to_alpha(beta, spoke)
        if "serviceName" in spoke:
            services[name]["serviceName"] = spoke["serviceName"]
        if every or left or (not from_spoke and "podTemplate" in beta):
            entries.append({"name": name} | left)
    nulls = {name: None for name, service in kept.items() if service is None and name not in services}
    return services | nulls, entries


def _status_to_alpha(status: Obj, saved: Obj) -> Obj:
    alpha = {key: value for key, value in status.items() if key not in ("components", "rollingUpdate")}
    if "rollingUpdate" in status:
        alpha["rollingUpdate"] = _rename(status["rollingUpdate"], "updatedComponents", "updatedServices")
    if "components" in status:
        kept = saved.get("services", {})
        alpha["services"] = {
            name: replica_to_alpha(r, kept.get(name)) for name, r in status["components"].items()
        }
    return alpha
