"""How a mocker worker is started: a real worker of the runtime with a made-up engine and no GPU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.backends.base import Job, Option, Parallelism, Part, option_args
from pydynamo_manifests.errors import CombinationError

if TYPE_CHECKING:
    from pydynamo_manifests.intent import Sizes

NAME = "mocker"
TITLE = "mocker"
MODULE = "dynamo.mocker"
FRAMEWORK = None

_OPTIONS = {"context_length": Option("max-model-len", since="1.4")}


NOTES = {"speedup-ratio": "how much faster than a GPU the answers come"}


def size(sizes: Sizes, role: str) -> Parallelism:
    """Return the sizes: no GPU, one node, data-parallel ranks in one process."""
    for name in ("gpus", "tensor_parallel", "pipeline_parallel", "expert_parallel", "nodes"):
        value, only = getattr(sizes, name), 0 if name == "gpus" else 1
        if value not in (None, only):
            option = sizes.option(name)
            raise CombinationError(
                f"{role}: {option} {value}: the mocker has no GPU and one node; leave {option} out"
            )
    return Parallelism(nodes=1, gpus=0, tensor=1, pipeline=1, data=sizes.data_parallel or 1, expert=1)


def part(job: Job) -> Part:
    """Return how the worker is started; it reports its KV blocks by itself."""
    args: dict[str, Any] = {
        "model-path": {"from": "model.path"},
        "model-name": {"from": "model.servedName"},
        "speedup-ratio": "1.0",
        **({"data-parallel-size": job.size.data} if job.size.data > 1 else {}),
        **job.release.roles[NAME].get(job.role, {}),
        **option_args(job, TITLE, _OPTIONS),
    }
    return Part(args)
