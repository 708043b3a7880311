"""A static policy scan of every preset: nothing is found but what is listed here with its reason."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from pydynamo_manifests.yaml import dump_all
from tests.support.platform import PRESETS, platform
from tests.support.tools import tool

LOWEST_THAT_COUNTS = 5
"""kube-score's grades: 1 critical, 5 warning, 7 almost well, 10 well."""

ALLOWED = {
    "container-image-pull-policy": (
        "every image has a version or a digest: asking the registry at each start only adds a way to fail"
    ),
    "container-resources: CPU limit is not set": (
        "a CPU limit throttles an operator and a message broker when they are needed most; memory is limited"
    ),
    "statefulset-has-host-podantiaffinity": (
        "three servers are spread over nodes by topologySpreadConstraints, which this check does not read"
    ),
}
"""What is right in every preset."""

NO_POLICY = "pod-networkpolicy"
ALLOWED_SINGLE = {
    "deployment-replicas": "one replica unless asked for: two are the preset ha",
    NO_POLICY: "networkPolicy.enabled is off by default: not every cluster's network enforces or expects it",
}
"""What is also right where a preset does not ask for more."""

ALLOWED_NAMESPACED = {
    "deployment-strategy": "a restricted operator's marker lease has one holder: the old pod goes first"
}


def allowed(preset: str) -> set[str]:
    """Return the exceptions of a preset."""
    found = set(ALLOWED)
    if preset != "ha":
        found |= set(ALLOWED_SINGLE)
    if preset == "air-gapped":
        found.discard(NO_POLICY)
    if preset == "namespaced":
        found |= set(ALLOWED_NAMESPACED)
    return found


def scan(objects: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Return (kind/name, check) of every finding above low; a check's parts are told apart by their summary."""
    done = subprocess.run(
        [tool("kube-score"), "score", "--kubernetes-version", "v1.37", "--output-format", "json", "-"],
        input=dump_all(objects),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout, done.stderr
    return {
        (f"{judged['type_meta']['kind']}/{judged['object_meta']['name']}", words)
        for judged in json.loads(done.stdout)
        for check in judged["checks"] or []
        if not check["skipped"] and check["grade"] <= LOWEST_THAT_COUNTS
        for words in _names(check)
    }


def _names(check: dict[str, Any]) -> list[str]:
    name = check["check"]["id"]
    if name == "container-resources":
        return [f"{name}: {comment['summary']}" for comment in check["comments"]]
    return [name]


def everything(preset: str, **sets: Any) -> list[dict[str, Any]]:
    """Return a preset's objects with all workloads that the chart has."""
    return platform(
        preset,
        nats__mode="builtIn",
        runtimeImages__prepull__enabled=True,
        runtimeImages__prepull__images=["vllm"],
        **sets,
    )


def by_operator(preset: str) -> list[list[dict[str, Any]]]:
    """Return the objects with the init container that applies definitions, where the preset can have it."""
    return [] if preset == "namespaced" else [everything(preset, crds__managedBy="operator")]


@pytest.mark.parametrize("preset", [path.stem for path in PRESETS])
def test_nothing_above_low_but_what_is_listed(preset: str) -> None:
    for objects in (platform(preset), everything(preset), *by_operator(preset)):
        assert [found for found in scan(objects) if found[1] not in allowed(preset)] == []


def test_every_exception_is_still_needed() -> None:
    found = {check for path in PRESETS for _, check in scan(everything(path.stem))}
    assert found == {*ALLOWED, *ALLOWED_SINGLE, *ALLOWED_NAMESPACED}


def test_the_scan_sees_what_is_wrong() -> None:
    root = everything("ha", operator__securityContext={"readOnlyRootFilesystem": False, "privileged": True})
    checks = {check for where, check in scan(root) if where == "Deployment/dynamo-operator"}
    assert {
        "container-security-context-readonlyrootfilesystem",
        "container-security-context-privileged",
    } <= checks
