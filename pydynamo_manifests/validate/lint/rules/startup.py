"""Start: modules and variables of other releases, and flags that exclude each other."""

from __future__ import annotations

import difflib
from functools import lru_cache
from typing import TYPE_CHECKING

from pydynamo_manifests.validate.lint import tables
from pydynamo_manifests.validate.lint.examples import example, frontend, part
from pydynamo_manifests.validate.lint.registry import Example, Found, rule
from pydynamo_manifests.validate.lint.releases import release_name
from pydynamo_manifests.validate.lint.words import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.scene import Scene

_VLLM = "dynamo.vllm --model Qwen/Qwen3-0.6B"

_FIRST = {
    "dynamo.global_planner": (1, 0),
    "dynamo.global_router": (1, 0),
    "dynamo.profiler": (1, 0),
    "dynamo.tokenspeed": (1, 2),
    "dynamo.thunderagent_router": (1, 3),
    "dynamo.kv_dc_relay": (1, 4),
    "dynamo.squeeze_evolve": (1, 4),
    "dynamo.kv_state_agent": (1, 5),
    "dynamo.triton": (1, 5),
}
"""First release line of modules that came later."""

_DEAD = {
    "DYN_STORE_KV": ((1, 0), "DYN_DISCOVERY_BACKEND"),
    "DYN_KV_STORE": ((1, 0), "DYN_DISCOVERY_BACKEND"),
    "DYN_KV_EVENTS": ((1, 0), "DYN_ROUTER_USE_KV_EVENTS"),
    "DYN_KV_OVERLAP_SCORE_WEIGHT": ((1, 0), ""),
    "DYN_ROUTER_TTL": ((1, 0), ""),
    "DYN_LOCAL_INDEXER": ((1, 0), ""),
    "DYN_VLLM_KV_EVENT_PORT": ((1, 1), "--kv-events-config with an endpoint"),
    "DYN_DECODE_FALLBACK": ((1, 1), ""),
    "DYN_ENFORCE_DISAGG": ((1, 4), ""),
}
"""Variables by the first release line that does not read them, with what took their place."""

_OLD_MEDIA = (
    "DYN_VLLM_MULTIMODAL_WORKER",
    "DYN_VLLM_MULTIMODAL_ENCODE_WORKER",
    "DYN_VLLM_MULTIMODAL_DECODE_WORKER",
)
"""Switches for media that vLLM's worker refuses since 1.4."""

_ROLE_FILE = ("--disagg-config", "--disagg-config-key")


def _worker(line: str) -> Example:
    return example(frontend(), part("worker", "worker", line))


@rule(
    "FLAG-03",
    "error",
    "an encode worker without the switch for media",
    effect="the worker refuses images, audio and video",
    hint="add --enable-multimodal",
    source="args.py of dynamo.vllm and dynamo.sglang in the wheels from 1.3.1",
    since=(1, 3),
    when=(*ROLES, "--route-to-encoder"),
    bad=example(
        frontend(),
        part("encode", "worker", f"{_VLLM} --disaggregation-mode encode --no-enable-multimodal"),
        part("pd", "worker", f"{_VLLM} --disaggregation-mode pd --route-to-encoder --enable-multimodal"),
    ),
    good=example(
        frontend(),
        part("encode", "worker", f"{_VLLM} --disaggregation-mode encode --enable-multimodal"),
        part("pd", "worker", f"{_VLLM} --disaggregation-mode pd --route-to-encoder --enable-multimodal"),
    ),
)
def media_switch(scene: Scene) -> Iterator[Found]:
    """Find an encode worker, or one with an encoder before it, that does not take media."""
    for p in scene.workers:
        if p.engine != "vllm" or p.line < (1, 3) or not p.sure or p.has("--enable-multimodal"):
            continue
        if p.role == "encode" or p.has("--route-to-encoder"):
            yield Found(
                p.at("--disaggregation-mode"),
                f"{p.name} handles media without --enable-multimodal: it refuses them",
            )


@rule(
    "FLAG-04",
    "error",
    "SGLang's tool parser beside Dynamo's",
    effect="they exclude each other and the worker stops at once",
    hint="keep --dyn-tool-call-parser",
    source="args.py of dynamo.sglang in the wheels",
    when=("--tool-call-parser",),
    bad=_worker(
        "dynamo.sglang --model-path Qwen/Qwen3-0.6B --tool-call-parser qwen --dyn-tool-call-parser hermes"
    ),
    good=_worker("dynamo.sglang --model-path Qwen/Qwen3-0.6B --dyn-tool-call-parser hermes"),
)
def two_tool_parsers(scene: Scene) -> Iterator[Found]:
    """Find both tool parsers on one SGLang worker."""
    for p in scene.workers:
        if p.engine == "sglang" and p.has("--tool-call-parser") and p.has("--dyn-tool-call-parser"):
            yield Found(p.at("--tool-call-parser"))


@rule(
    "FLAG-05",
    "error",
    "two ways to set TensorRT-LLM's engine options",
    effect="--override-engine-args and --trtllm.* exclude each other and the worker stops at once",
    hint="move everything into one of them",
    source="args.py of dynamo.trtllm in the wheels from 1.1.1",
    since=(1, 1),
    when=("--override-engine-args",),
    bad=_worker(
        "dynamo.trtllm --model-path Qwen/Qwen3-0.6B --override-engine-args '{}' --trtllm.kv_cache_config.dtype fp8"
    ),
    good=_worker("dynamo.trtllm --model-path Qwen/Qwen3-0.6B --trtllm.kv_cache_config.dtype fp8"),
)
def two_engine_options(scene: Scene) -> Iterator[Found]:
    """Find engine options as JSON beside dotted ones."""
    for p in scene.workers:
        dotted = [u for u in p.start.uses if u.spelling.startswith("--trtllm.")] if p.start else []
        if p.engine == "trtllm" and dotted and p.given("--override-engine-args"):
            yield Found(p.where(dotted[0]))


