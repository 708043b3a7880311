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


def graph(line: str, pattern: str) -> dict[str, Any]:
    values = read_values([PRESETS / line / f"mocker-{pattern}.yaml"])
    return graph_of(render(values, name="mock", namespace="team-a"))


def ask(serving: Serving) -> None:
    for _ in range(TIMES):
        serving.chat(PROMPT)
        time.sleep(0.3)  # KV events arrive after the answer


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("line", LINES)
def test_a_preset_answers_as_its_pattern_says(line: str, pattern: str) -> None:
    with Serving(processes(graph(line, pattern)), LINES[line]) as serving:
        answer = serving.chat("Hello", max_tokens=8)
        assert answer["choices"][0]["message"]["content"]
        assert answer["usage"]["completion_tokens"] == 8
        before = serving.requests()
        ask(serving)
        after = serving.requests()
        codes = serving.stop()
    got = {name: [a - b for a, b in zip(after[name], before[name], strict=True)] for name in after}
    roles = {"prefill", "decode"} if pattern.startswith("disagg") else {"decode"}
    assert {name: sum(counts) for name, counts in got.items()} == dict.fromkeys(roles, TIMES)
    if pattern.endswith("router"):
        first = "prefill" if "prefill" in got else "decode"
        assert sorted(got[first]) == [0, TIMES], f"one worker of {first} has the prefix: {got}"
    assert set(codes) == {0}


@pytest.mark.parametrize("line", LINES)
def test_without_the_routers_variable_requests_are_spread(line: str) -> None:
    started = processes(graph(line, "agg-router"))
    for process in started:
        process.env = {name: value for name, value in process.env.items() if name != "DYN_ROUTER_MODE"}
    with Serving(started, LINES[line]) as serving:
        ask(serving)
        (counts,) = serving.requests().values()
    assert sorted(counts) == [TIMES // 2, TIMES // 2]
