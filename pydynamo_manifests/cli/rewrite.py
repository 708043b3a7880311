"""What commands that rewrite files share: which files, where the result goes, and that errors write nothing."""

from __future__ import annotations

import difflib
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydynamo_manifests.cli.inputs import check_paths
from pydynamo_manifests.errors import InputError
from pydynamo_manifests.yaml.files import read_text, write_text

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Iterator

__all__ = ["Source", "add_rewriting", "rewrite", "yaml_files"]

_SUFFIXES = {".yaml", ".yml"}

_Results = list[tuple["Source", str]]


def add_rewriting(parser: ArgumentParser) -> None:
    """Declare the paths and where the result goes."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files, folders, or - for standard input")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "-o",
        "--output",
        metavar="FILE|DIR",
        help="write there; a folder when there are several files (default: stdout)",
    )
    where.add_argument(
        "--in-place", action="store_true", help="rewrite the files that change, each beside a .bak of it"
    )
    where.add_argument(
        "--check", action="store_true", help="write nothing, name the files that would change, exit 1"
    )
    parser.add_argument("--diff", action="store_true", help="print a diff instead of the documents")


@dataclass(frozen=True, slots=True)
class Source:
    """A file or standard input."""

    path: str
    name: Path
    """Where it goes below an output folder."""
    text: str
    explicit: bool
    """Its own path was given."""


def rewrite(args: Namespace, edit: Callable[[Source], str]) -> int:
    """Edit every file of a command line, then write: an error leaves all of them as they were.

    Args:
        args: The options of :func:`add_rewriting`.
        edit: Returns the new text of a file; prints notices itself.

    Returns:
        1 when ``--check`` found something to change, else 0.

    Raises:
        InputError: A file cannot be read or written, or the options do not go together.
    """
    if args.in_place and "-" in args.paths:
        raise InputError("standard input cannot be rewritten in place")
    check_paths(*args.paths)
    if args.output == "":
        raise InputError("-o '': an empty file name")
    sources = list(_sources(args.paths))
    if not sources:
        raise InputError(f"{', '.join(args.paths)}: holds no YAML file")
    results = [(source, edit(source)) for source in sources]
    changed = [(source, text) for source, text in results if text != source.text]
    if args.diff:
        sys.stdout.writelines(line for source, text in changed for line in _diff(source, text))
    if args.check:
        if not args.diff:
            sys.stdout.writelines(f"{source.path}\n" for source, _ in changed)
        return 1 if changed else 0
    _write(results, changed, args)
    return 0


def _sources(paths: list[str]) -> Iterator[Source]:
    for path in paths:
        if path != "-" and Path(path).is_dir():
            for file in yaml_files(Path(path)):
                text = read_text(file, keep_mark=True)
                yield Source(str(file), file.relative_to(path), text, explicit=False)
        else:
            name = Path("stdin.yaml" if path == "-" else Path(path).name)
            yield Source(path, name, read_text(path, keep_mark=True), explicit=True)


def yaml_files(folder: Path) -> Iterator[Path]:
    """Yield the YAML files below a folder in order; hidden folders are left out."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        yield from (Path(root) / f for f in sorted(files) if Path(f).suffix in _SUFFIXES)


def _diff(source: Source, text: str) -> Iterator[str]:
    old, new = source.text.splitlines(keepends=True), text.splitlines(keepends=True)
    yield from difflib.unified_diff(old, new, source.path, f"{source.path} (converted)")


def _write(results: _Results, changed: _Results, args: Namespace) -> None:
    if args.in_place:
        for source, text in changed:
            _replace(Path(source.path).resolve(), text)
    elif args.output not in (None, "-"):
        _write_files(results, str(args.output))
    elif not args.diff:
        sys.stdout.write(_joined([text for _, text in results]))


def _joined(texts: list[str]) -> str:
    out = ""
    for text in texts:
        if out and not text.startswith("---"):
            out += ("" if out.endswith("\n") else "\n") + "---\n"
        out += text
    return out


def _replace(path: Path, text: str) -> None:
    """Rewrite a file at once, after a copy of it was put beside it under a name that was free."""
    backup, number = path.with_name(f"{path.name}.bak"), 1
    while backup.exists():
        backup, number = path.with_name(f"{path.name}.bak.{number}"), number + 1
    try:
        shutil.copy2(path, backup)
    except OSError as e:
        backup.unlink(missing_ok=True)
        raise InputError(f"{backup}: cannot be written: {e.strerror or e}") from None
    write_text(path, text)


def _write_files(results: _Results, output: str) -> None:
    target = Path(output)
    single = len(results) == 1 and results[0][0].explicit
    if single and not target.is_dir() and not output.endswith(os.sep):
        files = {target: results[0][1]}
    else:
        files = {target / source.name: text for source, text in results}
        if len(files) != len(results):
            raise InputError(f"{output}: two of the files would have the same name there; convert them apart")
    for path, text in files.items():
        write_text(path, text, folders=True)
