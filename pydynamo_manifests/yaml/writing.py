"""Writing: strings that Go would read as another type are quoted, numbers are written as Go writes them."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml as pyyaml

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["FLOAT", "dump", "dump_all", "number"]

_TAG = "tag:yaml.org,2002:"
_NUMBER = r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?"
FLOAT = rf"{_NUMBER}|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
"""Plain scalars that Go reads as a number, as a regular expression (integers in base ten included)."""


class Dumper(pyyaml.CSafeDumper):
    """Quotes every string that Go would read as another type; never writes anchors."""

    yaml_implicit_resolvers = {k: list(v) for k, v in pyyaml.CSafeDumper.yaml_implicit_resolvers.items()}  # noqa: RUF012 - PyYAML's own

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's signature
        """Write a shared object out each time: anchors surprise people and some tools."""
        return True


_QUOTED = rf"^(?:[yYnN]|{_NUMBER}|[-+]?0[oO][0-7_]+|[-+]?0[xX][0-9a-fA-F_]+|[-+]?0[bB][01_]+)$"
Dumper.add_implicit_resolver(_TAG + "float", re.compile(_QUOTED), list("-+.0123456789yYnN"))
Dumper.add_implicit_resolver(_TAG + "float", re.compile(rf"^(?:{FLOAT})$"), list("-+.0123456789"))

_NO_BLOCK = re.compile(r"[ \t]\n|\n[ \t]*\n[ \t]|^\s|[^\n\x20-\x7e]")


def _represent_str(dumper: Dumper, text: str) -> pyyaml.ScalarNode:
    style = "|" if "\n" in text and not _NO_BLOCK.search(text) else None
    return dumper.represent_scalar(f"{_TAG}str", text, style=style)


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


def dump(data: Any) -> str:
    """Write one document: keys in their own order, no anchors, long lines kept, ending in a newline."""
    return str(pyyaml.dump(data, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=10**9))


def dump_all(documents: Iterable[Any]) -> str:
    """Write several documents, separated by ``---``."""
    return "---\n".join(dump(document) for document in documents)
