"""A command line of a Dynamo module, read as its own parsers read it.

The parsers are argparse's, one or several in a row: each takes what it knows and leaves the rest to the
next. :func:`read` models what they tolerate (unique prefixes, ``_`` for ``-`` in vLLM's, dotted JSON flags)
and returns the flags with their values, and every problem that would stop the start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.validate.lint import tables
from pydynamo_manifests.validate.lint.line import CommandLine, Problem, Token, Use
from pydynamo_manifests.validate.lint.reader import Reader
from pydynamo_manifests.validate.lint.tables import Module

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydynamo_manifests.yaml import Path

__all__ = ["CommandLine", "Problem", "Token", "Use", "read"]


def read(
    module: str, line: str, tokens: Sequence[Token], path: Path, environment: Mapping[str, str | None]
) -> CommandLine:
    """Read the arguments of one module as the parsers of a release line do.

    Args:
        module: Such as ``dynamo.vllm``.
        line: Release line such as ``1.6``; of one that was not read, flags are taken as they are written.
        tokens: The arguments after the module's name.
        path: Where the command stands.
        environment: Variables by name, for flags that another flag's default brings in.
    """
    out = CommandLine(module, line, list(tokens), path)
    table = tables.module(module, line) if tables.knows(line) else None
    if table is None:
        out.known = False
        newest = tables.module(module, tables.LINES[-1]) or tables.module(module, "0.9")
        table = newest or Module(module, line, [], open=True)
    table = _extended(table, tokens, environment)
    Reader(out, table).read()
    if out.known:
        out.problems += [*_missing(out, table), *_repeated(out)]
    else:
        out.problems.clear()
    return out


def _extended(table: Module, tokens: Sequence[Token], environment: Mapping[str, str | None]) -> Module:
    """Add the parsers that ``--dyn-chat-processor`` brings into a frontend."""
    if not table.added:
        return table
    chosen = environment.get("DYN_CHAT_PROCESSOR", "")
    for token, following in zip(tokens, [*tokens[1:], None], strict=False):
        name, joined, value = token.text.partition("=")
        if name == "--dyn-chat-processor":
            chosen = value if joined else (following.text if following and following.known else None)
    condition = None if chosen is None else f"--dyn-chat-processor={chosen}"
    return tables.extended(table.name, table.line, condition) or table


def _missing(out: CommandLine, table: Module) -> Iterator[Problem]:
    """Yield the flags without which a parser stops."""
    given = {use.flag.name for use in out.uses}
    if out.partial or table.open or given & {"--config", "--help"}:
        return
    for name in sorted({name for parser in table.parsers for name in parser.required} - given):
        message = f"{out.module} needs {name}: the start fails"
        yield Problem("FLAG-20", out.path, message, f"add {name}", flag=name)


def _repeated(out: CommandLine) -> Iterator[Problem]:
    """Yield the flags whose earlier value is lost."""
    seen: set[str] = set()
    for use in out.uses:
        name = use.flag.name
        if use.flag.append or use.dotted:
            continue
        if name in seen and not use.negated:
            message = f"{use.spelling} is given twice; the last one wins"
            yield Problem("FLAG-16", use.path, message, "keep one of them", "warning", name)
        seen.add(name)
