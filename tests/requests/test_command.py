from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pydynamo_manifests import RequestIntent
from pydynamo_manifests.cli import main
from pydynamo_manifests.generate.options import command_line, request_of
from pydynamo_manifests.values import load_values
from pydynamo_manifests.yaml import load

if TYPE_CHECKING:
    from collections.abc import Callable

Run = tuple[int, str, str]
ASK = ["generate", "--request", "--model", "Qwen/Qwen3-32B"]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    def call(*words: str) -> Run:
        try:
            code = main(list(words))
        except SystemExit as e:
            code = int(e.code or 0)
        done = capsys.readouterr()
        return code, done.out, done.err

    return call


def test_the_command_of_the_guide(run: Callable[..., Run]) -> None:
    hardware = [
        "--gpu",
        "h200_sxm",
        "--gpus",
        "8",
        "--isl",
        "4000",
        "--osl",
        "500",
        "--ttft",
        "300",
        "--itl",
        "20",
    ]
    code, out, err = run(*ASK, *hardware)
    assert (code, err) == (0, "")
    assert out.startswith(f"# Composed by: dynamo-manifests {' '.join(ASK)} {' '.join(hardware)}\n")
    values = load_values(load(out))
    assert values.request
    assert values.request.hardware
    assert (values.request.hardware.gpuSku, values.request.hardware.totalGpus) == ("h200_sxm", 8)


def test_values_of_a_parent_chart_and_reasons(run: Callable[..., Run]) -> None:
    assert load(run(*ASK, "--under", "qwen")[1])["qwen"]["model"] == {"name": "Qwen/Qwen3-32B"}
    code, out, _ = run(*ASK, "--explain")
    assert code == 0
    assert "request.autoApply: true: the generated graph is created at once" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            [*ASK, "--ttft", "300ms"],
            "argument --ttft: '300ms': milliseconds, a number without its unit; write 300",
        ),
        (
            [*ASK, "--itl", "0.02s"],
            "argument --itl: '0.02s': milliseconds, a number without its unit; write 20",
        ),
        ([*ASK, "--itl", "soon"], "argument --itl: 'soon': milliseconds, a number without its unit"),
        ([*ASK, "--ttft", "0.3"], "--ttft 0.3: it is in milliseconds, not seconds; write --ttft 300"),
        (
            [*ASK, "--pattern", "agg"],
            "--pattern: a request lets Dynamo find the graph; leave it out, or leave out --request",
        ),
        (
            ["generate", "--backend", "vllm", "--pattern", "agg", "--model", "m", "--isl", "5"],
            "--isl is for a request: add --request, or leave it out",
        ),
        (
            ["generate", "--backend", "vllm", "--pattern", "agg", "--model", "m", "--gpu", "8"],
            "--gpu is for a request: add --request, or leave it out; did you mean '--gpus'?",
        ),
        (
            ["generate", "--backend", "vllm", "--pattern", "agg", "--model", "m", "--ttft", "300"],
            "--ttft: agg has no planner; leave it out, or choose agg-planner, disagg-planner or disagg-router-planner",
        ),
    ],
)
def test_refusals_are_one_paragraph(run: Callable[..., Run], words: list[str], message: str) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert err.removeprefix("dynamo-manifests: error: ").partition(" (see ")[0].strip() == message


def test_a_command_line_says_an_intent_whole() -> None:
    intent = RequestIntent(
        model="m", backend="vllm", gpus=8, ttft=300.0, request_rate=0.5, planner=True, gpu="-x"
    )
    line = command_line(intent)
    assert line == (
        "dynamo-manifests generate --request --model m --backend vllm --gpu=-x --gpus 8 --request-rate 0.5 "
        "--ttft 300 --planner"
    )
    assert request_of(vars(intent) | {"pattern": None}) == intent
