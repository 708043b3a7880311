"""A component of either API version in the words of the values."""

from __future__ import annotations

import copy
from typing import Any

from pydynamo_manifests.import_.container import take_container, take_pod
from pydynamo_manifests.values.graph.component import COMPONENT_TYPES

__all__ = ["read_alpha", "read_beta"]


def read_beta(component: dict[str, Any], *, tidy: bool) -> dict[str, Any]:
    """Return the values of an entry of ``spec.components``."""
    rest = copy.deepcopy(component)
    rest.pop("name", None)
    out = _take_common(rest)
    if rest.get("type") in COMPONENT_TYPES:
        out["type"] = rest.pop("type")
    if isinstance(rest.get("sharedMemorySize"), (str, int)):
        out["sharedMemory"] = rest.pop("sharedMemorySize")
    if rest.get("scalingAdapter") == {}:
        out["scalingAdapter"] = bool(rest.pop("scalingAdapter") == {})
    out |= _take_template(rest, tidy=tidy)
    return out | ({"component": rest} if rest else {})


def _take_common(rest: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, kind in (
        ("replicas", int),
        ("minAvailable", int),
        ("globalDynamoNamespace", bool),
        ("runtimeVersionOverride", str),
    ):
        if type(rest.get(key)) is kind and not (kind is int and rest[key] < 0):
            out[key] = rest.pop(key)
    multinode = rest.get("multinode")
    plain = isinstance(multinode, dict) and set(multinode) == {"nodeCount"}
    if plain and type(multinode["nodeCount"]) is int and multinode["nodeCount"] > 1:  # type: ignore[index]
        out["nodes"] = rest.pop("multinode")["nodeCount"]
    ref = rest.get("modelRef")
    if (
        isinstance(ref, dict)
        and set(ref) <= {"name", "revision"}
        and all(isinstance(v, str) for v in ref.values())
    ):
        out["modelRef"] = rest.pop("modelRef")
    return out


def _take_template(rest: dict[str, Any], *, tidy: bool) -> dict[str, Any]:
    template = rest.get("podTemplate")
    if (
        not isinstance(template, dict)
        or not isinstance(template.get("spec"), dict)
        or template.keys() - {"metadata", "spec"}
    ):
        return {}
    out = _take_metadata(template.get("metadata") or {})
    listed = template["spec"].get("containers")
    containers = listed if isinstance(listed, list) else []
    main = next((c for c in containers if isinstance(c, dict) and c.get("name") == "main"), None)
    if out is None or main is None or len(main) == 1:
        return {}
    pod = rest.pop("podTemplate")["spec"]
    pod["containers"].remove(main)
    if not pod["containers"]:
        del pod["containers"]
    main.pop("name")
    return out | _take_parts(main, pod, tidy=tidy)


def _take_metadata(metadata: Any) -> dict[str, Any] | None:
    fits = isinstance(metadata, dict) and not metadata.keys() - {"labels", "annotations"}
    if not fits or not all(
        isinstance(m, dict) and all(isinstance(v, str) for v in m.values()) for m in metadata.values()
    ):
        return None
    return dict(metadata)


def _take_parts(main: dict[str, Any], pod: dict[str, Any], *, tidy: bool) -> dict[str, Any]:
    out = _take_image(main) | take_container(main, tidy=tidy) | take_pod(pod)
    if "pullSecrets" in out:
        out["image"] = {**out.get("image", {}), "pullSecrets": out.pop("pullSecrets")}
    return out | ({"container": main} if main else {}) | ({"podSpec": pod} if pod else {})


def _take_image(main: dict[str, Any]) -> dict[str, Any]:
    policy = (
        main.pop("imagePullPolicy")
        if main.get("imagePullPolicy") in ("Always", "IfNotPresent", "Never")
        else None
    )
    out = {"reference": main.pop("image")} if isinstance(main.get("image"), str) else {}
    out |= {"pullPolicy": policy} if policy else {}
    return {"image": out} if out else {}


_PLACED = {
    "envs": "env",
    "resources": "resources",
    "livenessProbe": "livenessProbe",
    "readinessProbe": "readinessProbe",
}


def read_alpha(service: dict[str, Any], *, tidy: bool) -> dict[str, Any]:
    """Return the values of a value of ``spec.services``; ``placement`` says where facts with two homes stood."""
    rest = copy.deepcopy(service)
    out = _take_common(rest) | _take_alpha_type(rest) | _take_shared_memory(rest)
    if rest.get("scalingAdapter") == {"enabled": True}:
        out["scalingAdapter"] = bool(rest.pop("scalingAdapter"))
    if isinstance(rest.get("dynamoNamespace"), str):
        out["dynamoNamespace"] = rest.pop("dynamoNamespace")
    metadata = _take_metadata(rest.get("extraPodMetadata"))
    if metadata:
        del rest["extraPodMetadata"]
        out |= metadata
    out |= _take_alpha_pod(rest, tidy=tidy)
    return out | ({"component": rest} if rest else {})


def _take_alpha_type(rest: dict[str, Any]) -> dict[str, Any]:
    kind, sub = rest.get("componentType"), rest.get("subComponentType")
    if kind == "worker" and sub in ("prefill", "decode"):
        del rest["componentType"], rest["subComponentType"]
        return {"type": sub}
    if kind in COMPONENT_TYPES and kind not in ("prefill", "decode"):
        return {"type": rest.pop("componentType")}
    return {}


def _take_shared_memory(rest: dict[str, Any]) -> dict[str, Any]:
    memory: Any = rest.get("sharedMemory")
    if memory == {"disabled": True}:
        del rest["sharedMemory"]
        return {"sharedMemory": "0"}
    fits = isinstance(memory, dict) and set(memory) == {"size"} and isinstance(memory["size"], (str, int))
    if fits and str(memory["size"]) != "0":
        return {"sharedMemory": rest.pop("sharedMemory")["size"]}
    return {}


def _take_alpha_pod(rest: dict[str, Any], *, tidy: bool) -> dict[str, Any]:
    pod = rest.pop("extraPodSpec", None)
    if pod is not None and not isinstance(pod, dict):
        rest["extraPodSpec"] = pod
        return {}
    given = pod is not None
    pod = pod or {}
    main = pod.pop("mainContainer", None)
    if main is not None and not isinstance(main, dict):
        pod["mainContainer"], main = main, None
    main, placement, hatch = _gathered(rest, main or {})
    out = _take_parts(main, pod, tidy=tidy)
    if given and not (main or pod or out):
        rest["extraPodSpec"] = {}
    if hatch:
        out["container"] = {**out.get("container", {}), **hatch}
    return out | ({"placement": placement} if placement else {})


def _gathered(
    rest: dict[str, Any], main: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, str], dict[str, Any]]:
    """Bring the facts of both homes into one container; what stands in both stays behind for the hatch."""
    placement: dict[str, str] = {}
    hatch: dict[str, Any] = {}
    for own, key in _PLACED.items():
        value = _core_resources(rest.get(own)) if own == "resources" else rest.get(own)
        if value is not None:
            if key in main:
                hatch[key] = main.pop(key)
            main[key] = value
            rest.pop(own)
        elif key in main:
            placement[key] = "container"
    _gather_secret(rest, main, placement, hatch)
    _gather_mounts(rest, main, placement, hatch)
    return main, placement, hatch


