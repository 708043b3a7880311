"""Expressions mean what CEL says they mean, and what is not known is refused, never taken for true."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from pydynamo_manifests.validate.cel import (
    ABSENT,
    CelCompileError,
    CelError,
    Optional,
    Quantity,
    UInt,
    compile_expression,
)
from tests.support.corpus import corpus

SELF: dict[str, Any] = {
    "a": {"b": 1}, "n": 5, "f": 2.5, "t": "Hello", "l": [3, 1, 2], "empty": [], "m": {"x": 1, "y": 2},
    "ok": True, "nil": None, "objs": [{"k": "a"}, {"k": "b", "v": 1}], "d-ash": 1, "dot.ted": 2, "in": 3, "sl/ash": 4, "__u": 5,
}  # fmt: skip

TRUE = [
    "self.n == 5", "self.n != 4", "self.n > 4 && self.n >= 5 && self.n < 6 && self.n <= 5", "self.f == 2.5", "1 == 1.0", "1 < 1.5", "2u == 2",
    "self.a == {'b': 1}", "self.l == [3, 1, 2]", "self.l != [1, 2, 3]", "true != 1", "self.nil == null", "'a' < 'b'", "false < true",
    "1 + 2 * 3 == 7", "(1 + 2) * 3 == 9", "7 / 2 == 3", "-7 / 2 == -3", "-7 % 2 == -1", "7 - 2 - 1 == 4", "7.0 / 2.0 == 3.5", "'a' + 'b' == 'ab'", "[1] + [2] == [1, 2]",
    "!false", "!!true", "--1 == 1", "-self.n == -5", "-self.f == -2.5", "0x10 == 16", "1e3 == 1000.0", ".5 == 0.5", "10 % 3 == 1", "5u / 2u == 2u", "1.0 / 0.0 > 1e300",
    "self.ok ? true : false", "false ? 1 / 0 == 1 : true", "self.n > 3 ? (self.n < 6 ? true : false) : false",
    "has(self.a)", "!has(self.zz)", "has(self.a.b)", "!has(self.a.c)", "has(self.nil)",
    "'x' in self.m", "!('z' in self.m)", "3 in self.l", "!(9 in self.l)", "2.0 in self.l", "!(1 in self.m)",
    "self.m['x'] == 1", "self['n'] == 5", "self.l[0] == 3", "self.l[0u] == 3",
    "true || 1 / 0 == 1", "1 / 0 == 1 || true", "!(false && 1 / 0 == 1)", "!(1 / 0 == 1 && false)", "self.zz == 1 || true",
    "self.l.all(x, x > 0)", "!self.l.all(x, x > 1)", "self.l.exists(x, x == 2)", "!self.l.exists(x, x == 9)", "self.l.exists_one(x, x > 2)", "!self.l.exists_one(x, x > 1)",
    "self.empty.all(x, false)", "!self.empty.exists(x, true)", "self.m.all(k, k != 'z')", "self.objs.exists(o, o.v == 1)", "!self.objs.all(o, o.k == 'a')",
    "self.l.filter(x, x > 1) == [3, 2]", "self.l.map(x, x * 2) == [6, 2, 4]", "self.l.map(x, x > 1, x * 2) == [6, 4]", "self.m.map(k, k).size() == 2",
    "self.l.all(i, v, i < 3 && v > 0)", "self.m.exists(k, v, k == 'y' && v == 2)", "self.l.existsOne(i, v, v == 1)", "self.l.all(x, self.l.exists(y, y == x))", "self.l.all(n, n < self.n)",
    "size(self.l) == 3", "self.l.size() == 3", "size('abc') == 3", "size(self.m) == 2", "'é'.size() == 1",
    "int('12') == 12", "int(2.9) == 2", "int(3u) == 3", "uint(3) == 3u", "uint('3') == 3u", "double('1.5') == 1.5", "double(2) == 2.0", "string(5) == '5'", "string(true) == 'true'", "string(1.5) == '1.5'",
    "string(2.0) == '2'", "string(1e30) == '1e+30'", "string('x') == 'x'", "bool('true')", "bool(true)", "!bool('f')", "dyn(1) == 1",
    "self.t.contains('ell')", "self.t.startsWith('He')", "self.t.endsWith('lo')", "self.t.matches('^H[a-z]+$')", "!self.t.matches('^[a-z]+$')", "'abc'.matches('b')", "!'abc\\n'.matches('^abc$')",
    "self.t.lowerAscii() == 'hello'", "self.t.upperAscii() == 'HELLO'", "'É'.lowerAscii() == 'É'", "' x '.trim() == 'x'", "'a,b'.split(',') == ['a', 'b']", "'a,b,c'.split(',', 2) == ['a', 'b,c']", "'abc'.split('') == ['a', 'b', 'c']",
    "'a'.split(',', 0) == []", "'a,b'.split(',', 1) == ['a,b']", "'abc'.split('', 2) == ['a', 'bc']", "['a', 'b'].join() == 'ab'", "['a', 'b'].join('-') == 'a-b'", "'aXbX'.replace('X', 'y') == 'ayby'", "'aXbX'.replace('X', 'y', 1) == 'aybX'",
    "'hello'.substring(1) == 'ello'", "'hello'.substring(1, 3) == 'el'", "'hello'.charAt(1) == 'e'", "'hello'.charAt(5) == ''", "'hello'.indexOf('l') == 2", "'hello'.indexOf('l', 3) == 3", "'hello'.indexOf('z') == -1", "'hello'.lastIndexOf('l') == 3", "'hello'.lastIndexOf('l', 2) == 2",
    "'a1b22'.find('[0-9]+') == '1'", "'ab'.find('[0-9]+') == ''", "'a1b22'.findAll('[0-9]+') == ['1', '22']", "'a1b22'.findAll('[0-9]+', 1) == ['1']",
    "[1, 2].isSorted()", "!self.l.isSorted()", "self.l.sum() == 6", "[].sum() == 0", "[1.5, 2.5].sum() == 4.0", "self.l.min() == 1", "self.l.max() == 3", "self.l.indexOf(1) == 1", "[1, 2, 1].lastIndexOf(1) == 2", "[1].indexOf(9) == -1", "[1].lastIndexOf(9) == -1",
    "quantity('1Gi').isGreaterThan(quantity('1G'))", "quantity('500m').isLessThan(quantity('1'))", "quantity('1Ki').compareTo(quantity('1024')) == 0", "quantity('1k').compareTo(quantity('1Ki')) == -1", "quantity('0') == quantity('0Gi')", "quantity('1e3') == quantity('1k')",
    "isQuantity('1.5Gi')", "!isQuantity('lots')", "!isQuantity('1e999')", "quantity('-1').sign() == -1", "quantity('0').sign() == 0", "quantity('3').isInteger()", "!quantity('500m').isInteger()", "quantity('2k').asInteger() == 2000", "quantity('1.5').asApproximateFloat() == 1.5",
    "quantity('1').add(quantity('1')) == quantity('2')", "quantity('3').sub(1) == quantity('2')", "quantity('0.0000000001') == quantity('1n')",
    "self.?a.?b.orValue(9) == 1", "self.?zz.b.orValue(9) == 9", "self.?zz.hasValue() == false", "self.?a.hasValue()", "self.?n.value() == 5", "self.l[?0].orValue(9) == 3", "self.l[?7].orValue(9) == 9", "self.m[?'x'].value() == 1", "self.?zz.or(self.?n).value() == 5", "self.?n.or(self.?zz).value() == 5",
    "has(self.?a.b)", "!has(self.?zz.b)", "[?self.?zz, ?self.?n] == [5]", "{?'a': self.?zz, 'b': 1} == {'b': 1}", "{'a': 1, ?'b': self.?n} == {'a': 1, 'b': 5}", "optional.of(1).value() == 1", "!optional.none().hasValue()", "!optional.ofNonZeroValue('').hasValue()", "optional.ofNonZeroValue(1) == optional.of(1)",
    "[?optional.none()] == []", "{?'k': optional.of(1)} == {'k': 1}", "self.?a['b'] == optional.of(1)",
    "self.d__dash__ash == 1", "self.dot__dot__ted == 2", "self.__in__ == 3", "self.sl__slash__ash == 4", "self.__underscores__u == 5",
    "'\\n\\t\\x41\\u00e9\\101\\'' == '\\n\\tAéA' + \"'\"", "r'\\n' == '\\\\n'", "'''a'b''' == \"a'b\"", '"""a"b""" == \'a"b\'', "'a' // a comment\n == 'a'", "[1, 2,] == [1, 2]",
]  # fmt: skip


