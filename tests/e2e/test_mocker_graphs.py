"""The mocker presets run for real: rendered, started as processes, asked, judged by who got the requests."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from pydynamo_manifests.render import render
from pydynamo_manifests.values.load import read_values
from tests.support.graphs import graph_of
from tests.support.processes import processes
from tests.support.runtime import Serving

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("runtime")]

PRESETS = Path(__file__).resolve().parents[2] / "values" / "graph"
LINES = {"0.9": "0.9.1", "1.6": "1.6.1"}
PATTERNS = ("agg", "agg-router", "disagg", "disagg-router")
PROMPT = "mock" * 400
"""1,600 tokens of the tiny model, 25 KV blocks: enough for a router to send it where it was."""

TIMES = 6
ATTEMPTS = 4


def graph(line: str, pattern: str) -> dict[str, Any]:
    values = read_values([PRESETS / line / f"mocker-{pattern}.yaml"])
    return graph_of(render(values, name="mock", namespace="team-a"))


def ask(serving: Serving, prompt: str = PROMPT) -> dict[str, list[int]]:
    """Send one prompt several times; return how many of them each worker of each component got."""
    before = serving.requests()
    for number in range(TIMES):
        serving.chat(prompt)
        time.sleep(0.3 if number else 1)  # KV events arrive after the answer, later on a busy machine
    after = serving.requests()
    return {name: [a - b for a, b in zip(after[name], before[name], strict=True)] for name in after}


def first_answer(serving: Serving) -> dict[str, Any]:
    """Ask until every component took part: up to 1.2 a decode worker that sees no prefill worker yet does it all."""
    for _ in range(50):
        answer = serving.chat("Hello", max_tokens=8)
        if all(sum(counts) for counts in serving.requests().values()):
            return answer
        time.sleep(0.2)
    raise AssertionError(f"who got requests: {serving.requests()}")


def sticks(counts: list[int]) -> bool:
    return sorted(counts) == [0, TIMES]


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("line", LINES)
def test_a_preset_answers_as_its_pattern_says(line: str, pattern: str) -> None:
    roles = {"prefill", "decode"} if pattern.startswith("disagg") else {"decode"}
    with Serving(processes(graph(line, pattern)), LINES[line]) as serving:
        answer = first_answer(serving)
        assert answer["choices"][0]["message"]["content"]
        assert answer["usage"]["completion_tokens"] == 8
        got = ask(serving)
        assert {name: sum(counts) for name, counts in got.items()} == dict.fromkeys(roles, TIMES)
        if pattern.endswith("router"):
            cached = "prefill" if "prefill" in roles else "decode"
            seen = [got[cached]]
            # A late event sends one prompt astray, and then both workers have it: a new prompt tells.
            while not sticks(seen[-1]) and len(seen) < ATTEMPTS:
                seen.append(ask(serving, f"{len(seen)} {PROMPT}")[cached])
            assert sticks(seen[-1]), f"no worker of {cached} kept the prefix: {seen}"
        assert set(serving.stop()) == {0}


@pytest.mark.parametrize("line", LINES)
def test_without_the_routers_variable_requests_are_spread(line: str) -> None:
    started = processes(graph(line, "agg-router"))
    for process in started:
        process.env = {name: value for name, value in process.env.items() if name != "DYN_ROUTER_MODE"}
    with Serving(started, LINES[line]) as serving:
        (counts,) = ask(serving).values()
    assert sorted(counts) == [TIMES // 2, TIMES // 2]
