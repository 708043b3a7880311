"""A component: a v1alpha1 service or component deployment -> a v1beta1 component.

Each direction returns the converted component and what of the source the target has no field for.
Source: the conversion of the operator of Dynamo 1.4/1.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.convert import resources
from pydynamo_manifests.convert.containers import PROBES, SIDECAR, find
from pydynamo_manifests.convert.pods import build_template, cache_mount, has_template, restore_template

if TYPE_CHECKING:
    from pydynamo_manifests.convert.types import Obj

__all__ = ["ALPHA_ONLY", "SAME", "TO_ALPHA_MODE", "says_nothing", "to_beta", "with_mode"]

SAME = (
    "providerOverride",
    "runtimeVersionOverride",
    "globalDynamoNamespace",
    "replicas",
    "minAvailable",
    "multinode",
    "roles",
    "lpx",
    "modelRef",
    "topologyConstraint",
    "eppConfig",
)
"""Fields of both versions, alike."""

ALPHA_ONLY = ("annotations", "labels", "dynamoNamespace", "autoscaling", "ingress")
"""Fields that v1beta1 has no place for."""

_TO_BETA_MODE = {"intraPod": "IntraPod", "interPod": "InterPod"}
TO_ALPHA_MODE = {beta: alpha for alpha, beta in _TO_BETA_MODE.items()}
_SPLIT = ("resources", "envs", "volumeMounts", *PROBES)
_SPLIT_MAIN = ("name", "env", "envFrom", "resources", "volumeMounts", *PROBES)
_SPLIT_MARKS = {"name", "env", "resources", "volumeMounts", *PROBES}


def to_beta(alpha: Obj, hub: Obj | None, *, hub_origin: bool) -> tuple[Obj, Obj]:
    """Convert a v1alpha1 component.

    Args:
        alpha: The decoded service.
        hub: What an earlier conversion from v1beta1 saved of this component.
        hub_origin: The object came from v1beta1.

    Returns:
        The v1beta1 component without its name, and what only v1alpha1 can hold.
    """
    beta: Obj = {key: alpha[key] for key in SAME if key in alpha}
    saved: Obj = {key: alpha[key] for key in ALPHA_ONLY if key in alpha}
    _type_to_beta(alpha, beta, saved)
    _memory_to_beta(alpha, beta, saved)
    if alpha.get("scalingAdapter", {}).get("enabled"):
        beta["scalingAdapter"] = {}
    elif "scalingAdapter" in alpha:
        saved["scalingAdapter"] = alpha["scalingAdapter"]
    if cache := cache_mount(alpha):
        named = {"name": "pvcName", "mountPoint": "mountPath"}
        beta["compilationCache"] = {new: cache[old] for old, new in named.items() if old in cache}
    _experimental_to_beta(alpha, beta, saved, hub or {})
    _pod_to_beta(alpha, beta, saved, hub or {})
    _save_odd_shapes(alpha, saved)
    _save_split(alpha, saved, hub_origin=hub_origin)
    return beta, saved


def _type_to_beta(alpha: Obj, beta: Obj, saved: Obj) -> None:
    type_, sub = alpha.get("componentType", ""), alpha.get("subComponentType", "")
    split = type_ == "worker" and sub in ("prefill", "decode")
    if sub and not split:
        saved["subComponentType"] = sub
    if type_:
        beta["type"] = sub if split else type_


def _memory_to_beta(alpha: Obj, beta: Obj, saved: Obj) -> None:
    memory = alpha.get("sharedMemory")
    if memory is None:
        return
    disabled, size = memory.get("disabled", False), memory.get("size")
    if disabled:
        beta["sharedMemorySize"] = "0"
    elif size is not None:
        beta["sharedMemorySize"] = size
    if disabled == (size is not None):
        saved["sharedMemory"] = memory


def _experimental_to_beta(alpha: Obj, beta: Obj, saved: Obj, hub: Obj) -> None:
    out: Obj = {}
    for key in ("gpuMemoryService", "failover"):
        part = alpha.get(key)
        if part is None:
            continue
        if part.get("enabled"):
            out[key] = with_mode(part, _TO_BETA_MODE)
            out[key].pop("enabled")
        else:
            saved[key] = part
    if "checkpoint" in alpha:
        out["checkpoint"] = alpha["checkpoint"]
    kept = hub.get("experimental")
    if kept is not None and "grove" in kept:
        out["grove"] = kept["grove"]
    if out or kept is not None:
        beta["experimental"] = out


def with_mode(part: Obj, modes: dict[str, str]) -> Obj:
    """Return the part with its mode in the words of the other version."""
    out = dict(part)
    if "mode" in out:
        out["mode"] = modes.get(out["mode"], out["mode"])
    return out


def _pod_to_beta(alpha: Obj, beta: Obj, saved: Obj, hub: Obj) -> None:
    if "frontendSidecar" in alpha:
        saved["frontendSidecar"] = alpha["frontendSidecar"]
        beta["frontendSidecar"] = SIDECAR
    elif "frontendSidecar" in hub:
        beta["frontendSidecar"] = hub["frontendSidecar"]
    if not (has_template(alpha) or "podTemplate" in hub):
        return
    beta["podTemplate"] = build_template(alpha)
    if "podTemplate" in hub:
        restore_template(beta["podTemplate"], hub["podTemplate"], alpha)


def _save_odd_shapes(alpha: Obj, saved: Obj) -> None:
    """Save what has a meaning of its own in v1alpha1 but would come back in another shape."""
    if alpha.get("extraPodMetadata") == {}:
        saved["extraPodMetadata"] = {}
    extra = alpha.get("extraPodSpec")
    if extra is not None:
        collides = "frontendSidecar" in alpha and find(extra.get("containers", []), SIDECAR) is not None
        if says_nothing(extra) or collides:
            saved["extraPodSpec"] = extra
    given = alpha.get("resources")
    if given is not None and (not given or resources.from_core(resources.to_core(given)) != given):
        saved["resources"] = given
    if "envFromSecret" in alpha:
        saved["envFromSecret"] = alpha["envFromSecret"]
    flagged = [m for m in alpha.get("volumeMounts", []) if m.get("useAsCompilationCache")]
    if len(flagged) > 1:
        saved["volumeMounts"] = alpha["volumeMounts"]


def says_nothing(extra: Obj) -> bool:
    """Tell whether an ``extraPodSpec`` holds no fact: at most a main container with a name."""
    return set(extra) <= {"mainContainer"} and set(extra.get("mainContainer", {})) <= {"name"}


def _save_split(alpha: Obj, saved: Obj, *, hub_origin: bool) -> None:
    """Save which fields the author gave in ``mainContainer`` and which beside it."""
    main = alpha.get("extraPodSpec", {}).get("mainContainer")
    if main is None:
        return
    dedicated = {key: alpha[key] for key in _SPLIT if key in alpha}
    inner = {key: main[key] for key in _SPLIT_MAIN if key in main}
    wanted = not hub_origin or saved or _SPLIT_MARKS & set(main)
    if wanted and (dedicated or inner or "envFromSecret" in saved or not main):
        whole = saved.get("extraPodSpec", {"mainContainer": inner})
        saved |= dedicated | {"extraPodSpec": whole}
