"""Graphs across releases: what changes, why, and what a person must decide."""

from __future__ import annotations

import copy
import json
from itertools import pairwise
from typing import Any

import pytest

from pydynamo_manifests import yaml
from pydynamo_manifests.errors import CombinationError, InputError, UnknownNameError
from pydynamo_manifests.upgrade import upgrade, upgrade_text
from tests.support.corpus import corpus

Obj = dict[str, Any]
IMAGE = "nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.9.1"


def worker(*args: str, role: str = "", **fields: Any) -> Obj:
    main = {"image": IMAGE, "command": ["python3", "-m", "dynamo.vllm"], "args": ["--model", "m", *args]}
    sub = {"subComponentType": role} if role else {}
    return {"componentType": "worker", **sub, **fields, "extraPodSpec": {"mainContainer": main}}


def frontend(*args: str, **fields: Any) -> Obj:
    main = {"image": IMAGE, "command": ["python3", "-m", "dynamo.frontend"], "args": list(args)}
    return {"componentType": "frontend", **fields, "extraPodSpec": {"mainContainer": main}}


def graph(**services: Obj) -> Obj:
    metadata = {"name": "g"}
    spec = {"services": services}
    return {
        "apiVersion": "nvidia.com/v1alpha1",
        "kind": "DynamoGraphDeployment",
        "metadata": metadata,
        "spec": spec,
    }


def main_of(manifest: Obj, name: str) -> Obj:
    found: Obj = manifest["spec"]["services"][name]["extraPodSpec"]["mainContainer"]
    return found


def args_of(source: Obj, name: str, start: str = "0.9", target: str = "1.6") -> list[str]:
    found: list[str] = main_of(upgrade(source, start, target).manifest, name)["args"]
    return found


def pairs(args: list[str]) -> dict[str, str]:
    return dict(pairwise(args))


def test_the_input_stays_and_equal_releases_change_nothing() -> None:
    source = graph(W=worker("--is-prefill-worker", role="prefill"))
    before = copy.deepcopy(source)
    upgrade(source, "0.9", "1.6")
    assert source == before
    done = upgrade(source, "0.9", "1.6").manifest
    again = upgrade(done, "1.6", "1.6.1")
    assert (again.manifest, again.changes) == (done, ())


def test_roles_and_transfer_of_vllm() -> None:
    source = graph(P=worker("--is-prefill-worker", role="prefill"), D=worker(role="decode"), A=worker())
    prefill, decode, aggregated = (pairs(args_of(source, name)) for name in "PDA")
    assert (prefill["--disaggregation-mode"], decode["--disaggregation-mode"]) == ("prefill", "decode")
    assert json.loads(prefill["--kv-transfer-config"])["kv_role"] == "kv_producer"
    assert json.loads(decode["--kv-transfer-config"])["kv_role"] == "kv_consumer"
    assert "--kv-transfer-config" not in aggregated
    older = pairs(args_of(source, "P", target="1.2"))
    assert json.loads(older["--kv-transfer-config"]) == {
        "kv_connector": "NixlConnector",
        "kv_role": "kv_both",
    }
    assert args_of(source, "P", "0.8", "0.9") == ["--model", "m", "--is-prefill-worker"]


@pytest.mark.parametrize(
    ("given", "config", "asks"),
    [
        (["kvbm"], {"kv_connector": "DynamoConnector", "kv_connector_module_path": "kvbm.vllm_integration.connector",
                    "kv_role": "kv_both"}, False),
        (["lmcache"], {"kv_connector": "LMCacheConnectorV1", "kv_role": "kv_both"}, False),
        (["none"], None, False),
        (["kvbm", "nixl"], None, True),
        (["flexkv"], None, True),
    ],
)  # fmt: skip
def test_connectors(given: list[str], config: Obj | None, asks: bool) -> None:  # noqa: FBT001 - a column
    result = upgrade(graph(A=worker("--connector", *given, "--x")), "0.9", "1.0")
    args = main_of(result.manifest, "A")["args"]
    assert "--connector" not in args
    assert args[2] == "--x"
    written = pairs(args).get("--kv-transfer-config")
    assert (json.loads(written) if written else None) == config
    assert any("write the connectors" in d.what for d in result.decisions) is asks


