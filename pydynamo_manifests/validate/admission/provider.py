"""Rules on provider overrides: fragments of Grove's own objects inside a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pydynamo_manifests.validate.admission.component import INTER_POD
from pydynamo_manifests.validate.admission.review import SNAPSHOT, rule
from pydynamo_manifests.validate.shapes import listed, mapping, text

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
_TOPOLOGY = "topologyConstraint"
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
        for override in _overrides(graph):
            if _writes_topology(override):
                review.add(BOTH, (*override.path, "value"))


def _check_one(review: Review, override: _Override) -> None:
    api, target = override.raw.get("apiVersion"), text(override.raw.get("target"))
    path, value = (*override.path, "value"), override.raw.get("value")
    wrong = _wrong_shape(value, override.target)
    if api != _API:
        review.add(API_VERSION, (*override.path, "apiVersion"), f"{_API}, not {api!r}")
    elif target and target != override.target:
        review.add(TARGET, (*override.path, "target"), f"{override.target}, not {target}")
    elif wrong:
        review.add(SHAPE, path, wrong)
    else:
        _check_owned(review, path, mapping(value), override.target)


def _keys(target: str) -> tuple[str, ...]:
    return ("spec", "template", _TOPOLOGY) if target == _ROOT else (_TOPOLOGY,)


def _check_owned(review: Review, path: Path, value: dict[str, Any], target: str) -> None:
    """Check that each map on the way to the constraint has that one key, and that the constraint is there."""
    for key in _keys(target):
        for other in value:
            if other != key:
                review.add(OWNED, (*path, str(other)))
        path = (*path, key)
        if not isinstance(value.get(key), dict):  # null is no constraint
            review.add(EMPTY, path)
            return
        value = value[key]


def _wrong_shape(value: Any, target: str) -> str:
    """Say which part of a fragment Grove could not read, ``""`` when it can; null is read as absent."""
    at = ""
    for key in _keys(target):
        if not isinstance(value, dict):
            return f"{at or 'it'} is no map"
        at, value = f"{at}.{key}".lstrip("."), value.get(key)
        if value is None:
            return ""
    return _wrong_constraint(value, at)


def _wrong_constraint(constraint: Any, at: str) -> str:
    if not isinstance(constraint, dict):
        return f"{at} is no map"
    pack = mapping(constraint.get("pack"))
    given = [(key, constraint.get(key), wanted) for key, wanted in _FIELDS.items()]
    given += [(f"pack.{key}", pack.get(key), str) for key in ("required", "preferred")]
    wrong = (
        f"{at}.{key} is {v!r}" for key, v, wanted in given if v is not None and not isinstance(v, wanted)
    )
    return next(wrong, "")


def _writes_topology(override: _Override) -> bool:
    value = mapping(override.raw.get("value"))
    if override.target == _ROOT:
        value = mapping(mapping(value.get("spec")).get("template"))
    return bool(override.target) and _TOPOLOGY in value


def _typed(graph: Graph) -> bool:
    constrained = (isinstance(c.raw.get("topologyConstraint"), dict) for c in graph.components)
    return graph.topology is not None or any(constrained)


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
