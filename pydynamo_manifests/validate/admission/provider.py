"""Rules on provider overrides: fragments of Grove's own objects inside a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pydynamo_manifests.validate.admission.component import INTER_POD
from pydynamo_manifests.validate.admission.review import SNAPSHOT, rule
from pydynamo_manifests.validate.admission.shapes import listed, mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.admission.component import Component
    from pydynamo_manifests.validate.admission.graph import Graph
    from pydynamo_manifests.validate.admission.review import Review
    from pydynamo_manifests.yaml import Path

__all__ = ["check", "check_change", "roles_of", "target_of"]

_WEBHOOK = "operator, webhook/validation (#13273)"
_API = "grove.io/v1alpha1"
_ROOT = "PodCliqueSet"
_GROUP = "PodCliqueScalingGroupConfig"
_CLIQUE = "PodCliqueTemplateSpec"
_FIELDS: dict[str, type | tuple[type, ...]] = {"topologyName": str, "packDomain": str, "pack": dict}

ELSEWHERE = rule(
    "ADM-PROV-01", "a provider override works inside a DGD only",
    "Remove providerOverride from the standalone component.",
    since=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip
NOT_ADOPTED = rule(
    "ADM-PROV-02", "a provider override needs a graph that runs on Grove",
    "Remove providerOverride, or wait until the operator has adopted the graph for Grove.",
    since=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip
API_VERSION = rule(
    "ADM-PROV-03", "a provider override is written in one API version of Grove",
    f"Write apiVersion: {_API}.",
    since=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip
TARGET = rule(
    "ADM-PROV-04", "a provider override names another object than the one that is made here",
    "Leave target out: the operator fills it.",
    since=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip
ROLE = rule(
    "ADM-PROV-05", "only the roles of a multi-node component have objects of their own",
    "Put the override on the component.",
    since=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip
OWNED = rule(
    "ADM-PROV-06", "a provider override may write the topology constraint only; Dynamo owns the rest",
    "Keep topologyConstraint (in the graph's override spec.template.topologyConstraint) and remove the rest.",
    since=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip
EMPTY = rule(
    "ADM-PROV-07", "a provider override writes no topology constraint",
    "Write topologyConstraint (in the graph's override spec.template.topologyConstraint).",
    since=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip
SHAPE = rule(
    "ADM-PROV-08", "the fragment does not have Grove's shape",
    "Write topologyName: a text, and pack: {required: LEVEL} or {preferred: LEVEL}.",
    since=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip
BOTH = rule(
    "ADM-PROV-09", "topologyConstraint and a provider override say the same thing in two places",
    "Keep one of the two.",
    since=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip
FIXED = rule(
    "ADM-PROV-10", "apiVersion and target of a provider override never change",
    "Remove the override first, then add the other one.",
    since=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip


class _Override(NamedTuple):
    path: Path
    raw: dict[str, Any]
    target: str
    """Grove's object that it is written for; ``""`` where there is none."""
    key: tuple[str, ...]
    """Same in an old and a new version of the graph."""


def target_of(component: Component) -> str:
    """Return Grove's object that a component becomes."""
    return _GROUP if component.uses_group else _CLIQUE


def _overrides(graph: Graph) -> Iterator[_Override]:
    root = graph.spec.get("providerOverride")
    if isinstance(root, dict) and not graph.standalone:
        yield _Override(("spec", "providerOverride"), root, _ROOT, ())
    for component in graph.components:
        raw = component.raw
        own = raw.get("providerOverride")
        if isinstance(own, dict):
            yield _Override(component.field("providerOverride"), own, target_of(component), (component.name,))
        if "multinode" in raw or "roles" in raw:
            yield from _role_overrides(component)


def _role_overrides(component: Component) -> Iterator[_Override]:
    target = _CLIQUE if component.multinode and component.gms != INTER_POD else ""
    for name, path, role in roles_of(component):
        raw = role.get("providerOverride")
        if isinstance(raw, dict):
            yield _Override((*path, "providerOverride"), raw, target, (component.name, name))