def test_kv_events_are_asked_for_where_the_router_reads_them() -> None:
    env = [{"name": "DYN_VLLM_KV_EVENT_PORT", "value": "20081"}]
    source = graph(F=frontend("--router-mode", "kv"), A=worker(envs=env), D=worker(role="decode"))
    result = upgrade(source, "1.0", "1.1")
    events = json.loads(pairs(main_of(result.manifest, "A")["args"])["--kv-events-config"])
    assert events == {
        "publisher": "zmq", "topic": "kv-events", "endpoint": "tcp://*:20081", "enable_kv_cache_events": True,
    }  # fmt: skip
    assert result.manifest["spec"]["services"]["A"]["envs"] == []
    assert "--kv-events-config" not in main_of(result.manifest, "D")["args"]
    for quiet in (frontend("--router-mode", "kv", "--no-router-kv-events"), frontend()):
        assert "--kv-events-config" not in args_of(graph(F=quiet, A=worker()), "A", "1.0", "1.1")
    off = worker("--no-enable-prefix-caching")
    assert "--kv-events-config" not in args_of(
        graph(F=frontend("--router-mode", "kv"), A=off), "A", "1.0", "1.1"
    )


def test_names_of_the_frontend() -> None:
    args = [
        "--router-mode",
        "kv",
        "--kv-overlap-score-weight",
        "1.0",
        "--no-kv-events",
        "--router-reset-states",
    ]
    env = [
        {"name": "DYN_ROUTER_TTL", "value": "5"},
        {"name": "DYN_STORE_KV", "value": "mem"},
        {"name": "DYN_ENFORCE_DISAGG", "value": "1"},
        {"name": "DYN_KV_EVENTS", "value": "false"},
        {"name": "DYN_ROUTER_USE_KV_EVENTS", "value": "false"},
    ]
    result = upgrade(graph(F=frontend(*args, envs=env)), "0.9", "1.6")
    assert main_of(result.manifest, "F")["args"] == [
        "--router-mode", "kv", "--router-kv-overlap-score-credit", "1.0", "--no-router-kv-events",
    ]  # fmt: skip
    assert result.manifest["spec"]["services"]["F"]["envs"] == [
        {"name": "DYN_ROUTER_TTL_SECS", "value": "5"},
        {"name": "DYN_DISCOVERY_BACKEND", "value": "mem"},
        {"name": "DYN_ROUTER_USE_KV_EVENTS", "value": "false"},
    ]
    assert all(change.reason for change in result.changes)
    assert "services.F: --no-kv-events -> --no-router-kv-events (renamed in 1.0)" in map(str, result.changes)
    assert any("check its value" in d.what for d in result.decisions)


def test_the_migration_limit_moves_to_the_frontend() -> None:
    source = graph(
        F=frontend("--http-port", "8000"), A=worker("--migration-limit", "3"), B=worker("--migration-limit=1")
    )
    result = upgrade(source, "0.9", "1.0")
    assert main_of(result.manifest, "A")["args"] == ["--model", "m"]
    assert main_of(result.manifest, "F")["args"] == ["--http-port", "8000", "--migration-limit", "3"]
    alone = upgrade(graph(A=worker("--migration-limit", "3")), "0.9", "1.0")
    assert [d.what for d in alone.decisions] == [
        "give the frontend --migration-limit 3, which stood at a worker"
    ]


def planner(*args: str, module: str = "planner_sla") -> Obj:
    main = {
        "image": IMAGE,
        "workingDir": "/workspace/components/src/dynamo/planner",
        "command": ["python3", "-m", module],
        "args": list(args),
    }
    return {"componentType": "planner", "extraPodSpec": {"mainContainer": main}}


def test_the_planners_flags_become_its_configuration() -> None:
    flags = ["--environment=kubernetes", "--backend=vllm", "--adjustment-interval=60", "--ttft=200.5", "--no-operation",
             "--profile-results-dir=/data", "--no-correction"]  # fmt: skip
    result = upgrade(graph(Planner=planner(*flags)), "0.9", "1.6")
    main = main_of(result.manifest, "Planner")
    assert main["command"] == ["python3", "-m", "dynamo.planner"]
    assert json.loads(main["args"][1]) == {
        "environment": "kubernetes",
        "backend": "vllm",
        "throughput_adjustment_interval_seconds": 60,
        "profile_results_dir": "/data",
        "ttft_ms": 200.5,
        "advisory": True,
        "optimization_target": "sla",
        "pre_deployment_sweeping_mode": "none",
    }
    assert "workingDir" not in main
    assert main["image"] == "nvcr.io/nvidia/ai-dynamo/dynamo-planner:1.6.1"
    assert any("--no-correction has no successor" in d.what for d in result.decisions)
    older = json.loads(args_of(graph(Planner=planner(*flags)), "Planner", target="1.0")[1])
    assert (older["throughput_adjustment_interval"], older["no_operation"]) == (60, True)
    assert "optimization_target" not in older


