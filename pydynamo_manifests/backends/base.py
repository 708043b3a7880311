"""What every backend shares: the job that a worker has, its parallelism, the part it contributes."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Any, Protocol

from pydynamo_manifests.errors import CombinationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydynamo_manifests.intent import Intent, Sizes
    from pydynamo_manifests.releases import Release

__all__ = ["NIXL", "Backend", "Job", "Option", "Parallelism", "Part", "knobs", "option_args", "parallelism"]

NIXL = (
    "KV blocks travel from prefill to decode over NIXL; between nodes by TCP, slowly, without RDMA (--rdma)"
)
"""Words for whatever switches the transfer on."""
KNOB_GPUS, KNOB_NODES, KNOB_TOTAL = {"from": "gpus"}, {"from": "nodes"}, {"from": "totalGpus"}


@dataclass(frozen=True)
class Parallelism:
    """Sizes of one worker with nothing left open: tensor x pipeline x data = nodes x gpus."""

    nodes: int
    gpus: int
    tensor: int
    pipeline: int
    data: int
    expert: int
    """1 when experts are not spread."""

    @property
    def total(self) -> int:
        """GPUs of one worker over all its nodes."""
        return self.nodes * self.gpus


@dataclass(frozen=True)
class Job:
    """One worker to be started: for which release, in which role, how large."""

    intent: Intent
    release: Release
    role: str
    """``worker``, ``prefill`` or ``decode``."""
    size: Parallelism
    events: bool
    """A router wants to know which KV blocks this worker holds."""
    routed: bool = False
    """A router chooses prefill workers by the KV blocks that they hold."""

    @property
    def disaggregated(self) -> bool:
        """Prefill and decode are workers of their own."""
        return self.role != "worker"


@dataclass(frozen=True)
class Part:
    """What a backend contributes to a component's values."""

    args: dict[str, Any]
    env: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    own_shell: bool = False
    """The operator would spoil the arguments for the other nodes: they go past it, through a shell."""


class Backend(Protocol):
    """One module per backend has these."""

    NAME: str
    TITLE: str
    MODULE: str
    """Python module that is the worker: ``python3 -m MODULE``."""
    FRAMEWORK: str | None
    """What ``backendFramework`` says, None for an engine that the operator does not know."""
    NOTES: Mapping[str, str]
    """Words that explain a flag, variable or file in a values file."""

    def size(self, sizes: Sizes, role: str) -> Parallelism:
        """Return the sizes of a worker, or raise CombinationError with what to write."""

    def part(self, job: Job) -> Part:
        """Return how the worker is started."""


@dataclass(frozen=True)
class Option:
    """A flag that an intent may ask for, and the first line whose parser knows it."""

    flag: str
    since: str | None = None


def option_args(job: Job, backend: str, options: Mapping[str, Option]) -> dict[str, Any]:
    """Return the flags of the options that the intent sets.

    Raises:
        CombinationError: The backend has no such flag, or not yet in this release.
    """
    asked = {
        "context_length": job.intent.context_length,
        "gpu_memory_fraction": job.intent.gpu_memory_fraction and str(job.intent.gpu_memory_fraction),
        "tool_call_parser": job.intent.tool_call_parser,
        "reasoning_parser": job.intent.reasoning_parser,
        "trust_remote_code": job.intent.trust_remote_code or None,
        "revision": job.intent.revision and {"from": "model.revision"},
    }
    out: dict[str, Any] = {}
    for name, value in asked.items():
        if value is not None:
            option = options.get(name)
            _check_option(job, backend, f"--{name.replace('_', '-')}", option)
            out |= {option.flag: value} if option else {}
    return out


def _check_option(job: Job, backend: str, name: str, option: Option | None) -> None:
    if option is None:
        raise CombinationError(f"{name}: a {backend} worker has no such setting; leave it out")
    if not job.release.within(since=option.since):
        raise CombinationError(
            f"{name}: {backend} workers take it from Dynamo {option.since} on, not at {job.release}; "
            f"leave it out or choose --dynamo {option.since}"
        )


