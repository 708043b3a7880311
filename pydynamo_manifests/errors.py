"""The one error tree of the library: bad input is an exception, a finding is data."""

from __future__ import annotations

import difflib
import re
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "CombinationError",
    "ConversionError",
    "DynamoManifestsError",
    "InputError",
    "UnknownNameError",
    "YamlError",
    "arguments_named",
    "did_you_mean",
]


class DynamoManifestsError(Exception):
    """Root of every error that this library raises on purpose; the CLI prints it and exits 2."""

    _shell: str | None = None

    @property
    def shell(self) -> str:
        """The message with options as a shell writes them (``--decode-gpus 4``), for the command line."""
        return str(self) if self._shell is None else self._shell


class InputError(DynamoManifestsError):
    """A file or value that cannot be used: missing, unreadable, of the wrong kind or shape."""


class YamlError(InputError):
    """YAML that does not parse, has equal keys, or is too deep; says file, line and column (1-based)."""

    def __init__(self, source: str, line: int, column: int, problem: str) -> None:
        super().__init__(f"{source}:{line}:{column}: {problem}")
        self.source = source
        self.line = line
        self.column = column
        self.problem = problem


class UnknownNameError(InputError):
    """A name out of a closed list that is not in it; the message carries the nearest names."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        known = list(known)
        hint = did_you_mean(name, known) or f"; known: {', '.join(known)}"
        super().__init__(f"unknown {what} {name!r}{hint}")
        self.name = name


class CombinationError(DynamoManifestsError):
    """Choices that exist each, but not together (a pattern that a release does not support)."""


class ConversionError(DynamoManifestsError):
    """An object that cannot be converted between API versions; the object is left untouched."""


def did_you_mean(name: str, known: Iterable[str], limit: int = 3) -> str:
    """Return ``"; did you mean 'a' or 'b'?"`` for the nearest names, or ``""`` when none is near."""
    near = _nearest(name.lower(), tuple(known), limit)
    if not near:
        return ""
    quoted = [f"{n!r}" for n in near]
    return "; did you mean " + (", ".join(quoted[:-1]) + " or " if quoted[1:] else "") + quoted[-1] + "?"


@lru_cache(maxsize=4096)
def _nearest(name: str, known: tuple[str, ...], limit: int) -> list[str]:
    lowered = {k.lower(): k for k in known}
    return [lowered[n] for n in difflib.get_close_matches(name, lowered, limit, 0.6)]


@contextmanager
def arguments_named(names: Iterable[str]) -> Iterator[None]:
    """Name arguments where an error names options: ``decode=Sizes(gpus=4)`` for ``--decode-gpus 4``.

    Messages are written once, with options; what a Python caller meets goes through here, and ``shell``
    keeps the words of the command line.

    Args:
        names: Fields that are options; other options stay as they are.
    """
    try:
        yield
    except DynamoManifestsError as e:
        if e._shell is None and e.args:  # noqa: SLF001 - of this module
            e._shell = str(e)  # noqa: SLF001 - the same
            e.args = (_with_arguments(str(e), frozenset(names)), *e.args[1:])
        raise


_OPTION = re.compile(
    r"""(?<![\w-])--(?P<role>prefill-|decode-)?(?P<name>[a-z][a-z0-9-]*)
        (?:[ ](?P<value>-?\d[\d.]*\b|True|False|'[^']*'|https?://[^\s,]+|[\w.-]+/[\w.-]+|[A-Z]{2,}\b))?""",
    re.VERBOSE,
)
_TEXTS = frozenset({"dynamo", "image_tag", "revision", "served_name"})


def _with_arguments(message: str, names: frozenset[str]) -> str:
    def argument(found: re.Match[str]) -> str:
        whole, role, name = found[0], found["role"], found["name"].replace("-", "_")
        if name not in names:
            return whole
        value = found["value"]
        if value and (name in _TEXTS or "/" in value) and not value.startswith("'"):
            value = repr(value)
        if role:
            return f"{role[:-1]}=Sizes({name}={value or '...'})"
        return f"{name}={value}" if value else name

    text = _OPTION.sub(argument, message)
    text = re.sub(r"\) (?:prefill|decode)=Sizes\(", ", ", text)
    return re.sub(r"(=[^\s,]+) (?=\w+=)", r"\1, ", text)
