"""API version: what a release serves, and fields in the words of the other version."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pydynamo_manifests.validate.lint.examples import alpha, example, frontend, part, service
from pydynamo_manifests.validate.lint.registry import Found, rule
from pydynamo_manifests.validate.lint.releases import release_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.scene import Scene

_VLLM = "dynamo.vllm --model Qwen/Qwen3-0.6B"


@rule(
    "API-01",
    "error",
    "an API version that the release does not serve",
    effect="the API server knows no such kind",
    hint="dynamo-manifests convert --to nvidia.com/v1alpha1 (or v1beta1)",
    source="CRDs of the releases; release notes of 1.5",
    bad=example(frontend(image="dynamo-frontend:1.1.1"), dynamo="1.1.1"),
    good=example(frontend(image="dynamo-frontend:1.2.1"), dynamo="1.2.1"),
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
    when=("volumeMounts", "mounts"),
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
