"""The patterns: which components a graph has, and when to choose which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydynamo_manifests.errors import UnknownNameError
from pydynamo_manifests.patterns import planner, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydynamo_manifests.patterns.parts import Components, Graph

__all__ = ["PATTERNS", "Pattern", "pattern"]


@dataclass(frozen=True)
class Pattern:
    """One shape of a graph."""

    name: str
    components: Callable[[Graph], Components]
    roles: tuple[str, ...]
    """Roles of its workers."""
    summary: str
    when: str
    """The need that it answers, for people who choose."""
    planner: bool = False
    """It has a planner, which owns the replicas of the workers."""
    since: str | None = None
    """First line whose parts can make it."""


PATTERNS: dict[str, Pattern] = {
    p.name: p
    for p in (
        Pattern(
            "agg",
            serving.agg,
            ("worker",),
            "prefill and decode in one engine, workers asked in turn",
            "one worker, or short prompts that have nothing in common: the fewest parts",
        ),
        Pattern(
            "agg-router",
            serving.agg_router,
            ("worker",),
            "prefill and decode in one engine, each request sent where most of its prefix is cached",
            "two or more workers and prompts that share prefixes (chats, agents, documents)",
        ),
        Pattern(
            "disagg",
            serving.disagg,
            ("prefill", "decode"),
            "prefill and decode on GPUs of their own",
            "long prompts beside strict limits on the time between tokens; needs a fast network between GPUs",
        ),
        Pattern(
            "disagg-router",
            serving.disagg_router,
            ("prefill", "decode"),
            "prefill and decode apart, prompts sent where most of their prefix is cached",
            "both needs together, with two or more prefill workers",
        ),
        Pattern(
            "agg-planner",
            planner.agg_planner,
            ("worker",),
            "prefill and decode in one engine, as many workers as the traffic needs",
            "traffic that rises and falls, answered by one kind of worker",
            planner=True,
            since="1.0",
        ),
        Pattern(
            "disagg-planner",
            planner.disagg_planner,
            ("prefill", "decode"),
            "prefill and decode apart, each with as many workers as latency targets need",
            "latency targets to hold at the least GPUs while traffic rises and falls; needs Prometheus",
            planner=True,
        ),
        Pattern(
            "disagg-router-planner",
            planner.disagg_router_planner,
            ("prefill", "decode"),
            "the same with prompts sent where most of their prefix is cached",
            "prompts that share prefixes beside latency targets",
            planner=True,
        ),
    )
}
"""Every pattern by name, the simplest first."""


def pattern(name: str) -> Pattern:
    """Return a pattern by name.

    Raises:
        UnknownNameError: There is no such pattern; names the nearest.
    """
    if name not in PATTERNS:
        raise UnknownNameError("pattern", name, PATTERNS)
    return PATTERNS[name]
