"""A component: a v1alpha1 service or component deployment <-> a v1beta1 component.

Each direction returns the converted component and what of the source the target has no field for.
Source: the conversion of the operator of Dynamo 1.4/1.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.convert import resources
from pydynamo_manifests.convert.containers import MAIN, PROBES, SIDECAR, find
from pydynamo_manifests.convert.pods import (
    build_template,
    cache_mount,
    has_template,
    restore_template,
    sidecar_container,
)
from pydynamo_manifests.convert.pods_back import (
    hub_only_template,
    project_template,
    rebuild_sidecar,
    restore_split,
)

if TYPE_CHECKING:
    from pydynamo_manifests.convert.types import Obj

__all__ = ["to_alpha", "to_beta"]

_SAME = (
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
_ALPHA_ONLY = ("annotations", "labels", "dynamoNamespace", "autoscaling", "ingress")
_TO_BETA_MODE = {"intraPod": "IntraPod", "interPod": "InterPod"}
_TO_ALPHA_MODE = {beta: alpha for alpha, beta in _TO_BETA_MODE.items()}
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
    beta: Obj = {key: alpha[key] for key in _SAME if key in alpha}
    saved: Obj = {key: alpha[key] for key in _ALPHA_ONLY if key in alpha}
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
            out[key] = _with_mode(part, _TO_BETA_MODE)
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


def _with_mode(part: Obj, modes: dict[str, str]) -> Obj:
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
        if _says_nothing(extra) or collides:
            saved["extraPodSpec"] = extra
    given = alpha.get("resources")
    if given is not None and (not given or resources.from_core(resources.to_core(given)) != given):
        saved["resources"] = given
    if "envFromSecret" in alpha:
        saved["envFromSecret"] = alpha["envFromSecret"]
    flagged = [m for m in alpha.get("volumeMounts", []) if m.get("useAsCompilationCache")]
    if len(flagged) > 1:
        saved["volumeMounts"] = alpha["volumeMounts"]


def _says_nothing(extra: Obj) -> bool:
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


def to_alpha(beta: Obj, spoke: Obj | None) -> tuple[Obj, Obj]:
    """Convert a v1beta1 component.

    Args:
        beta: The decoded component.
        spoke: What an earlier conversion from v1alpha1 saved of this component.

    Returns:
        The v1alpha1 service without its name, and what only v1beta1 can hold (without the name).
    """
    spoke = spoke or {}
    alpha: Obj = {key: beta[key] for key in _SAME if key in beta}
    alpha |= {key: spoke[key] for key in _ALPHA_ONLY if key in spoke}
    saved: Obj = {}
    _type_to_alpha(beta, alpha, spoke)
    _memory_to_alpha(beta, alpha, spoke)
    if "scalingAdapter" in beta:
        alpha["scalingAdapter"] = {"enabled": True}
    elif "scalingAdapter" in spoke:
        alpha["scalingAdapter"] = spoke["scalingAdapter"]
    _experimental_to_alpha(beta, alpha, saved, spoke)
    _pod_to_alpha(beta, alpha, saved, spoke)
    return alpha, saved


def _type_to_alpha(beta: Obj, alpha: Obj, spoke: Obj) -> None:
    type_ = beta.get("type", "")
    if type_ in ("prefill", "decode"):
        alpha |= {"componentType": "worker", "subComponentType": type_}
        return
    if type_:
        alpha["componentType"] = type_
    if "subComponentType" in spoke:
        alpha["subComponentType"] = spoke["subComponentType"]


def _memory_to_alpha(beta: Obj, alpha: Obj, spoke: Obj) -> None:
    size, kept = beta.get("sharedMemorySize"), spoke.get("sharedMemory")
    if size == "0":
        alpha["sharedMemory"] = kept if kept and kept.get("disabled") else {"disabled": True}
    elif size is not None:
        alpha["sharedMemory"] = {"size": size}
    elif kept is not None and not kept.get("disabled"):
        alpha["sharedMemory"] = kept


def _experimental_to_alpha(beta: Obj, alpha: Obj, saved: Obj, spoke: Obj) -> None:
    experimental = beta.get("experimental", {})
    for key in ("gpuMemoryService", "failover"):
        if key in experimental:
            alpha[key] = {"enabled": True} | _with_mode(experimental[key], _TO_ALPHA_MODE)
        elif key in spoke:
            alpha[key] = spoke[key]
    if "checkpoint" in experimental:
        alpha["checkpoint"] = experimental["checkpoint"]
    if "grove" in experimental:
        saved["experimental"] = {"grove": experimental["grove"]}
    elif beta.get("experimental") == {}:
        saved["experimental"] = {}


def _pod_to_alpha(beta: Obj, alpha: Obj, saved: Obj, spoke: Obj) -> None:
    if cache := beta.get("compilationCache"):
        named = {"pvcName": "name", "mountPath": "mountPoint"}
        alpha["volumeMounts"] = [
            {new: cache[old] for old, new in named.items() if old in cache} | {"useAsCompilationCache": True}
        ]
    whole = beta.get("podTemplate")
    template = _shallow(whole) if whole is not None else None
    sidecar = beta.get("frontendSidecar")
    if sidecar == SIDECAR and "frontendSidecar" in spoke:
        apart = _is_users_own(whole, spoke)
        alpha["frontendSidecar"] = (
            spoke["frontendSidecar"] if apart else rebuild_sidecar(template, spoke["frontendSidecar"])
        )
    elif sidecar is not None:
        saved["frontendSidecar"] = sidecar
    if template is not None:
        project_template(template, alpha)
    _restore_pod(alpha, spoke, template)
    if whole is not None:
        kept = hub_only_template(whole, alpha, _told_sidecar(whole, sidecar, alpha))
        if kept is not None:
            saved["podTemplate"] = kept


def _told_sidecar(template: Obj, name: str | None, alpha: Obj) -> Obj | None:
    """Return the sidecar container unless v1alpha1's own field says all of it."""
    container = find(template.get("spec", {}).get("containers", []), SIDECAR)
    if name != SIDECAR or container is None:
        return None
    said = "frontendSidecar" in alpha and sidecar_container(alpha["frontendSidecar"]) == container
    kept_apart = (
        find(alpha.get("extraPodSpec", {}).get("containers", []), SIDECAR) == container
        and "frontendSidecar" in alpha
    )
    return None if said or kept_apart else container


