"""Rules on requests beyond their examples: both API versions, releases, what is quiet."""

from __future__ import annotations

from typing import Any

import pytest

from pydynamo_manifests.validate import validate
from pydynamo_manifests.validate.lint import lint


def beta(name: str = "qwen", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "nvidia.com/v1beta1",
        "kind": "DynamoGraphDeploymentRequest",
        "metadata": {"name": name},
        "spec": {"model": "m", "backend": "vllm", **spec},
    }


def alpha(**config: Any) -> dict[str, Any]:
    profiling = {"profilerImage": "nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.9.1", "config": config}
    spec = {"model": "m", "backend": "vllm", "profilingConfig": profiling}
    return {
        "apiVersion": "nvidia.com/v1alpha1",
        "kind": "DynamoGraphDeploymentRequest",
        "metadata": {"name": "qwen"},
        "spec": spec,
    }


def found(obj: dict[str, Any], release: str = "1.6.1") -> list[tuple[str, str, str]]:
    return [(f.rule, f.path, f.message) for f in lint(obj, release=release)]


@pytest.mark.parametrize(
    ("obj", "release", "expected"),
    [
        (beta(sla={"ttft": 0.3, "itl": 0.02}), "1.6.1", [
            ("REQ-01", "spec.sla.ttft", "ttft is 0.3 ms, which looks like seconds"),
            ("REQ-01", "spec.sla.itl", "itl is 0.02 ms, which looks like seconds"),
        ]),
        (beta(sla={"e2eLatency": 0}), "1.6.1", [("REQ-01", "spec.sla.e2eLatency", "e2eLatency is 0 ms: a latency is above 0")]),
        (alpha(sla={"ttft": -5}), "0.9.1", [
            ("REQ-01", "spec.profilingConfig.config.sla.ttft", "ttft is -5 ms: a latency is above 0"),
        ]),
        (beta(workload={"concurrency": 4, "requestRate": 2}), "1.6.1", [
            ("REQ-02", "spec.workload.requestRate", "requestRate beside concurrency: both say the load"),
        ]),
        (beta(features={"planner": {"aic_perf_model": {}}}), "1.5.1", []),
        (beta(features={"planner": {"aic_perf_model": {}}}), "1.6.1", [
            ("REQ-03", "spec.features.planner.aic_perf_model", "aic_perf_model is not a field of the planner of 1.6: it exists until 1.5"),
        ]),
        (beta(features={"planner": {"enabled": True}}), "1.6.1", []),
        (beta(features={"planner": {"pre_deployment_sweeping_mode": "none"}, "mocker": {"enabled": True}}), "1.6.1", [
            ("REQ-04", "spec.features.planner.pre_deployment_sweeping_mode", "simulated workers need a profile, and pre_deployment_sweeping_mode is none"),
        ]),
        (beta(hardware={"totalGpus": 3}, features={"planner": {"min_endpoint": 2}}), "1.6.1", [
            ("REQ-05", "spec.features.planner.min_endpoint", "min_endpoint 2 keeps 4 replicas of a GPU or more, totalGpus is 3"),
        ]),
        (beta(hardware={"totalGpus": 3}, features={"planner": {"min_endpoint": 2, "mode": "agg"}}), "1.6.1", []),
        (beta("a" * 33), "1.6.1", []),
        (beta("a" * 34), "1.6.1", [
            ("REQ-06", "metadata.name", f"graph {'a' * 34}-dgd and component Frontend have 46 letters, of 45 at most"),
        ]),
        (beta("a" * 40, overrides={"dgd": {"metadata": {"name": "short"}}}), "1.6.1", []),
        (beta(sla="x", workload=3, features=[], hardware=None), "1.6.1", []),
    ],
)  # fmt: skip
def test_requests(obj: dict[str, Any], release: str, expected: list[tuple[str, str, str]]) -> None:
    assert found(obj, release) == expected


def test_a_seconds_latency_says_the_number_to_write() -> None:
    (finding,) = lint(beta(sla={"ttft": 0.3}), release="1.6.1")
    assert finding.hint == "write ttft: 300"


def test_a_rule_is_switched_off_by_the_request_itself() -> None:
    obj = beta(sla={"ttft": 0.3})
    obj["metadata"]["annotations"] = {"manifests.dynamo/ignore": "REQ-01"}
    assert [f.rule for f in lint(obj, release="1.6.1")] == ["IGNORED"]


def test_validate_judges_requests_at_every_stage() -> None:
    report = validate(beta(sla={"ttft": 0.3}, hardware={"gpuSku": "h200"}), dynamo="1.6.1")
    assert [f.stage for f in report.findings] == ["schema"]
    report = validate(beta(sla={"ttft": 0.3}), dynamo="1.6.1")
    assert [f.rule for f in report.findings] == ["REQ-01"]
    assert report.documents[0].status == "invalid"
    report = validate(beta(hardware={"gpuSku": "gb200"}), dynamo="1.5.1")
    assert [f.stage for f in report.findings] == ["schema"]
