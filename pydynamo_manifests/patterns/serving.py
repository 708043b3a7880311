"""The four shapes of a serving graph: one function each says which components it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.patterns.parts import frontend, prefill_routing, worker

if TYPE_CHECKING:
    from pydynamo_manifests.patterns.parts import Components, Graph

__all__ = ["agg", "agg_router", "disagg", "disagg_router"]


def agg(graph: Graph) -> Components:
    """Workers that do prefill and decode in one engine, reached in turn."""
    return frontend(graph, router=False) | worker(graph, "worker")


def agg_router(graph: Graph) -> Components:
    """The same workers, each request sent to the one that holds most of its prefix."""
    return frontend(graph, router=True) | worker(graph, "worker", replicas=2, events=True)


def disagg(graph: Graph) -> Components:
    """Prefill and decode on GPUs of their own, so that long prompts do not slow running answers."""
    return frontend(graph, router=False) | worker(graph, "prefill") | worker(graph, "decode")


def disagg_router(graph: Graph) -> Components:
    """Prefill and decode apart, prompts sent to the prefill worker that holds most of their prefix."""
    prefill = worker(graph, "prefill", replicas=2, events=True, routed=True)
    return prefill_routing(graph, prefill) | prefill | worker(graph, "decode", replicas=2, routed=True)
