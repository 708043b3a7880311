"""The runtime fixture itself, with a graph written by hand: what the tests of presets take for granted."""

from __future__ import annotations

import pytest

from tests.support.processes import Process, fast
from tests.support.runtime import Serving

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("runtime")]

MODEL = "Qwen/Qwen3-0.6B"
PROMPT = "word " * 400


def frontend(*flags: str) -> Process:
    return Process("Frontend", ["python3", "-m", "dynamo.frontend", *flags], frontend=True)


def worker(component: str, *flags: str) -> Process:
    command = ["python3", "-m", "dynamo.mocker", "--model-path", MODEL, "--model-name", "tiny", *flags]
    return Process(component, fast(command))


def test_one_worker_answers_under_the_served_name_and_all_end_well() -> None:
    with Serving([frontend(), worker("Worker")]) as graph:
        assert graph.served() == ["tiny"]
        answer = graph.chat("Hello", max_tokens=8)
        assert answer["model"] == "tiny"
        assert answer["choices"][0]["message"]["content"]
        assert answer["usage"]["completion_tokens"] == 8
        assert graph.requests() == {"Worker": [1]}
        assert graph.stop() == [0, 0]


def test_a_request_goes_through_prefill_and_decode() -> None:
    roles = [worker(role, "--disaggregation-mode", role) for role in ("prefill", "decode")]
    with Serving([frontend(), *roles]) as graph:
        graph.chat(PROMPT)
        assert graph.requests() == {"prefill": [1], "decode": [1]}


def test_a_process_that_ends_is_an_error_with_its_words() -> None:
    with (
        pytest.raises(AssertionError, match=r"(?s)'Worker'\] ended.*unrecognized arguments: --no-such-flag"),
        Serving([frontend(), worker("Worker", "--no-such-flag")]),
    ):
        pass
