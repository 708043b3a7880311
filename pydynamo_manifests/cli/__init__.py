"""The ``dynamo-manifests`` command: one module per sub-command, imported only as far as it is needed."""

from __future__ import annotations

import argparse
import re
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


EPILOG = """examples:
  dynamo-manifests generate --backend vllm --pattern disagg-router --model Qwen/Qwen3-32B -o values.yaml
  dynamo-manifests validate values.yaml
  dynamo-manifests render values.yaml --name qwen -n team-a | kubectl apply --server-side -f -
  dynamo-manifests COMMAND --help

exits with 0 when all is well, 1 on findings or differences, 2 when it could not do its work,
130 after ctrl-C, 141 when the reader of its output went away
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        for ours, theirs in _WORDS.items():
            message = message.replace(ours, theirs)
        raise DynamoManifestsError(f"{message}{_near_choice(message)} (see '{self.prog} --help')")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Write help; argparse's own would hide that it could not."""
        (file or sys.stderr).write(message)


_WORDS = {
    "invalid int value:": "a whole number, not",
    "invalid float value:": "a number, not",
    "the following arguments are required:": "missing:",
}
"""Python's words for what was typed, and ours."""


def _near_choice(message: str) -> str:
    found = re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)", message)
    return did_you_mean(found[1], re.findall(r"'([^']*)'", found[2])) if found else ""


def build_parser(only: str | None = None) -> argparse.ArgumentParser:
    """Return the parser of every command, or of one: a run needs only its own module."""
    parser = _Parser(
        prog="dynamo-manifests",
        description="NVIDIA Dynamo graphs on Kubernetes: from an intent to checked manifests.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=EPILOG,
        allow_abbrev=False,
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
                allow_abbrev=False,
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
    if args[:1] == ["help"]:
        args = [*args[1:2], "--help"]
    name = _command_name(args)
    parser = build_parser(only=name) if name else build_parser()
    parsed, unknown = parser.parse_known_args(args)
    if unknown:
        raise DynamoManifestsError(_unknown(unknown, parser, name))
    if parsed.version:
        from pydynamo_manifests import __version__

        print(f"dynamo-manifests {__version__}")
        return EXIT_OK
    if not parsed.command:
        parser.print_help()
        return EXIT_OK
    return int(parsed.run(parsed))


def _command_name(args: list[str]) -> str | None:
    name = next((a for a in args if not a.startswith("-")), None)
    if name is None:
        return None
    if args[0] != name and args[0] not in ("-h", "--help", "--version"):
        known = next((a for a in args if a in COMMANDS), "COMMAND")
        raise DynamoManifestsError(
            f"{args[0]} stands before the command; write dynamo-manifests {known} {args[0]} ..."
        )
    if name not in COMMANDS:
        raise DynamoManifestsError(
            f"no command {name!r}{did_you_mean(name, COMMANDS)} (see 'dynamo-manifests --help')"
        )
    return name


def _unknown(words: list[str], parser: argparse.ArgumentParser, name: str | None) -> str:
    where = f"dynamo-manifests {name}" if name else "dynamo-manifests"
    option = next((w.partition("=")[0] for w in words if w.startswith("-") and w != "--"), None)
    if option is None:
        return f"{words[0]!r} is one argument too many (see '{where} --help')"
    known = [o for p in (parser, *_children(parser)) for a in p._actions for o in a.option_strings]  # noqa: SLF001 - argparse has no public way to list options
    dashed = f"--{option.lstrip('-')}"
    near = f"; did you mean '{dashed}'?" if dashed in known else did_you_mean(dashed, known)
    return f"no option {option!r}{near} (see '{where} --help')"


def _children(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    groups = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]  # noqa: SLF001 - the same
    return [child for group in groups for child in group.choices.values()]
