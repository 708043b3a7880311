"""Features with two ends: adapters, shared GPU memory, encoders, endpoint pickers, migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.validate.lint.examples import example, frontend, part
from pydynamo_manifests.validate.lint.registry import Found, declare, rule
from pydynamo_manifests.validate.lint.words import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pydynamo_manifests.validate.lint.parts import Part
    from pydynamo_manifests.validate.lint.scene import Scene

_VLLM = "dynamo.vllm --model Qwen/Qwen3-0.6B"
_TRUE = ("1", "true", "yes", "on")
_DISCOVERY = "nvidia.com/dynamo-kube-discovery-mode"
_SHARED: dict[str, Any] = {"experimental": {"gpuMemoryService": {}}}
_DIRECT = {
    "name": "sidecar-frontend",
    "image": "nvcr.io/nvidia/ai-dynamo/dynamo-frontend:1.6.1",
    "args": ["-m", "dynamo.frontend", "--router-mode", "direct"],
}
_PICKER = part("epp", "epp", "", image="dynamo-frontend:1.6.1")
_MEDIA = f"{_VLLM} --enable-multimodal --disaggregation-mode"


def _with_sidecar(side: dict[str, Any]) -> dict[str, Any]:
    worker = part("decode", "decode", _VLLM, frontendSidecar="sidecar-frontend")
    worker["podTemplate"]["spec"]["containers"].append(side)
    return worker


@rule(
    "LORA-01",
    "error",
    "adapters wanted and not loaded",
    effect="the worker starts and takes no adapter",
    hint="""add the variable DYN_LORA_ENABLED: "true"; baseModelName of a DynamoModel is the worker's modelRef.name""",
    source="lora examples of the vLLM backend",
    since=(0, 8),
    when=("--enable-lora",),
    bad=example(
        frontend(), part("worker", "worker", f"{_VLLM} --enable-lora", modelRef={"name": "Qwen/Qwen3-0.6B"})
    ),
    good=example(
        frontend(),
        part(
            "worker",
            "worker",
            f"{_VLLM} --enable-lora",
            modelRef={"name": "Qwen/Qwen3-0.6B"},
            env={"DYN_LORA_ENABLED": "true"},
        ),
    ),
)
def adapters(scene: Scene) -> Iterator[Found]:
    """Find LoRA workers with a model reference that lack the switch, and adapters of another base."""
    for p in scene.workers:
        if p.engine != "vllm" or not p.has("--enable-lora") or not _reference(p):
            continue
        value = p.main.value("DYN_LORA_ENABLED")
        unset = "DYN_LORA_ENABLED" not in p.main.env and not p.main.env_from
        if unset or (value or "true").lower() not in _TRUE:
            message = f"{p.name} enables LoRA without DYN_LORA_ENABLED: its adapters are not loaded"
            yield Found(p.at("--enable-lora"), message)
    yield from _other_bases(scene)


def _reference(p: Part) -> str:
    reference = p.component.raw.get("modelRef")
    name = reference.get("name") if isinstance(reference, dict) else None
    return name if isinstance(name, str) else ""


def _other_bases(scene: Scene) -> Iterator[Found]:
    """Find a graph whose references no adapter of the run has as its base, though there are adapters."""
    specs = [o.get("spec") for o in scene.others if o.get("kind") == "DynamoModel"]
    bases = {spec.get("baseModelName") for spec in specs if isinstance(spec, dict)}
    graphs = [o for o in scene.others if o.get("kind") == "DynamoGraphDeployment"]
    for p in scene.workers if bases and not graphs else ():
        name = _reference(p)
        if name and p.has("--enable-lora") and name not in bases:
            shown = ", ".join(sorted(map(str, bases)))
            message = f"{p.name} refers to {name} and the adapters are for {shown}: they are not loaded"
            yield Found((*p.path, "modelRef", "name"), message)


@rule(
    "GMS-01",
    "error",
    "shared GPU memory that the engine does not use",
    effect="the service runs and the weights are loaded a second time",
    hint="add --load-format gms",
    source="agg_gms.yaml of the examples; internal/dynamo/backend_vllm.go of the operator 1.4",
    since=(1, 1),
    when=("memory",),
    bad=example(frontend(), part("worker", "worker", _VLLM, **_SHARED)),
    good=example(frontend(), part("worker", "worker", f"{_VLLM} --load-format gms", **_SHARED)),
)
def unused_memory(scene: Scene) -> Iterator[Found]:
    """Find an intra-pod memory service beside another load format."""
    for p in scene.workers:
        own_client = p.main.value("DYN_GMS_USE_V1") is not None
        if (
            p.component.memory_service == "intrapod"
            and p.engine in ("vllm", "sglang")
            and p.sure
            and not own_client
        ) and not p.given("--load-format"):
            yield Found(
                p.at(),
                f"{p.name} has a GPU memory service and does not load through it",
            )


@rule(
    "GMS-02",
    "error",
    "failover without what it stands on",
    effect="admission refuses it, or both engines register as one",
    hint="add gpuMemoryService of the same mode; intra-pod also the annotation nvidia.com/dynamo-kube-discovery-mode: container",
    source="agg_failover.yaml and gms-failover.yaml of the examples",
    since=(1, 1),
    when=("failover",),
    bad=example(
        frontend(), part("worker", "worker", f"{_VLLM} --load-format gms", experimental={"failover": {}})
    ),
    good=example(
        frontend(),
        part(
            "worker",
            "worker",
            f"{_VLLM} --load-format gms",
            experimental={"failover": {}, "gpuMemoryService": {}},
        ),
        annotations={_DISCOVERY: "container"},
    ),
)
def failover(scene: Scene) -> Iterator[Found]:
    """Find failover without memory service, or intra-pod without discovery by container."""
    for p in scene.parts:
        if not p.component.failover:
            continue
        key = (*p.path, "experimental", "failover") if scene.graph.beta else (*p.path, "failover")
        if not p.component.memory_service:
            yield Found(
                key, f"{p.name} has failover and no gpuMemoryService: its shadow has no memory to share"
            )
        elif p.component.failover == "intrapod" and scene.whole:
            modes = (scene.graph.annotations.get(_DISCOVERY), p.component.annotations.get(_DISCOVERY))
            if "container" not in modes:
                yield Found(
                    key, f"{p.name} has two engines in one pod and discovery by pod: they register as one"
                )


