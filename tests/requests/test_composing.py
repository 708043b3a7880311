from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from pydynamo_manifests import RequestIntent, compose, convert, render, validate
from pydynamo_manifests.errors import CombinationError, InputError, UnknownNameError
from pydynamo_manifests.planner import check_config
from pydynamo_manifests.releases import known_releases, release
from pydynamo_manifests.requests.hardware import skus_at
from tests.support.helm import HelmError, helm_template

CHART = Path(__file__).resolve().parents[2] / "charts" / "dynamo-graph"

ASK: dict[str, Any] = {"model": "Qwen/Qwen3-32B", "backend": "vllm", "gpus": 8, "isl": 4000, "osl": 500}
RELEASES = [v for v in known_releases() if v != "0.6.1"]


def spec(**changes: Any) -> dict[str, Any]:
    (request,) = render(compose(RequestIntent(**ASK | changes)), name="qwen", namespace="team-a")
    return request["spec"]


def refusal(**changes: Any) -> str:
    with pytest.raises((CombinationError, InputError, UnknownNameError)) as e:
        compose(RequestIntent(**ASK | changes))
    return e.value.shell


@pytest.mark.parametrize("version", RELEASES)
def test_every_release_takes_what_is_composed_for_it(version: str) -> None:
    at, made = release(version), 0
    beta = at.within(since="1.0")
    for backend, search, extra in product(
        ("vllm", "sglang", "trtllm", *(["auto"] if beta else [])),
        ("rapid", "thorough"),
        (
            {},
            {"review": True},
            {"ttft": 300, "itl": 20},
            {"mocker": True},
            {"planner": True},
            {"image_tag": "mine"},
        ),
    ):
        lacking = {"mocker": "0.8", "planner": "1.0"}
        if (backend, search) == ("auto", "thorough") or any(
            not at.within(since=lacking.get(n)) for n in extra
        ):
            continue
        intent = RequestIntent(**ASK | {"dynamo": version, "backend": backend, "search": search, **extra})
        objects = render(compose(intent), name="qwen", namespace="team-a")
        report = validate(objects, dynamo=version)
        assert [(f.rule, f.path, f.message) for f in report.findings] == [], intent
        assert objects[0]["apiVersion"] == ("nvidia.com/v1beta1" if beta else "nvidia.com/v1alpha1")
        planner = objects[0]["spec"].get("features", {}).get("planner", {})
        line = tuple(map(int, at.line.split(".")))
        assert not planner or list(check_config(planner, line)) == []
        made += 1
    assert made > 20


def test_the_same_words_stand_where_each_api_has_them() -> None:
    assert spec(gpu="h200_sxm", ttft=300, itl=20, dynamo="1.6") == {
        "model": "Qwen/Qwen3-32B",
        "backend": "vllm",
        "image": "nvcr.io/nvidia/ai-dynamo/dynamo-planner:1.6.1",
        "searchStrategy": "rapid",
        "autoApply": True,
        "hardware": {"gpuSku": "h200_sxm", "totalGpus": 8},
        "workload": {"isl": 4000, "osl": 500},
        "sla": {"ttft": 300, "itl": 20},
    }
    assert spec(gpu="h200_sxm", ttft=300, itl=20, dynamo="0.9") == {
        "model": "Qwen/Qwen3-32B",
        "backend": "vllm",
        "autoApply": True,
        "profilingConfig": {
            "profilerImage": "nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.9.1",
            "config": {
                "sla": {"ttft": 300, "itl": 20, "isl": 4000, "osl": 500},
                "sweep": {"useAiConfigurator": True, "aicSystem": "h200_sxm", "aicHfId": "Qwen/Qwen3-32B"},
                "hardware": {"maxNumGpusPerEngine": 8},
            },
        },
    }
    old = spec(gpu="h200_sxm", dynamo="0.7")["profilingConfig"]["config"]
    assert (old["sweep"], old["aic"]) == ({"use_ai_configurator": True}, {"system": "h200_sxm"})


@pytest.mark.parametrize(
    ("line", "image"),
    [("0.9", "vllm-runtime:0.9.1"), ("1.0", "dynamo-frontend:1.0.2"), ("1.1", "dynamo-planner:1.1.1")],
)
def test_the_profiler_s_image_by_release(line: str, image: str) -> None:
    found = spec(dynamo=line)
    assert found.get("image", found.get("profilingConfig", {}).get("profilerImage")).endswith(f"/{image}")


def test_an_image_that_does_not_tell_its_release_says_it() -> None:
    assert spec(image_tag="mine")["runtimeVersionOverride"] == "1.6.1"
    assert "runtimeVersionOverride" not in spec(image_tag="1.6.1")


def test_a_planner_has_the_request_s_gpus_and_the_request_the_latencies() -> None:
    found = spec(planner=True, advisory=True, min_endpoint=2, ttft=300, dynamo="1.6")
    planner = found["features"]["planner"]
    assert (planner["max_gpu_budget"], planner["min_endpoint"], planner["advisory"]) == (8, 2, True)
    assert found["sla"] == {"ttft": 300, "itl": 30}
    assert spec(planner=True, advisory=True, dynamo="1.0")["features"]["planner"]["no_operation"] is True


