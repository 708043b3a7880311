"""GPUs: how many a pod gets, how many its engine wants, and how they are asked for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from pydynamo_manifests.validate.graph import quantity
from pydynamo_manifests.validate.lint.examples import example, frontend, part
from pydynamo_manifests.validate.lint.registry import Found, rule
from pydynamo_manifests.validate.lint.words import ENGINES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.parts import Part
    from pydynamo_manifests.validate.lint.scene import Scene

_VLLM = "dynamo.vllm --model Qwen/Qwen3-32B"
_GPU_ENGINES = ("vllm", "sglang", "trtllm")
_SPLIT = (
    "--data-parallel-size-local", "--data-parallel-rank", "--data-parallel-start-rank", "--data-parallel-address",
    "--prefill-context-parallel-size", "--enable-elastic-ep", "--nnodes", "--headless", "--base-gpu-id",
    "--attention-context-parallel-size", "--data-parallel-external-lb", "--data-parallel-hybrid-lb",
    "--attn-cp-size", "--elastic-ep-backend",
)  # fmt: skip
"""Flags after which the plain product of sizes does not say what one component runs."""
_NETWORK = re.compile(r"rdma|hugepages|infiniband|\bib|efa|sriov|roce|ephemeral|hca", re.IGNORECASE)


@rule(
    "GPU-01",
    "error",
    "GPUs and parallel sizes do not match",
    effect="with too few the engine waits for ranks that never come; with too many GPUs stay idle",
    hint="GPUs per pod times nodes = tensor x pipeline (x data, for vLLM) parallel size",
    source="parallel configuration of vLLM, SGLang and TensorRT-LLM; every upstream graph keeps to it",
    when=ENGINES,
    bad=example(frontend(), part("worker", "worker", f"{_VLLM} --tensor-parallel-size 4", gpus=2)),
    good=example(frontend(), part("worker", "worker", f"{_VLLM} --tensor-parallel-size 4", gpus=4)),
)
def gpu_arithmetic(scene: Scene) -> Iterator[Found]:
    """Find workers whose parallel sizes and GPUs differ."""
    for p in scene.workers:
        need, have = _needed(p), p.main.gpus
        if need is None or have is None:
            continue
        nodes = p.component.nodes
        if have * nodes != need:
            where = f"{have} GPUs on each of {nodes} nodes" if nodes > 1 else f"{have} GPU{'s' * (have != 1)}"
            effect = "the engine never starts" if need > have * nodes else f"{have * nodes - need} stay idle"
            yield Found(
                p.main.at("resources"),
                f"{p.name} wants {need} GPU{'s' * (need != 1)} ({_formula(p)}) and gets {where}: {effect}",
            )


def _needed(p: Part) -> int | None:
    """Return the GPUs of all ranks; None where the command line alone does not say it."""
    if p.engine not in _GPU_ENGINES or p.given(*_SPLIT) or "CUDA_VISIBLE_DEVICES" in p.main.env:
        return None
    if len(p.lines) > 1 or p.component.memory_service or p.component.failover:
        return None
    if p.engine == "trtllm" and (p.given(*_ENGINE_FILES, env="DYN_TRTLLM_EXTRA_ENGINE_ARGS") or _dotted(p)):
        return None
    sizes = p.sizes
    if sizes is None or (p.start and p.start.shell and p.script.count("dynamo.") > 1):
        return None
    tensor, pipeline, data = sizes
    return tensor * pipeline * (data if p.engine == "vllm" else 1)


_ENGINE_FILES = ("--extra-engine-args", "--override-engine-args")


def _dotted(p: Part) -> bool:
    return any(u.dotted for u in p.start.uses) if p.start else False


def _formula(p: Part) -> str:
    names = ("tensor", "pipeline", "data") if p.engine == "vllm" else ("tensor", "pipeline")
    sizes = p.sizes or (1, 1, 1)
    return " x ".join(f"{name} {size}" for name, size in zip(names, sizes, strict=False))


@rule(
    "GPU-02",
    "error",
    "a worker without a GPU",
    effect="its pod sees no device and the engine stops",
    hint="""add resources.limits."nvidia.com/gpu", or a resource claim""",
    source="Kubernetes device plug-ins and dynamic resource allocation",
    when=ENGINES,
    bad=example(frontend(), part("worker", "worker", _VLLM, gpus=0)),
    good=example(frontend(), part("worker", "worker", _VLLM, gpus=1)),
)
def no_gpu(scene: Scene) -> Iterator[Found]:
    """Find engines of GPUs whose container has neither a device limit nor a claim."""
    for p in scene.workers:
        if p.engine not in _GPU_ENGINES or not p.component.is_engine or p.component.memory_service:
            continue
        if _has_device(p) or "cpu" in p.main.image or p.text("--device") == "cpu":
            continue
        yield Found(
            p.main.at("resources"),
            f"{p.name} runs {p.module} with no GPU limit and no resource claim: it finds no device",
        )


def _has_device(p: Part) -> bool:
    limited = any(isinstance(key, str) and _may_be_device(key) for key in p.main.limits)
    return limited or bool(p.main.claims or p.component.pod.get("resourceClaims"))


@lru_cache(maxsize=256)
def _may_be_device(resource: str) -> bool:
    return "/" in resource and not _NETWORK.search(resource)


@rule(
    "GPU-03",
    "warning",
    "GPU request and limit differ",
    effect="the API server refuses the pod: extended resources must be equal",
    hint="write the limit alone",
    source="Kubernetes' rule for extended resources",
    bad=example(
        frontend(),
        part(
            "worker",
            "worker",
            _VLLM,
            container={"resources": {"limits": {"nvidia.com/gpu": "2"}, "requests": {"nvidia.com/gpu": "1"}}},
        ),
    ),
    good=example(frontend(), part("worker", "worker", f"{_VLLM} --tensor-parallel-size 2", gpus=2)),
)
def unequal_gpus(scene: Scene) -> Iterator[Found]:
    """Find a device whose request is not its limit."""
    for p in scene.parts:
        for key, asked in p.main.requests.items():
            if not isinstance(key, str) or "/" not in key:
                continue
            limit = p.main.limits.get(key)
            if quantity(limit) != quantity(asked):
                yield Found(
                    p.main.at("resources"),
                    f"{p.name} requests {asked} of {key} and limits it to {limit}: the pod is refused",
                )


@rule(
    "GPU-04",
    "error",
    "the GPU key of the other API version",
    effect="no GPU is asked for, or the field is refused",
    hint="""v1beta1: limits."nvidia.com/gpu"; v1alpha1: limits.gpu, other keys under limits.custom""",
    source="shared types of api/v1alpha1 and core ResourceRequirements of api/v1beta1",
    bad=example(
        frontend(), part("worker", "worker", _VLLM, container={"resources": {"limits": {"gpu": "1"}}})
    ),
    good=example(frontend(), part("worker", "worker", _VLLM, gpus=1)),
)
def foreign_gpu_key(scene: Scene) -> Iterator[Found]:
    """Find limits.gpu in v1beta1 and plain extended resources in a v1alpha1 service."""
    for p in scene.parts:
        if scene.graph.beta:
            sides = (("limits", p.main.limits), ("requests", p.main.requests))
            found = [(side, "gpu") for side, block in sides if "gpu" in block]
            base = p.main.at("resources")
        else:
            raw = p.component.raw.get("resources")
            blocks = raw if isinstance(raw, dict) else {}
            pairs = [
                (side, blocks[side]) for side in ("limits", "requests") if isinstance(blocks.get(side), dict)
            ]
            found = [
                (side, key) for side, block in pairs for key in block if isinstance(key, str) and "/" in key
            ]
            base = (*p.path, "resources")
        for side, key in found:
            yield Found(
                (*base, side, key), f"{p.name} writes {side}.{key}, which {scene.graph.version} does not know"
            )


@rule(
    "GPU-05",
    "error",
    "a resource claim that is only half written",
    effect="the container gets no device, or the pod is refused",
    hint="name the claim in the pod's resourceClaims and in the container's resources.claims",
    source="Kubernetes dynamic resource allocation; xpu examples of vLLM",
    when=("resourceClaims", "claims"),
    bad=example(
        frontend(),
        part(
            "worker",
            "worker",
            _VLLM,
            gpus=0,
            pod={"resourceClaims": [{"name": "gpu", "resourceClaimTemplateName": "gpu"}]},
        ),
    ),
    good=example(
        frontend(),
        part(
            "worker",
            "worker",
            _VLLM,
            gpus=0,
            pod={"resourceClaims": [{"name": "gpu", "resourceClaimTemplateName": "gpu"}]},
            container={"resources": {"claims": [{"name": "gpu"}]}},
        ),
    ),
)
def half_claim(scene: Scene) -> Iterator[Found]:
    """Find claims that no container uses, and uses of claims that the pod does not have."""
    for p in scene.parts:
        raw = p.component.pod.get("resourceClaims")
        listed = [c.get("name") for c in raw if isinstance(c, dict)] if isinstance(raw, list) else []
        inits = p.component.pod.get("initContainers")
        used = {*p.main.claims, *(name for c in p.component.others for name in c.claims)}
        for name in listed:
            if name not in used and not inits:
                yield Found(
                    (*p.component.pod_path, "resourceClaims"),
                    f"{p.name} has the claim {name!r} and no container uses it: no device arrives",
                )
        for name in p.main.claims:
            if name not in listed and not p.component.memory_service:
                yield Found(
                    p.main.at("resources"),
                    f"{p.name} uses the claim {name!r}, which its pod does not have: the pod is refused",
                )
