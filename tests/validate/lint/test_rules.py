"""Every rule finds its bad example and nothing is found in the good one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.validate.lint import REGISTRY, lint
from pydynamo_manifests.validate.lint.registry import Example, LintRule, declare

if TYPE_CHECKING:
    from pydynamo_manifests.validate.report import Finding

RULES = list(REGISTRY.values())
FIRST_FORTY = [
    "ROLE-01",
    "ROLE-02",
    "ROLE-03",
    "ROLE-04",
    "ROLE-05",
    "ROLE-06",
    "ROLE-08",
    "ROLE-09",
    "FLAG-01",
    "FLAG-03",
    "FLAG-04",
    "FLAG-05",
    "FLAG-06",
    "ENV-02",
    "KV-01",
    "KV-02",
    "KV-03",
    "KV-04",
    "KV-05",
    "KV-07",
    "KV-08",
    "EV-03",
    "BS-01",
    "BS-02",
    "RT-01",
    "RT-02",
    "NAME-01",
    "GPU-01",
    "GPU-02",
    "GPU-04",
    "GPU-05",
    "MN-01",
    "MN-02",
    "MN-04",
    "MN-07",
    "MN-08",
    "API-01",
    "API-02",
    "API-03",
    "API-04",
    "NAM-01",
    "NAM-03",
    "IMG-01",
    "IMG-04",
    "IMG-05",
    "IMG-06",
    "CACHE-01",
    "CACHE-02",
]


def judge(example: Example) -> list[Finding]:
    return list(lint(example.obj, release=example.release, cluster=example.cluster, others=example.others))


def ids(rule: LintRule) -> str:
    return rule.code


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_bad_example_is_found(rule: LintRule) -> None:
    found = [f for f in judge(rule.bad) if f.rule == rule.code]
    assert found
    assert all(f.severity == rule.severity for f in found)
    assert all(f.stage == "lint" and f.message and f.hint for f in found)


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_nothing_is_found_in_the_good_example(rule: LintRule) -> None:
    assert [f for f in judge(rule.good) if f.severity != "info"] == []


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_bad_and_good_differ_in_little(rule: LintRule) -> None:
    described = rule.described()
    bad, good = described.bad.splitlines(), described.good.splitlines()
    same = set(bad) & set(good)
    assert bad != good or rule.bad.cluster != rule.good.cluster or rule.bad.others != rule.good.others
    assert len(same) >= min(len(set(bad)), len(set(good))) / 2


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_paths_lead_to_the_object(rule: LintRule) -> None:
    """All of a path but its last key (a missing field) stands in the object."""
    for finding in judge(rule.bad):
        value: Any = rule.bad.obj
        for depth, key in enumerate(finding.where):
            there = isinstance(value, dict) and key in value
            there = there or (isinstance(value, list) and isinstance(key, int) and key < len(value))
            assert there or depth >= len(finding.where) - 2, finding
            if not there:
                break
            value = value[key]


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_words(rule: LintRule) -> None:
    assert re.fullmatch(r"[A-Z]+-\d\d", rule.code)
    for words in (rule.title, rule.effect, rule.hint, rule.source):
        assert words.strip() == words
        assert words
        assert not words.endswith(".")
    assert rule.title[0].islower() or not rule.title.split()[0].isalpha() or rule.title.split()[0] in PROPER


PROPER = {"GPUs", "SGLang", "NATS", "GPU", "TensorRT", "KV", "JSON"}


def test_the_errors_that_were_promised_are_there() -> None:
    missing = [code for code in FIRST_FORTY if code not in REGISTRY]
    wrong = [code for code in FIRST_FORTY if code in REGISTRY and REGISTRY[code].severity != "error"]
    assert (missing, wrong) == ([], [])


def test_a_code_is_given_once() -> None:
    with pytest.raises(ValueError, match="two rules are called GPU-01"):
        declare(
            "GPU-01", "error", "again", effect="", hint="", source="", bad=RULES[0].bad, good=RULES[0].good
        )


def test_rules_of_admission_stay_silent_after_admission() -> None:
    rule = REGISTRY["IMG-01"]
    assert rule.admission
    assert "IMG-01" not in {f.rule for f in lint(rule.bad.obj, release="1.6.1", admission_ran=True)}


@pytest.mark.parametrize(
    ("code", "release", "found"),
    [
        ("KV-01", "0.9.1", False),
        ("KV-01", "1.0.2", True),
        ("KV-10", "1.4.2", False),
        ("KV-10", "1.5.1", True),
        ("PLANE-02", "1.3.1", False),
        ("PLANE-02", "1.4.2", True),
        ("IMG-01", "1.4.2", False),
        ("IMG-01", "main-2026-08-21", False),
        ("RT-03", "1.5.1", False),
    ],
)
def test_a_rule_holds_for_its_releases(code: str, release: str, *, found: bool) -> None:
    text = _retagged(REGISTRY[code].bad.obj, release)
    assert (code in {f.rule for f in lint(text, release=release)}) is found


def _retagged(value: Any, release: str) -> Any:
    """Give every image of an object the tag of another release."""
    if isinstance(value, dict):
        return {k: _retagged(v, release) for k, v in value.items()}
    if isinstance(value, list):
        return [_retagged(v, release) for v in value]
    return re.sub(r":\d+\.\d+\.\d+$", f":{release}", value) if isinstance(value, str) else value


def test_what_is_no_graph_is_not_judged() -> None:
    assert list(lint({"apiVersion": "v1", "kind": "ConfigMap"}, release="1.6.1")) == []
