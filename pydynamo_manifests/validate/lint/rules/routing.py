"""Routing: block sizes that both sides count in, modes, and several routers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.validate.lint.examples import example, frontend, part, transfer
from pydynamo_manifests.validate.lint.registry import Found, rule
from pydynamo_manifests.validate.lint.routers import KV_EVENTS, kv_graph, kv_routers, router_mode
from pydynamo_manifests.validate.lint.words import ROUTERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.parts import Part
    from pydynamo_manifests.validate.lint.scene import Scene

_VLLM = "dynamo.vllm --model Qwen/Qwen3-0.6B"
_BLOCK_FLAG = {
    "vllm": "--block-size",
    "sglang": "--page-size",
    "trtllm": "--kv-block-size",
    "mocker": "--block-size",
}
_STATES_BLOCKS = (*_BLOCK_FLAG.values(), "DYN_KV_CACHE_BLOCK_SIZE")
_NEWER_MODES = {
    "direct": (1, 0),
    "power-of-two": (1, 1),
    "least-loaded": (1, 1),
    "device-aware-weighted": (1, 1),
}
_MODES = ("round-robin", "random", "kv")


def _block(p: Part) -> tuple[int, str] | None:
    """Return the block size that a part states, and the flag that states it."""
    if p.module == "dynamo.frontend":
        flag, text = "--kv-cache-block-size", p.text("--kv-cache-block-size", env="DYN_KV_CACHE_BLOCK_SIZE")
    elif p.module == "dynamo.router":
        flag = "--router-block-size" if p.line >= (1, 1) else "--block-size"
        text = p.text("--router-block-size", "--block-size")
    elif p.type == "epp":
        flag, text = "", p.main.value("DYN_KV_CACHE_BLOCK_SIZE")
    else:
        flag = _BLOCK_FLAG.get(p.engine, "")
        text = p.text(flag) if flag else None
    return (int(text), flag) if text and text.isdecimal() else None


def _block_path(p: Part, flag: str) -> tuple[str | int, ...]:
    variable = p.main.env.get("DYN_KV_CACHE_BLOCK_SIZE")
    return p.at(flag) if flag and p.given(flag) else variable.path if variable else p.path


@rule(
    "BS-01",
    "error",
    "router and workers count blocks of different size",
    effect="their hashes never match, so no request finds its cache",
    hint="state one block size everywhere, or leave it to the workers",
    source="gaie and global_planner examples; model card of the workers",
    when=_STATES_BLOCKS,
    bad=kv_graph(
        part("worker", "worker", f"{_VLLM} --block-size 64 {KV_EVENTS}"),
        line="--router-mode kv --kv-cache-block-size 16",
    ),
    good=kv_graph(
        part("worker", "worker", f"{_VLLM} --block-size 64 {KV_EVENTS}"),
        line="--router-mode kv --kv-cache-block-size 64",
    ),
)
def router_block_size(scene: Scene) -> Iterator[Found]:
    """Find a router whose stated block size no worker has."""
    stated = [(p, _block(p)) for p in scene.workers]
    sizes = {found[0] for _, found in stated if found}
    if not sizes or any(found is None for _, found in stated):
        return
    for p in scene.parts:
        mine = None if p.engine else _block(p)
        if mine and sizes != {mine[0]}:
            shown = ", ".join(map(str, sorted(sizes)))
            yield Found(
                _block_path(p, mine[1]),
                f"{p.name} counts blocks of {mine[0]} tokens, the workers of {shown}: no hash ever matches",
            )


@rule(
    "BS-02",
    "error",
    "prefill and decode cut blocks of different size",
    effect="the copied blocks do not fit",
    hint="give both roles one block size",
    source="NIXL block transfer; every upstream graph that states both states one number",
    when=_STATES_BLOCKS,
    bad=example(
        frontend(),
        part("prefill", "prefill", f"{_VLLM} --disaggregation-mode prefill --block-size 16 {transfer()}"),
        part("decode", "decode", f"{_VLLM} --disaggregation-mode decode --block-size 64 {transfer()}"),
    ),
    good=example(
        frontend(),
        part("prefill", "prefill", f"{_VLLM} --disaggregation-mode prefill --block-size 64 {transfer()}"),
        part("decode", "decode", f"{_VLLM} --disaggregation-mode decode --block-size 64 {transfer()}"),
    ),
)
def role_block_size(scene: Scene) -> Iterator[Found]:
    """Find decode workers whose stated block size no prefill worker states."""
    prefill = {found[0] for p in scene.role("prefill") if (found := _block(p))}
    for p in scene.role("decode"):
        mine = _block(p)
        if mine and prefill and mine[0] not in prefill:
            shown = ", ".join(map(str, sorted(prefill)))
            yield Found(
                p.at(mine[1]),
                f"{p.name} has blocks of {mine[0]} tokens, prefill of {shown}: the copied blocks do not fit",
            )


@rule(
    "BS-03",
    "warning",
    "a router that assumes blocks of 128 tokens",
    effect="engines use 16 to 64, so its hashes never match",
    hint="write --router-block-size with the workers' number",
    source="args.py of dynamo.router in the wheels",
    when=("dynamo.router",),
    bad=example(
        part("router", "worker", "dynamo.router --endpoint ns.backend.generate", image="dynamo-planner:1.6.1")
    ),
    good=example(
        part(
            "router",
            "worker",
            "dynamo.router --endpoint ns.backend.generate --router-block-size 16",
            image="dynamo-planner:1.6.1",
        )
    ),
)
def assumed_block_size(scene: Scene) -> Iterator[Found]:
    """Find a standalone router that states no block size."""
    for p in scene.running("dynamo.router"):
        if p.sure and not p.given("--router-block-size", "--block-size"):
            yield Found(p.at("--endpoint"), f"{p.name} states no block size and assumes 128")


@rule(
    "RT-01",
    "error",
    "a router mode that the release does not have",
    effect="it is not among the choices and the frontend stops",
    hint="write a mode of the release: round-robin, random or kv exist in all",
    source="args.py of dynamo.frontend in the wheels 0.9.1, 1.0.2 and 1.1.1",
    when=("DYN_ROUTER_MODE",),
    bad=example(frontend("--router-mode latency")),
    good=example(frontend("--router-mode least-loaded")),
)
def router_modes(scene: Scene) -> Iterator[Found]:
    """Find a mode in the variable; one in a flag is found with the flags."""
    for p in scene.parts:
        mode = p.main.value("DYN_ROUTER_MODE") if p.module == "dynamo.frontend" else None
        if not mode or p.given("--router-mode") or "$" in mode or "<" in mode:
            continue
        if mode not in _MODES and p.line < _NEWER_MODES.get(mode, (99, 0)):
            yield Found(
                p.main.env["DYN_ROUTER_MODE"].path, f"{p.name} of this release has no router mode {mode!r}"
            )


@rule(
    "RT-02",
    "error",
    "an index server on a frontend that keeps no index",
    effect="the frontend stops at once",
    hint="--serve-indexer needs --router-mode kv, and excludes --use-remote-indexer",
    source="frontend_args.py in the wheels from 1.1.1",
    since=(1, 1),
    when=("--serve-indexer",),
    bad=example(frontend("--serve-indexer")),
    good=example(frontend("--serve-indexer --router-mode kv")),
)
def index_server(scene: Scene) -> Iterator[Found]:
    """Find --serve-indexer without mode kv, or beside a remote index."""
    for p in scene.running("dynamo.frontend"):
        if not p.has("--serve-indexer") or not p.sure:
            continue
        if not p.given("--router-mode", env="DYN_ROUTER_MODE") or router_mode(p) not in ("kv", None):
            yield Found(
                p.at("--serve-indexer"), f"{p.name} serves an index without --router-mode kv: it stops"
            )
        elif p.has("--use-remote-indexer"):
            yield Found(
                p.at("--use-remote-indexer"), f"{p.name} serves an index and uses a remote one: it stops"
            )


@rule(
    "RT-04",
    "warning",
    "several routers that do not tell each other their load",
    effect="each sees its own requests only and overloads workers",
    hint="add --router-replica-sync",
    source="args.py of dynamo.frontend in the wheels",
    when=ROUTERS,
    bad=example(frontend("--router-mode kv", replicas=2), part("worker", "worker", f"{_VLLM} {KV_EVENTS}")),
    good=example(
        frontend("--router-mode kv --router-replica-sync", replicas=2),
        part("worker", "worker", f"{_VLLM} {KV_EVENTS}"),
    ),
)
def unsynced_routers(scene: Scene) -> Iterator[Found]:
    """Find replicas of a router by cache without synchronisation."""
    for p in kv_routers(scene):
        synced = p.given("--router-replica-sync", env="DYN_ROUTER_REPLICA_SYNC")
        several = (p.component.replicas or 1) > 1
        if synced or not (several or p.component.adapter) or (p.start and not p.sure):
            continue
        if several:
            said = f"in {p.component.replicas} replicas that do not share their load"
            yield Found((*p.path, "replicas"), f"{p.name} routes by KV cache {said}")
        else:
            said = "and may be scaled: its replicas would not share their load"
            yield Found((*p.path, "scalingAdapter"), f"{p.name} routes by KV cache {said}")


@rule(
    "RT-03",
    "warning",
    "router flags beside a policy file",
    effect="the file wins and the flags do nothing",
    hint="move them into the file",
    source="release notes of 1.6",
    since=(1, 6),
    when=("--router-policy-config", "DYN_ROUTER_POLICY_CONFIG"),
    bad=example(frontend("--router-mode kv --router-policy-config /c/policy.yaml --router-temperature 0.5")),
    good=example(frontend("--router-mode kv --router-policy-config /c/policy.yaml")),
)
def policy_and_flags(scene: Scene) -> Iterator[Found]:
    """Find scoring flags that a policy file outranks."""
    for p in scene.parts:
        if p.line >= (1, 6) and p.given("--router-policy-config", env="DYN_ROUTER_POLICY_CONFIG"):
            for use in p.start.all(*_SCORING) if p.start else ():
                yield Found(p.where(use), f"{p.name} gives {use.spelling} and a policy file, which wins")


_SCORING = ("--router-temperature", "--router-kv-overlap-score-credit", "--router-queue-threshold")
