"""Which flag a spelling means to the parsers of a module, one after the other."""

from __future__ import annotations

import re
from typing import NamedTuple

from pydynamo_manifests.validate.lint import tables
from pydynamo_manifests.validate.lint.tables import Flag, Module, Parser

__all__ = ["Meaning", "ambiguous", "meaning", "spelled"]

_LEVEL = re.compile(r"-O(\d|=\d)?")
_CONFIG_FILE = Flag("--config")
_HELP = Flag("--help", takes="none")


class Meaning(NamedTuple):
    """The flag that a spelling means."""

    flag: Flag
    negated: bool = False
    exact: bool = True
    """It is written in full, not as an abbreviation."""


def meaning(table: Module, name: str, *, cut: bool) -> Meaning | None:
    """Return what a spelling means; None when no parser knows it, or it may mean several flags.

    Args:
        table: The module's parsers.
        name: The spelling, without ``=`` and what follows.
        cut: It was cut before ``=``: argparse completes no short flag there.
    """
    for parser in table.parsers:
        hit = parser.spellings.get(spelled(parser, name))
        if hit:
            return Meaning(*hit)
    special = _special(table, name)
    if special:
        return Meaning(special)
    for parser in table.parsers:
        near = _completed(parser, name, cut=cut)
        if len(near) == 1:
            return Meaning(*parser.spellings[near[0]], exact=False)
        if near and not tables.history(table.name, name):
            return None
    return None


def ambiguous(table: Module, name: str, *, cut: bool) -> list[str]:
    """Return the spellings that an abbreviation without meaning may stand for."""
    for parser in table.parsers:
        near = _completed(parser, name, cut=cut)
        if near and not tables.history(table.name, name):
            return near
    return []


def spelled(parser: Parser, name: str) -> str:
    """Return a spelling as a parser looks it up."""
    return name[:2] + name[2:].replace("_", "-") if parser.underscores and name.startswith("--") else name


def _completed(parser: Parser, name: str, *, cut: bool) -> list[str]:
    short = not name.startswith("--") and cut
    return parser.starting(spelled(parser, name)) if parser.prefixes and not short else []


def _special(table: Module, name: str) -> Flag | None:
    """Return a flag that is handled before or beside the tables."""
    if name in ("--help", "-h"):
        return _HELP
    if not table.underscores:
        return None
    if name == "--config":
        return _CONFIG_FILE
    if _LEVEL.fullmatch(name):
        return Flag("--optimization-level", takes="one" if name == "-O" else "none")
    return None
