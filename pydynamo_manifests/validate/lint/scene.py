"""A graph as the rules see it: its parts, the release, the cluster, and the other objects of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.lazy import lazy
from pydynamo_manifests.validate.lint.parts import Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydynamo_manifests.validate.graph import Graph
    from pydynamo_manifests.validate.lint.releases import Line

__all__ = ["Scene"]


class Scene:
    """What a rule may look at."""

    def __init__(
        self, graph: Graph, line: Line, cluster: Any = None, others: Sequence[dict[str, Any]] = ()
    ) -> None:
        self.graph = graph
        self.line = line
        self.cluster = cluster
        self.others = others
        self.parts = [Part(component, line, graph.framework) for component in graph.components]
        self.workers = [p for p in self.parts if p.engine]
        """Parts that run an engine."""

    def of_cluster(self, name: str) -> Any:
        """Return what was said of the target cluster (a ``Cluster``, or its fields as a map), None if nothing."""
        cluster = self.cluster
        return cluster.get(name) if isinstance(cluster, dict) else getattr(cluster, name, None)

    @property
    def features(self) -> frozenset[str] | None:
        """What the cluster has, None when nobody said."""
        value = self.of_cluster("features")
        return None if value is None else frozenset(value)

    def role(self, name: str) -> list[Part]:
        """Return the workers of a role, by flag, else by type."""
        return [p for p in self.workers if (p.role if p.role not in ("", "agg") else p.type) == name]

    def running(self, module: str) -> list[Part]:
        """Return the parts that start a module."""
        return [p for p in self.parts if p.module == module]

    @lazy
    def whole(self) -> bool:
        """The object is a graph, not a single component: what is missing in it is missing."""
        return self.graph.kind == "DynamoGraphDeployment"

    def tags(self, wanted: frozenset[str]) -> frozenset[str]:
        """Return which of some words the graph holds anywhere, see :func:`marks`."""
        found: set[str] = set()
        for words in marks(self):
            found.update(words)
        return wanted & found


def marks(scene: Scene) -> Iterator[Any]:
    """Yield what a rule may name as the thing that it is about, in collections of words.

    Modules, component types, flags, variables, fields of components and of their pods, names of images, and
    ``backendFramework``, ``claims``, ``failover``, ``memory``, ``mounts``, ``multinode``, ``others``
    (objects beside the graph), ``outdated`` (flags that go) and ``refused`` (a parser stops).
    """
    whole = ("backendFramework", scene.graph.framework), ("others", scene.others)
    yield [name for name, there in whole if there]
    for p in scene.parts:
        component, main = p.component, p.main
        yield p.module, p.type, main.repository.rpartition("/")[2]
        yield [
            name
            for name, there in (
                ("memory", component.memory_service),
                ("failover", component.failover),
                ("multinode", component.nodes > 1),
                ("claims", main.claims),
                ("mounts", main.mounts),
            )
            if there
        ]
        yield from (component.raw, component.pod, main.env)
        for _, line in p.all_lines():
            yield line.marks
