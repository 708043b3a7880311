"""A command line as read: its flags with their values, and what its parsers would refuse.

A line says only what its words say, so that equal words are read once; paths in it begin where its
container stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from pydynamo_manifests.validate.lazy import lazy
from pydynamo_manifests.validate.lint.values import json_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydynamo_manifests.validate.lint.tables import Flag
    from pydynamo_manifests.yaml import Path

__all__ = ["CommandLine", "Problem", "Token", "Use"]

_NONE: Sequence[Use] = ()


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

    @property
    def outdated(self) -> bool:
        """Its flag or spelling works and will go."""
        flag = self.flag
        return flag.effect != "refused" and (flag.deprecated or self.spelling in flag.old_aliases)


@dataclass
class CommandLine:
    """What one command line says, and what its parsers would refuse; whole once it is read."""

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

    @lazy
    def by_name(self) -> dict[str, list[Use]]:
        """The uses of each flag, in order, by its own name and by every spelling that was written."""
        found: dict[str, list[Use]] = {}
        for use in self.uses:
            for name in {use.flag.name, use.spelling}:
                found.setdefault(name, []).append(use)
        return found

    def all(self, *names: str) -> Sequence[Use]:
        """Return every use of some flags, by their own names or any spelling of theirs."""
        if len(names) == 1:
            return self.by_name.get(names[0], _NONE)
        if self.by_name.keys().isdisjoint(names):
            return _NONE
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
        for use in reversed(self.all(*names)):
            if not use.dotted:
                return use.values[0].text if use.values and use.values[0].known else None
        return None

    def number(self, *names: str) -> int | None:
        """Return the whole number of a flag; None when absent or not known."""
        text = self.text(*names)
        return int(text) if text and text.isdecimal() else None

    @lazy
    def _objects(self) -> dict[tuple[str, ...], dict[str, Any]]:
        return {}

    def json(self, *names: str) -> dict[str, Any]:
        """Return the JSON object of a flag, with its dotted parts; empty when absent or not known.

        It is read once, and the caller must not change it.
        """
        value = self._objects.get(names)
        if value is None:
            value = self._objects[names] = dict(json_object(self.text(*names)))
            value.update({u.dotted: u.values[0].text for u in self.all(*names) if u.dotted and u.values})
        return value

    @lazy
    def marks(self) -> frozenset[str]:
        """What rules may look for in it: its module, its flags, ``outdated`` ones, and ``refused``."""
        said = (("outdated", self.outdated), ("refused", self.problems))
        return frozenset((self.module, *self.by_name, *(name for name, there in said if there)))

    @lazy
    def sure(self) -> bool:
        """Every flag of it can be seen: the absence of one means something.

        One mistake should be one finding: of a flag that was not recognised, another may be meant.
        """
        misread = any(problem.rule in ("FLAG-01", "FLAG-18") for problem in self.problems)
        elsewhere = self.module != "dynamo.planner" and bool(self.all("--config"))
        return not self.partial and not misread and not elsewhere

    @lazy
    def outdated(self) -> list[Use]:
        """The uses of flags and spellings that their parser marks as deprecated."""
        return [use for use in self.uses if use.outdated] if self.known else []
