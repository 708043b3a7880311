from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.cli import main
from pydynamo_manifests.errors import InputError
from pydynamo_manifests.requests.status import STEPS, request_status, status_lines
from pydynamo_manifests.yaml import dump

if TYPE_CHECKING:
    from pathlib import Path


def request(status: dict[str, Any], *, alpha: bool = False) -> dict[str, Any]:
    return {
        "apiVersion": f"nvidia.com/v1{'alpha' if alpha else 'beta'}1",
        "kind": "DynamoGraphDeploymentRequest",
        "metadata": {"name": "qwen", "namespace": "team-a"},
        "spec": {"model": "m"},
        "status": status,
    }


def condition(kind: str, status: str, reason: str, message: str = "") -> dict[str, str]:
    return {"type": kind, "status": status, "reason": reason, "message": message}


def said(status: dict[str, Any], *, alpha: bool = False) -> list[str]:
    return status_lines(request_status(request(status, alpha=alpha)))


def test_profiling_says_how_far_it_is() -> None:
    lines = said(
        {
            "phase": "Profiling",
            "profilingPhase": "SelectingConfig",
            "profilingJobName": "profile-qwen",
            "conditions": [condition("Succeeded", "False", "Profiling", "sweeping")],
        }
    )
    assert lines == [
        "qwen: Profiling",
        "  profiling: [####...] 4/7 SelectingConfig: choosing what holds the targets with the fewest GPUs",
        "  reason: Profiling: sweeping",
        "  what to do: wait, or read along: kubectl logs -n team-a -f job/profile-qwen -c profiler",
    ]


def test_every_step_has_words() -> None:
    for number, step in enumerate(STEPS, 1):
        status = request_status(request({"phase": "Profiling", "profilingPhase": step}))
        assert status.progress.endswith(f"{number}/7 {step}")
        assert f"{step}: " in status_lines(status)[1]


@pytest.mark.parametrize(
    ("status", "phase", "advice"),
    [
        ({}, "Pending", "wait; if it stays so, see kubectl describe dgdr qwen -n team-a"),
        ({"phase": "Deploying", "dgdName": "qwen-dgd"}, "Deploying", "wait, or look at the graph: kubectl get dgd qwen-dgd"),
        ({"phase": "Ready"}, "Ready", "read the graph: dynamo-manifests request read qwen -n team-a > graph-values.yaml"),
        ({"phase": "Deployed"}, "Deployed", "the graph qwen-dgd has no owner and stays when the request goes"),
        ({"state": "Ready"}, "Ready", "read the graph"),
        ({"state": "Ready", "deployment": {"created": True, "name": "g"}}, "Deployed", "the graph g has no owner"),
        ({"state": "Initializing"}, "Pending", "wait"),
        ({"state": "DeploymentDeleted"}, "Failed", "a failed request never runs again"),
    ],
)  # fmt: skip
def test_every_phase_says_what_to_do(status: dict[str, Any], phase: str, advice: str) -> None:
    found = request_status(request(status, alpha="state" in status))
    assert found.phase == phase
    assert advice in found.advice
    assert found.ended == (phase in ("Ready", "Deployed", "Failed"))


@pytest.mark.parametrize(
    ("kind", "reason", "message", "advice"),
    [
        ("Validation", "ValidationFailed", "PVC model-cache not found", "kubectl get pvc -n team-a"),
        ("Validation", "ValidationFailed", "no GPU hardware info", "write request.hardware.gpuSku, vramMb"),
        ("Validation", "ValidationFailed", "odd", "try dynamo-manifests validate on its values"),
        ("Profiling", "JobCreationFailed", "quota", "the profiling Job was refused"),
        ("Profiling", "SweepingPrefillFailed", "boom", "profiling stopped in SweepingPrefill: kubectl logs -n team-a job/profile-qwen"),
        ("SpecGenerated", "GenerationFailed", "too big", "kubectl get configmap dgdr-output-qwen -n team-a -o yaml"),
        ("DeploymentReady", "DeploymentRejected", "denied", "the generated graph was refused"),
        ("DeploymentReady", "DeploymentDeleted", "gone", "somebody deleted the generated graph"),
    ],
)  # fmt: skip
def test_a_failure_says_where_to_look(kind: str, reason: str, message: str, advice: str) -> None:
    status = request_status(
        request(
            {
                "phase": "Failed",
                "profilingPhase": "SweepingPrefill",
                "conditions": [
                    condition("Succeeded", "False", "Other"),
                    condition(kind, "False", reason, message),
                ],
            }
        )
    )
    assert (status.reason, status.message) == (reason, message)
    assert advice in status.advice
    assert "a failed request never runs again" in status.advice


def test_replicas_of_the_graph_are_shown() -> None:
    lines = said({"phase": "Deploying", "deploymentInfo": {"replicas": 3, "availableReplicas": 1}})
    assert "  replicas: 1 of 3 available" in lines


def test_another_kind_is_refused() -> None:
    with pytest.raises(InputError):
        request_status({"kind": "Pod"})


def test_the_command_reads_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file := tmp_path / "r.yaml").write_text(dump(request({"phase": "Failed"})))
    assert main(["request", "status", "-f", str(file)]) == 1
    assert capsys.readouterr().out.startswith("qwen: Failed\n")
    file.write_text(dump(request({"phase": "Deployed"})))
    assert main(["request", "status", "-f", str(file), "--watch", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["ended"] is True


def test_following_stops_at_the_timeout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file := tmp_path / "r.yaml").write_text(dump(request({"phase": "Profiling"})))
    words = ["request", "status", "-f", str(file), "--watch", "--interval", "0.01", "--timeout", "0.05"]
    assert main(words) == 1
    assert capsys.readouterr().out.count("qwen: Profiling") == 1


def test_a_name_or_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["request", "status"], ["request", "status", "a", "-f", "b"]):
        assert main(words) == 2
        assert "give the request's name, or a file with -f FILE" in capsys.readouterr().err
