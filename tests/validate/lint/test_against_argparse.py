"""The reader and argparse itself, built from the same tables, agree on any words."""

from __future__ import annotations

import argparse
import json
import random
import re
from functools import cache
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pydynamo_manifests.validate.lint import tables
from pydynamo_manifests.validate.lint.commandline import Token, read

PARSED = {"FLAG-01", "FLAG-11", "FLAG-12", "FLAG-13", "FLAG-14", "FLAG-15", "FLAG-18", "FLAG-19", "FLAG-20"}
MODULES = [
    ("dynamo.trtllm", "1.0"),
    ("dynamo.trtllm", "1.6"),
    ("dynamo.frontend", "0.9"),
    ("dynamo.frontend", "1.6"),
    ("dynamo.mocker", "1.6"),
    ("dynamo.router", "1.6"),
    ("dynamo.sglang", "0.9"),
    ("dynamo.sglang", "1.6"),
    ("dynamo.vllm", "0.9"),
    ("dynamo.vllm", "1.4"),
    ("dynamo.vllm", "1.6"),
]


class Stopped(Exception):  # noqa: N818 - what a parser does, not an error of the test
    pass


class Real(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Stopped(message)


def _type(flag: tables.Flag) -> Any:
    def convert(text: str) -> Any:
        if text in flag.words or (flag.nullable and text == "None"):
            return text
        if flag.suffix and re.fullmatch(r"\d+(?:\.\d+)?[kKmMgGtT]?", text):
            return text
        value: Any = {"int": int, "float": float, "json": json.loads}.get(flag.type, str)(text)
        if flag.choices and text not in (*flag.choices, *flag.extra_choices):
            raise ValueError(text)
        return value

    return convert


@cache
def parsers(module: str, line: str) -> list[tuple[Real, bool]]:
    table = tables.module(module, line)
    assert table
    out = []
    for parser in table.parsers:
        real = Real(allow_abbrev=parser.prefixes, add_help=False)
        real.add_argument("--help", "-h", action="store_true") if parser.name == "own" else None
        flags = {id(f): f for f, _ in parser.spellings.values()}
        for flag in flags.values():
            names = [s for s, (f, negated) in parser.spellings.items() if f is flag and not negated]
            negations = [s for s, (f, negated) in parser.spellings.items() if f is flag and negated]
            if flag.takes == "none":
                real.add_argument(*names, action="store_true", dest=flag.name)
            else:
                many = {"many": "*" if flag.empty_ok else "+", "optional": "?"}
                nargs: Any = flag.count or many.get(flag.takes)
                real.add_argument(
                    *names, nargs=nargs, type=_type(flag), dest=flag.name, required=flag.required
                )
            if negations:
                real.add_argument(*negations, action="store_true", dest="no " + flag.name)
        out.append((real, parser.underscores))
    return out


def starts(module: str, line: str, words: list[str]) -> bool:
    rest = words
    try:
        for real, underscores in parsers(module, line):
            if underscores:
                rest = [_dashed(w) for w in rest]
            _, rest = real.parse_known_args(rest)
    except Stopped:
        return False
    return not rest


def _dashed(word: str) -> str:
    name, sign, value = word.partition("=")
    return name.replace("_", "-") + sign + value if word.startswith("--") else word


def words_of(pick: random.Random, module: str, line: str) -> list[str]:
    table = tables.module(module, line)
    assert table
    spellings = sorted(table.exact)
    values = ["1", "-1", "0.5", "a", "a b", "{}", "", "-x y", "true", "kv", "None", "8k", "{'a'}", "-"]
    out: list[str] = []
    for _ in range(pick.randint(0, 5)):
        spelling = pick.choice(spellings)
        flag, negated = table.exact[spelling]
        if pick.random() < 0.2:
            spelling = spelling[: pick.randint(3, len(spelling))] if len(spelling) > 3 else spelling
        if pick.random() < 0.1:
            spelling = spelling.replace("-", "_").replace("__", "--", 1)
        good = [] if negated or flag.takes == "none" else [fitting(flag)] * max(1, flag.count)
        if pick.random() < 0.25:
            good = [pick.choice(values) for _ in range(pick.randint(0, 2))]
        if good and pick.random() < 0.2:
            first = good[0].replace(
                " ", ""
            )  # a parser that does not know the flag takes "--x=a b" as a value
            out += [f"{spelling}={first}", *good[1:]]
        else:
            out += [spelling, *good]
    return out


def fitting(flag: tables.Flag) -> str:
    number = {"int": "1", "float": "0.5", "json": "{}", "json|str": "{}"}
    return flag.choices[0] if flag.choices else number.get(flag.type, "a")


@pytest.mark.parametrize(("module", "line"), MODULES)
@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9))
def test_they_agree(module: str, line: str, seed: int) -> None:
    words = words_of(random.Random(seed), module, line)  # noqa: S311 - a choice of test data
    found = read(module, line, [Token(w, ()) for w in words], (), {})
    mine = [p for p in found.problems if p.rule in PARSED and not late(p.rule, p.flag, module, line)]
    if any(u.flag.holds for u in found.uses) or any(w.startswith(("--conf", "-O")) for w in words):
        return
    if len(parsers(module, line)) > 1 and any(p.rule == "FLAG-11" for p in mine):
        return  # "--engine-flag --own-flag word": the parsers in a row make one flag's value of it
    assert bool(mine) is not starts(module, line, words), (words, mine)


def late(rule: str, flag: str, module: str, line: str) -> bool:
    """Tell whether a problem is found by what reads the value later, not by the parser."""
    table = tables.module(module, line)
    assert table
    known = table.flags.get(flag)
    return rule == "FLAG-14" and bool(known and (known.config or known.config_later))
