"""Convert Dynamo objects between nvidia.com/v1alpha1 and v1beta1, as the operator's webhook would, offline.

Folders are read recursively; documents of other kinds, templates and objects that already have the asked
version keep their bytes, and comments come along. Nothing is lost on the way: what the other version has no
field for goes into an annotation, from where converting back takes it. What is dropped is told on stderr.
"""

from __future__ import annotations

import difflib
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from pydynamo_manifests.convert import TextConversion

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """examples:
  dynamo-manifests convert --to nvidia.com/v1beta1 graph.yaml
  dynamo-manifests convert --to v1beta1 clusters/ --in-place      # keeps clusters/**/*.yaml.bak
  dynamo-manifests convert --to v1beta1 clusters/ --check         # for CI: exits 1 when a file would change
  dynamo-manifests convert --to v1alpha1 --clean graph.yaml -o old.yaml
  kubectl get dgd qwen -o yaml | dynamo-manifests convert --to v1beta1 -
"""

_SUFFIXES = {".yaml", ".yml"}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files, folders, or - for standard input")
    parser.add_argument(
        "--to", required=True, metavar="VERSION", help="nvidia.com/v1alpha1 or nvidia.com/v1beta1"
    )
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
    parser.add_argument(
        "--clean", action="store_true", help="no private annotations; what they held is told on stderr"
    )
    parser.add_argument("--diff", action="store_true", help="print a diff instead of the documents")


@dataclass(frozen=True, slots=True)
class _Source:
    path: str
    name: Path
    """Where it goes below an output folder."""
    text: str
    explicit: bool
    """Its own path was given."""


def run(args: Namespace) -> int:
    """Convert everything first, then write: an error leaves every file as it was."""
    from pydynamo_manifests.errors import InputError

    if args.in_place and "-" in args.paths:
        raise InputError("standard input cannot be rewritten in place")
    sources = list(_sources(args.paths))
    results = [(source, _convert(source, args)) for source in sources]
    for _, result in results:
        for notice in result.notices:
            print(notice, file=sys.stderr)
    changed = [(source, result) for source, result in results if result.text != source.text]
    if args.diff:
        sys.stdout.writelines(line for source, result in changed for line in _diff(source, result))
    if args.check:
        if not args.diff:
            sys.stdout.writelines(f"{source.path}\n" for source, _ in changed)
        return 1 if changed else 0
    _write(results, changed, args)
    return 0


def _sources(paths: list[str]) -> Iterator[_Source]:
    for path in paths:
        if path != "-" and Path(path).is_dir():
            for file in _files(Path(path)):
                yield _Source(str(file), file.relative_to(path), _read(str(file)), explicit=False)
        else:
            yield _Source(
                path, Path("stdin.yaml" if path == "-" else Path(path).name), _read(path), explicit=True
            )


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        yield from (Path(root) / f for f in sorted(files) if Path(f).suffix in _SUFFIXES)


def _read(path: str) -> str:
    """Read a text with its line ends as they are."""
    from pydynamo_manifests.errors import InputError

    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return data.decode()
    except (OSError, UnicodeDecodeError) as e:
        raise InputError(f"{path}: cannot be read: {getattr(e, 'strerror', None) or e}") from None


def _convert(source: _Source, args: Namespace) -> TextConversion:
    from pydynamo_manifests.convert import KINDS, convert_text
    from pydynamo_manifests.errors import ConversionError

    result = convert_text(source.text, args.to, clean=args.clean, source=source.path)
    if source.explicit and not result.objects and not result.notices:
        found = f" (found {', '.join(result.kinds)})" if result.kinds else ""
        raise ConversionError(f"{source.path}: nothing to convert{found}; the kinds are {', '.join(KINDS)}")
    return result


def _diff(source: _Source, result: TextConversion) -> Iterator[str]:
    old, new = source.text.splitlines(keepends=True), result.text.splitlines(keepends=True)
    yield from difflib.unified_diff(old, new, source.path, f"{source.path} (converted)")


def _write(
    results: list[tuple[_Source, TextConversion]],
    changed: list[tuple[_Source, TextConversion]],
    args: Namespace,
) -> None:
    if args.in_place:
        for source, result in changed:
            _replace(Path(source.path).resolve(), result.text)
    elif args.output not in (None, "-"):
        _write_files(results, str(args.output))
    elif not args.diff:
        sys.stdout.write(_joined([result.text for _, result in results]))


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
    shutil.copy2(path, backup)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(text.encode())
    shutil.copymode(path, temporary)
    Path(temporary).replace(path)


def _write_files(results: list[tuple[_Source, TextConversion]], output: str) -> None:
    from pydynamo_manifests.errors import InputError

    target = Path(output)
    single = len(results) == 1 and results[0][0].explicit
    if single and not target.is_dir() and not output.endswith(os.sep):
        files = {target: results[0][1].text}
    else:
        files = {target / source.name: result.text for source, result in results}
        if len(files) != len(results):
            raise InputError(f"{output}: two of the files would have the same name there; convert them apart")
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
    except OSError as e:
        raise InputError(f"{output}: cannot be written: {e.strerror}") from None
