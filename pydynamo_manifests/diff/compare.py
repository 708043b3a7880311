"""The comparison of two graphs of any API version, component by component."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.convert import convert
from pydynamo_manifests.diff.container import container_changes
from pydynamo_manifests.diff.secrets import is_secret
from pydynamo_manifests.errors import InputError
from pydynamo_manifests.import_.check import normal
from pydynamo_manifests.render.text import text
from pydynamo_manifests.validate.graph import Component, Graph, read_graph
from pydynamo_manifests.validate.shapes import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Change", "Difference", "as_beta", "diff"]

BETA = "nvidia.com/v1beta1"
_SCALE = ("replicas", "minAvailable", "scalingAdapter")
"""Fields of a component that change how many pods run, not what runs in them."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change in serving terms."""

    component: str
    """Component's name, empty for the graph itself."""
    text: str
    """What changed: ``+2 replicas (2 to 4), +8 GPUs``."""
    restarts: bool
    """Whether the operator replaces the component's pods."""


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes between two graphs, and their GPUs in total."""

    changes: tuple[Change, ...]
    gpus: tuple[int, int]
    """GPUs of the old and the new graph: replicas x nodes x GPUs per node."""

    @property
    def restarts(self) -> tuple[str, ...]:
        """Names of the components whose pods are replaced, in order."""
        return tuple(dict.fromkeys(c.component for c in self.changes if c.restarts and c.component))

    def to_dict(self) -> dict[str, Any]:
        """Return the difference for a program."""
        changes = [{"component": c.component, "text": c.text, "restarts": c.restarts} for c in self.changes]
        return {
            "changes": changes,
            "gpus": {"old": self.gpus[0], "new": self.gpus[1]},
            "restarts": [*self.restarts],
        }


def diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    """Compare two DynamoGraphDeployments; each may be v1alpha1 or v1beta1.

    Raises:
        InputError: One of them is not a graph.
    """
    before, after = _graph(old), _graph(new)
    changes = [*_graph_changes(before, after), *_component_changes(before, after)]
    return Difference(tuple(changes), (_total(before), _total(after)))


def as_beta(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return a DynamoGraphDeployment as v1beta1.

    Raises:
        InputError: It is none, or of a shape that no graph has.
    """
    if manifest.get("kind") != "DynamoGraphDeployment":
        raise InputError(f"a {manifest.get('kind')} is not a graph; diff compares DynamoGraphDeployments")
    _check_shape(manifest)
    return dict(manifest) if manifest.get("apiVersion") == BETA else convert(dict(manifest), BETA, clean=True)


def _graph(manifest: Mapping[str, Any]) -> Graph:
    graph = read_graph(normal(as_beta(manifest)))
    if graph is None:
        raise InputError("the object cannot be read as a graph")
    return graph


def _check_shape(manifest: Mapping[str, Any]) -> None:
    spec = manifest.get("spec") or {}
    if not isinstance(spec, dict):
        raise InputError("spec of the graph must be a map")
    name, kind, words = (
        ("components", list, "a list") if manifest.get("apiVersion") == BETA else ("services", dict, "a map")
    )
    parts = spec.get(name) or kind()
    if not isinstance(parts, kind):
        raise InputError(f"spec.{name} must be {words}")
    each = parts.values() if isinstance(parts, dict) else parts
    if not all(isinstance(part, dict) for part in each):
        raise InputError(f"each of spec.{name} must be a map")


def _total(graph: Graph) -> int:
    return sum(_gpus(c) for c in graph.components)


def _gpus(component: Component) -> int:
    replicas = 1 if component.replicas is None else component.replicas
    return replicas * component.nodes * (component.main.gpus or 0)


def _graph_changes(before: Graph, after: Graph) -> Iterator[Change]:
    old, new = (dict(g.raw.get("spec") or {}) for g in (before, after))
    for key in sorted((old.keys() | new.keys()) - {"components"}):
        if old.get(key) != new.get(key):
            every = key in ("env", "annotations", "labels", "restart")
            names = [c.name for c in after.components if c.name in {b.name for b in before.components}]
            yield Change("", f"spec.{key} {_said(old, new, key)}", restarts=False)
            yield from (Change(n, f"follows spec.{key}", restarts=True) for n in names if every)


