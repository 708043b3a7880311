"""The ``dynamo-manifests`` command: one module per sub-command, imported only as far as it is needed."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, NoReturn

from pydynamo_manifests.cli.commands import COMMANDS
from pydynamo_manifests.cli.streams import guarded, prepare, say
from pydynamo_manifests.errors import DynamoManifestsError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

__all__ = ["build_parser", "main"]

EXIT_OK, EXIT_ERROR = 0, 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise DynamoManifestsError(f"{message} (see '{self.prog} --help')")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Write help; argparse's own would hide that it could not."""
        (file or sys.stderr).write(message)


def build_parser(only: str | None = None) -> argparse.ArgumentParser:
    """Return the parser of every command, or of one: a run needs only its own module."""
    parser = _Parser(
        prog="dynamo-manifests",
        description="NVIDIA Dynamo graphs on Kubernetes: from an intent to checked manifests.",
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    for name, summary in COMMANDS.items():
        if only in (None, name):
            module = _command(name) if only else None
            child = commands.add_parser(
                name,
                help=summary,
                description=module.__doc__ if module else summary,
                formatter_class=argparse.RawDescriptionHelpFormatter,
                epilog=module.EPILOG if module else None,
            )
            if module:
                module.add_arguments(child)
                child.set_defaults(run=module.run)
    return parser


def _command(name: str) -> ModuleType:
    module = name.replace("-", "_") + ("_" if iskeyword(name) else "")
    return import_module(f"pydynamo_manifests.cli.commands.{module}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0 when fine, 1 on findings, 2 when the work could not be done."""
    args = list(sys.argv[1:] if argv is None else argv)
    prepare()
    return guarded(lambda: _told(args))


def _told(args: list[str]) -> int:
    try:
        return _run(args)
    except DynamoManifestsError as e:
        say(e.shell)
        return EXIT_ERROR


def _run(args: list[str]) -> int:
    name = next((a for a in args if not a.startswith("-")), None)
    if name is not None and name not in COMMANDS:
        raise DynamoManifestsError(
            f"no command {name!r}{did_you_mean(name, COMMANDS)} (see 'dynamo-manifests --help')"
        )
    parser = build_parser(only=name) if name else build_parser()
    parsed = parser.parse_args(args)
    if parsed.version:
        from pydynamo_manifests import __version__

        print(f"dynamo-manifests {__version__}")
        return EXIT_OK
    if not parsed.command:
        parser.print_help()
        return EXIT_OK
    return int(parsed.run(parsed))
