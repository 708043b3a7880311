"""Where the thing at a path of one version stands in the other version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.convert.containers import MAIN, SIDECAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.yaml import Path

__all__ = ["counterpart", "same_place"]

_MAIN = ("podTemplate", "spec", "containers", MAIN)
_SIDECAR = ("podTemplate", "spec", "containers", SIDECAR)
_COMPONENT: list[tuple[Path, Path]] = [
    (("componentType",), ("type",)),
    (("subComponentType",), ("type",)),
    (("envs",), (*_MAIN, "env")),
    (("envFromSecret",), (*_MAIN, "envFrom", 0, "secretRef", "name")),
    (("envFromSecret",), (*_MAIN, "envFrom")),
    (("resources", "limits", "gpu"), (*_MAIN, "resources", "limits", "nvidia.com/gpu")),
    (("resources", "requests", "gpu"), (*_MAIN, "resources", "requests", "nvidia.com/gpu")),
    (("resources", "limits", "custom"), (*_MAIN, "resources", "limits")),
    (("resources", "requests", "custom"), (*_MAIN, "resources", "requests")),
    (("resources",), (*_MAIN, "resources")),
    (("volumeMounts",), (*_MAIN, "volumeMounts")),
    (("livenessProbe",), (*_MAIN, "livenessProbe")),
    (("readinessProbe",), (*_MAIN, "readinessProbe")),
    (("extraPodSpec", "mainContainer"), _MAIN),
    (("extraPodSpec",), ("podTemplate", "spec")),
    (("extraPodMetadata",), ("podTemplate", "metadata")),
    (("frontendSidecar", "envs"), (*_SIDECAR, "env")),
    (("frontendSidecar",), _SIDECAR),
    (("sharedMemory", "size"), ("sharedMemorySize",)),
    (("sharedMemory",), ("sharedMemorySize",)),
    (("gpuMemoryService",), ("experimental", "gpuMemoryService")),
    (("failover",), ("experimental", "failover")),
    (("checkpoint",), ("experimental", "checkpoint")),
    (("serviceName",), ("name",)),
    ((), ()),
]
"""v1alpha1 and v1beta1 paths below a component; the first that exists wins."""

_GRAPH: list[tuple[Path, Path]] = [
    (("envs",), ("env",)),
    (("topologyConstraint", "topologyProfile"), ("topologyConstraint", "clusterTopologyName")),
    ((), ()),
]
_REQUEST: list[tuple[Path, Path]] = [
    (("profilingConfig", "profilerImage"), ("image",)),
    (("useMocker",), ("features", "mocker")),
    (("profilingConfig", "config", "sla", "isl"), ("workload", "isl")),
    (("profilingConfig", "config", "sla", "osl"), ("workload", "osl")),
    (("profilingConfig", "config", "sla"), ("sla",)),
    (
        ("profilingConfig", "config", "deployment", "modelCache", "modelPathInPvc"),
        ("modelCache", "pvcModelPath"),
    ),
    (("profilingConfig", "config", "deployment", "modelCache"), ("modelCache",)),
    (("profilingConfig", "config", "planner"), ("features", "planner")),
    ((), ()),
]
_ADAPTER: list[tuple[Path, Path]] = [(("dgdRef", "serviceName"), ("dgdRef", "componentName")), ((), ())]


def counterpart(path: Path, source: Any, target: Any) -> Path | None:
    """Return the path in ``target`` of what stands at ``path`` in ``source``; None when it is nowhere."""
    for candidate in _candidates(path, source):
        found = _resolve(candidate, path, source, target)
        if found is not None:
            return found
    return None


def same_place(path: Path, source: Any, target: Any) -> Path | None:
    """Return the path of the same thing in an edited object of the same version; None when it is gone."""
    return _resolve(_named(path, source), path, source, target)


def _candidates(path: Path, source: Any) -> Iterator[Path]:
    if path[0] != "spec":
        yield path
        return
    to_beta = str(source["apiVersion"]).endswith("v1alpha1")
    kind = source["kind"]
    if kind == "DynamoGraphDeployment":
        yield from _of_graph(path[1:], source, to_beta=to_beta)
        return
    table = {"DynamoComponentDeployment": _COMPONENT, "DynamoGraphDeploymentRequest": _REQUEST}.get(
        kind, _ADAPTER
    )
    for rest in _rewritten(_named(path[1:], source["spec"]), table, to_beta=to_beta):
        yield ("spec", *rest)


def _of_graph(path: Path, source: Any, *, to_beta: bool) -> Iterator[Path]:
    old, new = ("services", "components") if to_beta else ("components", "services")
    spec = source["spec"]
    if not path or path[0] != old:
        for rest in _rewritten(path, _GRAPH, to_beta=to_beta):
            yield ("spec", *rest)
    elif len(path) == 1:
        yield ("spec", new)
    else:
        component = spec[old][path[1]]
        name = path[1] if to_beta else component.get("name")
        if path[2:] == ("name",) and not to_beta:
            yield ("spec", new, name)
            return
        for rest in _rewritten(_named(path[2:], component), _COMPONENT, to_beta=to_beta):
            yield ("spec", new, name, *rest)


def _named(path: Path, value: Any) -> Path:
    """Write list indices as names where the items have names, so that paths of two lists compare."""
    out: list[str | int] = []
    for key in path:
        value = value[key]
        named = isinstance(key, int) and isinstance(value, dict) and isinstance(value.get("name"), str)
        out.append(value["name"] if named else key)
    return tuple(out)


def _rewritten(path: Path, table: list[tuple[Path, Path]], *, to_beta: bool) -> Iterator[Path]:
    for alpha, beta in table:
        old, new = (alpha, beta) if to_beta else (beta, alpha)
        if path[: len(old)] == old:
            yield (*new, *path[len(old) :])


def _resolve(candidate: Path, path: Path, source: Any, target: Any) -> Path | None:
    out: list[str | int] = []
    for key in candidate:
        if isinstance(target, list):
            index = _index(target, key, path, source)
            if index is None:
                return None
            out.append(index)
            target = target[index]
        elif isinstance(target, dict) and key in target:
            out.append(key)
            target = target[key]
        else:
            return None
    return tuple(out)


def _index(items: list[Any], key: str | int, path: Path, source: Any) -> int | None:
    if isinstance(key, str):
        return next(
            (i for i, item in enumerate(items) if isinstance(item, dict) and item.get("name") == key), None
        )
    value = _at(source, path)
    if key < len(items) and (isinstance(items[key], dict) or items[key] == value):
        return key
    equal = [i for i, item in enumerate(items) if item == value]
    return equal[0] if len(equal) == 1 else None


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value
