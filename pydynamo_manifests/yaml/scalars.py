"""Scalars as kubectl reads them: which type plain text has, and which value."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import yaml as pyyaml

from pydynamo_manifests.yaml.guards import error
from pydynamo_manifests.yaml.writing import FLOAT, number

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MAP", "MERGE", "SEQ", "STR", "key_of", "plain_tag", "scalar"]

_TAG = "tag:yaml.org,2002:"
MAP, MERGE, SEQ, STR = (f"{_TAG}{name}" for name in ("map", "merge", "seq", "str"))
"""Tags of nodes."""
_INT = r"[-+]?0[bB][01_]+|[-+]?0[xX][0-9a-fA-F_]+|[-+]?0[oO]?[0-7_]+|[-+]?[0-9][0-9_]*"
_TRUE = {"y", "yes", "on", "true"}
_FALSE = {"n", "no", "off", "false"}
_WORDS = (
    {form: f"{_TAG}bool" for word in _TRUE | _FALSE for form in (word, word.title(), word.upper())}
    | dict.fromkeys(("~", "null", "Null", "NULL", ""), f"{_TAG}null")
    | {"<<": MERGE}
)
_IS_INT = re.compile(_INT).fullmatch
_IS_FLOAT = re.compile(FLOAT).fullmatch
_NUMERIC_START = frozenset("-+.0123456789")


def plain_tag(text: str) -> str:
    """Return the tag of a plain scalar."""
    if text[:1] in _NUMERIC_START:
        return _TAG + ("int" if _IS_INT(text) else "float") if _IS_FLOAT(text) or _IS_INT(text) else STR
    return _WORDS.get(text, STR)


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
    MERGE: lambda node: node.value,
}


_READ: dict[tuple[str, str], Any] = {}
"""Values of scalars that are no text, by tag and text: files say the same numbers again and again."""
_MOST_READ, _MOST_LETTERS = 4096, 64


def scalar(node: pyyaml.ScalarNode) -> Any:
    """Return the value of a scalar."""
    known = _READ.get((node.tag, node.value), _READ)
    if known is not _READ:
        return known
    construct = _SCALARS.get(node.tag)
    if construct is None:
        raise error(f"the tag {node.tag!r} means nothing to Kubernetes", node)
    try:
        value = construct(node)
    except ValueError:
        raise error(f"{node.value[:40]!r} is no {node.tag.removeprefix(_TAG)}", node) from None
    if len(_READ) < _MOST_READ and len(node.value) < _MOST_LETTERS:
        _READ[node.tag, node.value] = value
    return value


def key_of(node: Any) -> str:
    """Write a key as JSON has it: ``1`` and ``true`` become text, as in Go."""
    value = (
        scalar(node) if type(node) is pyyaml.ScalarNode and node.tag != STR else getattr(node, "value", None)
    )
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return number(value)
    raise error("a key must be text, a number or a boolean", node)
