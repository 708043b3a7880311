"""What several commands read and write: values with setters, files or standard output."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError

if TYPE_CHECKING:
    import argparse

__all__ = ["add_output", "add_setters", "read_text", "values_with_setters", "write_output"]


def add_setters(parser: argparse.ArgumentParser) -> None:
    """Declare Helm's three ways to change one value."""
    for flag, dest, what in (
        ("--set", "set_", "typed as Helm does"),
        ("--set-string", "set_string", "always text"),
        ("--set-json", "set_json", "JSON"),
    ):
        parser.add_argument(
            flag, dest=dest, action="append", default=[], metavar="KEY=VALUE", help=f"one value, {what}"
        )


def add_output(parser: argparse.ArgumentParser) -> None:
    """Declare the output file."""
    parser.add_argument("-o", "--output", metavar="FILE", help="write to FILE instead of standard output")


def read_text(path: str) -> str:
    """Return the text of a file, or of standard input for ``-``.

    Raises:
        InputError: The file is missing, unreadable, or not UTF-8.
    """
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise InputError(f"{path}: cannot be read: {getattr(e, 'strerror', None) or e}") from None


def values_with_setters(args: argparse.Namespace) -> dict[str, Any]:
    """Return the values files of a command line merged, with its setters applied."""
    from pydynamo_manifests.values import apply_setters, read_values

    merged = read_values(args.values)
    return apply_setters(merged, set_=args.set_, set_string=args.set_string, set_json=args.set_json)


def write_output(text: str, output: str | None) -> None:
    """Write finished text; nothing was written before, so an error has left the file as it was.

    Raises:
        InputError: The file cannot be written.
    """
    if output in (None, "-"):
        sys.stdout.write(text)
        return
    try:
        Path(str(output)).write_text(text, encoding="utf-8")
    except OSError as e:
        raise InputError(f"{output}: cannot be written: {e.strerror}") from None
