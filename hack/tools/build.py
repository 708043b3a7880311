#!/usr/bin/env python3
"""Builds the pinned Go programs that the tests start, each at most once per machine.

The folders beside this file are Go modules whose only content is a `tool` line: their go.mod says
the version, their go.sum what the sources must hash to. A program lands in
`$XDG_CACHE_HOME/dynamo-manifests/tools/<program>/<version>/bin/<program>`, outside the clone, so that a
second clone builds nothing.

    hack/tools/build.py helm3 helm4 kubeconform     # these; without names, all
    hack/tools/build.py definitions                 # no program: other projects' CRDs, out of their modules
    hack/tools/build.py --list                      # name, version, path, built or not
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
GO_VERSION = re.compile(r"go version go(\d+)\.(\d+)")
NEEDS_GO = (1, 26)


def cache_home() -> Path:
    """The folder of this project's downloads and builds: the same for every clone of one user."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "dynamo-manifests"


@dataclass(frozen=True)
class Tool:
    """One program: the Go package it is built from, the module that carries its version, link-time words.

    `{v}` in a link-time word is the version (`v3.22.0`); `{minor}` the Kubernetes minor of the module's
    client libraries (`37`), which Helm 3 and Kubernetes itself only know when the linker tells them.
    """

    name: str
    program: str
    folder: str
    module: str
    package: str
    variables: tuple[str, ...] = field(default=())

    @property
    def version(self) -> str:
        """The pinned version, as go.mod writes it."""
        return required(self.folder, self.module)

    @property
    def path(self) -> Path:
        """Where the built program is, or will be."""
        return cache_home() / "tools" / self.program / self.version / "bin" / self.program

    def link_flags(self) -> str:
        """`-ldflags` for `go build`: no debug tables, and the version where the program looks for it."""
        client = (
            required(self.folder, "k8s.io/client-go") if any("{minor}" in v for v in self.variables) else ""
        )
        minor = client.split(".")[1] if client else ""
        return " ".join(
            ["-s", "-w", *(f"-X {v.format(v=self.version, minor=minor)}" for v in self.variables)]
        )

    def make(self, command: str) -> None:
        """Build the program with the Go command, into the cache.

        Raises:
            subprocess.CalledProcessError: the compiler or the module download failed (it has printed why).
        """
        folder = self.path.parent
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{self.program}.{os.getpid()}"
        environment = {
            **os.environ,
            "CGO_ENABLED": "0",
            "GOWORK": "off",
            "GOFLAGS": "-mod=readonly -buildvcs=false",
        }
        line = ["build", "-trimpath", "-ldflags", self.link_flags(), "-o", str(unfinished), self.package]
        try:
            subprocess.run(["nice", command, *line], cwd=HERE / self.folder, env=environment, check=True)
            unfinished.replace(self.path)
        finally:
            unfinished.unlink(missing_ok=True)


@dataclass(frozen=True)
class Source:
    """A module that carries CRDs as files: what its download must hash to, and where the files are."""

    module: str
    version: str
    sum: str
    files: str
    """A glob in the module."""


