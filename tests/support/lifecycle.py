"""A release of the platform on an API server: what is stored, what the README says to type."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from pydynamo_manifests.yaml import load_all
from tests.support.helm import helm
from tests.support.platform import CHART, ROOT
from tests.support.tools import tool

if TYPE_CHECKING:
    from tests.support.apiserver import ApiServer

SERVER_OWN = {
    "Event",
    "IPAddress",
    "EndpointSlice",
    "Endpoints",
    "FlowSchema",
    "PriorityLevelConfiguration",
    "APIService",
}


def inventory(server: ApiServer) -> dict[tuple[str, str, str], str]:
    """Return every stored object, as kind, namespace and name, and its path."""
    client = server.client()
    groups = ["/api/v1"] + [
        f"/apis/{group['preferredVersion']['groupVersion']}"
        for group in client.request("GET", "/apis")["groups"]
    ]
    found = {}
    for root in groups:
        for resource in client.request("GET", root)["resources"]:
            if "list" in resource["verbs"] and resource["kind"] not in SERVER_OWN:
                for item in client.request("GET", f"{root}/{resource['name']}")["items"]:
                    meta = item["metadata"]
                    space = f"/namespaces/{meta['namespace']}" if "namespace" in meta else ""
                    key = (resource["kind"], meta.get("namespace", ""), meta["name"])
                    found[key] = f"{root}{space}/{resource['name']}/{meta['name']}"
    return {key: path for key, path in found.items() if not key[2].startswith(("apiserver-", "kubernetes"))}


def kubectl(server: ApiServer, *words: str, given: str | None = None) -> str:
    """Return what kubectl prints as the administrator."""
    command = [tool("kubectl"), "--kubeconfig", str(server.kubeconfig), *words]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def leave(server: ApiServer, version: int) -> None:
    """Type the commands of the README's chapter on leaving, but the one for other installers."""
    chapter = (CHART / "README.md").read_text().split("\n## Leaving\n")[1].split("\n## ")[0]
    for line in re.findall(r"^    ((?:helm|kubectl) .*)$", chapter, re.MULTILINE):
        program, *words = shlex.split(line)
        if program == "kubectl" and words[0] != "patch":
            kubectl(server, *words)
        elif program == "helm":
            fit = [w for w in words if version == 4 or not w.startswith("--server-side")]
            typed = [str(CHART) if w == "charts/dynamo-platform" else w for w in fit]
            done = helm(*typed, version=version, kubeconfig=server.kubeconfig)
            assert done.code == 0, done.stderr


def install_definitions_of_others(server: ApiServer) -> None:
    """Let the server serve the kinds of Prometheus Operator and cert-manager."""
    files = sorted(Path(tool("definitions")).iterdir())
    wanted = [
        crd for file in files for crd in load_all(file.read_text()) if crd["spec"]["names"]["kind"] in OTHERS
    ]
    server.client().install_crds(wanted)


OTHERS = {"ServiceMonitor", "PodMonitor", "PrometheusRule", "Certificate", "Issuer"}
"""Kinds of other projects that the chart writes objects of."""
