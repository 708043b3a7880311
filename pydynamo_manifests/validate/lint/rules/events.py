"""KV events and routing: what a router knows of the workers' caches, and whether both count alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.validate.lint.examples import part
from pydynamo_manifests.validate.lint.registry import Found, rule
from pydynamo_manifests.validate.lint.routers import KV_EVENTS, kv_graph, kv_routers
from pydynamo_manifests.validate.lint.words import ROUTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydynamo_manifests.validate.lint.line import Use
    from pydynamo_manifests.validate.lint.parts import Part
    from pydynamo_manifests.validate.lint.scene import Scene

_VLLM = "dynamo.vllm --model Qwen/Qwen3-0.6B"
_PUBLISH = ("--publish-kv-events", "--publish-events-and-metrics")


def _without_events(p: Part) -> bool:
    value = p.main.value("DYN_ROUTER_USE_KV_EVENTS") or p.main.value("DYN_KV_EVENTS") or ""
    off = any(use.negated or use.spelling == "--no-kv-events" for use in _event_flags(p))
    return off or value.lower() in ("false", "0", "no")


def _event_flags(p: Part) -> Sequence[Use]:
    return () if p.start is None else p.start.all("--router-kv-events", "--kv-events", "--no-kv-events")


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
    when=ROUTERS,
    bad=kv_graph(part("worker", "worker", _VLLM)),
    good=kv_graph(part("worker", "worker", f"{_VLLM} {KV_EVENTS}")),
)
def no_publisher(scene: Scene) -> Iterator[Found]:
    """Find a router by cache in a graph whose workers all stay silent."""
    senders = [publishes(p) for p in scene.workers if p.role != "encode"]
    if not senders or any(s is not False for s in senders):
        return
    for p in kv_routers(scene):
        if p.module == "dynamo.frontend" and not _without_events(p):
            yield Found(
                p.at_value("--router-mode", "DYN_ROUTER_MODE"),
                f"{p.name} routes by KV cache and no worker publishes events: its index stays empty",
            )


@rule(
    "EV-02",
    "warning",
    "KV events that nobody reads",
    effect="the workers send every block to nobody",
    hint="take --no-router-kv-events out, or the workers' event flags",
    source="args.py of dynamo.frontend in the wheels",
    when=ROUTERS,
    bad=kv_graph(
        part("worker", "worker", f"{_VLLM} {KV_EVENTS}"), line="--router-mode kv --no-router-kv-events"
    ),
    good=kv_graph(part("worker", "worker", _VLLM), line="--router-mode kv --no-router-kv-events"),
)
def unread_events(scene: Scene) -> Iterator[Found]:
    """Find workers that were told to publish beside a router that was told not to listen."""
    routers = kv_routers(scene)
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
    when=("--kv-events-config", *_PUBLISH),
    bad=kv_graph(part("worker", "worker", f"{_VLLM} {KV_EVENTS} --no-enable-prefix-caching")),
    good=kv_graph(part("worker", "worker", f"{_VLLM} {KV_EVENTS} --enable-prefix-caching")),
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
    when=("--kv-events-config",),
    bad=kv_graph(part("worker", "worker", f"""{_VLLM} --kv-events-config '{{"publisher": "zmq"}}'""")),
    good=kv_graph(part("worker", "worker", f"{_VLLM} {KV_EVENTS}")),
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


@rule(
    "EV-05",
    "warning",
    "two engines on one port of the host",
    effect="the second cannot bind its event port",
    hint="take hostNetwork out, or give each its own port",
    source="event endpoints of vLLM and SGLang",
    when=("hostNetwork",),
    bad=kv_graph(
        part(
            "worker",
            "worker",
            f"""{_VLLM} --kv-events-config '{{"enable_kv_cache_events": true, "endpoint": "tcp://*:20080"}}'""",
            replicas=2,
            pod={"hostNetwork": True},
        )
    ),
    good=kv_graph(
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