@dataclass(frozen=True)
class Definitions:
    """The CRDs of projects that our charts write objects for, as YAML files in one folder."""

    name: str
    program: str
    sources: tuple[Source, ...]

    @property
    def version(self) -> str:
        """The versions of the modules."""
        return "-".join(source.version for source in self.sources)

    @property
    def path(self) -> Path:
        """The folder of the files."""
        return cache_home() / "tools" / self.program / self.version / "crds"

    def make(self, command: str) -> None:
        """Download the modules with the Go command and copy their files.

        Raises:
            subprocess.CalledProcessError: a download failed.
            LookupError: a module is not what was pinned.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.path.parent) as unfinished:
            for source in self.sources:
                for file in self._files(source, command):
                    shutil.copyfile(file, Path(unfinished) / file.name)
            Path(unfinished).rename(self.path)
            Path(unfinished).mkdir()  # for the context manager to remove

    def _files(self, source: Source, command: str) -> list[Path]:
        environment = {**os.environ, "GOWORK": "off", "GOFLAGS": "-mod=mod"}
        asked = [command, "mod", "download", "-json", f"{source.module}@{source.version}"]
        with tempfile.TemporaryDirectory() as nowhere:  # a module's own go.mod would be resolved first
            done = subprocess.run(
                asked, cwd=nowhere, env=environment, check=True, stdout=subprocess.PIPE, text=True
            )
        found = json.loads(done.stdout)
        files = sorted(Path(found["Dir"]).glob(source.files))
        if found["Sum"] != source.sum or not files:
            raise LookupError(f"{source.module} {source.version}: {found['Sum']}, {len(files)} files")
        return files


KUBERNETES = tuple(
    f"k8s.io/{package}/version.{word}"
    for package in ("component-base", "client-go/pkg")
    for word in ("gitVersion={v}", "gitMajor=1", "gitMinor={minor}", "gitTreeState=clean")
)
HELM3_MINOR = tuple(
    f"helm.sh/helm/v3/pkg/{package}.k8sVersion{word}"
    for package in ("chartutil", "lint/rules")
    for word in ("Major=1", "Minor={minor}")
)
TOOLS: dict[str, Tool | Definitions] = {
    tool.name: tool
    for tool in (
        Definitions(
            "definitions",
            "definitions",
            (
                Source(
                    "github.com/prometheus-operator/prometheus-operator",
                    "v0.85.0",
                    "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
                    "example/prometheus-operator-crd/*.yaml",
                ),
                Source(
                    "github.com/cert-manager/cert-manager",
                    "v1.21.2",
                    "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
                    "deploy/crds/cert-manager.io_*.yaml",
                ),
            ),
        ),
        Tool(
            "helm3",
            "helm",
            "helm3",
            "helm.sh/helm/v3",
            "helm.sh/helm/v3/cmd/helm",
            ("helm.sh/helm/v3/internal/version.version={v}", *HELM3_MINOR),
        ),
        Tool(
            "helm4",
            "helm",
            "helm4",
            "helm.sh/helm/v4",
            "helm.sh/helm/v4/cmd/helm",
            ("helm.sh/helm/v4/internal/version.version={v}",),
        ),
        Tool(
            "kubeconform",
            "kubeconform",
            "kubeconform",
            "github.com/yannh/kubeconform",
            "github.com/yannh/kubeconform/cmd/kubeconform",
            ("main.version={v}",),
        ),
        Tool(
            "kube-score",
            "kube-score",
            "kube-score",
            "github.com/zegl/kube-score",
            "github.com/zegl/kube-score/cmd/kube-score",
            ("main.version={v}",),
        ),
        Tool("etcd", "etcd", "etcd", "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3"),
        Tool(
            "kube-apiserver",
            "kube-apiserver",
            "kubernetes",
            "k8s.io/kubernetes",
            "k8s.io/kubernetes/cmd/kube-apiserver",
            KUBERNETES,
        ),
        Tool(
            "kubectl",
            "kubectl",
            "kubernetes",
            "k8s.io/kubernetes",
            "k8s.io/kubernetes/cmd/kubectl",
            KUBERNETES,
        ),
        Tool(
            "nats-server",
            "nats-server",
            "nats-server",
            "github.com/nats-io/nats-server/v2",
            "github.com/nats-io/nats-server/v2",
        ),
    )
}


def required(folder: str, module: str) -> str:
    """The version that `folder`'s go.mod builds `module` at: its replacement's where it has one.

    Raises:
        LookupError: go.mod does not require the module.
    """
    text = (HERE / folder / "go.mod").read_text()
    name = re.escape(module)
    for pattern in (rf"^\s*{name} => \S+ (\S+)", rf"^(?:require)?\s*{name} (v\S+)"):
        if found := re.search(pattern, text, re.MULTILINE):
            return found[1]
    raise LookupError(f"{folder}/go.mod does not require {module}")


def go() -> str:
    """The Go command, new enough for the pinned modules; ends the program with what to do otherwise."""
    found = shutil.which("go")
    says = (
        subprocess.run([found, "version"], capture_output=True, text=True, check=True).stdout if found else ""
    )
    have = GO_VERSION.search(says)
    if not found or not have or (int(have[1]), int(have[2])) < NEEDS_GO:
        want = ".".join(map(str, NEEDS_GO))
        sys.exit(f"Go {want} or newer is needed to build the test tools (found: {says.strip() or 'none'}).")
    return found


def build(tool: Tool | Definitions, command: str) -> float:
    """Makes one tool in the cache; returns the seconds it took."""
    started = time.monotonic()
    tool.make(command)
    return time.monotonic() - started


def ensure(tool: Tool | Definitions) -> None:
    """Builds the program unless it is in the cache; two clones that ask at once build it once."""
    if tool.path.exists():
        return
    command = go()
    folder = cache_home() / "tools"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not tool.path.exists():
            print(f"building {tool.name} {tool.version} (once per machine)", file=sys.stderr, flush=True)
            print(f"built {tool.name} in {build(tool, command):.0f} s", file=sys.stderr, flush=True)


def main() -> int:
    """The command line: see the top of this file."""
    parser = argparse.ArgumentParser(description="Build the pinned test tools into the user's cache.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TOOLS))
    parser.add_argument("--list", action="store_true", help="show names, versions and paths; build nothing")
    args = parser.parse_args()
    unknown = sorted(set(args.names) - set(TOOLS))
    if unknown:
        parser.error(f"no such tool: {', '.join(unknown)} (there are {', '.join(TOOLS)})")
    for name in args.names or TOOLS:
        tool = TOOLS[name]
        if args.list:
            print(f"{name}\t{tool.version}\t{tool.path}\t{'built' if tool.path.exists() else 'not built'}")
        else:
            ensure(tool)
    return 0


if __name__ == "__main__":
    sys.exit(main())
