"""The Dynamo command lines of a container, each distinct command read once.

The components of a fleet start alike: what a command says is remembered by its words, and its paths begin
where the container stands.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pydynamo_manifests.validate.lint import commandline
from pydynamo_manifests.validate.lint.start import starts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydynamo_manifests.validate.graph import Container
    from pydynamo_manifests.validate.lint.commandline import CommandLine
    from pydynamo_manifests.validate.lint.start import Start

__all__ = ["command_lines"]

_REMEMBERED = 2048
"""Commands whose reading is kept: about 10 KB each."""
_LONG = 16_384
"""Letters of a command that is not kept."""
_ENTRY = "DYN_CHAT_PROCESSOR"
"""The one variable that changes which flags there are."""

Words = tuple[str, ...]
Variables = tuple[tuple[str, "str | None"], ...]


def command_lines(container: Container, default: Words, tables: Words) -> Sequence[CommandLine]:
    """Return every Dynamo command line of a container, shared by all that start alike.

    Args:
        container: The container.
        default: Command that the operator gives it when it has none.
        tables: Release lines whose parsers may be meant; the one that has the least against a line counts.
    """
    command, args = tuple(container.command), tuple(container.args)
    if not command and not args:
        return ()
    text = "\0".join((*command, *args))
    read = _remembered if len(text) < _LONG else _read
    return read(command, args, _variables(container, everything="$" in text), default, tables)


def _variables(container: Container, *, everything: bool) -> Variables:
    """Return the variables that a command may refer to."""
    if everything:
        return tuple((name, variable.value) for name, variable in container.env.items())
    return ((_ENTRY, container.value(_ENTRY)),) if _ENTRY in container.env else ()


def _read(
    command: Words, args: Words, variables: Variables, default: Words, tables: Words
) -> tuple[CommandLine, ...]:
    environment = dict(variables)
    found = starts(command, args, environment, default)
    return tuple(_best(start, environment, tables) for start in found)


_remembered = lru_cache(maxsize=_REMEMBERED)(_read)


def _best(start: Start, environment: dict[str, str | None], tables: Words) -> CommandLine:
    best: CommandLine | None = None
    for line in tables:
        read = commandline.read(start.module, line, start.arguments, start.path, environment)
        read.shell = start.shell
        if best is None or len(read.problems) < len(best.problems):
            best = read
        if not best.problems:
            break
    assert best is not None  # noqa: S101 - there is always a line
    return best
