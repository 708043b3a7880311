"""Shared memory: of a pod, which the ranks of an engine talk through, and of GPUs, as a service."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydynamo_manifests.validate.graph import quantity
from pydynamo_manifests.validate.lint.examples import example, frontend, part
from pydynamo_manifests.validate.lint.registry import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.scene import Scene

_VLLM = "dynamo.vllm --model Qwen/Qwen3-32B"
_SHM = 8 * 2**30
_DEVICES_V1 = (1, 34)
"""Kubernetes release that brought resource.k8s.io/v1."""


@rule(
    "SHM-01",
    "warning",
    "little or doubled shared memory",
    effect="NCCL fails or crawls between the GPUs of a pod",
    hint="leave the default of 8Gi, or ask for more; mount nothing else at /dev/shm",
    source="shared memory of the operator's pods; memory of NCCL",
    when=("sharedMemorySize", "sharedMemory"),
    bad=example(
        frontend(),
        part("worker", "worker", f"{_VLLM} --tensor-parallel-size 2", gpus=2, sharedMemorySize="1Gi"),
    ),
    good=example(
        frontend(),
        part("worker", "worker", f"{_VLLM} --tensor-parallel-size 2", gpus=2, sharedMemorySize="16Gi"),
    ),
)
def shared_memory(scene: Scene) -> Iterator[Found]:
    """Find several ranks with less than the default, or a second volume at its path."""
    for p in scene.workers:
        key = "sharedMemorySize" if scene.graph.beta else "sharedMemory"
        raw = p.component.raw.get(key)
        size = quantity(raw.get("size") if isinstance(raw, dict) else raw)
        own = next((m for m in p.main.mounts if m.where.rstrip("/") == "/dev/shm"), None)  # noqa: S108 - a mount path
        ranks = p.sizes
        if size and own:
            yield Found(
                own.path,
                f"{p.name} mounts its own volume at /dev/shm beside {key}: the operator's takes its place",
            )
        elif size and size < _SHM and not own and ranks and ranks[0] > 1:
            yield Found(
                (*p.path, key),
                f"{p.name} runs {ranks[0]} ranks with less than 8Gi of shared memory: NCCL may fail",
            )


@rule(
    "GPU-06",
    "warning",
    "shared GPU memory on an older Kubernetes",
    effect="the memory service asks for devices through resource.k8s.io/v1, which 1.34 brought",
    hint="use Kubernetes 1.34 or newer",
    source="release notes of 1.3",
    since=(1, 3),
    when=("memory",),
    bad=example(
        frontend(),
        part("worker", "worker", f"{_VLLM} --load-format gms", experimental={"gpuMemoryService": {}}),
        cluster={"kubernetes": "1.32"},
    ),
    good=example(
        frontend(),
        part("worker", "worker", f"{_VLLM} --load-format gms", experimental={"gpuMemoryService": {}}),
        cluster={"kubernetes": "1.34"},
    ),
)
def old_kubernetes(scene: Scene) -> Iterator[Found]:
    """Find a memory service for a cluster before 1.34."""
    said = scene.of_cluster("kubernetes")
    found = re.match(r"v?(\d+)\.(\d+)", str(said or ""))
    if not found or (int(found[1]), int(found[2])) >= _DEVICES_V1:
        return
    for p in scene.parts:
        if p.component.memory_service:
            yield Found(
                p.path,
                f"{p.name} has a GPU memory service, which needs Kubernetes 1.34; the cluster has {said}",
            )
