from __future__ import annotations

import json
import re
from itertools import product
from typing import Any

import pytest

from pydynamo_manifests.backends import BACKENDS
from pydynamo_manifests.errors import CombinationError, InputError, UnknownNameError
from pydynamo_manifests.generate import compose, composition
from pydynamo_manifests.intent import Intent, Sizes
from pydynamo_manifests.patterns import PATTERNS, pattern
from pydynamo_manifests.releases import known_releases, release
from pydynamo_manifests.render import render
from pydynamo_manifests.values import GraphValues
from tests.support.graphs import container_of, graph_of, seen

BASE: dict[str, Any] = {"backend": "vllm", "pattern": "disagg-router", "model": "Qwen/Qwen3-32B"}


def values(**changes: Any) -> dict[str, Any]:
    return composition(Intent(**BASE | changes)).values


def refusal(**changes: Any) -> str:
    with pytest.raises((CombinationError, InputError, UnknownNameError)) as e:
        compose(Intent(**BASE | changes))
    return e.value.shell


@pytest.mark.parametrize("version", known_releases())
def test_every_combination_that_a_release_serves_is_composed_and_rendered(version: str) -> None:
    at, made = release(version), 0
    for backend, shape, nodes in product(BACKENDS, PATTERNS, (1, 2)):
        intent = Intent(backend=backend, pattern=shape, model="m", dynamo=version, nodes=nodes)
        too_old = pattern(shape).since and not at.within(since=pattern(shape).since)
        served = at.planned if pattern(shape).planner else at.backends
        blind = shape == "agg-planner" and at.within("1.1", "1.1") and backend not in at.pass_metrics
        if too_old or blind or backend not in served or (nodes > 1 and backend not in at.multinode):
            with pytest.raises(CombinationError):
                compose(intent)
            continue
        result = compose(intent)
        assert isinstance(result, GraphValues)
        components = seen(render(result, name="g"))
        assert graph_of(render(result, name="g"))["apiVersion"] == at.graph_api_version
        standalone = backend in at.prefill_router and "disagg-router" in shape
        assert {c.type for c in components.values()} == {
            "frontend",
            *([""] if standalone else []),
            *(["planner"] if pattern(shape).planner else []),
            *pattern(shape).roles,
        }
        made += 1
    shapes = sum(not (p.since and not at.within(since=p.since)) for p in PATTERNS.values())
    assert shapes in (6, 7)
    plain = sum(not p.planner for p in PATTERNS.values())
    sizes = {name: 2 if name in at.multinode else 1 for name in at.backends}
    blind = [name for name in at.planned if version.startswith("1.1.") and name not in at.pass_metrics]
    expected = sum(n * (shapes if name in at.planned else plain) for name, n in sizes.items())
    assert made == expected - sum(sizes[name] for name in blind)


def test_the_same_intent_gives_the_same_values_which_share_nothing() -> None:
    first, second = values(), values()
    assert first == second
    first["components"]["prefill"]["args"]["kv-transfer-config"]["kv_role"] = "changed"
    first["components"]["decode"]["args"]["disaggregation-mode"] = "changed"
    assert values() == second


def test_the_newest_release_is_the_default() -> None:
    assert values()["dynamo"] == {"release": "1.6.1", "apiVersion": "nvidia.com/v1beta1"}


def test_one_set_of_gpus_moves_request_and_flag() -> None:
    data = values(nodes=2, gpus=4)
    data["components"]["decode"]["gpus"] = 8
    decode = seen(render(data, name="g"))["decode"]
    assert (decode.gpus, decode.flags["tensor-parallel-size"]) == (8, "16")


def test_the_model_s_name_reaches_every_flag_and_a_served_name_only_its_own() -> None:
    data = values(
        served_name="qwen", model_path="/models/qwen", cache_claim="models", cache_mount_path="/models"
    )
    flags = seen(render(data, name="g"))["prefill"].flags
    assert (flags["model"], flags["served-model-name"]) == ("/models/qwen", "qwen")
    assert data["components"]["Frontend"]["modelCache"] is True
    assert "modelCache" not in values(cache_claim="models")["components"]["Frontend"]


