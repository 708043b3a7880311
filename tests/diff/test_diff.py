"""Two graphs compared in serving terms."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from pydynamo_manifests import render
from pydynamo_manifests.cli import main
from pydynamo_manifests.convert import convert
from pydynamo_manifests.diff import diff
from pydynamo_manifests.errors import InputError
from pydynamo_manifests.values import apply_setters, read_values

ROOT = Path(__file__).parents[2]
PRESET = ROOT / "values/graph/1.6/vllm-disagg-router.yaml"


def graph(*setters: str, preset: Path = PRESET) -> dict[str, Any]:
    return render(apply_setters(read_values([preset]), set_=setters), name="qwen")[0]


def said(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [f"{c.component}: {c.text}{' (restarts)' if c.restarts else ''}" for c in diff(old, new).changes]


def test_equal_graphs_have_no_difference() -> None:
    found = diff(graph(), graph())
    assert found.changes == ()
    assert found.restarts == ()


@pytest.mark.parametrize(
    ("setter", "lines"),
    [
        ("components.decode.replicas=4", ["decode: +2 replicas (2 to 4), +2 GPUs"]),
        (
            "components.decode.gpus=2",
            [
                "decode: 1 to 2 GPUs on a node, +2 GPUs (restarts)",
                "decode: --tensor-parallel-size 1 to 2 (restarts)",
            ],
        ),
        ("components.decode.nodes=2", ["decode: +1 nodes (1 to 2), +2 GPUs (restarts)"]),
        ("components.decode.args.max-model-len=8192", ["decode: --max-model-len added: 8192 (restarts)"]),
        (
            "components.decode.args.enable-expert-parallel=true",
            ["decode: --enable-expert-parallel added (restarts)"],
        ),
        ("components.decode.env.A=1", ["decode: A added: 1 (restarts)"]),
        ("components.decode.env.MY_TOKEN=abc", ["decode: MY_TOKEN changed (not shown) (restarts)"]),
        (
            "components.decode.runtimeClassName=nvidia",
            ["decode: podTemplate.spec.runtimeClassName added (restarts)"],
        ),
        ("components.decode=null", ["decode: removed (decode, 2 replica(s), 2 GPU(s))"]),
        ("components.decode.scalingAdapter=true", ["decode: scalingAdapter added"]),
        ("backendFramework=sglang", [": spec.backendFramework vllm to sglang"]),
    ],
)
def test_serving_terms(setter: str, lines: list[str]) -> None:
    assert said(graph(), graph(setter)) == lines


def test_a_secret_value_is_never_shown() -> None:
    old, new = (
        graph("components.decode.env.API_KEY=old-secret"),
        graph("components.decode.env.API_KEY=new-secret"),
    )
    assert "secret" not in json.dumps(diff(old, new).to_dict())


def test_the_other_api_version_of_the_same_graph_is_no_difference() -> None:
    assert diff(graph(), convert(graph(), "nvidia.com/v1alpha1")).changes == ()


def test_gpus_in_total() -> None:
    assert diff(graph(), graph("components.decode.replicas=4")).gpus == (4, 6)


def test_inputs_are_left_alone() -> None:
    old, new = graph(), graph("components.decode.gpus=2")
    before = copy.deepcopy((old, new))
    diff(old, new)
    assert (old, new) == before


def test_another_kind_is_refused() -> None:
    with pytest.raises(InputError, match="a Pod is not a graph; diff compares DynamoGraphDeployments"):
        diff({"kind": "Pod"}, graph())


def test_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    assert main(["render", str(PRESET), "--set", "components.decode.replicas=4", "-o", str(other)]) == 0
    assert main(["diff", str(PRESET), str(other)]) == 1
    assert (
        capsys.readouterr().out
        == "decode: +2 replicas (2 to 4), +2 GPUs\nGPUs in total: 4 to 6 (+2)\nrestarts: nothing\n"
    )
    assert main(["diff", str(PRESET), str(PRESET)]) == 0
    assert capsys.readouterr().out == ""
    assert main(["diff", str(PRESET), str(other), "--format", "json", "--exit-zero"]) == 0
    assert json.loads(capsys.readouterr().out)["gpus"] == {"old": 4, "new": 6}


def test_a_file_with_two_graphs_needs_a_name(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    both = tmp_path / "both.yaml"
    both.write_text("".join(f"---\n{json.dumps({**graph(), 'metadata': {'name': n}})}\n" for n in ("a", "b")))
    assert main(["diff", str(both), str(PRESET)]) == 2
    assert f"{both}: holds 2 graphs; choose one with --graph NAME" in capsys.readouterr().err
