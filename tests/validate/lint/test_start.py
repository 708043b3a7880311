"""Which modules a container starts, with which arguments."""

from __future__ import annotations

from typing import Any

import pytest

from pydynamo_manifests.validate.lint.start import script_of, starts

SHELL = ("/bin/sh", "-c")
ENV = {"MODEL": "qwen", "SECRET": None}


def read(command: list[str], args: list[str] | None = None, default: tuple[str, ...] = SHELL) -> list[Any]:
    return [(s.module, [t.text for t in s.arguments]) for s in starts(command, args or [], ENV, default)]


@pytest.mark.parametrize(
    ("command", "args", "expected"),
    [
        (["python3", "-m", "dynamo.vllm"], ["--model", "m"], [("dynamo.vllm", ["--model", "m"])]),
        (["python3"], ["-m", "dynamo.vllm", "--a"], [("dynamo.vllm", ["--a"])]),
        (["/usr/bin/python3.12", "-u", "-X", "dev", "-m", "dynamo.sglang"], [], [("dynamo.sglang", [])]),
        (["numactl", "-N", "0", "python", "-m", "dynamo.vllm"], ["--a"], [("dynamo.vllm", ["--a"])]),
        (
            ["/bin/bash", "-lc"],
            ["exec python3 -m dynamo.vllm --model $MODEL"],
            [("dynamo.vllm", ["--model", "qwen"])],
        ),
        (["bash", "-euo", "pipefail", "-c", "python3 -m dynamo.vllm --a"], [], [("dynamo.vllm", ["--a"])]),
        (
            ["sh", "-c"],
            ["env A=1 python3 -m dynamo.vllm && python3 -m dynamo.router --e"],
            [("dynamo.vllm", []), ("dynamo.router", ["--e"])],
        ),
        ([], ["python3 -m dynamo.vllm --model m"], [("dynamo.vllm", ["--model", "m"])]),
        (
            ["python3", "-m", "planner_sla"],
            ["--backend=vllm"],
            [("dynamo.planner.planner_sla", ["--backend=vllm"])],
        ),
        (
            ["python3", "-m", "dynamo.vllm", "$(MODEL)"],
            ["$(SECRET)", "$(NONE)"],
            [("dynamo.vllm", ["qwen", "$(SECRET)", "$(NONE)"])],
        ),
        (["sh", "-c"], ["python3 -m dynamo.vllm --model $(MODEL)"], [("dynamo.vllm", ["--model", "qwen"])]),
        (
            ["/bin/sh", "-c"],
            ['exec python3 -m dynamo.vllm --a "$@" --b', "name", "--model", "$(MODEL)"],
            [("dynamo.vllm", ["--a", "--model", "qwen", "--b"])],
        ),
        (["sh", "-c", 'python3 -m dynamo.vllm "$@"'], [], [("dynamo.vllm", [])]),
        (["/start.sh"], ["--model", "m"], []),
        (["python3", "-m", "vllm.entrypoints.openai.api_server"], [], []),
        (["python3", "server.py"], [], []),
        (["python3", "-m"], [], []),
        (["sh", "-c"], ["sleep 1"], []),
        (["sh"], ["-x"], []),
        ([], [], []),
    ],
)
def test_starts(command: list[str], args: list[str], expected: list[Any]) -> None:
    assert read(command, args) == expected


def test_a_frontend_with_arguments_alone() -> None:
    assert read([], ["-m", "dynamo.frontend", "--a"], ("python3",)) == [("dynamo.frontend", ["--a"])]


def test_paths_name_the_item() -> None:
    (start,) = starts(["python3", "-m", "dynamo.vllm"], ["--model", "m"], ENV)
    assert start.path == ("command", 2)
    assert [t.path for t in start.arguments] == [("args", 0), ("args", 1)]
    (start,) = starts(["sh", "-c"], ["python3 -m dynamo.vllm --a"], ENV)
    assert start.shell
    assert start.arguments[0].path == ("args", 0)
    (start,) = starts(["sh", "-c"], ['python3 -m dynamo.vllm "$@"', "sh", "--a"], ENV)
    assert start.arguments[0].path == ("args", 2)


def test_unknown_references_are_marked() -> None:
    words = ["$(MODEL)", "$(SECRET)", "${X}", "a$b", "$$(MODEL)"]
    (start,) = starts(["python3", "-m", "dynamo.vllm"], words, ENV)
    assert [t.known for t in start.arguments] == [True, False, False, True, False]
    assert start.arguments[0].text == "qwen"
    assert start.arguments[4].text == "$$(MODEL)"


def test_the_script() -> None:
    assert script_of(["python3"], []) is None
    found = script_of(["sh", "-c", "x"], [])
    assert found
    assert found.text == "x"
