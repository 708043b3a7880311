"""The other ways to break each rule, and what comes close without breaking it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pydynamo_manifests.validate.lint import lint
from pydynamo_manifests.validate.lint.examples import alpha, beta, frontend, part, service, transfer
from pydynamo_manifests.validate.lint.planning import planned, role_workers

V = "dynamo.vllm --model Qwen/Qwen3-0.6B"
S = "dynamo.sglang --model-path Qwen/Qwen3-0.6B"
T = "dynamo.trtllm --model-path Qwen/Qwen3-0.6B"
M = "dynamo.mocker --model-path Qwen/Qwen3-0.6B"
KV = "--router-mode kv"
SHARED = "/dev/shm"  # noqa: S108 - a mount path
EVENTS = """--kv-events-config '{"enable_kv_cache_events": true}'"""
TRT_SIDE = "--trtllm.cache_transceiver_config.backend DEFAULT --trtllm.disable_overlap_scheduler true"


def w(line: str, name: str = "worker", kind: str = "worker", **more: Any) -> dict[str, Any]:
    return part(name, kind, line, **more)


def pair(prefill: str, decode: str, **more: Any) -> list[dict[str, Any]]:
    flag = "--disaggregation-mode"
    return [
        part("prefill", "prefill", f"{prefill} {flag} prefill", **more),
        part("decode", "decode", f"{decode} {flag} decode", **more),
    ]


def shell(line: str, **more: Any) -> dict[str, Any]:
    return w(
        "",
        image="vllm-runtime:1.6.1",
        gpus=1,
        container={"command": ["/bin/sh", "-c"], "args": [line]} | more,
    )


def override(options: dict[str, Any]) -> str:
    return f"--override-engine-args '{json.dumps(options)}'"


def epp(**more: Any) -> dict[str, Any]:
    return part("epp", "epp", "", image="dynamo-frontend:1.6.1", **more)


def behind_picker(*args: str) -> dict[str, Any]:
    worker = w(V, "decode", "decode", frontendSidecar="side")
    side = {"name": "side", "image": "dynamo-frontend:1.6.1", "args": ["-m", "dynamo.frontend", *args]}
    worker["podTemplate"]["spec"]["containers"].append(side)
    return worker


ROLES = {
    "name": "w",
    "type": "worker",
    "roles": [
        {
            "name": "leader",
            "podTemplate": {
                "spec": {
                    "containers": [{"name": "main", "command": ["python3", "-m", "dynamo.vllm", "--nope"]}]
                }
            },
        }
    ],
}

FOUND: list[tuple[str, str, list[dict[str, Any]], dict[str, Any]]] = [
    ("prefill alone", "ROLE-01", [frontend(), w(f"{V} --disaggregation-mode prefill {transfer()}")], {}),
    ("mocker alone", "ROLE-01", [frontend(), w(f"{M} --disaggregation-mode decode")], {}),
    ("old flag in a shell", "ROLE-02", [frontend(), shell(f"exec python3 -m {V} --is-decode-worker")], {}),
    ("unknown flag in a shell", "FLAG-01", [frontend(), shell(f"cd /x && python3 -m {V} \\\n  --nope 1")], {}),
    ("flag of a sidecar", "FLAG-01", [epp(), behind_picker("--router-mode", "direct", "--nope")], {}),
    ("router mode of a variable", "RT-01", [frontend(env={"DYN_ROUTER_MODE": "fastest"})], {}),
    ("sidecar that routes", "EPP-01", [epp(), behind_picker("--router-mode", "kv")], {}),
    ("plane flag", "PLANE-04", [frontend("--request-plane http")], {}),
    ("plane of the graph", "PLANE-01", [frontend(env={"DYN_REQUEST_PLANE": "tcp"}), w(f"{V} --request-plane nats")], {}),
    ("consumer as prefill", "KV-05", pair(f"{V} {transfer('kv_consumer')}", f"{V} {transfer()}"), {}),
    ("two connectors", "KV-05", pair(f"{V} {transfer()}", f"{V} {transfer(connector='LMCacheConnectorV1')}"), {}),
    ("engine id twice", "KV-06", [w(f"""{V} --kv-transfer-config '{{"engine_id": "a"}}'""", n) for n in "ab"], {}),
    ("transfer backends", "KV-07", pair(f"{S} --disaggregation-transfer-backend nixl", f"{S} --disaggregation-transfer-backend mooncake"), {}),
    ("overlap on", "KV-08", pair(f"{T} {override({'cache_transceiver_config': {'backend': 'UCX'}})}", f"{T} {TRT_SIDE}"), {}),
    ("no radix cache", "EV-03", [frontend(KV), w(f"""{S} --disable-radix-cache --kv-events-config '{{"publisher": "zmq"}}'""")], {}),
    ("no reuse, JSON", "EV-03", [frontend(KV), w(f"{T} --publish-kv-events {override({'kv_cache_config': {'enable_block_reuse': False}})}")], {}),
    ("no reuse, dotted", "EV-03", [frontend(KV), w(f"{T} --publish-kv-events --trtllm.kv_cache_config.enable_block_reuse false")], {}),
    ("silent TensorRT-LLM", "EV-01", [frontend(env={"DYN_ROUTER_MODE": "kv"}), w(T)], {}),
    ("size of a variable", "BS-01", [frontend(KV, env={"DYN_KV_CACHE_BLOCK_SIZE": "16"}), w(f"{V} --block-size 64 {EVENTS}")], {}),
    ("size of a picker", "BS-01", [epp(env={"DYN_KV_CACHE_BLOCK_SIZE": "16"}), w(f"{V} --block-size 64")], {}),
    ("size of a router", "BS-01", [w("dynamo.router --endpoint a.b.c --router-block-size 16", "router", image="dynamo-planner:1.6.1"), w(f"{V} --block-size 64")], {}),
    ("index server and remote", "RT-02", [frontend(f"{KV} --serve-indexer --use-remote-indexer")], {}),
    ("index server, variable", "RT-02", [frontend("--serve-indexer", env={"DYN_ROUTER_MODE": "random"})], {}),
    ("too many GPUs", "GPU-01", [frontend(), w(V, gpus=2)], {}),
    ("data parallel", "GPU-01", [frontend(), w(f"{V} --data-parallel-size 4", gpus=1)], {}),
    ("pipeline, SGLang", "GPU-01", [frontend(), w(f"{S} --tp 2 --pp-size 2", gpus=2)], {}),
    ("nodes", "GPU-01", [frontend(), w(f"{V} --tensor-parallel-size 16", gpus=4, multinode={"nodeCount": 2})], {}),
    ("claim of nobody", "GPU-05", [w(V, gpus=0, container={"resources": {"claims": [{"name": "x"}]}})], {}),
    ("size joined", "MN-02", [w(f"{V} --tensor-parallel-size=8", gpus=4, multinode={})], {}),
    ("command in a shell", "MN-07", [w("", image="vllm-runtime:1.6.1", gpus=4, multinode={}, container={"command": ["sh", "-c", f"python3 -m {V} --tensor-parallel-size 8"]})], {}),
    ("executor of a pod", "MN-04", [w(V) | {"podTemplate": {"metadata": {"annotations": {"nvidia.com/vllm-distributed-executor-backend": "x"}}, "spec": {"containers": []}}}], {}),
    ("unknown engine", "MN-08", [w("", image="registry.example/x:1.6.1", gpus=1, multinode={}, container={"command": ["/run.sh"]})], {}),
    ("two pickers", "API-06", [epp(multinode={})], {}),
    ("second picker", "API-06", [epp(), part("epp2", "epp", "", image="dynamo-frontend:1.6.1")], {}),
    ("mount point", "API-02", [w(V, container={"volumeMounts": [{"name": "a", "mountPoint": "/a"}]})], {}),
    ("name of the graph", "NAM-03", [frontend()], {"name": "Qwen.3"}),
    ("picker's model", "NAME-01", [epp(env={"DYN_MODEL_NAME": "other"}), behind_picker("--router-mode", "direct")], {}),
    ("served names", "NAME-01", pair(f"{V} {transfer()} --served-model-name a", f"{V} {transfer()} --served-model-name b,a"), {}),
    ("mocker image", "IMG-05", [frontend(), w(M, image="vllm-runtime:1.6.1")], {}),
    ("old eppConfig", "API-05", [epp(eppConfig={"config": {}})], {}),
    ("offline, other mount", "CACHE-01", [w(V, env={"HF_HUB_OFFLINE": "true", "HF_HUB_CACHE": "/cache"}, mounts={"/data": "x"})], {}),
    ("mount beside the model", "CACHE-02", [w("dynamo.vllm --model /models/a --served-model-name a", mounts={"/model": "x"})], {}),
    ("LoRA off", "LORA-01", [w(f"{V} --enable-lora", env={"DYN_LORA_ENABLED": "false"}, modelRef={"name": "Qwen/Qwen3-0.6B"})], {}),
    ("failover by pod", "GMS-02", [w(f"{V} --load-format gms", experimental={"failover": {}, "gpuMemoryService": {}})], {}),
    ("media variable", "ENV-02", [w(V, env={"DYN_VLLM_MULTIMODAL_WORKER": "true"})], {}),
    ("shared memory twice", "SHM-01", [w(V, sharedMemorySize="16Gi", mounts={SHARED: "x"})], {}),
    ("flag of a role's pod", "FLAG-01", [frontend(), ROLES], {}),
    ("suffix of a version", "IMG-07", [frontend(image="dynamo-frontend:1.6.1-cuda13")], {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("components", "code", "more"), [(c, r, m) for _, r, c, m in FOUND], ids=[n for n, *_ in FOUND]
)
def test_found(components: list[dict[str, Any]], code: str, more: dict[str, Any]) -> None:
    assert code in {f.rule for f in lint(beta(*components, **more), release="1.6.1")}


QUIET: list[tuple[str, list[dict[str, Any]], dict[str, Any]]] = [
    ("decode type that serves alone", [frontend(), w(V, "decode", "decode")], {}),
    ("pool without a frontend", [w(f"{V} --disaggregation-mode prefill {transfer()}", "p", "prefill")], {}),
    ("role in a variable", [frontend(), shell('python3 -m dynamo.vllm --model m --disaggregation-mode "$ROLE"')], {}),
    ("flags of a variable", [frontend(), shell("python3 -m dynamo.vllm --model m $EXTRA", env=[{"name": "EXTRA", "valueFrom": {"configMapKeyRef": {}}}])], {}),
    ("array of flags", [frontend(), shell('args=(--nope 1); python3 -m dynamo.vllm --model m "${args[@]}"')], {}),
    ("wrapper", [frontend(), w("", image="registry.example/dynamo:1.6.1", gpus=8, container={"command": ["/start.sh"], "args": ["--nope"]})], {}),
    ("SGLang data parallel attention", [frontend(), w(f"{S} --tp 4 --dp-size 4 --enable-dp-attention", gpus=4)], {}),
    ("data parallel ranks", [frontend(), w(f"{V} --data-parallel-size 16 --data-parallel-size-local 8", gpus=8)], {}),
    ("engine file", [frontend(), w(f"{T} --extra-engine-args /c.yaml", gpus=8)], {}),
    ("engine options", [frontend(), w(f"{T} {override({'tensor_parallel_size': 8})}", gpus=8)], {}),
    ("sizes of a file", [frontend(), w(f"{V} --config /c.yaml", gpus=8)], {}),
    ("other accelerators", [frontend(), w(V, gpus=0, container={"resources": {"limits": {"gpu.intel.com/xe": "1"}}})], {}),
    ("fraction of a GPU", [frontend(), w(V, gpus=0, container={"resources": {"limits": {"nvidia.com/mig-1g.5gb": "1"}}})], {}),
    ("custom image with the model", [frontend(), w("dynamo.vllm --model /opt/m --served-model-name m", image="registry.example/dynamo-vllm:1.6.1")], {}),
    ("cache below the mount", [frontend(), w(V, env={"HF_HUB_OFFLINE": "1", "HF_HOME": "/data/hf"}, mounts={"/data": "x"})], {}),
    ("default cache", [frontend(), w(V, env={"HF_HUB_OFFLINE": "1"}, mounts={"/root/.cache/huggingface": "x"})], {}),
    ("producer and consumer", [frontend(), *pair(f"{V} {transfer('kv_producer')}", f"{V} {transfer('kv_consumer')}")], {}),
    ("connectors in connectors", [frontend(), *pair(f"{V} {transfer(connector='MultiConnector')}", f"{V} {transfer()}")], {}),
    ("TensorRT-LLM with files", [frontend(), *pair(f"{T} --extra-engine-args /p.yaml", f"{T} --extra-engine-args /d.yaml")], {}),
    ("events of the mocker", [frontend(KV), w(M)], {}),
    ("router without events", [frontend(f"{KV} --no-router-kv-events"), w(V)], {}),
    ("router without events, variable", [frontend(env={"DYN_ROUTER_MODE": "kv", "DYN_ROUTER_USE_KV_EVENTS": "false"}), w(V)], {}),
    ("one size stated", [frontend(f"{KV} --kv-cache-block-size 16"), w(f"{V} {EVENTS}")], {}),
    ("sizes in a shell line", [frontend(), w("", image="vllm-runtime:1.6.1", gpus=4, multinode={}, container={"command": ["sh", "-c"], "args": [f"python3 -m {V} --tensor-parallel-size 8"]})], {}),
    ("ranks by hand", [frontend(), w("", image="vllm-runtime:1.6.1", gpus=4, multinode={}, container={"command": ["sh", "-c", f"python3 -m {V} -tp 8 --nnodes 2"]})], {"backendFramework": "vllm"}),
    ("flags by hand", [frontend(), w(f"{V} -tp 8", gpus=4, multinode={}, experimental={"flagsInjection": "Manual"})], {}),
    ("picker with sidecars", [epp(), behind_picker("--router-mode", "direct")], {}),
    ("inter-pod memory", [frontend(), w(V, experimental={"gpuMemoryService": {"mode": "InterPod"}, "failover": {"mode": "InterPod"}})], {}),
    ("one plane for all", [frontend(env={"DYN_REQUEST_PLANE": "tcp"}), w(V)], {}),
    ("version of the override", [frontend(), w(V, image="registry.example/x:latest", runtimeVersionOverride="1.6.0")], {}),
    ("short graph on one node", [frontend(), w(V)], {"name": "a" * 36}),
    ("cache of another user", [frontend(), w(V, env={"HF_HUB_OFFLINE": "1"}, mounts={"/home/dynamo/.cache/huggingface": "x"})], {}),
    ("first replica", [frontend(), w(V, replicas=1, scalingAdapter={})], {}),
]  # fmt: skip


@pytest.mark.parametrize(("components", "more"), [(c, m) for _, c, m in QUIET], ids=[n for n, *_ in QUIET])
def test_nothing_found(components: list[dict[str, Any]], more: dict[str, Any]) -> None:
    found = lint(beta(*components, **more), release="1.6.1")
    assert [(f.rule, f.message) for f in found if f.severity != "info"] == []


PLANNED: list[tuple[dict[str, Any], str, str]] = [
    ({"no_field": 1}, "PL-02", "planner: the planner has no field no_field"),
    ({"no_operation": True}, "PL-02", "planner: no_operation is not a field of the planner of 1.6: write advisory"),
    ({"mode": "agg"}, "PL-05", "planner runs in mode agg and the graph has 1 prefill and 1 decode components: it stops"),
    (
        {"optimization_target": "load", "mode": "decode", "decode_scale_up_kv_rate": 0.2, "decode_scale_down_kv_rate": 0.4},
        "PL-06",
        "planner: decode_scale_up_kv_rate 0.2 is not above decode_scale_down_kv_rate 0.4",
    ),
    ({"scheduling": {"scale_interval_seconds": 7}}, "PL-07", "planner: scheduling.scale_interval_seconds 7 does not divide 5"),
    ({"prefill_min_endpoint": 8, "max_gpu_budget": 8}, "PL-09", "planner must keep 9 GPUs busy and may use 8: it stops"),
    ({"max_gpu_budget": 1, "min_endpoint": 0}, "PL-09", "the graph starts with 2 GPUs and planner may use 1: it shrinks the graph"),
    (
        {"enable_power_awareness": True, "total_gpu_power_limit": 1, "environment": "virtual"},
        "PL-11",
        "planner: enable_power_awareness needs environment kubernetes, and a mode other than agg",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("config", "code", "message"), PLANNED, ids=[f"{c}-{i}" for i, (_, c, _) in enumerate(PLANNED)]
)
def test_planner(config: dict[str, Any], code: str, message: str) -> None:
    assert (code, message) in {(f.rule, f.message) for f in lint(planned(config).obj, release="1.6.1")}


@pytest.mark.parametrize(
    "config",
    [
        {"max_gpu_budget": -1, "min_endpoint": 100},
        {"environment": "virtual", "advisory": True},
        {"ttft": 1, "itl": 2, "throughput_adjustment_interval": 60},
        {"mode": "prefill"},
    ],
)
def test_planner_is_left_alone(config: dict[str, Any]) -> None:
    assert list(lint(planned(config).obj, release="1.6.1")) == []


def test_every_value_that_the_planner_refuses_is_named() -> None:
    config = {
        "min_endpoint": "x",
        "max_gpu_budget": None,
        "throughput_adjustment_interval_seconds": "y",
        "scheduling": 3,
    }
    assert [(f.rule, f.message) for f in lint(planned(config).obj, release="1.6.1")] == [
        ("PL-12", "planner: min_endpoint: 'x' is not a whole number"),
        ("PL-12", "planner: max_gpu_budget is null: leave it out for 8"),
        ("PL-12", "planner: throughput_adjustment_interval_seconds: 'y' is not a whole number"),
        ("PL-12", "planner: scheduling: 3 is not a map"),
    ]


def test_an_advisory_planner_needs_no_adapters() -> None:
    assert list(lint(planned({"advisory": True}, *role_workers()).obj, release="1.6.1")) == []


@pytest.mark.parametrize(
    ("release", "services", "code", "severity"),
    [
        ("1.6.1", {"F": service("frontend", "dynamo.frontend", image="dynamo-frontend:1.6.1", gpus=0)}, "API-01", "warning"),
        ("0.9.1", {"P": service("planner", "dynamo.planner --config {}", image="vllm-runtime:0.9.1", gpus=0)}, "PL-01", "error"),
        ("1.1.1", {"w" * 40: service("worker", V, image="vllm-runtime:1.1.1")}, "NAM-01", "error"),
        ("1.1.1", {"w": service("worker", V, image="vllm-runtime:1.1.1"), "W": service("worker", V, image="vllm-runtime:1.1.1")}, "API-04", "warning"),
        ("1.1.1", {"w": service("worker", V, image="vllm-runtime:1.1.1") | {"resources": {"limits": {"nvidia.com/gpu": "1"}}}}, "GPU-04", "error"),
        ("1.0.2", {"w": service("worker", f"{V} --connector nixl", image="vllm-runtime:1.0.2")}, "KV-03", "error"),
        ("1.3.1", {"w": service("worker", T + " --disaggregation-mode prefill_and_decode", image="tensorrtllm-runtime:1.4.2")}, "ROLE-06", "error"),
    ],
)  # fmt: skip
def test_v1alpha1(release: str, services: dict[str, Any], code: str, severity: str) -> None:
    found = lint(alpha(services, dynamo=release, name="a-graph").obj, release=release)
    assert (code, severity) in {(f.rule, f.severity) for f in found}


@pytest.mark.parametrize("image", ["vllm-runtime:1.6.1-kimi-k3-dev.1", "vllm-runtime-xpu:1.6.1"])
def test_flags_of_other_builds_are_warnings(image: str) -> None:
    found = list(lint(beta(frontend(), w(f"{V} --flag-of-its-own 1", image=image)), release="1.6.1"))
    assert [(f.rule, f.severity) for f in found] == [("FLAG-01", "warning")]


def test_each_image_is_read_with_its_own_release() -> None:
    """The frontend's parser is that of 0.9, the worker's that of 1.6."""
    obj = beta(frontend("--kv-overlap-score-weight 1", image="dynamo-frontend:0.9.1"), w(V))
    assert {f.rule for f in lint(obj, release="1.6.1")} == {"IMG-02", "IMG-03"}


def test_a_tag_of_somebody_elses_image_says_nothing() -> None:
    obj = beta(frontend(), w(f"{V} --is-decode-worker", image="registry.example/team/server:0.9.1"))
    assert {f.rule for f in lint(obj, release="1.6.1")} == {"ROLE-02"}


def test_a_variable_of_the_graph_is_reported_once() -> None:
    obj = beta(frontend(), w(V), env=[{"name": "DYN_STORE_KV", "value": "mem"}])
    found = list(lint(obj, release="1.6.1"))
    assert [(f.rule, f.where) for f in found] == [("ENV-01", ("spec", "env", 0))]


@pytest.mark.parametrize(("features", "found"), [({"grove"}, True), ({"lws"}, False), (None, True)])
def test_names_are_short_for_grove_only(features: set[str] | None, *, found: bool) -> None:
    obj = beta(frontend(), name="a" * 40)
    cluster = {"features": features, "kubernetes": "1.34"}
    assert ("NAM-01" in {f.rule for f in lint(obj, release="1.6.1", cluster=cluster)}) is found


@pytest.mark.parametrize(("base", "found"), [("Qwen/Qwen3-0.6B", False), ("Qwen/Qwen3-8B", True)])
def test_adapters_are_for_the_model_that_is_referred_to(base: str, *, found: bool) -> None:
    worker = w(f"{V} --enable-lora", env={"DYN_LORA_ENABLED": "true"}, modelRef={"name": "Qwen/Qwen3-0.6B"})
    adapter = {"kind": "DynamoModel", "spec": {"modelName": "a", "baseModelName": base}}
    codes = {
        f.rule
        for f in lint(beta(frontend(), worker), release="1.6.1", others=[adapter, {"kind": "DynamoModel"}])
    }
    assert ("LORA-01" in codes) is found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("DYN_ROUTER_MOD", True),
        ("DYN_ROUTER_MODE", False),
        ("DYN_SOMETHING_ELSE", False),
        ("ROUTER_MODE", False),
    ],
)
def test_variables_one_slip_away(name: str, *, found: bool) -> None:
    codes = {f.rule for f in lint(beta(frontend(env={name: "kv"})), release="1.6.1")}
    assert ("ENV-03" in codes) is found


@pytest.mark.parametrize(
    ("graph", "component", "release", "severity"),
    [
        ("g" * 60, "w" * 38, "1.6.1", "warning"),
        ("g" * 60, "w" * 39, "1.6.1", "error"),
        ("g" * 30, "w" * 15, "1.6.1", None),
        ("g" * 30, "w" * 16, "1.6.1", "warning"),
        ("g" * 30, "w" * 16, "1.1.1", "error"),
    ],
)
def test_long_names(graph: str, component: str, release: str, severity: str | None) -> None:
    found = lint(beta(w(V, component), name=graph), release=release)
    assert {f.severity for f in found if f.rule == "NAM-01"} == ({severity} if severity else set())
