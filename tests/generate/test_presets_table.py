"""What each preset must say, by hand from upstream's examples and parsers, read from rendered objects.

Sizes are replicas (a: a scaling adapter's) x nodes x GPUs per node. The column `transfer` is how KV blocks travel, `events` what
feeds the router; a dash means that there is none.
"""

from __future__ import annotations

import json

import pytest

from pydynamo_manifests.generate import compose
from pydynamo_manifests.generate.presets import presets
from pydynamo_manifests.render import render
from tests.support.graphs import Seen, graph_of, seen

WORKERS = """
1.6/vllm-agg                         worker              worker  1x1x1 -                             -                   -                          -
1.6/vllm-agg-router                  worker              worker  2x1x1 -                             -                   zmq:20080                  -
1.6/vllm-disagg                      prefill             prefill 1x1x1 disaggregation-mode=prefill   nixl:kv_producer    -                          -
1.6/vllm-disagg                      decode              decode  1x1x1 disaggregation-mode=decode    nixl:kv_consumer    -                          -
1.6/vllm-disagg-router               prefill             prefill 2x1x1 disaggregation-mode=prefill   nixl:kv_producer    zmq:20080                  -
1.6/vllm-disagg-router               decode              decode  2x1x1 disaggregation-mode=decode    nixl:kv_consumer    -                          -
1.6/vllm-disagg-multinode            prefill             prefill 1x2x4 disaggregation-mode=prefill   nixl:kv_producer+id -                          -
1.6/vllm-disagg-multinode            decode              decode  1x2x4 disaggregation-mode=decode    nixl:kv_consumer+id -                          -
1.6/sglang-agg                       decode              worker  1x1x1 -                             -                   -                          -
1.6/sglang-agg-router                decode              worker  2x1x1 -                             -                   zmq:5557                   -
1.6/sglang-disagg                    prefill             prefill 1x1x1 disaggregation-mode=prefill   nixl@0.0.0.0:12345  -                          -
1.6/sglang-disagg                    decode              decode  1x1x1 disaggregation-mode=decode    nixl@0.0.0.0:12345  -                          -
1.6/sglang-disagg-router             prefill             prefill 2x1x1 disaggregation-mode=prefill   nixl@0.0.0.0:12345  zmq:5557                   -
1.6/sglang-disagg-router             decode              decode  2x1x1 disaggregation-mode=decode    nixl@0.0.0.0:12345  -                          -
1.6/sglang-disagg-multinode          prefill             prefill 1x2x4 disaggregation-mode=prefill   nixl@0.0.0.0:12345  -                          GLOO_SOCKET_IFNAME=eth0
1.6/sglang-disagg-multinode          decode              decode  1x2x4 disaggregation-mode=decode    nixl@0.0.0.0:12345  -                          GLOO_SOCKET_IFNAME=eth0
1.6/trtllm-agg                       TRTLLMWorker        worker  1x1x1 -                             -                   -                          -
1.6/trtllm-agg-router                TRTLLMWorker        worker  2x1x1 -                             -                   publish-kv-events          -
1.6/trtllm-disagg                    prefill             prefill 1x1x1 disaggregation-mode=prefill   DEFAULT,no-overlap  -                          -
1.6/trtllm-disagg                    decode              decode  1x1x1 disaggregation-mode=decode    DEFAULT             -                          -
1.6/trtllm-disagg-router             prefill             prefill 2x1x1 disaggregation-mode=prefill   DEFAULT,no-overlap  publish-kv-events          -
1.6/trtllm-disagg-router             decode              decode  2x1x1 disaggregation-mode=decode    DEFAULT             -                          -
1.6/trtllm-disagg-multinode          prefill             prefill 1x2x4 disaggregation-mode=prefill   DEFAULT,no-overlap  -                          OMPI_ALLOW_RUN_AS_ROOT=1,OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
1.6/trtllm-disagg-multinode          decode              decode  1x2x4 disaggregation-mode=decode    DEFAULT             -                          OMPI_ALLOW_RUN_AS_ROOT=1,OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
1.6/mocker-agg                       decode              worker  1x1x0 -                             -                   -                          -
1.6/mocker-agg-router                decode              worker  2x1x0 -                             -                   -                          -
1.6/mocker-disagg                    prefill             prefill 1x1x0 disaggregation-mode=prefill   -                   -                          -
1.6/mocker-disagg                    decode              decode  1x1x0 disaggregation-mode=decode    -                   -                          -
1.6/mocker-disagg-router             prefill             prefill 2x1x0 disaggregation-mode=prefill   -                   -                          -
1.6/mocker-disagg-router             decode              decode  2x1x0 disaggregation-mode=decode    -                   -                          -
1.6/qwen3-32b-vllm-agg-router        worker              worker  4x1x2 -                             -                   zmq:20080                  HF_HOME=/model-cache
1.6/qwen3-32b-vllm-disagg-router     prefill             prefill 4x1x2 disaggregation-mode=prefill   nixl:kv_producer    zmq:20080                  HF_HOME=/model-cache
1.6/qwen3-32b-vllm-disagg-router     decode              decode  4x1x2 disaggregation-mode=decode    nixl:kv_consumer    -                          HF_HOME=/model-cache
1.6/gpt-oss-120b-vllm-disagg-router  prefill             prefill 2x1x2 disaggregation-mode=prefill   nixl:kv_producer    zmq:20080                  HF_HOME=/model-cache
1.6/gpt-oss-120b-vllm-disagg-router  decode              decode  2x1x2 disaggregation-mode=decode    nixl:kv_consumer    -                          HF_HOME=/model-cache
0.9/vllm-agg                         VllmDecodeWorker    worker  1x1x1 -                             -                   -                          -
0.9/vllm-agg-router                  VllmDecodeWorker    worker  2x1x1 -                             -                   -                          -
0.9/vllm-disagg                      VllmPrefillWorker   prefill 1x1x1 is-prefill-worker             connector:nixl      -                          -
0.9/vllm-disagg                      VllmDecodeWorker    decode  1x1x1 is-decode-worker              connector:nixl      -                          -
0.9/vllm-disagg-router               VllmPrefillWorker   prefill 2x1x1 is-prefill-worker             connector:nixl      -                          -
0.9/vllm-disagg-router               VllmDecodeWorker    decode  2x1x1 is-decode-worker              connector:nixl      -                          -
0.9/vllm-disagg-multinode            prefill             prefill 1x2x4 is-prefill-worker             connector:nixl      -                          -
0.9/vllm-disagg-multinode            decode              decode  1x2x4 is-decode-worker              connector:nixl      -                          -
0.9/sglang-agg                       decode              worker  1x1x1 -                             -                   -                          -
0.9/sglang-agg-router                decode              worker  2x1x1 -                             -                   zmq:5557                   -
0.9/sglang-disagg                    prefill             prefill 1x1x1 disaggregation-mode=prefill   nixl@0.0.0.0:12345  -                          -
0.9/sglang-disagg                    decode              decode  1x1x1 disaggregation-mode=decode    nixl@0.0.0.0:12345  -                          -
0.9/sglang-disagg-router             prefill             prefill 2x1x1 disaggregation-mode=prefill   nixl@0.0.0.0:12345  zmq:5557                   -
0.9/sglang-disagg-router             decode              decode  2x1x1 disaggregation-mode=decode    nixl@0.0.0.0:12345  -                          -
0.9/sglang-disagg-multinode          prefill             prefill 1x2x4 disaggregation-mode=prefill   nixl@0.0.0.0:12345  -                          GLOO_SOCKET_IFNAME=eth0
0.9/sglang-disagg-multinode          decode              decode  1x2x4 disaggregation-mode=decode    nixl@0.0.0.0:12345  -                          GLOO_SOCKET_IFNAME=eth0
0.9/trtllm-agg                       TRTLLMWorker        worker  1x1x1 -                             -                   -                          -
0.9/trtllm-agg-router                TRTLLMWorker        worker  2x1x1 -                             -                   publish-events-and-metrics -
0.9/trtllm-disagg                    TRTLLMPrefillWorker prefill 1x1x1 disaggregation-mode=prefill   DEFAULT,no-overlap  -                          -
0.9/trtllm-disagg                    TRTLLMDecodeWorker  decode  1x1x1 disaggregation-mode=decode    DEFAULT             -                          -
0.9/trtllm-disagg-router             TRTLLMPrefillWorker prefill 2x1x1 disaggregation-mode=prefill   DEFAULT,no-overlap  publish-events-and-metrics -
0.9/trtllm-disagg-router             TRTLLMDecodeWorker  decode  2x1x1 disaggregation-mode=decode    DEFAULT             -                          -
0.9/trtllm-disagg-multinode          prefill             prefill 1x2x4 disaggregation-mode=prefill   DEFAULT,no-overlap  -                          OMPI_ALLOW_RUN_AS_ROOT=1,OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
0.9/trtllm-disagg-multinode          decode              decode  1x2x4 disaggregation-mode=decode    DEFAULT             -                          OMPI_ALLOW_RUN_AS_ROOT=1,OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
0.9/mocker-agg                       decode              worker  1x1x0 -                             -                   -                          -
0.9/mocker-agg-router                decode              worker  2x1x0 -                             -                   -                          -
0.9/mocker-disagg                    prefill             prefill 1x1x0 is-prefill-worker             -                   -                          -
0.9/mocker-disagg                    decode              decode  1x1x0 is-decode-worker              -                   -                          -
0.9/mocker-disagg-router             prefill             prefill 2x1x0 is-prefill-worker             -                   -                          -
0.9/mocker-disagg-router             decode              decode  2x1x0 is-decode-worker              -                   -                          -
1.6/vllm-disagg-planner              prefill             prefill ax1x1 disaggregation-mode=prefill   nixl:kv_producer    -                          -
1.6/vllm-disagg-planner              decode              decode  ax1x1 disaggregation-mode=decode    nixl:kv_consumer    -                          -
1.6/sglang-disagg-planner            prefill             prefill ax1x1 disaggregation-mode=prefill   nixl@0.0.0.0:12345  -                          -
1.6/sglang-disagg-planner            decode              decode  ax1x1 disaggregation-mode=decode    nixl@0.0.0.0:12345  -                          -
1.6/trtllm-disagg-planner            prefill             prefill ax1x1 disaggregation-mode=prefill   DEFAULT,no-overlap  -                          -
1.6/trtllm-disagg-planner            decode              decode  ax1x1 disaggregation-mode=decode    DEFAULT             -                          -
1.6/mocker-disagg-planner            prefill             prefill ax1x0 disaggregation-mode=prefill   -                   -                          -
1.6/mocker-disagg-planner            decode              decode  ax1x0 disaggregation-mode=decode    -                   -                          -
0.9/vllm-disagg-planner              VllmPrefillWorker   prefill ax1x1 is-prefill-worker             connector:nixl      -                          -
0.9/vllm-disagg-planner              VllmDecodeWorker    decode  ax1x1 is-decode-worker              connector:nixl      -                          -
0.9/sglang-disagg-planner            prefill             prefill ax1x1 disaggregation-mode=prefill   nixl@0.0.0.0:12345  -                          -
0.9/sglang-disagg-planner            decode              decode  ax1x1 disaggregation-mode=decode    nixl@0.0.0.0:12345  -                          -
0.9/trtllm-disagg-planner            TRTLLMPrefillWorker prefill ax1x1 disaggregation-mode=prefill   DEFAULT,no-overlap  -                          -
0.9/trtllm-disagg-planner            TRTLLMDecodeWorker  decode  ax1x1 disaggregation-mode=decode    DEFAULT             -                          -
0.9/mocker-disagg-planner            prefill             prefill ax1x0 is-prefill-worker             -                   -                          -
0.9/mocker-disagg-planner            decode              decode  ax1x0 is-decode-worker              -                   -                          -
"""

