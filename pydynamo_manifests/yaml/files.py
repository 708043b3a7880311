"""Texts from files and standard input, and back: UTF-8, whatever the machine's locale."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path

from pydynamo_manifests.errors import InputError

__all__ = ["STDIN", "read_text", "write_text"]

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
        raise InputError(f"{_named(path)}: {what}") from None
    except OSError as e:
        raise InputError(f"{_named(path)}: cannot be read: {e.strerror or e}") from None


def _place(data: bytes, start: int) -> str:
    line = data.count(b"\n", 0, start) + 1
    return f"is no UTF-8 text (line {line}, byte {start + 1} of the file)"


def _named(path: str | Path) -> str:
    return "standard input" if str(path) == STDIN else str(path)


def write_text(path: str | Path, text: str, *, folders: bool = False) -> None:
    """Write a finished text to a file, with its line ends as they are.

    Args:
        path: The file.
        text: What it shall hold.
        folders: Make the folders that lead to it.

    Raises:
        InputError: The file cannot be written.
    """
    try:
        if folders:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(text.encode("utf-8", "surrogateescape"))
    except OSError as e:
        raise InputError(f"{path}: cannot be written: {e.strerror or e}") from None
