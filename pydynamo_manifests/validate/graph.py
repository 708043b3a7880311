"""One normal form of a graph, whatever its API version, with the path of every part.

A DynamoGraphDeployment of ``nvidia.com/v1alpha1`` (a map of services) or ``v1beta1`` (a list of components)
and a DynamoComponentDeployment of either read as a :class:`Graph`. Reading never fails: a part of a wrong
shape is left out here, because earlier stages have said so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.lazy import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.yaml import Path

__all__ = [
    "ENGINE_TYPES",
    "GRAPH_KINDS",
    "Component",
    "Container",
    "Graph",
    "Mount",
    "Variable",
    "quantity",
    "read_graph",
]

GRAPH_KINDS = frozenset({"DynamoGraphDeployment", "DynamoComponentDeployment"})
ENGINE_TYPES = frozenset({"worker", "prefill", "decode"})
"""Component types whose main container runs an engine."""

_QUANTITY = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)([kMGTPE]i?|Ki|m)?\s*")
_UNITS = {"": 1.0, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18} | {
    f"{unit}i": 1024.0**power for power, unit in enumerate("KMGTPE", 1)
}
_DEVICE = re.compile(r"\b(?:gpu|xe|i915|mig-|pgpu|tpu)", re.IGNORECASE)


def quantity(value: Any) -> float | None:
    """Return a Kubernetes quantity as a number (``"2Gi"`` is 2147483648.0), None where it is none."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    return float(match[1]) * _UNITS.get(match[2] or "", 1.0) if match else None


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: its literal value, or None when the cluster fills it."""

    name: str
    value: str | None
    path: Path


@dataclass(frozen=True, slots=True)
class Mount:
    """One volume mount of a container."""

    volume: str
    where: str
    path: Path


@dataclass
class Container:
    """A container as its pod will have it, with the path of each part that was written."""

    name: str
    path: Path
    image: str = ""
    command: list[str] = field(default_factory=list)
    args: list[str] = field(default_factory=list)
    env: dict[str, Variable] = field(default_factory=dict)
    env_from: bool = False
    """Some variables come from a Secret or ConfigMap as a whole: absence of a name proves nothing."""
    limits: dict[str, Any] = field(default_factory=dict)
    requests: dict[str, Any] = field(default_factory=dict)
    claims: list[str] = field(default_factory=list)
    mounts: list[Mount] = field(default_factory=list)
    startup_probe: dict[str, Any] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)

    def at(self, key: str) -> Path:
        """Return where a part stands, or where it would be written."""
        return self.paths.get(key, (*self.path, key))

    def value(self, name: str) -> str | None:
        """Return the literal value of a variable; None when it is absent or filled by the cluster."""
        variable = self.env.get(name)
        return variable.value if variable else None

    @lazy
    def device(self) -> tuple[str, int] | None:
        """Resource name and count of the accelerators it is limited to (or requests), if any."""
        for resources in (self.limits, self.requests):
            for name, amount in resources.items():
                if isinstance(name, str) and _DEVICE.search(name) and (count := quantity(amount)):
                    return name, int(count)
        return None

    @property
    def gpus(self) -> int | None:
        """Number of accelerators; None where a claim or nothing says it."""
        return self.device[1] if self.device else None

    @property
    def tag(self) -> str:
        """Tag of the image without digest, or ``""``."""
        name, _, tag = self.image.split("@", 1)[0].rpartition(":")
        return tag if name and "/" not in tag else ""

    @property
    def repository(self) -> str:
        """Image without tag and digest."""
        bare = self.image.split("@", 1)[0]
        return bare[: -len(self.tag) - 1] if self.tag else bare


@dataclass
class Component:
    """One component: a service of v1alpha1 or a component of v1beta1."""

    name: str
    type: str
    """Type in v1beta1's words: a v1alpha1 worker with a sub type is ``prefill`` or ``decode``."""
    path: Path
    raw: dict[str, Any]
    main: Container
    others: list[Container]
    pod: dict[str, Any]
    pod_path: Path
    annotations: dict[str, Any]
    nodes: int
    replicas: int | None
    adapter: bool
    sidecar: str
    """Name of the container that is the frontend sidecar, or ``""``."""
    memory_service: str
    """``""``, ``intrapod`` or ``interpod``."""
    failover: str
    """``""``, ``intrapod`` or ``interpod``."""
    cache_path: str = ""
    """Where the compilation cache is mounted, when the component says so."""

    @property
    def is_engine(self) -> bool:
        """Its type says that it runs an engine."""
        return self.type in ENGINE_TYPES

    @lazy
    def volumes(self) -> dict[str, dict[str, Any]]:
        """Volumes of the pod by name."""
        return {_text(v.get("name")): v for v in map(_map, _list(self.pod.get("volumes")))}


