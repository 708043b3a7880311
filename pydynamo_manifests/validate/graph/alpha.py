"""A service of v1alpha1: its own fields, and a main container laid over them, as the operator does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.graph.containers import claims, container, mounts, variables
from pydynamo_manifests.validate.graph.model import Component
from pydynamo_manifests.validate.shapes import listed, mapping, text, whole

if TYPE_CHECKING:
    from pydynamo_manifests.validate.graph.model import Container, Variable
    from pydynamo_manifests.yaml import Path

__all__ = ["read_service"]

MAIN, SIDECAR = "main", "sidecar-frontend"
_ROLES = ("prefill", "decode")


def read_service(name: str, raw: dict[str, Any], path: Path, shared: dict[str, Variable]) -> Component:
    """Return the component of a service; ``shared`` are the variables of the graph."""
    pod, pod_path = mapping(raw.get("extraPodSpec")), (*path, "extraPodSpec")
    side, block = raw.get("frontendSidecar"), raw.get("multinode")
    return Component(
        name, _type(raw), path, raw, _main(raw, path, shared), _others(pod, pod_path, side, path), pod, pod_path,
        mapping(mapping(raw.get("extraPodMetadata")).get("annotations")),
        (whole(block.get("nodeCount")) or 2) if isinstance(block, dict) else 1, whole(raw.get("replicas")),
        adapter=mapping(raw.get("scalingAdapter")).get("enabled") is True,
        sidecar=SIDECAR if isinstance(side, dict) else "",
        memory_service=_mode(raw.get("gpuMemoryService")),
        failover=_mode(raw.get("failover")),
    )  # fmt: skip


def _type(raw: dict[str, Any]) -> str:
    kind, sub = text(raw.get("componentType")), text(raw.get("subComponentType"))
    return sub if kind == "worker" and sub in _ROLES else kind


def _main(raw: dict[str, Any], path: Path, shared: dict[str, Variable]) -> Container:
    inner = mapping(mapping(raw.get("extraPodSpec")).get("mainContainer"))
    main = container(inner, (*path, "extraPodSpec", "mainContainer"), {})
    main.env = shared | variables(raw.get("envs"), (*path, "envs")) | main.env
    main.env_from = main.env_from or bool(raw.get("envFromSecret"))
    main.mounts += mounts(raw.get("volumeMounts"), (*path, "volumeMounts"))
    resources = mapping(raw.get("resources"))
    if resources:
        main.paths.setdefault("resources", (*path, "resources"))
        main.limits = _amounts(resources.get("limits")) | main.limits
        main.requests = _amounts(resources.get("requests")) | main.requests
        main.claims += claims(resources)
    return main


def _amounts(value: Any) -> dict[str, Any]:
    flat = dict(mapping(value))
    custom, gpu, kind = mapping(flat.pop("custom", None)), flat.pop("gpu", None), flat.pop("gpuType", None)
    if gpu is not None:
        flat[text(kind) or "nvidia.com/gpu"] = gpu
    return flat | custom


def _others(pod: dict[str, Any], pod_path: Path, side: Any, path: Path) -> list[Container]:
    written = enumerate(map(mapping, listed(pod.get("containers"))))
    others = [
        container(c, (*pod_path, "containers", i), {}) for i, c in written if text(c.get("name")) != MAIN
    ]
    return [*others, _sidecar(side, (*path, "frontendSidecar"))] if isinstance(side, dict) else others


def _sidecar(side: dict[str, Any], path: Path) -> Container:
    made = container(side | {"env": side.get("envs"), "name": SIDECAR}, path, {})
    made.env_from = bool(side.get("envFromSecret"))
    return made


def _mode(value: Any) -> str:
    block = mapping(value)
    return (text(block.get("mode")) or "intraPod").lower() if block.get("enabled") is True else ""