def roles_of(component: Component) -> Iterator[tuple[str, Path, dict[str, Any]]]:
    """Yield name, path and content of each role of a component."""
    multinode = mapping(component.raw.get("multinode"))
    for name in ("leader", "worker"):
        if isinstance(multinode.get(name), dict):
            yield name, component.field("multinode", name), multinode[name]
    for index, item in enumerate(listed(component.raw.get("roles"))):
        role = mapping(item)
        yield text(role.get("name")), component.field("roles", index), role


def check(review: Review, graph: Graph, provider: str | None) -> None:
    """Check every provider override of a DGD or DCD."""
    writes = False
    for override in _overrides(graph):
        if graph.standalone:
            review.add(ELSEWHERE, override.path)
        elif provider != "grove":
            review.add(NOT_ADOPTED, override.path, f"the provider is {provider or 'not yet known'}")
        elif not override.target:
            review.add(ROLE, override.path)
        else:
            _check_one(review, override)
            writes = writes or _writes_topology(override)
    if writes and _typed(graph):
        review.add(BOTH, _first_writing(graph))


def _check_one(review: Review, override: _Override) -> None:
    api, target = override.raw.get("apiVersion"), text(override.raw.get("target"))
    if api != _API:
        review.add(API_VERSION, (*override.path, "apiVersion"), f"{_API}, not {api!r}")
    if target and target != override.target:
        review.add(TARGET, (*override.path, "target"), f"{override.target}, not {target}")
    path, value = (*override.path, "value"), override.raw.get("value")
    for key in ("spec", "template") if override.target == _ROOT else ():
        value = _only(review, path, value, key)
        path = (*path, key)
        if value is None:
            return
    constraint = _only(review, path, value, "topologyConstraint")
    if constraint is not None:
        _check_constraint(review, (*path, "topologyConstraint"), constraint)


def _only(review: Review, path: Path, value: Any, key: str) -> Any:
    """Return the one key that a map may have, None when it has none (which is reported)."""
    if not isinstance(value, dict):
        review.add(SHAPE, path, "it is no map")
        return None
    for other in value:
        if other != key:
            review.add(OWNED, (*path, str(other)))
    if key not in value:
        review.add(EMPTY, (*path, key))
    return value.get(key)


def _check_constraint(review: Review, path: Path, constraint: Any) -> None:
    if not isinstance(constraint, dict):
        review.add(SHAPE, path, "it is no map")
        return
    for key, wanted in _FIELDS.items():
        value = constraint.get(key)
        if value is not None and not isinstance(value, wanted):
            review.add(SHAPE, (*path, key), f"not {value!r}")
    for key, value in mapping(constraint.get("pack")).items():
        if value is not None and not isinstance(value, str):
            review.add(SHAPE, (*path, "pack", str(key)), f"not {value!r}")


def _writes_topology(override: _Override) -> bool:
    value = mapping(override.raw.get("value"))
    if override.target == _ROOT:
        value = mapping(mapping(value.get("spec")).get("template"))
    return "topologyConstraint" in value


def _typed(graph: Graph) -> bool:
    constrained = (isinstance(c.raw.get("topologyConstraint"), dict) for c in graph.components)
    return graph.topology is not None or any(constrained)


def _first_writing(graph: Graph) -> Path:
    return next(o.path for o in _overrides(graph) if _writes_topology(o))


def check_change(review: Review, graph: Graph, old: Graph) -> None:
    """Check that an override which was there keeps its API version and its target."""
    before = {o.key: o for o in _overrides(old)}
    if not before:
        return
    for override in _overrides(graph):
        was = before.get(override.key)
        if was is None:
            continue
        if text(override.raw.get("apiVersion")) != text(was.raw.get("apiVersion")):
            review.add(FIXED, (*override.path, "apiVersion"), f"it is {was.raw.get('apiVersion')!r}")
        if _target(override) != _target(was):
            review.add(FIXED, (*override.path, "target"), f"it is {_target(was)}")


def _target(override: _Override) -> str:
    """Return what an override is written for; defaulting fills it where it is not said."""
    return text(override.raw.get("target")) or override.target
