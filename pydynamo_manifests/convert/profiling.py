"""A request's profiling settings: the v1alpha1 JSON blob, and the profiling Job that v1beta1 may override."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydynamo_manifests.convert.types import Obj

__all__ = ["job_to_alpha", "job_to_beta", "to_alpha", "to_beta"]

PROFILER = "profiler"
"""The name of the profiling Job's own container."""

_INT32 = 2**31


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_objective(value: Any) -> bool:
    return value in ("latency", "throughput")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_settings(value: Any) -> bool:
    return isinstance(value, dict) and bool(value)


_LEAVES: tuple[tuple[tuple[str, ...], tuple[str, str], Callable[[Any], bool]], ...] = (
    (("sla", "ttft"), ("sla", "ttft"), _is_number),
    (("sla", "itl"), ("sla", "itl"), _is_number),
    (("sla", "optimizationType"), ("sla", "optimizationType"), _is_objective),
    (("sla", "isl"), ("workload", "isl"), _is_number),
    (("sla", "osl"), ("workload", "osl"), _is_number),
    (("deployment", "modelCache", "pvcName"), ("modelCache", "pvcName"), _is_text),
    (("deployment", "modelCache", "modelPathInPvc"), ("modelCache", "pvcModelPath"), _is_text),
    (("deployment", "modelCache", "pvcMountPath"), ("modelCache", "pvcMountPath"), _is_text),
    (("planner",), ("features", "planner"), _is_settings),
)
"""Path in the blob, v1beta1 section and field, and which values the field can hold."""

_SECTIONS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("sla",), "sla"),
    (("deployment", "modelCache"), "modelCache"),
)
"""A map at this path of the blob makes this v1beta1 section, even when none of its fields can be set."""


def to_beta(blob: Obj, beta: Obj) -> Obj:
    """Write what v1beta1 has fields for into ``beta``; return the rest of the blob."""
    rest = copy.deepcopy(blob)
    for path, section in _SECTIONS:
        if isinstance(_get(blob, path), dict):
            beta.setdefault(section, {})
    for path, (section, field), fits in _LEAVES:
        value = _get(blob, path)
        if fits(value):
            beta.setdefault(section, {})[field] = _truncated(value) if section == "workload" else value
            _remove(rest, path)
    return rest


def _truncated(value: float) -> int:
    return max(-_INT32, min(_INT32 - 1, int(value)))


def _get(blob: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if not isinstance(blob, dict):
            return None
        blob = blob.get(key)
    return blob


def _remove(blob: Obj, path: tuple[str, ...]) -> None:
    if len(path) > 1:
        _remove(blob[path[0]], path[1:])
    if len(path) == 1 or not blob[path[0]]:
        del blob[path[0]]


def to_alpha(beta: Obj, saved: Obj | None) -> Obj | None:
    """Return the blob of a v1beta1 request laid over the saved rest; None when there is none."""
    blob = copy.deepcopy(saved) if isinstance(saved, dict) else None
    _forget_model_cache(blob, beta)
    for path, (section, field), fits in _LEAVES:
        value = beta.get(section, {}).get(field)
        if fits(value) or _is_text(value):
            blob = {} if blob is None else blob
            _set(blob, path, value)
    return blob


def _forget_model_cache(blob: Obj | None, beta: Obj) -> None:
    """The operator writes this map anew where v1beta1 says anything of it, and keeps no other key."""
    deployment = (blob or {}).get("deployment")
    if isinstance(deployment, dict) and any(beta.get("modelCache", {}).values()):
        deployment["modelCache"] = {}


def _set(blob: Obj, path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        if not isinstance(blob.get(key), dict):
            blob[key] = {}
        blob = blob[key]
    blob[path[-1]] = value


def job_to_beta(config: Obj, saved: Obj | None) -> Obj | None:
    """Return the profiling Job of v1alpha1's resources, tolerations and node selector, over the saved rest."""
    placed = {key: config[key] for key in ("tolerations", "nodeSelector") if key in config}
    if saved is None and not placed and "resources" not in config:
        return None
    job = copy.deepcopy(saved or {})
    spec = job.setdefault("template", {}).setdefault("spec", {})
    spec |= placed
    containers = spec.get("containers", [])
    _name_profiler(containers)
    if "resources" in config:
        _profiler(spec)["resources"] = config["resources"]
    return job


def _profiler(spec: Obj) -> Obj:
    containers = spec.setdefault("containers", [])
    found: Obj | None = next((c for c in containers if c.get("name") == PROFILER), None)
    if found is None:
        found = {"name": PROFILER}
        containers.append(found)
    return found


def _name_profiler(containers: list[Obj]) -> None:
    """Older objects left the profiler's container without a name."""
    if not any(c.get("name") == PROFILER for c in containers):
        unnamed = next((c for c in containers if not c.get("name")), None)
        if unnamed is not None:
            unnamed["name"] = PROFILER


_FRAME = ("template", "metadata", "spec", "labels", "annotations")


def job_to_alpha(job: Obj, config: Obj) -> Obj | None:
    """Write what v1alpha1 can say of a profiling Job into ``config``; return the Job without it, None if empty."""
    rest = copy.deepcopy(job)
    spec = rest.get("template", {}).get("spec", {})
    containers = spec.get("containers") or []
    _name_profiler(containers)
    whole = copy.deepcopy(rest)
    config |= {key: spec.pop(key) for key in ("tolerations", "nodeSelector") if key in spec}
    profiler = next((c for c in containers if c.get("name") == PROFILER), None)
    if profiler is not None and "resources" in profiler:
        config["resources"] = profiler.pop("resources")
    if not containers:
        whole.get("template", {}).get("spec", {}).pop("containers", None)
    return None if _said(job_to_beta(config, None) or {}) == _said(whole) else rest


def _said(job: Obj) -> Obj:
    """Return a Job without the empty template, metadata, spec, labels and annotations that say nothing."""
    out = {key: _said(item) if key in _FRAME else item for key, item in job.items()}
    return {key: item for key, item in out.items() if item or key not in _FRAME}
