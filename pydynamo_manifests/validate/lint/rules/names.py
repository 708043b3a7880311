"""API version and names: fields of the other version, names that cannot be or that others look for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydynamo_manifests.validate.lint.examples import alpha, example, frontend, part, service, transfer
from pydynamo_manifests.validate.lint.registry import Example, Found, rule
from pydynamo_manifests.validate.lint.words import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.scene import Scene

_VLLM = "dynamo.vllm --model Qwen/Qwen3-0.6B"
_COMPONENT = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LABEL_MAX = 63
_GROVE_MAX = 45
_GRAPH_MIN = 7
"""Letters of a graph's name that must stay when it is cut: one, a dash and a hash."""


def _on_grove(scene: Scene) -> bool:
    """Tell whether Grove makes the pods, as far as the graph and the cluster say."""
    features = scene.features
    switched_off = str(scene.graph.annotations.get("nvidia.com/enable-grove")).lower() == "false"
    return not switched_off and (features is None or "grove" in features)


@rule(
    "NAM-01",
    "error",
    "a graph name that leaves no room for its components",
    effect="Grove refuses the pods up to 1.1; later the graph's part is cut and gets a hash, until no room is left",
    hint="graph and component together: at most 45 characters, 4 fewer for several nodes",
    source="length check of Grove; naming of the operator from 1.2",
    bad=example(part("prefill-of-the-largest-model-in-production", "worker", _VLLM), name="qwen3-235b"),
    good=example(part("prefill", "worker", _VLLM), name="qwen3-235b"),
)
def long_names(scene: Scene) -> Iterator[Found]:
    """Find names over Grove's budget; from 1.2 cutting makes most of them a warning."""
    if not scene.whole or not _on_grove(scene):
        return
    for p in scene.parts:
        used = len(p.name) + (4 if p.component.nodes > 1 else 0)
        length = len(scene.graph.name) + used
        if length <= _GROVE_MAX:
            continue
        cut = scene.line >= (1, 2) and used + _GRAPH_MIN <= _GROVE_MAX
        effect = "the graph's part is cut and hashed" if cut else "Grove refuses the pods"
        yield Found(
            ("metadata", "name"),
            f"{scene.graph.name} with {p.name} has {length} characters of {_GROVE_MAX}: {effect}",
            "",
            "warning" if cut else "",
        )


@rule(
    "NAM-03",
    "error",
    "a name that Kubernetes does not take",
    effect="the API server refuses the graph or the objects made of it",
    hint="graph: lower case letters, digits and dashes, at most 63; component: letters, digits and dashes",
    source="api/v1beta1/dynamocomponentdeployment_types.go; names of Kubernetes objects",
    bad=alpha({"my_worker": service("worker", _VLLM, image="vllm-runtime:1.1.1")}, dynamo="1.1.1"),
    good=alpha({"my-worker": service("worker", _VLLM, image="vllm-runtime:1.1.1")}, dynamo="1.1.1"),
)
def bad_names(scene: Scene) -> Iterator[Found]:
    """Find names outside their patterns."""
    name = scene.graph.name
    if name and (len(name) > _LABEL_MAX or not _LABEL.fullmatch(name)):
        yield Found(
            ("metadata", "name"),
            f"{name!r} is no DNS label: the objects of the graph cannot be named after it",
        )
    for p in scene.parts:
        if p.name and scene.whole and (len(p.name) > _LABEL_MAX or not _COMPONENT.fullmatch(p.name)):
            path = (*p.path, "name") if scene.graph.beta else p.path
            yield Found(path, f"{p.name!r} is no component name: it is refused, or its objects are")


def _two(prefill: str, decode: str) -> Example:
    roles = [("prefill", prefill), ("decode", decode)]
    return example(
        frontend(),
        *(part(r, r, f"dynamo.vllm --model {m} --disaggregation-mode {r} {transfer()}") for r, m in roles),
    )


