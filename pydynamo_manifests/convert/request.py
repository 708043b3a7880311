"""DynamoGraphDeploymentRequest: the profiler's settings <-> typed fields.

v1alpha1 keeps most settings in one free JSON blob (``profilingConfig.config``), v1beta1 has a field for
each that matters. What the blob holds beyond those travels in the private annotation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.convert import profiling, request_status
from pydynamo_manifests.convert.payload import (
    PREFIXES,
    read_spec,
    read_status,
    take,
    write_spec,
    write_status,
)
from pydynamo_manifests.errors import ConversionError

if TYPE_CHECKING:
    from pydynamo_manifests.convert.types import Obj

__all__ = ["to_alpha", "to_beta"]

_PREFIX = PREFIXES["DynamoGraphDeploymentRequest"]
_SAME = ("model", "backend", "runtimeVersionOverride")
_RETIRED = (
    "config-map-ref",
    "output-pvc",
    "enable-gpu-discovery",
    "deployment-overrides",
    "profiling-config",
    "status-backend",
    "profiling-results",
    "deployment-status",
    "profiling-job-name",
)
"""Private annotations of 1.0 and 1.1, which nothing reads since 1.4."""


def _take(metadata: Obj) -> tuple[str | None, str | None]:
    for name in _RETIRED:
        metadata.get("annotations", {}).pop(f"{_PREFIX}-{name}", None)
    return take(metadata, _PREFIX)


def to_beta(alpha: Obj) -> Obj:
    """Convert a decoded v1alpha1 request, which is used up.

    Raises:
        ConversionError: ``profilingConfig.config`` is no map.
    """
    metadata = alpha.get("metadata", {})
    spec_text, status_text = _take(metadata)
    hub = read_spec(spec_text, "BetaRequestSpec")
    spec, status = alpha.get("spec", {}), alpha.get("status", {})
    beta, saved = _spec_to_beta(spec)
    if hub is not None:
        _restore_beta(beta, hub[0])
    _job_to_beta(spec.get("profilingConfig", {}), beta, hub[0] if hub else {})
    if saved:
        write_spec(metadata, _PREFIX, "AlphaRequestSpec", saved)
    beta_status, lost = request_status.to_beta(status, read_status(status_text, "BetaRequestStatus"))
    write_status(metadata, _PREFIX, "AlphaRequestStatus", lost)
    return {"metadata": metadata, "spec": beta, "status": beta_status}


def _spec_to_beta(spec: Obj) -> tuple[Obj, Obj]:
    beta: Obj = {key: spec[key] for key in _SAME if key in spec}
    beta["autoApply"] = spec.get("autoApply", False)
    config = spec.get("profilingConfig", {})
    overrides = spec.get("deploymentOverrides", {})
    if image := config.get("profilerImage") or overrides.get("workersImage"):
        beta["image"] = image
    if spec.get("useMocker"):
        beta["features"] = {"mocker": {"enabled": True}}
    saved: Obj = {"enableGpuDiscovery": spec["enableGpuDiscovery"]} if "enableGpuDiscovery" in spec else {}
    if overrides:
        saved["deploymentOverrides"] = overrides
    kept = {key: config[key] for key in ("configMapRef", "outputPVC") if key in config}
    if "config" in config:
        if not isinstance(config["config"], dict):
            raise ConversionError("spec.profilingConfig.config: expected a map")
        rest = profiling.to_beta(config["config"], beta)
        if rest or not config["config"]:
            kept["config"] = rest
    if kept:
        saved["profilingConfig"] = kept
    return beta, saved


def _restore_beta(beta: Obj, hub: Obj) -> None:
    for key in ("hardware", "searchStrategy"):
        if key in hub:
            beta[key] = hub[key]
    for key, fields in (("workload", ("concurrency", "requestRate")), ("sla", ("e2eLatency",))):
        if found := {f: hub[key][f] for f in fields if f in hub.get(key, {})}:
            beta[key] = beta.get(key, {}) | found
    features = hub.get("features", {})
    live = beta.get("features", {})
    if "kvRouter" in features:
        live = live | {"kvRouter": features["kvRouter"]}
    if "mocker" in features and "mocker" not in live:
        live = live | {"mocker": features["mocker"]}
    if live:
        beta["features"] = live
    if found := {f: hub["overrides"][f] for f in ("dgd", "trustRemoteCode") if f in hub.get("overrides", {})}:
        beta["overrides"] = found


def _job_to_beta(config: Obj, beta: Obj, hub: Obj) -> None:
    job = profiling.job_to_beta(config, hub.get("overrides", {}).get("profilingJob"))
    if job is not None:
        beta["overrides"] = beta.get("overrides", {}) | {"profilingJob": job}


def to_alpha(beta: Obj) -> Obj:
    """Convert a decoded v1beta1 request, which is used up."""
    metadata = beta.get("metadata", {})
    spec_text, status_text = _take(metadata)
    spoke = read_spec(spec_text, "AlphaRequestSpec")
    alpha, saved = _spec_to_alpha(beta.get("spec", {}), spoke[0] if spoke else {})
    if saved:
        write_spec(metadata, _PREFIX, "BetaRequestSpec", saved)
    status, lost = request_status.to_alpha(
        beta.get("status", {}), read_status(status_text, "AlphaRequestStatus")
    )
    write_status(metadata, _PREFIX, "BetaRequestStatus", lost)
    return {"metadata": metadata, "spec": alpha, "status": status}


def _spec_to_alpha(beta: Obj, spoke: Obj) -> tuple[Obj, Obj]:
    alpha: Obj = {key: beta[key] for key in _SAME if key in beta}
    alpha |= {key: spoke[key] for key in ("enableGpuDiscovery", "deploymentOverrides") if key in spoke}
    if beta.get("autoApply", True):
        alpha["autoApply"] = True
    if beta.get("features", {}).get("mocker", {}).get("enabled"):
        alpha["useMocker"] = True
    kept = spoke.get("profilingConfig", {})
    config: Obj = {key: kept[key] for key in ("configMapRef", "outputPVC") if key in kept}
    if "image" in beta:
        config["profilerImage"] = beta["image"]
    blob = profiling.to_alpha(beta, kept.get("config"))
    if blob is not None:
        config["config"] = blob
    job = beta.get("overrides", {}).get("profilingJob")
    kept_job = profiling.job_to_alpha(job, config) if job is not None else None
    if config:
        alpha["profilingConfig"] = config
    return alpha, _beta_only(beta, kept_job)


def _beta_only(beta: Obj, job: Obj | None) -> Obj:
    saved: Obj = {key: beta[key] for key in ("hardware", "searchStrategy") if key in beta}
    for key, fields in (
        ("workload", ("concurrency", "requestRate")),
        ("sla", ("e2eLatency",)),
        ("overrides", ("dgd", "trustRemoteCode")),
        ("features", ("kvRouter",)),
    ):
        if found := {f: beta[key][f] for f in fields if f in beta.get(key, {})}:
            saved[key] = found
    mocker = beta.get("features", {}).get("mocker")
    if mocker is not None and not mocker.get("enabled"):
        saved["features"] = saved.get("features", {}) | {"mocker": mocker}
    if job is not None:
        saved["overrides"] = saved.get("overrides", {}) | {"profilingJob": job}
    return saved
