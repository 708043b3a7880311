"""The components that patterns are made of: a frontend, and workers in their roles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.backends.base import Job
from pydynamo_manifests.errors import CombinationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydynamo_manifests.backends.base import Backend, Parallelism, Part
    from pydynamo_manifests.intent import Intent
    from pydynamo_manifests.releases import Release

__all__ = [
    "FRONTEND",
    "Components",
    "Graph",
    "Notes",
    "frontend",
    "has_cache",
    "prefill_routing",
    "shared",
    "worker",
    "worker_names",
    "written",
]

Components = dict[str, dict[str, Any]]
"""Components by name, as values."""

Notes = dict[tuple[str, ...], str]
"""Words that explain a value, by its path."""

FRONTEND, PREFILL_ROUTER = "Frontend", "PrefillRouter"
_FOLLOWS = "follows the GPUs of the component"
_PRODUCT = "parallelism fills nodes x gpus: change them together"
_NAMESPACE = (
    "as the guides up to 0.8 show it; from 0.7 on the operator computes <namespace>-<name> itself, "
    "and only globalDynamoNamespace still changes that (to the namespace dynamo)"
)
_VERSION = re.compile(r"v?\d+\.\d+\.\d+(?:[-+].*)?")
_SHELL = (
    "a shell of the graph's own: the operator starts the other nodes through one, and spoils JSON or variables "
    "in arguments that it has to quote for it"
)
_RDMA = "devices over which KV blocks and parallel layers reach other nodes; they need locked memory"
_ROLES = {
    "worker": "whole answers, prefill and decode in one engine",
    "prefill": "computes prompts and hands their KV blocks over",
    "decode": "writes the answers",
}
GPU_TAINT = {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}


@dataclass(frozen=True)
class Graph:
    """What every component of one graph shares; patterns fill ``notes``."""

    intent: Intent
    release: Release
    backend: Backend
    api_version: str
    notes: Notes = field(default_factory=dict)


def frontend(graph: Graph, *, router: bool, args: Mapping[str, Any] | None = None) -> Components:
    """Return the HTTP server with the router in it.

    Args:
        graph: The graph that it belongs to.
        router: Send a request to the worker that holds most of its prefix (router mode ``kv``).
        args: Flags of this graph's frontend.
    """
    intent = graph.intent
    repository = intent.frontend_image or graph.release.component_images["frontend"]
    env = {"DYN_ROUTER_MODE": "kv"} if router else {}
    if router:
        graph.notes["components", FRONTEND, "env", "DYN_ROUTER_MODE"] = (
            "requests go where their prefix is cached"
        )
    component = {
        "type": "frontend",
        "replicas": intent.frontend_replicas,
        "image": {"repository": repository} if repository else None,
        "command": ["python3"],
        "leadingArgs": ["-m", "dynamo.frontend"],
        "args": {**_frontend_args(graph, router=router), **(args or {})},
        "env": env,
        **shared(graph, cache=bool(intent.model_path)),
        "nodeSelector": dict(intent.frontend_node_selector),
    }
    if graph.release.dynamo_namespace:
        graph.notes["components", FRONTEND, "dynamoNamespace"] = _NAMESPACE
    graph.notes["components", FRONTEND] = "the OpenAI-compatible HTTP server; it needs no GPU"
    return {FRONTEND: written(component)}


def prefill_routing(graph: Graph, prefill: Components) -> Components:
    """Return a frontend whose router chooses prefill workers, or with it the router that decode workers ask."""
    router = graph.release.prefill_router.get(graph.backend.NAME)
    if router is None:
        return frontend(graph, router=True)
    found = frontend(graph, router=True, args=router.frontend)
    graph.notes["components", FRONTEND, "env", "DYN_ROUTER_MODE"] = (
        "decode workers are chosen by their load alone"
    )
    graph.notes["components", PREFILL_ROUTER] = (
        "decode workers ask it which prefill worker holds most of a prompt"
    )
    (workers,) = prefill.values()
    blocks = {"block-size": workers["args"][router.block_size]}
    component = {
        "replicas": 1,
        "command": ["python3", "-m", router.module],
        "args": {"endpoint": "$(DYN_NAMESPACE).prefill.generate", **blocks, **router.args},
        **shared(graph, cache=False) | {"modelSecret": None},
    }
    return found | {PREFILL_ROUTER: written(component)}


def worker(
    graph: Graph,
    role: str,
    *,
    replicas: int = 1,
    events: bool = False,
    routed: bool = False,
    name: str | None = None,
) -> Components:
    """Return the workers of one role.

    Args:
        graph: The graph that they belong to.
        role: ``worker`` (prefill and decode in one), ``prefill`` or ``decode``.
        replicas: How many when the intent does not say.
        events: Whether the router wants to know their KV blocks.
        routed: Whether a router chooses prefill workers.
        name: Name of the component; the release's own for the role when None.

    Raises:
        CombinationError: Sizes that do not fit, or settings that the release or backend does not have.
    """
    intent, backend = graph.intent, graph.backend
    sizes = intent.sizes(role)
    size = backend.size(sizes, role)
    part = backend.part(Job(intent, graph.release, role, size, events, routed))
    name = name or worker_names(graph)[role]
    component = {
        "type": role,
        "replicas": replicas if sizes.replicas is None else sizes.replicas,
        "nodes": size.nodes if size.nodes > 1 else None,
        "gpus": size.gpus or None,
        **_start(backend.MODULE, own_shell=part.own_shell),
        "args": part.args,
        "env": part.env,
        "files": part.files,
        **shared(graph, cache=True),
        "sharedMemory": intent.shared_memory,
        **_rdma(graph, name, size),
        "nodeSelector": dict(intent.node_selector),
        "tolerations": [dict(GPU_TAINT)] if intent.tolerate_gpu_taint else None,
        "component": _without_metadata(graph, name) if part.files else None,
    }
    graph.notes["components", name] = _ROLES[role]
    _explain(graph, name, size, part)
    return {name: written(component)}


def _rdma(graph: Graph, name: str, size: Parallelism) -> dict[str, Any]:
    if graph.intent.rdma is None:
        return {}
    if not size.gpus:
        raise CombinationError(f"--rdma: a {graph.backend.TITLE} worker moves no KV blocks; leave it out")
    resource, _, count = graph.intent.rdma.partition("=")
    graph.notes["components", name, "resources"] = _RDMA
    return {
        "resources": {"limits": {resource: int(count or size.gpus)}},
        "securityContext": {"capabilities": {"add": ["IPC_LOCK"]}},
    }


def _start(module: str, *, own_shell: bool) -> dict[str, Any]:
    if own_shell:
        return {"command": ["/bin/sh", "-c"], "leadingArgs": [f'exec python3 -m {module} "$@"', module]}
    return {"command": ["python3", "-m", module]}


def _frontend_args(graph: Graph, *, router: bool) -> dict[str, Any]:
    args: dict[str, Any] = {}
    if router and graph.intent.frontend_replicas > 1:
        args["router-replica-sync"] = True
        graph.notes["components", FRONTEND, "args", "router-replica-sync"] = (
            "several routers share what they know of the load"
        )
    if graph.intent.trust_remote_code and graph.release.within(since="1.2"):
        args["trust-remote-code"] = True
    return args


def shared(graph: Graph, *, cache: bool) -> dict[str, Any]:
    """Return what every component may say: its namespace, its release, the token, the cache."""
    intent, release = graph.intent, graph.release
    namespace = None
    if release.dynamo_namespace:
        namespace = intent.dynamo_namespace or f"{intent.backend}-{intent.pattern}"
    return {
        "dynamoNamespace": namespace,
        "runtimeVersionOverride": {"from": "dynamo.release"} if _tag_is_silent(graph) else None,
        "modelSecret": True if intent.token_secret else None,
        "modelCache": True if cache and has_cache(intent) else None,
    }


def has_cache(intent: Intent) -> bool:
    """Say whether the graph has a place for the model's files."""
    return bool(intent.cache_claim or intent.cache_size or intent.cache_host_path)


