"""Every flag that composition writes is one that the release's own parser takes, in name, arity and value."""

from __future__ import annotations

import json
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import pydynamo_manifests
from pydynamo_manifests.backends import BACKENDS
from pydynamo_manifests.generate import compose
from pydynamo_manifests.generate.presets import presets
from pydynamo_manifests.intent import Intent
from pydynamo_manifests.patterns import PATTERNS
from pydynamo_manifests.releases import known_releases, release
from pydynamo_manifests.render import render
from tests.support.graphs import seen

FLAGS = Path(pydynamo_manifests.__file__).parent / "data" / "flags"
MODULES = {"planner_sla": "dynamo.planner.planner_sla"}
ENGINES = {"dynamo.vllm": "vllm", "dynamo.sglang": "sglang"}
LINES = [v.rpartition(".")[0] for v in known_releases()]

SHAPES: dict[str, dict[str, Any]] = {
    "plain": {},
    "two-nodes": {"nodes": 2, "gpus": 4},
    "experts": {"gpus": 8, "tensor_parallel": 8, "expert_parallel": 8},
    "pipeline": {"nodes": 2, "gpus": 4, "tensor_parallel": 4, "pipeline_parallel": 2},
    "everything": {
        "frontend_replicas": 2,
        "context_length": 8192,
        "gpu_memory_fraction": 0.85,
        "tool_call_parser": "hermes",
        "reasoning_parser": "qwen3",
        "trust_remote_code": True,
    },
    "revision": {"revision": "main"},
}
DATA = {
    "vllm": {"gpus": 8, "tensor_parallel": 1, "data_parallel": 8, "expert_parallel": 8},
    "sglang": {"gpus": 8, "data_parallel": 4, "expert_parallel": 2},
    "trtllm": {"gpus": 8, "data_parallel": 8, "expert_parallel": 8},
    "mocker": {"data_parallel": 4},
}
"""Data-parallel copies, as each backend counts its GPUs; a new one has a row here."""
MOCKER = {
    "plain": {},
    "everything": {"frontend_replicas": 2},
}


@cache
def parser_of(module: str, line: str) -> dict[str, dict[str, Any]]:
    """Return every spelling that `python3 -m MODULE` takes at a line, and what its parser says of it."""
    known: dict[str, dict[str, Any]] = {}
    for scope in filter(None, (ENGINES.get(module), module)):
        for flag, spans in json.loads((FLAGS / f"{scope}.json").read_text()).items():
            for since, until, spec in spans if flag else ():
                if release(line).within(since, until):
                    known |= dict.fromkeys([flag, *spec.get("aliases", [])], spec)
    return known


def complaint(module: str, line: str, flag: str, value: str | bool) -> str | None:  # noqa: FBT001 - one per kind
    """Return why the parser would refuse a flag, None when it takes it."""
    spec = parser_of(module, line).get(f"--{flag}")
    if spec is None:
        return "unknown"
    if (spec.get("takes") == "none") != (value is True):
        return f"takes {spec.get('takes', 'one')}"
    if value is not True and spec.get("type") == "int" and not str(value).isdigit():
        return "not a whole number"
    if value is not True and "choices" in spec and value not in spec["choices"]:
        return f"not one of {spec['choices']}"
    if spec.get("removed") or spec.get("effect") == "refused":
        return "refused"
    return unknown_keys(line, spec["config"], json.loads(str(value))) if "config" in spec else None


def unknown_keys(line: str, config: str, value: dict[str, Any]) -> str | None:
    (keys,) = (
        spec["keys"]
        for since, until, spec in json.loads((FLAGS / "configs.json").read_text())[config]
        if release(line).within(since, until)
    )
    return f"unknown keys {set(value) - set(keys)}" if set(value) - set(keys) else None


def intents(line: str) -> list[Intent]:
    found = []
    for backend, pattern in product(BACKENDS, PATTERNS):
        at, planner = release(line), PATTERNS[pattern].planner
        served = at.planned if planner else at.backends
        budget = {"max_gpus": 64} if planner else {}
        blind = pattern == "agg-planner" and line == "1.1" and backend not in at.pass_metrics
        if backend in served and at.within(since=PATTERNS[pattern].since) and not blind:
            shapes = (MOCKER if backend == "mocker" else SHAPES) | {"data": DATA[backend]}
            base = {"backend": backend, "pattern": pattern, "model": "Qwen/Qwen3-32B", "dynamo": line}
            for name, shape in shapes.items():
                if (name, backend) != ("revision", "trtllm") or release(line).within(since="1.0"):
                    found.append(Intent(**base, **shape, **budget))
    return found


@pytest.mark.parametrize("line", LINES)
def test_every_flag_exists_in_the_release_s_own_parser(line: str) -> None:
    wrong, looked_at = [], 0
    for intent in intents(line):
        for component in seen(render(compose(intent), name="g")).values():
            module = MODULES.get(component.module, component.module)
            for flag, value in component.flags.items():
                looked_at += 1
                if problem := complaint(module, line, flag, value):
                    wrong.append(f"{intent.backend} {intent.pattern}: {module} --{flag} {value}: {problem}")
    assert not wrong
    assert looked_at > 300


@pytest.mark.parametrize(("name", "intent"), list(presets()))
def test_every_flag_of_a_preset_exists(name: str, intent: Intent) -> None:
    for component in seen(render(compose(intent), name="g")).values():
        module = MODULES.get(component.module, component.module)
        for flag, value in component.flags.items():
            assert complaint(module, name.partition("/")[0], flag, value) is None, (flag, value)


@pytest.mark.parametrize(
    ("line", "module", "flag", "value", "problem"),
    [
        ("1.4", "dynamo.vllm", "is-prefill-worker", True, "unknown"),
        ("0.9", "dynamo.vllm", "disaggregation-mode", "prefill", "unknown"),
        (
            "1.6",
            "dynamo.vllm",
            "disaggregation-mode",
            "both",
            "not one of ['agg', 'decode', 'encode', 'pd', 'prefill']",
        ),
        ("1.6", "dynamo.vllm", "tensor-parallel-size", "two", "not a whole number"),
        ("1.6", "dynamo.vllm", "tensor-parallel-size", True, "takes one"),
        ("1.6", "dynamo.trtllm", "publish-kv-events", "true", "takes none"),
        ("1.6", "dynamo.vllm", "kv-transfer-config", '{"kv_rol": "x"}', "unknown keys {'kv_rol'}"),
        ("1.2", "dynamo.trtllm", "publish-kv-events", True, "unknown"),
    ],
)
def test_the_check_itself_can_fail(line: str, module: str, flag: str, value: Any, problem: str) -> None:
    assert complaint(module, line, flag, value) == problem
