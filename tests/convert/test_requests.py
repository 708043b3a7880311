"""DynamoGraphDeploymentRequest: the blob, the profiling Job, the status."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pydynamo_manifests.convert import ALPHA, BETA, convert

Obj = dict[str, Any]
KIND = "DynamoGraphDeploymentRequest"


def request(version: str, spec: Obj, status: Obj | None = None, annotations: Obj | None = None) -> Obj:
    metadata = {"name": "r"} | ({"annotations": annotations} if annotations else {})
    out: Obj = {"apiVersion": version, "kind": KIND, "metadata": metadata, "spec": spec}
    return out if status is None else out | {"status": status}


def saved(manifest: Obj, part: str = "spec") -> Any:
    data = json.loads(manifest["metadata"]["annotations"][f"nvidia.com/dgdr-{part}"])
    return data["spec"] if part == "spec" else data


def test_settings_with_a_field_leave_the_blob() -> None:
    blob = {
        "sla": {"ttft": 200.0, "itl": "fast", "isl": 3000.9, "osl": True, "optimizationType": "latency"},
        "deployment": {"modelCache": {"pvcName": "p", "modelPathInPvc": ""}},
        "planner": {"mode": "x"},
        "sweep": {"b": 1, "a": 2},
    }
    spec = {"model": "m", "backend": "vllm", "profilingConfig": {"profilerImage": "i", "config": blob}}
    out = convert(request(ALPHA, spec), BETA)
    assert out["spec"] == {
        "model": "m",
        "backend": "vllm",
        "image": "i",
        "modelCache": {"pvcName": "p"},
        "workload": {"isl": 3000},
        "sla": {"optimizationType": "latency", "ttft": 200},
        "features": {"planner": {"mode": "x"}},
        "autoApply": False,
    }
    rest = saved(out)["profilingConfig"]["config"]
    assert list(rest["sweep"]) == ["a", "b"]
    assert rest == {
        "sla": {"itl": "fast", "osl": True},
        "deployment": {"modelCache": {"modelPathInPvc": ""}},
        "sweep": {"a": 2, "b": 1},
    }
    back = convert(out, ALPHA)["spec"]["profilingConfig"]["config"]
    anew = {"sla": blob["sla"] | {"isl": 3000}, "deployment": {"modelCache": {"pvcName": "p"}}}  # type: ignore[operator]
    assert back == blob | anew


@pytest.mark.parametrize(
    ("cache", "kept"),
    [
        ({"other": 1}, {"other": 1}),
        ({"pvcName": "p", "other": 1}, {"pvcName": "p"}),
        ({"pvcName": "p", "pvcMountPath": "/x", "other": {}}, {"pvcName": "p", "pvcMountPath": "/x"}),
    ],
)
def test_a_model_cache_with_fields_is_written_anew(cache: Obj, kept: Obj) -> None:
    blob = {"deployment": {"modelCache": cache, "x": 1}}
    spec = {"model": "m", "profilingConfig": {"config": blob}}
    back = convert(convert(request(ALPHA, spec), BETA), ALPHA)["spec"]["profilingConfig"]["config"]
    assert back == {"deployment": {"modelCache": kept, "x": 1}}


def test_any_objective_reaches_the_older_version() -> None:
    out = convert(request(BETA, {"model": "m", "sla": {"optimizationType": "cost"}}), ALPHA)
    assert out["spec"]["profilingConfig"]["config"] == {"sla": {"optimizationType": "cost"}}


def test_empty_overrides_are_none() -> None:
    out = convert(request(ALPHA, {"model": "m", "deploymentOverrides": {}}), BETA)
    assert "annotations" not in out["metadata"] or "deploymentOverrides" not in saved(out)


@pytest.mark.parametrize(
    ("blob", "kept"), [({}, {}), ({"sla": {}}, {"sla": {}}), ({"planner": {}}, {"planner": {}})]
)
def test_empty_settings_are_kept(blob: Obj, kept: Obj) -> None:
    spec = {"model": "m", "profilingConfig": {"config": blob}}
    out = convert(request(ALPHA, spec), BETA)
    assert saved(out)["profilingConfig"]["config"] == kept
    assert convert(out, ALPHA)["spec"]["profilingConfig"]["config"] == blob


def test_a_count_beyond_32_bits_is_cut_as_go_does() -> None:
    spec = {"model": "m", "profilingConfig": {"config": {"sla": {"isl": 2.0**40, "osl": -(2.0**40)}}}}
    assert convert(request(ALPHA, spec), BETA)["spec"]["workload"] == {"isl": 2**31 - 1, "osl": -(2**31)}


def test_the_image_is_the_profilers_or_else_the_workers() -> None:
    overrides = {"deploymentOverrides": {"workersImage": "w"}}
    assert convert(request(ALPHA, {"model": "m", **overrides}), BETA)["spec"]["image"] == "w"
    both = {"model": "m", "profilingConfig": {"profilerImage": "p"}, **overrides}
    out = convert(request(ALPHA, both), BETA)
    assert out["spec"]["image"] == "p"
    assert convert(out, ALPHA)["spec"]["deploymentOverrides"] == {"workersImage": "w"}


def test_apply_defaults_flip() -> None:
    assert convert(request(ALPHA, {"model": "m"}), BETA)["spec"]["autoApply"] is False
    assert convert(request(BETA, {"model": "m"}), ALPHA)["spec"]["autoApply"] is True
    assert "autoApply" not in convert(request(BETA, {"model": "m", "autoApply": False}), ALPHA)["spec"]


def test_what_only_v1beta1_has() -> None:
    spec = {
        "model": "m",
        "autoApply": True,
        "hardware": {"gpuSku": "h200_sxm", "rdma": False},
        "workload": {"isl": 1, "concurrency": 2.5},
        "sla": {"e2eLatency": 9, "ttft": 1},
        "overrides": {"dgd": {"kind": "K", "apiVersion": "v"}, "trustRemoteCode": True},
        "features": {"kvRouter": {"enabled": True}, "mocker": {}},
        "searchStrategy": "rapid",
    }
    out = convert(request(BETA, spec), ALPHA)
    assert saved(out)["workload"] == {"concurrency": 2.5}
    assert convert(out, BETA)["spec"] == spec


def job(*containers: Obj, **spec: Any) -> Obj:
    return {"profilingJob": {"template": {"spec": {"containers": list(containers), **spec}}}}


def test_a_profiling_job_is_split_and_joined() -> None:
    profiler = {"name": "profiler", "image": "p", "resources": {"limits": {"cpu": "2"}}}
    other = {"name": "copier", "image": "c"}
    overrides = job(
        profiler, other, tolerations=[{"operator": "Exists"}], nodeSelector={"a": "b"}, hostIPC=True
    )
    out = convert(request(BETA, {"model": "m", "autoApply": True, "overrides": overrides}), ALPHA)
    assert out["spec"]["profilingConfig"] == {
        "profilerImage": "",
        "resources": {"limits": {"cpu": "2"}},
        "tolerations": [{"operator": "Exists"}],
        "nodeSelector": {"a": "b"},
    }
    assert convert(out, BETA)["spec"]["overrides"] == overrides
    out["spec"]["profilingConfig"]["resources"]["limits"]["cpu"] = "4"
    edited = convert(out, BETA)["spec"]["overrides"]["profilingJob"]["template"]["spec"]["containers"]
    assert edited[0]["resources"] == {"limits": {"cpu": "4"}}


def test_resources_alone_make_the_profilers_container() -> None:
    spec = {"model": "m", "profilingConfig": {"resources": {"limits": {"cpu": "1000m"}}}}
    out = convert(request(ALPHA, spec), BETA)
    assert out["spec"]["overrides"] == job({"name": "profiler", "resources": {"limits": {"cpu": "1"}}})
    assert "annotations" not in convert(out, ALPHA)["metadata"]


@pytest.mark.parametrize(
    "empty",
    [
        {},
        {"template": {"spec": {"containers": []}}},
        {"template": {"metadata": {"labels": {}}, "spec": {"nodeSelector": {}}}},
    ],
)
def test_a_profiling_job_that_says_nothing_leaves_no_mark(empty: Obj) -> None:
    out = convert(request(BETA, {"model": "m", "overrides": {"profilingJob": empty}}), ALPHA)
    assert "annotations" not in out["metadata"]


@pytest.mark.parametrize("job", [{"selector": {}}, {"template": {"spec": {"securityContext": {}}}}])
def test_an_empty_block_of_a_profiling_job_is_kept_where_it_means_something(job: Obj) -> None:
    out = convert(request(BETA, {"model": "m", "overrides": {"profilingJob": job}}), ALPHA)
    kept = saved(out)["overrides"]["profilingJob"]
    assert job.items() <= kept.items() or kept["template"]["spec"]["securityContext"] == {}


def test_retired_annotations_are_taken_away() -> None:
    keys = ("config-map-ref", "output-pvc", "status-backend", "profiling-job-name")
    annotations = {f"nvidia.com/dgdr-{key}": "x" for key in keys}
    for version, to in ((ALPHA, BETA), (BETA, ALPHA)):
        out = convert(request(version, {"model": "m"}, annotations=annotations | {"mine": "1"}), to)
        assert out["metadata"]["annotations"] == {"mine": "1"}


@pytest.mark.parametrize(
    ("state", "created", "phase"),
    [
        ("", False, "Pending"), ("Pending", False, "Pending"), ("Initializing", False, "Pending"), ("Odd", False, "Pending"),
        ("Profiling", False, "Profiling"), ("Deploying", True, "Deploying"), ("Failed", False, "Failed"),
        ("Ready", False, "Ready"), ("Ready", True, "Deployed"), ("DeploymentDeleted", True, "Ready"),
    ],
)  # fmt: skip
def test_states(state: str, created: bool, phase: str) -> None:  # noqa: FBT001 - a column of the table
    deployment = {"name": "d", "state": ""} | ({"created": True} if created else {})
    status = {"state": state, "deployment": deployment, "observedGeneration": 2}
    out = convert(request(ALPHA, {"model": "m"}, status), BETA)
    assert out["status"] == {"phase": phase, "dgdName": "d", "observedGeneration": 2}
    back = convert(out, ALPHA)["status"]
    assert back == status | {"state": state or "Pending"}


def test_a_state_of_another_deployment_is_not_restored() -> None:
    status = {"state": "DeploymentDeleted", "deployment": {"name": "d", "state": "", "created": True}}
    out = convert(request(ALPHA, {"model": "m"}, status), BETA)
    out["status"]["dgdName"] = "e"
    assert convert(out, ALPHA)["status"] == {"state": "Ready", "deployment": {"name": "e", "state": ""}}


def test_status_that_only_v1beta1_has() -> None:
    status = {
        "phase": "Deployed",
        "dgdName": "d",
        "profilingResults": {"pareto": [{"config": {"a": 1}}], "selectedConfig": {"kind": "K"}},
        "deploymentInfo": {"replicas": 1},
    }
    out = convert(request(BETA, {"model": "m", "autoApply": True}, status), ALPHA)
    assert out["status"]["state"] == "Ready"
    assert convert(out, BETA)["status"] == status
    out["status"]["deployment"]["name"] = "e"
    edited = convert(out, BETA)["status"]
    assert (edited["phase"], "deploymentInfo" in edited) == ("Ready", False)


def test_a_saved_status_that_cannot_be_read_is_ignored() -> None:
    source = request(BETA, {"model": "m"}, {"phase": "Ready"}, {"nvidia.com/dgdr-status": "{"})
    assert convert(source, ALPHA)["status"] == {"state": "Ready"}
