"""YAML as Kubernetes' Go tools read and write it, with positions on demand.

Stock YAML libraries write strings that kubectl reads back as another type (``"n"``, ``1e5``); the
resolvers below make both directions agree with Go's sigs.k8s.io/yaml.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml as pyyaml

from pydynamo_manifests.errors import InputError, YamlError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Path", "Position", "dump", "dump_all", "load", "load_all", "merge_values", "number", "positions"]

Path = tuple[str | int, ...]
"""Where something is in a document: keys and list indices from the root."""

Position = tuple[int, int]
"""Line and column, both 1-based."""

MAX_EXPANDED_NODES = 1_000_000
"""A document whose aliases unfold to more nodes than this is a bomb, not a manifest."""

_TRUE = {"y", "yes", "on", "true"}
_NUMBER = r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?"
_FLOAT = rf"^(?:{_NUMBER}|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
_BOOL = r"^(?:[yYnN]|yes|Yes|YES|on|On|ON|true|True|TRUE|no|No|NO|off|Off|OFF|false|False|FALSE)$"
_INT = r"^(?:[-+]?0[bB][01_]+|[-+]?0[xX][0-9a-fA-F_]+|[-+]?0[oO]?[0-7_]+|[-+]?[0-9][0-9_]*)$"
_TAG = "tag:yaml.org,2002:"


class Loader(pyyaml.CSafeLoader):
    """Reads plain scalars as kubectl does (YAML 1.1 booleans, ``1e5`` a number, no dates); equal keys raise."""

    yaml_implicit_resolvers: dict[str, list[Any]] = {}  # noqa: RUF012 - PyYAML's own class attribute
    yaml_constructors = dict(pyyaml.CSafeLoader.yaml_constructors)

    def construct_mapping(self, node: pyyaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        """Construct a mapping whose own keys differ (what ``<<`` merges in may repeat)."""
        if len({str(key.value) for key, _ in node.value}) != len(node.value):
            _refuse_equal_keys(node)
        return super().construct_mapping(node, deep)


def _refuse_equal_keys(node: pyyaml.MappingNode) -> None:
    seen: dict[str, int] = {}
    for key, _ in node.value:
        if not isinstance(key, pyyaml.ScalarNode) or key.tag == f"{_TAG}merge":
            continue
        if key.value in seen:
            problem = f"the key {key.value!r} is already given on line {seen[key.value]}"
            raise pyyaml.constructor.ConstructorError(None, None, problem, key.start_mark)
        seen[key.value] = key.start_mark.line + 1


for _name, _pattern, _first in (
    ("bool", _BOOL, "yYnNtTfFoO"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("merge", r"^<<$", "<"),
    ("int", _INT, "-+0123456789"),
    ("float", _FLOAT, "-+.0123456789"),
):
    Loader.add_implicit_resolver(_TAG + _name, re.compile(_pattern), list(_first))


def _construct_bool(loader: Loader, node: pyyaml.ScalarNode) -> bool:
    return str(loader.construct_scalar(node)).lower() in _TRUE


def _construct_int(loader: Loader, node: pyyaml.ScalarNode) -> int | float:
    text = str(loader.construct_scalar(node)).replace("_", "").lower()
    digits = text.lstrip("+-")
    base = {"0x": 16, "0b": 2, "0o": 8}.get(digits[:2], 10)
    if base == 10 and digits.startswith("0") and not set("89") & set(digits):  # noqa: PLR2004
        base = 8
    value = -int(digits, base) if text.startswith("-") else int(digits, base)
    return value if -(2**63) <= value < 2**64 else float(value)


def _construct_float(loader: Loader, node: pyyaml.ScalarNode) -> float:
    return float(str(loader.construct_scalar(node)).replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))


Loader.add_constructor(_TAG + "bool", _construct_bool)
Loader.add_constructor(_TAG + "int", _construct_int)
Loader.add_constructor(_TAG + "float", _construct_float)


class Dumper(pyyaml.CSafeDumper):
    """Quotes every string that Go would read as another type; never writes anchors."""

    yaml_implicit_resolvers = {k: list(v) for k, v in pyyaml.CSafeDumper.yaml_implicit_resolvers.items()}  # noqa: RUF012 - PyYAML's own

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's signature
        """Write a shared object out each time: anchors surprise people and some tools."""
        return True


_QUOTED = rf"^(?:[yYnN]|{_NUMBER}|[-+]?0[oO][0-7_]+|[-+]?0[xX][0-9a-fA-F_]+|[-+]?0[bB][01_]+)$"
Dumper.add_implicit_resolver(_TAG + "float", re.compile(_QUOTED), list("-+.0123456789yYnN"))
Dumper.add_implicit_resolver(_TAG + "float", re.compile(_FLOAT), list("-+.0123456789"))

_NO_BLOCK = re.compile(r"[ \t]\n|\n[ \t]*\n[ \t]|^\s|[^\n\x20-\x7e]")


def _represent_str(dumper: Dumper, text: str) -> pyyaml.ScalarNode:
    style = "|" if "\n" in text and not _NO_BLOCK.search(text) else None
    return dumper.represent_scalar(_TAG + "str", text, style=style)


def _represent_float(dumper: Dumper, value: float) -> pyyaml.ScalarNode:
    text = number(value)
    return dumper.represent_scalar(_TAG + ("float" if set(text) & set(".ein") else "int"), text)


Dumper.add_representer(str, _represent_str)
Dumper.add_representer(float, _represent_float)


def number(value: float) -> str:
    """Write a number as Go's JSON encoder does: ``1`` for 1.0, ``0.00005``, ``1e-7``, ``1e+21``.

    Source: encoding/json writes floats below 1e-6 and from 1e21 on with an exponent, others without.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return {math.inf: ".inf", -math.inf: "-.inf"}.get(value, ".nan")
    if isinstance(value, int) and abs(value) < 2**63:
        return str(value)
    exact = Decimal(repr(float(value))).normalize()
    if value and not Decimal("1e-6") <= abs(exact) < Decimal("1e21"):
        sign, digits, _ = exact.as_tuple()
        mantissa = f"{digits[0]}.{''.join(map(str, digits[1:]))}".rstrip(".")
        return f"{'-' * sign}{mantissa}e{exact.adjusted():+d}"
    return format(exact, "f")


