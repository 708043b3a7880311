"""Managed blocks: engine ids, and the cache in host memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.validate.graph import quantity
from pydynamo_manifests.validate.lint.examples import example, frontend, part, transfer
from pydynamo_manifests.validate.lint.registry import Example, Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.parts import Part
    from pydynamo_manifests.validate.lint.scene import Scene

_VLLM = "dynamo.vllm --model Qwen/Qwen3-0.6B --disaggregation-mode"


def _pair(prefill: str, decode: str) -> Example:
    return example(frontend(), part("prefill", "prefill", prefill), part("decode", "decode", decode))


_GOOD = _pair(f"{_VLLM} prefill {transfer()}", f"{_VLLM} decode {transfer()}")


_CACHE_VARIABLE = "DYN_KVBM_CPU_CACHE_GB"
_MANAGED = """--kv-transfer-config '{"kv_connector": "DynamoConnector", "kv_connector_module_path": "kvbm.vllm_integration.connector", "kv_role": "kv_both"}'"""


def _managed(p: Part) -> bool:
    """Tell whether a worker's blocks are managed by KVBM."""
    modules = str(p.json("--kv-transfer-config"))
    return "kvbm" in modules or "kvbm" in (p.text("--connector") or "") or _CACHE_VARIABLE in p.main.env


def _with_memory(request: str) -> Example:
    resources = {"limits": {"nvidia.com/gpu": "1"}, "requests": {"memory": request}}
    container = {"resources": resources}
    worker = part(
        "worker",
        "worker",
        f"dynamo.vllm --model Qwen/Qwen3-8B {_MANAGED}",
        image="vllm-runtime:1.4.2",
        env={_CACHE_VARIABLE: "100"},
        container=container,
    )
    return example(frontend(image="dynamo-frontend:1.4.2"), worker, dynamo="1.4.2")


@rule(
    "KV-06",
    "warning",
    "one engine id for several engines",
    effect="the engines take each other's blocks",
    hint="leave engine_id out: each engine makes its own",
    source="KVTransferConfig of vLLM; disagg-multinode.yaml of the vLLM examples",
    when=("--kv-transfer-config",),
    bad=example(
        frontend(),
        part(
            "prefill",
            "prefill",
            f"""{_VLLM} prefill --kv-transfer-config '{{"kv_connector": "NixlConnector", "kv_role": "kv_both", "engine_id": "a"}}'""",
            replicas=2,
        ),
        part("decode", "decode", f"{_VLLM} decode {transfer()}"),
    ),
    good=_GOOD,
)
def shared_engine_id(scene: Scene) -> Iterator[Found]:
    """Find a literal engine id in two components, or in one with several replicas."""
    seen: set[str] = set()
    for p in scene.workers:
        value = p.json("--kv-transfer-config").get("engine_id")
        if not isinstance(value, str) or "$" in value:
            continue
        if value in seen or (p.component.replicas or 1) > 1:
            yield Found(p.at("--kv-transfer-config"), f"engine id {value!r} belongs to several engines")
        seen.add(value)


@rule(
    "KV-09",
    "warning",
    "a host cache larger than the pod's memory",
    effect="the cache is pinned memory: the pod is killed when it fills",
    hint="request more memory than DYN_KVBM_CPU_CACHE_GB, with room for the model's loading",
    source="agg_kvbm.yaml of the vLLM examples: 100 GB of cache, 200Gi requested",
    when=(_CACHE_VARIABLE,),
    bad=_with_memory("64Gi"),
    good=_with_memory("200Gi"),
)
def host_cache(scene: Scene) -> Iterator[Found]:
    """Find memory requests or limits below the host cache."""
    for p in scene.workers:
        size = quantity(p.main.value(_CACHE_VARIABLE))
        memory = quantity(p.main.requests.get("memory", p.main.limits.get("memory")))
        if size and memory and memory < size * 1e9:
            yield Found(
                p.main.env[_CACHE_VARIABLE].path,
                f"{p.name} keeps {size:g} GB of blocks in host memory and asks for {memory / 1e9:.0f} GB",
            )


@rule(
    "KV-10",
    "warning",
    "the KV block manager is deprecated",
    effect="it works in this release and goes in a later one",
    hint="plan for another connector",
    source="release notes of 1.5",
    since=(1, 5),
    when=("--kv-transfer-config", "--connector", _CACHE_VARIABLE),
    bad=example(frontend(), part("worker", "worker", f"dynamo.vllm --model Qwen/Qwen3-8B {_MANAGED}")),
    good=example(frontend(), part("worker", "worker", "dynamo.vllm --model Qwen/Qwen3-8B")),
)
def block_manager(scene: Scene) -> Iterator[Found]:
    """Find workers with KVBM from 1.5 on."""
    for p in scene.workers:
        if p.line >= (1, 5) and _managed(p):
            yield Found(
                p.at("--kv-transfer-config"),
                f"{p.name} keeps its blocks with KVBM, which is deprecated since 1.5",
            )
