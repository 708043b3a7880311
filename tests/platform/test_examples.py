from __future__ import annotations

import re
from typing import Any

import pytest

from pydynamo_manifests.releases import newest
from pydynamo_manifests.values.platform.load import load_platform
from pydynamo_manifests.yaml import load_all, merge_values
from tests.support.platform import CHART, ROOT, platform

EXAMPLES = ROOT / "examples/platform"
PINNED = {name: newest().bundled[name].minimum for name in ("grove", "kai-scheduler")}


def documents(folder: str) -> dict[str, dict[str, Any]]:
    found = [d for path in sorted((EXAMPLES / folder).glob("*.yaml")) for d in load_all(path.read_text())]
    return {f"{d['kind']}/{d['metadata']['name']}": d for d in found}


def values_of(files: list[str], own: dict[str, Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for name in files:
        if not name.endswith("values.yaml"):
            merged = merge_values(merged, load_all((CHART / name).read_text())[0])
    return merge_values(merged, own)


@pytest.mark.parametrize("name", PINNED)
def test_versions_are_those_of_the_catalogue(name: str) -> None:
    assert documents("argocd")[f"Application/{name}"]["spec"]["source"]["targetRevision"] == PINNED[name]
    assert documents("flux")[f"OCIRepository/{name}"]["spec"]["ref"]["tag"] == PINNED[name]
    line = next(x for x in (EXAMPLES / "helm.sh").read_text().splitlines() if f"--install {name} " in x)
    assert f"--version {PINNED[name]} " in line


def test_argo_cd_goes_in_waves() -> None:
    waves = {
        name: int(app["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])
        for name, app in documents("argocd").items()
        if "annotations" in app["metadata"]
    }
    assert waves["Application/cert-manager"] < waves["Application/grove"] < waves["Application/dynamo"]
    assert waves["Application/kai-scheduler"] < waves["Application/dynamo"]


def test_flux_goes_by_dependencies() -> None:
    found = documents("flux")
    wanted = {d["name"] for d in found["HelmRelease/dynamo"]["spec"]["dependsOn"]}
    assert wanted == {"cert-manager", "grove", "kai-scheduler"}
    assert all(f"HelmRelease/{name}" in found for name in wanted)


def test_the_platforms_values_render() -> None:
    argo = documents("argocd")["Application/dynamo"]["spec"]["source"]["helm"]
    flux = documents("flux")["HelmRelease/dynamo"]["spec"]
    files = [f.removeprefix("charts/dynamo-platform/") for f in flux["chart"]["spec"]["valuesFiles"]]
    theirs = values_of(argo["valueFiles"], argo["valuesObject"])
    assert theirs == values_of(files, flux["values"])
    load_platform(theirs)
    assert {"Queue", "Certificate"} <= {o["kind"] for o in platform(sets=theirs)}


def test_argo_cd_leaves_alone_what_the_operator_writes() -> None:
    ignored = {i["kind"] for i in documents("argocd")["Application/dynamo"]["spec"]["ignoreDifferences"]}
    assert ignored == {
        "CustomResourceDefinition",
        "ValidatingWebhookConfiguration",
        "MutatingWebhookConfiguration",
        "Secret",
        "Lease",
    }


def test_files_that_the_script_names_exist() -> None:
    for path in re.findall(r"(?:-f |upgrade --install dynamo )(\S+)", (EXAMPLES / "helm.sh").read_text()):
        assert (ROOT / path).exists(), path