@rule(
    "NAME-01",
    "error",
    "one model under several names",
    effect="frontend, picker or planner find no worker for the name they ask for",
    hint="give both roles, the picker and the global router one served name",
    source="model registration of the wheels; kubernetes.py of the planner",
    when=(*ROLES, "prefill", "decode", "epp"),
    bad=_two("Qwen/Qwen3-0.6B", "Qwen/Qwen3-8B"),
    good=_two("Qwen/Qwen3-0.6B", "Qwen/Qwen3-0.6B"),
)
def served_names(scene: Scene) -> Iterator[Found]:
    """Find roles, pickers and global routers that name another model than the workers."""
    prefill = {p.served for p in scene.role("prefill")}
    for p in scene.role("decode"):
        if prefill and p.served and None not in prefill and p.served not in prefill:
            shown = ", ".join(sorted(n for n in prefill if n))
            yield Found(
                p.at("--served-model-name", "--model", "--model-path"),
                f"{p.name} serves {p.served}, prefill serves {shown}: no request finds both",
            )
    served = {p.served for p in scene.workers if p.role != "encode"}
    if not served or None in served:
        return
    for p in scene.parts:
        variable = p.main.env.get("DYN_MODEL_NAME") if p.type == "epp" else None
        if variable and variable.value and variable.value not in served and scene.line >= (1, 1):
            yield Found(
                variable.path,
                f"{p.name} picks for {variable.value} and the workers serve {', '.join(sorted(map(str, served)))}",
            )


@rule(
    "NAME-02",
    "warning",
    "a path as the model's name",
    effect="clients must send the path as the model",
    hint="add --served-model-name",
    source="args.py of each backend in the wheels",
    bad=example(
        frontend(), part("worker", "worker", "dynamo.vllm --model /models/qwen", mounts={"/models": "models"})
    ),
    good=example(
        frontend(),
        part(
            "worker",
            "worker",
            "dynamo.vllm --model /models/qwen --served-model-name qwen",
            mounts={"/models": "models"},
        ),
    ),
)
def path_as_name(scene: Scene) -> Iterator[Found]:
    """Find local models without a served name."""
    for p in scene.workers:
        if p.sure and (p.model or "").startswith("/") and p.served == p.model and p.role != "encode":
            yield Found(
                p.at("--model", "--model-path"),
                f"{p.name} serves {p.model} under its path: clients must send that",
            )


@rule(
    "NAM-02",
    "warning",
    "workers that the planner does not find",
    effect="the planner looks for the types prefill and decode, else for fixed names, and stops",
    hint="give the workers the types prefill and decode",
    source="backend_components.py of the planner in the wheels",
    when=("planner", "dynamo.planner", "dynamo.planner.planner_sla"),
    bad=example(
        frontend(),
        part("planner", "planner", "dynamo.planner --config '{}'"),
        part("p", "worker", f"{_VLLM} --disaggregation-mode prefill {transfer()}"),
        part("d", "worker", f"{_VLLM} --disaggregation-mode decode {transfer()}"),
    ),
    good=example(
        frontend(),
        part("planner", "planner", "dynamo.planner --config '{}'"),
        part("p", "prefill", f"{_VLLM} --disaggregation-mode prefill {transfer()}"),
        part("d", "decode", f"{_VLLM} --disaggregation-mode decode {transfer()}"),
    ),
)
def names_for_planner(scene: Scene) -> Iterator[Found]:
    """Find role workers of plain type and free name beside a planner."""
    if not any(p.type == "planner" or p.module.startswith("dynamo.planner") for p in scene.parts):
        return
    for p in scene.workers:
        if p.type == "worker" and p.role in ("prefill", "decode") and p.name not in _PLANNER_NAMES:
            yield Found(
                (*p.path, "type" if scene.graph.beta else "subComponentType"),
                f"{p.name} does {p.role} as a plain worker: the planner does not find it",
            )


_PLANNER_NAMES = {
    "prefill",
    "decode",
    "VllmPrefillWorker",
    "VllmDecodeWorker",
    "TRTLLMPrefillWorker",
    "TRTLLMDecodeWorker",
}
