"""Rules on the GPU memory service, failover and checkpoints of a component."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.admission.component import INTER_POD, INTRA_POD
from pydynamo_manifests.validate.admission.review import NEXT, SNAPSHOT, rule
from pydynamo_manifests.validate.shapes import listed, mapping, text

if TYPE_CHECKING:
    from pydynamo_manifests.validate.admission.component import Component
    from pydynamo_manifests.validate.admission.graph import Graph
    from pydynamo_manifests.validate.admission.review import Review

__all__ = ["WORKERS", "check"]

WORKERS = ("worker", "prefill", "decode")
"""Types of components that run an engine."""

_SHARED = "operator, webhook/validation/shared"

GMS_TYPE = rule(
    "ADM-GMS-01", "the GPU memory service is for workers",
    "Move gpuMemoryService to a component of type worker, prefill or decode.",
    since="1.1", source=f"{_SHARED} (#8148)",
)  # fmt: skip
GMS_GPU = rule(
    "ADM-GMS-02", "the GPU memory service needs a GPU",
    'Write resources.limits."nvidia.com/gpu" of at least 1 on the container main.',
    since="1.1", source=f"{_SHARED} (#8148)",
)  # fmt: skip
GMS_CLIENT = rule(
    "ADM-GMS-03", "a client of the GPU memory service is no container of the pod",
    "Name containers of podTemplate.spec.containers, once each.",
    since="1.4", source=f"{_SHARED} (#11788)",
)  # fmt: skip
GMS_GROVE = rule(
    "ADM-GMS-04", "the GPU memory service between pods works on Grove only",
    "Write mode: IntraPod, or install Grove.",
    since="1.1", source=f"{_SHARED} (#7777)",
)  # fmt: skip
GMS_VLLM = rule(
    "ADM-GMS-05", "the GPU memory service between pods works with vLLM only",
    "Write backendFramework: vllm, or mode: IntraPod.",
    since="1.1", source=f"{_SHARED} (#7777)",
)  # fmt: skip
FAILOVER_GMS = rule(
    "ADM-FAILOVER-01", "failover needs the GPU memory service",
    "Add experimental.gpuMemoryService with the same mode.",
    since="1.1", source=f"{_SHARED} (#8157)",
)  # fmt: skip
FAILOVER_MODE = rule(
    "ADM-FAILOVER-02", "failover and the GPU memory service have different modes",
    "Write the same mode in both.",
    since="1.1", source=f"{_SHARED} (#8157)",
)  # fmt: skip
FAILOVER_GPU = rule(
    "ADM-FAILOVER-03", "failover between pods needs a GPU",
    'Write resources.limits."nvidia.com/gpu" of at least 1 on the container main.',
    since="1.1", source=f"{_SHARED} (#7777)",
)  # fmt: skip
FAILOVER_TYPE = rule(
    "ADM-FAILOVER-04", "failover between pods is for workers",
    "Remove failover.",
    since="1.1", source=f"{_SHARED} (#7777)",
)  # fmt: skip
CHECKPOINT_OFF = rule(
    "ADM-CKPT-01", "checkpoints are switched off in the operator's configuration",
    "Switch checkpoints on in the platform chart, or write checkpoint.enabled: false.",
    since="1.4", source=f"{_SHARED} (#11765)",
)  # fmt: skip
CHECKPOINT_CLIENTS = rule(
    "ADM-CKPT-02", "clients of the GPU memory service in the checkpoint job need that service within the pod",
    "Add experimental.gpuMemoryService with mode: IntraPod, or remove gmsClientContainers.",
    since="1.3", source=f"{_SHARED} (#9641)",
)  # fmt: skip
CHECKPOINT_CONFLICT = rule(
    "ADM-CKPT-03", "a checkpoint works neither with failover nor with the GPU memory service between pods",
    "Remove one of them, or write checkpoint.enabled: false.",
    since=SNAPSHOT, source=f"{_SHARED} (#12685)",
)  # fmt: skip
CHECKPOINT_REF = rule(
    "ADM-CKPT-04", "a standalone worker cannot start from a checkpoint",
    "Remove checkpointRef, or put the component into a graph.",
    since=NEXT, source="operator, api/v1beta1 of the 1.6 line (field checkpointRef)",
)  # fmt: skip


def check(review: Review, graph: Graph, component: Component, *, grove: bool) -> None:
    """Check the experimental block of a component."""
    if component.gms:
        _check_gms(review, graph, component, grove=grove)
    if component.failover:
        _check_failover(review, component)
    if component.checkpoint:
        _check_checkpoint(review, graph, component)


def _check_gms(review: Review, graph: Graph, component: Component, *, grove: bool) -> None:
    where = component.experiment("gpuMemoryService")
    if component.type not in WORKERS:
        review.add(GMS_TYPE, where, f"its type is {component.type}" if component.type else "it has no type")
    if component.gpus < 1:
        review.add(GMS_GPU, where)
    if component.gms == INTRA_POD:
        _check_clients(review, component)
    elif not graph.standalone:
        if not grove:
            review.add(GMS_GROVE, (*where, "mode"))
        if graph.framework != "vllm":
            review.add(GMS_VLLM, (*where, "mode"), f"the backend is {graph.framework or 'not set'}")


def _check_clients(review: Review, component: Component) -> None:
    where = component.experiment("gpuMemoryService", "extraClientContainers")
    block = mapping(component.experimental.get("gpuMemoryService"))
    names, seen = component.container_names(), set[str]()
    for index, item in enumerate(listed(block.get("extraClientContainers"))):
        name = text(item)
        if name in seen:
            review.add(GMS_CLIENT, (*where, index), f"{name!r} stands twice")
        elif name not in names:
            review.add(GMS_CLIENT, (*where, index), repr(name))
        seen.add(name)


def _check_failover(review: Review, component: Component) -> None:
    where = component.experiment("failover")
    if not component.gms:
        review.add(FAILOVER_GMS, where)
    elif component.gms != component.failover:
        review.add(FAILOVER_MODE, (*where, "mode"), f"{component.failover} and {component.gms}")
    if component.failover != INTER_POD:
        return
    if component.gpus < 1:
        review.add(FAILOVER_GPU, where)
    if component.type in ("epp", "frontend", "planner"):
        review.add(FAILOVER_TYPE, where, f"its type is {component.type}")


def _check_checkpoint(review: Review, graph: Graph, component: Component) -> None:
    where, block = component.experiment("checkpoint"), component.checkpoint
    if block.get("enabled") is True:
        if not review.has("checkpoint"):
            review.add(CHECKPOINT_OFF, where)
        if component.gms == INTER_POD:
            review.add(CHECKPOINT_CONFLICT, where, "gpuMemoryService has mode InterPod")
        if component.failover:
            review.add(CHECKPOINT_CONFLICT, where, "failover is set")
    _check_job(review, component, block)
    if graph.standalone and component.type in WORKERS and text(block.get("checkpointRef")):
        review.add(CHECKPOINT_REF, (*where, "checkpointRef"))


def _check_job(review: Review, component: Component, block: dict[str, Any]) -> None:
    clients = listed(mapping(block.get("job")).get("gmsClientContainers"))
    if clients and component.gms != INTRA_POD:
        detail = f"its mode is {component.gms}" if component.gms else "there is none"
        review.add(
            CHECKPOINT_CLIENTS, component.experiment("checkpoint", "job", "gmsClientContainers"), detail
        )
