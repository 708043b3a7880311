from __future__ import annotations

from pathlib import Path

import pytest

from pydynamo_manifests.cli import main
from pydynamo_manifests.cli.commands import COMMANDS

pytestmark = pytest.mark.skipif("upgrade" not in COMMANDS, reason="the command is not listed")

GRAPH = """\
apiVersion: nvidia.com/v1alpha1
kind: DynamoGraphDeployment
metadata:
  name: g
spec:
  services:
    A:
      componentType: worker
      dynamoNamespace: d
"""


def run(*args: object) -> int:
    return main(["upgrade", "--from", "0.9", "--to", "1.0", *map(str, args)])


def test_changes_are_told_and_the_result_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "g.yaml"
    file.write_text(GRAPH)
    assert run(file) == 0
    out, err = capsys.readouterr()
    assert out == GRAPH.replace("      dynamoNamespace: d\n", "")
    assert err == (
        f"changed: {file}, document 1: services.A: dynamoNamespace taken out "
        "(ignored: the operator makes <namespace>-<name of the graph>)\n"
    )
    assert run(file, "--check") == 1
    assert run(file, "--in-place") == 0
    assert (file.read_text(), (tmp_path / "g.yaml.bak").read_text()) == (out, GRAPH)
    assert run(file, "--check") == 0


def test_a_report_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "g.yaml").write_text(GRAPH)
    assert run(tmp_path, "--report") == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith(f"changed: {tmp_path}/g.yaml, document 1: services.A: dynamoNamespace")
    assert (tmp_path / "g.yaml").read_text() == GRAPH


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["p.yaml"], "p.yaml: nothing to upgrade (found Pod of v1); the kinds are DynamoGraphDeployment, "),
        (
            ["p.yaml", "--report", "--in-place"],
            "--report writes nothing: leave --in-place, --output and --diff out",
        ),
        (["p.yaml", "--to", "0.8"], "nothing to upgrade"),
    ],
)
def test_refusals(
    args: list[str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.yaml").write_text("apiVersion: v1\nkind: Pod\n")
    assert run(*args) == 2
    assert message in capsys.readouterr().err
