"""The stage ``admission``: what the operator's webhooks default and validate, offline.

Source: the webhooks of the operator, by release; v1alpha1 graphs are judged as the API server hands them
over, in v1beta1's words, so that a finding's path is the one that the cluster would name.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from pydynamo_manifests import yaml
from pydynamo_manifests.errors import InputError
from pydynamo_manifests.releases import Release
from pydynamo_manifests.releases import release as find_release
from pydynamo_manifests.validate.admission import (
    changes,
    checkpoints,
    legacy,
    memory,
    metadata,
    models,
    power,
    provider,
    requests,
    roles,
    runtime,
    shared,
    spec,
    topology,
)
from pydynamo_manifests.validate.admission.defaulting import as_applied, defaulted
from pydynamo_manifests.validate.admission.graph import ALPHA, BETA, DCD, DGD, read_graph, source_path
from pydynamo_manifests.validate.admission.review import NEXT, RULES, SNAPSHOT, Review
from pydynamo_manifests.validate.shapes import mapping

if TYPE_CHECKING:
    from pydynamo_manifests.validate.admission.component import Component
    from pydynamo_manifests.validate.admission.graph import Graph
    from pydynamo_manifests.validate.cluster import Cluster
    from pydynamo_manifests.validate.report import Finding
    from pydynamo_manifests.validate.rule import Rule

__all__ = ["RULES", "admit", "as_applied", "default", "described"]

_BEFORE = "1.4"
"""The last line before what the development snapshot still has and 1.5 dropped."""
_CONVERTED = "1.3"
"""From this line on v1alpha1 graphs are judged in v1beta1's words."""


def admit(
    obj: dict[str, Any],
    *,
    old: dict[str, Any] | None = None,
    release: Release | str,
    cluster: Cluster | None = None,
    user: str | None = None,
) -> list[Finding]:
    """Return what the webhooks of a release find in an object of the group ``nvidia.com``.

    Args:
        obj: The object as submitted, after the stages schema and CEL; never changed.
        old: The stored object that it replaces; None when it is created.
        release: The Dynamo release whose operator judges.
        cluster: What the target cluster has; None when nothing is known of it.
        user: Who asks, as the API server names users.

    Raises:
        UnknownNameError: There is no such release.
        InputError: ``old`` is of another kind.
    """
    review = Review(_release(release), cluster, user, create=old is None)
    if not isinstance(obj, dict) or obj.get("apiVersion") not in (ALPHA, BETA):
        return []
    if old is not None and mapping(obj.get("metadata")).get("deletionTimestamp"):
        return []
    kind = obj.get("kind")
    if old is not None and (not isinstance(old, dict) or old.get("kind") != kind):
        raise InputError("the stored object that an update replaces is of the same kind")
    if kind in (DGD, DCD):
        return _admit_graph(review, as_applied(obj, old), old)
    if kind == "DynamoGraphDeploymentRequest":
        requests.check(review, obj, old)
    elif kind == "DynamoModel":
        models.check(review, obj, old)
    elif kind == "DynamoCheckpoint":
        checkpoints.check(review, obj)
    return review.findings


def default(
    obj: dict[str, Any],
    *,
    old: dict[str, Any] | None = None,
    release: Release | str,
    cluster: Cluster | None = None,
    create: bool | None = None,
    image: str | None = None,
) -> dict[str, Any]:
    """Return what the defaulting webhooks of a release make of an object; the object itself is not changed.

    They run before the stages schema and CEL, on create and on update.

    Args:
        obj: The object as submitted.
        old: The stored object that it replaces; None when it is created.
        release: The Dynamo release whose operator defaults.
        cluster: What the target cluster has; None when nothing is known of it.
        create: The operation, where ``old`` is not at hand; by default it is a create without ``old``.
        image: The operator's configured image for requests of graphs, if it has one.

    Raises:
        UnknownNameError: There is no such release.
    """
    create = old is None if create is None else create
    if not isinstance(obj, dict) or obj.get("apiVersion") not in (ALPHA, BETA):
        return obj
    return defaulted(Review(_release(release), cluster, None, create=create), as_applied(obj, old), image)


@cache
def described() -> dict[str, Rule]:
    """Return every rule as it is explained: examples laid out in lines, releases that people know."""
    return {code: _described(rule) for code, rule in RULES.items()}


def _described(rule: Rule) -> Rule:
    bad, good = (yaml.dump_all(yaml.load_all(text)) for text in (rule.bad, rule.good))
    since = NEXT if rule.since == SNAPSHOT else rule.since
    until = _BEFORE if rule.until == SNAPSHOT else rule.until
    return replace(rule, bad=bad, good=good, since=since, until=until)


def _release(release: Release | str) -> Release:
    return release if isinstance(release, Release) else find_release(release)


def _admit_graph(review: Review, obj: dict[str, Any], old: dict[str, Any] | None) -> list[Finding]:
    graph = read_graph(obj)
    before = None if old is None else read_graph(old)
    named = metadata.provider_of(review, graph.annotations)
    grove = not graph.standalone and metadata.is_grove(review, graph.annotations, named)
    if not graph.standalone:
        metadata.check(review, graph)
        spec.check(review, graph, grove=grove)
        topology.check(review, graph, grove=grove)
        roles.check_planners(review, graph.components)
    provider.check(review, graph, named)
    previous = {c.name: c for c in before.components} if before else {}
    for component in graph.components:
        was = before.components[0] if before and graph.standalone else previous.get(component.name)
        _check_component(review, graph, component, was, grove=grove)
    legacy.check(review, graph)
    if before is not None:
        _check_change(review, graph, before)
    return _located(review, graph) if graph.alpha else review.findings


def _check_component(
    review: Review, graph: Graph, component: Component, was: Component | None, *, grove: bool
) -> None:
    roles.check(review, component)
    for one in component.per_role() if "roles" in component.raw else (component,):
        shared.check(review, graph, one, grove=grove)
        if one.experimental:
            memory.check(review, graph, one, grove=grove)
        roles.check_sidecar(review, one)
        runtime.check(review, graph, one, was)
        if one.annotations and not graph.standalone:
            power.check(review, one)


def _check_change(review: Review, graph: Graph, before: Graph) -> None:
    spec.check_change(review, graph, before)
    provider.check_change(review, graph, before)
    if not graph.standalone:
        metadata.check_change(review, graph, before)
        topology.check_change(review, graph, before)
    previous = {c.name: c for c in before.components}
    for component in graph.components:
        was = before.components[0] if graph.standalone else previous.get(component.name)
        if was is None:
            continue
        topology.check_component_change(review, component, was)
        changes.check(review, component, was)
        if not graph.standalone:
            changes.check_replicas(review, component, was)
            power.check_change(review, component, was)


def _located(review: Review, graph: Graph) -> list[Finding]:
    """Say where each finding stands in a v1alpha1 text; old operators name these paths, too."""
    native = not review.at_least(_CONVERTED)
    found = []
    for finding in review.findings:
        at = source_path(graph, finding.where) if finding.at is None else finding.at
        found.append(replace(finding, at=at, where=at if native else finding.where))
    return found
