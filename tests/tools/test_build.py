from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hack.tools import build
from hack.tools.build import TOOLS, Definitions, Tool
from pydynamo_manifests.yaml import load_all
from tests.support.helm import VERSIONS, helm_template
from tests.support.tools import tool

ROOT = Path(__file__).resolve().parents[2]

# What each program calls itself, and the words that ask it.
SAYS = {
    "helm3": ("version --short", "v3."),
    "helm4": ("version --short", "v4."),
    "kubeconform": ("-v", "v"),
    "kube-score": ("version", "kube-score version: v"),
    "etcd": ("--version", "etcd Version: "),
    "kube-apiserver": ("--version", "Kubernetes v"),
    "kubectl": ("version --client", "Client Version: v"),
    "nats-server": ("--version", "nats-server: v"),
}


PROGRAMS = {name: made for name, made in TOOLS.items() if isinstance(made, Tool)}


def test_every_tool_is_asked() -> None:
    assert set(SAYS) == set(PROGRAMS)


def test_other_projects_definitions_are_there() -> None:
    found = {
        crd["spec"]["names"]["kind"]
        for file in Path(tool("definitions")).iterdir()
        for crd in load_all(file.read_text())
    }
    assert {"ServiceMonitor", "PodMonitor", "PrometheusRule", "Certificate", "Issuer"} <= found


def test_a_module_with_another_content_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    go = tmp_path / "go"
    go.write_text(f'#!/bin/sh\necho \'{{"Dir": "{tmp_path}", "Sum": "h1:other="}}\'\n')
    go.chmod(0o755)
    source = build.Source("example.com/x", "v1.0.0", "h1:right=", "*")
    with pytest.raises(LookupError, match=r"example\.com/x v1\.0\.0: h1:other="):
        Definitions("d", "d", (source,)).make(str(go))
    assert not Definitions("d", "d", (source,)).path.exists()


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_tool_is_the_version_that_is_pinned(name: str) -> None:
    words, begins = SAYS[name]
    said = subprocess.run([tool(name), *words.split()], capture_output=True, text=True, check=True).stdout
    assert begins in said
    assert TOOLS[name].version.lstrip("v") in said


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_tool_lies_outside_the_clone_by_version(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = PROGRAMS[name]
    expected = Path("dynamo-manifests/tools") / made.program / made.version / "bin" / made.program
    assert made.path == tmp_path / expected


@pytest.mark.parametrize("version", VERSIONS)
def test_helm_renders_for_the_kubernetes_of_its_client(tmp_path: Path, version: int) -> None:
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: toy\nversion: 0.1.0\n")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.yaml").write_text("kubernetes: {{ .Capabilities.KubeVersion.Version }}\n")
    minor = build.required(f"helm{version}", "k8s.io/client-go").split(".")[1]
    assert helm_template(tmp_path, version=version) == [{"kubernetes": f"v1.{minor}.0"}]


def test_a_module_that_go_mod_lacks_is_named() -> None:
    with pytest.raises(LookupError, match=r"etcd/go\.mod does not require example\.com/x"):
        build.required("etcd", "example.com/x")


def test_a_replaced_module_has_the_version_of_its_replacement() -> None:
    assert build.required("kubernetes", "k8s.io/client-go") == "v0.37.2"


def test_an_unknown_tool_is_refused_with_the_names() -> None:
    done = subprocess.run(
        [sys.executable, "hack/tools/build.py", "helm5"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "no such tool: helm5 (there are definitions, helm3, helm4," in done.stderr


def test_without_go_the_error_says_what_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match=r"Go 1\.26 or newer is needed .*found: none"):
        build.go()


def test_a_go_that_is_too_old_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "go"
    old.write_text("#!/bin/sh\necho go version go1.21.4 linux/amd64\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(SystemExit, match=r"found: go version go1\.21\.4"):
        build.go()


def test_a_missing_tool_skips_and_in_ci_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="run 'make tools'"):
        tool("etcd")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="run 'make tools'"):
        tool("etcd")