def test_the_planners_configuration_gets_its_new_names() -> None:
    config = {"ttft": 1, "load_metric_samples": 5, "aic_perf_model": {}, "backend": "vllm"}
    result = upgrade(
        graph(Planner=planner("--config", json.dumps(config), module="dynamo.planner")), "1.0", "1.6"
    )
    assert json.loads(main_of(result.manifest, "Planner")["args"][1]) == {
        "ttft_ms": 1,
        "aic_perf_model": {},
        "backend": "vllm",
    }
    assert any("ais_perf_model" in d.what for d in result.decisions)
    by_file = upgrade(graph(Planner=planner("--config", "/c.yaml", module="dynamo.planner")), "1.0", "1.6")
    assert main_of(by_file.manifest, "Planner")["args"] == ["--config", "/c.yaml"]


def test_a_planner_in_a_script_is_left_to_a_person() -> None:
    service = {
        "componentType": "planner",
        "extraPodSpec": {"mainContainer": {"command": ["sh", "-c"], "args": ["python3 -m planner_sla"]}},
    }
    result = upgrade(graph(Planner=service), "0.9", "1.6")
    assert any("stands in a shell script" in d.what for d in result.decisions)


@pytest.mark.parametrize(
    ("image", "expected", "asks"),
    [
        (IMAGE, "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.6.1", ""),
        ("mirror:5000/x/sglang-runtime:v0.9.0", "mirror:5000/x/sglang-runtime:1.6.1", ""),
        ("x/vllm-runtime:0.9.1-efa", "x/vllm-runtime:0.9.1-efa", "choose its successor"),
        ("x/vllm-runtime:my-tag", "x/vllm-runtime:my-tag", "runtimeVersionOverride must"),
        ("x/other:0.9.1", "x/other:0.9.1", ""),
        ("x/vllm-runtime@sha256:abc", "x/vllm-runtime@sha256:abc", ""),
    ],
)
def test_images(image: str, expected: str, asks: str) -> None:
    source = graph(A=worker())
    main_of(source, "A")["image"] = image
    result = upgrade(source, "0.9", "1.6")
    assert main_of(result.manifest, "A")["image"] == expected
    assert any(asks in d.what and "tag" in d.what for d in result.decisions) is bool(asks)


def test_a_newer_image_is_not_taken_back() -> None:
    source = graph(A=worker())
    main_of(source, "A")["image"] = "x/vllm-runtime:1.6.1"
    result = upgrade(source, "0.9", "1.4")
    assert main_of(result.manifest, "A")["image"] == "x/vllm-runtime:1.6.1"
    assert "x/vllm-runtime:1.6.1 is newer than 1.4.2" in [d.what for d in result.decisions]


def test_fields_of_a_component() -> None:
    source = graph(
        E={
            "componentType": "epp",
            "eppConfig": {"config": {}},
            "runtimeVersionOverride": "0.9.1",
            "dynamoNamespace": "d",
        },
        F=frontend("--request-plane", "http", "--router-prefill-load-model", "aic"),
    )
    result = upgrade(source, "0.9", "1.6")
    assert result.manifest["spec"]["services"]["E"] == {
        "componentType": "epp",
        "runtimeVersionOverride": "1.6.1",
    }
    assert main_of(result.manifest, "F")["args"][3] == "ais"
    assert any("choose nats or tcp" in d.what for d in result.decisions)
    assert any("convert --to nvidia.com/v1beta1" in d.what for d in result.decisions)


def test_trtllm_and_sglang() -> None:
    def engine(module: str, *args: str) -> Obj:
        return {
            "componentType": "worker",
            "extraPodSpec": {"mainContainer": {"command": ["python3", "-m", module], "args": list(args)}},
        }

    source = graph(
        T=engine("dynamo.trtllm", "--disaggregation-mode", "prefill_and_decode", "--publish-events-and-metrics",
                 "--disaggregation-strategy", "decode_first"),
        S=engine("dynamo.sglang", "--config-key", "decode"),
    )  # fmt: skip
    result = upgrade(source, "0.6", "1.6")
    assert main_of(result.manifest, "T")["args"] == ["--publish-kv-events"]
    assert any("--disagg-config-key" in d.what for d in result.decisions)


def test_worker_names() -> None:
    source = graph(
        VllmDecodeWorker=worker(), VllmPrefillWorker=worker("--is-prefill-worker"), Planner=planner()
    )
    source["spec"]["restart"] = {
        "id": "1",
        "strategy": {"order": ["Planner", "VllmDecodeWorker", "VllmPrefillWorker"]},
    }
    kept = upgrade(source, "0.9", "1.6")
    assert list(kept.manifest["spec"]["services"]) == ["VllmDecodeWorker", "VllmPrefillWorker", "Planner"]
    assert any("looks for other names (VllmDecodeWorker -> decode" in d.what for d in kept.decisions)
    renamed = upgrade(source, "0.9", "1.6", rename=True).manifest["spec"]
    assert list(renamed["services"]) == ["decode", "prefill", "Planner"]
    assert renamed["restart"]["strategy"]["order"] == ["Planner", "decode", "prefill"]


