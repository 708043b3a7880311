"""Upstream's own admission and defaulting cases, and its verdicts on real manifests."""

from __future__ import annotations

import csv
import json
from collections import Counter
from typing import Any

import pytest

from pydynamo_manifests import yaml
from pydynamo_manifests.convert import convert
from pydynamo_manifests.validate.admission import admit, default
from pydynamo_manifests.validate.cluster import FEATURES, Cluster
from tests.support.corpus import corpus
from tests.validate.admission.support import SNAPSHOT, cluster_of

ON = Cluster(features=frozenset(FEATURES), operator_version="1.1.0")
OFF = Cluster(features=frozenset({"gpu-discovery"}), operator_version="1.1.0")
VERSION_RULES = {"ADM-RUNTIME-02", "ADM-DGDR-03", "ADM-RUNTIME-01"}
SHOWN = 4
"""The index of the corpus quotes this many messages of a verdict."""


def cases(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (corpus() / name).read_text(encoding="utf-8").splitlines()]


def fields(findings: Any, severity: str = "error") -> list[str]:
    return sorted(f.path for f in findings if f.severity == severity)


def test_every_case_that_reaches_the_webhooks_has_upstreams_verdict_and_fields() -> None:
    judged, different = 0, []
    for case in cases("webhook-cases.jsonl"):
        old = case.get("old_stored") or case["old"]
        obj = case.get("object_submitted") or case["object"]
        found = admit(obj, old=old, release=SNAPSHOT, cluster=cluster_of(case), user=case["user"])
        if case["stage"] not in (None, "webhook"):
            continue  # schema or CEL stops it first; here it only must not crash
        judged += 1
        assert not {f.stage for f in found} - {"admission"}
        if not fits(case, found):
            different.append(f"{case['id']}: {fields(found)}, upstream {case['error_fields']}")
    assert judged > 200
    assert not different


def fits(case: dict[str, Any], found: Any) -> bool:
    told = [field for field in case["error_fields"] if field is not None]
    unsaid = len(case["error_fields"]) - len(told)
    got = Counter(fields(found))
    same = not Counter(told) - got and sum(got.values()) == len(told) + unsaid
    if "warnings not asserted" in (case.get("note") or ""):
        return same
    return same and len(fields(found, "warning")) == len(case["warning_contains"] or [])


def test_messages_repeat_no_secret_that_upstream_keeps() -> None:
    for case in cases("webhook-cases.jsonl"):
        secrets = case.get("error_not_contains") or []
        old, obj = case.get("old_stored") or case["old"], case.get("object_submitted") or case["object"]
        found = admit(obj, old=old, release=SNAPSHOT, cluster=cluster_of(case), user=case["user"])
        assert not [f.message for f in found for secret in secrets if secret in f.message]


@pytest.mark.parametrize("field", ["object", "object_submitted"])
def test_defaulting_before_admission_changes_no_verdict_on_create(field: str) -> None:
    for case in cases("webhook-cases.jsonl"):
        if case["operation"] != "create" or case["stage"] not in (None, "webhook"):
            continue
        obj, cluster = case.get(field) or case["object"], cluster_of(case)
        defaulted = default(obj, release=SNAPSHOT, cluster=cluster)
        found = admit(defaulted, release=SNAPSHOT, cluster=cluster, user=case["user"])
        assert fits(case, found), case["id"]


def test_defaulting_makes_of_each_case_what_upstream_makes() -> None:
    judged = 0
    for case in cases("defaulting-cases.jsonl"):
        if case["expect"] != "ok":
            continue
        judged += 1
        before = json.dumps(case["object"])
        got = default(
            case["object"],
            release=SNAPSHOT,
            cluster=cluster_of(case),
            create=case["operation"] == "create",
            image=case["dgdr_default_image"],
        )
        assert got == case["result"], case["id"]
        assert json.dumps(case["object"]) == before
    assert judged > 20


def test_a_request_gets_the_planner_image_of_the_operators_version() -> None:
    for case in cases("webhook-cases.jsonl"):
        wanted = (case.get("expect_result") or {}).get("wantImage")
        if wanted:
            got = default(case["object"], release=SNAPSHOT, cluster=cluster_of(case))
            assert got["spec"]["image"] == wanted