def _tag_is_silent(graph: Graph) -> bool:
    tag = graph.intent.image_tag
    return graph.release.runtime_version and tag is not None and not _VERSION.fullmatch(tag)


def worker_names(graph: Graph) -> Mapping[str, str]:
    """Return the component name of every role, as the planner of the release would look for it."""
    spread = any((graph.intent.sizes(role).nodes or 1) > 1 for role in _ROLES)
    names = graph.release.worker_names[graph.backend.NAME]
    return graph.release.multinode_worker_names if spread else names


def _without_metadata(graph: Graph, name: str) -> dict[str, Any] | None:
    if graph.release.pod_metadata or graph.api_version != "nvidia.com/v1beta1":
        return None
    graph.notes["components", name, "component"] = (
        f"the API of Dynamo {graph.release.line} knows no annotations of pods, such as the hash that restarts "
        "pods when a file changes: restart them by hand"
    )
    return {"podTemplate": {"metadata": None}}


def _explain(graph: Graph, name: str, size: Parallelism, part: Part) -> None:
    here = ("components", name)
    if size.nodes > 1:
        graph.notes[*here, "nodes"] = "needs Grove in the cluster (or LWS with Volcano)"
    if part.own_shell:
        graph.notes[*here, "command"] = _SHELL
    if "tensor-parallel-size" in part.args:
        follows = isinstance(part.args["tensor-parallel-size"], dict)
        graph.notes[*here, "args", "tensor-parallel-size"] = _FOLLOWS if follows else _PRODUCT
    for section, entries in {"args": part.args, "env": part.env, "files": part.files}.items():
        graph.notes.update(_words(graph.backend.NOTES, (*here, section), entries))


def _words(notes: Mapping[str, str], path: tuple[str, ...], entries: Mapping[str, Any]) -> Notes:
    found: Notes = {}
    for key, value in entries.items():
        if key in notes:
            found[*path, key] = notes[key]
        if isinstance(value, dict):
            found |= _words(notes, (*path, key), value)
    return found


def written(component: dict[str, Any]) -> dict[str, Any]:
    """Return a component without what is empty."""
    return {key: value for key, value in component.items() if value not in (None, {}, [])}
