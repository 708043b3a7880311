"""What a user wants a graph for: the model, the hardware, the traffic and the latencies of a request."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

from pydynamo_manifests.errors import InputError, UnknownNameError, arguments_named
from pydynamo_manifests.intent import about, check_address, check_forms, check_latency, switch

__all__ = ["RequestIntent"]

SEARCHES = ("rapid", "thorough")


@dataclass(frozen=True, kw_only=True)
class RequestIntent:
    """One request: Dynamo finds the graph. Every field is an option of ``generate --request``."""

    model: str = about("model id, such as Qwen/Qwen3-32B", "")
    backend: str | None = about("engine; the profiler chooses without it (1.0 and newer)")
    dynamo: str | None = about("Dynamo release or line; the newest without it")
    gpu: str | None = about("type of the GPUs, such as h200_sxm; found in the cluster without it")
    gpus: int | None = about("GPUs that the graph may use")
    gpus_per_node: int | None = about("GPUs of one node")
    vram: float | None = about("memory of one GPU in MiB")
    isl: int | None = about("tokens of a prompt; 4000 without it")
    osl: int | None = about("tokens of an answer; 1000 without it")
    concurrency: float | None = about("requests at the same time")
    request_rate: float | None = about("requests per second, instead of --concurrency")
    ttft: float | None = about("target: time to the first token, in milliseconds", unit="ms")
    itl: float | None = about("target: time between tokens, in milliseconds", unit="ms")
    e2e_latency: float | None = about(
        "target: time of a whole answer in milliseconds, instead of --ttft and --itl", unit="ms"
    )
    search: str | None = about("rapid simulates, thorough measures on GPUs for hours; rapid without it")
    review: bool = switch("stop when the graph is generated and wait for approval (autoApply: false)")
    planner: bool = switch("give the graph an SLA planner that scales it")
    max_gpus: int | None = about("GPUs that the planner may give the graph; --gpus without it")
    min_endpoint: int | None = about("replicas of each role that the planner keeps at least")
    advisory: bool = switch("let the planner decide and report without changing anything: a first step")
    prometheus: str | None = about(
        "address of Prometheus, for the planner; kube-prometheus-stack's without it"
    )
    mocker: bool = switch("simulated workers without GPUs, to try the machinery")
    kv_router: bool = switch("route requests to where their prefix is cached (1.5 and newer)")
    trust_remote_code: bool = switch("let the model's repository bring its own code (1.6 and newer)")
    cache_claim: str | None = about("existing PersistentVolumeClaim with the model files", form="object")
    cache_model_path: str | None = about("directory of the model in that claim", form="path")
    cache_mount_path: str | None = about("where it is mounted; /opt/model-cache without it", form="path")
    registry: str | None = about("registry of all images; NVIDIA's without it", form="registry")
    image: str | None = about("image repository of the profiler")
    image_tag: str | None = about("tag of the image; the release without it", form="tag")

    def __post_init__(self) -> None:
        """Refuse what no request could mean."""
        with arguments_named(self.names()):
            self._check()

    @classmethod
    def names(cls) -> list[str]:
        """Return the names of all fields, each of which is an option."""
        return [f.name for f in fields(cls)]

    def _check(self) -> None:
        if not self.model:
            raise InputError("a request needs --model: write --model Qwen/Qwen3-32B, or another model id")
        for name in ("ttft", "itl", "e2e_latency"):
            check_latency(_option(name), getattr(self, name))
        check_address("--prometheus", self.prometheus)
        for name in ("gpus", "gpus_per_node", "isl", "osl"):
            _check_count(_option(name), getattr(self, name))
        for name in ("vram", "concurrency", "request_rate"):
            _check_amount(_option(name), getattr(self, name))
        if self.search is not None and self.search not in SEARCHES:
            raise UnknownNameError("search", self.search, SEARCHES)
        check_forms(self)
        _check_pairs(self)


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _check_count(name: str, value: Any) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise InputError(f"{name} {value!r}: a whole number from 1 on")


def _check_amount(name: str, value: Any) -> None:
    if value is not None and (
        isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < math.inf
    ):
        raise InputError(f"{name} {value!r}: a number above 0")


def _check_pairs(intent: RequestIntent) -> None:
    if intent.concurrency is not None and intent.request_rate is not None:
        raise InputError("--concurrency and --request-rate say the same thing twice: write one of them")
    short = next((n for n in ("ttft", "itl") if getattr(intent, n) is not None), None)
    if intent.e2e_latency is not None and short:
        raise InputError(
            f"--e2e-latency and --{short}: a request has one kind of target; write --ttft and --itl, or "
            "--e2e-latency alone"
        )
    for name in ("cache_model_path", "cache_mount_path"):
        if getattr(intent, name) and not intent.cache_claim:
            raise InputError(f"{_option(name)} needs the claim: write --cache-claim NAME")
    for name in ("max_gpus", "min_endpoint", "advisory", "prometheus"):
        if getattr(intent, name) not in (None, False) and not intent.planner:
            raise InputError(f"{_option(name)} is for a planner: add --planner")
    if intent.planner and intent.gpus and intent.max_gpus is not None and intent.max_gpus > intent.gpus:
        raise InputError(
            f"--max-gpus {intent.max_gpus}: the request plans for {intent.gpus} GPUs; write --max-gpus "
            f"{intent.gpus} or --gpus {intent.max_gpus}"
        )