def test_a_download_may_be_loaded_by_its_path_in_the_hub_s_layout() -> None:
    path = "/c/hub/models--Qwen--Qwen3-32B/snapshots/abc"
    data = values(model_path=path, cache_claim="models", cache_mount_path="/c/", download=True)
    assert seen(render(data, name="g"))["prefill"].flags["model"] == path


def test_a_download_into_directories_of_the_nodes_says_what_it_needs() -> None:
    asked = Intent(
        backend="vllm", pattern="agg", model="org/m", cache_host_path="/data", download=True, dynamo="1.6.1"
    )
    assert "a file system that all nodes share" in composition(asked).notes["model", "cache", "hostPath"]


@pytest.mark.parametrize(
    ("cache", "said"),
    [
        ({}, True),
        ({"cache_claim": "c"}, True),
        ({"cache_claim": "c", "cache_mount_path": "/opt/"}, False),
        ({"cache_claim": "c", "cache_mount_path": "/op"}, True),
    ],
)
def test_a_model_s_directory_outside_the_cache_says_who_must_hold_it(
    cache: dict[str, str], *, said: bool
) -> None:
    asked = Intent(backend="vllm", pattern="agg", model="org/m", model_path="/opt/m", dynamo="1.6.1", **cache)
    assert (("model", "path") in composition(asked).notes) is said


def test_a_revision_is_a_flag_only_when_it_is_asked_for() -> None:
    assert seen(render(values(revision="abc"), name="g"))["decode"].flags["revision"] == "abc"
    assert "revision" not in seen(render(values(), name="g"))["decode"].flags


def test_sizes_of_a_role_go_over_those_of_all() -> None:
    components = values(gpus=2, replicas=3, prefill=Sizes(gpus=1), decode=Sizes(replicas=5))["components"]
    sizes = {name: (c["replicas"], c["gpus"]) for name, c in components.items() if "gpus" in c}
    assert sizes == {"prefill": (3, 1), "decode": (5, 2)}


def test_the_seeds_of_the_api_are_as_their_guides_show_them() -> None:
    data = values(dynamo="0.8")
    assert {c["dynamoNamespace"] for c in data["components"].values()} == {"vllm-disagg-router"}
    assert {
        c["dynamoNamespace"] for c in values(dynamo="0.7", dynamo_namespace="team")["components"].values()
    } == {"team"}
    graph = graph_of(render(data, name="g"))
    assert graph["spec"]["services"]["VllmPrefillWorker"]["subComponentType"] == "prefill"
    assert graph["spec"]["services"]["VllmPrefillWorker"]["dynamoNamespace"] == "vllm-disagg-router"
    note = composition(Intent(**BASE, dynamo="0.8")).notes["components", "Frontend", "dynamoNamespace"]
    assert "<namespace>-<name>" in note
    assert "globalDynamoNamespace" in note
    assert "dynamoNamespace" not in values(dynamo="0.9")["components"]["Frontend"]


def test_vllm_nodes_of_one_engine_share_an_id_that_replicas_do_not() -> None:
    ids = {
        name: c["args"]["kv-transfer-config"]["engine_id"]
        for name, c in values(nodes=2, gpus=4)["components"].items()
        if name != "Frontend"
    }
    group = "$(GROVE_PCSG_NAME)-$(GROVE_PCSG_INDEX)-$(LWS_LEADER_ADDRESS)"
    assert ids == {role: f"{role}-{group}" for role in ("prefill", "decode")}


