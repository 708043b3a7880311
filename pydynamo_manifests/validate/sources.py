"""Where documents come from: files, folders and standard input, read one by one."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydynamo_manifests.errors import InputError, YamlError
from pydynamo_manifests.yaml import parse_all
from pydynamo_manifests.yaml.files import STDIN, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydynamo_manifests.yaml import Parsed

__all__ = ["STDIN", "File", "Found", "documents", "files_of", "is_template", "read_text"]

_SUFFIXES = frozenset({".json", ".yaml", ".yml"})
_SKIPPED_FOLDERS = frozenset({".git", ".venv", "__pycache__", "node_modules"})
_TEMPLATE = re.compile(
    r"\{\{-?\s*(?:/\*|(?:if|range|with|define|template|include|block|end|else)\b|"
    r"(?:\(\s*)*\.(?:Values|Release|Chart|Capabilities|Files|Template)\b|[a-zA-Z]+ +\(?\.(?:Values|Release|Chart)\b)"
)
_SEPARATOR = re.compile(r"^---(?:\s|$)", re.MULTILINE)


class File(NamedTuple):
    """One file to judge."""

    path: str
    named: bool = True
    """The user asked for it itself, not only for its folder."""
    patch_of: str = ""
    """The kustomization whose patch it is, ``""`` when it is none."""


@dataclass(frozen=True, slots=True)
class Found:
    """One document of a text: parsed, or what is wrong with it."""

    index: int
    parsed: Parsed | None
    error: YamlError | None = None
    line: int = 0
    """How many lines of the text come before the part that was parsed."""


def files_of(paths: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Yield the YAML and JSON files of paths, folders with all below them, each once, in order.

    With each comes whether it was named itself: what only lies in a folder may be anything.

    Raises:
        InputError: A path that does not exist.
    """
    seen: set[str] = set()
    for path in paths:
        folder = path != STDIN and Path(path).is_dir()
        for file in _walk(str(Path(path))) if folder else _named(path):
            if file not in seen:
                seen.add(file)
                yield file, not folder


def _named(path: str) -> list[str]:
    if path != STDIN and not Path(path).exists():
        raise InputError(f"{path}: no such file or folder")
    return [path]


def _walk(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as e:
        raise InputError(f"{folder}: cannot be read: {e.strerror}") from None
    for entry in entries:
        path = entry.name if folder == os.curdir else entry.path
        if _is_folder(entry):
            if entry.name not in _SKIPPED_FOLDERS and not entry.is_symlink():
                yield from _walk(path)
        elif os.path.splitext(entry.name)[1].lower() in _SUFFIXES:  # noqa: PTH122 - a Path costs ten times as much
            yield path


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def documents(text: str, source: str) -> Iterator[Found]:
    """Yield the documents of a text; after one that is no YAML, the next ``---`` starts afresh."""
    index, line = 0, 0
    while True:
        try:
            for parsed in parse_all(text, source):
                yield Found(index, parsed, None, line)
                index += 1
        except YamlError as e:
            yield Found(index, None, YamlError(source, e.line + line, e.column, e.problem), line)
            index += 1
            rest = _after(text, e.line)
            if rest is None:
                return
            line += text.count("\n", 0, rest)
            text = text[rest:]
        else:
            return


def _after(text: str, line: int) -> int | None:
    """Return where the next document begins after an error in a line (from 1), or in it, if not the first."""
    start = 0
    for _ in range(max(line - 1, 1)):
        start = text.find("\n", start) + 1
        if start == 0:
            return None
    match = _SEPARATOR.search(text, start)
    return match.start() if match else None


def is_template(path: str, text: str, *, readable: bool) -> bool:
    """Tell whether a text is a Helm template: by its place in a chart, or by what its actions say.

    Actions alone do not make one where the text is readable YAML: other tools use them inside values.
    """
    if "{{" not in text:
        return False
    if path != STDIN and "templates" in Path(path).parts:
        folder = next(p for p in Path(path).parents if p.name == "templates")
        if (folder.parent / "Chart.yaml").is_file():
            return True
    found = _TEMPLATE.search(text)
    return bool(found) and (not readable or ".Values" in text or ".Release" in text or ".Chart" in text)