def load_all(text: str, source: str = "<text>") -> list[Any]:
    """Return the documents of a YAML (or JSON) text.

    Raises:
        YamlError: Syntax, equal keys, nesting or aliases beyond reason; names source, line and column.
    """
    try:
        return list(_documents(text))
    except pyyaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise YamlError(source, line, column, _words(e)) from None
    except pyyaml.YAMLError as e:
        raise YamlError(source, *_offset(text, e), f"cannot be read as YAML: {_reason(e)}") from None
    except RecursionError:
        raise YamlError(source, 1, 1, "nested too deeply to be a manifest") from None
    except (TypeError, ValueError) as e:
        raise YamlError(source, 1, 1, f"holds a key or value that cannot be read: {e}") from None


def _documents(text: str) -> Iterator[Any]:
    loader = Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if "*" in text:
                _refuse_bomb(node)
            yield loader.construct_document(node)
    finally:
        loader.dispose()


def _refuse_bomb(root: pyyaml.Node) -> None:
    sizes: dict[int, int] = {}

    def size(node: pyyaml.Node) -> int:
        known = sizes.get(id(node))
        if known is None:
            sizes[id(node)] = MAX_EXPANDED_NODES  # an alias inside its own anchor never ends
            sizes[id(node)] = known = 1 + sum(size(child) for child in _children(node))
        return known

    if size(root) > MAX_EXPANDED_NODES:
        problem = f"aliases unfold to more than {MAX_EXPANDED_NODES} nodes"
        raise pyyaml.constructor.ConstructorError(None, None, problem, root.start_mark)


def _children(node: pyyaml.Node) -> Iterable[pyyaml.Node]:
    if isinstance(node, pyyaml.MappingNode):
        return (part for pair in node.value for part in pair)
    return node.value if isinstance(node, pyyaml.SequenceNode) else ()


def _words(e: pyyaml.MarkedYAMLError) -> str:
    return ", ".join(str(part) for part in (e.context, e.problem) if part)


def _reason(e: pyyaml.YAMLError) -> str:
    return str(getattr(e, "reason", e)).splitlines()[0]


def _offset(text: str, e: pyyaml.YAMLError) -> Position:
    before = text[: max(getattr(e, "position", 0) or 0, 0)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def load(text: str, source: str = "<text>") -> Any:
    """Return the one document of a text, ``None`` for an empty one.

    Raises:
        InputError: The text holds several documents.
        YamlError: As :func:`load_all`.
    """
    documents = load_all(text, source)
    if len(documents) > 1:
        raise InputError(f"{source}: holds {len(documents)} YAML documents where one is expected")
    return documents[0] if documents else None


def positions(text: str) -> list[dict[Path, Position]]:
    """Return, for each document, the line and column of every key and list item.

    Composing costs about as much as loading, so ask only when there is something to report.
    The text must be one that :func:`load_all` accepts.
    """
    return [dict(_positions(node, ())) for node in pyyaml.compose_all(text, Loader)]


def _positions(node: pyyaml.Node, path: Path, mark: pyyaml.Mark | None = None) -> Iterator[tuple[Path, Position]]:
    mark = mark or node.start_mark
    yield path, (mark.line + 1, mark.column + 1)
    if isinstance(node, pyyaml.MappingNode):
        for key, value in node.value:
            yield from _positions(value, (*path, key.value), key.start_mark)
    elif isinstance(node, pyyaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _positions(item, (*path, index))


def dump(data: Any) -> str:
    """Write one document: keys in their own order, no anchors, long lines kept, ending in a newline."""
    return str(pyyaml.dump(data, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=10**9))


def dump_all(documents: Iterable[Any]) -> str:
    """Write several documents, separated by ``---``."""
    return "---\n".join(dump(document) for document in documents)


def merge_values(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Merge values files as Helm does: maps by key, everything else replaced, null kept as null."""
    out = dict(base)
    for key, value in over.items():
        old = out.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        out[key] = merge_values(old, value) if both else value  # type: ignore[arg-type]
    return out