@pytest.mark.parametrize(("backend", "dynamo", "told"), [
    ("vllm", "1.1", {"DYN_FORWARDPASS_METRIC_PORT": "20380"}),
    ("vllm", "1.2", {}),
    ("sglang", "1.2", {}),
    ("trtllm", "1.2", {"publish-events-and-metrics": True}),
    ("trtllm", "1.5", {"publish-kv-events": True}),
    ("trtllm", "1.6", {}),
    ("mocker", "1.4", {}),
])  # fmt: skip
def test_workers_report_to_a_planner_what_it_goes_by(backend: str, dynamo: str, told: dict[str, Any]) -> None:
    made = [
        seen(render(values(backend=backend, dynamo=dynamo, pattern=shape), name="g"))
        for shape in ("disagg", "disagg-planner")
    ]
    plain, planned = (
        {c.type: {**c.flags, **c.env} for c in graph.values() if c.type in ("prefill", "decode")}
        for graph in made
    )
    assert planned == {role: plain[role] | told for role in plain}


@pytest.mark.parametrize("backend", ["sglang", "trtllm"])
def test_workers_of_1_1_that_report_nothing_are_scaled_by_a_profile_or_not_at_all(backend: str) -> None:
    config = values(backend=backend, dynamo="1.1", pattern="disagg-planner")["components"]["Planner"]["args"]
    assert config["config"]["optimization_target"] == "sla"
    assert config["config"]["enable_load_scaling"] is False
    title = {"sglang": "SGLang", "trtllm": "TensorRT-LLM"}[backend]
    assert refusal(backend=backend, dynamo="1.1", pattern="agg-planner") == (
        f"{title} workers of 1.1.1 report no load that a planner could go by without a profile; choose "
        "disagg-planner with one, or --dynamo 1.2 or newer"
    )


@pytest.mark.parametrize(("changes", "router"), [
    ({"pattern": "agg-planner", "dynamo": "1.0"}, True),
    ({"pattern": "disagg-planner", "dynamo": "1.0", "planner_profile": ""}, True),
    ({"pattern": "disagg-planner", "dynamo": "1.0"}, False),
    ({"pattern": "agg-planner", "dynamo": "1.1"}, False),
])  # fmt: skip
def test_the_fast_planner_of_1_0_reads_the_load_that_a_router_keeps(
    changes: dict[str, Any],
    router: bool,  # noqa: FBT001 - a table's column
) -> None:
    made = seen(render(values(**changes), name="g"))
    assert (made["Frontend"].env.get("DYN_ROUTER_MODE") == "kv") is router
    reporting = [c.type for c in made.values() if "kv-events-config" in c.flags]
    assert len(reporting) == router


def test_sglang_s_decode_workers_asked_a_router_of_their_own_before_prefill_workers_registered() -> None:
    made = seen(render(values(backend="sglang", dynamo="0.7"), name="g"))
    assert (made["PrefillRouter"].module, made["PrefillRouter"].type) == ("dynamo.router", "")
    assert made["PrefillRouter"].flags == {
        "endpoint": "$(DYN_NAMESPACE).prefill.generate",
        "block-size": made["prefill"].flags["page-size"],
        "no-track-active-blocks": True,
    }
    assert made["Frontend"].flags == {"kv-overlap-score-weight": "0"}
    for changes in ({"dynamo": "0.8"}, {"dynamo": "0.7", "pattern": "disagg"}):
        assert "PrefillRouter" not in values(backend="sglang", **changes)["components"]


def test_a_router_of_0_6_sees_tensorrt_llm_s_prefill_workers_only_when_they_come_first() -> None:
    for pattern_, first in (("disagg", "decode_first"), ("disagg-router", "prefill_first")):
        made = seen(render(values(backend="trtllm", dynamo="0.6", pattern=pattern_), name="g"))
        workers = [c for c in made.values() if c.type in ("prefill", "decode")]
        assert [c.flags["disaggregation-strategy"] for c in workers] == [first, first]


@pytest.mark.parametrize(
    "changes", [{}, {"nodes": 2, "gpus": 4, "data_parallel": 2}, {"nodes": 2, "gpus": 4, "dynamo": "0.9"}]
)
def test_engines_within_one_node_need_no_id(changes: dict[str, Any]) -> None:
    for component in values(**changes)["components"].values():
        assert "engine_id" not in str(component.get("args"))


