"""Rules on where the pods of a graph are packed, and on topology-aware KV transfer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.admission.review import rule
from pydynamo_manifests.validate.shapes import mapping, number, text

if TYPE_CHECKING:
    from pydynamo_manifests.validate.admission.component import Component
    from pydynamo_manifests.validate.admission.graph import Graph
    from pydynamo_manifests.validate.admission.review import Review
    from pydynamo_manifests.yaml import Path

__all__ = ["check", "check_change", "domain_of"]

_WEBHOOK = "operator, webhook/validation/dynamographdeployment"
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", re.ASCII)
_LONGEST_SUBDOMAIN = 253

MISSING = rule(
    "ADM-TOPO-01", "a component's topology constraint needs the graph's",
    "Add spec.topologyConstraint with clusterTopologyName.",
    since="1.1", source=f"{_WEBHOOK} (#6375)",
)  # fmt: skip
NO_DOMAIN = rule(
    "ADM-TOPO-02", "no level is named to pack into",
    "Add packDomain to spec.topologyConstraint or to a component.",
    since="1.1", source=f"{_WEBHOOK} (#6375)",
)  # fmt: skip
UNKNOWN_BINDING = rule(
    "ADM-TOPO-03", "the cluster has no ClusterTopologyBinding of this name",
    "Create the binding first, or name one that exists.",
    since="1.1", source=f"{_WEBHOOK} (#6375)",
)  # fmt: skip
UNKNOWN_DOMAIN = rule(
    "ADM-TOPO-04", "the ClusterTopologyBinding has no such level",
    "Name one of its levels.",
    since="1.1", source=f"{_WEBHOOK} (#6375)",
)  # fmt: skip
BROADER = rule(
    "ADM-TOPO-05", "a component cannot be packed into a broader level than its graph",
    "Name the graph's level or a narrower one.",
    since="1.1", source=f"{_WEBHOOK} (#6375)",
)  # fmt: skip
FIXED = rule(
    "ADM-TOPO-06", "a topology constraint can never be added, removed or changed",
    "Delete the object and create it again with the other constraint.",
    since="1.1", source=f"{_WEBHOOK} (#6375)",
)  # fmt: skip
KV_NAME = rule(
    "ADM-KV-01", "the name of a cluster topology is a DNS subdomain",
    "Use lower-case letters, digits, - and . only, and begin and end with a letter or digit.",
    since="1.3", source=f"{_WEBHOOK} (#10041)",
)  # fmt: skip
KV_GROVE = rule(
    "ADM-KV-02", "domains of a cluster topology are known on Grove only",
    "Use labelKey in place of clusterTopologyName.",
    since="1.3", source=f"{_WEBHOOK} (#10041)",
)  # fmt: skip
KV_UNKNOWN_BINDING = rule(
    "ADM-KV-03", "the cluster has no ClusterTopologyBinding of this name for KV transfer",
    "Create the binding first, or name one that exists.",
    since="1.3", source=f"{_WEBHOOK} (#10041)",
)  # fmt: skip
KV_UNKNOWN_DOMAIN = rule(
    "ADM-KV-04", "the ClusterTopologyBinding for KV transfer has no such level",
    "Name one of its levels as domain.",
    since="1.3", source=f"{_WEBHOOK} (#10041)",
)  # fmt: skip
KV_FIXED = rule(
    "ADM-KV-05", "the policy for KV transfer can never be added, removed or changed",
    "Delete the graph and create it again with the other policy.",
    since="1.3", source=f"{_WEBHOOK} (#9768)",
)  # fmt: skip

_SPEC = ("spec", "topologyConstraint")
_POLICY = ("spec", "experimental", "kvTransferPolicy")


def domain_of(component: Component) -> str:
    """Return the level that a component asks for, ``""`` when it asks for none."""
    return text(mapping(component.raw.get("topologyConstraint")).get("packDomain"))


def check(review: Review, graph: Graph, *, grove: bool) -> None:
    """Check the topology constraints and the KV transfer policy of a DGD."""
    young = (number(mapping(graph.obj.get("metadata")).get("generation")) or 0) <= 1
    live = grove and young and review.cluster is not None
    constrained = [c for c in graph.components if isinstance(c.raw.get("topologyConstraint"), dict)]
    if graph.topology is not None:
        if not text(graph.topology.get("packDomain")) and not constrained:
            review.add(NO_DOMAIN, (*_SPEC, "packDomain"))
        if live:
            _check_levels(review, graph.topology, constrained)
    elif constrained:
        review.add(MISSING, _SPEC)
    if graph.kv_policy is not None:
        _check_policy(review, graph.kv_policy, grove=grove, live=live)


def _levels(review: Review, name: str) -> list[str] | None:
    """Return the levels of a binding from the broadest to the narrowest, None when there is no such binding."""
    topology = review.cluster.topology if review.cluster else None
    if topology is None or topology["name"] != name:
        return None
    return list(topology["levels"])


def _check_levels(review: Review, constraint: dict[str, Any], constrained: list[Component]) -> None:
    name = text(constraint.get("clusterTopologyName"))
    levels = _levels(review, name)
    if levels is None:
        review.add(UNKNOWN_BINDING, (*_SPEC, "clusterTopologyName"), repr(name))
        return
    whole = text(constraint.get("packDomain"))
    if whole and whole not in levels:
        review.add(UNKNOWN_DOMAIN, (*_SPEC, "packDomain"), _not_in(whole, levels))
    for component in constrained:
        where, own = component.field("topologyConstraint", "packDomain"), domain_of(component)
        if own not in levels:
            review.add(UNKNOWN_DOMAIN, where, _not_in(own, levels))
        elif whole in levels and levels.index(own) < levels.index(whole):
            review.add(BROADER, where, f"{own} is broader than {whole}")


def _not_in(domain: str, levels: list[str]) -> str:
    return f"{domain!r} is none of {', '.join(levels)}"


def _check_policy(review: Review, policy: dict[str, Any], *, grove: bool, live: bool) -> None:
    name, where = policy.get("clusterTopologyName"), (*_POLICY, "clusterTopologyName")
    if not isinstance(name, str):
        return
    if len(name) > _LONGEST_SUBDOMAIN or not _SUBDOMAIN.fullmatch(name):
        review.add(KV_NAME, where, repr(name))
        live = False
    if not grove:
        review.add(KV_GROVE, where)
    elif live:
        _check_domain(review, name, text(policy.get("domain")), where)


def _check_domain(review: Review, name: str, domain: str, where: Path) -> None:
    levels = _levels(review, name)
    if levels is None:
        review.add(KV_UNKNOWN_BINDING, where, repr(name))
    elif domain not in levels:
        review.add(KV_UNKNOWN_DOMAIN, (*_POLICY, "domain"), _not_in(domain, levels))


def check_change(review: Review, graph: Graph, old: Graph) -> None:
    """Check that neither the graph's constraint nor its KV transfer policy changes."""
    if _same_key(graph.topology) != _same_key(old.topology):
        review.add(FIXED, _SPEC)
    if _same_key(graph.kv_policy) != _same_key(old.kv_policy):
        review.add(KV_FIXED, _POLICY)


def check_component_change(review: Review, component: Component, old: Component) -> None:
    """Check that a component's constraint does not change."""
    now, was = component.raw.get("topologyConstraint"), old.raw.get("topologyConstraint")
    if now is not was and _same_key(now) != _same_key(was):
        review.add(FIXED, component.field("topologyConstraint"))


def _same_key(block: Any) -> dict[str, Any] | None:
    """Return what two equal blocks have in common: no empty fields, ``required`` where nothing is enforced."""
    if not isinstance(block, dict):
        return None
    kept = {key: value for key, value in block.items() if value not in (None, "")}
    if "domain" in kept and kept.get("enforcement") == "required":
        del kept["enforcement"]
    return kept
