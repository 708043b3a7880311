"""Objects that no API server would store: imported whole, or refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.import_ import import_graph
from pydynamo_manifests.import_.check import Unpatchable, patch, same
from pydynamo_manifests.render import render
from tests.support.odd import ALPHA, BETA, REQUEST_ALPHA, REQUEST_BETA, TWICE, Obj, Place, odd_ones, put


@pytest.mark.parametrize("whole", [BETA, ALPHA, REQUEST_BETA, REQUEST_ALPHA], ids=lambda o: o["apiVersion"])
def test_an_odd_object_comes_back_whole_or_is_refused(whole: Obj) -> None:
    came_back = refused = 0
    for obj in odd_ones(whole):
        try:
            found = import_graph(obj)
        except InputError:
            refused += 1
            continue
        back = render(found.values, name=found.name, chart_labels=False)[0]
        assert same(back["spec"], obj["spec"]), obj
        came_back += 1
    print(f"{came_back} came back, {refused} were refused")
    assert came_back > 2 * refused > 0


@pytest.mark.parametrize(
    ("at", "odd", "message"),
    [
        (("spec", "components"), [None], "every component of the graph is null"),
        (("spec", "components"), [1], "components need names of their own, and each must be a map"),
        (("spec", "components"), "w", "spec.components must be a list"),
        (("metadata", "labels"), ["a"], "metadata.labels must be a map"),
        (("metadata",), 1, "the graph's spec and metadata must be maps"),
    ],
)
def test_what_is_refused_is_named(at: Place, odd: Any, message: str) -> None:
    with pytest.raises(InputError) as e:
        import_graph(put(BETA, at, odd) or {})
    assert str(e.value) == message


def test_a_list_that_repeats_a_key_keeps_the_component_whole() -> None:
    volumes = ("spec", "components", 0, "podTemplate", "spec", "volumes", 0)
    found = import_graph(put(BETA, volumes, TWICE) or {})
    assert found.plain["components"]["w"]["podSpec"]["volumes"] == [
        {"name": "v", "emptyDir": {}},
        {"name": "model-cache", "persistentVolumeClaim": {"claimName": "c"}},
        {"name": "v", "emptyDir": {}},
    ]


@pytest.mark.parametrize(
    ("base", "target", "over"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, {"b": None}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3, "c": 2}}, {"a": {"b": 3}}),
        ({"args": ["a"]}, {"args": ["b"]}, {"args": ["b"]}),
        (
            {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "1"}]},
            {"env": [{"name": "A", "value": "2"}, {"name": "B", "value": "1"}, {"name": "C", "value": "3"}]},
            {"env": [{"name": "A", "value": "2"}, {"name": "C", "value": "3"}]},
        ),
    ],
)
def test_a_patch_says_only_the_difference(base: Obj, target: Obj, over: Obj) -> None:
    assert patch(base, target) == over


@pytest.mark.parametrize(
    ("base", "target"),
    [
        ([{"name": "A"}, {"name": "B"}], [{"name": "A"}]),
        ([{"name": "A"}], [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]),
        ([{"name": "A"}], [{"name": "A"}, {"value": "1"}]),
    ],
)
def test_a_merge_cannot_take_an_item_out_of_a_keyed_list(base: list[Obj], target: list[Obj]) -> None:
    with pytest.raises(Unpatchable):
        patch({"env": base}, {"env": target})