@pytest.mark.parametrize(("tag", "since", "override"), [
    ("1.6.1", "1.6", None),
    ("1.6.1-my-build", "1.6", None),
    ("my-build", "1.6", {"from": "dynamo.release"}),
    ("my-build", "1.4", {"from": "dynamo.release"}),
    ("my-build", "1.3", None),
])  # fmt: skip
def test_an_image_whose_tag_tells_no_version_says_its_release(tag: str, since: str, override: Any) -> None:
    for component in values(image_tag=tag, dynamo=since)["components"].values():
        assert component.get("runtimeVersionOverride") == override


@pytest.mark.parametrize(("rdma", "count"), [("rdma/ib", 4), ("rdma/shared_ib=1", 1)])
@pytest.mark.parametrize("dynamo", ["1.6", "0.9"])
def test_workers_get_rdma_devices_and_may_lock_memory(dynamo: str, rdma: str, count: int) -> None:
    graph = graph_of(render(values(rdma=rdma, gpus=4, dynamo=dynamo), name="g"))
    names = release(dynamo).worker_names["vllm"]
    for name, locks in {
        names["prefill"]: ["IPC_LOCK"],
        names["decode"]: ["IPC_LOCK"],
        "Frontend": [],
    }.items():
        main = container_of(graph, name) or {}
        assert main.get("securityContext", {}).get("capabilities", {}).get("add", []) == locks
    found = re.findall(rf'"{rdma.partition("=")[0]}": "?(\d+)"?', json.dumps(graph))
    assert found == [str(count)] * 2


def test_several_frontends_share_their_load_and_only_with_a_router() -> None:
    assert values(frontend_replicas=2)["components"]["Frontend"]["args"] == {"router-replica-sync": True}
    assert "args" not in values(frontend_replicas=2, pattern="disagg")["components"]["Frontend"]


