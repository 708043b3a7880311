from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pydynamo_manifests.backends import BACKENDS, backend, backend_at
from pydynamo_manifests.backends.base import (
    KNOB_GPUS,
    KNOB_NODES,
    KNOB_TOTAL,
    Parallelism,
    knobs,
    parallelism,
)
from pydynamo_manifests.errors import CombinationError, UnknownNameError
from pydynamo_manifests.intent import Sizes
from pydynamo_manifests.releases import release

NUMBERS = st.sampled_from([1, 2, 3, 4, 6, 8, 16])
MAYBE = st.none() | NUMBERS
SIZES = st.builds(
    Sizes, nodes=MAYBE, gpus=MAYBE, tensor_parallel=MAYBE, pipeline_parallel=MAYBE, data_parallel=MAYBE
)


def resolved(sizes: Sizes) -> Parallelism | None:
    try:
        return parallelism(sizes, "worker")
    except CombinationError:
        return None


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ({}, (1, 1, 1, 1, 1)),
        ({"gpus": 4}, (1, 4, 4, 1, 1)),
        ({"tensor_parallel": 4}, (1, 4, 4, 1, 1)),
        ({"nodes": 2, "gpus": 4}, (2, 4, 8, 1, 1)),
        ({"nodes": 2}, (2, 1, 2, 1, 1)),
        ({"nodes": 2, "tensor_parallel": 16}, (2, 8, 16, 1, 1)),
        ({"nodes": 2, "gpus": 4, "pipeline_parallel": 2}, (2, 4, 4, 2, 1)),
        ({"gpus": 8, "data_parallel": 8}, (1, 8, 1, 1, 8)),
        ({"data_parallel": 8}, (1, 8, 1, 1, 8)),
        ({"nodes": 2, "gpus": 8, "data_parallel": 4, "tensor_parallel": 4}, (2, 8, 4, 1, 4)),
    ],
)
def test_what_is_left_open_follows_from_the_rest(asked: dict[str, int], got: tuple[int, ...]) -> None:
    size = parallelism(Sizes(**asked), "worker")
    assert (size.nodes, size.gpus, size.tensor, size.pipeline, size.data) == got


@given(SIZES)
def test_the_product_of_parallelism_is_always_the_number_of_gpus(sizes: Sizes) -> None:
    size = resolved(sizes)
    assume(size is not None)
    assert size is not None
    assert size.tensor * size.pipeline * size.data == size.total
    for asked, n in (("nodes", size.nodes), ("gpus", size.gpus), ("tensor_parallel", size.tensor)):
        assert getattr(sizes, asked) in (None, n)


@given(SIZES)
def test_what_an_error_tells_to_write_works(sizes: Sizes) -> None:
    assume(resolved(sizes) is None)
    with pytest.raises(CombinationError, match=r"^worker: .*; write --") as e:
        parallelism(sizes, "worker")
    first = str(e.value).rpartition("write ")[2].split(" or ")[0].split()
    fixed = {flag[2:].replace("-", "_"): int(n) for flag, n in zip(first[::2], first[1::2], strict=True)}
    parallelism(replace(sizes, **fixed), "worker")


@given(SIZES)
def test_knobs_stand_for_the_numbers(sizes: Sizes) -> None:
    size = resolved(sizes)
    assume(size is not None)
    assert size is not None
    meaning = {"gpus": size.gpus, "nodes": size.nodes, "totalGpus": size.total}
    numbers = {n: meaning[v["from"]] if isinstance(v, dict) else v for n, v in knobs(size).items()}
    assert numbers == {"tensor": size.tensor, "pipeline": size.pipeline, "data": size.data}


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (Parallelism(1, 1, 1, 1, 1, 1), {"tensor": KNOB_GPUS, "pipeline": 1, "data": 1}),
        (Parallelism(1, 8, 8, 1, 1, 1), {"tensor": KNOB_GPUS, "pipeline": 1, "data": 1}),
        (Parallelism(2, 4, 8, 1, 1, 1), {"tensor": KNOB_TOTAL, "pipeline": 1, "data": 1}),
        (Parallelism(1, 8, 1, 1, 8, 8), {"tensor": 1, "pipeline": 1, "data": KNOB_GPUS}),
        (Parallelism(2, 4, 4, 2, 1, 1), {"tensor": KNOB_GPUS, "pipeline": KNOB_NODES, "data": 1}),
        (Parallelism(4, 2, 2, 1, 4, 1), {"tensor": KNOB_GPUS, "pipeline": 1, "data": KNOB_NODES}),
        (Parallelism(4, 2, 4, 1, 2, 1), {"tensor": KNOB_NODES, "pipeline": 1, "data": KNOB_GPUS}),
        (Parallelism(1, 8, 4, 2, 1, 1), {"tensor": 4, "pipeline": 2, "data": 1}),
        (Parallelism(2, 8, 4, 2, 2, 1), {"tensor": 4, "pipeline": 2, "data": 2}),
    ],
)
def test_parallelism_follows_gpus_and_nodes_where_they_tell_it(
    size: Parallelism, expected: dict[str, Any]
) -> None:
    assert knobs(size) == expected


