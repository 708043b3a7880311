"""Roles: which part of a request a worker does, and the flags that say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.validate.lint.examples import alpha, example, frontend, part, service, transfer
from pydynamo_manifests.validate.lint.registry import Found, declare, rule
from pydynamo_manifests.validate.lint.words import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.scene import Scene

_KNOWN_TYPES = {"frontend", "worker", "prefill", "decode", "planner", "epp", "lpx"}
_GENERIC = "default"
"""v1alpha1's word for a container without a role, in upstream's own graphs."""
_PREFILL = f"dynamo.vllm --model Qwen/Qwen3-0.6B --disaggregation-mode prefill {transfer()}"
_DECODE = f"dynamo.vllm --model Qwen/Qwen3-0.6B --disaggregation-mode decode {transfer()}"
_TRT = "dynamo.trtllm --model-path Qwen/Qwen3-0.6B"
_NAMELESS = {k: v for k, v in part("worker", "", "", image="vllm-runtime:1.6.1").items() if k != "type"}


@rule(
    "ROLE-01",
    "error",
    "only one of the two roles of a disaggregated graph",
    effect="no request finds a complete path, and a planner stops",
    hint="add the missing role, or serve aggregated: no role flag, type worker",
    source="disagg.yaml of each backend's examples; kubernetes.py of the planner in the 1.6.1 wheel",
    when=ROLES,
    bad=example(frontend(), part("decode", "decode", _DECODE)),
    good=example(frontend(), part("prefill", "prefill", _PREFILL), part("decode", "decode", _DECODE)),
)
def lonely_role(scene: Scene) -> Iterator[Found]:
    """Find a graph whose workers all prefill, or all decode."""
    workers = scene.workers
    if not scene.whole or not scene.running("dynamo.frontend") or any(p.role == "" for p in workers):
        return
    roles = {p.role for p in workers} - {"encode"}
    for one, other in (("prefill", "decode"), ("decode", "prefill")):
        if roles == {one}:
            for p in workers:
                message = f"{p.name} does {one} and nothing does {other}: no request finds a complete path"
                yield Found(p.at("--disaggregation-mode"), message)


declare(
    "ROLE-02",
    "error",
    "vLLM's old role flags",
    effect="the parser no longer knows them and the worker stops at once",
    hint="write --disaggregation-mode prefill or decode",
    source="backend_args.py of dynamo.vllm in the wheels up to 1.3.1 and from 1.4.2",
    since=(1, 4),
    bad=example(
        frontend(),
        part("prefill", "prefill", _PREFILL.replace("--disaggregation-mode prefill", "--is-prefill-worker")),
        part("decode", "decode", _DECODE),
    ),
    good=example(frontend(), part("prefill", "prefill", _PREFILL), part("decode", "decode", _DECODE)),
)
declare(
    "ROLE-03",
    "error",
    "vLLM's role flag before it existed",
    effect="the parser does not know it and the worker stops at once",
    hint="write --is-prefill-worker or --is-decode-worker",
    source="args.py of dynamo.vllm in the wheels up to 0.9.1",
    until=(0, 9),
    bad=alpha(
        {
            "decode": service(
                "worker",
                "dynamo.vllm --model Qwen/Qwen3-0.6B --disaggregation-mode agg",
                image="vllm-runtime:0.9.1",
            )
        },
        dynamo="0.9.1",
    ),
    good=alpha(
        {"decode": service("worker", "dynamo.vllm --model Qwen/Qwen3-0.6B", image="vllm-runtime:0.9.1")},
        dynamo="0.9.1",
    ),
)


@rule(
    "ROLE-04",
    "error",
    "two ways to say the role",
    effect="they exclude each other and the worker stops at once",
    hint="keep --disaggregation-mode",
    source="backend_args.py of dynamo.vllm and dynamo.mocker in the wheels 1.0.2 to 1.3.1",
    since=(1, 0),
    when=("--is-prefill-worker", "--is-decode-worker"),
    bad=alpha(
        {
            "decode": service(
                "worker",
                f"dynamo.vllm --model Qwen/Qwen3-0.6B --is-decode-worker --disaggregation-mode decode {transfer()}",
                image="vllm-runtime:1.3.1",
            ),
            "prefill": service("worker", _PREFILL, image="vllm-runtime:1.3.1"),
        },
        dynamo="1.3.1",
    ),
    good=alpha(
        {
            "decode": service("worker", _DECODE, image="vllm-runtime:1.3.1"),
            "prefill": service("worker", _PREFILL, image="vllm-runtime:1.3.1"),
        },
        dynamo="1.3.1",
    ),
)
def two_role_flags(scene: Scene) -> Iterator[Found]:
    """Find an old role flag beside the new one."""
    for p in scene.workers:
        if p.engine in ("vllm", "mocker") and p.given("--disaggregation-mode"):
            for flag in ("--is-prefill-worker", "--is-decode-worker"):
                if p.has(flag):
                    yield Found(
                        p.at(flag),
                        f"{p.name} gives {flag} and --disaggregation-mode, which exclude each other: the start fails",
                    )


declare(
    "ROLE-05",
    "error",
    "TensorRT-LLM's strategy flag after it went",
    effect="the parser does not know it and the worker stops at once",
    hint="take --disaggregation-strategy out",
    source="args.py of dynamo.trtllm in the wheels 0.6.1 and 0.7.1",
    since=(0, 7),
    bad=example(frontend(), part("worker", "worker", f"{_TRT} --disaggregation-strategy decode_first")),
    good=example(frontend(), part("worker", "worker", _TRT)),
)
declare(
    "ROLE-06",
    "error",
    "a role word of another release of TensorRT-LLM's worker",
    effect="it is not among the choices and the worker stops at once",
    hint="leave the flag out for an aggregated worker: every release takes that",
    source="backend_args.py of dynamo.trtllm in the wheels 1.2.1, 1.3.1 and 1.4.2",
    bad=example(frontend(), part("worker", "worker", f"{_TRT} --disaggregation-mode prefill_and_decode")),
    good=example(frontend(), part("worker", "worker", f"{_TRT} --disaggregation-mode agg")),
)


@rule(
    "ROLE-07",
    "warning",
    "type and role flag say different things",
    effect="endpoint picker, planner and scaling adapters follow the type, the engine follows the flag",
    hint="give the component the type of its role",
    source="internal/dynamo/graph.go of the operator 1.4",
    when=ROLES,
    bad=example(frontend(), part("decode", "prefill", _DECODE), part("prefill", "prefill", _PREFILL)),
    good=example(frontend(), part("decode", "decode", _DECODE), part("prefill", "prefill", _PREFILL)),
)
def type_against_flag(scene: Scene) -> Iterator[Found]:
    """Find a prefill component that decodes, or the reverse."""
    for p in scene.workers:
        if {p.type, p.role} == {"prefill", "decode"}:
            yield Found(
                (*p.path, "type" if scene.graph.beta else "subComponentType"),
                f"{p.name} is of type {p.type} and its flags say {p.role}",
            )


@rule(
    "ROLE-08",
    "error",
    "a component type that Dynamo does not have",
    effect="the operator cannot write the component in the stored API version and the graph never becomes ready",
    hint="one of frontend, worker, prefill, decode, planner, epp",
    source="api/v1beta1/dynamocomponentdeployment_types.go of the operator 1.4",
    since=(1, 2),
    bad=alpha(
        {"Frontend": service("main", "dynamo.frontend", image="dynamo-frontend:1.4.2", gpus=0)},
        dynamo="1.4.2",
    ),
    good=alpha(
        {"Frontend": service("frontend", "dynamo.frontend", image="dynamo-frontend:1.4.2", gpus=0)},
        dynamo="1.4.2",
    ),
)
def unknown_type(scene: Scene) -> Iterator[Found]:
    """Find a type outside v1beta1's enumeration."""
    key = "type" if scene.graph.beta else "componentType"
    for c in scene.graph.components:
        if c.type and c.type not in _KNOWN_TYPES and (scene.graph.beta or c.type != _GENERIC):
            yield Found(
                (*c.path, key), f"{c.type!r} is no component type: the operator cannot store the component"
            )


