"""The flags that each release's parsers know, loaded one module at a time.

Each file of ``data/flags`` is one parser (``dynamo.vllm``, ``vllm``, ...) over all releases; a table here
is what one module of one release line (``1.6``) accepts, parser by parser in the order they run.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = [
    "LINES",
    "Flag",
    "Module",
    "Parser",
    "config",
    "extended",
    "history",
    "knows",
    "module",
    "variables",
]

LINES: tuple[str, ...] = ("0.6", "0.7", "0.8", "0.9", "1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6")
"""The release lines whose parsers were read; patch releases of a line parse alike."""

_ABOUT_MODULES = frozenset({"modules", "configs"})
"""Tables beside those of flags: no module has such a name."""

_AT = {line: index for index, line in enumerate(LINES)}


@dataclass(slots=True)
class Flag:
    """One option of a parser; ``name`` is its first long spelling."""

    name: str
    takes: str = "one"
    """``one``, ``none`` (a switch), ``many`` or ``optional``."""
    count: int = 0
    """Exact number of values, 0 when it is not fixed."""
    empty_ok: bool = False
    append: bool = False
    aliases: tuple[str, ...] = ()
    old_aliases: tuple[str, ...] = ()
    negatable: bool = False
    type: str = "str"
    suffix: bool = False
    words: tuple[str, ...] = ()
    nullable: bool = False
    choices: tuple[str, ...] = ()
    choices_count: int = 0
    extra_choices: tuple[str, ...] = ()
    known_values: tuple[str, ...] = ()
    config: str = ""
    config_later: str = ""
    holds: str = ""
    env: str = ""
    env_old: str = ""
    deprecated: bool = False
    use: str = ""
    removed_in: str = ""
    effect: str = ""
    required: bool = False
    stage: str = ""


@dataclass(slots=True)
class Parser:
    """One parser: every spelling it takes, with the flag and whether the spelling negates it."""

    name: str
    spellings: dict[str, tuple[Flag, bool]]
    prefixes: bool = True
    """It completes unique prefixes, as argparse does unless told otherwise."""
    underscores: bool = False
    """It reads ``_`` as ``-``, as vLLM's does."""
    order: list[str] = field(default_factory=list)
    required: frozenset[str] = frozenset()
    """Names of the flags without which it stops."""

    def __post_init__(self) -> None:
        """Sort the spellings once, for the search by prefix."""
        self.order = sorted(self.spellings)
        self.required = frozenset(flag.name for flag, _ in self.spellings.values() if flag.required)

    def starting(self, prefix: str) -> list[str]:
        """Return every spelling that begins with a prefix."""
        found = []
        for spelling in self.order[bisect_left(self.order, prefix) :]:
            if not spelling.startswith(prefix):
                break
            found.append(spelling)
        return found


@dataclass(slots=True)
class Module:
    """What one module of one release line accepts."""

    name: str
    line: str
    parsers: list[Parser]
    open: bool = False
    """It passes on flags that no table holds: an unknown one proves nothing."""
    dotted: str = ""
    """Prefix of free ``--prefix.path value`` pairs, or ``""``."""
    added: dict[str, list[Parser]] = field(default_factory=dict)
    """Parsers that a flag adds, by ``--flag=value``."""

    exact: dict[str, tuple[Flag, bool]] = field(default_factory=dict)
    """Every spelling of every parser; the first parser that has one takes it."""
    underscores: bool = False
    """One of its parsers is vLLM's."""

    def __post_init__(self) -> None:
        """Join the parsers' spellings once."""
        for parser in reversed(self.parsers):
            self.exact |= parser.spellings
        self.underscores = any(parser.underscores for parser in self.parsers)

    @property
    def flags(self) -> dict[str, Flag]:
        """Every flag by its own name."""
        return {flag.name: flag for flag, _ in self.exact.values()}


@lru_cache(maxsize=64)
def _raw(scope: str) -> dict[str, Any]:
    path = _scopes().get(scope)  # a manifest names its module as it likes: it never becomes a path
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path else {}
    data.pop("", None)
    return data


def _flags(scope: str) -> dict[str, Any]:
    return {} if scope in _ABOUT_MODULES else _raw(scope)


@cache
def _scopes() -> dict[str, Traversable]:
    folder = files("pydynamo_manifests").joinpath("data", "flags")
    return {file.name.removesuffix(".json"): file for file in folder.iterdir()}


def knows(line: str) -> bool:
    """Tell whether the parsers of a release line were read."""
    return line in _AT


