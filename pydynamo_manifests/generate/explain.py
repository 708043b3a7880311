"""Why a composition is as it is, and which pattern answers which need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.backends import BACKENDS, backend
from pydynamo_manifests.patterns import PATTERNS
from pydynamo_manifests.releases import RELEASES, fact_range

if TYPE_CHECKING:
    from pydynamo_manifests.generate.composing import Composition

__all__ = ["choices", "explanation", "headline"]


def headline(made: Composition) -> str:
    """Return what the graph is, in one sentence."""
    engine = made.release.engines.get(made.backend.NAME)
    title = f"{made.backend.TITLE} {engine}" if engine else f"The {made.backend.TITLE}"
    return f"{title} with Dynamo {made.release}, {made.pattern.name}: {made.pattern.summary}."


def explanation(made: Composition) -> list[str]:
    """Return lines that say what was chosen and why, then which pattern fits when."""
    reasons = [f"  {'.'.join(path)}: {words}" for path, words in made.notes.items()]
    return [
        headline(made),
        f"Choose it for {made.pattern.when}.",
        "",
        "Why these values:",
        *reasons,
        "",
        *_guide(),
    ]


def _guide() -> list[str]:
    width = max(map(len, PATTERNS))
    return ["Which pattern when:", *(f"  {name.ljust(width)}  {p.when}" for name, p in PATTERNS.items())]


def choices() -> list[str]:
    """Return lines that list every backend, pattern and release that can be composed."""
    known = [r for r in RELEASES if not r.hidden]
    width = max(map(len, BACKENDS)) + 2
    backends = [f"  {name.ljust(width)}{_from(name)}" for name in BACKENDS]
    patterns = [f"  {name.ljust(23)}{p.summary}" for name, p in PATTERNS.items()]
    lines = ", ".join(f"{r.version} ({r.graph_api_version.partition('/')[2]})" for r in reversed(known))
    return [
        "Backends:",
        *backends,
        "Patterns:",
        *patterns,
        "Releases, and the API version of their graphs:",
        f"  {lines}",
    ]


def _from(name: str) -> str:
    since = fact_range("backends", name)[0] or RELEASES[0].line
    many = "one or more nodes" if name in RELEASES[-1].multinode else "one node"
    patterns = "every pattern" if name in RELEASES[-1].planned else "every pattern without a planner"
    return f"{backend(name).TITLE}, from Dynamo {since} on, {patterns}, {many}"