@rule(
    "ROLE-10",
    "warning",
    "a component with neither a type nor a command",
    effect="the operator knows no default for it, and the image starts whatever it starts by itself",
    hint="give it a type and a command, or correct the name if it was meant for another component",
    source="component defaults of the operator 1.4, which go by the type",
    bad=example(frontend(), part("decode", "worker", "dynamo.vllm --model Qwen/Qwen3-0.6B"), _NAMELESS),
    good=example(frontend(), part("worker", "worker", "dynamo.vllm --model Qwen/Qwen3-0.6B")),
)
def neither_type_nor_command(scene: Scene) -> Iterator[Found]:
    """Find what a count set for a misspelt component's name leaves behind."""
    for p in scene.parts:
        if not (p.type or p.main.command or p.main.args):
            yield Found(p.path, f"{p.name} has neither a type nor a command: nothing says what it is")


declare(
    "ROLE-09",
    "error",
    "a role that the release's worker does not have yet",
    effect="it is not among the choices and the worker stops at once",
    hint="encode workers need 1.3 (vLLM: 1.0), pd needs 1.3",
    source="args.py of dynamo.vllm and dynamo.sglang in the wheels 1.2.1 and 1.3.1",
    until=(1, 2),
    bad=example(
        frontend(image="dynamo-frontend:1.2.1"),
        part(
            "worker",
            "worker",
            "dynamo.sglang --model-path Qwen/Qwen3-0.6B --disaggregation-mode pd",
            image="sglang-runtime:1.2.1",
        ),
        dynamo="1.2.1",
    ),
    good=example(
        frontend(image="dynamo-frontend:1.2.1"),
        part("worker", "worker", "dynamo.sglang --model-path Qwen/Qwen3-0.6B", image="sglang-runtime:1.2.1"),
        dynamo="1.2.1",
    ),
)