@pytest.mark.parametrize("text", TRUE)
def test_it_holds(text: str) -> None:
    assert compile_expression(text)(self=SELF) is True


ERRORS = [
    "self.zz == 1", "self.n.b == 1", "self.l[7] == 1", "self.l[-1] == 1", "self.l['a'] == 1", "self.n[0] == 1", "self.m['z'] == 1", "1 / 0 == 1", "1 % 0 == 1",
    "1 + 1.0 == 2.0", "1 + 'a' == 2", "true + true == 2", "1u - 2u == 0u", "9223372036854775807 + 1 == 0", "-(-9223372036854775807 - 1) == 0", "self.t - 'a' == ''", "2.5 % 2.0 == 0.5",
    "'a' < 1", "[1] < [2]", "true < 1", "null < null", "!self.n", "!'a'", "-'a' == 1", "-2u == 1u", "self.n && true", "true && self.n", "false || self.n", "self.n ? true : false",
    "has(self.n.x)", "1 in 5", "[1] in self.m", "self.n.all(x, true)", "self.l.all(x, x)", "self.l.filter(x, x) == []", "self.l.exists(x, self.zz == x)", "self.l.exists_one(x, self.zz == x)", "self.objs.all(o, o.v == 1)",
    "size(5) == 1", "int('a') == 1", "int('99999999999999999999') == 1", "int(1e30) == 1", "int(true) == 1", "uint(-1) == 1u", "double('a') == 1.0", "double(true) == 1.0", "string([]) == ''", "bool('maybe')", "bool(1)",
    "self.n.contains('a')", "'a'.contains(1)", "'a'.matches('(')", "'a'.find('(') == ''", "'a'.substring(2) == ''", "'abc'.substring(2, 1) == ''", "'a'.charAt(2) == ''", "'a'.indexOf('a', 9) == 0", "'a'.lastIndexOf('a', 9) == 0", "'a'.indexOf(1) == 0", "[1].join() == ''", "[].min() == 1",
    "quantity('lots') == quantity('1')", "quantity('1') < quantity('2')", "quantity('500m').asInteger() == 0", "quantity('1').add('1') == quantity('2')", "quantity('1e401') == quantity('1')", "quantity(1) == quantity('1')",
    "optional.none().value() == 1", "self.n.orValue(1) == 5", "self.n.?a.hasValue()", "[?self.n] == []", "{1: 2} == {}", "{'a': 1, 'a': 2} == {}",
]  # fmt: skip


