"""What `pip install .` brings: a wheel that carries charts and presets, and works without the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.docs.markdown import ROOT
from tests.support.helm import helm_template

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel, offline and from what git tracks, and unpack it."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run(
        [*pip, "--no-build-isolation", "--no-index", "-w", str(folder), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl"), "pure Python, for any machine"
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def command(installed: Path, *words: object, folder: Path) -> str:
    """Run the command of the unpacked wheel, far from the repository."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    where = [sys.executable, "-m", "pydynamo_manifests", *map(str, words)]
    done = subprocess.run(
        where, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_carries_charts_presets_and_types(installed: Path, tmp_path: Path) -> None:
    package = installed / "pydynamo_manifests"
    assert (package / "py.typed").exists()
    for folder in ("charts", "values"):
        here = {str(f.relative_to(ROOT)) for f in (ROOT / folder).rglob("*.yaml")}
        packed = {
            str(f.relative_to(package / "_share")) for f in (package / "_share" / folder).rglob("*.yaml")
        }
        assert here == packed
    listed = command(installed, "charts", "--presets", folder=tmp_path).splitlines()
    assert any(line.endswith("values/graph/1.6/vllm-disagg-router.yaml") for line in listed)
    assert all(line.startswith(str(package)) for line in listed)


def test_an_installed_package_composes_renders_and_brings_its_chart(installed: Path, tmp_path: Path) -> None:
    intent = ("--backend", "vllm", "--pattern", "disagg-router", "--model", "Qwen/Qwen3-32B")
    command(installed, "generate", *intent, "-o", "values.yaml", folder=tmp_path)
    assert "kind: DynamoGraphDeployment" in command(installed, "render", "values.yaml", folder=tmp_path)
    assert command(installed, "validate", "values.yaml", folder=tmp_path) == ""
    chart = command(installed, "charts", "--path", "dynamo-graph", folder=tmp_path).strip()
    assert chart.startswith(str(installed))
    (graph,) = helm_template(chart, [tmp_path / "values.yaml"], name="qwen")
    assert graph["kind"] == "DynamoGraphDeployment"
