"""A composition as a values file for people: commented, in reading order, the same bytes every time."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

from pydynamo_manifests import yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydynamo_manifests.generate.composing import Composition
    from pydynamo_manifests.requests import RequestComposition

__all__ = ["values_text"]

_WIDTH = 110
_KNOB = re.compile(r"^( *)([^\n]+):\n\1  from: (\S+)$", re.MULTILINE)
_LISTS = re.compile(r"^( *)(command|leadingArgs|pullSecrets):\n((?:\1- [\w./:-]+\n)+)", re.MULTILINE)


def values_text(
    made: Composition | RequestComposition, header: Sequence[str], *, under: Sequence[str] = ()
) -> str:
    """Return the values as commented YAML.

    Args:
        made: What composition decided.
        header: Comment lines that stand first, without their marks.
        under: Keys of parent charts to nest the values under: names or aliases of dependencies, outermost first.
    """
    values: dict[str, Any] = made.values
    for key in reversed(under):
        values = {key: values}
    text = _compact(yaml.dump(values))
    comments: dict[yaml.Path, str] = {(*under, *path): words for path, words in made.notes.items()}
    return "".join(f"# {line}".rstrip() + "\n" for line in header) + _commented(text, comments)


def _compact(text: str) -> str:
    text = _KNOB.sub(r"\1\2: {from: \3}", text)
    return _LISTS.sub(lambda m: f"{m[1]}{m[2]}: [{', '.join(re.findall(r'- (.+)', m[3]))}]\n", text)


def _commented(text: str, comments: dict[yaml.Path, str]) -> str:
    lines = text.splitlines()
    (positions,) = yaml.positions(text)
    places = sorted(
        ((positions[path], words) for path, words in comments.items() if path in positions), reverse=True
    )
    for (line, column), words in places:
        lines[line - 1 : line - 1] = _comment(words, column - 1)
    return "\n".join(lines) + "\n"


def _comment(words: str, indent: int) -> list[str]:
    mark = f"{' ' * indent}# "
    return textwrap.wrap(
        f"{words[0].upper()}{words[1:]}.", _WIDTH, initial_indent=mark, subsequent_indent=mark
    )
