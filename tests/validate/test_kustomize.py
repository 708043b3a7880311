"""Patches of Kustomize are parts of objects: they are named and passed over, the objects beside them are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pydynamo_manifests.validate import Target, validate_paths
from pydynamo_manifests.validate.kustomize import patches

if TYPE_CHECKING:
    from pathlib import Path

PATCH = """apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata: {name: qwen}
spec: {components: [{name: worker, replicas: 3}]}
"""
CLAIM = """apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: models}
spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}
"""
JSON_PATCH = "- {op: replace, path: /spec/components/0/replicas, value: 3}\n"


def folder(root: Path, kustomization: str, name: str = "kustomization.yaml") -> dict[str, str]:
    """Write a folder and return the status of each file in it."""
    (root / "patch.yaml").write_text(PATCH)
    (root / "claim.yaml").write_text(CLAIM)
    (root / "steps.yaml").write_text(JSON_PATCH)
    (root / name).write_text(kustomization)
    report = validate_paths([str(root)], Target.of())
    return {d.source.rpartition("/")[2]: d.status for d in report.documents}


@pytest.mark.parametrize(
    "kustomization",
    [
        "resources: [claim.yaml]\npatches: [{path: patch.yaml}, {path: steps.yaml, target: {kind: X}}]",
        "patchesStrategicMerge: [patch.yaml]\npatchesJson6902: [{path: steps.yaml}]",
        "patches: [{path: ./patch.yaml}, {patch: 'a: b'}, {path: steps.yaml}]",
    ],
)
@pytest.mark.parametrize("name", ["kustomization.yaml", "kustomization.yml", "Kustomization"])
def test_listed_patches_are_skipped(tmp_path: Path, kustomization: str, name: str) -> None:
    found = folder(tmp_path, kustomization, name)
    assert (found["patch.yaml"], found["steps.yaml"], found["claim.yaml"]) == ("skipped", "skipped", "valid")


def test_a_patch_says_whose_it_is_even_when_it_is_named(tmp_path: Path) -> None:
    folder(tmp_path, "patches: [{path: patch.yaml}]")
    (document,) = validate_paths([str(tmp_path / "patch.yaml")], Target.of()).documents
    assert document.status == "skipped"
    assert document.name == "qwen"
    assert document.findings[0].message == (
        f"a patch of {tmp_path}/kustomization.yaml: build with Kustomize and check what it makes"
    )


def test_two_processes_skip_them_too(tmp_path: Path) -> None:
    folder(tmp_path, "patches: [{path: patch.yaml}]")
    report = validate_paths([str(tmp_path)], Target.of(), jobs=2)
    assert {d.source.rpartition("/")[2]: d.status for d in report.documents}["patch.yaml"] == "skipped"


def test_a_patch_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "over").mkdir()
    (tmp_path / "base" / "patch.yaml").write_text(PATCH)
    (tmp_path / "over" / "kustomization.yaml").write_text("patches: [{path: ../base/patch.yaml}]")
    files = [str(tmp_path / "base" / "patch.yaml"), str(tmp_path / "over" / "kustomization.yaml")]
    assert patches(files) == {files[0]: files[1]}


def test_what_is_a_resource_too_is_judged(tmp_path: Path) -> None:
    found = folder(tmp_path, "resources: [patch.yaml]\npatches: [{path: patch.yaml}]")
    assert found["patch.yaml"] != "skipped"


@pytest.mark.parametrize(
    "text", ["patches: [", "- a", "patches: {path: patch.yaml}", "patches: [{path: 3}, 4]", "resources: 1"]
)
def test_odd_kustomizations_name_no_patch(tmp_path: Path, text: str) -> None:
    assert folder(tmp_path, text)["patch.yaml"] != "skipped"


def test_a_patch_that_is_no_yaml_is_an_error(tmp_path: Path) -> None:
    folder(tmp_path, "patches: [{path: patch.yaml}]")
    (tmp_path / "patch.yaml").write_text("a: [")
    (document,) = validate_paths([str(tmp_path / "patch.yaml")], Target.of()).documents
    assert document.status == "error"