@dataclass
class Graph:
    """A graph of one object."""

    kind: str
    version: str
    """``v1alpha1`` or ``v1beta1``."""
    name: str
    raw: dict[str, Any]
    annotations: dict[str, Any]
    framework: str
    components: list[Component]

    @property
    def beta(self) -> bool:
        """It is an object of v1beta1."""
        return self.version == "v1beta1"

    def of_type(self, *types: str) -> list[Component]:
        """Return the components of some types, in order."""
        return [c for c in self.components if c.type in types]


def read_graph(obj: Any) -> Graph | None:
    """Return the graph of an object, None when it is neither a DGD nor a DCD."""
    raw = _map(obj)
    group, _, version = _text(raw.get("apiVersion")).partition("/")
    kind = _text(raw.get("kind"))
    if group != "nvidia.com" or kind not in GRAPH_KINDS or version not in ("v1alpha1", "v1beta1"):
        return None
    spec, metadata = _map(raw.get("spec")), _map(raw.get("metadata"))
    name = _text(metadata.get("name"))
    env_key = "env" if version == "v1beta1" else "envs"
    shared = _variables(spec.get(env_key), ("spec", env_key)) if kind == "DynamoGraphDeployment" else {}
    read = _beta if version == "v1beta1" else _alpha
    components = [read(n, c, path, shared) for n, c, path in _components(kind, version, spec, name)]
    framework = _text(spec.get("backendFramework"))
    return Graph(kind, version, name, raw, _map(metadata.get("annotations")), framework, components)


def _components(
    kind: str, version: str, spec: dict[str, Any], name: str
) -> Iterator[tuple[str, dict[str, Any], Path]]:
    if kind == "DynamoComponentDeployment":
        own = _text(spec.get("name" if version == "v1beta1" else "serviceName"))
        yield own or name, spec, ("spec",)
    elif version == "v1beta1":
        for index, item in enumerate(_list(spec.get("components"))):
            component = _map(item)
            yield _text(component.get("name")), component, ("spec", "components", index)
    else:
        for key, item in _map(spec.get("services")).items():
            yield str(key), _map(item), ("spec", "services", key)


def _beta(name: str, raw: dict[str, Any], path: Path, shared: dict[str, Variable]) -> Component:
    template = _map(raw.get("podTemplate"))
    pod, pod_path = _map(template.get("spec")), (*path, "podTemplate", "spec")
    listed = _list(pod.get("containers"))
    containers = [
        _container(_map(c), (*pod_path, "containers", i), shared if _map(c).get("name") == "main" else {})
        for i, c in enumerate(listed)
    ]
    absent = (*pod_path, "containers")
    main = next((c for c in containers if c.name == "main"), None) or Container("main", absent, env=shared)
    containers += _role_containers(raw, path, shared)
    experimental = _map(raw.get("experimental"))
    return Component(
        name, _text(raw.get("type")), path, raw, main, [c for c in containers if c is not main], pod, pod_path,
        _map(_map(template.get("metadata")).get("annotations")), _nodes(raw), _whole(raw.get("replicas")),
        adapter=isinstance(raw.get("scalingAdapter"), dict),
        sidecar=_text(raw.get("frontendSidecar")),
        memory_service=_mode(experimental.get("gpuMemoryService"), always=True),
        failover=_mode(experimental.get("failover"), always=True),
        cache_path=_text(_map(raw.get("compilationCache")).get("mountPath")),
    )  # fmt: skip


def _role_containers(raw: dict[str, Any], path: Path, shared: dict[str, Variable]) -> Iterator[Container]:
    """Yield the containers of roles that have a whole pod of their own (1.6)."""
    for index, role in enumerate(map(_map, _list(raw.get("roles")))):
        pod = _map(_map(role.get("podTemplate")).get("spec"))
        below = (*path, "roles", index, "podTemplate", "spec", "containers")
        for place, item in enumerate(map(_map, _list(pod.get("containers")))):
            yield _container(item, (*below, place), shared if item.get("name") == "main" else {})