def index() -> list[dict[str, str]]:
    with (corpus() / "index.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [row for row in rows if row["file"].startswith("valid/")]


def verdict(text: str) -> list[str] | None:
    """Return the fields of a verdict, None when there is none to compare with."""
    if text in ("accept", "-"):
        return []
    told = text.removeprefix("REJECT: ")
    return None if told == text else [message.split(": ")[0] for message in told.split(" ;; ")]


def agrees(got: list[str], want: list[str]) -> bool:
    if len(want) == SHOWN and len(got) > SHOWN:
        return not set(want) - set(got)
    return sorted(want) == sorted(got)


def test_real_manifests_have_upstreams_verdict_with_all_features_and_without() -> None:
    judged, different = 0, []
    for row in index():
        if not row["webhook_head"] or row["webhook_head"] == "-":
            continue
        obj = yaml.load((corpus() / row["file"]).read_text(encoding="utf-8"))
        for column, cluster in COLUMNS.items():
            told = row["webhook_head"] if row[column] == "same" else row[column]
            want = verdict(told)
            if want is None:
                continue
            judged += 1
            found = admit(obj, release=SNAPSHOT, cluster=cluster, user="kubernetes-admin")
            ignored = VERSION_RULES if "ignoring" in column else set()
            got = [f.path for f in found if f.severity == "error" and f.rule not in ignored]
            want = [
                w
                for w in want
                if not (ignored and w.endswith(("runtimeVersionOverride", "image", "containers")))
            ]
            if not agrees(got, want):
                different.append(f"{row['file']} {column}: {got}, upstream {want}")
    assert judged > 1500
    assert not different


COLUMNS = {"webhook_head": ON, "webhook_head_ignoring_runtime_version": ON, "webhook_head_gates_off": OFF}


def test_real_manifests_have_upstreams_warnings() -> None:
    warned = 0
    for row in index():
        if row["webhook_head"].startswith("error"):
            continue
        told = [] if row["webhook_warnings"] in ("-", "") else row["webhook_warnings"].split(" ;; ")
        obj = yaml.load((corpus() / row["file"]).read_text(encoding="utf-8"))
        got = [f.path for f in admit(obj, release=SNAPSHOT, cluster=ON) if f.severity == "warning"]
        assert agrees(got, [message.split(" ")[0] for message in told]), row["file"]
        warned += bool(got)
    assert warned > 50


def test_a_graph_of_v1alpha1_and_its_conversion_have_the_same_verdict() -> None:
    """The stage reads v1alpha1 by itself, because converting costs ten times as much as judging."""
    compared = 0
    for path in sorted((corpus() / "valid" / "v1alpha1").glob("d[gc]d--*.yaml")):
        obj = yaml.load(path.read_text(encoding="utf-8"))
        for cluster in (ON, Cluster()):
            direct = admit(obj, release=SNAPSHOT, cluster=cluster)
            after = admit(convert(obj, "nvidia.com/v1beta1"), release=SNAPSHOT, cluster=cluster)
            assert plain(direct) == plain(after), path.name
        compared += 1
    assert compared > 300


def plain(findings: Any) -> list[tuple[str, str]]:
    """Return findings without the paths that are in the words of the submitted version."""
    return sorted((f.rule, "" if f.rule.startswith("ADM-RUNTIME") else f.path) for f in findings)


def conversions() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    found = []
    for case in cases("conversion-upstream-outputs.jsonl"):
        if isinstance(case["output"], dict):
            text = (corpus() / case["input_file"]).read_text(encoding="utf-8")
            found.append((case["id"], yaml.load(text), case["output"]))
    return found


def test_what_upstreams_converter_makes_of_an_object_has_the_objects_verdict() -> None:
    compared = 0
    for name, obj, other in conversions():
        for cluster in (ON, Cluster()):
            direct, after = (admit(o, release=SNAPSHOT, cluster=cluster) for o in (obj, other))
            assert plain(direct) == plain(after), name
        compared += 1
    assert compared > 500


def test_the_same_object_in_another_version_is_no_change() -> None:
    for name, obj, other in conversions():
        for new, old in ((obj, other), (other, obj)):
            across, within = (
                admit(new, old=o, release=SNAPSHOT, cluster=ON, user="jane") for o in (old, new)
            )
            assert plain(across) == plain(within), name
