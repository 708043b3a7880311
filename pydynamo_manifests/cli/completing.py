"""What a shell may offer at each place of a command line, read from the commands' own parsers."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Command", "Place", "commands"]

_FILES = frozenset({"FILE", "DIR", "PATH", "VALUES", "OLD", "NEW"})
"""Words of metavars that stand for something in the file system."""


@dataclass(frozen=True)
class Place:
    """An option or a positional argument."""

    names: tuple[str, ...]
    """The spellings of an option; none of a positional argument."""
    help: str
    takes: bool
    """It is followed by a value, or is one."""
    choices: tuple[str, ...] = ()
    """The closed list of its values, if it has one."""
    files: bool = False
    repeats: bool = False


@dataclass(frozen=True)
class Command:
    """A command with its places."""

    name: str
    summary: str
    options: tuple[Place, ...]
    positionals: tuple[Place, ...]


def commands() -> Iterator[Command]:
    """Yield every command in the order of ``--help``."""
    from pydynamo_manifests.cli import build_parser
    from pydynamo_manifests.cli.commands import COMMANDS

    for name, summary in COMMANDS.items():
        group = next(a for a in build_parser(only=name)._actions if isinstance(a, argparse._SubParsersAction))  # noqa: SLF001 - argparse has no public way to list options
        places = [_place(name, action) for action in group.choices[name]._actions]  # noqa: SLF001 - the same
        options = tuple(p for p in places if p.names)
        yield Command(name, summary, options, tuple(p for p in places if not p.names))


def _place(command: str, action: argparse.Action) -> Place:
    metavar = " ".join(action.metavar) if isinstance(action.metavar, tuple) else action.metavar or ""
    return Place(
        tuple(action.option_strings),
        (action.help or "").replace("%(default)s", str(action.default)).replace("%%", "%"),
        action.nargs != 0,
        _choices(command, action),
        bool(_FILES & set(metavar.split("|"))),
        action.nargs in ("*", "+"),
    )


def _choices(command: str, action: argparse.Action) -> tuple[str, ...]:
    if action.choices:
        return tuple(map(str, action.choices))
    name = action.option_strings[-1] if action.option_strings else action.dest
    listed = _LISTS.get(f"{command} {name}") or _LISTS.get(name)
    return tuple(listed()) if listed else ()


def _backends() -> list[str]:
    from pydynamo_manifests.backends import BACKENDS

    return [*BACKENDS, "auto"]


def _patterns() -> list[str]:
    from pydynamo_manifests.patterns import PATTERNS

    return list(PATTERNS)


def _releases() -> list[str]:
    from pydynamo_manifests.releases import RELEASES

    return sorted({name for r in RELEASES if not r.hidden for name in (r.line, r.version)}, key=_order)


def _order(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _api_versions() -> list[str]:
    return ["nvidia.com/v1alpha1", "nvidia.com/v1beta1"]


def _minors() -> tuple[str, ...]:
    from pydynamo_manifests.api.kubernetes import minors

    return minors()


def _codes() -> list[str]:
    from pydynamo_manifests.validate.registry import known_codes

    return sorted(known_codes())


def _kinds() -> list[str]:
    from pydynamo_manifests.api.registry import KINDS

    return list(KINDS)


def _skus() -> tuple[str, ...]:
    from pydynamo_manifests.releases import newest
    from pydynamo_manifests.requests.hardware import skus_at

    return skus_at(newest())


def _charts() -> tuple[str, ...]:
    from pydynamo_manifests.charts import CHARTS

    return CHARTS


def _searches() -> tuple[str, ...]:
    from pydynamo_manifests.requests.intent import SEARCHES

    return SEARCHES


_LISTS: dict[str, Callable[[], list[str] | tuple[str, ...]]] = {
    "--backend": _backends,
    "--pattern": _patterns,
    "--dynamo": _releases,
    "--api-version": _api_versions,
    "--pull-policy": lambda: ["Always", "IfNotPresent", "Never"],
    "--gpu": _skus,
    "--search": _searches,
    "--kubernetes": _minors,
    "--ignore": _codes,
    "--kind": _kinds,
    "charts --path": _charts,
    "convert --to": _api_versions,
    "upgrade --from": _releases,
    "upgrade --to": _releases,
    "releases release": _releases,
    "explain what": _codes,
}
"""Closed lists that a parser does not check itself, because the library does, with the nearest names."""