def _is_users_own(template: Obj | None, spoke: Obj) -> bool:
    """Tell whether the sidecar container is the one that the v1alpha1 author wrote beside frontendSidecar."""
    written = find(spoke.get("extraPodSpec", {}).get("containers", []), SIDECAR)
    live = find((template or {}).get("spec", {}).get("containers", []), SIDECAR)
    return written is not None and written == live


def _shallow(template: Obj) -> Obj:
    spec = dict(template.get("spec", {}))
    if "containers" in spec:
        spec["containers"] = list(spec["containers"])
    return template | {"spec": spec}


def _restore_pod(alpha: Obj, spoke: Obj, template: Obj | None) -> None:
    main = find((template or {}).get("spec", {}).get("containers", []), MAIN)
    if template is not None and "extraPodMetadata" in spoke:
        alpha.setdefault("extraPodMetadata", spoke["extraPodMetadata"])
    odd = spoke.get("extraPodSpec")
    if main is not None:
        restore_split(alpha, spoke, main)
    if odd is not None and _says_nothing(odd):
        alpha.setdefault("extraPodSpec", odd if odd.get("mainContainer") else {})
    if main is not None:
        return
    mounts = spoke.get("volumeMounts", [])
    if template is None and mounts and all(m.get("useAsCompilationCache") for m in mounts):
        live = alpha.get("volumeMounts", [])
        alpha["volumeMounts"] = mounts if live == mounts[:1] else live
        if not live:
            del alpha["volumeMounts"]
