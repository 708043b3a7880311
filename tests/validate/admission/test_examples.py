"""Every rule finds its bad example and not the nearest good one, in the releases that have the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests import releases, yaml
from pydynamo_manifests.validate.admission import RULES, admit
from tests.validate.admission.support import EVERYTHING, NOTHING, SNAPSHOT, whole

if TYPE_CHECKING:
    from pydynamo_manifests.validate.rule import Rule

WITHOUT = {"ADM-CKPT-01", "ADM-DGDR-01"}
"""Rules that hold where the cluster lacks a feature."""


def judge(text: str, release: str, code: str, *, good: bool = False) -> list[Any]:
    documents = [whole(fragment or {}) for fragment in yaml.load_all(text)]
    cluster = NOTHING if code in WITHOUT or (code == "ADM-DCKPT-01" and not good) else EVERYTHING
    *stored, submitted = documents
    return admit(submitted, old=stored[0] if stored else None, release=release, cluster=cluster, user="jane")


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_bad_example_is_found_from_the_first_release_on(rule: Rule) -> None:
    for release in releases.RELEASES:
        codes = [f.rule for f in judge(rule.bad, release.version, rule.code)]
        assert (rule.code in codes) == release.within(rule.since, rule.until), release.version


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_good_example_is_not_found(rule: Rule) -> None:
    for release in releases.RELEASES:
        codes = [f.rule for f in judge(rule.good, release.version, rule.code, good=True)]
        assert rule.code not in codes, release.version


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_says_everything_that_explain_prints(rule: Rule) -> None:
    assert rule.stage == "admission"
    assert rule.code.startswith("ADM-")
    assert rule.title[0].islower() or rule.title.split()[0] in ("Grove", "Dynamo", "vLLM's")
    assert not rule.title.endswith(".")
    assert rule.hint.endswith(".")
    assert rule.effect
    assert rule.source
    assert yaml.load_all(rule.bad) != yaml.load_all(rule.good) or rule.code == "ADM-DCKPT-01"


def test_a_finding_names_rule_severity_and_place() -> None:
    (found,) = judge(RULES["ADM-TOPO-04"].bad, SNAPSHOT, "ADM-TOPO-04")
    assert found.to_dict() == {
        "rule": "ADM-TOPO-04",
        "severity": "error",
        "stage": "admission",
        "path": "spec.topologyConstraint.packDomain",
        "line": None,
        "column": None,
        "message": "the ClusterTopologyBinding has no such level: 'shelf' is none of zone, rack",
        "hint": "Name one of its levels.",
    }
