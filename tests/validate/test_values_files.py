"""Values are recognised, checked as their chart's schema does, rendered, and findings stand in the values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pydynamo_manifests import yaml
from pydynamo_manifests.validate import Report, Target, validate_paths, validate_text
from pydynamo_manifests.validate.values_files import chart_of
from pydynamo_manifests.validate.values_paths import values_path

ROOT = Path(__file__).resolve().parents[2]

HEAD = """\
dynamo: {release: 1.6.1}
model: {name: Qwen/Qwen3-0.6B}
image: {registry: nvcr.io/nvidia/ai-dynamo, repository: vllm-runtime}
components:
  Frontend:
    type: frontend
    command: [python3]
    leadingArgs: [-m, dynamo.frontend]
  worker:
    type: worker
    gpus: 1
    command: [python3, -m, dynamo.vllm]
    args: {model: {from: model.name}}
"""


def judged(text: str, dynamo: str | None = None) -> Report:
    return validate_text(text, Target.of(dynamo), "v.yaml")


def told(text: str, dynamo: str | None = None) -> list[tuple[int | None, str, str]]:
    return [(f.line, f.rule, f.path) for f in judged(text, dynamo).findings if f.severity == "error"]


def test_good_values_have_no_error() -> None:
    assert told(HEAD) == []


BAD = {
    "an unknown key": ("    replica: 1\n", (14, "VALUES-01", "components.worker.replica")),
    "a wrong type": ("    gpus: 1.5\n", (11, "VALUES-01", "components.worker.gpus")),
    "a hatch's unknown field": ("    container: {imagePullpolicy: Always}\n", (14, "SCHEMA-01", "components.worker.container.imagePullpolicy")),
    "a hatch's wrong type": ("    podSpec: {nodeSelector: {a: 1}}\n", (14, "SCHEMA-03", "components.worker.podSpec.nodeSelector[a]")),
    "an expression of the CRD": ("    replicas: 1\n    minAvailable: 3\n", (9, "CEL-01", "components.worker")),
    "a hatch of the component": ("    component: {replikas: 2}\n", (14, "SCHEMA-01", "components.worker.component.replikas")),
    "a volume": ("    volumes: {v: {emptyDirr: {}}}\n", (14, "SCHEMA-01", "components.worker.volumes.v.emptyDirr")),
    "a variable": ("    env: {A: {valueFromm: {}}}\n", (14, "VALUES-01", "components.worker.env.A")),
    "a hatch of the graph": ("spec: {xyz: 1}\n", (14, "SCHEMA-01", "spec.xyz")),
    "an extra object": ("extraObjects:\n  cm: {apiVersion: v1, kind: ConfigMap, metadata: {name: x}, dta: {}}\n", (15, "SCHEMA-01", "extraObjects.cm.dta")),
    "a misspelt flag": ("    extraArgs: [--tensor-paralel-size, '1']\n", (14, "FLAG-01", "")),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_finding_stands_on_the_line_of_the_values(name: str) -> None:
    added, (line, rule, path) = BAD[name]
    text = HEAD.replace("    gpus: 1\n", "") if "gpus" in added else HEAD
    found = told(text + added)

    if "gpus" in added:
        line = 13
    assert found
    if path:
        assert found[0] == (line, rule, path)
    else:
        assert found[0][1] == rule


def test_a_tag_of_another_minor_than_the_recorded_release_is_an_error() -> None:
    text = HEAD.replace("vllm-runtime}", "vllm-runtime, tag: 1.5.1}")

    assert {rule for _, rule, _ in told(text)} == {"IMG-02"}
    assert {line for line, _, _ in told(text)} == {3}
    assert told(HEAD.replace("vllm-runtime}", "vllm-runtime, tag: 1.6.0}")) == []


def test_a_tag_of_another_minor_is_a_warning_where_the_user_names_the_release() -> None:
    found = judged(HEAD, "1.5.1").findings

    assert {f.severity for f in found if f.rule == "IMG-02"} == {"warning"}


def test_the_message_says_where_it_ends_up() -> None:
    report = judged(HEAD + "    container: {imagePullpolicy: Always}\n")

    assert report.findings[0].message == (
        'unknown field "imagePullpolicy" (renders to DynamoGraphDeployment.spec.components[1]'
        ".podTemplate.spec.containers[0].imagePullpolicy)"
    )


def test_unknown_keys_carry_the_nearest() -> None:
    finding = judged(HEAD + "    replica: 1\n").findings[0]

    assert finding.message == "unknown key"
    assert finding.hint == "Did you mean 'replicas'?"


def test_values_that_cannot_be_rendered_say_why() -> None:
    report = judged(HEAD.replace("model: {name: Qwen/Qwen3-0.6B}\n", ""))

    assert report.documents[0].status == "invalid"
    assert report.findings[0].rule == "VALUES-01"
    assert "model.name" in report.findings[0].message


def test_values_are_judged_for_their_own_release_unless_one_is_named() -> None:
    old = HEAD.replace("1.6.1}", "'9.9'}")

    assert [(rule, path) for _, rule, path in told(old)] == [("VALUES-01", "dynamo.release")]
    assert told(old, "1.6.1") == [] or all(rule != "VALUES-01" for _, rule, _ in told(old, "1.6.1"))


def test_overlays_and_values_of_the_platform_are_checked_by_schema() -> None:
    assert judged("components: {}\n").documents[0].status == "valid"
    assert judged("model: {name: a}\n").documents[0].status == "valid"
    assert told("componets:\n  a: {}\n") == [(1, "VALUES-01", "componets")]
    assert told("operator: {replica: 2}\nnats: {}\n") == [(1, "VALUES-01", "operator.replica")]
    assert judged("operator: {replicas: 2}\n").documents[0].status == "valid"


CHARTS: dict[str, tuple[dict[str, Any], str | None]] = {
    "a graph": ({"components": {}}, "dynamo-graph"),
    "a part of a graph": ({"model": {}, "env": {}}, "dynamo-graph"),
    "the platform": ({"operator": {}, "crds": {}}, "dynamo-platform"),
    "the platform with a slip": ({"operator": {}, "crds": {}, "webhoks": {}}, "dynamo-platform"),
    "another chart": ({"image": {}, "replicaCount": 1, "service": {}}, None),
    "nothing": ({}, None),
    "an alert": ({"groups": []}, None),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_told_by_keys_that_only_it_has(name: str) -> None:
    values, chart = CHARTS[name]

    assert chart_of(values) == chart


def test_every_preset_and_chart_default_is_good() -> None:
    report = validate_paths(
        [str(ROOT / "values"), str(ROOT / "charts" / "dynamo-graph" / "values.yaml")], Target.of()
    )

    assert [
        (d.source, f.path, f.message) for d in report.documents for f in d.findings if f.severity == "error"
    ] == []
    assert report.summary["valid"] > 20


ALPHA: dict[str, Any] = {
    "kind": "DynamoGraphDeployment",
    "spec": {
        "envs": [{"name": "G"}],
        "services": {
            "worker": {
                "componentType": "worker",
                "resources": {"limits": {"gpu": "1"}},
                "extraPodMetadata": {"labels": {"a": "b"}},
                "extraPodSpec": {
                    "volumes": [{"name": "v"}],
                    "mainContainer": {"args": ["--model", "m", "--x=1"], "env": [{"name": "E"}], "volumeMounts": [{"mountPath": "/m"}]},
                    "containers": [{"name": "side"}],
                },
            }
        },
    },
}  # fmt: skip
VALUES: dict[str, Any] = {"components": {"worker": {"type": "worker", "gpus": 1, "args": {"model": "m", "x": 1}, "env": {"E": 1}, "mounts": {"/m": {}}, "volumes": {"v": {}}, "labels": {"a": "b"}}}, "env": {"G": 1}}  # fmt: skip
W = ("spec", "services", "worker")
MAIN = (*W, "extraPodSpec", "mainContainer")
C = ("components", "worker")
PATHS: dict[tuple[str | int, ...], tuple[str | int, ...]] = {
    (*W, "componentType"): (*C, "type"),
    (*W, "resources", "limits", "gpu"): (*C, "gpus"),
    (*W, "multinode", "nodeCount"): (*C, "nodes"),
    (*W, "extraPodMetadata", "labels", "a"): (*C, "labels", "a"),
    (*W, "extraPodSpec", "volumes", 0): (*C, "volumes", "v"),
    (*MAIN, "args", 1): (*C, "args", "model"),
    (*MAIN, "args", 2): (*C, "args", "x"),
    (*MAIN, "args"): (*C, "args"),
    (*MAIN, "env", 0, "value"): (*C, "env", "E", "value"),
    (*MAIN, "env", 9): (*C, "env"),
    (*MAIN, "volumeMounts", 0): (*C, "mounts", "/m"),
    (*MAIN, "resources", "limits"): (*C, "gpus"),
    W: C,
    ("spec", "envs", 0): ("env", "G"),
    ("spec", "services"): ("components",),
    ("spec", "backendFramework"): ("backendFramework",),
    ("spec", "topologyConstraint"): ("spec", "topologyConstraint"),
    ("metadata", "name"): ("fullnameOverride",),
    ("metadata", "labels", "a"): ("labels", "a"),
    ("kind",): (),
}


@pytest.mark.parametrize("where", PATHS)
def test_paths_of_v1alpha1_lead_to_values(where: tuple[str | int, ...]) -> None:
    assert values_path(where, ALPHA, VALUES) == PATHS[where]


def test_paths_of_other_objects_lead_to_what_makes_them() -> None:
    claim, job = {"kind": "PersistentVolumeClaim"}, {"kind": "Job"}

    assert values_path(("spec", "resources", "requests", "storage"), claim, {}) == (
        "model",
        "cache",
        "create",
        "storage",
    )
    assert values_path(("spec", "template"), job, {}) == ("model", "cache", "download")


def test_values_files_of_the_shipped_presets_render_to_what_is_checked() -> None:
    file = ROOT / "values" / "graph" / "1.6" / "vllm-disagg-router.yaml"
    values = yaml.load(file.read_text())
    values["components"]["prefill"]["args"]["disaggregation-mode"] = "prefil"
    report = judged(yaml.dump(values))

    assert report.findings[0].path == "components.prefill.args.disaggregation-mode"
