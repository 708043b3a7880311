"""The command line with values of the platform: recognised, checked, rendered by Helm."""

from __future__ import annotations

from pathlib import Path

import pytest

from pydynamo_manifests.cli import main
from pydynamo_manifests.values.platform.removed import REMOVED
from pydynamo_manifests.yaml import dump, load_all
from tests.support.platform import PRESETS, platform
from tests.support.tools import tool


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_presets_are_valid(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(path)]) == 0
    assert capsys.readouterr().out == ""


def test_typos_types_and_removed_keys_are_found_with_what_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "values.yaml"
    file.write_text(
        "operator:\n  replcas: 2\n  image:\n    tag: 1.6\nwebhooks:\n  failurePolicy: Fial\nnats:\n  enabled: true\n"
    )
    assert main(["validate", str(file)]) == 1
    out = capsys.readouterr().out
    assert "2:3  error  VALUES-01  operator.replcas: unknown key" in out
    assert "Did you mean 'replicas'" in out
    assert "4:5  error  VALUES-01  operator.image.tag: must be text, not 1.6" in out
    assert "6:3  error  VALUES-01  webhooks.failurePolicy: must be 'Fail' or 'Ignore'" in out
    assert "8:3  error  VALUES-01  nats.enabled: moved: nats.enabled is now nats.mode" in out
    assert "unknown key\n" not in out.replace("replcas: unknown key\n", "")


@pytest.mark.parametrize("path", sorted(REMOVED))
def test_a_file_of_upstream_is_recognised_by_any_of_its_keys(
    path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    block, _, key = path.rpartition(".")
    file = tmp_path / "values.yaml"
    file.write_text(dump({block: {key: {"a": 1}}} if block else {key: {"a": 1}}))
    assert main(["validate", str(file)]) == 1
    assert f"VALUES-01  {path}: moved: {REMOVED[path].split(';')[0]}" in capsys.readouterr().out


def test_render_asks_helm_for_the_platforms_chart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(Path(tool("helm4")).parent))
    ha = str(next(path for path in PRESETS if path.stem == "ha"))
    words = ["render", ha, "--name", "dynamo", "-n", "dynamo-system", "--set", "crds.managedBy=none"]
    assert main([*words, "--engine", "helm"]) == 0
    assert list(load_all(capsys.readouterr().out)) == platform("ha")
    assert main(words) == 2
    assert "'dynamo-manifests render --engine helm' takes both" in capsys.readouterr().err
    assert main(["render", ha, "--engine", "helm", "--set", "operator.replcas=2"]) == 2
    assert "additional properties 'replcas' not allowed" in capsys.readouterr().err