def test_v1beta1_and_component_deployments() -> None:
    container = {
        "name": "main",
        "image": IMAGE,
        "command": ["python3", "-m", "dynamo.vllm"],
        "args": ["--is-decode-worker"],
    }
    sidecar = {
        "name": "f",
        "image": IMAGE,
        "args": ["-m", "dynamo.frontend", "--router-ttl", "3"],
        "command": ["python3"],
    }
    spec = {
        "name": "VllmDecodeWorker",
        "type": "decode",
        "podTemplate": {"spec": {"containers": [sidecar, container]}},
    }
    source = {"apiVersion": "nvidia.com/v1beta1", "kind": "DynamoGraphDeployment", "metadata": {"name": "g"},
              "spec": {"components": [spec], "env": [{"name": "DYN_STORE_KV", "value": "mem"}]}}  # fmt: skip
    result = upgrade(source, "0.9", "1.6", rename=True).manifest["spec"]
    assert result["env"] == [{"name": "DYN_DISCOVERY_BACKEND", "value": "mem"}]
    assert result["components"][0]["name"] == "decode"
    first, second = result["components"][0]["podTemplate"]["spec"]["containers"]
    assert first["args"] == ["-m", "dynamo.frontend", "--router-ttl-secs", "3"]
    assert second["args"][:2] == ["--disaggregation-mode", "decode"]
    single = {
        "apiVersion": "nvidia.com/v1beta1",
        "kind": "DynamoComponentDeployment",
        "metadata": {"name": "w"},
        "spec": spec,
    }
    assert "--disaggregation-mode" in str(upgrade(single, "0.9", "1.6").manifest)


def test_what_the_parsers_of_the_target_refuse_is_left_to_a_person() -> None:
    result = upgrade(graph(A=worker("--disable-log-requests")), "0.9", "1.6")
    assert any("--disable-log-requests" in d.what for d in result.decisions)


def test_refusals() -> None:
    with pytest.raises(CombinationError, match=r"cannot upgrade from 1\.6\.1 to the older 0\.9\.1"):
        upgrade(graph(), "1.6", "0.9")
    with pytest.raises(UnknownNameError, match=r"unknown Dynamo release '7\.7'"):
        upgrade(graph(), "0.9", "7.7")
    with pytest.raises(InputError, match="cannot upgrade Pod of v1: the kinds are DynamoGraphDeployment"):
        upgrade({"kind": "Pod", "apiVersion": "v1"}, "0.9", "1.6")


@pytest.mark.parametrize(
    "spec",
    [
        None,
        [],
        {"services": {"a": None, "b": []}},
        {"components": ["x", {}]},
        {"services": {"a": {"extraPodSpec": None}}},
        {"services": {"a": {"extraPodSpec": [], "envs": ["x"]}}, "envs": {}},
        {"services": {"a": {"extraPodSpec": {"mainContainer": [], "containers": {}}}}},
    ],
)
def test_odd_shapes_do_no_harm(spec: Any) -> None:
    source = graph() | {"spec": spec}
    assert upgrade(source, "0.9", "1.6").manifest == source


def test_every_real_graph_can_be_upgraded_and_then_stays() -> None:
    count = 0
    for version, start in (("v1alpha1", "0.9"), ("v1beta1", "1.2")):
        for file in sorted((corpus() / "valid" / version).glob("dgd--*"))[::4]:
            result = upgrade(yaml.load(file.read_text()), start, "1.6")
            assert upgrade(result.manifest, "1.6", "1.6").changes == (), file.name
            count += 1
    assert count > 100


def test_texts_keep_comments_and_other_documents() -> None:
    other = "apiVersion: v1\nkind:   Pod\n"
    text = (
        f"{other}---\n# head\napiVersion: nvidia.com/v1alpha1\nkind: DynamoGraphDeployment\nmetadata: {{name: g}}\nspec:\n"
        "  services:\n    # the worker\n    A:\n      dynamoNamespace: x  # old\n      extraPodSpec:\n        mainContainer:\n"
        f"          image: {IMAGE}  # pinned\n"
    )
    result = upgrade_text(text, "0.9", "1.6", source="f.yaml")
    assert result.text.startswith(f"{other}---\n# head\napiVersion")
    assert "    # the worker\n    A:\n" in result.text
    assert "vllm-runtime:1.6.1  # pinned\n" in result.text
    assert result.notices == ["f.yaml, document 2: no place for the comment '# old'"]
    assert result.changes[0].startswith("f.yaml, document 2: services.A: ")
    assert upgrade_text(other, "0.9", "1.6").text == other