def _said(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> str:
    if key not in old:
        return "added"
    if key not in new:
        return "removed"
    plain = all(isinstance(side[key], (str, int, float, bool)) for side in (old, new))
    return f"{text(old[key])} to {text(new[key])}" if plain else "changed"


def _component_changes(before: Graph, after: Graph) -> Iterator[Change]:
    old = {c.name: c for c in before.components}
    new = {c.name: c for c in after.components}
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield Change(name, f"removed ({_size(old[name])})", restarts=False)
        elif name not in old:
            yield Change(name, f"added ({_size(new[name])})", restarts=False)
        else:
            yield from _one(old[name], new[name])


def _size(component: Component) -> str:
    replicas = 1 if component.replicas is None else component.replicas
    said = f"{component.type or 'no type'}, {replicas} replica(s)"
    return f"{said}, {gpus} GPU(s)" if (gpus := _gpus(component)) else said


def _one(old: Component, new: Component) -> Iterator[Change]:
    if scale := _scale(old, new):
        resized = (old.nodes, old.main.gpus) != (new.nodes, new.main.gpus)
        yield Change(new.name, scale, restarts=resized)
    for words in container_changes(old.main, new.main):
        yield Change(new.name, words, restarts=True)
    for path in _other_paths(old, new):
        yield Change(new.name, path, restarts=path.split(" ")[0] not in _SCALE)


def _scale(old: Component, new: Component) -> str:
    parts = []
    if old.replicas != new.replicas:
        a, b = (1 if c.replicas is None else c.replicas for c in (old, new))
        parts.append(
            f"{b - a:+d} replicas ({a} to {b})"
            if a != b
            else "replicas now stand in the graph or no longer do"
        )
    if old.nodes != new.nodes:
        parts.append(f"{new.nodes - old.nodes:+d} nodes ({old.nodes} to {new.nodes})")
    if old.main.gpus != new.main.gpus:
        parts.append(f"{old.main.gpus or 0} to {new.main.gpus or 0} GPUs on a node")
    if _gpus(old) != _gpus(new):
        parts.append(f"{_gpus(new) - _gpus(old):+d} GPUs")
    return ", ".join(parts)


_SHOWN = {"name", "replicas", "multinode"}
_LINE = 80
_MAIN_SHOWN = ("image", "command", "args", "env")


def _other_paths(old: Component, new: Component) -> Iterator[str]:
    for path, said in _walk(_rest(old), _rest(new), ""):
        yield f"{path} {said}"


def _rest(component: Component) -> dict[str, Any]:
    """Return the raw component without what is told in words of its own, its containers by name."""
    raw = {k: v for k, v in component.raw.items() if k not in _SHOWN}
    template = dict(mapping(raw.get("podTemplate")))
    spec = dict(mapping(template.get("spec")))
    for key in ("containers", "initContainers", "volumes"):
        if isinstance(spec.get(key), list):
            spec[key] = {str(c.get("name", i)): c for i, c in enumerate(spec[key]) if isinstance(c, dict)}
    main = mapping(spec.get("containers")).get("main")
    if main:
        kept = {k: v for k, v in main.items() if k not in _MAIN_SHOWN}
        device = component.main.device
        kept["resources"] = _without(mapping(kept.get("resources")), device[0] if device else "")
        spec["containers"] = {**spec["containers"], "main": kept}
    return {**raw, "podTemplate": {**template, "spec": spec}}


def _without(resources: Mapping[str, Any], device: str) -> dict[str, Any]:
    return {
        side: {k: v for k, v in amounts.items() if k != device} if isinstance(amounts, dict) else amounts
        for side, amounts in resources.items()
    }


def _walk(old: Any, new: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys(), key=str):
            yield from _walk(old.get(key), new.get(key), f"{path}.{key}".lstrip("."))
    elif old != new:
        said = "added" if old is None else "removed" if new is None else "changed"
        short = all(isinstance(v, (str, int, float, bool)) for v in (old, new)) and len(f"{old}{new}") < _LINE
        plain = said == "changed" and short and not is_secret(path, old, new)
        yield path, f"{text(old)} to {text(new)}" if plain else said
