"""Objects are judged by schema as the API server does: nulls, defaults, list maps, expressions, ratcheting."""

from __future__ import annotations

from typing import Any

import pytest

from pydynamo_manifests.validate.cel import CelCompileError
from pydynamo_manifests.validate.judge import Judge, judge_of
from pydynamo_manifests.validate.rules import NO_OLD, CelRule, compile_rules
from pydynamo_manifests.validate.structural import plan_of, with_defaults, without_nulls

TEXT = {"type": "string"}
PORT = {
    "type": "object",
    "required": ["number"],
    "properties": {
        "number": {"type": "integer", "format": "int32"},
        "protocol": {"type": "string", "default": "TCP", "enum": ["TCP", "UDP"]},
        "note": {"type": "string", "nullable": True},
    },
}
STRUCTURAL: dict[str, Any] = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "required": ["mode"],
            "x-kubernetes-validations": [
                {"rule": "!has(self.low) || !has(self.high) || self.low <= self.high", "message": "low is at most high", "fieldPath": ".low"},
                {"rule": "oldSelf.hasValue() || !has(self.late)", "optionalOldSelf": True, "message": "late only later"},
            ],
            "properties": {
                "mode": {"type": "string", "default": "fast"},
                "low": {"type": "integer", "minimum": 0, "maximum": 9},
                "high": {"type": "integer"},
                "late": TEXT,
                "fixed": {"type": "string", "maxLength": 4, "x-kubernetes-validations": [{"rule": "self == oldSelf", "messageExpression": "'was ' + oldSelf"}]},
                "ports": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["number", "protocol"], "items": PORT},
                "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": TEXT},
                "plain": {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "integer", "default": 1}}}},
                "by": {"type": "object", "additionalProperties": {"type": "object", "properties": {"n": {"type": "integer", "default": 7}, "t": TEXT}}},
                "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                "size": {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}], "pattern": "^[0-9]+(Gi)?$"},
                "inner": {"type": "object", "default": {}, "properties": {"deep": {"type": "object", "default": {"x": 1}, "properties": {"x": {"type": "integer"}, "y": {"type": "integer", "default": 2}}}}},
                "when": {"type": "string", "format": "date-time"},
                "embedded": {"type": "object", "x-kubernetes-embedded-resource": True, "x-kubernetes-preserve-unknown-fields": True},
            },
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def judge() -> Judge:
    from pydynamo_manifests.api.strict import strict  # noqa: PLC0415 - the converter of the library's own schemas

    root = {
        **STRUCTURAL,
        "properties": {
            "apiVersion": TEXT,
            "kind": TEXT,
            "metadata": {"type": "object"},
            **STRUCTURAL["properties"],
        },
    }
    return Judge(STRUCTURAL, strict(root))


def obj(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "x/v1", "kind": "X", "metadata": {"name": "x"}, "spec": {"mode": "fast", **spec}}


def told(judge: Judge, made: Any, old: Any = NO_OLD) -> list[tuple[str, str, str]]:
    return [(f.rule, f.path, f.message) for f in judge.judge(made, old)[0]]


def test_defaults_are_applied_at_every_depth_and_the_object_is_left_alone(judge: Judge) -> None:
    made = obj(plain=[{}, {"a": 5}], by={"k": {}}, ports=[{"number": 1}])
    del made["spec"]["mode"]
    found, stored = judge.judge(made)

    assert found == []
    assert stored["spec"] == {
        "mode": "fast",
        "plain": [{"a": 1}, {"a": 5}],
        "by": {"k": {"n": 7}},
        "ports": [{"number": 1, "protocol": "TCP"}],
        "inner": {"deep": {"x": 1, "y": 2}},
    }
    assert made["spec"] == {"plain": [{}, {"a": 5}], "by": {"k": {}}, "ports": [{"number": 1}]}


def test_nulls_go_before_defaults_and_stay_where_they_may_be(judge: Judge) -> None:
    made = obj(
        mode=None,
        low=None,
        by={"k": {"t": None}, "gone": None},
        ports=[{"number": 1, "note": None, "protocol": None}],
        any={"x": None},
    )
    found, stored = judge.judge(made)

    assert found == []
    assert stored["spec"]["mode"] == "fast"
    assert "low" not in stored["spec"]
    assert stored["spec"]["by"] == {"k": {"n": 7}}
    assert stored["spec"]["ports"] == [{"number": 1, "note": None, "protocol": "TCP"}]
    assert stored["spec"]["any"] == {"x": None}


