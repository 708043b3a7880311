"""Reading: libyaml composes nodes, plain data is built from them, positions cost nothing until asked for."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml as pyyaml

from pydynamo_manifests.errors import InputError, YamlError
from pydynamo_manifests.yaml.guards import MAX_DEPTH, error, may_be_deep, refuse_bomb, refuse_depth
from pydynamo_manifests.yaml.writing import FLOAT, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["Parsed", "Path", "Position", "load", "load_all", "parse_all", "positions"]

Path = tuple[str | int, ...]
"""Where something is in a document: keys and list indices from the root."""

Position = tuple[int, int]
"""Line and column, both 1-based."""

_TAG = "tag:yaml.org,2002:"
_STR = f"{_TAG}str"
_MERGE = f"{_TAG}merge"
_INT = r"[-+]?0[bB][01_]+|[-+]?0[xX][0-9a-fA-F_]+|[-+]?0[oO]?[0-7_]+|[-+]?[0-9][0-9_]*"
_TRUE = {"y", "yes", "on", "true"}
_FALSE = {"n", "no", "off", "false"}
_WORDS = (
    {form: f"{_TAG}bool" for word in _TRUE | _FALSE for form in (word, word.title(), word.upper())}
    | dict.fromkeys(("~", "null", "Null", "NULL", ""), f"{_TAG}null")
    | {"<<": _MERGE}
)
_IS_INT = re.compile(_INT).fullmatch
_IS_FLOAT = re.compile(FLOAT).fullmatch
_NUMERIC_START = frozenset("-+.0123456789")


def _plain_tag(text: str) -> str:
    if text[:1] in _NUMERIC_START:
        return _TAG + ("int" if _IS_INT(text) else "float") if _IS_FLOAT(text) or _IS_INT(text) else _STR
    return _WORDS.get(text, _STR)


class Loader(pyyaml.CSafeLoader):
    """Reads plain scalars as kubectl does: YAML 1.1 booleans, ``1e5`` a number, no dates."""

    def resolve(self, kind: type[pyyaml.Node], value: str, implicit: Any) -> str:
        """Return the tag of a node that has none."""
        if kind is pyyaml.ScalarNode:
            return _plain_tag(value) if implicit[0] else _STR
        return f"{_TAG}seq" if kind is pyyaml.SequenceNode else f"{_TAG}map"

    def descend_resolver(self, *_: Any) -> None:
        """Do nothing: there are no path resolvers."""

    ascend_resolver = descend_resolver


def _bool(node: pyyaml.ScalarNode) -> bool:
    word = node.value.lower()
    if word not in _TRUE | _FALSE:
        raise error(f"{node.value!r} is no boolean", node)
    return word in _TRUE


def _int(node: pyyaml.ScalarNode) -> int | float | str:
    text = node.value.replace("_", "").lower()
    digits = text.lstrip("+-")
    base = {"0x": 16, "0b": 2, "0o": 8}.get(digits[:2], 10)
    if base == 10 and digits.startswith("0") and not set("89") & set(digits):  # noqa: PLR2004 - decimal
        base = 8
    if len(digits) > 66:  # noqa: PLR2004 - longer than 64 bits in any base
        return _float(node) if base == 10 else str(node.value)  # noqa: PLR2004 - decimal
    value = -int(digits, base) if text.startswith("-") else int(digits, base)
    return value if -(2**63) <= value < 2**64 else float(value)


def _float(node: pyyaml.ScalarNode) -> float | str:
    value = float(node.value.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))
    if math.isfinite(value):
        return value
    if "inf" in node.value.lower() or math.isnan(value):
        raise error(f"{node.value} has no form in JSON, which the cluster reads", node)
    return str(node.value)  # beyond 64 bits Go keeps the text


_SCALARS: dict[str, Callable[[pyyaml.ScalarNode], Any]] = {
    f"{_TAG}bool": _bool,
    f"{_TAG}int": _int,
    f"{_TAG}float": _float,
    f"{_TAG}null": lambda _: None,
    _MERGE: lambda node: node.value,
}


def _build(node: Any, depth: int = 0) -> Any:
    kind = type(node)
    if kind is pyyaml.ScalarNode:
        return node.value if node.tag == _STR else _scalar(node)
    if depth > MAX_DEPTH:
        raise error(f"nested deeper than {MAX_DEPTH} levels", node)
    if kind is pyyaml.MappingNode and node.tag == f"{_TAG}map":
        return _mapping(node, depth + 1)
    if node.tag != f"{_TAG}seq":
        raise error(f"the tag {node.tag!r} means nothing to Kubernetes", node)
    return [_build(item, depth + 1) for item in node.value]


def _scalar(node: pyyaml.ScalarNode) -> Any:
    construct = _SCALARS.get(node.tag)
    if construct is None:
        raise error(f"the tag {node.tag!r} means nothing to Kubernetes", node)
    try:
        return construct(node)
    except ValueError:
        raise error(f"{node.value[:40]!r} is no {node.tag.removeprefix(_TAG)}", node) from None


def _mapping(node: pyyaml.MappingNode, depth: int) -> dict[str, Any]:
    out: dict[str, Any] = {}
    merged = None
    for key, value in node.value:
        if key.tag == _STR and type(key) is pyyaml.ScalarNode:
            out[key.value] = _build(value, depth)
        elif key.tag == _MERGE:
            merged = _merged(value, depth, merged)
        else:
            out[_key(key)] = _build(value, depth)
    if len(out) + (merged is not None) != len(node.value):
        _refuse_equal_keys(node)
    return out if merged is None else merged | out


def _merged(node: pyyaml.Node, depth: int, before: dict[str, Any] | None) -> dict[str, Any]:
    if before is not None:
        raise error("the key '<<' is already given", node)
    parts = node.value if type(node) is pyyaml.SequenceNode else [node]
    out: dict[str, Any] = {}
    for part in reversed(parts):
        if type(part) is not pyyaml.MappingNode:
            raise error("'<<' takes a mapping or a list of mappings", part)
        out.update(_mapping(part, depth))
    return out


def _key(node: Any) -> str:
    """Write a key as JSON has it: ``1`` and ``true`` become text, as in Go."""
    value = (
        _scalar(node)
        if type(node) is pyyaml.ScalarNode and node.tag != _STR
        else getattr(node, "value", None)
    )
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return number(value)
    raise error("a key must be text, a number or a boolean", node)


def _refuse_equal_keys(node: pyyaml.MappingNode) -> None:
    seen: dict[str, int] = {}
    for key, _ in node.value:
        name = _key(key)
        if name in seen:
            raise error(f"the key {name!r} is already given on line {seen[name]}", key)
        seen[name] = key.start_mark.line + 1


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
    merged: list[pyyaml.Node] = []
    for key, value in node.value:
        if key.tag == _MERGE:
            merged += value.value if type(value) is pyyaml.SequenceNode else [value]
        elif _key(key) == part:
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
            if key.tag == _MERGE:
                for part in value.value if type(value) is pyyaml.SequenceNode else [value]:
                    yield from ((p, m) for p, m in _positions(part, path, mark, depth + 1) if p != path)
        for key, value in node.value:
            if key.tag != _MERGE:
                yield from _positions(value, (*path, _key(key)), key.start_mark, depth + 1)
    elif type(node) is pyyaml.SequenceNode:
        for index, item in enumerate(node.value):
            yield from _positions(item, (*path, index), item.start_mark, depth + 1)


def parse_all(text: str, source: str = "<text>") -> Iterator[Parsed]:
    """Yield the documents of a YAML (or JSON) text one by one; data stays plain.

    Raises:
        YamlError: Syntax, equal keys, nesting or aliases beyond reason; names source, line and column.
    """
    try:
        yield from _parse(text)
    except pyyaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise YamlError(source, line, column, _words(e)) from None
    except pyyaml.YAMLError as e:
        raise YamlError(source, *_offset(text, e), f"cannot be read as YAML: {_reason(e)}") from None
    except RecursionError:
        raise YamlError(source, 1, 1, f"nested deeper than {MAX_DEPTH} levels") from None


def _parse(text: str) -> Iterator[Parsed]:
    if may_be_deep(text):
        refuse_depth(pyyaml.parse(text, Loader))
    loader = Loader(text)
    try:
        while loader.check_node():
            node: Any = loader.get_node()
            if "*" in text:
                refuse_bomb(node)
            yield Parsed(_build(node), node)
    finally:
        loader.dispose()


def _words(e: pyyaml.MarkedYAMLError) -> str:
    return ", ".join(str(part) for part in (e.context, e.problem) if part)


def _reason(e: pyyaml.YAMLError) -> str:
    return str(getattr(e, "reason", e)).splitlines()[0]


def _offset(text: str, e: pyyaml.YAMLError) -> Position:
    before = text[: max(getattr(e, "position", 0) or 0, 0)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def load_all(text: str, source: str = "<text>") -> list[Any]:
    """Return the documents of a YAML (or JSON) text.

    Raises:
        YamlError: As :func:`parse_all`.
    """
    return [parsed.value for parsed in parse_all(text, source)]


def load(text: str, source: str = "<text>") -> Any:
    """Return the one document of a text, ``None`` for an empty one.

    Raises:
        InputError: The text holds several documents.
        YamlError: As :func:`parse_all`.
    """
    documents = load_all(text, source)
    if len(documents) > 1:
        raise InputError(f"{source}: holds {len(documents)} YAML documents where one is expected")
    return documents[0] if documents else None


def positions(text: str) -> list[dict[Path, Position]]:
    """Return, for each document, the line and column of every key and list item.

    Raises:
        YamlError: As :func:`parse_all`.
    """
    return [parsed.positions() for parsed in parse_all(text)]
