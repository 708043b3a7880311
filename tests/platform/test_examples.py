from __future__ import annotations

import re
import shlex
from typing import Any

import pytest

from hack.tools.build import TOOLS, Definitions
from pydynamo_manifests.cluster.software import CHARTS
from pydynamo_manifests.releases import newest
from pydynamo_manifests.values.platform.load import load_platform
from pydynamo_manifests.yaml import load_all, merge_values
from tests.support.platform import CHART, ROOT, platform

EXAMPLES = ROOT / "examples/platform"


def documents(folder: str) -> dict[str, dict[str, Any]]:
    found = [d for path in sorted((EXAMPLES / folder).glob("*.yaml")) for d in load_all(path.read_text())]
    return {f"{d['kind']}/{d['metadata']['name']}": d for d in found}


def values_of(files: list[str], own: dict[str, Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for name in files:
        if not name.endswith("values.yaml"):
            merged = merge_values(merged, load_all((CHART / name).read_text())[0])
    return merge_values(merged, own)


@pytest.mark.parametrize("name", CHARTS)
def test_versions_and_places_are_those_of_the_check(name: str) -> None:
    chart = CHARTS[name]
    version = chart.version or newest().bundled[name].minimum
    application = documents("argocd")[f"Application/{name}"]["spec"]
    source, is_oci = application["source"], chart.home.startswith("oci://")
    assert source["targetRevision"] == version
    assert application["destination"]["namespace"] == chart.namespace
    reference = f"oci://{source['repoURL']}/{source['chart']}" if is_oci else source["repoURL"]
    assert reference == chart.home

    flux = documents("flux")
    release = flux[f"HelmRelease/{name}"]["spec"]
    assert release["targetNamespace"] == release["storageNamespace"] == chart.namespace
    if is_oci:
        repository = flux[f"OCIRepository/{name}"]["spec"]
        assert (repository["url"], repository["ref"]["tag"]) == (chart.home, version)
    else:
        assert flux[f"HelmRepository/{name}"]["spec"]["url"] == chart.home
        assert release["chart"]["spec"]["version"] == version

    typed = command(name)
    home = [chart.home] if is_oci else [name, "--repo", chart.home]
    assert typed[typed.index(name) + 1 :][: len(home)] == home
    assert typed[typed.index("--version") + 1] == version
    assert typed[typed.index("-n") + 1] == chart.namespace
    for given in (
        flatten(source.get("helm", {}).get("valuesObject", {})),
        flatten(release.get("values", {})),
    ):
        assert chart.values.items() <= given.items()
        assert set(given) == {w.partition("=")[0] for w in typed if re.match(r"[\w.-]+=", w)}


def command(name: str) -> list[str]:
    """Return the words of the script's command that installs a release."""
    lines = (EXAMPLES / "helm.sh").read_text().replace("\\\n", " ").splitlines()
    return shlex.split(next(line for line in lines if f"--install {name} " in line))


def flatten(values: dict[str, Any], path: str = "") -> dict[str, str]:
    out: dict[str, str] = {}
    for key, value in values.items():
        inner = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            out |= flatten(value, inner)
        else:
            out[inner] = str(value).lower() if isinstance(value, bool) else str(value)
    return out


def test_the_readme_says_the_versions() -> None:
    text = (EXAMPLES / "README.md").read_text()
    for name, chart in CHARTS.items():
        assert (chart.version or newest().bundled[name].minimum) in text


def test_cert_manager_is_the_one_whose_definitions_judge_the_chart() -> None:
    definitions = TOOLS["definitions"]
    assert isinstance(definitions, Definitions)
    versions = {s.module.rpartition("/")[2]: s.version for s in definitions.sources}
    assert versions["cert-manager"] == CHARTS["cert-manager"].version


def test_argo_cd_goes_in_waves() -> None:
    waves = {
        name.partition("/")[2]: int(app["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])
        for name, app in documents("argocd").items()
        if "annotations" in app["metadata"]
    }
    assert waves.keys() == {*CHARTS, "dynamo"}
    assert max(waves, key=lambda name: waves[name]) == "dynamo"
    for name, release in documents("flux").items():
        for before in release["spec"].get("dependsOn", []):
            assert waves[before["name"]] < waves[name.partition("/")[2]]


def test_the_app_of_apps_leaves_alternatives_out() -> None:
    excluded = documents("argocd")["Application/platform"]["spec"]["source"]["directory"]["exclude"]
    left_out = set(excluded.strip("{}").split(","))
    assert left_out == {"apps.yaml", "lws.yaml", "volcano.yaml", "nvidia-dra-driver-gpu.yaml"}
    there = {path.name for path in (EXAMPLES / "argocd").iterdir()}
    assert there - left_out == {f"{name}.yaml" for name in (*BEFORE, "dynamo")}


BEFORE = {"gpu-operator", "kube-prometheus-stack", "cert-manager", "grove", "kai-scheduler"}


def test_flux_goes_by_dependencies() -> None:
    found = documents("flux")
    wanted = {d["name"] for d in found["HelmRelease/dynamo"]["spec"]["dependsOn"]}
    assert wanted == BEFORE
    assert all(f"HelmRelease/{name}" in found for name in wanted)


def test_both_choices_of_the_script_render() -> None:
    lines = (EXAMPLES / "helm.sh").read_text().replace("\\\n", " ").splitlines()
    common = dict(re.findall(r"--set ([\w.]+)=(\S+)", next(x for x in lines if "--install dynamo " in x)))
    choices = [dict(re.findall(r"--set ([\w.]+)=(\S+)", x)) for x in lines if x.strip().startswith("set --")]
    assert len(choices) == 2
    for chosen in choices:
        sets = {key: value == "true" or value for key, value in (common | chosen).items()}
        kinds = {o["kind"] for o in platform("cert-manager", sets=sets)}
        assert {"Certificate", "ServiceMonitor", "PrometheusRule", "PodMonitor"} <= kinds


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
