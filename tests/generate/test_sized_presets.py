"""The presets for real models fit their GPUs: weights, and at least one context of the length that they promise."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from pydynamo_manifests.generate import compose
from pydynamo_manifests.generate.presets import presets
from pydynamo_manifests.render import render
from tests.support.graphs import seen

GPU, OVERHEAD = 84.8e9, 5e9
"""Bytes that a GPU of 80 GB offers, and those for activations and CUDA graphs."""
NODE = 8


@dataclass(frozen=True)
class Model:
    """What a model needs, from its config.json."""

    weights: float
    """Bytes of the checkpoint, which are loaded as they are."""
    layers: int
    kv_heads: int
    head: int
    longest: int
    """Tokens that it was trained for."""

    @property
    def token(self) -> int:
        """Bytes of a token's keys and values, two bytes a number."""
        return 2 * self.layers * self.kv_heads * self.head * 2


MODELS = {
    "Qwen/Qwen3-32B": Model(65.5e9, layers=64, kv_heads=8, head=128, longest=40960),
    "openai/gpt-oss-120b": Model(65.2e9, layers=36, kv_heads=8, head=64, longest=131072),
}
NODES = {
    "1.6/qwen3-32b-vllm-agg-router": 1,
    "1.6/qwen3-32b-vllm-disagg-router": 2,
    "1.6/gpt-oss-120b-vllm-disagg-router": 1,
}
INTENTS = dict(presets())


def tokens(model: Model, gpus: int, fraction: float) -> float:
    """Return how many tokens' keys and values fit beside the weights."""
    return (gpus * (GPU * fraction - OVERHEAD) - model.weights) / model.token


@pytest.mark.parametrize("name", NODES)
def test_a_worker_holds_its_model_and_several_contexts(name: str) -> None:
    workers = [c for c in seen(render(compose(INTENTS[name]), name="q")).values() if c.gpus]
    for worker in workers:
        model = MODELS[str(worker.flags["model"])]
        length = int(str(worker.flags["max-model-len"]))
        assert length <= model.longest
        assert model.kv_heads % worker.gpus == 0
        fraction = float(str(worker.flags["gpu-memory-utilization"]))
        assert tokens(model, worker.gpus, fraction) > 4 * length
        assert tokens(model, worker.gpus - 1, fraction) < length, "fewer GPUs would do"
    assert sum(w.gpus * (w.replicas or 1) for w in workers) == NODES[name] * NODE


def test_every_sized_preset_is_looked_at() -> None:
    assert {name for name, intent in INTENTS.items() if intent.context_length} == set(NODES)
