"""Images: names that are published, tags that say a release, and releases that fit together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydynamo_manifests.validate.lint.examples import alpha, example, frontend, part, service
from pydynamo_manifests.validate.lint.registry import Found, rule
from pydynamo_manifests.validate.lint.releases import release_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.parts import Part
    from pydynamo_manifests.validate.lint.scene import Scene

_VLLM = "dynamo.vllm --model Qwen/Qwen3-0.6B"
_MOCKER = "dynamo.mocker --model-path Qwen/Qwen3-0.6B"
_SEMVER = re.compile(r"v?\d+\.\d+\.\d+(?:[-+.].*)?")
_PUBLIC = "nvcr.io/nvidia/ai-dynamo/"
_FIRST = {"dynamo-planner": (1, 1), "dynamo-frontend": (0, 8)}
_NEVER = {"mocker-runtime": "dynamo-planner", "trtllm-runtime": "tensorrtllm-runtime"}


def _short(p: Part) -> str:
    return p.main.repository.rsplit("/", 1)[-1]


@rule(
    "IMG-01",
    "error",
    "an image tag that says no version",
    effect="admission refuses the graph",
    hint="""add runtimeVersionOverride: "1.6.1" (the release inside the image)""",
    source="release notes of 1.5; validation of the operator",
    since=(1, 5),
    admission=True,
    bad=example(frontend(), part("worker", "worker", _VLLM, image="registry.example/vllm-runtime:my-tag")),
    good=example(
        frontend(),
        part(
            "worker",
            "worker",
            _VLLM,
            image="registry.example/vllm-runtime:my-tag",
            runtimeVersionOverride="1.6.1",
        ),
    ),
)
def unversioned_tag(scene: Scene) -> Iterator[Found]:
    """Find images by digest, without tag, or with a free tag."""
    if scene.line < (1, 5):
        return
    for p in scene.parts:
        if (
            p.main.image
            and not p.component.raw.get("runtimeVersionOverride")
            and not _SEMVER.fullmatch(p.main.tag)
        ):
            shown = p.main.tag or "no tag"
            yield Found(
                (*p.path, "runtimeVersionOverride"),
                f"{p.name} runs an image with {shown!r}, which says no version: the graph is refused",
            )


@rule(
    "IMG-02",
    "warning",
    "an image of another release",
    effect="flags, variables and defaults are those of the image, not of the release the graph is for",
    hint="use images of one minor with the platform, or set --dynamo to the images' release",
    source="release notes: platform and runtime move together",
    bad=example(
        frontend(image="dynamo-frontend:1.5.1"), part("worker", "worker", _VLLM, image="vllm-runtime:1.5.1")
    ),
    good=example(frontend(), part("worker", "worker", _VLLM)),
)
def other_release(scene: Scene) -> Iterator[Found]:
    """Find images whose version is of another minor than the target release."""
    for p in scene.parts:
        if p.version and p.version[:2] != scene.line[:2]:
            yield Found(
                p.main.at("image"),
                f"{p.name} runs {release_name(p.version)} and the graph is for {release_name(scene.line)}",
            )


@rule(
    "IMG-03",
    "warning",
    "images of different minors in one graph",
    effect="event subjects and planes changed between minors: parts may not hear each other",
    hint="upgrade the whole graph at once",
    source="release notes of 1.2 and 1.4",
    bad=example(frontend(image="dynamo-frontend:1.5.1"), part("worker", "worker", _VLLM)),
    good=example(frontend(), part("worker", "worker", _VLLM)),
)
def mixed_releases(scene: Scene) -> Iterator[Found]:
    """Find a frontend and workers of different minors."""
    fronts = {p.version for p in scene.parts if p.type == "frontend" and p.version}
    for p in scene.workers:
        if p.version and fronts and p.version not in fronts:
            shown = ", ".join(release_name(v) for v in sorted(fronts))
            yield Found(
                p.main.at("image"), f"{p.name} runs {release_name(p.version)} and the frontend {shown}"
            )


@rule(
    "IMG-04",
    "error",
    "an image that the release did not publish",
    effect="the image cannot be pulled",
    hint="before 1.1 the planner, before 0.8 the frontend runs in a backend's runtime image",
    source="images of the releases in the public registry",
    when=tuple(_FIRST),
    bad=alpha(
        {"Planner": service("planner", "dynamo.planner --config '{}'", image="dynamo-planner:1.0.2", gpus=0)},
        dynamo="1.0.2",
    ),
    good=alpha(
        {"Planner": service("planner", "dynamo.planner --config '{}'", image="vllm-runtime:1.0.2", gpus=0)},
        dynamo="1.0.2",
    ),
)
def not_yet_published(scene: Scene) -> Iterator[Found]:
    """Find the public planner and frontend images before their first release."""
    for p in scene.parts:
        first = _FIRST.get(_short(p))
        if first and p.line < first and p.main.image.startswith(_PUBLIC):
            yield Found(
                p.main.at("image"),
                f"{_short(p)} is published since {release_name(first)}: {p.name} cannot pull it",
            )


@rule(
    "IMG-05",
    "error",
    "a mocker that asks for a GPU",
    effect="the pod waits for a GPU that it does not use",
    hint="take the GPU limit out; from 1.2 the image is dynamo-planner",
    source="mocker examples of upstream",
    when=("dynamo.mocker",),
    bad=example(frontend(), part("worker", "worker", _MOCKER, gpus=1)),
    good=example(frontend(), part("worker", "worker", _MOCKER, gpus=0)),
)
def mocker_with_gpu(scene: Scene) -> Iterator[Found]:
    """Find GPUs of mockers; the image of an engine is a warning, it holds the mocker too."""
    for p in scene.workers:
        if p.engine != "mocker":
            continue
        if p.main.gpus:
            yield Found(
                p.main.at("resources"),
                f"{p.name} simulates an engine and asks for {p.main.gpus} GPU: it takes one from others",
            )
        if p.line >= (1, 2) and re.fullmatch(r"(vllm|sglang|tensorrtllm)-runtime", _short(p)):
            yield Found(
                p.main.at("image"),
                f"{p.name} simulates an engine in the large image {_short(p)}",
                "dynamo-planner holds the mocker",
                "warning",
            )


@rule(
    "IMG-06",
    "error",
    "an image that was never published",
    effect="the image cannot be pulled",
    hint="mocker: dynamo-planner; TensorRT-LLM: tensorrtllm-runtime",
    source="images of the releases in the public registry",
    when=tuple(_NEVER),
    bad=example(frontend(), part("worker", "worker", _MOCKER, image="mocker-runtime:1.6.1")),
    good=example(frontend(), part("worker", "worker", _MOCKER, image="dynamo-planner:1.6.1")),
)
def never_published(scene: Scene) -> Iterator[Found]:
    """Find placeholders of examples in the public registry."""
    for p in scene.parts:
        right = _NEVER.get(_short(p))
        if right and p.main.image.startswith(_PUBLIC):
            yield Found(
                p.main.at("image"),
                f"{_short(p)} was never published: {p.name} cannot pull it",
                f"write {right}",
            )


@rule(
    "IMG-07",
    "warning",
    "the -cuda13 suffix where it is gone",
    effect="the image cannot be pulled",
    hint="take the suffix out: everything is CUDA 13 from 1.3",
    source="images of the releases in the public registry",
    since=(1, 3),
    bad=example(frontend(), part("worker", "worker", _VLLM, image="vllm-runtime:1.6.1-cuda13")),
    good=example(frontend(), part("worker", "worker", _VLLM)),
)
def old_suffix(scene: Scene) -> Iterator[Found]:
    """Find tags with the suffix from 1.3 on."""
    for p in scene.parts:
        if p.main.tag.endswith("-cuda13") and p.line >= (1, 3):
            yield Found(
                p.main.at("image"),
                f"{p.name} runs {p.main.tag}, and {release_name(p.line)} has no such suffix",
            )
