"""How a TensorRT-LLM worker is started, in every role and release."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.backends.base import (
    NIXL,
    Job,
    Option,
    Parallelism,
    Part,
    knobs,
    option_args,
    parallelism,
)
from pydynamo_manifests.errors import CombinationError

if TYPE_CHECKING:
    from pydynamo_manifests.intent import Sizes

NAME = "trtllm"
TITLE = "TensorRT-LLM"
MODULE = "dynamo.trtllm"
FRAMEWORK = "trtllm"

ENGINE_FILE = "/etc/dynamo/engine.yaml"
"""Where the engine's configuration is mounted; what has no flag of its own stands there."""

_OPTIONS = {
    "context_length": Option("max-seq-len"),
    "gpu_memory_fraction": Option("free-gpu-memory-fraction"),
    "tool_call_parser": Option("dyn-tool-call-parser"),
    "reasoning_parser": Option("dyn-reasoning-parser"),
    "trust_remote_code": Option("trust_remote_code"),
    "revision": Option("revision", since="1.0"),
}

NOTES = {
    ENGINE_FILE: "the engine's own configuration, for what has no flag",
    "cache_transceiver_config": NIXL,
    "publish-kv-events": "tells the router which prefixes this worker holds",
    "publish-events-and-metrics": "tells the router which prefixes this worker holds",
    "OMPI_ALLOW_RUN_AS_ROOT": "the nodes of one worker are started by mpirun, as the image's user",
}


def size(sizes: Sizes, role: str) -> Parallelism:
    """Return the sizes; attention is data-parallel over all tensor-parallel GPUs or not at all."""
    found = parallelism(sizes, role, data_takes_gpus=False)
    if found.data not in (1, found.tensor):
        raise CombinationError(
            f"{role}: {sizes.option('data_parallel')} {found.data}: TensorRT-LLM has data-parallel attention over all "
            f"{found.tensor} tensor-parallel GPUs or none; write {sizes.option('data_parallel')} {found.tensor}"
        )
    if found.tensor % found.expert:
        raise CombinationError(
            f"{role}: {sizes.option('expert_parallel')} {found.expert}: experts share {found.tensor} tensor-parallel GPUs; "
            f"write a number that divides {found.tensor}"
        )
    return found


def part(job: Job) -> Part:
    """Return how the worker is started; the engine's file is written only when it says something."""
    release, options = job.release, option_args(job, TITLE, _OPTIONS)
    engine = {"trust_remote_code": True} if options.pop("trust_remote_code", None) else {}
    args: dict[str, Any] = {
        "model" if release.within(since="1.0") else "model-path": {"from": "model.path"},
        "served-model-name": {"from": "model.servedName"},
        **_parallel(job, engine),
        **release.roles[NAME].get(job.role, {}),
        **(release.routed_roles[NAME].get(job.role, {}) if job.routed else {}),
        **options,
    }
    if job.disaggregated:
        engine |= deepcopy(dict(release.kv_transfer[NAME][job.role].engine))
    if job.events:
        args |= release.kv_events[NAME].args
    if engine:
        args["extra-engine-args"] = ENGINE_FILE
    return Part(args, _env(job), {ENGINE_FILE: engine} if engine else {})


def _parallel(job: Job, engine: dict[str, Any]) -> dict[str, Any]:
    size, found = job.size, knobs(job.size, data_takes_gpus=False)
    args = {"tensor-parallel-size": found["tensor"]}
    if found["pipeline"] != 1:
        args["pipeline-parallel-size"] = found["pipeline"]
    if size.expert > 1:
        args["expert-parallel-size"] = found["tensor"] if size.expert == size.tensor else size.expert
    if size.data > 1 and job.release.within(since="1.0"):
        args["enable-attention-dp"] = True
    elif size.data > 1:
        engine["enable_attention_dp"] = True
    return args


def _env(job: Job) -> dict[str, Any]:
    if job.size.nodes == 1:
        return {}
    return {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
