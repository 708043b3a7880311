"""Planes: the transports between the components of a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.validate.lint.examples import example, frontend, part
from pydynamo_manifests.validate.lint.registry import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.parts import Part
    from pydynamo_manifests.validate.lint.scene import Scene
    from pydynamo_manifests.yaml import Path

_VLLM = "dynamo.vllm --model Qwen/Qwen3-0.6B"
_WORDS = {
    "--request-plane": {"tcp", "nats"},
    "--response-plane": {"tcp", "quic"},
    "--event-plane": {"nats", "zmq"},
}
_TALKING = (
    "dynamo.frontend",
    "dynamo.router",
    "dynamo.vllm",
    "dynamo.sglang",
    "dynamo.trtllm",
    "dynamo.mocker",
)


def _variable(flag: str) -> str:
    return "DYN_" + flag[2:].upper().replace("-", "_")


def _plane(p: Part, flag: str) -> str | None:
    """Return what a part says of a plane; ``""`` where it says nothing, None where that cannot be seen."""
    if not p.given(flag, env=_variable(flag)):
        return "" if not p.main.env_from and (p.start is None or p.sure) else None
    return p.text(flag, env=_variable(flag))


def _where(p: Part, flag: str) -> Path:
    return p.at_value(flag, _variable(flag))


def _differing(scene: Scene, flag: str, default: str) -> Iterator[Found]:
    said = [(p, _plane(p, flag)) for p in scene.parts if p.module in _TALKING]
    known = [(p, value or default) for p, value in said if value is not None]
    stated = [p for p, value in said if value]
    if not stated or len({value for _, value in known}) < 2:  # noqa: PLR2004 - two that differ
        return
    others = ", ".join(f"{p.name} {value}" for p, value in known)
    yield Found(
        _where(stated[0], flag),
        f"the components differ in {flag[2:]} ({others}): they cannot talk to each other",
    )


@rule(
    "PLANE-01",
    "error",
    "components with different request planes",
    effect="they cannot talk to each other",
    hint="set DYN_REQUEST_PLANE once, in the env of the graph",
    source="runtime_args.py in the wheels",
    since=(0, 8),
    when=("--request-plane", "DYN_REQUEST_PLANE"),
    bad=example(
        frontend(env={"DYN_REQUEST_PLANE": "nats"}),
        part("worker", "worker", _VLLM, env={"DYN_REQUEST_PLANE": "tcp"}),
    ),
    good=example(
        frontend(env={"DYN_REQUEST_PLANE": "tcp"}),
        part("worker", "worker", _VLLM, env={"DYN_REQUEST_PLANE": "tcp"}),
    ),
)
def request_plane(scene: Scene) -> Iterator[Found]:
    """Find request planes that differ inside one graph."""
    yield from _differing(scene, "--request-plane", "tcp" if scene.line >= (1, 0) else "nats")


@rule(
    "PLANE-03",
    "error",
    "components with different response planes",
    effect="the stream of the answer fails",
    hint="set DYN_RESPONSE_PLANE once, in the env of the graph",
    source="runtime_args.py in the 1.6.1 wheel",
    since=(1, 6),
    when=("--response-plane", "DYN_RESPONSE_PLANE"),
    bad=example(frontend("--response-plane quic"), part("worker", "worker", _VLLM)),
    good=example(
        frontend("--response-plane quic"), part("worker", "worker", f"{_VLLM} --response-plane quic")
    ),
)
def response_plane(scene: Scene) -> Iterator[Found]:
    """Find response planes that differ inside one graph."""
    if scene.line >= (1, 6):
        yield from _differing(scene, "--response-plane", "tcp")


@rule(
    "PLANE-04",
    "error",
    "a plane that does not exist",
    effect="the process stops at start",
    hint="request: tcp or nats; response: tcp or quic; events: nats or zmq",
    source="release notes of 1.6",
    since=(1, 6),
    when=tuple(map(_variable, _WORDS)),
    bad=example(frontend(env={"DYN_REQUEST_PLANE": "http"})),
    good=example(frontend(env={"DYN_REQUEST_PLANE": "tcp"})),
)
def unknown_plane(scene: Scene) -> Iterator[Found]:
    """Find plane variables with another word; a flag's word is found with the flags."""
    for p in scene.parts:
        for flag, words in _WORDS.items() if p.line >= (1, 6) else ():
            value = p.main.value(_variable(flag))
            if value and value not in words and "$" not in value and not (p.start and p.start.last(flag)):
                yield Found(
                    _where(p, flag),
                    f"{p.name} sets {_variable(flag)} to {value!r}, which is no plane: it stops",
                )


@rule(
    "PLANE-02",
    "warning",
    "NATS, which the platform no longer brings",
    effect="without a NATS server the components find no transport",
    hint="install NATS with the platform (global.nats.install: true), or use tcp and zmq",
    source="values of the platform chart from 1.4",
    since=(1, 4),
    when=("--request-plane", "DYN_REQUEST_PLANE", "--event-plane", "DYN_EVENT_PLANE"),
    bad=example(
        frontend(env={"DYN_REQUEST_PLANE": "nats"}),
        part("worker", "worker", _VLLM, env={"DYN_REQUEST_PLANE": "nats"}),
    ),
    good=example(frontend(), part("worker", "worker", _VLLM)),
)
def nats_plane(scene: Scene) -> Iterator[Found]:
    """Find components that ask for NATS by flag or variable without naming a server."""
    for p in scene.parts:
        if p.module not in _TALKING or p.line < (1, 4) or "NATS_SERVER" in p.main.env:
            continue
        for flag in ("--request-plane", "--event-plane"):
            if _plane(p, flag) == "nats":
                yield Found(
                    _where(p, flag),
                    f"{p.name} uses NATS for {flag[2:]}, which the platform does not install since 1.4",
                )