FOUND = {
    "an unknown field": (obj(lwo=1), "SCHEMA-01", "spec.lwo", 'unknown field "lwo"'),
    "an unknown field of metadata": ({**obj(), "metadata": {"name": "x", "lables": {}}}, "SCHEMA-01", "metadata.lables", 'unknown field "lables"'),
    "an unknown field in a map": (obj(by={"k": {"m": 1}}), "SCHEMA-01", "spec.by.k.m", 'unknown field "m"'),
    "a missing field": (obj(ports=[{}]), "SCHEMA-02", "spec.ports[0].number", 'the field "number" is required'),
    "a wrong type": (obj(low="3"), "SCHEMA-03", "spec.low", "must be an integer, not a text"),
    "a list for a map": (obj(by=[]), "SCHEMA-03", "spec.by", "must be a map, not a list"),
    "a null in a list": (obj(plain=[None]), "SCHEMA-03", "spec.plain[0]", "must be a map, not null"),
    "a number for text": (obj(late=5), "SCHEMA-03", "spec.late", "must be a text, not an integer"),
    "a fraction": (obj(size=1.5), "SCHEMA-03", "spec.size", "must be an integer or a text, not a number"),
    "no choice": (obj(ports=[{"number": 1, "protocol": "tcp"}]), "SCHEMA-04", "spec.ports[0].protocol", '"tcp" is not one of "TCP", "UDP"'),
    "a wrong form": (obj(size="1Ti"), "SCHEMA-05", "spec.size", '"1Ti" does not match ^[0-9]+(Gi)?$'),
    "no time": (obj(when="today"), "SCHEMA-05", "spec.when", '"today" is no date-time'),
    "too little": (obj(low=-1), "SCHEMA-06", "spec.low", "must be at least 0, not -1"),
    "too much": (obj(low=10), "SCHEMA-06", "spec.low", "must be at most 9, not 10"),
    "too long": (obj(fixed="abcde"), "SCHEMA-06", "spec.fixed", "must have at most 4 characters, not 5"),
    "beyond 32 bits": (obj(ports=[{"number": 2**31}]), "SCHEMA-06", "spec.ports[0].number", "must be at most 2147483647, not 2147483648"),
    "the same port": (obj(ports=[{"number": 1}, {"number": 1, "protocol": "TCP"}]), "SCHEMA-07", "spec.ports[1]", "an item with number 1, protocol 'TCP' is already at index 0"),
    "the same tag": (obj(tags=["a", "b", "a"]), "SCHEMA-07", "spec.tags[2]", '"a" is already at index 0'),
    "a rule": (obj(low=5, high=2), "CEL-01", "spec.low", "low is at most high"),
    "an embedded object without kind": (obj(embedded={"apiVersion": "v1"}), "SCHEMA-02", "spec.embedded.kind", 'the field "kind" is required'),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_it_is_found(judge: Judge, name: str) -> None:
    made, *expected = FOUND[name]

    assert told(judge, made) == [tuple(expected)]


HINTS = {
    "lwo": (obj(lwo=1), "Did you mean 'low'?"),
    "elsewhere": (obj(protocol="TCP"), "The field belongs at spec.ports[].protocol."),
    "nowhere": (obj(zzzzzz=1), "Remove the field or correct its name."),
    "quoted number": (obj(low="3"), "Write it without quotes: 3."),
    "bare number": (obj(late=5), "Quote it, so that it is text."),
    "bare boolean": (obj(late=True), "Quote it, so that it is text."),
    "placeholder": (obj(low="${LOW}"), "It is a placeholder: substitute it before (envsubst)."),
    "placeholder in a form": (obj(size="${SIZE}"), "It is a placeholder: substitute it before (envsubst)."),
    "null": (obj(plain=[None]), "Remove the null; the API server keeps it in a list and refuses it."),
    "choice": (obj(ports=[{"number": 1, "protocol": "tcp"}]), "Did you mean 'TCP'?"),
    "missing": (obj(ports=[{}]), "Add number to spec.ports[0]."),
    "a map": (obj(low={}), ""),
}


@pytest.mark.parametrize("name", HINTS)
def test_the_hint_says_what_to_write(judge: Judge, name: str) -> None:
    made, hint = HINTS[name]
    (finding,) = judge.judge(made)[0]

    assert finding.hint == hint


def test_long_values_are_cut(judge: Judge) -> None:
    ((_, _, message),) = told(judge, obj(size="x" * 500))

    assert len(message) < 100
    assert "…" in message


def test_the_root_must_be_there(judge: Judge) -> None:
    (finding,) = judge.judge(
        {"apiVersion": "x/v1", "kind": "X", "metadata": {"name": "x"}, "spec": {"ports": 5}}
    )[0]

    assert finding.rule == "SCHEMA-03"


def test_rules_are_not_evaluated_on_objects_of_wrong_types(judge: Judge) -> None:
    assert [r for r, *_ in told(judge, obj(low=5, high="2"))] == ["SCHEMA-03"]
    assert [r for r, *_ in told(judge, obj(low=50, high=2))] == ["SCHEMA-06", "CEL-01"]


def test_what_an_update_may_not_change(judge: Judge) -> None:
    assert told(judge, obj(fixed="new"), obj(fixed="old")) == [("CEL-01", "spec.fixed", "was old")]
    assert told(judge, obj(fixed="new"), obj()) == []
    assert told(judge, obj(fixed="new")) == []


def test_an_optional_old_value_tells_create_from_update(judge: Judge) -> None:
    assert told(judge, obj(late="x")) == [("CEL-01", "spec", "late only later")]
    assert told(judge, obj(late="x"), obj()) == []


def test_what_an_update_leaves_as_it_was_is_not_judged_again(judge: Judge) -> None:
    assert told(judge, obj(low=50), obj(low=50)) == []
    assert told(judge, obj(low=51), obj(low=50)) != []
    assert told(judge, obj(low=5, high=2), obj(low=5, high=2)) == []
    assert told(judge, obj(low=5, high=2, mode="slow"), obj(low=5, high=2)) != []
    assert told(judge, obj(lwo=1), obj(lwo=1)) != []


def test_items_of_list_maps_are_compared_by_key_and_others_are_not(judge: Judge) -> None:
    bad = {"number": 1, "protocol": "TCP", "note": 5}

    assert told(judge, obj(ports=[{"number": 2}, bad]), obj(ports=[bad])) == []
    assert told(judge, obj(ports=[bad]), obj(ports=[{**bad, "number": 2}])) != []
    assert told(judge, obj(plain=[{"a": "x"}, {}]), obj(plain=[{"a": "x"}])) != []
    assert told(judge, obj(plain=[{"a": "x"}]), obj(plain=[{"a": "x"}])) == []
    assert told(judge, obj(plain=[{"a": "x"}]), {"kind": "X"}) != []


def test_rules_that_need_types_are_refused() -> None:
    schema = {
        "type": "object",
        "properties": {"n": {"type": "number"}},
        "x-kubernetes-validations": [{"rule": "self.n / 2 > 1"}],
    }

    with pytest.raises(CelCompileError, match="division needs the types of the fields"):
        compile_rules(schema)


def test_a_rule_without_words_says_its_text_and_bad_words_give_way() -> None:
    assert CelRule({"rule": "self > 1"}).check(0, NO_OLD, ()).message == "failed rule: self > 1"  # type: ignore[union-attr]
    assert (
        CelRule({"rule": "self > 1", "message": "m", "messageExpression": "self.x"})
        .check(0, NO_OLD, ())
        .message
        == "m"
    )  # type: ignore[union-attr]
    assert (
        CelRule({"rule": "self > 1", "message": "m", "messageExpression": "'a\\nb'"})
        .check(0, NO_OLD, ())
        .message
        == "m"
    )  # type: ignore[union-attr]


def test_a_rule_that_has_no_value_is_a_finding() -> None:
    finding = CelRule({"rule": "self.a > 1", "message": "a is large"}).check({}, NO_OLD, ("spec",))

    assert finding is not None
    assert (finding.rule, finding.path) == ("CEL-02", "spec")
    assert finding.message == "a is large (the rule cannot be evaluated: no such key: a)"


def test_plans_do_nothing_where_nothing_is_to_do() -> None:
    plan = plan_of({"type": "object", "properties": {"a": {"type": "string"}}}, compile_rules)
    value = {"a": "x"}

    assert not plan.busy
    assert with_defaults(value, plan) is value
    assert without_nulls({"a": None, "b": None}, plan) == {"b": None}
    assert without_nulls(5, plan) == 5


def test_every_kind_of_every_release_compiles() -> None:
    from pydynamo_manifests.api.registry import KINDS  # noqa: PLC0415 - the models load here
    from pydynamo_manifests.releases import known_releases, release  # noqa: PLC0415 - the same

    count = 0
    for name in known_releases(hidden=True):
        for kind, entry in release(name).kinds.items():
            for version in entry.served if kind in KINDS else ():
                judge_of(name, kind, version)
                count += 1
    assert count > 80


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("!has(self.a) || self.a > 1", "a"),
        ("!has(self.a) || self.b || self.c", "a"),
        ("!has(self.a)", "a"),
        ("!has(self.a) && self.b", None),
        ("has(self.a) || self.b", None),
        ("!has(self.a.b) || self.b", None),
        ("!has(oldSelf.a) || has(self.a)", None),
        ("!has(self.a__dash__b) || self.b", None),
        ("self.b || !has(self.a)", None),
    ],
)
def test_the_field_without_which_a_rule_holds(text: str, field: str | None) -> None:
    assert CelRule({"rule": text}).unless == field


def test_a_rule_without_its_field_holds_and_is_not_evaluated() -> None:
    made = CelRule({"rule": "!has(self.a) || self.a > 1"})
    assert made.check({"b": 1}, NO_OLD, ()) is None
    assert made.check({"a": 1}, NO_OLD, ()) is not None
    assert made.check([], NO_OLD, ()) is not None
