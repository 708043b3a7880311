"""Every real request comes back equal, in the words of the values."""

from __future__ import annotations

from typing import Any

import pytest

from pydynamo_manifests import import_, render, validate
from pydynamo_manifests.errors import InputError
from pydynamo_manifests.import_ import Imported, import_graph, import_request
from pydynamo_manifests.import_.check import same
from pydynamo_manifests.values import apply_setters
from pydynamo_manifests.yaml import load
from tests.support.corpus import corpus, has_corpus

FILES = sorted((corpus() / "valid").rglob("dgdr--*.yaml")) if has_corpus() else []
REQUESTS = [(f"{f.parent.name}/{f.name}", load(f.read_text())) for f in FILES]


def back(imported: Imported, plain: dict[str, Any] | None = None) -> dict[str, Any]:
    (obj,) = render(plain or imported.plain, name=imported.name, chart_labels=False)
    return obj


def test_every_real_request_comes_back_equal(capsys: pytest.CaptureFixture[str]) -> None:
    corpus()
    wrong, hatched = [], 0
    for name, obj in REQUESTS:
        found = import_request(obj)
        made = back(found)
        metadata = {k: v for k, v in obj["metadata"].items() if k in ("name", "labels", "annotations")}
        if not same(made, {**obj, "metadata": metadata}):
            wrong.append(name)
        hatched += "spec" in found.plain
    with capsys.disabled():
        print(f"\nrequests imported and rendered equal: {len(REQUESTS) - len(wrong)} of {len(REQUESTS)}")
    assert wrong == []
    assert len(REQUESTS) > 60
    assert hatched == 0


def test_one_model_name_moves_the_request() -> None:
    corpus()
    for name, obj in REQUESTS:
        found = import_request(obj)
        plain = apply_setters(found.plain, set_string=["model.name=other-model"])
        assert back(found, plain)["spec"]["model"] == "other-model", name


def test_values_of_the_newest_say_what_the_schema_knows() -> None:
    obj = {
        "apiVersion": "nvidia.com/v1beta1",
        "kind": "DynamoGraphDeploymentRequest",
        "metadata": {
            "name": "qwen",
            "namespace": "team-a",
            "annotations": {"nvidia.com/generated-dgd-spec": "kind: X", "dgdr.nvidia.com/additional-resources": "x", "own": "1"},
            "labels": {"team": "a"},
        },
        "spec": {
            "model": "Qwen/Qwen3-32B",
            "backend": "vllm",
            "image": "nvcr.io/nvidia/ai-dynamo/dynamo-planner:1.6.1",
            "hardware": {"gpuSku": "h200_sxm", "totalGpus": 8},
            "sla": {"ttft": 300, "itl": 20},
            "overrides": {"dgd": {"apiVersion": "nvidia.com/v1beta1", "kind": "DynamoGraphDeployment"}},
            "autoApply": False,
        },
    }  # fmt: skip
    found = import_graph(obj, [{"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "c"}}])
    assert found.plain == {
        "dynamo": {"release": "1.6.1", "apiVersion": "nvidia.com/v1beta1"},
        "labels": {"team": "a"},
        "annotations": {"own": "1"},
        "model": {"name": "Qwen/Qwen3-32B"},
        "image": {"registry": "nvcr.io/nvidia/ai-dynamo", "repository": "dynamo-planner"},
        "request": {
            "backend": "vllm",
            "autoApply": False,
            "hardware": {"gpuSku": "h200_sxm", "totalGpus": 8},
            "sla": {"ttft": 300, "itl": 20},
            "overrides": {"dgd": {"apiVersion": "nvidia.com/v1beta1", "kind": "DynamoGraphDeployment"}},
        },
        "extraObjects": {"configmap-c": {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "c"}}},
    }
    assert (found.name, found.namespace) == ("qwen", "team-a")
    assert import_(obj).request
    assert validate(render(found.values, name="qwen")[:1]).ok


ALPHA: dict[str, Any] = {
    "apiVersion": "nvidia.com/v1alpha1",
    "kind": "DynamoGraphDeploymentRequest",
    "metadata": {"name": "a"},
    "spec": {
        "model": "m",
        "backend": "sglang",
        "useMocker": True,
        "profilingConfig": {
            "profilerImage": "registry.example/x:my-tag",
            "config": {
                "sla": {"ttft": 200.5, "itl": "fast", "isl": 3000, "osl": 150.5, "odd": 1},
                "deployment": {"modelCache": {"pvcName": "c", "pvcPath": "p"}, "model": "m"},
                "planner": {"plannerMinEndpoint": 2},
                "sweep": {"useAiConfigurator": True},
            },
            "nodeSelector": {"a": "b"},
            "outputPVC": "out",
        },
        "deploymentOverrides": {"workersImage": "w:1"},
        "enableGpuDiscovery": False,
    },
}


def test_settings_of_v1alpha1_move_where_they_have_a_field_and_stay_where_not() -> None:
    found = import_request(ALPHA)
    request = found.plain["request"]
    assert request["sla"] == {"ttft": 200.5}
    assert request["workload"] == {"isl": 3000}
    assert request["modelCache"] == {"pvcName": "c"}
    assert request["features"] == {"mocker": {"enabled": True}, "planner": {"plannerMinEndpoint": 2}}
    assert request["profilingConfig"]["config"] == {
        "deployment": {"modelCache": {"pvcPath": "p"}, "model": "m"},
        "sweep": {"useAiConfigurator": True},
        "sla": {"itl": "fast", "osl": 150.5, "odd": 1},
    }
    assert found.plain["image"] == {"registry": "registry.example", "repository": "x", "tag": "my-tag"}
    assert same(back(found)["spec"], ALPHA["spec"])


@pytest.mark.parametrize(
    "changes",
    [
        {"hardware": {"gpuSku": "h200_sxm", "future": 1}},
        {"future": {"a": 1}},
        {"sla": {"ttft": "300"}},
        {"image": "${IMAGE}"},
        {"image": "a/b@sha256:abc"},
        {"modelCache": {}},
        {"features": {}},
        {"backend": "trtllm", "runtimeVersionOverride": "1.5.0"},
    ],
)
def test_what_has_no_field_goes_through_the_hatch(changes: dict[str, Any]) -> None:
    spec = {"model": "m", **changes}
    obj = {
        "apiVersion": "nvidia.com/v1beta1",
        "kind": "DynamoGraphDeploymentRequest",
        "metadata": {"name": "a"},
        "spec": spec,
    }
    assert same(back(import_request(obj))["spec"], spec)


@pytest.mark.parametrize(
    ("obj", "message"),
    [
        (
            {"kind": "Pod", "apiVersion": "v1"},
            "v1 Pod is not a request of nvidia.com/v1alpha1 or nvidia.com/v1beta1",
        ),
        (
            {"kind": "DynamoGraphDeploymentRequest", "apiVersion": "nvidia.com/v1beta1", "spec": {}},
            "the request's spec says no model",
        ),
    ],
)
def test_what_is_no_request_is_refused(obj: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as e:
        import_request(obj)
    assert str(e.value) == message
