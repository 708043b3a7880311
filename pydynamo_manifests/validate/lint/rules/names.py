"""API version and names: fields of the other version, names that cannot be or that others look for."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from pydynamo_manifests.validate.lint.examples import alpha, example, frontend, part, service, transfer
from pydynamo_manifests.validate.lint.parts import release_name
from pydynamo_manifests.validate.lint.registry import Example, Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.parts import Scene

_VLLM = "dynamo.vllm --model Qwen/Qwen3-0.6B"
_COMPONENT = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LABEL_MAX = 63
_GROVE_MAX = 45
_OLD = {"Frontend": service("frontend", "dynamo.frontend", image="dynamo-frontend:1.1.1", gpus=0)}


@rule(
    "API-01",
    "error",
    "an API version that the release does not serve",
    effect="the API server knows no such kind",
    hint="dynamo-manifests convert --to nvidia.com/v1alpha1 (or v1beta1)",
    source="CRDs of the releases; release notes of 1.5",
    bad=example(frontend(image="dynamo-frontend:1.1.1"), dynamo="1.1.1"),
    good=alpha(_OLD, dynamo="1.1.1"),
)
def api_version(scene: Scene) -> Iterator[Found]:
    """Find v1beta1 before 1.2; v1alpha1 from 1.5, which is still served, is a warning."""
    if scene.graph.beta and scene.line < (1, 2):
        yield Found(
            ("apiVersion",),
            f"nvidia.com/v1beta1 graphs exist since 1.2: {release_name(scene.line)} knows no such kind",
        )
    elif not scene.graph.beta and scene.line >= (1, 5):
        message = f"{release_name(scene.line)} still serves v1alpha1, and its own admission for it is gone"
        yield Found(("apiVersion",), message, "dynamo-manifests convert --to nvidia.com/v1beta1", "warning")


@rule(
    "API-02",
    "error",
    "a volume mount in the words of the other API version",
    effect="the path is dropped or refused, and nothing is mounted where the engine looks",
    hint="a v1alpha1 service writes mountPoint, a container writes mountPath",
    source="api/v1alpha1 and api/v1beta1 of the operator",
    bad=alpha(
        {
            "w": service(
                "worker",
                _VLLM,
                image="vllm-runtime:1.1.1",
                volumeMounts=[{"name": "models", "mountPath": "/models"}],
            )
        },
        dynamo="1.1.1",
    ),
    good=alpha(
        {
            "w": service(
                "worker",
                _VLLM,
                image="vllm-runtime:1.1.1",
                volumeMounts=[{"name": "models", "mountPoint": "/models"}],
            )
        },
        dynamo="1.1.1",
    ),
)
def mount_words(scene: Scene) -> Iterator[Found]:
    """Find mountPath at a v1alpha1 service and mountPoint in a container."""
    for p in scene.parts:
        raw = p.component.raw.get("volumeMounts")
        for index, mount in enumerate(raw if isinstance(raw, list) and not scene.graph.beta else ()):
            if isinstance(mount, dict) and "mountPath" in mount:
                yield Found(
                    (*p.path, "volumeMounts", index, "mountPath"),
                    f"{p.name} writes mountPath at the service, whose word is mountPoint",
                )
        for mount in p.main.mounts:
            if scene.graph.beta and _has_point(scene, mount.path):
                yield Found(
                    (*mount.path, "mountPoint"),
                    f"{p.name} writes mountPoint in a container, whose word is mountPath",
                )


def _has_point(scene: Scene, path: tuple[str | int, ...]) -> bool:
    value: object = scene.graph.raw
    for key in path:
        value = value[key]  # type: ignore[index]
    return isinstance(value, dict) and "mountPoint" in value


@rule(
    "API-03",
    "error",
    "no container called main",
    effect="the operator merges its defaults into a second container, and yours runs as a sidecar",
    hint="call the container main",
    source="api/v1beta1 of the operator 1.4; release notes of 1.5",
    since=(1, 2),
    admission=True,
    bad=example(
        {
            "name": "worker",
            "type": "worker",
            "podTemplate": {
                "spec": {
                    "containers": [{"name": "vllm", "image": "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.6.1"}]
                }
            },
        }
    ),
    good=example(part("worker", "worker", _VLLM)),
)
def no_main(scene: Scene) -> Iterator[Found]:
    """Find a v1beta1 pod whose containers are all called otherwise."""
    for p in scene.parts if scene.graph.beta else ():
        named = [c.name for c in p.component.others]
        if named and p.main.path[-1] == "containers":
            yield Found(p.main.path, f"{p.name} has the containers {', '.join(named)} and none called main")


@rule(
    "API-04",
    "error",
    "two components of one name",
    effect="the second takes the place of the first, or the graph is refused",
    hint="give each its own name; case does not count, object names are lower case",
    source="api/v1beta1/dynamographdeployment_types.go of the operator 1.4",
    admission=True,
    bad=example(frontend(), part("worker", "worker", _VLLM), part("Worker", "worker", _VLLM)),
    good=example(frontend(), part("worker", "worker", _VLLM), part("worker-b", "worker", _VLLM)),
)
def equal_names(scene: Scene) -> Iterator[Found]:
    """Find names that are equal, or (a warning in v1alpha1) equal but for their case."""
    counts = Counter(p.name.lower() for p in scene.parts if p.name)
    seen: set[str] = set()
    for p in scene.parts:
        if counts[p.name.lower()] > 1 and p.name.lower() in seen:
            severity = "" if scene.graph.beta else "warning"
            path = (*p.path, "name") if scene.graph.beta else p.path
            yield Found(
                path,
                f"another component is called {p.name!r} too, in whatever case: their objects share one name",
                "",
                severity,
            )
        seen.add(p.name.lower())


@rule(
    "API-05",
    "error",
    "an endpoint picker with the configuration of another release",
    effect="up to 1.4 the Go picker stops without eppConfig; from 1.5 the Rust picker does not read it",
    hint="up to 1.4 write eppConfig; from 1.5 leave it out and set DYN_ROUTER_* variables",
    source="validation of the operator 1.4; release notes of 1.5",
    since=(1, 0),
    admission=True,
    when=("epp",),
    bad=example(part("epp", "epp", "", image="dynamo-frontend:1.4.2"), dynamo="1.4.2"),
    good=example(part("epp", "epp", "", image="dynamo-frontend:1.6.1")),
)
def picker_config(scene: Scene) -> Iterator[Found]:
    """Find a missing eppConfig, or (a warning) one that nothing reads."""
    for p in scene.parts:
        config = p.component.raw.get("eppConfig")
        if p.type == "epp" and scene.line < (1, 5) and not config:
            yield Found(
                (*p.path, "eppConfig"),
                f"{p.name} has no eppConfig, which the picker of {release_name(scene.line)} needs",
            )
        elif config and scene.line >= (1, 5):
            yield Found(
                (*p.path, "eppConfig"),
                f"{p.name} has an eppConfig, which the picker of {release_name(scene.line)} does not read",
                "take it out",
                "warning",
            )


@rule(
    "API-06",
    "error",
    "more than one endpoint picker, or one over several nodes",
    effect="admission refuses the graph",
    hint="one component of type epp, without multinode",
    source="validation of the operator 1.4",
    admission=True,
    when=("epp",),
    bad=example(
        part("epp", "epp", "", image="dynamo-frontend:1.6.1"),
        part("epp-b", "epp", "", image="dynamo-frontend:1.6.1"),
    ),
    good=example(part("epp", "epp", "", image="dynamo-frontend:1.6.1")),
)
def pickers(scene: Scene) -> Iterator[Found]:
    """Find a second picker, and one with nodes."""
    found = [p for p in scene.parts if p.type == "epp"]
    for p in found[1:]:
        yield Found(
            (*p.path, "type" if scene.graph.beta else "componentType"),
            f"{p.name} is the second endpoint picker of the graph: one is the most",
        )
    for p in found:
        if p.component.nodes > 1:
            yield Found((*p.path, "multinode"), f"{p.name} is an endpoint picker and cannot span nodes")


@rule(
    "NAM-01",
    "error",
    "a graph name that leaves no room for its components",
    effect="Grove refuses the pods up to 1.1; later the graph's part is cut and gets a hash, until no room is left",
    hint="graph and component together: at most 45 characters, 4 fewer for several nodes",
    source="length check of Grove; naming of the operator from 1.2",
    bad=example(
        frontend(), part("prefill", "worker", _VLLM), name="qwen3-235b-a22b-instruct-2507-fp8-production-eu"
    ),
    good=example(frontend(), part("prefill", "worker", _VLLM), name="qwen3-235b"),
)
def long_names(scene: Scene) -> Iterator[Found]:
    """Find names over Grove's budget; from 1.2 cutting makes most of them a warning."""
    if not scene.whole or str(scene.graph.annotations.get("nvidia.com/enable-grove")).lower() == "false":
        return
    for p in scene.parts:
        used = len(p.name) + (4 if p.component.nodes > 1 else 0)
        length = len(scene.graph.name) + used
        if length <= _GROVE_MAX:
            continue
        cut = scene.line >= (1, 2) and used + 10 <= _GROVE_MAX and len(scene.graph.name) < _GROVE_MAX
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
