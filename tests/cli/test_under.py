"""``generate --under``: values of a parent chart, read by a real Helm."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pydynamo_manifests import Intent, compose, render, yaml
from pydynamo_manifests.cli import main
from tests.support.helm import VERSIONS, helm

ASK = ["generate", "--backend", "vllm", "--pattern", "disagg-router", "--model", "org/m", "--gpus", "2"]
CHARTS = Path(__file__).parents[2] / "charts"


def chart(folder: Path, name: str, dependency: str, alias: str | None = None) -> Path:
    """Write a chart around one dependency, which is unpacked in ``charts/`` later."""
    (folder / "charts").mkdir(parents=True)
    also = f", alias: {alias}" if alias else ""
    (folder / "Chart.yaml").write_text(
        f"apiVersion: v2\nname: {name}\nversion: 0.1.0\ndependencies: [{{name: {dependency}, version: 0.1.0{also}}}]\n"
    )
    return folder


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("under", "alias", "outer"),
    [
        ("dynamo-graph", None, None),
        ("qwen_3", "qwen_3", None),
        ("serving.qwen", "qwen", "serving"),
        ("a-1.b.c", "c", "a-1"),
    ],
)
def test_helm_finds_the_graph_below_the_parent(
    tmp_path: Path, version: int, under: str, alias: str | None, outer: str | None
) -> None:
    names = under.split(".")
    folder = chart(tmp_path / "product", "product", "middle" if outer else "dynamo-graph", outer or alias)
    inner = folder
    for name in names[1:-1]:
        inner = chart(
            inner / "charts" / "middle", "middle", "middle2" if name == "b" else "dynamo-graph", name
        )
    if outer:
        leaf = "middle2" if len(names) > 2 else "middle"
        inner = chart(inner / "charts" / leaf, leaf, "dynamo-graph", alias)
    shutil.copytree(CHARTS / "dynamo-graph", inner / "charts" / "dynamo-graph")
    assert main([*ASK, "--under", under, "-o", str(folder / "values.yaml")]) == 0

    done = helm("template", "shop", folder, "-n", "team-a", version=version)

    assert done.code == 0, done.stderr
    found = [d for d in yaml.load_all(done.stdout) if d]
    values = compose(Intent(backend="vllm", pattern="disagg-router", model="org/m", gpus=2))
    (wanted,) = render(values, name="shop", namespace="team-a")
    (graph,) = (d for d in found if d["kind"] == "DynamoGraphDeployment")
    assert graph["spec"] == wanted["spec"]


REFUSED = ["", ".", "a.", ".a", "a..b", "a b", "a/b", "a\nb", "ä", '"a"', "a: {}"]


@pytest.mark.parametrize("under", REFUSED)
def test_what_is_no_name_is_refused(under: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "v.yaml"
    assert main([*ASK, "--under", under, "-o", str(target)]) == 2
    assert capsys.readouterr().err.startswith(
        f"dynamo-manifests: error: argument --under: {under!r}: a dependency's name"
    )
    assert not target.exists()


def test_dots_nest_and_the_command_is_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASK, "--under", "a.b"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].endswith("--under a.b")
    data = yaml.load(out)
    assert list(data) == ["a"]
    assert list(data["a"]) == ["b"]
    assert data["a"]["b"]["model"] == {
        "name": "org/m",
        "tokenSecret": {"key": "HF_TOKEN", "name": "hf-token-secret"},
    }
