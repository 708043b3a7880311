"""The compiler beside Google's cel-cpp: the same value, or both none, on made inputs and made expressions."""

from __future__ import annotations

import csv
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pydynamo_manifests.validate.cel import ABSENT, CelError, Optional, compile_expression
from tests.support.corpus import corpus_path, has_corpus

cel = pytest.importorskip("cel_expr_python.cel", reason="cel-expr-python is not installed")
ext = pytest.importorskip("cel_expr_python.ext", reason="cel-expr-python is not installed")

from cel_expr_python.ext import ext_optional, ext_strings  # noqa: E402 - after the check that it is there

ENV = cel.NewEnv(
    variables={"self": cel.Type.DYN, "oldSelf": cel.Type.DYN},
    extensions=[ext_strings.ExtStrings(), ext_optional.ExtOptional()],
)
NONE = object()
"""An evaluation without a value."""


def rules() -> list[str]:
    if not has_corpus():
        return []
    with (corpus_path() / "crd-cel-rules.tsv").open() as file:
        found = {row["rule"] for row in csv.DictReader(file, delimiter="\t")}
    return sorted(rule for rule in found if "quantity(" not in rule)  # Kubernetes' own library


def theirs(text: str, **values: Any) -> Any:
    result = ENV.compile(text, disable_check=True).eval(data=values)
    return NONE if result.type() == cel.Type.ERROR else result.plain_value()


def ours(text: str, **values: Any) -> Any:
    try:
        return compile_expression(text, tuple(values))(**values)
    except CelError:
        return NONE


NAMES = st.sampled_from(["a", "b", "c", "worker", "WORKER", "main"])
SCALARS = (
    st.integers(-2, 3)
    | st.booleans()
    | st.sampled_from(
        [
            "",
            "a",
            "a/b",
            "epp",
            "preferred",
            "MP",
            "ray",
            "main",
            "/",
            "x" * 254 + "/y",
            "IntraPod",
            "InterPod",
        ]
    )
)


def fields_of(rule: str) -> list[str]:
    return sorted({*re.findall(r"[a-zA-Z][\w./-]+", rule)})


def objects(rule: str) -> st.SearchStrategy[Any]:
    names = st.sampled_from(fields_of(rule))
    flat = st.dictionaries(names, SCALARS | st.lists(SCALARS, max_size=2), max_size=5)
    return st.one_of(
        flat,
        st.dictionaries(names, flat | SCALARS, max_size=4),
        st.lists(flat, max_size=3),
        st.lists(
            st.fixed_dictionaries({}, optional={"name": NAMES, "type": st.sampled_from(["epp", "worker"])}),
            max_size=4,
        ),
        SCALARS,
    )


@pytest.mark.parametrize("rule", rules())
def test_rules_of_upstream_agree_on_made_objects(rule: str) -> None:
    optional_old = "oldSelf.hasValue" in rule

    @settings(max_examples=25)
    @given(objects(rule), st.none() | objects(rule))
    def check(value: Any, old: Any) -> None:
        if optional_old:
            text = rule.replace("oldSelf", "optional.none()" if old is None else "optional.of(oldSelf)")
            expected = theirs(text, self=value, oldSelf=old)
            given_old: Any = ABSENT if old is None else Optional(old, present=True)
        else:
            expected, given_old = theirs(rule, self=value, oldSelf=old), old
        assert ours(rule, self=value, oldSelf=given_old) == expected

    check()


SELF = {
    "n": 5,
    "z": 0,
    "t": "Hello, a/b",
    "e": "",
    "l": [3, 1, 2],
    "o": [],
    "m": {"x": 1},  # CEL leaves the order of a map's keys open: lists made of two would differ rightly
    "f": 2.5,
    "ok": True,
    "nil": None,
}
ATOMS = st.sampled_from(
    [f"self.{name}" for name in [*SELF, "missing"]]
    + [
        "dyn(1)",
        "dyn(-1)",
        "dyn('a')",
        "dyn('')",
        "dyn(true)",
        "dyn(false)",
        "dyn(1.5)",
        "dyn(2u)",
        "dyn([1, 2])",
        "dyn({'x': 1})",
        "dyn(null)",
    ]
)


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    operators = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%", "&&", "||"])
    calls = st.sampled_from([
        "size({0})", "{0}.contains({1})", "{0}.startsWith({1})", "{0}.endsWith({1})", "{0}.lowerAscii()", "{0}.upperAscii()",
        "{0}.split(',')", "{0}.substring({1})", "string({0}).indexOf({1})", "{0}.charAt({1})", "{0}.trim()", "!({0})", "-({0})", "string({0})", "int(string({0}))",
        "{0}.all(v, {1} == v)", "{0}.exists(v, v == {1})", "{0}.exists_one(v, v == {1})", "{0}.filter(v, v != {1})", "{0}.map(v, [v, {1}])",
        "{0}[{1}]", "has(self.{2})", "has(self.m.{2})", "self.?{2}.orValue({0})", "[{0}, {1}]", "self.?m[?string({0})].hasValue()",
    ])  # fmt: skip
    names = st.sampled_from([*SELF, "missing"])
    called = st.builds(
        lambda call, two, name: call.format(f"({two[0]})", f"({two[1]})", name), calls, pair, names
    )
    binary = st.builds(lambda two, sign: f"({two[0]}) {sign} ({two[1]})", pair, operators)
    choice = st.builds("({}) ? ({}) : ({})".format, inner, inner, inner)
    return called | binary | choice


EXPRESSIONS = st.recursive(ATOMS, grown, max_leaves=6)


@settings(max_examples=250)
@given(EXPRESSIONS)
def test_made_expressions_agree(text: str) -> None:
    assert ours(text, self=SELF) == theirs(text, self=SELF)


@pytest.mark.parametrize(
    "text",
    [
        "self.m.all(k, k != 'z')",
        "self.m.all(k, k == 'x')",
        "self.m.exists(k, k == 'y')",
        "self.m.exists_one(k, k != 'x')",
        "self.m.exists_one(k, k != 'z')",
        "size(self.m.map(k, k)) == size(self.m)",
        "self.m.filter(k, k == 'y') == ['y']",
        "self.m == {'y': 'z', 'x': 1}",
        "self.m.x == 1 && self.m['y'] == 'z' && !('z' in self.m)",
    ],
)
def test_maps_of_several_keys_agree(text: str) -> None:
    given_map = {"m": {"x": 1, "y": "z"}}
    assert ours(text, self=given_map) == theirs(text, self=given_map) is not NONE
