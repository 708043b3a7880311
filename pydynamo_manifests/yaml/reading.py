"""Reading: libyaml composes nodes, plain data is built from them, positions cost nothing until asked for."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import yaml as pyyaml

from pydynamo_manifests.errors import InputError, YamlError
from pydynamo_manifests.yaml.guards import MAX_DEPTH, error, may_be_deep, refuse_bomb, refuse_depth
from pydynamo_manifests.yaml.parsed import Parsed, Path, Position
from pydynamo_manifests.yaml.scalars import MAP, MERGE, SEQ, STR, key_of, plain_tag, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["load", "load_all", "parse_all", "positions"]


_SEEN: dict[str, str] = {}
_MOST_SEEN, _MOST_LETTERS = 4096, 64


def _remembered(text: str) -> str:
    """Return the tag of a plain scalar; files say the same words again and again."""
    tag = plain_tag(text)
    if len(_SEEN) < _MOST_SEEN and len(text) < _MOST_LETTERS:
        _SEEN[text] = tag
    return tag


class Loader(pyyaml.CSafeLoader):
    """Reads plain scalars as kubectl does: YAML 1.1 booleans, ``1e5`` a number, no dates."""

    def resolve(self, kind: type[pyyaml.Node], value: str, implicit: Any) -> str:
        """Return the tag of a node that has none."""
        if kind is pyyaml.ScalarNode:
            return (_SEEN.get(value) or _remembered(value)) if implicit[0] else STR
        return SEQ if kind is pyyaml.SequenceNode else MAP

    descend_resolver = operator.is_  # type: ignore[assignment]  # what it returns is not looked at
    ascend_resolver = tuple  # type: ignore[assignment]  # the same
    """Called for every node; there are no path resolvers, so the cheapest that take their arguments."""


def _build(node: Any, depth: int = 0) -> Any:
    kind = type(node)
    if kind is pyyaml.ScalarNode:
        return node.value if node.tag == STR else scalar(node)
    if depth > MAX_DEPTH:
        raise error(f"nested deeper than {MAX_DEPTH} levels", node)
    if kind is pyyaml.MappingNode and node.tag == MAP:
        return _mapping(node, depth + 1)
    if node.tag != SEQ:
        raise error(f"the tag {node.tag!r} means nothing to Kubernetes", node)
    return [_build(item, depth + 1) for item in node.value]


def _mapping(node: pyyaml.MappingNode, depth: int) -> dict[str, Any]:
    out: dict[str, Any] = {}
    merged = None
    for key, value in node.value:
        if key.tag == STR and type(key) is pyyaml.ScalarNode:
            plain = value.tag == STR and type(value) is pyyaml.ScalarNode
            out[key.value] = value.value if plain else _build(value, depth)
        elif key.tag == MERGE:
            merged = _merged(value, depth, merged)
        else:
            out[key_of(key)] = _build(value, depth)
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


def _refuse_equal_keys(node: pyyaml.MappingNode) -> None:
    seen: dict[str, int] = {}
    for key, _ in node.value:
        name = key_of(key)
        if name in seen:
            raise error(f"the key {name!r} is already given on line {seen[name]}", key)
        seen[name] = key.start_mark.line + 1


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
