"""What several commands read and write: values with setters, files or standard output."""

from __future__ import annotations

import os
import re
import sys
from argparse import ArgumentTypeError
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pydynamo_manifests.errors import DynamoManifestsError, InputError
from pydynamo_manifests.yaml.files import read_text, write_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pydynamo_manifests.values.layers import Layers

__all__ = [
    "about",
    "add_namespace",
    "add_output",
    "add_setters",
    "check_paths",
    "coloured",
    "read_text",
    "values_with_setters",
    "write_output",
]


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


def add_namespace(parser: argparse.ArgumentParser, words: str) -> None:
    """Declare the namespace."""
    parser.add_argument(
        "-n", "--namespace", type=_namespace, default="default", help=f"{words} (default: default)"
    )


def _namespace(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", text):
        raise ArgumentTypeError(
            f"{text!r} is no name of a namespace: up to 63 lower-case letters, digits and inner '-'"
        )
    return text


def check_paths(*paths: str) -> None:
    """Refuse paths that only a variable without a value makes, and reading standard input twice.

    Raises:
        InputError: An empty path, which would mean the current folder, or ``-`` twice.
    """
    if "" in paths:
        raise InputError("an empty path: is a variable not set? The current folder is .")
    if paths.count("-") > 1:
        raise InputError("standard input (-) can be read once")


def add_output(parser: argparse.ArgumentParser) -> None:
    """Declare the output file."""
    parser.add_argument("-o", "--output", metavar="FILE", help="write to FILE instead of standard output")


def values_with_setters(args: argparse.Namespace) -> Layers:
    """Return the values files of a command line merged, with its setters applied."""
    from pydynamo_manifests.values.layers import read_layers

    return read_layers(args.values, set_=args.set_, set_string=args.set_string, set_json=args.set_json)


@contextmanager
def about(source: str) -> Iterator[None]:
    """Name the file in errors of what was read from it, where they do not.

    Raises:
        InputError: In place of an error that is raised inside.
    """
    try:
        yield
    except DynamoManifestsError as e:
        if source in e.shell:
            raise
        raise InputError(f"{source}: {e.shell.strip()}") from None


def coloured(output: str | None) -> bool:
    """Tell whether somebody sees colours where output goes, and wants them (https://no-color.org)."""
    return output in (None, "-") and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def write_output(text: str, output: str | None) -> None:
    """Write finished text; nothing was written before, so an error has left the file as it was.

    Raises:
        InputError: The file cannot be written.
    """
    if output in (None, "-"):
        sys.stdout.write(text)
    elif not output:
        raise InputError("-o '': an empty file name")
    else:
        write_text(str(output), text)
