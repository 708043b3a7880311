"""The Dynamo container and the pod of a component in the words of the values."""

from __future__ import annotations

from typing import Any

from pydynamo_manifests.import_.arguments import read_arguments, read_environment
from pydynamo_manifests.values.names import MOUNT_PATH, VOLUME_NAME

__all__ = ["GPU_RESOURCES", "take_container", "take_pod", "take_resources"]

GPU_RESOURCES = ("nvidia.com/gpu", "gpu.intel.com/xe", "gpu.intel.com/i915", "amd.com/gpu")

_CONTAINER_KEYS = {
    "lifecycle": dict,
    "livenessProbe": dict,
    "ports": list,
    "readinessProbe": dict,
    "securityContext": dict,
    "startupProbe": dict,
    "workingDir": str,
}
_POD_KEYS = {
    "affinity": dict,
    "hostIPC": bool,
    "hostNetwork": bool,
    "initContainers": list,
    "nodeSelector": dict,
    "priorityClassName": str,
    "resourceClaims": list,
    "runtimeClassName": str,
    "schedulerName": str,
    "serviceAccountName": str,
    "terminationGracePeriodSeconds": int,
    "tolerations": list,
    "topologySpreadConstraints": list,
}
_MOUNT_KEYS = {
    "name",
    "mountPath",
    "subPath",
    "subPathExpr",
    "readOnly",
    "recursiveReadOnly",
    "mountPropagation",
}


def take_container(main: dict[str, Any], *, tidy: bool) -> dict[str, Any]:
    """Move what has a field of its own out of a container; what is left is for the hatch."""
    out: dict[str, Any] = {}
    for key, kind in _CONTAINER_KEYS.items():
        if _fits(main.get(key), kind):
            out[key] = main.pop(key)
    if _is_texts(main.get("command")):
        out["command"] = main.pop("command")
    if _is_texts(main.get("args")):
        out |= read_arguments(main.pop("args"), tidy=tidy)
    found = read_environment(main.get("env"))
    if found is not None:
        del main["env"]
        out |= found
    if isinstance(main.get("envFrom"), list) and all(isinstance(e, dict) for e in main["envFrom"]):
        out["envFrom"] = main.pop("envFrom")
    out |= take_resources(main)
    return out | _take_mounts(main)


def _fits(value: Any, kind: type[Any]) -> bool:
    maps = not isinstance(value, list) or all(isinstance(item, dict) for item in value)
    return type(value) is kind and maps


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def take_resources(main: dict[str, Any]) -> dict[str, Any]:
    """Move resources in core form out of a container; a count of GPUs becomes ``gpus``."""
    if not _is_resources(main.get("resources")):
        return {}
    resources: dict[str, Any] = main.pop("resources")
    out: dict[str, Any] = {}
    limits, requests = (dict(resources.get(side) or {}) for side in ("limits", "requests"))
    name = next((r for r in GPU_RESOURCES if _is_count(limits.get(r))), None)
    if name:
        count = limits.pop(name)
        out["gpus"] = int(count)
        if name != GPU_RESOURCES[0]:
            out["gpuResource"] = name
        if requests.get(name) == count:
            out["gpuRequests"] = bool(requests.pop(name))
    kept = {"limits": limits, "requests": requests, "claims": resources.get("claims")}
    rest = {side: kept[side] for side in resources if kept[side] or not resources[side]}
    if rest or not name:
        out["resources"] = rest
    return out


def _is_resources(resources: Any) -> bool:
    if not isinstance(resources, dict) or resources.keys() - {"limits", "requests", "claims"}:
        return False
    sides = [resources.get(s) for s in ("limits", "requests") if s in resources]
    plain = all(isinstance(s, dict) and all(_is_quantity(v) for v in s.values()) for s in sides)
    return plain and isinstance(resources.get("claims", []), list)


def _is_quantity(value: Any) -> bool:
    return (
        isinstance(value, (str, int, float))
        and not isinstance(value, bool)
        and (isinstance(value, str) or value >= 0)
    )


def _is_count(value: Any) -> bool:
    return isinstance(value, str) and value.isdigit() and value == str(int(value)) and 0 < int(value) < 2**31


def _take_mounts(main: dict[str, Any]) -> dict[str, Any]:
    mounts = main.get("volumeMounts")
    if not isinstance(mounts, list) or not all(_is_mount(m) for m in mounts):
        return {}
    by_path = {m["mountPath"]: {k: v for k, v in m.items() if k != "mountPath"} for m in mounts}
    if len(by_path) != len(mounts):
        return {}
    del main["volumeMounts"]
    return {"mounts": by_path}


def _is_mount(mount: Any) -> bool:
    return (
        isinstance(mount, dict)
        and isinstance(path := mount.get("mountPath"), str)
        and MOUNT_PATH.fullmatch(path) is not None
        and not mount.keys() - _MOUNT_KEYS
    )


def take_pod(pod: dict[str, Any]) -> dict[str, Any]:
    """Move what has a field of its own out of a pod spec that holds no Dynamo container any more."""
    out: dict[str, Any] = {}
    for key, kind in _POD_KEYS.items():
        if _fits(pod.get(key), kind):
            out[key] = pod.pop(key)
    if isinstance(pod.get("securityContext"), dict):
        out["podSecurityContext"] = pod.pop("securityContext")
    if isinstance(pod.get("containers"), list) and all(isinstance(c, dict) for c in pod["containers"]):
        out["sidecars"] = pod.pop("containers")
    return out | _take_volumes(pod) | _take_pull_secrets(pod)


def _take_volumes(pod: dict[str, Any]) -> dict[str, Any]:
    volumes = pod.get("volumes")
    if not isinstance(volumes, list) or not all(
        isinstance(v, dict) and isinstance(v.get("name"), str) and VOLUME_NAME.fullmatch(v["name"])
        for v in volumes
    ):
        return {}
    by_name = {v["name"]: {k: x for k, x in v.items() if k != "name"} for v in volumes}
    if len(by_name) != len(volumes):
        return {}
    del pod["volumes"]
    return {"volumes": by_name}


def _take_pull_secrets(pod: dict[str, Any]) -> dict[str, Any]:
    secrets = pod.get("imagePullSecrets")
    if not isinstance(secrets, list) or not all(isinstance(s, dict) and set(s) == {"name"} for s in secrets):
        return {}
    if not all(isinstance(s["name"], str) for s in secrets):
        return {}
    del pod["imagePullSecrets"]
    return {"pullSecrets": [s["name"] for s in secrets]}
