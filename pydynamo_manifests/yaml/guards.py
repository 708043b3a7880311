"""Guards against input made to exhaust a reader: deep nesting, and aliases that multiply."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml as pyyaml

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MAX_DEPTH", "MAX_UNFOLDED", "error", "is_deep", "may_be_deep", "refuse_bomb", "refuse_depth"]

MAX_DEPTH = 200
"""Collections inside collections beyond this are an attack, not a manifest."""

MAX_UNFOLDED = 100_000
"""A document whose aliases unfold to more nodes than this, and ten times what it holds, is a bomb."""

_STEEP = re.compile(r"\n[ \t?:-]{200}").search
"""A search for a line's start by its literal line end: ten times as fast as one for ``^``."""


def error(problem: str, node: Any) -> pyyaml.MarkedYAMLError:
    """Return an error that stands where a node or event begins."""
    return pyyaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def may_be_deep(text: str) -> bool:
    """Say whether a text could nest beyond reason; cheap, and true for some that do not."""
    return (
        text.count("[") + text.count("{") > 5 * MAX_DEPTH
        or _STEEP(f"\n{text[:200]}") is not None
        or _STEEP(text) is not None
    )


def refuse_depth(events: Iterable[Any]) -> None:
    """Stop before libyaml's own recursion: composing is not safe at any depth, its events are."""
    depth = 0
    for event in events:
        if isinstance(event, pyyaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise error(f"nested deeper than {MAX_DEPTH} levels", event)
        elif isinstance(event, pyyaml.CollectionEndEvent):
            depth -= 1


def is_deep(value: Any) -> bool:
    """Tell whether plain data nests beyond reason."""
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below += item.values()
            elif isinstance(item, list):
                below += item
        if not below:
            return False
        level = below
    return True


def refuse_bomb(root: pyyaml.Node) -> None:
    """Refuse aliases that unfold without end, or to far more than the text holds."""
    sizes: dict[int, int] = {}

    def size(node: pyyaml.Node) -> int:
        if type(node) is pyyaml.ScalarNode:
            return 1
        known = sizes.get(id(node))
        if known is None:
            sizes[id(node)] = -1
            known = sizes[id(node)] = 1 + sum(size(child) for child in _children(node))
        elif known < 0:
            raise error("an alias stands inside what it names", node)
        return known

    if size(root) > MAX_UNFOLDED + 10 * len(sizes):
        raise error(f"aliases unfold to more than {MAX_UNFOLDED} nodes", root)


def _children(node: pyyaml.Node) -> Iterable[pyyaml.Node]:
    if type(node) is pyyaml.MappingNode:
        return (part for pair in node.value for part in pair)
    return node.value  # type: ignore[no-any-return]  # PyYAML has no types