@rule(
    "FLAG-06",
    "error",
    "one half of SGLang's role file",
    effect="--disagg-config and --disagg-config-key need each other and the worker stops at once",
    hint="give both or neither",
    source="backend_args.py of dynamo.sglang in the wheels from 1.0.2",
    since=(1, 0),
    when=_ROLE_FILE,
    bad=_worker("dynamo.sglang --model-path Qwen/Qwen3-0.6B --disagg-config /config/roles.yaml"),
    good=_worker(
        "dynamo.sglang --model-path Qwen/Qwen3-0.6B --disagg-config /config/roles.yaml --disagg-config-key decode"
    ),
)
def half_role_file(scene: Scene) -> Iterator[Found]:
    """Find the file without the key, or the key without the file."""
    for p in scene.workers:
        given = [flag for flag in _ROLE_FILE if p.given(flag)]
        if p.engine == "sglang" and p.line >= (1, 0) and p.sure and len(given) == 1:
            yield Found(p.at(given[0]))


@rule(
    "FLAG-21",
    "error",
    "a module that the release does not have",
    effect="python finds no such module and the pod restarts for ever",
    hint="use an image of a release that has it",
    source="the packages of the published wheels",
    when=tuple(_FIRST),
    bad=example(
        part("router", "worker", "dynamo.thunderagent_router", image="dynamo-planner:1.2.1"), dynamo="1.2.1"
    ),
    good=example(
        part("router", "worker", "dynamo.thunderagent_router", image="dynamo-planner:1.3.1"), dynamo="1.3.1"
    ),
)
def unknown_module(scene: Scene) -> Iterator[Found]:
    """Find a module that came with a later release."""
    for p in scene.parts:
        for line in p.lines:
            first = _FIRST.get(line.module)
            if first and p.line < first:
                name = release_name(first)
                yield Found(
                    p.where(line),
                    f"{line.module} exists since {name}: {release_name(p.line)} cannot start it",
                )


@rule(
    "ENV-01",
    "warning",
    "a variable that the release no longer reads",
    effect="it is silently ignored",
    hint="take it out",
    source="environment_names.rs and the argument groups of the wheels",
    since=(1, 0),
    when=tuple(_DEAD),
    bad=example(frontend(env={"DYN_KV_OVERLAP_SCORE_WEIGHT": "1.0"})),
    good=example(frontend(env={"DYN_ROUTER_MODE": "kv"})),
)
def dead_variables(scene: Scene) -> Iterator[Found]:
    """Find variables of earlier releases."""
    for p in scene.parts:
        for name, variable in p.main.env.items():
            since, use = _DEAD.get(name, ((99, 0), ""))
            if p.line >= since:
                hint = f"write {use}" if use else ""
                yield Found(
                    variable.path, f"{name} is not read since {release_name(since)}: it does nothing", hint
                )


@rule(
    "ENV-02",
    "error",
    "a variable that stops the worker",
    effect="the worker raises at start",
    hint="take it out; the flags say the same",
    source="args.py of dynamo.vllm in the wheels from 1.0.2 and 1.4.2",
    since=(1, 0),
    when=(*_OLD_MEDIA, "DYN_CONNECTOR"),
    bad=example(frontend(), part("worker", "worker", _VLLM, env={"DYN_CONNECTOR": "nixl"})),
    good=example(frontend(), part("worker", "worker", _VLLM)),
)
def refused_variables(scene: Scene) -> Iterator[Found]:
    """Find DYN_CONNECTOR, and from 1.4 the old switches for media."""
    for p in scene.workers:
        if p.engine != "vllm":
            continue
        names = [
            n
            for n in _OLD_MEDIA
            if p.line >= (1, 4) and (p.main.value(n) or "").lower() in ("1", "true", "yes", "on")
        ]
        if p.line >= (1, 0) and p.main.value("DYN_CONNECTOR"):
            names.append("DYN_CONNECTOR")
        for name in names:
            yield Found(
                p.main.env[name].path, f"{name} is refused in {release_name(p.line)}: the worker stops"
            )


@rule(
    "ENV-03",
    "warning",
    "a variable that nothing reads",
    effect="it is silently ignored",
    hint="write the name that the release reads",
    source="the variables that each parser names for its flags, and environment_names.rs",
    bad=example(frontend(env={"DYN_ROUTERMODE": "kv"})),
    good=example(frontend(env={"DYN_ROUTER_MODE": "kv"})),
)
def misspelt_variables(scene: Scene) -> Iterator[Found]:
    """Find DYN_ variables that are one slip away from one that the module reads."""
    for p in scene.parts:
        for name, variable in p.main.env.items() if p.module else ():
            if name.startswith("DYN_") and name not in _DEAD and (near := _meant(p.module, name)):
                yield Found(variable.path, f"nothing reads {name}: it does nothing", f"did you mean {near}?")


@lru_cache(maxsize=1024)
def _meant(module: str, name: str) -> str:
    """Return the variable that a name is one or two letters away from, if it is none itself."""
    known = tables.variables(module)
    if name in known:
        return ""
    near = difflib.get_close_matches(name, known, 1, 0.93)
    return near[0] if near and name.rstrip("S") != near[0].rstrip("S") else ""