def test_the_frontend_runs_apart_from_the_workers() -> None:
    data = values(
        node_selector={"nvidia.com/gpu.product": "H100"},
        frontend_node_selector={"pool": "cpu"},
        tolerate_gpu_taint=True,
        frontend_image="my-frontend",
    )
    frontend, decode = data["components"]["Frontend"], data["components"]["decode"]
    assert (frontend["nodeSelector"], decode["nodeSelector"]) == (
        {"pool": "cpu"},
        {"nvidia.com/gpu.product": "H100"},
    )
    assert frontend["image"] == {"repository": "my-frontend"}
    assert "tolerations" not in frontend
    assert decode["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]


def test_the_cache_goes_to_the_workers() -> None:
    made = values(cache_size="500Gi", cache_storage_class="nfs", download=True)
    assert made["model"]["cache"] == {
        "create": {"size": "500Gi", "storageClassName": "nfs"},
        "download": {"enabled": True},
    }
    assert values(cache_host_path="/data")["model"]["cache"] == {"hostPath": "/data"}
    assert made["components"]["decode"]["modelCache"] is True


def test_without_a_token_nothing_asks_for_a_secret() -> None:
    data = values(token_secret="")
    assert "tokenSecret" not in data["model"]
    assert all("modelSecret" not in c for c in data["components"].values())


def test_images_are_the_user_s_where_he_says_so() -> None:
    asked = values(
        registry="", image="my/vllm", image_tag="1.6.1-x", pull_policy="Always", pull_secrets=("a", "b")
    )
    assert asked["image"] == {
        "registry": "",
        "repository": "my/vllm",
        "tag": "1.6.1-x",
        "pullPolicy": "Always",
        "pullSecrets": ["a", "b"],
    }


def test_remote_code_reaches_workers_and_the_frontend_that_knows_it() -> None:
    for line, known in (("1.6", True), ("1.1", False)):
        components = values(dynamo=line, trust_remote_code=True)["components"]
        assert ("trust-remote-code" in components["Frontend"].get("args", {})) is known
        workers = [c for n, c in components.items() if n != "Frontend"]
        assert all(c["args"]["trust-remote-code"] is True for c in workers)
    engine = values(backend="trtllm", pattern="agg", trust_remote_code=True)["components"]["TRTLLMWorker"][
        "files"
    ]
    assert engine == {"/etc/dynamo/engine.yaml": {"trust_remote_code": True}}


def test_tensorrt_llm_had_attention_parallelism_in_its_file_before_it_had_a_flag() -> None:
    old, new = (
        values(backend="trtllm", pattern="agg", gpus=4, data_parallel=4, dynamo=line)["components"][
            "TRTLLMWorker"
        ]
        for line in ("0.9", "1.0")
    )
    assert old["files"] == {"/etc/dynamo/engine.yaml": {"enable_attention_dp": True}}
    assert new["args"]["enable-attention-dp"] is True
    assert "files" not in new


@pytest.mark.parametrize("version", ["1.2", "1.4"])
def test_a_line_that_serves_both_versions_may_be_asked_for_the_older(version: str) -> None:
    data = values(dynamo=version, api_version="v1alpha1")
    assert data["dynamo"]["apiVersion"] == "nvidia.com/v1alpha1"
    assert "services" in graph_of(render(data, name="g"))["spec"]


@pytest.mark.parametrize(("changes", "message"), [
    ({"dynamo": "1.61"}, "unknown Dynamo release '1.61'; did you mean '1.6.1', '1.5.1' or '1.3.1'?"),
    ({"dynamo": "main-2026-08-21"}, "main-2026-08-21 is a development snapshot without images; graphs are composed for releases"),
    ({"backend": "tensorrt"}, "unknown backend 'tensorrt'; known: vllm, sglang, trtllm, mocker"),
    ({"pattern": "disag"}, "unknown pattern 'disag'; did you mean 'disagg'?"),
    ({"pattern": "agg", "prefill": Sizes(gpus=2)}, "--prefill-gpus: agg has no prefill workers; write --gpus, or choose disagg"),
    ({"dynamo_namespace": "x"}, "--dynamo-namespace: graphs say it until Dynamo 0.8; at 1.6.1 the operator computes it from namespace and name; leave it out"),
    ({"pull_policy": "always"}, "unknown pull policy 'always'; did you mean 'Always'?"),
    ({"frontend_image": "dynamo-frontend", "dynamo": "0.7"}, "image dynamo-frontend exists from Dynamo 0.8 on, not at 0.7.1; choose one of vllm-runtime, sglang-runtime, tensorrtllm-runtime, kubernetes-operator"),
    ({"image": "snapshot-agent"}, "image snapshot-agent exists from Dynamo 1.0 on until Dynamo 1.4, not at 1.6.1; choose one of vllm-runtime, sglang-runtime, tensorrtllm-runtime, kubernetes-operator, dynamo-frontend, dynamo-planner"),
    ({"api_version": "v1beta1", "dynamo": "1.1"}, "graphs are written in nvidia.com/v1beta1 from Dynamo 1.2 on, not at 1.1.1; leave --api-version out, which means nvidia.com/v1alpha1 there"),
    ({"api_version": "v1alpha1"}, "graphs are written in nvidia.com/v1alpha1 until Dynamo 1.4, not at 1.6.1; leave --api-version out, which means nvidia.com/v1beta1 there"),
    ({"image_tag": "1.5.1"}, "--image-tag 1.5.1 is of Dynamo 1.5, but flags and variables are composed for 1.6.1; write --dynamo 1.5"),
    ({"api_version": "v1"}, "unknown API version 'v1'; known: nvidia.com/v1alpha1, nvidia.com/v1beta1"),
    ({"backend": "mocker", "rdma": "rdma/ib"}, "--rdma: a mocker worker moves no KV blocks; leave it out"),
    ({"backend": "mocker", "reasoning_parser": "qwen3"}, "--reasoning-parser: a mocker worker has no such setting; leave it out"),
    ({"backend": "mocker", "context_length": 8192, "dynamo": "1.3"}, "--context-length: mocker workers take it from Dynamo 1.4 on, not at 1.3.1; leave it out or choose --dynamo 1.4"),
    ({"backend": "trtllm", "revision": "x", "dynamo": "0.9"}, "--revision: TensorRT-LLM workers take it from Dynamo 1.0 on, not at 0.9.1; leave it out or choose --dynamo 1.0"),
    ({"decode": Sizes(gpus=4, tensor_parallel=3)}, "decode: parallelism tensor 3 needs 3 GPUs, but it has 4; write --decode-tensor-parallel 4 or --decode-gpus 3"),
])  # fmt: skip
def test_what_does_not_go_together_says_why_and_what_to_write(changes: dict[str, Any], message: str) -> None:
    assert refusal(**changes) == message


@pytest.mark.parametrize(("changes", "message"), [
    ({"model": ""}, "a graph needs --model: write --model Qwen/Qwen3-32B, or another model id"),
    ({"gpus": -1}, "--gpus -1: a whole number from 0 on"),
    ({"nodes": 0}, "--nodes 0: a whole number from 1 on"),
    ({"decode": Sizes(replicas=-2)}, "--decode-replicas -2: a whole number from 0 on"),
    ({"gpus": True}, "--gpus True: a whole number from 0 on"),
    ({"frontend_replicas": -1}, "--frontend-replicas -1: a whole number from 0 on"),
    ({"cache_claim": "a", "cache_size": "1Gi"}, "--cache-claim and --cache-size: the model files have one home, choose one"),
    ({"download": True}, "--download needs a cache: --cache-claim, --cache-size or --cache-host-path"),
    ({"cache_claim": "a", "cache_storage_class": "nfs"}, "--cache-storage-class is for a new claim: give its --cache-size"),
    ({"rdma": "ib"}, "--rdma 'ib': write the resource as the nodes offer it ('kubectl describe node' shows it), such as --rdma rdma/ib, or with a number as --rdma rdma/shared_ib=1"),
    ({"rdma": "rdma/ib=0"}, "--rdma 'rdma/ib=0': write the resource as the nodes offer it ('kubectl describe node' shows it), such as --rdma rdma/ib, or with a number as --rdma rdma/shared_ib=1"),
    ({"gpu_memory_fraction": 90}, "--gpu-memory-fraction 90: a share above 0 and up to 1, such as 0.9"),
])  # fmt: skip
def test_an_intent_that_no_graph_could_mean_is_refused(changes: dict[str, Any], message: str) -> None:
    assert refusal(**changes) == message


def test_graphs_of_several_nodes_have_short_names_for_all_their_workers() -> None:
    both = values(dynamo="0.9", decode=Sizes(nodes=2))["components"]
    assert set(both) == {"Frontend", "prefill", "decode"}
    assert set(values(dynamo="0.9")["components"]) == {"Frontend", "VllmPrefillWorker", "VllmDecodeWorker"}


def test_a_line_that_drops_annotations_of_pods_is_not_given_any() -> None:
    for line, hatch in (("1.2", {"podTemplate": {"metadata": None}}), ("1.3", None)):
        data = values(backend="trtllm", dynamo=line)
        assert data["components"]["decode"].get("component") == hatch
        component = graph_of(render(data, name="g"))["spec"]["components"][1]
        assert ("metadata" in component["podTemplate"]) is (hatch is None)
    alpha = values(backend="trtllm", dynamo="1.2", api_version="v1alpha1")
    assert "component" not in alpha["components"]["decode"]


def test_sizes_that_no_knob_tells_are_numbers_and_say_so() -> None:
    intent = Intent(**BASE, gpus=8, tensor_parallel=4, pipeline_parallel=2)
    made = composition(intent)
    args = made.values["components"]["decode"]["args"]
    assert (args["tensor-parallel-size"], args["pipeline-parallel-size"]) == (4, 2)
    assert "change them together" in made.notes["components", "decode", "args", "tensor-parallel-size"]


def test_data_parallel_attention_is_sglang_s_own_pair_of_flags() -> None:
    args = values(backend="sglang", pattern="agg", gpus=8, data_parallel=8, expert_parallel=4)["components"][
        "decode"
    ]["args"]
    assert args["data-parallel-size"] == {"from": "gpus"}
    assert (args["enable-dp-attention"], args["expert-parallel-size"]) == (True, 4)
