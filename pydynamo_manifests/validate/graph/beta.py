"""A component of v1beta1: its pod is a pod template, its main container is called ``main``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.graph.containers import container
from pydynamo_manifests.validate.graph.model import Component, Container
from pydynamo_manifests.validate.shapes import listed, mapping, text, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.graph.model import Variable
    from pydynamo_manifests.yaml import Path

__all__ = ["read_component"]

MAIN = "main"


def read_component(name: str, raw: dict[str, Any], path: Path, shared: dict[str, Variable]) -> Component:
    """Return a component; ``shared`` are the variables of the graph."""
    template = mapping(raw.get("podTemplate"))
    pod, pod_path = mapping(template.get("spec")), (*path, "podTemplate", "spec")
    containers = list(_containers(pod, (*pod_path, "containers"), shared))
    main = next((c for c in containers if c.name == MAIN), None)
    main = main or Container(MAIN, (*pod_path, "containers"), env=shared)
    containers += _of_roles(raw, path, shared)
    experimental = mapping(raw.get("experimental"))
    return Component(
        name, text(raw.get("type")), path, raw, main, [c for c in containers if c is not main], pod, pod_path,
        mapping(mapping(template.get("metadata")).get("annotations")), _nodes(raw), whole(raw.get("replicas")),
        adapter=isinstance(raw.get("scalingAdapter"), dict),
        sidecar=text(raw.get("frontendSidecar")),
        memory_service=_mode(experimental.get("gpuMemoryService")),
        failover=_mode(experimental.get("failover")),
        cache_path=text(mapping(raw.get("compilationCache")).get("mountPath")),
    )  # fmt: skip


def _containers(pod: dict[str, Any], path: Path, shared: dict[str, Variable]) -> Iterator[Container]:
    for index, item in enumerate(map(mapping, listed(pod.get("containers")))):
        yield container(item, (*path, index), shared if item.get("name") == MAIN else {})


def _of_roles(raw: dict[str, Any], path: Path, shared: dict[str, Variable]) -> Iterator[Container]:
    """Yield the containers of roles that have a whole pod of their own (1.6)."""
    for index, role in enumerate(map(mapping, listed(raw.get("roles")))):
        pod = mapping(mapping(role.get("podTemplate")).get("spec"))
        yield from _containers(pod, (*path, "roles", index, "podTemplate", "spec", "containers"), shared)


def _mode(block: Any) -> str:
    return (text(block.get("mode")) or "intraPod").lower() if isinstance(block, dict) else ""


def _nodes(raw: dict[str, Any]) -> int:
    block = raw.get("multinode")
    return (whole(block.get("nodeCount")) or 2) if isinstance(block, dict) else 1
