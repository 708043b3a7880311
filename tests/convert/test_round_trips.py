"""There and back, random objects lose nothing; what the operator gives up too is named here."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pydynamo_manifests.convert import ALPHA, BETA, KINDS, convert
from pydynamo_manifests.convert.structs import unknown_fields
from pydynamo_manifests.convert.types import decode
from pydynamo_manifests.errors import UnknownNameError
from tests.convert.random_objects import COMPONENTS, random_object

Obj = dict[str, Any]
RELEASES = ["main-2026-08-21", "1.6.1"]
DIRECTIONS = [(kind, version) for kind in KINDS for version in ("v1alpha1", "v1beta1")]


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - nothing secret


def other(version: str) -> str:
    return BETA if version == "v1alpha1" else ALPHA


def struct(kind: str, version: str) -> str:
    return KINDS[kind].alpha if version == "v1alpha1" else KINDS[kind].beta


def without_empty_lists(value: Any) -> Any:
    """Go reads an empty list as it reads none."""
    if isinstance(value, dict):
        out = {k: without_empty_lists(v) for k, v in value.items() if v != []}
        for key in ("status", "spec"):
            if out.get(key) == {} and "apiVersion" not in out:
                del out[key]
        return out
    return [without_empty_lists(v) for v in value] if isinstance(value, list) else value


def meaning(kind: str, version: str, manifest: Obj) -> Obj:
    """Return what has to survive: the object as Go holds it, less what the operator gives up."""
    out: Obj = without_empty_lists(decode(struct(kind, version), manifest))
    out["metadata"].pop("annotations", None)
    if out.get("status") == {}:
        del out["status"]
    if kind == "DynamoGraphDeployment" and version == "v1alpha1":
        for name, service in out.get("spec", {}).get("services", {}).items():
            _forget_in_service(service or {}, name)
    elif version == "v1alpha1":
        _forget_in_service(out.get("spec", {}), None)
    if kind == "DynamoGraphDeploymentRequest":
        (_forget_in_alpha_request if version == "v1alpha1" else _forget_in_beta_request)(out)
    return out


def _forget_in_service(service: Obj, name: str | None) -> None:
    extra = service.get("extraPodSpec", {})
    if extra.get("mainContainer") == {}:
        del extra["mainContainer"]
    mounts = service.get("volumeMounts", [])
    if sum(m.get("useAsCompilationCache", False) for m in mounts) == 1:  # it comes back as the first
        mounts.sort(key=lambda m: not m.get("useAsCompilationCache"))
    if name is not None and service.get("serviceName") == name:
        del service["serviceName"]
    if service.get("componentType") in ("prefill", "decode"):
        service["subComponentType"] = service["componentType"]
        service["componentType"] = "worker"


def _forget_in_alpha_request(out: Obj) -> None:
    out.setdefault("status", {}).setdefault("state", "Pending")
    if out["spec"].get("deploymentOverrides") == {}:
        del out["spec"]["deploymentOverrides"]
    config = out["spec"].get("profilingConfig", {})
    if config.get("resources") == {}:
        del config["resources"]
    if not config:
        out["spec"].pop("profilingConfig", None)


def says_nothing(job: Any) -> bool:
    frame = ("template", "metadata", "spec", "labels", "annotations")
    return isinstance(job, dict) and all(key in frame and says_nothing(job[key]) for key in job)


def _forget_in_beta_request(out: Obj) -> None:
    spec, status = out["spec"], out.setdefault("status", {})
    spec.setdefault("autoApply", True)
    if spec.get("features", {}).get("planner") == {}:
        del spec["features"]["planner"]
    if says_nothing(spec.get("overrides", {}).get("profilingJob")):
        del spec["overrides"]["profilingJob"]
    for key in ("sla", "workload", "modelCache", "features", "overrides"):
        if spec.get(key) == {}:
            del spec[key]
    if status.setdefault("phase", "Pending") != "Profiling":
        status.pop("profilingJobName", None)
        status.pop("profilingPhase", None)
    if status.get("profilingResults") == {}:
        del status["profilingResults"]


@pytest.mark.parametrize(("kind", "version"), DIRECTIONS)
@given(st.randoms(use_true_random=False), st.sampled_from(RELEASES))
@settings(max_examples=60)
def test_there_and_back(kind: str, version: str, rng: random.Random, release: str) -> None:
    original = random_object(rng, release, kind, version)
    before = copy.deepcopy(original)
    there = convert(original, other(version))
    back = convert(there, f"nvidia.com/{version}")
    assert original == before
    assert meaning(kind, version, back) == meaning(kind, version, original)


@pytest.mark.parametrize(("kind", "version"), DIRECTIONS)
def test_there_and_back_over_fixed_seeds(kind: str, version: str) -> None:
    for seed in range(120):
        original = random_object(seeded(seed), RELEASES[seed % 2], kind, version)
        back = convert(convert(original, other(version)), f"nvidia.com/{version}")
        assert meaning(kind, version, back) == meaning(kind, version, original), seed


@pytest.mark.parametrize(("kind", "version"), DIRECTIONS)
def test_the_second_round_changes_nothing_that_a_person_wrote_and_the_third_nothing_at_all(
    kind: str, version: str
) -> None:
    def round_trip(obj: Obj) -> Obj:
        return convert(convert(obj, other(version)), f"nvidia.com/{version}")

    for seed in range(40):
        once = round_trip(random_object(seeded(seed), RELEASES[0], kind, version))
        twice = round_trip(once)
        thrice = round_trip(twice)
        assert meaning(kind, version, twice) == meaning(kind, version, once), seed
        assert without_empty_lists(thrice) == without_empty_lists(twice), seed


@pytest.mark.parametrize(("kind", "version"), [d for d in DIRECTIONS if d[0] == "DynamoComponentDeployment"])
def test_what_the_user_sees_wins_over_what_another_object_saved(kind: str, version: str) -> None:
    tried = 0
    for seed in range(150):
        rng = seeded(seed)
        mine = random_object(rng, RELEASES[0], kind, version)
        stale = convert(
            random_object(rng, RELEASES[0], kind, other(version).split("/")[1]), f"nvidia.com/{version}"
        )
        if "annotations" not in stale["metadata"]:
            continue
        tried += 1
        mine["metadata"]["annotations"] = stale["metadata"]["annotations"]
        back = convert(convert(mine, other(version)), f"nvidia.com/{version}")
        before, after = (meaning(kind, version, o).get("spec", {}) for o in (mine, back))
        for spec in (before, after):
            spec.pop("resources", None)  # an empty or unreadable amount needs a main container to hold on to
        assert after == before, seed
    assert tried > 50


@pytest.mark.parametrize("release", ["0.9.1", "1.0.2", "1.2.1", "1.4.2", *RELEASES])
def test_every_field_of_every_release_is_known(release: str) -> None:
    met = 0
    for kind, version in DIRECTIONS:
        for seed in range(25):
            try:
                manifest = random_object(seeded(seed), release, kind, version)
            except UnknownNameError:
                break
            met += 1
            assert list(unknown_fields(struct(kind, version), manifest)) == []
    assert met >= 50


def test_the_generator_meets_what_conversions_look_at() -> None:
    seen: set[str] = set()

    def walk(value: Any, path: str) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                seen.add(f"{path}.{key}")
                walk(item, f"{path}.*" if key in COMPONENTS else f"{path}.{key}")
        for item in value if isinstance(value, list) else ():
            walk(item, path)

    for seed in range(150):
        for version in ("v1alpha1", "v1beta1"):
            walk(random_object(seeded(seed), RELEASES[1], "DynamoGraphDeployment", version)["spec"], "")
    for path in (
        ".services.*.extraPodSpec.mainContainer.volumeMounts",
        ".services.*.frontendSidecar.envFromSecret",
        ".services.*.resources.limits.custom",
        ".services.*.volumeMounts.useAsCompilationCache",
        ".services.*.sharedMemory.disabled",
        ".services.*.roles",
        ".components.podTemplate.spec.containers.volumeMounts",
        ".components.podTemplate.metadata",
        ".components.compilationCache",
        ".components.experimental.grove",
        ".components.frontendSidecar",
        ".components.roles",
    ):
        assert path in seen, path
