"""A rule that names what it is about finds nothing where that is absent: passing over it loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.validate.graph import read_graph
from pydynamo_manifests.validate.lint import REGISTRY
from pydynamo_manifests.validate.lint.releases import read_line
from pydynamo_manifests.validate.lint.scene import Scene
from pydynamo_manifests.yaml import load_all
from tests.support.corpus import corpus

if TYPE_CHECKING:
    from pydynamo_manifests.validate.lint import LintRule

RELEASES = ("0.9.1", "1.3.1", "1.6.1")
GATED = [made for made in REGISTRY.values() if made.when and made.check]


def passed_over(obj: Any, release: str, **more: Any) -> list[str]:
    """Return what rules find that would not have been asked."""
    graph = read_graph(obj)
    if graph is None:
        return []
    scene = Scene(graph, read_line(release), **more)
    skipped = [made for made in GATED if not scene.tags(frozenset(made.when))]
    return [f"{made.code}: {found}" for made in skipped for found in found_by(made, scene)]


def found_by(made: LintRule, scene: Scene) -> list[str]:
    return [found.message for found in made.check(scene)] if made.check else []


@pytest.mark.parametrize("code", REGISTRY)
def test_examples(code: str) -> None:
    for example in (REGISTRY[code].bad, REGISTRY[code].good):
        assert passed_over(example.obj, example.release, others=example.others) == []


def test_real_graphs() -> None:
    files = sorted(corpus().joinpath("valid").rglob("*.yaml"))[::3]
    for file in files:
        for obj in load_all(file.read_text()):
            for release in RELEASES:
                assert passed_over(obj, release) == [], file.name


def test_most_rules_name_what_they_are_about() -> None:
    assert len(GATED) > len([made for made in REGISTRY.values() if made.check]) // 2
