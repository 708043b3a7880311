"""How a vLLM worker is started, in every role and release."""

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

NAME = "vllm"
TITLE = "vLLM"
MODULE = "dynamo.vllm"
FRAMEWORK = "vllm"

_OPTIONS = {
    "context_length": Option("max-model-len"),
    "gpu_memory_fraction": Option("gpu-memory-utilization"),
    "tool_call_parser": Option("dyn-tool-call-parser"),
    "reasoning_parser": Option("dyn-reasoning-parser"),
    "trust_remote_code": Option("trust-remote-code"),
    "revision": Option("revision"),
}

# Nodes of one engine must agree on its id, replicas must differ: the names that Grove or LWS gives each
# group do both, and Kubernetes fills them in. Without an id every node makes up its own.
_ENGINE_ID = "$(GROVE_PCSG_NAME)-$(GROVE_PCSG_INDEX)-$(LWS_LEADER_ADDRESS)"

NOTES = {
    "connector": NIXL,
    "kv-transfer-config": f"{NIXL}; both roles need it",
    "engine_id": "one per group of nodes, by the variables of Grove or LWS, whichever starts the nodes",
    "kv-events-config": "tells the router which prefixes this worker holds",
    "enable-expert-parallel": "spreads the experts over all GPUs of the worker",
}


def size(sizes: Sizes, role: str) -> Parallelism:
    """Return the sizes; experts are spread over all tensor- and data-parallel GPUs or not at all."""
    found = parallelism(sizes, role)
    spread = found.tensor * found.data
    if found.expert not in (1, spread):
        raise CombinationError(
            f"{role}: {sizes.option('expert_parallel')} {found.expert}: vLLM spreads experts over all tensor x data GPUs; "
            f"write {sizes.option('expert_parallel')} {spread}"
        )
    return found


def part(job: Job) -> Part:
    """Return how the worker is started."""
    release = job.release
    args: dict[str, Any] = {
        "model": {"from": "model.path"},
        "served-model-name": {"from": "model.servedName"},
        **_parallel(job.size),
        **release.roles[NAME].get(job.role, {}),
        **option_args(job, TITLE, _OPTIONS),
    }
    if job.disaggregated:
        args |= _transfer(job)
    if job.events:
        args |= deepcopy(dict(release.kv_events[NAME].args))
    return Part(args, own_shell="engine_id" in args.get("kv-transfer-config", {}))


def _parallel(size: Parallelism) -> dict[str, Any]:
    found = knobs(size)
    args = {"tensor-parallel-size": found["tensor"]}
    for name in ("pipeline", "data"):
        if found[name] != 1:
            args[f"{name}-parallel-size"] = found[name]
    if size.expert > 1:
        args["enable-expert-parallel"] = True
    return args


def _transfer(job: Job) -> dict[str, Any]:
    args = deepcopy(dict(job.release.kv_transfer[NAME][job.role].args))
    if "kv-transfer-config" in args and job.size.tensor * job.size.pipeline > job.size.gpus:
        args["kv-transfer-config"]["engine_id"] = f"{job.role}-{_ENGINE_ID}"
    return args
