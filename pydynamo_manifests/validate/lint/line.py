"""A command line as read: its flags with their values, and what its parsers would refuse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pydynamo_manifests.validate.lint.tables import Flag
    from pydynamo_manifests.yaml import Path

__all__ = ["CommandLine", "Problem", "Token", "Use"]


class Token(NamedTuple):
    """One argument, where it stands, and what is known of it."""

    text: str
    path: Path
    known: bool = True
    many: bool = False


class Problem(NamedTuple):
    """Something a parser would refuse (or, as a warning, that works otherwise than written)."""

    rule: str
    path: Path
    message: str
    hint: str = ""
    severity: str = ""
    flag: str = ""


@dataclass(slots=True)
class Use:
    """A flag on the line, with its values."""

    flag: Flag
    spelling: str
    path: Path
    values: list[Token]
    negated: bool = False
    exact: bool = True
    joined: bool = False
    """The value was written with ``=``."""
    dotted: str = ""
    """The part after the first dot of a dotted JSON flag."""


@dataclass(slots=True)
class CommandLine:
    """What one command line says, and what its parsers would refuse."""

    module: str
    line: str
    tokens: list[Token]
    path: Path
    shell: bool = False
    known: bool = True
    """The parsers of this release and module were read."""
    uses: list[Use] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    partial: bool = False
    """A part of it is computed by a shell: absence of a flag proves nothing."""
    words: set[str] = field(default_factory=set)
    """Names and spellings of every flag on the line."""

    def all(self, *names: str) -> list[Use]:
        """Return every use of some flags, by their own names or any spelling of theirs."""
        if self.words.isdisjoint(names):
            return []
        return [u for u in self.uses if u.flag.name in names or u.spelling in names]

    def last(self, *names: str) -> Use | None:
        """Return the use that wins."""
        found = self.all(*names)
        return found[-1] if found else None

    def has(self, *names: str) -> bool:
        """Tell whether a flag is given, and not as its negation."""
        use = self.last(*names)
        return use is not None and not use.negated

    def text(self, *names: str) -> str | None:
        """Return the value of the use that wins; None when it is absent or not known."""
        found = [use for use in self.all(*names) if not use.dotted]
        use = found[-1] if found else None
        return use.values[0].text if use and use.values and use.values[0].known else None