IMAGES = {
    ("1.6", "vllm"): "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.6.1",
    ("1.6", "sglang"): "nvcr.io/nvidia/ai-dynamo/sglang-runtime:1.6.1",
    ("1.6", "trtllm"): "nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:1.6.1",
    ("1.6", "mocker"): "nvcr.io/nvidia/ai-dynamo/dynamo-planner:1.6.1",
    ("0.9", "vllm"): "nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.9.1",
    ("0.9", "sglang"): "nvcr.io/nvidia/ai-dynamo/sglang-runtime:0.9.1",
    ("0.9", "trtllm"): "nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:0.9.1",
    ("0.9", "mocker"): "nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.9.1",
}
FRONTENDS = {"1.6": "nvcr.io/nvidia/ai-dynamo/dynamo-frontend:1.6.1"}
MODULES = {
    "vllm": "dynamo.vllm",
    "sglang": "dynamo.sglang",
    "trtllm": "dynamo.trtllm",
    "mocker": "dynamo.mocker",
}
MODEL_FLAGS = {
    "vllm": ("model", "served-model-name"),
    "sglang": ("model-path", "served-model-name"),
    "trtllm": ("model", "served-model-name"),
    "mocker": ("model-path", "model-name"),
}
OLD_MODEL_FLAGS = ("model-path", "served-model-name")
ROWS = {(row[0], row[1]): tuple(row[2:]) for row in map(str.split, WORKERS.strip().splitlines())}
INTENTS = dict(presets())


