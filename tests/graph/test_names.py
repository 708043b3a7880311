"""Names that the chart makes: within Kubernetes' limits, one for each object, the library's are the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.render import render
from pydynamo_manifests.yaml import dump, load_all
from tests.support.helm import VERSIONS, helm, helm_template

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "dynamo-graph"
W: dict[str, Any] = {"type": "worker", "image": {"repository": "r", "tag": "1"}}
CACHE = {"name": "org/m", "cache": {"create": {"size": "1Gi"}, "download": {"enabled": True}}}
LONG = "a" * 30 + "." + "b" * 22
NAMES = ["q", "q" * 39, "q" * 40, LONG, "q" * 38 + "-" + "r" * 14]

LIMITS = {"ConfigMap": 253, "DynamoGraphDeployment": 63, "Job": 63, "PersistentVolumeClaim": 253}


def everything(**more: Any) -> dict[str, Any]:
    components = {
        "Frontend": {**W, "type": "frontend"},
        "W" * 63: {**W, "files": {"/etc/a": "1"}, "modelCache": True},
    }
    return {"model": CACHE, "components": components, **more}


def written(values: dict[str, Any], folder: Path, name: str, version: int) -> dict[str, dict[str, Any]]:
    (file := folder / "v.yaml").write_text(dump(values))
    return by_kind(helm_template(CHART, [file], name=name, version=version))


def by_kind(objects: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found = {o["kind"]: o for o in objects}
    for obj in found.values():
        obj["metadata"].get("labels", {}).pop("helm.sh/chart", None)
        obj["metadata"].get("labels", {}).pop("app.kubernetes.io/managed-by", None)
    return found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("how", ["release", "fullnameOverride"])
def test_every_name_keeps_its_limit(name: str, how: str, version: int, tmp_path: Path) -> None:
    values = everything(**({} if how == "release" else {"fullnameOverride": name}))
    objects = written(values, tmp_path, name if how == "release" else "q", version)
    assert objects.keys() == LIMITS.keys()
    for kind, obj in objects.items():
        assert len(obj["metadata"]["name"]) <= LIMITS[kind]
        assert re.fullmatch(
            r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", obj["metadata"]["name"]
        )
        assert all(len(text) <= 63 for text in obj["metadata"]["labels"].values())
    assert objects["DynamoGraphDeployment"]["metadata"]["name"] == name
    ours = by_kind(render(values, name=name if how == "release" else "q", namespace="default"))
    assert ours == objects


def test_a_short_name_is_whole_in_the_jobs_and_a_long_one_keeps_its_hash() -> None:
    jobs = {
        n: by_kind(render(everything(), name=n))["Job"]["metadata"]["name"]
        for n in ("q" * 39, "q" * 40, "q" * 41)
    }
    whole, cut, other = jobs.values()
    assert whole.startswith("q" * 39 + "-model-download-")
    assert re.fullmatch(r"q{30}-[0-9a-f]{8}-model-download-[0-9a-f]{8}", cut)
    assert cut[:39] != other[:39]


@pytest.mark.parametrize("name", ["", "Qwen", "a_b", "-a", "a.", "a..b", "a/b", "a\n"])
def test_a_name_that_no_object_can_have_is_refused_as_helm_does(name: str, tmp_path: Path) -> None:
    (file := tmp_path / "v.yaml").write_text(dump({"components": {"w": W}}))
    assert helm("template", name, CHART, "-f", file).code == 1
    with pytest.raises(InputError) as e:
        render({"components": {"w": W}}, name=name)
    assert str(e.value) == f"{name!r} is no name for a graph: lower-case letters, digits and inner '-' or '.'"


@pytest.mark.parametrize("version", VERSIONS)
def test_twenty_five_components_and_more_have_maps_of_their_own(version: int, tmp_path: Path) -> None:
    values = {"components": {f"w{n}": {**W, "files": {"/etc/a": str(n)}} for n in range(300)}}
    (file := tmp_path / "v.yaml").write_text(dump(values))
    objects = helm_template(CHART, [file], name="q", version=version)
    names = {o["metadata"]["name"] for o in objects}
    assert len(names) == len(objects) == 301
    assert names == {o["metadata"]["name"] for o in render(values, name="q")}


def parent(folder: Path, *entries: str) -> Path:
    """Return a chart that depends on the graph chart, one line of YAML for each time."""
    chart = folder / "parent"
    chart.mkdir()
    head = "apiVersion: v2\nname: parent\nversion: 0.1.0\ndependencies:\n"
    where = f"name: dynamo-graph, version: 0.1.0, repository: 'file://{CHART}'"
    (chart / "Chart.yaml").write_text(head + "".join(f"- {{{where}{more}}}\n" for more in entries))
    return chart


def template(
    chart: Path, values: dict[str, Any], version: int, name: str = "prod", *words: str
) -> list[dict[str, Any]]:
    (chart / "values.yaml").write_text(dump(values))
    assert (built := helm("dependency", "build", chart, version=version)).code == 0, built.stderr
    done = helm("template", name, chart, *words, version=version)
    assert done.code == 0, done.stderr
    assert "warning" not in done.stderr.lower()
    return [d for d in load_all(done.stdout) if d]


@pytest.mark.parametrize("version", VERSIONS)
def test_two_aliases_in_one_parent_are_two_graphs(version: int, tmp_path: Path) -> None:
    chart = parent(tmp_path, ", alias: chat", ", alias: codeModel_2", "")
    values = {key: everything() for key in ("chat", "codeModel_2", "dynamo-graph")}
    objects = template(chart, {"global": {"x": 1}, **values}, version)
    graphs = sorted(o["metadata"]["name"] for o in objects if o["kind"] == "DynamoGraphDeployment")
    assert graphs == ["prod", "prod-chat", "prod-codemodel-2"]
    assert len({(o["kind"], o["metadata"]["name"]) for o in objects}) == len(objects) == 12
    for name in graphs:
        theirs = by_kind(o for o in objects if re.fullmatch(rf"{name}(-[^c].*)?", o["metadata"]["name"]))
        ours = by_kind(render(everything(fullnameOverride=name), name="prod", namespace="default"))
        assert (
            theirs
            == ours
            == by_kind(
                {
                    **o,
                    "metadata": {
                        **o["metadata"],
                        "labels": {**o["metadata"]["labels"], "app.kubernetes.io/instance": "prod"},
                    },
                }
                for o in render(everything(), name=name, namespace="default")
            )
        )


@pytest.mark.parametrize("version", VERSIONS)
def test_a_single_subchart_is_called_like_the_release_and_an_override_wins(
    version: int, tmp_path: Path
) -> None:
    chart = parent(tmp_path, "")
    (graph,) = template(chart, {"dynamo-graph": {"components": {"w": W}}}, version)
    assert graph["metadata"]["name"] == "prod"
    (graph,) = template(chart, {"dynamo-graph": {"components": {"w": W}, "fullnameOverride": "own"}}, version)
    assert graph["metadata"]["name"] == "own"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_long_alias_is_cut_as_the_library_cuts(version: int, tmp_path: Path) -> None:
    alias, release = "model-" * 9 + "a", "r" * 53
    (graph,) = template(
        parent(tmp_path, f", alias: {alias}"), {alias: {"components": {"w": W}}}, version, release
    )
    (ours,) = render({"components": {"w": W}}, name=f"{release}-{alias}")
    assert graph["metadata"]["name"] == ours["metadata"]["name"]
    assert re.fullmatch(r"r{53}-[0-9a-f]{8}", ours["metadata"]["name"])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_condition_works_from_the_defaults_without_a_warning(version: int, tmp_path: Path) -> None:
    chart = parent(tmp_path, ", alias: chat, condition: chat.enabled")
    assert len(template(chart, {"chat": {"components": {"w": W}}}, version)) == 1
    assert (
        template(chart, {"chat": {"components": {"w": W}}}, version, "prod", "--set", "chat.enabled=false")
        == []
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_enabled_has_no_effect_in_a_release_of_its_own(version: int, tmp_path: Path) -> None:
    values = {"components": {"w": W}, "enabled": False}
    (graph,) = written(values, tmp_path, "q", version).values()
    assert graph == by_kind(render(values, name="q", namespace="default"))["DynamoGraphDeployment"]