def _alpha(name: str, raw: dict[str, Any], path: Path, shared: dict[str, Variable]) -> Component:
    pod, pod_path = _map(raw.get("extraPodSpec")), (*path, "extraPodSpec")
    others = [
        _container(_map(c), (*pod_path, "containers", i), {})
        for i, c in enumerate(_list(pod.get("containers")))
    ]
    others = [c for c in others if c.name != "main"]
    side = raw.get("frontendSidecar")
    if isinstance(side, dict):
        others.append(_alpha_sidecar(side, (*path, "frontendSidecar")))
    type_, sub = _text(raw.get("componentType")), _text(raw.get("subComponentType"))
    return Component(
        name, sub if type_ == "worker" and sub in ("prefill", "decode") else type_, path, raw,
        _alpha_main(raw, path, shared), others, pod, pod_path,
        _map(_map(raw.get("extraPodMetadata")).get("annotations")), _nodes(raw), _whole(raw.get("replicas")),
        adapter=_map(raw.get("scalingAdapter")).get("enabled") is True,
        sidecar="sidecar-frontend" if isinstance(side, dict) else "",
        memory_service=_mode(raw.get("gpuMemoryService")),
        failover=_mode(raw.get("failover")),
    )  # fmt: skip


def _alpha_main(raw: dict[str, Any], path: Path, shared: dict[str, Variable]) -> Container:
    """Lay the main container over the service's own fields, as the operator does."""
    inner_path = (*path, "extraPodSpec", "mainContainer")
    main = _container(_map(_map(raw.get("extraPodSpec")).get("mainContainer")), inner_path, {})
    main.env = shared | _variables(raw.get("envs"), (*path, "envs")) | main.env
    main.env_from = main.env_from or bool(raw.get("envFromSecret"))
    main.mounts += _mounts(raw.get("volumeMounts"), (*path, "volumeMounts"))
    resources = _map(raw.get("resources"))
    if resources and "resources" not in main.paths:
        main.paths["resources"] = (*path, "resources")
    main.limits = _alpha_resources(resources.get("limits")) | main.limits
    main.requests = _alpha_resources(resources.get("requests")) | main.requests
    main.claims += _names(resources.get("claims"))
    return main


def _alpha_resources(value: Any) -> dict[str, Any]:
    flat = dict(_map(value))
    custom, gpu, kind = _map(flat.pop("custom", None)), flat.pop("gpu", None), flat.pop("gpuType", None)
    if gpu is not None:
        flat[_text(kind) or "nvidia.com/gpu"] = gpu
    return flat | custom


def _alpha_sidecar(side: dict[str, Any], path: Path) -> Container:
    made = _container(side | {"env": side.get("envs"), "name": "sidecar-frontend"}, path, {})
    made.env_from = bool(side.get("envFromSecret"))
    return made


def _container(raw: dict[str, Any], path: Path, shared: dict[str, Variable]) -> Container:
    resources = _map(raw.get("resources"))
    made = Container(
        _text(raw.get("name")), path, _text(raw.get("image")), _texts(raw.get("command")), _texts(raw.get("args")),
        shared | _variables(raw.get("env"), (*path, "env")), bool(raw.get("envFrom")),
        _map(resources.get("limits")), _map(resources.get("requests")), _names(resources.get("claims")),
        _mounts(raw.get("volumeMounts"), (*path, "volumeMounts")), _map(raw.get("startupProbe")),
    )  # fmt: skip
    if resources:
        made.paths["resources"] = (*path, "resources")
    return made


def _variables(value: Any, path: Path) -> dict[str, Variable]:
    found = {}
    for index, item in enumerate(_list(value)):
        entry = _map(item)
        name, literal = _text(entry.get("name")), entry.get("value")
        known = None if entry.get("valueFrom") else "" if literal is None else str(literal)
        found[name] = Variable(name, known, (*path, index))
    return found


def _mounts(value: Any, path: Path) -> list[Mount]:
    return [
        Mount(
            _text(entry.get("name")), _text(entry.get("mountPath") or entry.get("mountPoint")), (*path, index)
        )
        for index, entry in enumerate(map(_map, _list(value)))
    ]


def _mode(value: Any, *, always: bool = False) -> str:
    block = _map(value)
    on = isinstance(value, dict) if always else block.get("enabled") is True
    return (_text(block.get("mode")) or "intraPod").lower() if on else ""


def _nodes(raw: dict[str, Any]) -> int:
    block = raw.get("multinode")
    return (_whole(block.get("nodeCount")) or 2) if isinstance(block, dict) else 1


def _names(value: Any) -> list[str]:
    return [_text(_map(item).get("name")) for item in _list(value)]


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    return [v if isinstance(v, str) else str(v) for v in _list(value)]


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
