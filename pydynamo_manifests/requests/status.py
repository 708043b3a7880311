"""Where a request stands, why, and what to do about it, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.validate.shapes import listed, mapping, number

__all__ = ["RequestStatus", "request_status", "status_lines"]

KIND = "DynamoGraphDeploymentRequest"
STEPS = (
    "Initializing",
    "SweepingPrefill",
    "SweepingDecode",
    "SelectingConfig",
    "BuildingCurves",
    "GeneratingDGD",
    "Done",
)
"""Steps of profiling (``status.profilingPhase``); a rapid search leaves SweepingDecode and BuildingCurves out."""

_ENDED = ("Ready", "Deployed", "Failed")
_CONDITIONS = ("Validation", "Profiling", "SpecGenerated", "DeploymentReady")
_WORDS = {
    "Initializing": "reading the model and the hardware",
    "SweepingPrefill": "trying sizes for prefill (a rapid search tries everything here)",
    "SweepingDecode": "trying sizes for decode",
    "SelectingConfig": "choosing what holds the targets with the fewest GPUs",
    "BuildingCurves": "measuring the curves that the planner needs",
    "GeneratingDGD": "writing the graph",
    "Done": "done",
}


@dataclass(frozen=True)
class RequestStatus:
    """The status of one request, whichever API version it came in."""

    name: str
    namespace: str
    phase: str
    """``Pending``, ``Profiling``, ``Ready``, ``Deploying``, ``Deployed`` or ``Failed``."""
    step: str = ""
    """Where profiling stands, or stopped; empty when it says nothing."""
    reason: str = ""
    message: str = ""
    graph: str = ""
    job: str = ""
    replicas: tuple[int, int] | None = None
    """Available and wanted replicas of the graph."""

    @property
    def ended(self) -> bool:
        """Nothing more happens by itself."""
        return self.phase in _ENDED

    @property
    def advice(self) -> str:
        """What to do now."""
        return _advice(self)

    @property
    def progress(self) -> str:
        """How far profiling is: ``[###....] 3/7 SweepingDecode``."""
        if self.step not in STEPS:
            return ""
        done = STEPS.index(self.step) + 1
        return f"[{'#' * done}{'.' * (len(STEPS) - done)}] {done}/{len(STEPS)} {self.step}"


def request_status(obj: dict[str, Any]) -> RequestStatus:
    """Return where a request stands.

    Args:
        obj: A DynamoGraphDeploymentRequest of either API version, with its status.

    Raises:
        InputError: Another kind.
    """
    if obj.get("kind") != KIND:
        raise InputError(f"{obj.get('kind')} is not a {KIND}")
    status, metadata = mapping(obj.get("status")), mapping(obj.get("metadata"))
    reason, message = _reason(status)
    info = mapping(status.get("deploymentInfo"))
    counts = (number(info.get("availableReplicas")) or 0, number(info.get("replicas")) or 0)
    return RequestStatus(
        name=str(metadata.get("name", "")),
        namespace=str(metadata.get("namespace") or "default"),
        phase=_phase(status),
        step=str(status.get("profilingPhase") or ""),
        reason=reason,
        message=message,
        graph=str(status.get("dgdName") or mapping(status.get("deployment")).get("name") or ""),
        job=str(status.get("profilingJobName") or ""),
        replicas=counts if info else None,
    )


def _phase(status: dict[str, Any]) -> str:
    if status.get("phase"):
        return str(status["phase"])
    state = str(status.get("state") or "")
    if state == "Ready":
        return "Deployed" if mapping(status.get("deployment")).get("created") else "Ready"
    return {"DeploymentDeleted": "Failed"}.get(
        state, state if state in (*_ENDED, "Profiling", "Deploying") else "Pending"
    )


def _reason(status: dict[str, Any]) -> tuple[str, str]:
    """Return reason and message: of the first step that failed, else of the whole."""
    found = {str(c.get("type")): c for c in map(mapping, listed(status.get("conditions")))}
    failed = status.get("phase") == "Failed" or status.get("state") == "Failed"
    first = next((found[t] for t in _CONDITIONS if t in found and found[t].get("status") == "False"), None)
    chosen = (first if failed else None) or found.get("Succeeded") or first or {}
    return str(chosen.get("reason") or ""), str(chosen.get("message") or "")


def _advice(status: RequestStatus) -> str:
    where = f"-n {status.namespace}"
    if status.phase == "Failed":
        return f"{_failure(status, where)}; a failed request never runs again: change it, delete it and create it anew"
    if status.phase == "Profiling":
        job = status.job or f"profile-{status.name}"
        return f"wait, or read along: kubectl logs {where} -f job/{job} -c profiler"
    if status.phase == "Ready":
        return (
            f"read the graph: dynamo-manifests request read {status.name} {where} > graph-values.yaml; install that, "
            f'or let Dynamo create it: kubectl patch dgdr {status.name} {where} --type merge -p \'{{"spec":{{"autoApply":true}}}}\''
        )
    graph = status.graph or f"{status.name}-dgd"
    if status.phase == "Deploying":
        return f"wait, or look at the graph: kubectl get dgd {graph} {where}, and its pods"
    if status.phase == "Deployed":
        return (
            f"keep the graph as values: dynamo-manifests request read {status.name} {where} > graph-values.yaml; the graph "
            f"{graph} has no owner and stays when the request goes"
        )
    return f"wait; if it stays so, see kubectl describe dgdr {status.name} {where}"


_FAILURES = {
    "DeploymentRejected": "the generated graph was refused: read it with dynamo-manifests request read and validate it",
    "DeploymentDeleted": "somebody deleted the generated graph",
    "GenerationFailed": "no graph came of it: kubectl get configmap dgdr-output-{name} {where} -o yaml",
    "JobCreationFailed": "the profiling Job was refused: read the message (quota, admission, service account)",
}
_REFUSED = (
    (("pvc", "claim"), "the model cache's claim is missing: kubectl get pvc {where}"),
    (("gpu", "hardware"), "no GPU was found: write request.hardware.gpuSku, vramMb and numGpusPerNode"),
    (("",), "the request was refused: read the message, and try dynamo-manifests validate on its values"),
)


def _failure(status: RequestStatus, where: str) -> str:
    """Return where to look for the cause, by reason."""
    if status.reason == "ValidationFailed":
        said = status.message.lower()
        words = next(advice for signs, advice in _REFUSED if any(sign in said for sign in signs))
    elif status.reason in _FAILURES:
        words = _FAILURES[status.reason]
    else:
        at = f" in {status.step}" if status.step else ""
        words = f"profiling stopped{at}: kubectl logs {{where}} job/{status.job or f'profile-{status.name}'} -c profiler"
    return words.format(name=status.name, where=where)


def status_lines(status: RequestStatus) -> list[str]:
    """Return a status for people, a fact a line."""
    lines = [f"{status.name}: {status.phase}"]
    if status.step and status.phase in ("Profiling", "Failed"):
        lines.append(f"  profiling: {status.progress}: {_WORDS.get(status.step, status.step)}")
    if status.reason:
        lines.append(f"  reason: {status.reason}" + (f": {status.message}" if status.message else ""))
    if status.graph:
        lines.append(f"  graph: {status.graph}")
    if status.replicas:
        lines.append(f"  replicas: {status.replicas[0]} of {status.replicas[1]} available")
    return [*lines, f"  what to do: {status.advice}"]
