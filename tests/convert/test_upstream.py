"""Equal to what the operator's converter makes of real graphs and of its own test objects."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pydynamo_manifests import yaml
from pydynamo_manifests.convert import ALPHA, BETA, convert, convert_text
from pydynamo_manifests.errors import ConversionError
from tests.support.corpus import corpus

Obj = dict[str, Any]


def rows(name: str) -> list[Obj]:
    return [json.loads(line) for line in (corpus() / name).read_text().splitlines()]


def to(direction: str) -> str:
    return "nvidia.com/" + direction.split("->")[1]


def test_every_valid_file() -> None:
    wrong = []
    outputs = rows("conversion-upstream-outputs.jsonl")
    for row in outputs:
        source = yaml.load((corpus() / row["input_file"]).read_text())
        if convert(source, to(row["direction"])) != row["output"]:
            wrong.append(row["id"])
    print(f"{len(outputs) - len(wrong)} of {len(outputs)} files equal the operator's output")
    assert wrong == []
    assert len(outputs) > 500


def upstream_tests() -> list[Obj]:
    return [row for row in rows("conversion-cases.jsonl") if row["provenance"] == "upstream-test"]


def test_every_object_of_upstreams_tests() -> None:
    wrong = []
    cases = [row for row in upstream_tests() if row["expect"] == "ok"]
    for row in cases:
        source, target = row["v1alpha1"], row["v1beta1"]
        if to(row["direction"]) == ALPHA:
            source, target = target, source
        if convert(source, to(row["direction"])) != target:
            wrong.append(row["id"])
    assert wrong == []
    assert len(cases) > 150


def test_every_object_that_upstream_refuses() -> None:
    refused = [row for row in upstream_tests() if row["expect"] == "error"]
    assert refused
    for row in refused:
        with pytest.raises(ConversionError, match="'frontend'"):
            convert(row["v1beta1"], ALPHA)


def by_name(spec: Obj) -> Obj:
    components = sorted(spec.get("components", []), key=lambda c: c["name"])
    return spec | {"components": components} if components else spec


def test_files_that_people_rewrote_by_hand() -> None:
    exact = [
        r for r in rows("conversion-cases.jsonl") if str(r.get("upstream_converter")).startswith("same spec")
    ]
    assert len(exact) > 30
    for row in exact:
        there_and_back = convert(convert(row["v1beta1"], ALPHA), BETA)
        assert by_name(convert(row["v1alpha1"], BETA)["spec"]) == by_name(there_and_back["spec"]), row["id"]
        assert by_name(there_and_back["spec"]) == by_name(row["v1beta1"]["spec"]), row["id"]


def test_texts_say_what_objects_say_and_keep_their_comments() -> None:
    kept = lost = 0
    for row in rows("conversion-upstream-outputs.jsonl"):
        text = (corpus() / row["input_file"]).read_text()
        result = convert_text(text, to(row["direction"]), source=row["input_file"])
        expected = dict(row["output"])
        if "status" not in yaml.load(text):
            expected.pop("status", None)
        assert yaml.load(result.text) == expected, row["id"]
        lost += sum("no place for the comment" in notice for notice in result.notices)
        kept += sum("#" in line for line in result.text.splitlines())
    print(f"comments: {kept} lines kept, {lost} without a place")
    assert lost < kept / 10
