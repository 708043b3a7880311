from __future__ import annotations

import pytest

from pydynamo_manifests.convert.quantity import canonical, is_quantity
from pydynamo_manifests.convert.structs import unknown_fields
from pydynamo_manifests.convert.types import Mode, decode, encode
from pydynamo_manifests.errors import ConversionError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1000m", "1"), ("0.5", "500m"), (0.5, "500m"), (1, "1"), ("1024Mi", "1Gi"), ("1536Mi", "1536Mi"),
        ("0", "0"), ("0Gi", "0"), ("1e3", "1e3"), ("1E3", "1e3"), ("5E", "5E"), ("1000", "1k"), ("1024", "1024"),
        ("512", "512"), ("0.5Ki", "512"), ("0.0000000001", "1n"), ("-1.5", "-1500m"), ("+2", "2"), ("1.5Gi", "1536Mi"),
        ("100Gi", "100Gi"), ("2000000", "2M"), ("${CPU}", "${CPU}"), ("", ""), (" 2 ", "2"), (True, True), (".5", "500m"),
        ("123456789012345678901234567890", "9223372036854775807"), ("12e6", "12e6"), ("100m", "100m"), ("3Ei", "3Ei"),
    ],
)  # fmt: skip
def test_a_quantity_has_one_text(text: object, expected: object) -> None:
    assert canonical(text) == expected


def test_what_is_a_quantity() -> None:
    assert [t for t in ("1", "1Gi", "1e3", ".5", "1.", "1 Gi", "Gi", "", "1KB", "0x1") if is_quantity(t)] == [
        "1", "1Gi", "1e3", ".5", "1.",
    ]  # fmt: skip


def test_reading_drops_zeros_unless_a_pointer_tells_them_from_nothing() -> None:
    container = {
        "name": "c",
        "image": "",
        "tty": False,
        "ports": [],
        "securityContext": {"privileged": False},
        "resources": {},
    }
    assert decode("Container", container) == {"name": "c", "securityContext": {"privileged": False}}
    assert decode("Component", {"replicas": 0, "scalingAdapter": {}, "globalDynamoNamespace": False}) == {
        "replicas": 0,
        "scalingAdapter": {},
    }


def test_reading_drops_nulls_and_unknown_fields_and_shares_nothing() -> None:
    value = {"name": "c", "image": None, "imagee": "x", "args": ["a"]}
    read = decode("Container", value)
    assert read == {"name": "c", "args": ["a"]}
    read["args"].append("b")
    assert value["args"] == ["a"]


def test_an_empty_list_that_must_be_there_is_told_from_none() -> None:
    assert decode("PodSpec", {"containers": []}) == {"containers": []}
    assert decode("PodSpec", {"volumes": []}) == {}


def test_writing_adds_what_go_always_writes_in_gos_order() -> None:
    assert encode("Container", {"args": ["a"], "image": "i"}) == {
        "name": "",
        "image": "i",
        "args": ["a"],
        "resources": {},
    }
    assert list(encode("Container", {"args": ["a"], "image": "i"})) == ["name", "image", "args", "resources"]
    assert encode("PodTemplateSpec", {}) == {"metadata": {}, "spec": {"containers": None}}
    assert encode("ResourceFieldSelector", {"resource": "cpu"}) == {"resource": "cpu", "divisor": "0"}


def test_v1beta1_leaves_empty_value_structs_out_and_keeps_pointers() -> None:
    value = {"name": "w", "scalingAdapter": {}, "podTemplate": {"spec": {"containers": [{"name": "main"}]}}}
    assert encode("Component", value, Mode.STRIPPED) == value


def test_saved_text_is_sorted_where_go_sorts() -> None:
    value = {"labels": {"b": "1", "a": "2"}, "annotations": {"z": "1"}}
    assert list(encode("ObjectMeta", value, Mode.SAVED)["labels"]) == ["a", "b"]
    assert list(encode("ObjectMeta", value)["labels"]) == ["b", "a"]
    blob = {"config": {"z": [{"y": 1, "x": 2}], "a": 1}}
    assert str(encode("ProfilingConfig", blob, Mode.SAVED)["config"]) == "{'a': 1, 'z': [{'x': 2, 'y': 1}]}"


def test_whole_numbers_have_no_fraction_as_in_json() -> None:
    assert (
        repr(decode("Workload", {"isl": 3000.0, "concurrency": 2.5})) == "{'isl': 3000, 'concurrency': 2.5}"
    )
    assert (
        repr(decode("Features", {"planner": {"a": 1.0, "b": [2.0, 0.5]}}))
        == "{'planner': {'a': 1, 'b': [2, 0.5]}}"
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"spec": []}, "spec: expected a map, found a list"),
        ({"spec": {"components": {}}}, "spec.components: expected a list, found a map"),
        ({"spec": {"components": ["x"]}}, "spec.components[0]: expected a map, found text"),
        (
            {"spec": {"components": [{"podTemplate": {"spec": {"containers": 3}}}]}},
            "expected a list, found a number",
        ),
        ({"spec": {"annotations": True}}, "spec.annotations: expected a map, found a boolean"),
        ("text", "the object: expected a map, found text"),
        ({"spec": {"components": [None]}}, "spec.components[0]: expected a map, found nothing"),
    ],
)
def test_a_wrong_shape_is_named(value: object, message: str) -> None:
    with pytest.raises(ConversionError) as caught:
        decode("BetaGraph", value)
    assert message in str(caught.value)


def test_unknown_fields_have_paths() -> None:
    graph = {
        "metadata": {},
        "spec": {"x": 1, "services": {"a": {"pvc": 1, "envs": [{"nam": "b"}]}, "b": None}, "envs": None},
    }
    assert list(unknown_fields("AlphaGraph", graph)) == [
        "spec.x",
        "spec.services.a.pvc",
        "spec.services.a.envs[0].nam",
    ]
