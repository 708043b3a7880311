"""The chart as a dependency of another: conditions, globals, an alias, two of them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.yaml import dump
from tests.support.helm import VERSIONS, helm, helm_template
from tests.support.platform import CHART, HOME, only

if TYPE_CHECKING:
    from pathlib import Path

NAMESPACED = {"operator": {"scope": {"mode": "namespace"}}, "fullnameOverride": "restricted"}


def parent(folder: Path, values: dict[str, Any], *aliases: str) -> Path:
    """Return a chart that has ours as a dependency, once for each alias."""
    chart = folder / "parent"
    shutil.copytree(CHART, chart / "charts/dynamo-platform")
    dependencies = [
        {"name": "dynamo-platform", "version": "*", "condition": f"{alias}.enabled", "alias": alias}
        for alias in aliases
    ]
    about = {"apiVersion": "v2", "name": "parent", "version": "1.0.0", "dependencies": dependencies}
    (chart / "Chart.yaml").write_text(dump(about))
    (chart / "values.yaml").write_text(dump(values))
    return chart


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("alias", ["dynamo-platform", "inference"])
def test_globals_and_own_values_reach_it_under_its_name_and_an_alias(
    tmp_path: Path, version: int, alias: str
) -> None:
    values = {
        "global": {"theirs": 1, "imageRegistry": "mirror"},
        alias: {"enabled": True, "nats": {"mode": "builtIn"}},
    }
    objects = helm_template(parent(tmp_path, values, alias), name="dynamo", namespace=HOME, version=version)
    pods = [only(objects, kind)["spec"]["template"]["spec"] for kind in ("Deployment", "StatefulSet")]
    assert all(pod["containers"][0]["image"].startswith("mirror/") for pod in pods)
    assert len([o for o in objects if o["kind"] == "CustomResourceDefinition"]) == 6


@pytest.mark.parametrize("version", VERSIONS)
def test_its_condition_switches_it_off(tmp_path: Path, version: int) -> None:
    chart = parent(tmp_path, {"a": {"enabled": False}}, "a")
    assert helm_template(chart, name="dynamo", namespace=HOME, version=version) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_an_empty_global_of_a_parent_means_none(tmp_path: Path, version: int) -> None:
    chart = parent(tmp_path, {"global": {"imageRegistry": "", "imagePullSecrets": []}}, "a")
    objects = helm_template(chart, name="dynamo", namespace=HOME, version=version)
    image = only(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image.startswith("nvcr.io/")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("second", "words"),
    [
        ({}, "objects called dynamo-*: give one a fullnameOverride"),
        ({"fullnameOverride": "second"}, "the one cluster-wide operator"),
    ],
)
def test_two_that_would_write_the_same_objects_are_refused(
    tmp_path: Path, version: int, second: dict[str, Any], words: str
) -> None:
    none = {"crds": {"managedBy": "none"}}
    chart = parent(tmp_path, {"a": none, "b": {**none, **second}}, "a", "b")
    refused = helm("template", "dynamo", chart, "-n", HOME, version=version)
    assert refused.code
    assert f"two dependencies, a and b, write {words}" in refused.stderr


@pytest.mark.parametrize("version", VERSIONS)
def test_a_restricted_one_beside_the_cluster_wide_one_is_fine(tmp_path: Path, version: int) -> None:
    none = {"crds": {"managedBy": "none"}}
    chart = parent(tmp_path, {"a": none, "b": {**none, **NAMESPACED}}, "a", "b")
    objects = helm_template(chart, name="dynamo", namespace=HOME, version=version)
    names = [(o["kind"], o["metadata"].get("namespace"), o["metadata"]["name"]) for o in objects]
    assert len(names) == len(set(names))
    assert {"dynamo-operator", "restricted-operator"} == {n for k, _, n in names if k == "Deployment"}