def _entry(runs: list[list[Any]], at: int) -> Any:
    return next((entry for first, last, entry in runs if _AT[first] <= at <= _AT[last]), None)


def _flag(name: str, entry: dict[str, Any]) -> Flag:
    words: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in entry.items()}
    return Flag(name, **words)


def _spellings(flags: list[Flag]) -> dict[str, tuple[Flag, bool]]:
    found = {}
    for flag in flags:
        for spelling in (flag.name, *flag.aliases):
            found[spelling] = (flag, False)
            if flag.negatable and spelling.startswith("--"):
                found[f"--no-{spelling[2:]}"] = (flag, True)
    return found


@lru_cache(maxsize=256)
def _scope(scope: str, line: str) -> tuple[Flag, ...]:
    at = _AT[line]
    entries = ((name, _entry(runs, at)) for name, runs in _flags(scope).items())
    return tuple(_flag(name, entry) for name, entry in entries if entry is not None)


@lru_cache(maxsize=256)
def module(name: str, line: str) -> Module | None:
    """Return what a module of a release line accepts; None where the release has no such module."""
    facts = _raw("modules").get(line, {}).get(name)
    if facts is None:
        return None
    made = Module(name, line, _parsers(name, line, facts), bool(facts.get("open")), facts.get("dotted", ""))
    for condition, extra in facts.get("if", {}).items():
        flags = [_flag(flag, entry) for flag, entry in extra["flags"].items()]
        flags += [flag for scope in extra["scopes"] for flag in _scope(scope, line)]
        vllm = "vllm" in extra["scopes"]
        made.added[condition] = [Parser(condition, _spellings(flags), underscores=vllm)]
    return made


@lru_cache(maxsize=64)
def extended(name: str, line: str, condition: str | None) -> Module | None:
    """Return a module with the parsers that a flag brings in (``--dyn-chat-processor=vllm``).

    Args:
        name: The module.
        line: Release line.
        condition: Flag and value; None where the value is not known, so that any flag may be right.
    """
    made = module(name, line)
    if made is None or (condition is not None and condition not in made.added):
        return made
    added = made.added.get(condition or "", [])
    return Module(name, line, [*made.parsers, *added], made.open or condition is None, made.dotted)


def _parsers(name: str, line: str, facts: dict[str, Any]) -> list[Parser]:
    engine, exact = facts.get("engine", ""), facts.get("exact", [])
    own = _scope(name, line)
    rest = list(_scope(engine, line)) if engine else []
    if facts.get("one_parser"):
        return [Parser("own", _spellings([*own, *rest]), underscores=engine == "vllm")]
    stages = {
        "own": [f for f in own if not f.stage],
        "router": [f for f in own if f.stage == "router"],
        engine: rest,
    }
    return [
        Parser(stage, _spellings(flags), stage not in exact, stage == "vllm")
        for stage, flags in stages.items()
        if flags
    ]


@lru_cache(maxsize=512)
def config(name: str, line: str) -> dict[str, Any] | None:
    """Return keys, strictness, nested keys and methods of a JSON-valued vLLM flag's class."""
    runs = _raw("configs").get(name)
    found: dict[str, Any] | None = _entry(runs, _AT[line]) if runs and line in _AT else None
    return found


def history(name: str, spelling: str) -> list[tuple[str, str]]:
    """Return the stretches of release lines in which a module (or its engine) took a spelling."""
    engine = {"dynamo.vllm": "vllm", "dynamo.sglang": "sglang"}.get(name)
    stretches = []
    for scope in (name, *([engine] if engine else [])):
        for flag, runs in _flags(scope).items():
            for first, last, entry in runs:
                if spelling in _all_spellings(flag, entry):
                    stretches.append((first, last))
    return _joined(sorted(stretches, key=lambda stretch: _AT[stretch[0]]))


@lru_cache(maxsize=64)
def variables(name: str) -> frozenset[str]:
    """Return every variable that a module reads for one of its flags, in any release."""
    entries = [entry for runs in _flags(name).values() for _, _, entry in runs]
    return frozenset(entry[key] for entry in entries for key in ("env", "env_old") if key in entry)


def _all_spellings(flag: str, entry: dict[str, Any]) -> set[str]:
    names = {flag, *entry.get("aliases", ())}
    return names | (
        {f"--no-{n[2:]}" for n in names if n.startswith("--")} if entry.get("negatable") else set()
    )


def _joined(stretches: list[tuple[str, str]]) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for first, last in stretches:
        if out and _AT[first] <= _AT[out[-1][1]] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], last, key=_AT.__getitem__))
        else:
            out.append((first, last))
    return out
