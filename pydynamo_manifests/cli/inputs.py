"""What several commands read and write: values with setters, files or standard output."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pydynamo_manifests.yaml.files import read_text, write_text

if TYPE_CHECKING:
    import argparse

    from pydynamo_manifests.values.layers import Layers

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


def values_with_setters(args: argparse.Namespace) -> Layers:
    """Return the values files of a command line merged, with its setters applied."""
    from pydynamo_manifests.values.layers import read_layers

    return read_layers(args.values, set_=args.set_, set_string=args.set_string, set_json=args.set_json)


def write_output(text: str, output: str | None) -> None:
    """Write finished text; nothing was written before, so an error has left the file as it was.

    Raises:
        InputError: The file cannot be written.
    """
    if output in (None, "-"):
        sys.stdout.write(text)
    else:
        write_text(str(output), text)
