from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pydynamo_manifests import api, yaml
from pydynamo_manifests.cli import main
from pydynamo_manifests.releases import newest


def run(*args: str) -> int:
    return main(["crds", *args])


def test_all_of_the_newest_release(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["items"] == api.crds(newest().version)


def test_yaml(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--dynamo", "0.7") == 0
    out = capsys.readouterr().out
    assert yaml.load_all(out) == api.crds("0.7")
    assert not re.search(r"[&*]id\d", out)


def test_json_is_one_list_or_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--dynamo", "1.4", "--format", "json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["kind"] == "List"
    assert document["items"] == api.crds("1.4")
    assert run("--dynamo", "1.4", "--format", "json", "--kind", "dgdsa") == 0
    assert (
        json.loads(capsys.readouterr().out)["metadata"]["name"]
        == "dynamographdeploymentscalingadapters.nvidia.com"
    )


@pytest.mark.parametrize(
    "kind", ["DynamoModel", "dynamomodel", "dm", "dynamomodels", "dynamomodels.nvidia.com"]
)
def test_a_kind_by_any_of_its_names(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--kind", kind) == 0
    assert yaml.load(capsys.readouterr().out)["spec"]["names"]["kind"] == "DynamoModel"


def test_several_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--kind", "dm", "--kind", "dwm", "--kind", "dm") == 0
    kinds = [crd["spec"]["names"]["kind"] for crd in yaml.load_all(capsys.readouterr().out)]
    assert kinds == ["DynamoModel", "DynamoWorkerMetadata"]


def test_a_kind_that_the_release_lacks(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--dynamo", "1.5", "--kind", "DynamoChekpoint") == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("dynamo-manifests: error: unknown kind of Dynamo 1.5 'DynamoChekpoint'")


def test_compact_and_conversion(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--compact", "--conversion", "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)["items"]
    assert found == api.crds(newest().version, compact=True, conversion=True)


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "crds.yaml"
    assert run("-o", str(file), "--dynamo", "0.6") == 0
    assert yaml.load_all(file.read_text()) == api.crds("0.6")


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder(tmp_path: Path, exists: bool) -> None:  # noqa: FBT001 - a parameter of the test
    folder = str(tmp_path) if exists else f"{tmp_path}/new/"
    assert run("-o", folder, "--format", "json", "--dynamo", "0.7") == 0
    files = {f.name: json.loads(f.read_text()) for f in Path(folder).iterdir()}
    assert files == {f"{crd['metadata']['name']}.json": crd for crd in api.crds("0.7")}


def test_a_file_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert run("-o", f"{tmp_path}/file/crds.yaml") == 2
    assert "cannot be written" in capsys.readouterr().err