def _gather_secret(
    rest: dict[str, Any], main: dict[str, Any], placement: dict[str, str], hatch: dict[str, Any]
) -> None:
    secret = rest.get("envFromSecret")
    if isinstance(secret, str) and secret:
        if "envFrom" in main:
            hatch["envFrom"] = main.pop("envFrom")
        main["envFrom"] = [{"secretRef": {"name": rest.pop("envFromSecret")}}]
    elif "envFrom" in main:
        placement["envFrom"] = "container"


def _gather_mounts(
    rest: dict[str, Any], main: dict[str, Any], placement: dict[str, str], hatch: dict[str, Any]
) -> None:
    mounts = rest.get("volumeMounts")
    plain = isinstance(mounts, list) and all(
        isinstance(m, dict) and set(m) == {"name", "mountPoint"} and isinstance(m["mountPoint"], str)
        for m in mounts
    )
    if not plain or not mounts or len({m["mountPoint"] for m in mounts}) != len(mounts):
        return
    if "volumeMounts" in main:
        hatch["volumeMounts"] = main.pop("volumeMounts")
    main["volumeMounts"] = [
        {"name": m["name"], "mountPath": m["mountPoint"]} for m in rest.pop("volumeMounts")
    ]
    placement["mounts"] = "component"


def _core_resources(resources: Any) -> dict[str, Any] | None:
    """Return v1alpha1 resources in core form, or ``None`` when it could not be turned back exactly."""
    if not isinstance(resources, dict) or resources.keys() - {"requests", "limits", "claims"}:
        return None
    out: dict[str, Any] = {}
    for side, amounts in resources.items():
        if side == "claims":
            out[side] = amounts
            continue
        core = _core_amounts(amounts)
        if core is None:
            return None
        out[side] = core
    return out


def _core_amounts(amounts: Any) -> dict[str, Any] | None:
    if not isinstance(amounts, dict) or amounts.keys() - {"cpu", "memory", "gpu", "custom"}:
        return None
    custom = amounts.get("custom", {})
    if not isinstance(custom, dict) or ("custom" in amounts and not custom):
        return None
    named = {"nvidia.com/gpu" if k == "gpu" else k: v for k, v in amounts.items() if k != "custom"}
    clash = custom.keys() & {"cpu", "memory", "nvidia.com/gpu"}
    if clash or not all(isinstance(v, str) for v in [*named.values(), *custom.values()]):
        return None
    return {**named, **custom}
