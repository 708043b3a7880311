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


HUB, CLOUD = "hf_" + "a1" * 12, "nvapi-" + "b2" * 12


@pytest.mark.parametrize(
    ("field", "old", "new", "line"),
    [
        ("args", ["--api-key", "one"], ["--api-key", "two"], "--api-key changed (not shown)"),
        ("args", ["--x", HUB], ["--x", "b"], "--x changed (not shown)"),
        ("args", [f"TOKEN={HUB}"], ["TOKEN=b"], "arguments changed (not shown)"),
        ("command", ["sh", "-c", "export HF_TOKEN=one"], ["sh", "-c", "x"], "command changed (not shown)"),
        ("command", ["sh", "-c", f"run {CLOUD}"], ["sh", "-c", "run"], "command changed (not shown)"),
        ("env", [{"name": "ANY", "value": "redis://u:pw@h"}], [], "ANY changed (not shown)"),
        (
            "args",
            ["--max-num-batched-tokens", "1"],
            ["--max-num-batched-tokens", "2"],
            "--max-num-batched-tokens 1 to 2",
        ),
        ("args", ["--tokenizer", "a"], [], "--tokenizer removed"),
        ("args", ["a b"], [], "arguments a b to nothing"),
        ("image", "r/a:1", "r/a:2", "image r/a:1 to r/a:2"),
    ],
)
def test_what_looks_like_a_secret_is_not_shown_and_nothing_else_is_hidden(
    field: str, old: Any, new: Any, line: str
) -> None:
    before, after = graph(), graph()
    for side, value in ((before, old), (after, new)):
        worker = next(c for c in side["spec"]["components"] if c["name"] == "decode")
        worker["podTemplate"]["spec"]["containers"][0][field] = value
    assert said(before, after) == [f"decode: {line} (restarts)"]


def test_a_secret_in_another_field_is_not_shown() -> None:
    old, new = (
        graph(f"components.decode.annotations.{k}={v}") for k, v in (("my-token", "a"), ("my-token", "b"))
    )
    assert said(old, new) == ["decode: podTemplate.metadata.annotations.my-token changed (restarts)"]
    old, new = (graph(f"components.decode.annotations.note={v}") for v in (HUB, "b"))
    assert said(old, new) == ["decode: podTemplate.metadata.annotations.note changed (restarts)"]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("x", "spec of the graph must be a map"),
        ({"components": {"a": {}}}, "spec.components must be a list"),
        ({"components": ["a"]}, "each of spec.components must be a map"),
    ],
)
def test_a_graph_of_another_shape_is_refused(spec: Any, message: str) -> None:
    with pytest.raises(InputError) as e:
        diff({**graph(), "spec": spec}, graph())
    assert str(e.value) == message


def test_a_field_of_the_graph_that_every_component_follows() -> None:
    old, new = graph(), graph("env.A=1")
    names = [c["name"] for c in new["spec"]["components"]]
    told = [": spec.env added", *(f"{n}: follows spec.env (restarts)" for n in names)]
    assert said(old, new)[: len(told)] == told
    assert f"{names[0]}: A added: 1 (restarts)" in said(old, new)
    assert said(new, old)[0] == ": spec.env removed"
    assert said(graph("components.decode=null"), old) == ["decode: added (decode, 2 replica(s), 2 GPU(s))"]
    assert said(graph("components.decode.replicas=1"), graph("components.decode.replicas=null")) == [
        "decode: replicas now stand in the graph or no longer do"
    ]


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
