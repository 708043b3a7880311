"""Shell lines are read as a shell reads them, and what only a shell can know stays unknown."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pydynamo_manifests.validate.lint.shell import Word, commands

ENV = {"MODEL": "Qwen/Qwen3-0.6B", "FLAGS": "--a 1 --b", "SECRET": None, "EMPTY": ""}


def read(script: str) -> list[list[str]]:
    return [[w.text for w in words] for words in commands(script, ENV)]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a b", [["a", "b"]]),
        ("a 'b c' \"d e\"", [["a", "b c", "d e"]]),
        ("a; b && c || d | e & f\ng", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"], ["g"]]),
        ("a \\\n  --b \\\n  c", [["a", "--b", "c"]]),
        ("a\\\nb", [["ab"]]),
        ("a \\ --b", [["a", " --b"]]),
        ("a # b\nc", [["a"], ["c"]]),
        ("a b#c", [["a", "b#c"]]),
        ("a > log 2>&1", [["a"]]),
        ("a >>log b 2>/dev/null c", [["a", "b", "c"]]),
        ("a $MODEL ${MODEL} x-$MODEL", [["a", ENV["MODEL"], ENV["MODEL"], f"x-{ENV['MODEL']}"]]),
        ("a '$MODEL' \"$MODEL\" \\$MODEL", [["a", "$MODEL", ENV["MODEL"], "$MODEL"]]),
        ("a $FLAGS", [["a", "--a", "1", "--b"]]),
        ('a "$FLAGS"', [["a", "--a 1 --b"]]),
        ("a '{\"x\": 1}'", [["a", '{"x": 1}']]),
        ('a "{\\"x\\": 1}"', [["a", '{"x": 1}']]),
        ("X=1 a $X", [["X=1", "a", "1"]]),
        ("export X=1; a $X", [["export", "X=1"], ["a", "1"]]),
        ("a <<EOF\nb\nEOF", [["a"]]),
        ("(a b)", [["a", "b"]]),
        ("a $", [["a", "$"]]),
        ("", []),
    ],
)
def test_words(script: str, expected: list[list[str]]) -> None:
    assert read(script) == expected


@pytest.mark.parametrize(
    ("word", "known", "many"),
    [
        ("$SECRET", False, True),
        ('"$SECRET"', False, False),
        ("--x=$SECRET", False, True),
        ("${SECRET:-a}", False, True),
        ("$(cat file)", False, True),
        ('"$(cat file)"', False, False),
        ("`cat file`", False, True),
        ("$((1 + 2))", False, True),
        ('"$@"', False, True),
        ('"${args[@]}"', False, True),
        ("$1", False, True),
        ("$MODEL", True, False),
        ("plain", True, False),
    ],
)
def test_what_is_not_known(word: str, *, known: bool, many: bool) -> None:
    last = commands(f"a {word}", ENV)[0][-1]
    assert (last.known, last.many) == (known, many)


@pytest.mark.parametrize(
    "script",
    [
        "X=1; X=2; a $X",
        "if true; then X=1; fi; a $X",
        "X=$(b); a $X",
        "X+=1; a $X",
        "X=(b c); a $X",
        "MODEL=x; a $MODEL",
    ],
)
def test_an_assignment_that_may_not_be_the_last_is_unknown(script: str) -> None:
    last = commands(script, ENV)[-1][-1]
    assert not last.known


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6))
def test_quoted_words_come_back(words: list[str]) -> None:
    assert commands(shlex.join(words), {}) == [[Word(w) for w in words]]


@given(st.text(alphabet="ab $\\\"'`(){}[]@;&|<>#=\n-", max_size=60))
def test_any_text_is_read(script: str) -> None:
    for words in commands(script, {"a": "b", "b": None}):
        assert words


@given(st.text(alphabet="ab \t-=./:,{}%+", max_size=60))
def test_plain_text_is_split_as_shlex_does(script: str) -> None:
    mine = [w.text for words in commands(script, {}) for w in words]
    assert mine == shlex.split(script)


@pytest.mark.parametrize("piece", ["$(", "${", "'", '"', "`", "\\", "(", "$", "a$(b", '"$', "<<", ">"])
def test_long_oddities_take_no_time(piece: str) -> None:
    commands("a " + piece * 20_000, {})
