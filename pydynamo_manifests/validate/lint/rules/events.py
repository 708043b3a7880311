"""KV events and routing: what a router knows of the workers' caches, and whether both count alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.validate.lint.examples import example, frontend, part, transfer
from pydynamo_manifests.validate.lint.registry import Example, Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.commandline import Use
    from pydynamo_manifests.validate.lint.parts import Part, Scene

_VLLM = "dynamo.vllm --model Qwen/Qwen3-0.6B"
_SGLANG = "dynamo.sglang --model-path Qwen/Qwen3-0.6B"
_EVENTS = """--kv-events-config '{"enable_kv_cache_events": true}'"""
_BLOCK_FLAG = {
    "vllm": "--block-size",
    "sglang": "--page-size",
    "trtllm": "--kv-block-size",
    "mocker": "--block-size",
}
_PUBLISH = ("--publish-kv-events", "--publish-events-and-metrics")
_NEWER_MODES = {
    "direct": (1, 0),
    "power-of-two": (1, 1),
    "least-loaded": (1, 1),
    "device-aware-weighted": (1, 1),
}
_MODES = ("round-robin", "random", "kv")


def _kv(*workers: dict[str, object], line: str = "--router-mode kv") -> Example:
    return example(frontend(line), *workers)


def _mode(p: Part) -> str | None:
    return p.text("--router-mode", env="DYN_ROUTER_MODE")


def _routers(scene: Scene) -> list[Part]:
    """Return the frontends and routers that route by cache."""
    return [
        p
        for p in scene.parts
        if (p.module == "dynamo.frontend" and _mode(p) == "kv") or p.module == "dynamo.router"
    ]


def _without_events(p: Part) -> bool:
    value = p.main.value("DYN_ROUTER_USE_KV_EVENTS") or p.main.value("DYN_KV_EVENTS") or ""
    off = any(use.negated or use.spelling == "--no-kv-events" for use in _event_flags(p))
    return off or value.lower() in ("false", "0", "no")


def _event_flags(p: Part) -> list[Use]:
    return [] if p.start is None else p.start.all("--router-kv-events", "--kv-events", "--no-kv-events")


def publishes(p: Part) -> bool | None:
    """Tell whether a worker reports its cache; None where that cannot be seen."""
    if p.engine in ("vllm", "sglang"):
        return _configured(p)
    if p.engine == "trtllm":
        return True if p.has(*_PUBLISH) else False if p.sure else None
    return True if p.engine == "mocker" else None


def _configured(p: Part) -> bool | None:
    if p.given("--kv-events-config"):
        value = p.json("--kv-events-config")
        if not value:
            return None
        on = value.get("enable_kv_cache_events") if p.engine == "vllm" else value.get("publisher") != "null"
        return on in (True, "true", "True")
    if p.engine == "vllm" and p.line <= (1, 0):
        return p.role != "decode" and not p.negated("--enable-prefix-caching")
    return False if p.sure else None


@rule(
    "EV-01",
    "warning",
    "a router that waits for KV events nobody sends",
    effect="its index stays empty and it routes by load alone",
    hint="let the workers publish, or tell the router --no-router-kv-events",
    source="args.py of each backend in the wheels; several upstream recipes do this",
    bad=_kv(part("worker", "worker", _VLLM)),
    good=_kv(part("worker", "worker", f"{_VLLM} {_EVENTS}")),
)
def no_publisher(scene: Scene) -> Iterator[Found]:
    """Find a router by cache in a graph whose workers all stay silent."""
    senders = [publishes(p) for p in scene.workers if p.role != "encode"]
    if not senders or any(s is not False for s in senders):
        return
    for p in _routers(scene):
        if p.module == "dynamo.frontend" and not _without_events(p):
            yield Found(
                p.at("--router-mode"),
                f"{p.name} routes by KV cache and no worker publishes events: its index stays empty",
            )


@rule(
    "EV-02",
    "warning",
    "KV events that nobody reads",
    effect="the workers send every block to nobody",
    hint="take --no-router-kv-events out, or the workers' event flags",
    source="args.py of dynamo.frontend in the wheels",
    bad=_kv(part("worker", "worker", f"{_VLLM} {_EVENTS}"), line="--router-mode kv --no-router-kv-events"),
    good=_kv(part("worker", "worker", _VLLM), line="--router-mode kv --no-router-kv-events"),
)
def unread_events(scene: Scene) -> Iterator[Found]:
    """Find workers that were told to publish beside a router that was told not to listen."""
    routers = _routers(scene)
    if routers and all(_without_events(p) for p in routers):
        for p in scene.workers:
            if p.engine != "mocker" and p.given("--kv-events-config", *_PUBLISH) and publishes(p):
                yield Found(
                    p.at("--kv-events-config", *_PUBLISH),
                    f"{p.name} publishes KV events and the router was told not to read them",
                )


@rule(
    "EV-03",
    "error",
    "KV events without a cache to report",
    effect="there is nothing to publish: the router's index stays empty",
    hint="leave prefix caching on where events are wanted",
    source="args.py of dynamo.vllm in the wheels; SGLang's radix cache; TensorRT-LLM's block reuse",
    when=("dynamo.vllm", "dynamo.sglang", "dynamo.trtllm"),
    bad=_kv(part("worker", "worker", f"{_VLLM} {_EVENTS} --no-enable-prefix-caching")),
    good=_kv(part("worker", "worker", f"{_VLLM} {_EVENTS} --enable-prefix-caching")),
)
def events_without_cache(scene: Scene) -> Iterator[Found]:
    """Find a worker that publishes and has its prefix cache switched off."""
    for p in scene.workers:
        if (
            p.engine == "vllm"
            and p.given("--kv-events-config")
            and publishes(p)
            and p.negated("--enable-prefix-caching")
        ):
            yield Found(
                p.at("--enable-prefix-caching"),
                f"{p.name} is to publish KV events with prefix caching off: there is nothing to publish",
            )
        if (
            p.engine == "sglang"
            and p.given("--kv-events-config")
            and publishes(p)
            and p.has("--disable-radix-cache")
        ):
            yield Found(
                p.at("--disable-radix-cache"),
                f"{p.name} is to publish KV events without a radix cache: there is nothing to publish",
            )
        if p.engine == "trtllm" and p.has(*_PUBLISH):
            yield from _trtllm_reuse(p)


def _trtllm_reuse(p: Part) -> Iterator[Found]:
    cache = p.json("--override-engine-args").get("kv_cache_config")
    inline = cache.get("enable_block_reuse") if isinstance(cache, dict) else None
    dotted = p.start.text("--trtllm.kv_cache_config.enable_block_reuse") if p.start else None
    uses = (
        [u for u in p.start.uses if u.spelling == "--trtllm.kv_cache_config.enable_block_reuse"]
        if p.start
        else []
    )
    value = uses[-1].values[0].text if uses and uses[-1].values else dotted
    if inline is False or (value or "").lower() == "false":
        yield Found(
            p.at(*_PUBLISH),
            f"{p.name} is to publish KV events with block reuse off: there is nothing to publish",
        )


@rule(
    "EV-04",
    "warning",
    "an events configuration that switches nothing on",
    effect="the worker publishes nothing",
    hint='add "enable_kv_cache_events": true',
    source="KVEventsConfig of vLLM",
    when=("dynamo.vllm",),
    bad=_kv(part("worker", "worker", f"""{_VLLM} --kv-events-config '{{"publisher": "zmq"}}'""")),
    good=_kv(part("worker", "worker", f"{_VLLM} {_EVENTS}")),
)
def events_left_off(scene: Scene) -> Iterator[Found]:
    """Find an events configuration without its switch."""
    for p in scene.workers:
        value = p.json("--kv-events-config") if p.engine == "vllm" else {}
        if value and "enable_kv_cache_events" not in value:
            yield Found(
                p.at("--kv-events-config"),
                f"{p.name} configures KV events without enable_kv_cache_events: they stay off",
            )


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
    bad=_kv(
        part("worker", "worker", f"{_VLLM} --block-size 64 {_EVENTS}"),
        line="--router-mode kv --kv-cache-block-size 16",
    ),
    good=_kv(
        part("worker", "worker", f"{_VLLM} --block-size 64 {_EVENTS}"),
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
    bad=example(frontend("--router-mode latency")),
    good=example(frontend("--router-mode least-loaded")),
)
def router_mode(scene: Scene) -> Iterator[Found]:
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
    when=("dynamo.frontend",),
    bad=example(frontend("--serve-indexer")),
    good=example(frontend("--serve-indexer --router-mode kv")),
)
def index_server(scene: Scene) -> Iterator[Found]:
    """Find --serve-indexer without mode kv, or beside a remote index."""
    for p in scene.running("dynamo.frontend"):
        if not p.has("--serve-indexer") or not p.sure:
            continue
        if not p.given("--router-mode", env="DYN_ROUTER_MODE") or _mode(p) not in ("kv", None):
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
    bad=example(frontend("--router-mode kv", replicas=2), part("worker", "worker", f"{_VLLM} {_EVENTS}")),
    good=example(
        frontend("--router-mode kv --router-replica-sync", replicas=2),
        part("worker", "worker", f"{_VLLM} {_EVENTS}"),
    ),
)
def unsynced_routers(scene: Scene) -> Iterator[Found]:
    """Find replicas of a router by cache without synchronisation."""
    for p in _routers(scene):
        synced = p.given("--router-replica-sync", env="DYN_ROUTER_REPLICA_SYNC")
        if (p.component.replicas or 1) > 1 and not synced and (not p.start or p.sure):
            yield Found(
                (*p.path, "replicas"),
                f"{p.name} routes by KV cache in {p.component.replicas} replicas that do not share their load",
            )


@rule(
    "RT-03",
    "warning",
    "router flags beside a policy file",
    effect="the file wins and the flags do nothing",
    hint="move them into the file",
    source="release notes of 1.6",
    since=(1, 6),
    when=("dynamo.frontend", "dynamo.router"),
    bad=example(frontend("--router-mode kv --router-policy-config /c/policy.yaml --router-temperature 0.5")),
    good=example(frontend("--router-mode kv --router-policy-config /c/policy.yaml")),
)
def policy_and_flags(scene: Scene) -> Iterator[Found]:
    """Find scoring flags that a policy file outranks."""
    for p in scene.parts:
        if p.line >= (1, 6) and p.given("--router-policy-config", env="DYN_ROUTER_POLICY_CONFIG"):
            for use in p.start.all(*_SCORING) if p.start else ():
                yield Found(use.path, f"{p.name} gives {use.spelling} and a policy file, which wins")


_SCORING = ("--router-temperature", "--router-kv-overlap-score-credit", "--router-queue-threshold")


@rule(
    "EV-05",
    "warning",
    "two engines on one port of the host",
    effect="the second cannot bind its event port",
    hint="take hostNetwork out, or give each its own port",
    source="event endpoints of vLLM and SGLang",
    bad=_kv(
        part(
            "worker",
            "worker",
            f"""{_VLLM} --kv-events-config '{{"enable_kv_cache_events": true, "endpoint": "tcp://*:20080"}}'""",
            replicas=2,
            pod={"hostNetwork": True},
        )
    ),
    good=_kv(
        part(
            "worker",
            "worker",
            f"""{_VLLM} --kv-events-config '{{"enable_kv_cache_events": true, "endpoint": "tcp://*:20080"}}'""",
            replicas=2,
        )
    ),
)
def event_port(scene: Scene) -> Iterator[Found]:
    """Find replicas on the host's network with one event port."""
    for p in scene.workers:
        shared = p.component.pod.get("hostNetwork") is True and (p.component.replicas or 1) > 1
        if shared and p.json("--kv-events-config").get("endpoint"):
            message = f"{p.name} runs {p.component.replicas} times on the host's network with one event port"
            yield Found(p.at("--kv-events-config"), message)