def test_the_whole_answer_is_another_target() -> None:
    assert spec(e2e_latency=12000.0)["sla"] == {"e2eLatency": 12000}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dynamo": "0.6"}, "requests exist from Dynamo 0.7 on, not at 0.6.1; write --dynamo 0.7 or newer"),
        (
            {"gpu": "gb200", "dynamo": "1.5"},
            ("--gpu gb200: requests know it from Dynamo 1.6 on, not at 1.5.1; write --dynamo 1.6 or newer, or leave "
            "--gpu out, and it is found in the cluster"),
        ),
        ({"gpu": "h200"}, "unknown GPU type 'h200'; did you mean 'mi200', 'h200_sxm' or 'gb200'?"),
        ({"ttft": 0.3}, "--ttft 0.3: it is in milliseconds, not seconds; write --ttft 300"),
        ({"itl": -1}, "--itl -1: milliseconds, a number above 0 such as --itl 200"),
        (
            {"search": "thorough", "backend": None},
            ("--search thorough measures one engine on GPUs, and --backend auto leaves the engine open; write "
            "--backend vllm, sglang or trtllm, or --search rapid"),
        ),
        (
            {"backend": None, "dynamo": "0.9"},
            "a request names its engine before Dynamo 1.0, and this is for 0.9.1; write --backend vllm, sglang or trtllm",
        ),
        ({"backend": "vlm"}, "unknown engine of a request 'vlm'; did you mean 'vllm'?"),
        ({"search": "quick"}, "unknown search 'quick'; known: rapid, thorough"),
        (
            {"concurrency": 4, "request_rate": 2.0},
            "--concurrency and --request-rate say the same thing twice: write one of them",
        ),
        (
            {"e2e_latency": 3000, "itl": 20},
            "--e2e-latency and --itl: a request has one kind of target; write --ttft and --itl, or --e2e-latency alone",
        ),
        ({"max_gpus": 4}, "--max-gpus is for a planner: add --planner"),
        (
            {"planner": True, "max_gpus": 16},
            "--max-gpus 16: the request plans for 8 GPUs; write --max-gpus 8 or --gpus 16",
        ),
        (
            {"kv_router": True, "dynamo": "1.4"},
            "--kv-router: requests have it from Dynamo 1.5 on, not at 1.4.2; leave it out or write --dynamo 1.5",
        ),
        (
            {"e2e_latency": 3000, "dynamo": "0.9"},
            "--e2e-latency: requests have it from Dynamo 1.0 on, not at 0.9.1; leave it out or write --dynamo 1.0",
        ),
        (
            {"planner": True, "dynamo": "0.9"},
            ("--planner: at 0.9.1 every generated graph has a planner; leave it out, request.features.planner of the "
            "values has its settings"),
        ),
        (
            {"gpu": "h200_sxm", "search": "thorough", "dynamo": "0.9"},
            ("--gpu h200_sxm: at 0.9.1 it is for the simulator; leave it out, --search thorough measures on the GPUs "
            "that it finds"),
        ),
        ({"cache_mount_path": "/m"}, "--cache-mount-path needs the claim: write --cache-claim NAME"),
        ({"cache_claim": "c", "dynamo": "0.7"}, "--cache-claim: requests have it from Dynamo 0.8 on, not at 0.7.1; leave it out or write --dynamo 0.8"),
        ({"image_tag": "1.5.0"}, "--image-tag 1.5.0 is of Dynamo 1.5, but the request is composed for 1.6.1; write --dynamo 1.5"),
        ({"gpus": 0}, "--gpus 0: a whole number from 1 on"),
        ({"vram": "80"}, "--vram '80': a number above 0"),
        ({"model": ""}, "a request needs --model: write --model Qwen/Qwen3-32B, or another model id"),
        ({"dynamo": "main-2026-08-21"}, "main-2026-08-21 is a development snapshot without images; requests are composed for releases"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused_with_what_to_write(
    changes: dict[str, Any], message: str
) -> None:
    assert refusal(**changes) == message


def test_gpu_types_grow_with_the_releases() -> None:
    known = {v: set(skus_at(release(v))) for v in RELEASES}
    assert len(known["1.6.1"]) == 20
    assert known["1.6.1"] - known["1.5.1"] == {"vr_nvl72", "gb200", "b300_sxm"}
    assert known["1.3.1"] - known["1.2.1"] == {"gb10"}
    assert known["1.2.1"] - known["1.1.1"] == {"a30"}
    assert known["0.9.1"] < known["1.0.2"]


def test_one_set_of_values_makes_both_api_versions_alike() -> None:
    intent = RequestIntent(
        model="Qwen/Qwen3-32B",
        backend="vllm",
        isl=3000,
        osl=200,
        ttft=300,
        itl=20,
        planner=True,
        mocker=True,
        review=True,
        cache_claim="models",
        cache_model_path="qwen",
        cache_mount_path="/models",
        image_tag="mine",
    )
    values = compose(intent).model_dump(by_alias=True, exclude_none=True)
    beta = render(values, name="q")[0]["spec"]
    values["dynamo"]["apiVersion"] = "nvidia.com/v1alpha1"
    (alpha,) = render(values, name="q")
    assert set(alpha["spec"]) == {
        "model",
        "backend",
        "autoApply",
        "profilingConfig",
        "useMocker",
        "runtimeVersionOverride",
    }
    found = convert(alpha, "nvidia.com/v1beta1")["spec"]
    # The search is a word of v1beta1 alone.
    assert found == {key: value for key, value in beta.items() if key != "searchStrategy"}


def test_a_request_beside_components_is_refused_by_both_writers() -> None:
    values = compose(RequestIntent(**ASK)).model_dump(by_alias=True, exclude_none=True)
    values["components"] = {"a": {"type": "worker"}}
    message = "both components and request are given: keep one, --set request=null or --set components=null"
    with pytest.raises(InputError) as e:
        render(values, name="q")
    assert str(e.value) == message
    with pytest.raises(HelmError, match="keep one, --set request=null or --set components=null"):
        helm_template(CHART, set_json=[f"{key}={json.dumps(value)}" for key, value in values.items()])
