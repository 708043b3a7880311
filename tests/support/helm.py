"""Helm as the tests use it: pinned, with no settings of the user's, its output read by our own loader."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.yaml import load_all
from tests.support.tools import tool

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VERSIONS = (3, 4)


@dataclass(frozen=True)
class Result:
    """What one run of Helm gave."""

    code: int
    stdout: str
    stderr: str


class HelmError(AssertionError):
    """Helm refused what a test expected it to do; the message is Helm's own."""


@cache
def _home() -> str:
    return tempfile.mkdtemp(prefix="dynamo-manifests-helm-")


def _environment(kubeconfig: str | os.PathLike[str] | None) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HELM_", "KUBE"))}
    home = _home()
    folders = {f"HELM_{what}_HOME": f"{home}/{what.lower()}" for what in ("CACHE", "CONFIG", "DATA")}
    return {**kept, **folders, "KUBECONFIG": str(kubeconfig or f"{home}/no-cluster")}


def helm(*arguments: object, version: int = 4, kubeconfig: str | os.PathLike[str] | None = None) -> Result:
    """Run `helm ARGUMENTS` and return exit code and both outputs, whatever they are.

    Args:
        arguments: the words of the command line; each is turned into text.
        version: 3 or 4.
        kubeconfig: the cluster to talk to; without it, none can be reached.
    """
    command = [tool(f"helm{version}"), *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, env=_environment(kubeconfig)
    )
    return Result(done.returncode, done.stdout, done.stderr)


def value_arguments(
    values: Iterable[str | os.PathLike[str]] = (),
    sets: Iterable[str] | Mapping[str, object] = (),
    *,
    set_json: Iterable[str] = (),
    set_string: Iterable[str] = (),
) -> list[str]:
    """Return the words `-f FILE ... --set K=V ...`; a mapping of `sets` is written as `K=V` each."""
    pairs = [f"{k}={v}" for k, v in sets.items()] if hasattr(sets, "items") else list(sets)
    words = [("-f", str(file)) for file in values] + [("--set", pair) for pair in pairs]
    words += [("--set-json", pair) for pair in set_json] + [("--set-string", pair) for pair in set_string]
    return [word for pair in words for word in pair]


def helm_template(  # noqa: PLR0913 - the options of one command line
    chart: str | os.PathLike[str],
    values: Iterable[str | os.PathLike[str]] = (),
    sets: Iterable[str] | Mapping[str, object] = (),
    *,
    name: str = "demo",
    namespace: str = "default",
    version: int = 4,
    set_json: Iterable[str] = (),
    set_string: Iterable[str] = (),
    extra: Iterable[object] = (),
) -> list[dict[str, Any]]:
    """Return the objects that `helm template` prints for a chart, in its order.

    Args:
        chart: the chart's folder or archive.
        values: values files, later ones over earlier ones.
        sets: `--set` pairs, as `"a.b=1"` or as a mapping.
        name: the release's name.
        namespace: the release's namespace.
        version: 3 or 4.
        set_json: `--set-json` pairs.
        set_string: `--set-string` pairs.
        extra: further words of the command line.

    Raises:
        HelmError: Helm exited with another code than 0.
    """
    chosen = value_arguments(values, sets, set_json=set_json, set_string=set_string)
    result = helm("template", name, chart, "--namespace", namespace, *chosen, *extra, version=version)
    if result.code:
        raise HelmError(
            f"helm {version} template {Path(chart).name} exited with {result.code}:\n{result.stderr}"
        )
    return [document for document in load_all(result.stdout, f"helm {version}") if document]
