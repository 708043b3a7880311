"""Real graphs: what upstream's CRDs take has no finding, what they refuse is found, cases end as upstream's."""

from __future__ import annotations

import csv
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from pydynamo_manifests import releases, yaml
from pydynamo_manifests.validate import Cluster, Report, Target, validate, validate_text
from tests.support.corpus import corpus

if TYPE_CHECKING:
    import pytest

SNAPSHOT = "main-2026-08-21"
SCHEMA = {"yaml", "schema", "cel"}
GATES = {
    "checkpoint": "checkpoint", "dra": "dra", "gpuDiscovery": "gpu-discovery", "grove": "grove",
    "istio": "istio", "kaiScheduler": "kai-scheduler", "lws": "lws", "volcanoScheduler": "volcano-scheduler",
}  # fmt: skip
NO_RELEASE = {
    "valid/v1alpha1/dcd--2025-06-15--docs-guides-dynamo_deploy-dynamo_operator--L106.yaml": "before 0.6",
    "valid/v1alpha1/dcd--2025-07-15--docs-guides-dynamo_deploy-dynamo_operator--L101.yaml": "before 0.6",
    "valid/v1alpha1/dgd--2025-06-15--docs-guides-dynamo_deploy-model_caching_with_fluid--L273.yaml": "before 0.6",
    "valid/v1alpha1/dgd--2025-08-15--docs-guides-dynamo_deploy-model_caching_with_fluid--L176.yaml": "before 0.6",
    "valid/v1alpha1/dgd--2025-08-15--docs-guides-dynamo_deploy-model_caching_with_fluid--L272.yaml": "before 0.6",
    "valid/v1alpha1/dgd--2025-12-15--docs-kubernetes-autoscaling--L123.yaml": "a field between 0.7 and 0.8",
}
"""Files with a field that no release ever had: upstream took it away before the next one."""


def rows(folder: str) -> list[dict[str, str]]:
    with (corpus() / "index.tsv").open() as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if row["file"].startswith(f"{folder}/")]


def release_after(label: str) -> str:
    """Return the release that was cut from a state of main: the first on or after its day."""
    if label == "HEAD":
        return SNAPSHOT
    return next(r.version for r in releases.RELEASES if r.first_date >= label)


def errors(row: dict[str, str], release: str) -> list[str]:
    text = (corpus() / row["file"]).read_text()
    report = validate_text(text, Target.of(release))
    return [
        f"{f.line}:{f.column} {f.rule} {f.path}: {f.message}"
        for f in report.findings
        if f.severity == "error" and f.stage in SCHEMA
    ]


def test_what_its_own_release_takes_has_no_finding() -> None:
    found = {
        row["file"]: told
        for row in rows("valid")
        if row["schema_own"] == "ok" and (told := errors(row, release_after(row["commit_label"])))
    }

    assert set(found) == set(NO_RELEASE)
    assert all("SCHEMA-01" in line for told in found.values() for line in told)


def test_the_snapshot_of_main_takes_what_upstream_says() -> None:
    wrong = {}
    for row in rows("valid"):
        told = errors(row, SNAPSHOT)
        taken = row["schema_head"] == "ok" and row["unknown_fields_head"] in ("", "-")
        if taken == bool(told):
            wrong[row["file"]] = told

    assert wrong == {}


def test_everything_nonconforming_is_found() -> None:
    files = rows("nonconforming")

    assert files
    for row in files:
        assert errors(row, release_after(row["commit_label"])), row["file"]


def test_placeholders_are_called_placeholders() -> None:
    for row in rows("templated"):
        report = validate_text((corpus() / row["file"]).read_text(), Target.of(SNAPSHOT))

        assert not report.ok, row["file"]


def cases() -> list[dict[str, Any]]:
    with (corpus() / "webhook-cases.jsonl").open() as file:
        return [json.loads(line) for line in file]


def cluster_of(case: dict[str, Any]) -> Cluster:
    topology = None
    if case["cluster_topology_binding"] not in (None, "none"):
        name, _, levels = case["cluster_topology_binding"].rstrip(")").partition("(levels ")
        topology = {"name": name, "levels": dict(level.split("=") for level in levels.split(", "))}
    return Cluster(
        features=frozenset(GATES[gate] for gate, on in case["gates"].items() if on),
        operator_version=case["operator_version"],
        operator_principal=case["operator_principal"],
        topology=topology,
    )


def judged(case: dict[str, Any]) -> Report:
    old = case.get("old_stored") or case["old"]
    return validate(
        [case.get("object_submitted") or case["object"]],
        dynamo=SNAPSHOT,
        cluster=cluster_of(case),
        old=[old] if case["operation"] == "update" and old else None,
        user=case["user"],
    )


STAGES = {
    "schema": {"schema"},
    "cel": {"cel"},
    "webhook": {"admission"},
    "admission": {"schema", "cel"},
    None: set(),
}


def test_cases_end_as_upstreams_do(capsys: pytest.CaptureFixture[str]) -> None:
    agreement: Counter[str] = Counter()
    differ = []
    for case in cases():
        found = [f for f in judged(case).findings if f.severity == "error" and f.stage != "lint"]
        stages, paths = {f.stage for f in found}, {f.path for f in found}
        verdict = ("reject" if found else "accept") == case["expect"]
        stage = stages == STAGES[case["stage"]]
        fields = {field for field in case["error_fields"] if field} <= paths
        agreement.update(verdict=verdict, stage=stage, field=fields, cases=1)
        if not (verdict and stage and fields):
            differ.append((case["id"], case["stage"], case["error_fields"], sorted(stages), sorted(paths)))
    with capsys.disabled():
        print(f"\nupstream's admission cases: {dict(agreement)}")

    assert differ == []


def test_every_object_of_other_files_is_judged() -> None:
    wrong = []
    for file in sorted((corpus() / "other").rglob("*.yaml")):
        text = file.read_text()
        report = validate_text(text, Target.of(SNAPSHOT), file.name)
        wrong += [
            (file.name, f.path, f.message)
            for f in report.findings
            if f.severity == "error" and "$" not in text and "<" not in text
        ]

    assert wrong == []


def test_reading_never_changes_an_object() -> None:
    for row in rows("valid")[::25]:
        text = (corpus() / row["file"]).read_text()
        objects = yaml.load_all(text)
        validate(objects, dynamo=SNAPSHOT)

        assert objects == yaml.load_all(text)