def parallelism(sizes: Sizes, role: str, *, data_takes_gpus: bool = True) -> Parallelism:
    """Return a worker's sizes: GPUs follow from the parallelism, or tensor parallelism takes what is left.

    Args:
        sizes: What the intent asks for.
        role: Named in the error.
        data_takes_gpus: A data-parallel copy has GPUs of its own (vLLM); False when copies of attention
            share the tensor-parallel GPUs (SGLang, TensorRT-LLM).

    Raises:
        CombinationError: The product of the parallelism is not the number of GPUs.
    """
    nodes, pipeline, data = sizes.nodes or 1, sizes.pipeline_parallel or 1, sizes.data_parallel or 1
    others = pipeline * (data if data_takes_gpus else 1)
    gpus = _gpus(sizes, nodes, others, role)
    tensor = sizes.tensor_parallel or max(nodes * gpus // others, 1)
    if tensor * others != nodes * gpus:
        factors = (tensor, pipeline, data if data_takes_gpus else 1)
        raise CombinationError(_misfit(role, sizes, (nodes, gpus), factors))
    return Parallelism(nodes, gpus, tensor, pipeline, data, sizes.expert_parallel or 1)


def _gpus(sizes: Sizes, nodes: int, others: int, role: str) -> int:
    if sizes.gpus == 0:
        option = sizes.option("gpus")
        raise CombinationError(
            f"{role}: {option} 0: only the mocker runs without a GPU; write {option} 1 or more"
        )
    if sizes.gpus is not None:
        return sizes.gpus
    wanted = (sizes.tensor_parallel or 1) * others
    if sizes.tensor_parallel is None and wanted < nodes:
        return 1
    if wanted % nodes:
        fit = max(n for n in range(1, nodes + 1) if wanted % n == 0)
        raise CombinationError(
            f"{role}: {wanted} GPUs do not spread over {nodes} nodes; write {sizes.option('nodes')} {fit}"
        )
    return wanted // nodes


def _misfit(role: str, sizes: Sizes, have: tuple[int, int], factors: tuple[int, int, int]) -> str:
    nodes, gpus = have
    names = ("tensor", "pipeline", "data")
    said = " x ".join(
        f"{name} {n}" for name, n in zip(names, factors, strict=True) if n > 1 or name == "tensor"
    )
    total, wanted, others = nodes * gpus, prod(factors), prod(factors[1:])
    flags = [sizes.option(f"{name}_parallel") for name in names]
    fixes = [f"{flags[0]} {total // others}"] if total % others == 0 else []
    fixes += [f"{sizes.option('gpus')} {wanted // nodes}"] if wanted % nodes == 0 else []
    fixes = fixes or [" ".join(f"{f} {n}" for f, n in zip(flags, (total, 1, 1), strict=True))]
    have_words = f"{nodes} nodes x {gpus} are {total}" if nodes > 1 else f"it has {gpus}"
    return f"{role}: parallelism {said} needs {wanted} GPUs, but {have_words}; write {' or '.join(fixes)}"


def knobs(size: Parallelism, *, data_takes_gpus: bool = True) -> dict[str, Any]:
    """Return tensor, pipeline and data parallelism as knobs where the GPUs tell them, else as numbers.

    A knob keeps flag and GPU request together when somebody changes ``gpus`` or ``nodes`` alone.
    """
    data = size.data if data_takes_gpus else 1
    factors = {"tensor": size.tensor, "pipeline": size.pipeline, "data": data}
    large = [name for name, n in factors.items() if n > 1] or ["tensor"]
    if len(large) == 1:
        return {**factors, large[0]: KNOB_GPUS if size.nodes == 1 else KNOB_TOTAL}
    inside = [name for name in large if factors[name] == size.gpus]
    if len(large) == 2 and size.nodes > 1 and inside:  # noqa: PLR2004 - one inside a node, one across nodes
        within = "tensor" if "tensor" in inside else inside[0]
        across = next(name for name in large if name != within)
        return {**factors, within: KNOB_GPUS, across: KNOB_NODES}
    return factors
