"""The mocker presets run for real: rendered, started as processes, asked, judged by who got the requests."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from pydynamo_manifests.render import render
from pydynamo_manifests.values.load import read_values
from tests.support.runtime import Serving, processes

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("runtime")]

PRESETS = Path(__file__).resolve().parents[2] / "values" / "graph" / "1.6"
PROMPT = "mock" * 400
"""1,600 tokens of the tiny model, 25 KV blocks: enough for a router to send it where it was."""

TIMES = 6


def graph(pattern: str) -> dict[str, Any]:
    values = read_values([PRESETS / f"mocker-{pattern}.yaml"])
    objects = render(values, name="mock", namespace="team-a")
    (found,) = (each for each in objects if each["kind"] == "DynamoGraphDeployment")
    return found


def ask(serving: Serving) -> None:
    for _ in range(TIMES):
        serving.chat(PROMPT)
        time.sleep(0.3)  # KV events arrive after the answer


@pytest.mark.parametrize("pattern", ["agg", "agg-router", "disagg", "disagg-router"])
def test_a_preset_answers_as_its_pattern_says(pattern: str) -> None:
    found = graph(pattern)
    replicas = {
        c["name"]: c.get("replicas", 1) for c in found["spec"]["components"] if c["type"] != "frontend"
    }
    with Serving(processes(found)) as serving:
        answer = serving.chat("Hello", max_tokens=8)
        assert answer["choices"][0]["message"]["content"]
        assert answer["usage"]["completion_tokens"] == 8
        before = serving.requests()
        ask(serving)
        after = serving.requests()
        codes = serving.stop()
    got = {name: [a - b for a, b in zip(after[name], before[name], strict=True)] for name in after}
    assert {name: len(counts) for name, counts in got.items()} == replicas
    assert {name: sum(counts) for name, counts in got.items()} == dict.fromkeys(replicas, TIMES)
    if pattern.endswith("router"):
        first = "prefill" if "prefill" in got else "decode"
        assert sorted(got[first]) == [0, TIMES], f"one worker of {first} has the prefix: {got}"
    assert set(codes) == {0}


def test_without_the_routers_variable_requests_alternate() -> None:
    found = graph("agg-router")
    for component in found["spec"]["components"]:
        (main,) = component["podTemplate"]["spec"]["containers"]
        main["env"] = [variable for variable in main.get("env", []) if variable["name"] != "DYN_ROUTER_MODE"]
    with Serving(processes(found)) as serving:
        ask(serving)
        (counts,) = serving.requests().values()
    assert sorted(counts) == [TIMES // 2, TIMES // 2]
