"""A component: a v1beta1 component -> a v1alpha1 service or component deployment.

Source: the conversion of the operator of Dynamo 1.4/1.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.convert.component import ALPHA_ONLY, SAME, TO_ALPHA_MODE, says_nothing, with_mode
from pydynamo_manifests.convert.containers import MAIN, SIDECAR, find
from pydynamo_manifests.convert.pods_back import (
    hub_only_template,
    project_template,
    rebuild_sidecar,
    restore_split,
)

if TYPE_CHECKING:
    from pydynamo_manifests.convert.types import Obj

__all__ = ["to_alpha"]


def to_alpha(beta: Obj, spoke: Obj | None) -> tuple[Obj, Obj]:
    """Convert a v1beta1 component.

    Args:
        beta: The decoded component.
        spoke: What an earlier conversion from v1alpha1 saved of this component.

    Returns:
        The v1alpha1 service without its name, and what only v1beta1 can hold (without the name).
    """
    spoke = spoke or {}
    alpha: Obj = {key: beta[key] for key in SAME if key in beta}
    alpha |= {key: spoke[key] for key in ALPHA_ONLY if key in spoke}
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
            alpha[key] = {"enabled": True} | with_mode(experimental[key], TO_ALPHA_MODE)
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
        kept = hub_only_template(whole, alpha, sidecar or "")
        if kept is not None:
            saved["podTemplate"] = kept


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
    if odd is not None and says_nothing(odd):
        alpha.setdefault("extraPodSpec", odd if odd.get("mainContainer") else {})
    if main is not None:
        return
    mounts = spoke.get("volumeMounts", [])
    if template is None and mounts and all(m.get("useAsCompilationCache") for m in mounts):
        live = alpha.get("volumeMounts", [])
        alpha["volumeMounts"] = mounts if live == mounts[:1] else live
        if not live:
            del alpha["volumeMounts"]
