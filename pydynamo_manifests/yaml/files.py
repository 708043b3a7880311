"""Texts from files and standard input, and back: UTF-8, whatever the machine's locale."""

from __future__ import annotations

import codecs
import os
import shutil
import sys
import tempfile
from pathlib import Path

from pydynamo_manifests.errors import InputError

__all__ = ["STDIN", "named", "read_text", "write_text"]

STDIN = "-"
"""The path that means standard input, or standard output."""

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: str | Path, *, keep_mark: bool = False) -> str:
    """Return the text of a file, or of standard input for ``-``, with its line ends as they are.

    Args:
        path: The file.
        keep_mark: Keep the byte-order mark that some editors write first, for writing the text back.

    Raises:
        InputError: It is missing, unreadable, or no UTF-8.
    """
    try:
        data = sys.stdin.buffer.read() if str(path) == STDIN else Path(path).read_bytes()
        return data.decode("utf-8" if keep_mark else "utf-8-sig")
    except UnicodeDecodeError as e:
        utf16 = data.startswith(_UTF16)
        what = "is UTF-16, as PowerShell's > writes it: save it as UTF-8" if utf16 else _place(data, e.start)
        raise InputError(f"{named(path)}: {what}") from None
    except OSError as e:
        raise InputError(f"{named(path)}: cannot be read: {e.strerror or e}") from None


def _place(data: bytes, start: int) -> str:
    line = data.count(b"\n", 0, start) + 1
    return f"is no UTF-8 text (line {line}, byte {start + 1} of the file)"


def named(path: str | Path) -> str:
    """Return a path as errors name it."""
    return "standard input" if str(path) == STDIN else str(path)


def write_text(path: str | Path, text: str, *, folders: bool = False) -> None:
    """Write a finished text to a file, with its line ends as they are: whole, or the file stays as it was.

    Args:
        path: The file; a link is followed, and the file keeps its mode.
        text: What it shall hold.
        folders: Make the folders that lead to it.

    Raises:
        InputError: The file cannot be written.
    """
    data, target = text.encode("utf-8", "surrogateescape"), Path(os.path.realpath(path))
    try:
        if folders:
            target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, data)
    except OSError as e:
        raise InputError(f"{path}: cannot be written: {e.strerror or e}") from None


def _write(target: Path, data: bytes) -> None:
    if not target.is_file() or not os.access(target.parent, os.W_OK):
        target.write_bytes(data)  # it is new, or a device, or stands where no other file can be made
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        shutil.copymode(target, name)
        Path(name).replace(target)
    except BaseException:  # ctrl-C too leaves nothing beside the file
        Path(name).unlink(missing_ok=True)
        raise
