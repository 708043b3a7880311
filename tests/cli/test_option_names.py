"""An error names the option that was given and that helps, and to a Python caller the argument."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pydynamo_manifests import Intent, RequestIntent, Sizes, compose
from pydynamo_manifests.cli import main
from pydynamo_manifests.errors import DynamoManifestsError

ASK = ["generate", "--backend", "vllm", "--model", "org/m"]

SHELL = [
    (
        "--pattern disagg --decode-gpus 3 --tensor-parallel 4",
        "decode: parallelism tensor 4 needs 4 GPUs, but it has 3; write --decode-tensor-parallel 3 or --decode-gpus 4",
    ),
    (
        "--pattern disagg --prefill-tensor-parallel 3 --gpus 4",
        "prefill: parallelism tensor 3 needs 3 GPUs, but it has 4; write --prefill-tensor-parallel 4 or --prefill-gpus 3",
    ),
    (
        "--pattern disagg --gpus 6 --tensor-parallel 4 --decode-gpus 4",
        "prefill: parallelism tensor 4 needs 4 GPUs, but it has 6; write --prefill-tensor-parallel 6 or --prefill-gpus 4",
    ),
    (
        "--pattern disagg --gpus 6 --tensor-parallel 4 --decode-replicas 2",
        "prefill: parallelism tensor 4 needs 4 GPUs, but it has 6; write --tensor-parallel 6 or --gpus 4",
    ),
    (
        "--pattern agg --gpus 6 --tensor-parallel 4",
        "worker: parallelism tensor 4 needs 4 GPUs, but it has 6; write --tensor-parallel 6 or --gpus 4",
    ),
    (
        "--pattern disagg --decode-gpus 0",
        "decode: --decode-gpus 0: only the mocker runs without a GPU; write --decode-gpus 1 or more",
    ),
    (
        "--pattern disagg --decode-nodes 3 --decode-tensor-parallel 4",
        "decode: 4 GPUs do not spread over 3 nodes; write --decode-nodes 2",
    ),
    (
        "--pattern disagg --gpus 8 --decode-expert-parallel 4",
        "decode: --decode-expert-parallel 4: vLLM spreads experts over all tensor x data GPUs; write --decode-expert-parallel 8",
    ),
    (
        "--pattern disagg --backend sglang --gpus 8 --decode-data-parallel 3",
        "decode: --decode-data-parallel 3: SGLang shares the 8 tensor-parallel GPUs; write a number that divides 8",
    ),
    (
        "--pattern disagg --backend mocker --decode-gpus 2",
        "decode: --decode-gpus 2: the mocker has no GPU and one node; leave --decode-gpus out",
    ),
]


@pytest.mark.parametrize(("words", "message"), SHELL)
def test_the_shell_reads_the_option_that_helps(
    words: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*ASK, *words.split()]) == 2
    assert capsys.readouterr() == ("", f"dynamo-manifests: error: {message}\n")


COUNTS = st.none() | st.integers(1, 8)
SIZES = st.fixed_dictionaries(
    dict.fromkeys(("nodes", "gpus", "tensor_parallel", "pipeline_parallel"), COUNTS)
)


def refusal(given: dict[str, int]) -> str | None:
    roles: dict[str, dict[str, int]] = {"prefill": {}, "decode": {}}
    flat: dict[str, int] = {}
    for option, value in given.items():
        role, _, name = option.partition("-")
        home, key = (roles[role], name) if role in roles else (flat, option)
        home[key.replace("-", "_")] = value
    try:
        compose(Intent(backend="vllm", pattern="disagg", model="m", **flat, **{r: Sizes(**s) for r, s in roles.items()}))  # type: ignore[arg-type]  # fmt: skip
    except DynamoManifestsError as e:
        return e.shell
    return None


@settings(max_examples=60, deadline=None)
@given(SIZES, SIZES, SIZES)
def test_what_an_error_tells_to_write_mends_that_worker(
    base: dict[str, Any], prefill: dict[str, Any], decode: dict[str, Any]
) -> None:
    asked = {
        f"{role}{name.replace('_', '-')}": n
        for role, sizes in (("", base), ("prefill-", prefill), ("decode-", decode))
        for name, n in sizes.items()
        if n is not None
    }
    said = refusal(asked)
    if said is None:
        return
    worker = said.partition(":")[0]
    for fix in said.rpartition("write ")[2].split(" or "):
        words = shlex.split(fix)
        better = asked | {w[2:]: int(n) for w, n in zip(words[::2], words[1::2], strict=True)}
        then = refusal(better)
        assert then is None or then.partition(":")[0] != worker, (asked, said, then)


PYTHON: list[tuple[dict[str, Any], str]] = [
    (
        {"decode": Sizes(gpus=3), "tensor_parallel": 4},
        "decode: parallelism tensor 4 needs 4 GPUs, but it has 3; write decode=Sizes(tensor_parallel=3) or decode=Sizes(gpus=4)",
    ),
    (
        {"gpus": 6, "tensor_parallel": 4},
        "prefill: parallelism tensor 4 needs 4 GPUs, but it has 6; write tensor_parallel=6 or gpus=4",
    ),
    (
        {"decode": Sizes(nodes=2, gpus=1, pipeline_parallel=3)},
        (
            "decode: parallelism tensor 1 x pipeline 3 needs 3 GPUs, but 2 nodes x 1 are 2; "
            "write decode=Sizes(tensor_parallel=2, pipeline_parallel=1, data_parallel=1)"
        ),
    ),
    (
        {"nodes": 2, "gpus": 1, "pipeline_parallel": 3},
        (
            "prefill: parallelism tensor 1 x pipeline 3 needs 3 GPUs, but 2 nodes x 1 are 2; "
            "write tensor_parallel=2, pipeline_parallel=1, data_parallel=1"
        ),
    ),
    ({"gpus": -1}, "gpus=-1: a whole number from 0 on"),
    ({"gpus": True}, "gpus=True: a whole number from 0 on"),
    ({"decode": Sizes(replicas=-2)}, "decode=Sizes(replicas=-2): a whole number from 0 on"),
    ({"model": ""}, "a graph needs model: write model='Qwen/Qwen3-32B', or another model id"),
    (
        {"backend": ""},
        "a graph needs backend: write backend=NAME, such as vllm ('dynamo-manifests generate --list' has them all)",
    ),
    ({"download": True}, "download needs a cache: cache_claim, cache_size or cache_host_path"),
    (
        {"download": True, "cache_claim": "c", "model_path": "/model-cache/m"},
        (
            "model_path='/model-cache/m': the download writes the hub's layout below '/model-cache/hub', "
            "found by the model id; leave model_path or download out"
        ),
    ),
    (
        {"download": True, "cache_claim": "c", "model": "/model-cache/m"},
        (
            "model='/model-cache/m': the download takes a model id of the hub, not a directory; "
            "write model='Qwen/Qwen3-32B', or leave download out"
        ),
    ),
    (
        {"image_tag": "1.5.1"},
        "image_tag='1.5.1' is of Dynamo 1.5, but flags and variables are composed for 1.6.1; write dynamo='1.5'",
    ),
    ({"itl": 0.02}, "itl=0.02: it is in milliseconds, not seconds; write itl=20"),
    (
        {"prometheus": ""},
        (
            "prometheus='': the planner reads the traffic from Prometheus; write its address, such as "
            "prometheus='http://prometheus.monitoring.svc:9090', or leave it out for that of kube-prometheus-stack"
        ),
    ),
    (
        {"pattern": "agg", "prefill": Sizes(gpus=2)},
        "prefill=Sizes(gpus=...): agg has no prefill workers; write gpus, or choose disagg",
    ),
]


@pytest.mark.parametrize(("changes", "message"), PYTHON)
def test_python_reads_the_argument(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DynamoManifestsError) as e:
        compose(Intent(**{"backend": "vllm", "pattern": "disagg", "model": "org/m"} | changes))
    assert str(e.value) == message
    assert "--" in e.value.shell


def test_requests_speak_both_languages() -> None:
    with pytest.raises(DynamoManifestsError) as e:
        RequestIntent(model="m", gpus=8, max_gpus=16, planner=True)
    assert str(e.value) == "max_gpus=16: the request plans for 8 GPUs; write max_gpus=8 or gpus=16"
    assert e.value.shell == "--max-gpus 16: the request plans for 8 GPUs; write --max-gpus 8 or --gpus 16"
    with pytest.raises(DynamoManifestsError) as e:
        compose(RequestIntent(model="m", backend="vllm", dynamo="0.6"))
    assert str(e.value) == "requests exist from Dynamo 0.7 on, not at 0.6.1; write dynamo='0.7' or newer"


MISSING = [
    (["generate"], "a graph needs --backend: write --backend NAME"),
    (["generate", "--backend", "vllm"], "a graph needs --pattern: write --pattern NAME"),
    (["generate", "--backend", "vllm", "--pattern", "agg"], "a graph needs --model: write --model Qwen/Qwen3-32B"),
    (["generate", "--request"], "a request needs --model: write --model Qwen/Qwen3-32B"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "message"), MISSING)
def test_what_is_missing_is_named_as_it_is_typed(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"dynamo-manifests: error: {message}")
    assert re.search(r"\w\(|=\.\.\.", err) is None