def role(flags: dict[str, str | bool]) -> str:
    words = ("disaggregation-mode", "is-prefill-worker", "is-decode-worker", "disaggregation-strategy")
    found = [w if flags[w] is True else f"{w}={flags[w]}" for w in words if w in flags]
    return "+".join(found) or "-"


def transfer(worker: Seen) -> str:
    flags = worker.flags
    if "connector" in flags:
        return f"connector:{flags['connector']}"
    if "kv-transfer-config" in flags:
        config = json.loads(str(flags["kv-transfer-config"]))
        name = {"NixlConnector": "nixl"}[config.pop("kv_connector")]
        return (
            f"{name}:{config.pop('kv_role')}"
            + ("+id" if config.pop("engine_id", None) else "")
            + "".join(config)
        )
    if "disaggregation-transfer-backend" in flags:
        where = f"{flags['host']}:{flags['disaggregation-bootstrap-port']}"
        return f"{flags['disaggregation-transfer-backend']}@{where}"
    engine = worker.files.get(str(flags.get("extra-engine-args")), {})
    parts = [
        engine.get("cache_transceiver_config", {}).get("backend"),
        engine.get("disable_overlap_scheduler") and "no-overlap",
    ]
    return ",".join(p for p in parts if p) or "-"


def events(flags: dict[str, str | bool]) -> str:
    if "kv-events-config" in flags:
        config = json.loads(str(flags["kv-events-config"]))
        on = config.get("enable_kv_cache_events", "sglang")
        assert on in (True, "sglang")
        assert config["topic"] == "kv-events"
        return f"{config['publisher']}:{config['endpoint'].removeprefix('tcp://*:')}"
    return next((w for w in ("publish-kv-events", "publish-events-and-metrics") if flags.get(w) is True), "-")


