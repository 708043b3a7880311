"""Each section of the page on one value says one change in four ways; all of them render the same."""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.render import render
from pydynamo_manifests.values.load import load_values
from pydynamo_manifests.yaml import load_all
from tests.docs.gitops import Call, argo_call, escaped, flux_call
from tests.docs.markdown import ROOT, Block, blocks
from tests.support.helm import VERSIONS, helm_template

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "docs/guides/change-one-value.md"
CHART = ROOT / "charts" / "dynamo-graph"
PRESET = ROOT / "values" / "graph" / "1.6" / "vllm-disagg-router.yaml"
WAYS = ("set", "values", "argocd", "flux")

Objects = list[dict[str, Any]]


def way(block: Block) -> str | None:
    if block.language == "bash":
        return "set"
    return next((w for w in block.words if w in WAYS), None)


def sections() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for block in blocks(PAGE):
        if name := way(block):
            assert name not in found[block.section], f"{block}: a second block of {name}"
            found[block.section][name] = block.text
    return dict(found)


def rendered(call: Call, version: int) -> Objects:
    chosen = {"set_string": call.set_string, "name": "qwen", "namespace": "team-a", "version": version}
    return helm_template(call.chart, call.files, call.set_, **chosen)  # type: ignore[arg-type]


def by_set(text: str, version: int) -> Objects:
    words = shlex.split(text.replace("\\\n", " "))
    assert words[:5] == ["helm", "upgrade", "--install", "qwen", "charts/dynamo-graph"]
    given: dict[str, tuple[str, ...]] = dict.fromkeys(("-f", "--set", "--set-string", "--set-json"), ())
    for flag, value in zip(words[5::2], words[6::2], strict=True):
        given[flag] = (*given[flag], value)
    return helm_template(
        CHART,
        [ROOT / file for file in given["-f"]],
        given["--set"],
        set_string=given["--set-string"],
        set_json=given["--set-json"],
        name="qwen",
        namespace="team-a",
        version=version,
    )


def by_values(text: str, version: int, folder: Path) -> Objects:
    (folder / "mine.yaml").write_text(text)
    return rendered(Call(CHART, [PRESET, folder / "mine.yaml"]), version)


def by_argo(text: str, folder: Path) -> Call:
    (asked,) = load_all(text, PAGE)
    files = {"valueFiles": ["presets/1.6/vllm-disagg-router.yaml"], "releaseName": "qwen"}
    spec = {
        "source": {"path": "charts/dynamo-graph", "helm": {**files, **asked}},
        "destination": {"namespace": "team-a"},
    }
    return argo_call({"metadata": {"name": "qwen"}, "spec": spec}, folder)


def by_flux(text: str, folder: Path) -> Call:
    asked, *others = load_all(text, PAGE)
    chart = {
        "chart": "charts/dynamo-graph",
        "valuesFiles": ["charts/dynamo-graph/values.yaml", "values/graph/1.6/vllm-disagg-router.yaml"],
    }
    release = {
        "kind": "HelmRelease",
        "metadata": {"name": "qwen", "namespace": "team-a"},
        "spec": {"chart": {"spec": chart}, **asked},
    }
    return flux_call([release, *others], folder)


SECTIONS = sections()


def test_the_page_is_read() -> None:
    assert len(SECTIONS) >= 10


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("section", sorted(SECTIONS))
def test_four_ways_give_the_same_objects(section: str, version: int, tmp_path: Path) -> None:
    said = SECTIONS[section]
    assert tuple(said) == WAYS
    wanted = by_set(said["set"], version)
    assert wanted != rendered(Call(CHART, [PRESET]), version), "the change changes nothing"
    assert by_values(said["values"], version, tmp_path) == wanted
    assert rendered(by_argo(said["argocd"], tmp_path), version) == wanted
    assert rendered(by_flux(said["flux"], tmp_path), version) == wanted
    argo = by_argo(said["argocd"], tmp_path).values()
    assert render(
        load_values(argo, PAGE), name="qwen", namespace="team-a", chart_labels=False
    ) == without_chart_labels(wanted)


def without_chart_labels(objects: Objects) -> Objects:
    ours = re.compile(r"^(app\.kubernetes\.io/|helm\.sh/)")
    for item in objects:
        kept = {k: v for k, v in item["metadata"].pop("labels", {}).items() if not ours.match(k)}
        if kept:
            item["metadata"]["labels"] = kept
    return objects


def test_argo_cd_escapes_commas_except_in_braces() -> None:
    assert escaped("a,b") == r"a\,b"
    assert escaped(r"a\,b") == r"a\,b"
    assert escaped("{a,b}") == "{a,b}"


def test_inline_values_win_over_a_target_path_in_flux(tmp_path: Path) -> None:
    text = """
valuesFrom: [{kind: ConfigMap, name: qwen, valuesKey: count, targetPath: components.decode.replicas}]
values: {components: {decode: {replicas: 7}}}
---
{kind: ConfigMap, metadata: {name: qwen}, data: {count: "3"}}
"""
    assert by_flux(text, tmp_path).values()["components"]["decode"]["replicas"] == 7


def test_parameters_win_over_values_in_argo_cd(tmp_path: Path) -> None:
    text = """
parameters: [{name: components.decode.replicas, value: "3"}]
valuesObject: {components: {decode: {replicas: 7}}}
"""
    assert by_argo(text, tmp_path).values()["components"]["decode"]["replicas"] == 3