@rule(
    "GMS-03",
    "error",
    "two generations of the GPU memory service",
    effect="DYN_GMS_USE_V1 and --load-format gms exclude each other and the worker stops",
    hint="keep --load-format gms",
    source="args.py of dynamo.vllm in the 1.6.1 wheel",
    since=(1, 6),
    when=("DYN_GMS_USE_V1",),
    bad=example(
        frontend(),
        part("worker", "worker", f"{_VLLM} --load-format gms", env={"DYN_GMS_USE_V1": "1"}, **_SHARED),
    ),
    good=example(frontend(), part("worker", "worker", f"{_VLLM} --load-format gms", **_SHARED)),
)
def two_memories(scene: Scene) -> Iterator[Found]:
    """Find the variable beside the flag."""
    for p in scene.workers:
        on = (p.main.value("DYN_GMS_USE_V1") or "").lower() in _TRUE
        if on and p.line >= (1, 6) and p.text("--load-format") == "gms":
            yield Found(p.main.env["DYN_GMS_USE_V1"].path)


declare(
    "MIG-01",
    "error",
    "a migration limit at the worker",
    effect="the worker's parser no longer knows the flag and it stops at once",
    hint="write --migration-limit at the frontend, which migrates requests since 1.0",
    source="args.py of the frontend and the backends in the wheels from 1.0.2",
    since=(1, 0),
    bad=example(frontend(), part("worker", "worker", f"{_VLLM} --migration-limit 3")),
    good=example(frontend("--migration-limit 3"), part("worker", "worker", _VLLM)),
)


@rule(
    "MM-01",
    "error",
    "an encoder that nobody asks",
    effect="the next stage encodes by itself, and the encoder's GPU stays idle",
    hint="next stage: --route-to-encoder (vLLM), --dedicated-mm-encoder (SGLang), --encode-endpoint (TensorRT-LLM)",
    source="multimodal launch scripts of each backend",
    since=(1, 3),
    when=ROLES,
    bad=example(
        frontend(), part("encode", "worker", f"{_MEDIA} encode"), part("pd", "worker", f"{_MEDIA} pd")
    ),
    good=example(
        frontend(),
        part("encode", "worker", f"{_MEDIA} encode"),
        part("pd", "worker", f"{_MEDIA} pd --route-to-encoder"),
    ),
)
def idle_encoder(scene: Scene) -> Iterator[Found]:
    """Find an encode worker without a stage that routes to it."""
    flags = ("--route-to-encoder", "--dedicated-mm-encoder", "--encode-endpoint")
    rest = [p for p in scene.workers if p.role != "encode"]
    if not scene.whole or not rest or not all(p.sure for p in rest) or any(p.given(*flags) for p in rest):
        return
    for p in scene.workers:
        if p.role == "encode" and p.line >= (1, 3):
            yield Found(
                p.at("--disaggregation-mode"),
                f"{p.name} encodes and no other worker routes to it: it stays idle",
            )


@rule(
    "EPP-01",
    "error",
    "an endpoint picker whose workers have no direct frontend",
    effect="the gateway sends requests to port 8000 of the worker's pod, where nothing answers",
    hint="give each worker a frontend sidecar with --router-mode direct",
    source="gaie examples of the vLLM backend",
    since=(1, 1),
    when=("epp",),
    bad=example(_PICKER, part("decode", "decode", _VLLM)),
    good=example(_PICKER, _with_sidecar(_DIRECT)),
)
def picker_without_sidecar(scene: Scene) -> Iterator[Found]:
    """Find workers behind a picker without sidecar, or with one in another router mode."""
    if not any(p.type == "epp" for p in scene.parts):
        return
    for p in scene.workers:
        if p.line < (1, 1) or p.role == "encode":
            continue
        side = p.sidecar
        if side is None:
            yield Found(
                p.path,
                f"{p.name} stands behind an endpoint picker and has no frontend sidecar: nothing answers on port 8000",
            )
            continue
        modes = [line.text("--router-mode") for _, line in p.sides if line.module == "dynamo.frontend"]
        if modes and "direct" not in modes and not side.value("DYN_ROUTER_MODE") and None not in modes:
            yield Found(
                side.path, f"the sidecar of {p.name} routes by {modes[0]}: the picker's choice is undone"
            )


@rule(
    "EPP-02",
    "warning",
    "two entry points",
    effect="the gateway picks workers by itself, and clients of the frontend bypass it",
    hint="take the frontend component out: each worker's sidecar is one",
    source="gaie examples of upstream have no frontend component",
    when=("epp",),
    bad=example(_PICKER, frontend(), _with_sidecar(_DIRECT)),
    good=example(_PICKER, _with_sidecar(_DIRECT)),
)
def picker_and_frontend(scene: Scene) -> Iterator[Found]:
    """Find a frontend component beside an endpoint picker."""
    if any(p.type == "epp" for p in scene.parts):
        for p in scene.parts:
            if p.type == "frontend":
                yield Found(
                    p.path,
                    f"{p.name} is a frontend beside an endpoint picker: its requests bypass the picker",
                )