def env(worker: Seen) -> str:
    return ",".join(f"{k}={v}" for k, v in sorted(worker.env.items())) or "-"


@pytest.mark.parametrize("name", INTENTS)
def test_a_preset_says_what_the_table_says(name: str) -> None:
    components = seen(render(compose(INTENTS[name]), name="qwen", namespace="team-a"))
    frontend = components.pop("Frontend")
    components.pop("Planner", None)
    assert {key[1] for key in ROWS if key[0] == name} == set(components)
    for worker in components.values():
        size = f"{'a' if worker.replicas is None else worker.replicas}x{worker.nodes}x{worker.gpus}"
        observed = (
            worker.type,
            size,
            role(worker.flags),
            transfer(worker),
            events(worker.flags),
            env(worker),
        )
        assert observed == ROWS[name, worker.name]
    router = {"DYN_ROUTER_MODE": "kv"} if "router" in name else {}
    assert (frontend.type, frontend.replicas, frontend.gpus, frontend.env) == ("frontend", 1, 0, router)


@pytest.mark.parametrize("name", INTENTS)
def test_a_preset_starts_the_right_module_from_the_right_image(name: str) -> None:
    intent, line = INTENTS[name], name.partition("/")[0]
    objects = render(compose(intent), name="qwen")
    components = seen(objects)
    frontend = components.pop("Frontend")
    components.pop("Planner", None)
    image = IMAGES[line, intent.backend]
    assert frontend.image == FRONTENDS.get(line, image)
    assert frontend.command == ("python3",)
    for worker in components.values():
        assert worker.image == image
        shell = "+id" in ROWS[name, worker.name][3]
        assert worker.command == (("/bin/sh", "-c") if shell else ("python3", "-m", worker.module))
        assert worker.module == MODULES[intent.backend]
        names = OLD_MODEL_FLAGS if name.startswith("0.9/trtllm") else MODEL_FLAGS[intent.backend]
        assert [worker.flags[f] for f in names] == [intent.model] * 2
        assert "HF_TOKEN" in worker.sources
        if worker.gpus:
            assert worker.flags["tensor-parallel-size"] == str(worker.gpus * worker.nodes)
    version = {"1.6": "nvidia.com/v1beta1", "0.9": "nvidia.com/v1alpha1"}[line]
    framework = None if intent.backend == "mocker" else intent.backend
    graph = graph_of(objects)
    assert (graph["apiVersion"], graph["spec"].get("backendFramework")) == (version, framework)


def test_the_table_has_a_row_for_every_worker_and_no_other() -> None:
    assert {name for name, _ in ROWS} == set(INTENTS)
