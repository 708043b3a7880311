"""The presets of requests: a short list of intents, each written as a commented values file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.generate.options import command_line
from pydynamo_manifests.generate.presets import MARK
from pydynamo_manifests.generate.text import values_text
from pydynamo_manifests.requests import RequestIntent, request_composition

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["request_preset_files", "request_preset_text", "request_presets"]

_HOMES = ("values/request", "charts/dynamo-graph/presets/request")
_MODEL = "Qwen/Qwen3-32B"
_NEW: dict[str, dict[str, Any]] = {
    "auto": {},
    "vllm": {"backend": "vllm"},
    "sglang": {"backend": "sglang"},
    "trtllm": {"backend": "trtllm"},
    "vllm-planner": {"backend": "vllm", "planner": True, "advisory": True},
    "vllm-thorough": {"backend": "vllm", "search": "thorough"},
    "vllm-review": {"backend": "vllm", "review": True},
    "vllm-model-cache": {
        "backend": "vllm",
        "cache_claim": "model-cache",
        "cache_model_path": "Qwen3-32B",
    },
    "mocker": {"backend": "vllm", "mocker": True},
}
_OLD: dict[str, dict[str, Any]] = {
    "vllm": {"backend": "vllm", "search": "thorough", "gpu": None},
    "sglang": {"backend": "sglang", "search": "thorough", "gpu": None},
    "trtllm": {"backend": "trtllm"},
    "trtllm-review": {"backend": "trtllm", "review": True},
    "mocker": {"backend": "vllm", "mocker": True},
}
_WHEN = {
    "auto": "a first request: the profiler compares the engines",
    "vllm-planner": "traffic that changes: the generated graph has a planner, which at first only advises",
    "vllm-thorough": "numbers measured on your GPUs, for hours",
    "vllm-review": "a graph to read before it runs: dynamo-manifests request read NAME",
    "trtllm-review": "a graph to read before it runs: dynamo-manifests request read NAME",
    "vllm-model-cache": "model files that a claim holds already",
    "mocker": "trying the machinery without GPUs for the workers",
}
_TABLE_HEAD = f"""<!-- {MARK} -->
# Presets of requests

Each file asks Dynamo to profile a model and to generate its graph: set your model, GPUs and targets over it.

| preset | engine | search | choose it for |
| --- | --- | --- | --- |
"""


def request_presets() -> Iterator[tuple[str, RequestIntent]]:
    """Return name (``1.6/vllm``) and intent of every preset: the newest line, and the newest of v1alpha1."""
    common: dict[str, Any] = {
        "model": _MODEL,
        "gpu": "h200_sxm",
        "gpus": 8,
        "isl": 4000,
        "osl": 500,
        "ttft": 300,
        "itl": 20,
    }
    for line, shapes in {"1.6": _NEW, "0.9": _OLD}.items():
        for name, shape in shapes.items():
            yield f"{line}/{name}", RequestIntent(**{**common, "dynamo": line, **shape})


def request_preset_files() -> dict[str, bytes]:
    """Return path (relative to the repository) and content of every preset, beside and inside the chart."""
    texts = {f"{name}.yaml": request_preset_text(name, intent) for name, intent in request_presets()}
    texts["README.md"] = _TABLE_HEAD + "".join(_row(name, intent) for name, intent in request_presets())
    return {f"{home}/{name}": text.encode() for home in _HOMES for name, text in texts.items()}


def _row(name: str, intent: RequestIntent) -> str:
    return f"| `{name}.yaml` | {intent.backend or 'auto'} | {intent.search or 'rapid'} | {_when(name)} |\n"


def _when(name: str) -> str:
    return _WHEN.get(name.partition("/")[2], "an engine that you have chosen")


def request_preset_text(name: str, intent: RequestIntent) -> str:
    """Return a preset as its file holds it."""
    made = request_composition(intent)
    header = [
        f"{MARK}; change it with --set or in a values file of your own, not here.",
        "",
        made.headline,
        f"Choose it for {_when(name)}.",
        "",
        f"  helm install NAME charts/dynamo-graph -f values/request/{name}.yaml --set model.name=ORG/MODEL",
        f"  {command_line(intent)}",
    ]
    return values_text(made, header)
