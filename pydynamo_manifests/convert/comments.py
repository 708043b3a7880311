"""Comments of a YAML document: find them, and put them where the same thing stands in another document."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

from pydynamo_manifests.yaml import positions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.yaml import Parsed, Path

__all__ = ["Comment", "attach", "find"]

_LINE_END = 10**9
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
_HEADER = re.compile(r"[|>][-+0-9]*")


class Comment(NamedTuple):
    """A comment and what it is about.

    Attributes:
        path: The key or list item that it stands above or behind; None for the end of the document.
        text: The comment from its ``#`` on.
        above: It has a line of its own.
    """

    path: Path | None
    text: str
    above: bool


def find(text: str, document: Parsed) -> list[Comment]:
    """Return the comments of one document, in their order."""
    places = _places(document)
    starts = sorted(places)
    out = []
    for line, above, words in _scan(text, document.node):
        at = _next(starts, line) if above else _last(starts, line)
        out.append(Comment(None if at is None else _subject(places[at], above=above), words, above))
    return out


def _places(document: Parsed) -> dict[int, list[Path]]:
    """Return the paths by line; what an alias repeats counts where it is written first."""
    places: dict[int, list[Path]] = {}
    first: dict[tuple[int, int], Path] = {}
    for path, position in document.positions().items():
        known = first.setdefault(position, path)
        if path and path[: len(known)] == known:
            places.setdefault(position[0], []).append(path)
    return places


def _next(starts: list[int], line: int) -> int | None:
    at = bisect_left(starts, line)
    return starts[at] if at < len(starts) else None


def _last(starts: list[int], line: int) -> int | None:
    at = bisect_right(starts, line)
    return starts[at - 1] if at else None


def _subject(paths: list[Path], *, above: bool) -> Path:
    """Above a line is about the outermost thing that begins there, behind it about all that it names."""
    if above:
        return min(paths, key=len)
    deepest = max(paths, key=len)
    if all(deepest[: len(path)] == path for path in paths):
        return deepest
    shared = next(
        (n for n, keys in enumerate(zip(*paths, strict=False)) if len(set(keys)) > 1),
        len(min(paths, key=len)),
    )
    return deepest[:shared]


def _scan(text: str, root: Any) -> Iterator[tuple[int, bool, str]]:
    """Yield the line (from 1), whether nothing else stands on it, and the words of each comment."""
    lines = text.splitlines()
    taken: dict[int, list[tuple[int, int]]] = {}
    for scalar in _scalars(root):
        _cover(taken, lines, scalar)
    for number, line in enumerate(lines, 1):
        for match in _COMMENT.finditer(line):
            at = match.start()
            if not any(begin <= at < end for begin, end in taken.get(number, ())):
                yield number, not line[:at].strip(), match[0].rstrip()
                break


def _scalars(node: Any) -> Iterator[Any]:
    if isinstance(node.value, str):
        yield node
        return
    for item in node.value:
        for part in item if isinstance(item, tuple) else (item,):
            yield from _scalars(part)


def _cover(out: dict[int, list[tuple[int, int]]], lines: list[str], scalar: Any) -> None:
    start, end = scalar.start_mark, scalar.end_mark
    first = start.column
    block = _HEADER.match(lines[start.line], first) if scalar.style in ("|", ">") else None
    for number in range(start.line, end.line + 1):
        begin = first if number == start.line else 0
        stop = end.column if number == end.line else _LINE_END
        if block is not None and number == start.line:
            stop = block.end()
        out.setdefault(number + 1, []).append((begin, stop))


def attach(text: str, comments: list[Comment]) -> str:
    """Return a document with comments written above and behind the things they are about."""
    where = positions(text)[0]
    lines = text.splitlines()
    above: dict[int, list[str]] = {}
    for comment in comments:
        if comment.path is None:
            lines.append(comment.text)
            continue
        line, column = where[comment.path]
        if comment.above:
            above.setdefault(line, []).append(_indent(lines[line - 1], column) + comment.text)
        else:
            lines[line - 1] += f"  {comment.text}"
    out = [text for number, line in enumerate(lines, 1) for text in (*above.get(number, ()), line)]
    return "\n".join(out) + "\n"


def _indent(line: str, column: int) -> str:
    before = line[: column - 1]
    return before[: len(before) - len(before.lstrip())] if before.strip() else " " * (column - 1)
