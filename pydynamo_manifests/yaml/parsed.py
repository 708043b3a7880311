"""Parsed documents: their data, and where everything in them stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml as pyyaml

from pydynamo_manifests.yaml.guards import MAX_DEPTH
from pydynamo_manifests.yaml.scalars import MERGE, STR, key_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Parsed", "Path", "Position"]

Path = tuple[str | int, ...]
"""Where something is in a document: keys and list indices from the root."""

Position = tuple[int, int]
"""Line and column, both 1-based."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """One document: its data, and the nodes that know where everything is."""

    value: Any
    node: pyyaml.Node

    def positions(self) -> dict[Path, Position]:
        """Return the line and column of every key and list item."""
        return dict(_positions(self.node, (), self.node.start_mark, 0))

    def nearest(self, paths: Sequence[Path]) -> list[Position]:
        """Return the line and column of each path, or of the nearest parent that is there."""
        if len(paths) > _FEW:
            known = self.positions()
            return [_longest(path, known) for path in paths]
        return [self._walked(path) for path in paths]

    def _walked(self, path: Path) -> Position:
        node, mark = self.node, self.node.start_mark
        for part in path:
            step = _step(node, part)
            if step is None:
                break
            node, mark = step
        return mark.line + 1, mark.column + 1


_FEW = 30
"""Up to so many paths are walked to; for more, all positions are read at once."""


def _longest(path: Path, known: dict[Path, Position]) -> Position:
    while path not in known:
        path = path[:-1]
    return known[path]


def _step(node: pyyaml.Node, part: str | int) -> tuple[pyyaml.Node, pyyaml.Mark] | None:
    """Return the value at a key or index, and where the key or item stands."""
    if type(node) is pyyaml.SequenceNode:
        inside = isinstance(part, int) and part < len(node.value)
        return (node.value[part], node.value[part].start_mark) if inside else None
    if type(node) is not pyyaml.MappingNode:
        return None
    for key, value in node.value:
        if key.value == part and key.tag == STR:
            return value, key.start_mark
    return _odd_step(node, part)


def _odd_step(node: pyyaml.MappingNode, part: str | int) -> tuple[pyyaml.Node, pyyaml.Mark] | None:
    """Return what stands at a key that is no plain text, or that comes with a merge."""
    merged: list[pyyaml.Node] = []
    for key, value in node.value:
        if key.tag == MERGE:
            merged += value.value if type(value) is pyyaml.SequenceNode else [value]
        elif key_of(key) == part:
            return value, key.start_mark
    return next((step for m in merged if (step := _step(m, part)) is not None), None)


def _positions(
    node: pyyaml.Node, path: Path, mark: pyyaml.Mark, depth: int
) -> Iterator[tuple[Path, Position]]:
    yield path, (mark.line + 1, mark.column + 1)
    if depth > MAX_DEPTH:
        return
    if type(node) is pyyaml.MappingNode:
        for key, value in node.value:
            if key.tag == MERGE:
                for part in value.value if type(value) is pyyaml.SequenceNode else [value]:
                    yield from ((p, m) for p, m in _positions(part, path, mark, depth + 1) if p != path)
        for key, value in node.value:
            if key.tag != MERGE:
                yield from _positions(value, (*path, key_of(key)), key.start_mark, depth + 1)
    elif type(node) is pyyaml.SequenceNode:
        for index, item in enumerate(node.value):
            yield from _positions(item, (*path, index), item.start_mark, depth + 1)
