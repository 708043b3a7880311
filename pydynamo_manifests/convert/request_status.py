"""Status of a request: v1alpha1's state <-> v1beta1's phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydynamo_manifests.convert.types import Obj

__all__ = ["to_alpha", "to_beta"]

_PHASES = {
    "": "Pending",
    "Pending": "Pending",
    "Profiling": "Profiling",
    "Deploying": "Deploying",
    "Failed": "Failed",
    "Ready": "Ready",
    "DeploymentDeleted": "Ready",
}
_STATES = {
    "Profiling": "Profiling",
    "Deploying": "Deploying",
    "Failed": "Failed",
    "Ready": "Ready",
    "Deployed": "Ready",
}
_SAME = ("conditions", "observedGeneration")


def to_beta(alpha: Obj, hub: Obj) -> tuple[Obj, Obj]:
    """Convert a status; the second result is what v1beta1 cannot say."""
    beta: Obj = {key: alpha[key] for key in _SAME if key in alpha}
    beta["phase"] = _phase(alpha)
    deployment = alpha.get("deployment", {})
    if name := deployment.get("name"):
        beta["dgdName"] = name
    if "generatedDeployment" in alpha:
        beta["profilingResults"] = {"selectedConfig": alpha["generatedDeployment"]}
    _restore_beta(beta, hub)
    return beta, _alpha_only(alpha, beta)


def _phase(alpha: Obj) -> str:
    state = alpha.get("state", "")
    if state == "Ready" and alpha.get("deployment", {}).get("created"):
        return "Deployed"
    return _PHASES.get(state, "Pending")


def _alpha_only(alpha: Obj, beta: Obj) -> Obj:
    saved: Obj = {key: alpha[key] for key in ("backend", "profilingResults") if key in alpha}
    state = alpha.get("state", "")
    if state and _STATES.get(beta["phase"], "Pending") != state:
        saved["state"] = state
    deployment = alpha.get("deployment")
    if deployment is not None and (not deployment or set(deployment) != {"name"}):
        saved["deployment"] = deployment
    if state and ("deployment" in saved or "state" in saved):
        saved["state"] = state
    if "state" in saved and "deployment" in alpha:
        saved["deployment"] = alpha["deployment"]
    return saved


def _restore_beta(beta: Obj, hub: Obj) -> None:
    same_graph = hub.get("dgdName", "") == beta.get("dgdName", "")
    if hub.get("phase") == "Deployed" and beta["phase"] == "Ready" and same_graph:
        beta["phase"] = "Deployed"
    if beta["phase"] == "Profiling":
        beta |= {key: hub[key] for key in ("profilingPhase", "profilingJobName") if key in hub}
    if "pareto" in hub.get("profilingResults", {}):
        beta["profilingResults"] = {"pareto": hub["profilingResults"]["pareto"]} | beta.get(
            "profilingResults", {}
        )
    if "deploymentInfo" in hub and same_graph:
        beta["deploymentInfo"] = hub["deploymentInfo"]


def to_alpha(beta: Obj, spoke: Obj) -> tuple[Obj, Obj]:
    """Convert a status back; the second result is what v1alpha1 cannot say."""
    alpha: Obj = {key: beta[key] for key in _SAME if key in beta}
    alpha |= {key: spoke[key] for key in ("backend", "profilingResults") if key in spoke}
    phase = beta.get("phase", "")
    alpha["state"] = _STATES.get(phase, "Pending")
    name = beta.get("dgdName", "")
    if name:
        alpha["deployment"] = {"name": name}
    results = beta.get("profilingResults", {})
    if "selectedConfig" in results:
        alpha["generatedDeployment"] = results["selectedConfig"]
    _restore_alpha(alpha, phase, name, spoke)
    return alpha, _beta_only(beta, alpha)


def _restore_alpha(alpha: Obj, phase: str, name: str, spoke: Obj) -> None:
    kept = spoke.get("deployment")
    same_graph = (kept or {}).get("name", "") == name
    if not same_graph:
        return
    if _phase(spoke) == phase and "state" in spoke:
        alpha["state"] = spoke["state"]
    if kept is not None:
        alpha["deployment"] = kept


def _beta_only(beta: Obj, alpha: Obj) -> Obj:
    saved: Obj = {}
    phase = beta.get("phase", "")
    if phase == "Deployed" and _phase(alpha) != phase:
        saved["phase"] = phase
    if phase == "Profiling":
        saved |= {key: beta[key] for key in ("profilingPhase", "profilingJobName") if key in beta}
    if "pareto" in beta.get("profilingResults", {}):
        saved["profilingResults"] = {"pareto": beta["profilingResults"]["pareto"]}
    if "deploymentInfo" in beta:
        saved["deploymentInfo"] = beta["deploymentInfo"]
    if "dgdName" in beta and saved.keys() & {"phase", "deploymentInfo"}:
        saved["dgdName"] = beta["dgdName"]
    return saved
