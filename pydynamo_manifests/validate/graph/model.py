"""What a graph is made of: components, their containers, variables and mounts, each with its path."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pydynamo_manifests.validate.graph.quantity import quantity
from pydynamo_manifests.validate.lazy import lazy
from pydynamo_manifests.validate.shapes import listed, mapping, text

if TYPE_CHECKING:
    from pydynamo_manifests.yaml import Path

__all__ = ["ENGINE_TYPES", "GRAPH_KINDS", "Component", "Container", "Graph", "Mount", "Variable"]

GRAPH_KINDS = frozenset({"DynamoGraphDeployment", "DynamoComponentDeployment"})
ENGINE_TYPES = frozenset({"worker", "prefill", "decode"})
"""Component types whose main container runs an engine."""

_DEVICE = re.compile(r"\b(?:gpu|xe|i915|mig-|pgpu|tpu)", re.IGNORECASE)


@lru_cache(maxsize=256)
def _is_device(resource: str) -> bool:
    return _DEVICE.search(resource) is not None


class Variable(NamedTuple):
    """One environment variable: its literal value, or None when the cluster fills it."""

    name: str
    value: str | None
    path: Path


class Mount(NamedTuple):
    """One volume mount of a container."""

    volume: str
    where: str
    path: Path


@lru_cache(maxsize=1024)
def _split(image: str) -> tuple[str, str]:
    """Return an image's repository and its tag, without digest."""
    bare = image.split("@", 1)[0]
    name, _, tag = bare.rpartition(":")
    return (name, tag) if name and "/" not in tag and tag else (bare, "")


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
        return self.paths.get(key) or (*self.path, key)

    def value(self, name: str) -> str | None:
        """Return the literal value of a variable; None when it is absent or filled by the cluster."""
        variable = self.env.get(name)
        return variable.value if variable else None

    @lazy
    def device(self) -> tuple[str, int] | None:
        """Resource name and count of the accelerators it is limited to (or requests), if any."""
        for resources in (self.limits, self.requests):
            for name, amount in resources.items():
                if isinstance(name, str) and _is_device(name) and (count := quantity(amount)):
                    return name, int(count)
        return None

    @property
    def gpus(self) -> int | None:
        """Number of accelerators; None where a claim or nothing says it."""
        return self.device[1] if self.device else None

    @property
    def tag(self) -> str:
        """Tag of the image without digest, or ``""``."""
        return _split(self.image)[1]

    @property
    def repository(self) -> str:
        """Image without tag and digest."""
        return _split(self.image)[0]


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
        return {text(v.get("name")): v for v in map(mapping, listed(self.pod.get("volumes")))}


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
