"""Which components route by cache, and the example graphs of the rules about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.validate.lint.examples import example, frontend

if TYPE_CHECKING:
    from pydynamo_manifests.validate.lint.parts import Part
    from pydynamo_manifests.validate.lint.registry import Example
    from pydynamo_manifests.validate.lint.scene import Scene

__all__ = ["KV_EVENTS", "kv_graph", "kv_routers", "router_mode"]

KV_EVENTS = """--kv-events-config '{"enable_kv_cache_events": true}'"""
"""The flag by which an engine of vLLM publishes what its cache holds."""


def kv_graph(*workers: dict[str, object], line: str = "--router-mode kv") -> Example:
    """Return an example of a frontend, which routes by cache unless its flags say otherwise, and its workers."""
    return example(frontend(line), *workers)


def router_mode(p: Part) -> str | None:
    """Return how a component routes, by flag or variable; None where neither says."""
    return p.text("--router-mode", env="DYN_ROUTER_MODE")


def kv_routers(scene: Scene) -> list[Part]:
    """Return the frontends and routers that route by cache."""
    return [
        p
        for p in scene.parts
        if (p.module == "dynamo.frontend" and router_mode(p) == "kv") or p.module == "dynamo.router"
    ]
