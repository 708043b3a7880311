"""KV transfer: how the blocks of a prompt get from the prefill worker to the decode worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.validate.lint.examples import alpha, example, frontend, part, service, transfer
from pydynamo_manifests.validate.lint.registry import Example, Found, rule
from pydynamo_manifests.validate.lint.words import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.parts import Part
    from pydynamo_manifests.validate.lint.scene import Scene

_VLLM = "dynamo.vllm --model Qwen/Qwen3-0.6B --disaggregation-mode"
_SGLANG = "dynamo.sglang --model-path Qwen/Qwen3-0.6B --disaggregation-mode"
_TRT = "dynamo.trtllm --model-path Qwen/Qwen3-0.6B --disaggregation-mode"
_HERE = ("127.0.0.1", "localhost", "::1")


def _pair(prefill: str, decode: str) -> Example:
    return example(frontend(), part("prefill", "prefill", prefill), part("decode", "decode", decode))


_GOOD = _pair(f"{_VLLM} prefill {transfer()}", f"{_VLLM} decode {transfer()}")


@rule(
    "KV-01",
    "error",
    "vLLM prefill worker without a KV connector",
    effect="the worker raises at start",
    hint="""add --kv-transfer-config '{"kv_connector": "NixlConnector", "kv_role": "kv_both"}'""",
    source="args.py of dynamo.vllm in the wheels from 1.0.2",
    since=(1, 0),
    when=ROLES,
    bad=_pair(f"{_VLLM} prefill", f"{_VLLM} decode {transfer()}"),
    good=_GOOD,
)
def prefill_without_connector(scene: Scene) -> Iterator[Found]:
    """Find prefill workers that would not start."""
    for p in _without_connector(scene, "prefill"):
        yield Found(
            p.at("--disaggregation-mode", "--is-prefill-worker"),
            f"{p.name} prefills without --kv-transfer-config: the worker stops at start",
        )


@rule(
    "KV-02",
    "error",
    "vLLM decode worker without a KV connector",
    effect="it starts, and nothing receives the blocks of the prefill worker",
    hint="""add --kv-transfer-config '{"kv_connector": "NixlConnector", "kv_role": "kv_both"}'""",
    source="config_modifiers/vllm.py of the profiler in the 1.6.1 wheel; the examples of main since 2026-07-31",
    since=(1, 0),
    when=ROLES,
    bad=_pair(f"{_VLLM} prefill {transfer()}", f"{_VLLM} decode"),
    good=_GOOD,
)
def decode_without_connector(scene: Scene) -> Iterator[Found]:
    """Find decode workers of a graph with prefill that receive nothing."""
    if not scene.role("prefill"):
        return
    for p in _without_connector(scene, "decode"):
        yield Found(
            p.at("--disaggregation-mode", "--is-decode-worker"),
            f"{p.name} decodes without --kv-transfer-config: nothing receives the blocks of the prefill worker",
        )


def _without_connector(scene: Scene, role: str) -> Iterator[Part]:
    for p in scene.workers:
        judged = p.engine == "vllm" and p.role == role and p.line >= (1, 0) and p.sure
        if judged and not p.given("--kv-transfer-config"):
            yield p


@rule(
    "KV-03",
    "error",
    "vLLM's old connector flag",
    effect="the worker raises at start",
    hint="write --kv-transfer-config",
    source="args.py of dynamo.vllm in the wheels from 1.0.2",
    since=(1, 0),
    when=("--connector",),
    bad=_pair(f"{_VLLM} prefill --connector nixl {transfer()}", f"{_VLLM} decode {transfer()}"),
    good=_GOOD,
)
def refused_connector(scene: Scene) -> Iterator[Found]:
    """Find --connector with a value where any value is refused."""
    for p in scene.workers:
        use = p.start.last("--connector") if p.start else None
        if p.engine == "vllm" and p.line >= (1, 0) and use and use.values:
            yield Found(
                p.where(use), f"{p.name} gives --connector, which is refused since 1.0: the worker stops"
            )


@rule(
    "KV-04",
    "error",
    "two ways to name the KV connector",
    effect="--connector and --kv-transfer-config exclude each other and the worker stops",
    hint="keep one of them",
    source="args.py of dynamo.vllm in the 0.9.1 wheel",
    until=(0, 9),
    when=("--connector",),
    bad=alpha(
        {
            "w": service(
                "worker",
                f"dynamo.vllm --model Qwen/Qwen3-0.6B --connector nixl {transfer()}",
                image="vllm-runtime:0.9.1",
            )
        },
        dynamo="0.9.1",
    ),
    good=alpha(
        {
            "w": service(
                "worker", "dynamo.vllm --model Qwen/Qwen3-0.6B --connector nixl", image="vllm-runtime:0.9.1"
            )
        },
        dynamo="0.9.1",
    ),
)
def two_connectors(scene: Scene) -> Iterator[Found]:
    """Find both flags on one worker of an old release."""
    for p in scene.workers:
        if (
            p.engine == "vllm"
            and p.line <= (0, 9)
            and p.given("--connector")
            and p.given("--kv-transfer-config")
        ):
            yield Found(p.at("--connector"))


@rule(
    "KV-05",
    "error",
    "connectors that cannot pair",
    effect="both workers start and no block ever moves",
    hint="name one connector on both sides; roles kv_both with kv_both, or kv_producer with kv_consumer",
    source="the transfer configurations of upstream's examples and recipes",
    since=(1, 0),
    when=("--kv-transfer-config",),
    bad=_pair(f"{_VLLM} prefill {transfer('kv_consumer')}", f"{_VLLM} decode {transfer('kv_consumer')}"),
    good=_pair(f"{_VLLM} prefill {transfer('kv_producer')}", f"{_VLLM} decode {transfer('kv_consumer')}"),
)
def unpaired_connectors(scene: Scene) -> Iterator[Found]:
    """Find a prefill side that sends nothing, a decode side that takes nothing, or two connectors."""
    sides = {role: [p for p in scene.role(role) if p.engine == "vllm"] for role in ("prefill", "decode")}
    for role, wrong in (("prefill", "kv_consumer"), ("decode", "kv_producer")):
        for p in sides[role] if all(sides.values()) else ():
            if p.json("--kv-transfer-config").get("kv_role") == wrong:
                yield Found(
                    p.at("--kv-transfer-config"), f"{p.name} does {role} as {wrong}: no block ever moves"
                )
    names = {role: {_connector(p) for p in parts} for role, parts in sides.items()}
    for p in sides["decode"]:
        if (mine := _connector(p)) and names["prefill"] and not _pairs(mine, names["prefill"]):
            shown = ", ".join(sorted(n for n in names["prefill"] if n))
            yield Found(
                p.at("--kv-transfer-config"),
                f"{p.name} receives through {mine}, the prefill side sends through {shown}: no block ever moves",
            )


_INSIDE = {"PdConnector", "MultiConnector", "DynamoConnector"}


def _connector(p: Part) -> str:
    name = p.json("--kv-transfer-config").get("kv_connector")
    return name if isinstance(name, str) else ""


def _pairs(mine: str, theirs: set[str]) -> bool:
    """Tell whether connectors may pair; those that hold others inside are not judged."""
    return mine in theirs or "" in theirs or mine in _INSIDE or bool(theirs & _INSIDE)


@rule(
    "KV-07",
    "error",
    "SGLang's two roles cannot reach each other",
    effect="the transfer between the pods fails at the first request",
    hint="one --disaggregation-transfer-backend on both sides, and --host 0.0.0.0",
    source="disagg.yaml of the SGLang examples",
    when=("dynamo.sglang",),
    bad=_pair(
        f"{_SGLANG} prefill --disaggregation-transfer-backend nixl --host 127.0.0.1",
        f"{_SGLANG} decode --disaggregation-transfer-backend nixl --host 0.0.0.0",
    ),
    good=_pair(
        f"{_SGLANG} prefill --disaggregation-transfer-backend nixl --host 0.0.0.0",
        f"{_SGLANG} decode --disaggregation-transfer-backend nixl --host 0.0.0.0",
    ),
)
def sglang_transfer(scene: Scene) -> Iterator[Found]:
    """Find differing transfer backends, or a role that listens on the loopback only."""
    parts = [p for p in scene.workers if p.engine == "sglang" and p.role in ("prefill", "decode")]
    for p in parts:
        if p.text("--host") in _HERE:
            yield Found(
                p.at("--host"), f"{p.name} listens on {p.text('--host')} only: the other role cannot reach it"
            )
    known = [p for p in parts if p.text("--disaggregation-transfer-backend")]
    for p in known[1:]:
        mine, first = (
            p.text("--disaggregation-transfer-backend"),
            known[0].text("--disaggregation-transfer-backend"),
        )
        if mine != first:
            yield Found(
                p.at("--disaggregation-transfer-backend"),
                f"{p.name} moves blocks with {mine}, {known[0].name} with {first}: the transfer fails",
            )


@rule(
    "KV-08",
    "error",
    "TensorRT-LLM roles without a cache transceiver",
    effect="no block moves between the roles; with the overlap scheduler on, prefill does not start",
    hint="set cache_transceiver_config.backend on both sides, and disable_overlap_scheduler: true for prefill",
    source="engine_configs of the TensorRT-LLM examples",
    when=("dynamo.trtllm",),
    bad=_pair(
        f"{_TRT} prefill --trtllm.disable_overlap_scheduler true",
        f"{_TRT} decode --trtllm.cache_transceiver_config.backend DEFAULT",
    ),
    good=_pair(
        f"{_TRT} prefill --trtllm.cache_transceiver_config.backend DEFAULT --trtllm.disable_overlap_scheduler true",
        f"{_TRT} decode --trtllm.cache_transceiver_config.backend DEFAULT",
    ),
)
def trtllm_transfer(scene: Scene) -> Iterator[Found]:
    """Find a role whose engine options can be seen and hold no transceiver."""
    for p in scene.workers:
        if p.engine != "trtllm" or p.role not in ("prefill", "decode") or not p.sure:
            continue
        options = _trtllm_options(p)
        if options is None:
            continue
        if not options.get("cache_transceiver_config.backend"):
            yield Found(
                p.at("--disaggregation-mode"),
                f"{p.name} does {p.role} without cache_transceiver_config.backend: no block moves",
            )
        elif p.role == "prefill" and options.get("disable_overlap_scheduler") not in (True, "true", "True"):
            yield Found(
                p.at("--disaggregation-mode"),
                f"{p.name} prefills with the overlap scheduler on: it does not start",
            )


def _trtllm_options(p: Part) -> dict[str, object] | None:
    """Return the engine options by dotted path; None when a file that is not here holds some."""
    if p.start is None or p.given("--extra-engine-args", env="DYN_TRTLLM_EXTRA_ENGINE_ARGS"):
        return None
    override = p.start.last("--override-engine-args")
    if override and not p.json("--override-engine-args"):
        return None
    options: dict[str, object] = {}
    for key, value in p.json("--override-engine-args").items():
        inner = value.items() if isinstance(value, dict) else ()
        options |= {f"{key}.{k}": v for k, v in inner} if isinstance(value, dict) else {key: value}
    dotted = [u for u in p.start.uses if u.spelling.startswith("--trtllm.") and u.values]
    return options | {u.dotted.removeprefix("trtllm."): u.values[0].text for u in dotted}
