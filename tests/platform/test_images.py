from __future__ import annotations

import json
import re
from typing import Any

import pytest

from pydynamo_manifests.cli import main
from pydynamo_manifests.images import images
from pydynamo_manifests.releases import newest
from pydynamo_manifests.values.platform.load import load_platform
from pydynamo_manifests.yaml import load
from tests.platform.test_names import pods_of
from tests.support.platform import PRESETS, platform

DIGEST = "sha256:" + "a" * 64
FULL: dict[str, Any] = {
    "nats": {"mode": "builtIn", "server": {"image": {"digest": DIGEST}}},
    "runtimeImages": {
        "images": {
            "vllm": {"digest": DIGEST, "tag": "1.6.1-cuda13"},
            "sglang": None,
            "own": {"repository": "own"},
        },
        "prepull": {"enabled": True, "images": ["vllm", "own"], "extraImages": ["example.com/x:1"]},
    },
}
CHOSEN: list[dict[str, Any]] = [
    *[load(path.read_text()) for path in PRESETS],
    FULL,
    {**FULL, "global": {"imageRegistry": "mirror.example.com"}},
    {
        "global": {"imageRegistry": "mirror.example.com"},
        "crds": {"managedBy": "operator"},
        "operator": {
            "extraContainers": {"proxy": {"image": "example.com/proxy:1"}, "gone": None},
            "initContainers": {"wait": {"image": "example.com/wait@" + DIGEST}},
        },
        "extraObjects": {
            "job": {
                "apiVersion": "batch/v1",
                "kind": "Job",
                "metadata": {"name": "j"},
                "spec": {
                    "template": {
                        "spec": {
                            "initContainers": [{"name": "a", "image": "example.com/first:1"}],
                            "containers": [{"name": "b", "image": "example.com/second:1"}],
                        }
                    }
                },
            },
            "gone": None,
        },
    },
    {"operator": {"image": {"tag": "1.4.2"}}, "integrations": {"checkpoint": {"enabled": True}}},
]


@pytest.mark.parametrize("values", CHOSEN)
def test_the_list_holds_every_image_of_the_chart(values: dict[str, Any]) -> None:
    rendered = json.dumps(platform(sets=values))
    started = set(re.findall(r'"image": "([^"]+)"', rendered))
    started |= set(re.findall(r"--(?:operator|dgdr-default)-image=([^\"]+)", rendered))
    started |= set(re.findall(r"cleanupImage: ([^\\]+)", rendered))
    listed = {image.reference for image in images(load_platform(values))}
    assert started <= listed
    assert {i.reference for i in images(load_platform(values)) if i.by == "chart"} <= started


def test_a_digest_is_shown_and_null_takes_an_image_away() -> None:
    found = {image.what: image.reference for image in images(load_platform(FULL))}
    assert found["NATS"].endswith(f"@{DIGEST}")
    assert "runtime sglang" not in found


def test_what_no_flag_moves_is_named() -> None:
    values = {"operator": {"image": {"tag": "1.4.2"}}, "global": {"imageRegistry": "mirror"}}
    fixed = {i.reference for i in images(load_platform(values)) if "fixed" in i.what}
    assert fixed == {"nvcr.io/nvidia/ai-dynamo/dynamo-planner:1.4.2", "docker.io/bitnami/kubectl:latest"}


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["images", "--set", "global.imageRegistry=mirror.example.com", "--format", "mirror"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "docker.io/library/busybox:1.37 mirror.example.com/library/busybox:1.37" in lines
    assert main(["images"]) == 0
    assert all(re.fullmatch(r"[\w./-]+:[\w.-]+", line) for line in capsys.readouterr().out.splitlines())
    assert main(["images", "--format", "json"]) == 0
    assert {"reference", "by", "what", "source"} == set(json.loads(capsys.readouterr().out)[0])
    assert main(["images", "--format", "table"]) == 0
    assert "operator" in capsys.readouterr().out
    assert main(["images", "--set", "nats.enabled=true"]) == 2
    assert "moved: nats.enabled is now nats.mode" in capsys.readouterr().err


@pytest.mark.parametrize("preset", ["default", "namespaced"])
def test_pull_secrets_reach_every_pod_and_account(preset: str) -> None:
    objects = platform(
        preset,
        global__imagePullSecrets=[{"name": "pull"}],
        operator__imagePullSecrets=[{"name": "own"}, {"name": "pull"}],
        nats__mode="builtIn",
        accounts__component__create=True,
        runtimeImages__prepull={"enabled": True, "images": ["vllm"], "imagePullSecrets": [{"name": "gpu"}]},
    )
    pods = {obj["metadata"]["name"]: pod["spec"]["imagePullSecrets"] for obj, pod in pods_of(objects)}
    pods |= {o["metadata"]["name"]: o["imagePullSecrets"] for o in objects if o["kind"] == "ServiceAccount"}
    assert len(pods) == (5 if preset == "default" else 8)
    more = {"dynamo-operator": ["pull", "own"], "dynamo-prepull": ["pull", "gpu"]}
    for name, secrets in pods.items():
        assert [s["name"] for s in secrets] == more.get(name, ["pull"]), name


@pytest.mark.parametrize("tag", ["1.4.2", "1.5.1", newest().version])
def test_one_registry_moves_every_image_that_can_be_moved(tag: str) -> None:
    values: dict[str, Any] = {
        "global": {"imageRegistry": "mirror.example.com/x"},
        "crds": {"managedBy": "operator"},
        "operator": {"image": {"tag": tag, "digest": DIGEST}},
        "nats": {"mode": "builtIn"},
        "integrations": {"checkpoint": {"enabled": True}},
        "runtimeImages": {
            "prepull": {"enabled": True, "images": ["vllm", "sglang", "trtllm", "frontend", "planner"]}
        },
    }
    rendered = json.dumps(platform(sets=values))
    found = re.findall(r"[\w.-]+(?:\.[\w-]+)+(?::\d+)?/[\w./-]+(?::[\w.-]+)(?:@sha256:\w+)?", rendered)
    images_found = {word for word in found if re.search(r":[\w.]+(@|$)", word) and "/" in word}
    assert len(images_found) >= 8
    assert {word for word in images_found if not word.startswith("mirror.example.com/x/")} == set()
    fixed = {i.reference for i in images(load_platform(values)) if not i.reference.startswith("mirror")}
    assert all(
        "fixed in this operator" in i.what for i in images(load_platform(values)) if i.reference in fixed
    )
    assert bool(fixed) == (tag != newest().version)
