"""How an SGLang worker is started, in every role and release."""

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

NAME = "sglang"
TITLE = "SGLang"
MODULE = "dynamo.sglang"
FRAMEWORK = "sglang"

_OPTIONS = {
    "context_length": Option("context-length"),
    "gpu_memory_fraction": Option("mem-fraction-static"),
    "tool_call_parser": Option("dyn-tool-call-parser"),
    "reasoning_parser": Option("dyn-reasoning-parser"),
    "trust_remote_code": Option("trust-remote-code"),
    "revision": Option("revision"),
}


NOTES = {
    "page-size": "tokens in a KV block; equal in all workers of the graph",
    "disaggregation-transfer-backend": NIXL,
    "kv-events-config": "tells the router which prefixes this worker holds",
    "GLOO_SOCKET_IFNAME": "the pods' interface, on which the nodes of one worker find each other",
}


def size(sizes: Sizes, role: str) -> Parallelism:
    """Return the sizes; data-parallel attention and experts share the tensor-parallel GPUs."""
    found = parallelism(sizes, role, data_takes_gpus=False)
    for name in ("data", "expert"):
        n = getattr(found, name)
        if found.tensor % n:
            raise CombinationError(
                f"{role}: {sizes.option(f'{name}_parallel')} {n}: SGLang shares the {found.tensor} tensor-parallel GPUs; "
                f"write a number that divides {found.tensor}"
            )
    return found


def part(job: Job) -> Part:
    """Return how the worker is started."""
    release = job.release
    args: dict[str, Any] = {
        "model-path": {"from": "model.path"},
        "served-model-name": {"from": "model.servedName"},
        **_parallel(job.size),
        "page-size": 16,
        **({"skip-tokenizer-init": True} if release.within(until="1.5") else {}),
        **release.roles[NAME].get(job.role, {}),
        **option_args(job, TITLE, _OPTIONS),
    }
    if job.disaggregated:
        args |= release.kv_transfer[NAME][job.role].args
    if job.events:
        args |= deepcopy(dict(release.kv_events[NAME].args))
    several = job.size.nodes > 1
    env = {"GLOO_SOCKET_IFNAME": "eth0"} if several else {}
    return Part(args, env, own_shell=several and job.events and not release.arguments_quoted)


def _parallel(size: Parallelism) -> dict[str, Any]:
    found = knobs(size, data_takes_gpus=False)
    args = {"tensor-parallel-size": found["tensor"]}
    if found["pipeline"] != 1:
        args["pipeline-parallel-size"] = found["pipeline"]
    if size.data > 1:
        args |= {"data-parallel-size": _share(size.data, size, found), "enable-dp-attention": True}
    if size.expert > 1:
        args["expert-parallel-size"] = _share(size.expert, size, found)
    return args


def _share(number: int, size: Parallelism, found: dict[str, Any]) -> Any:
    return found["tensor"] if number == size.tensor else number