@pytest.mark.parametrize(
    ("name", "asked", "message"),
    [
        ("vllm", {"gpus": 4, "tensor_parallel": 3}, "worker: parallelism tensor 3 needs 3 GPUs, but it has 4; write --tensor-parallel 4 or --gpus 3"),
        ("vllm", {"nodes": 2, "gpus": 4, "tensor_parallel": 4}, "worker: parallelism tensor 4 needs 4 GPUs, but 2 nodes x 4 are 8; write --tensor-parallel 8 or --gpus 2"),
        ("vllm", {"nodes": 2, "gpus": 4, "pipeline_parallel": 3}, "worker: parallelism tensor 2 x pipeline 3 needs 6 GPUs, but 2 nodes x 4 are 8; write --gpus 3"),
        ("vllm", {"nodes": 2, "gpus": 1, "pipeline_parallel": 3}, "worker: parallelism tensor 1 x pipeline 3 needs 3 GPUs, but 2 nodes x 1 are 2; write --tensor-parallel 2 --pipeline-parallel 1 --data-parallel 1"),
        ("vllm", {"nodes": 3, "tensor_parallel": 4}, "worker: 4 GPUs do not spread over 3 nodes; write --nodes 2"),
        ("vllm", {"gpus": 0}, "worker: --gpus 0: only the mocker runs without a GPU; write --gpus 1 or more"),
        ("vllm", {"gpus": 8, "expert_parallel": 4}, "worker: --expert-parallel 4: vLLM spreads experts over all tensor x data GPUs; write --expert-parallel 8"),
        ("sglang", {"gpus": 8, "data_parallel": 3}, "worker: --data-parallel 3: SGLang shares the 8 tensor-parallel GPUs; write a number that divides 8"),
        ("sglang", {"gpus": 8, "expert_parallel": 16}, "worker: --expert-parallel 16: SGLang shares the 8 tensor-parallel GPUs; write a number that divides 8"),
        ("trtllm", {"gpus": 8, "data_parallel": 4}, "worker: --data-parallel 4: TensorRT-LLM has data-parallel attention over all 8 tensor-parallel GPUs or none; write --data-parallel 8"),
        ("trtllm", {"gpus": 8, "expert_parallel": 3}, "worker: --expert-parallel 3: experts share 8 tensor-parallel GPUs; write a number that divides 8"),
        ("mocker", {"gpus": 2}, "worker: --gpus 2: the mocker has no GPU and one node; leave --gpus out"),
        ("mocker", {"nodes": 2}, "worker: --nodes 2: the mocker has no GPU and one node; leave --nodes out"),
        ("mocker", {"tensor_parallel": 8}, "worker: --tensor-parallel 8: the mocker has no GPU and one node; leave --tensor-parallel out"),
    ],
)  # fmt: skip
def test_sizes_that_do_not_fit_say_what_to_write(name: str, asked: dict[str, int], message: str) -> None:
    with pytest.raises(CombinationError) as e:
        backend(name).size(Sizes(**asked), "worker")
    assert str(e.value) == message


@pytest.mark.parametrize("name", ["sglang", "trtllm"])
def test_data_parallel_attention_takes_no_gpus_of_its_own(name: str) -> None:
    size = backend(name).size(Sizes(gpus=8, data_parallel=8), "worker")
    assert (size.total, size.tensor, size.data) == (8, 8, 8)


def test_ones_are_accepted_by_the_mocker() -> None:
    size = backend("mocker").size(Sizes(gpus=0, nodes=1, tensor_parallel=1, data_parallel=4), "worker")
    assert (size.gpus, size.data) == (0, 4)


@pytest.mark.parametrize("name", BACKENDS)
def test_every_backend_has_what_the_protocol_asks_for(name: str) -> None:
    found = backend(name)
    assert name == found.NAME
    assert f"dynamo.{name}" == found.MODULE
    assert found.FRAMEWORK in (name, None)


def test_an_unknown_backend_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown backend 'vlm'; did you mean 'vllm'\?"):
        backend("vlm")


def test_a_release_that_cannot_serve_a_backend_says_since_when() -> None:
    assert backend_at("mocker", release("0.8")).NAME == "mocker"
    with pytest.raises(CombinationError) as e:
        backend_at("mocker", release("0.7"))
    assert str(e.value) == (
        "mocker graphs exist from Dynamo 0.8 on, not at 0.7.1; choose --dynamo 0.8 or newer, "
        "or one of vllm, sglang, trtllm"
    )