@pytest.mark.parametrize("text", ERRORS)
def test_it_has_no_value(text: str) -> None:
    evaluate = compile_expression(text)

    with pytest.raises(CelError):
        evaluate(self=SELF)


REFUSED = {
    "": "a name is expected here",
    "self.": "a name is expected here",
    "self.a b": "'b' is not expected here",
    "(self": "')' is expected here",
    "self ? 1": "':' is expected here",
    "[1 2]": "',' or ']' is expected here",
    "{'a': 1 'b': 2}": "',' or '}' is expected here",
    "{'a' 1}": "':' is expected here",
    "f(1 2)": "',' is expected here",
    "self.f(": "a name is expected here",
    "a == 1": "'a' is not known here",
    "self.all(1, true)": "a variable is expected here",
    "self.all(x, y)": "'y' is not known here",
    "self.all(x, true) && x": "'x' is not known here",
    "url(self)": "the function 'url' is not supported",
    "self.getHost()": "the method 'getHost' is not supported",
    "type(self) == string": "the function 'type' is not supported",
    "size()": "'size' does not take 0 arguments",
    "'a'.contains()": "'contains' does not take 0 arguments",
    "has(self)": "has() takes a field, such as has(self.name)",
    "has(self.?a)": "has() takes a field, such as has(self.name)",
    "b'x' == b'x'": "bytes are not supported",
    "'\\q'": "\\q is no escape",
    "'a": '"\'" is no CEL',
    "self # 1": "'#' is no CEL",
    "import": "'import' is a reserved word",
    "9223372036854775808 == 1": "integer overflow",
    "-1u == 1u && 99999999999999999999u == 1u": "integer overflow",
    "(" * 200: "nested too deeply",
}


@pytest.mark.parametrize(("text", "told"), REFUSED.items())
def test_it_does_not_compile(text: str, told: str) -> None:
    with pytest.raises(CelCompileError) as caught:
        compile_expression(text)

    assert caught.value.problem == told
    assert caught.value.expression == text


def test_the_smallest_integer_is_written_with_its_sign() -> None:
    assert compile_expression("-9223372036854775808 < 0")(self=None) is True


def test_the_old_value_may_be_optional() -> None:
    evaluate = compile_expression("oldSelf.hasValue() || !has(self.restart)", ("self", "oldSelf"))

    assert evaluate(self={"restart": 1}, oldSelf=ABSENT) is False
    assert evaluate(self={"restart": 1}, oldSelf=Optional({}, present=True)) is True


def test_values_name_their_types_in_errors() -> None:
    with pytest.raises(CelError, match=r"no order between kubernetes\.Quantity and uint"):
        compile_expression("self < x", ("self", "x"))(self=Quantity.parse("1"), x=UInt(1))


def test_every_rule_of_upstream_compiles() -> None:
    with (corpus() / "crd-cel-rules.tsv").open() as file:
        rules = {row["rule"] for row in csv.DictReader(file, delimiter="\t")}

    assert len(rules) == 23
    for rule in rules:
        compile_expression(rule, ("self", "oldSelf"))
