"""A component in the words of v1beta1 and of v1alpha1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.render.container import DEFAULT_GPU, main_container
from pydynamo_manifests.render.merge import merge, without_nulls
from pydynamo_manifests.render.pod import pod_metadata, pod_spec
from pydynamo_manifests.render.text import follow, text

if TYPE_CHECKING:
    from pydynamo_manifests.render.context import Context

__all__ = ["component_alpha", "component_beta"]


def component_beta(ctx: Context) -> dict[str, Any]:
    """Return an entry of ``spec.components`` of nvidia.com/v1beta1."""
    component, common = ctx.component, _common(ctx)
    main, pod = without_nulls(main_container(ctx)), without_nulls(pod_spec(ctx))
    merge(main, component.get("container") or {})
    if main:
        pod["containers"] = [{"name": "main", **main}, *(pod.get("containers") or [])]
    merge(pod, component.get("podSpec") or {})
    template = _filled({"metadata": _filled(without_nulls(pod_metadata(ctx))), "spec": _filled(pod)})
    out: dict[str, Any] = without_nulls(
        {
            "name": ctx.name,
            "type": component.get("type"),
            **common,
            "sharedMemorySize": component.get("sharedMemory"),
            "scalingAdapter": {} if component.get("scalingAdapter") else None,
            "podTemplate": template,
        }
    )
    merge(out, component.get("component") or {})
    return out


def component_alpha(ctx: Context) -> dict[str, Any]:
    """Return a value of ``spec.services`` of nvidia.com/v1alpha1."""
    component, common = ctx.component, _common(ctx)
    main, pod = without_nulls(main_container(ctx)), without_nulls(pod_spec(ctx))
    own = _component_fields(main, component.get("placement") or {})
    merge(main, component.get("container") or {})
    merge(pod, component.get("podSpec") or {})
    out: dict[str, Any] = without_nulls(
        {
            **_alpha_type(component.get("type")),
            **common,
            **own,
            "sharedMemory": _alpha_shared_memory(component.get("sharedMemory")),
            "scalingAdapter": {"enabled": True} if component.get("scalingAdapter") else None,
            "dynamoNamespace": component.get("dynamoNamespace"),
            "extraPodMetadata": _filled(without_nulls(pod_metadata(ctx))),
            "extraPodSpec": _filled({**pod, **({"mainContainer": main} if main else {})}),
        }
    )
    merge(out, component.get("component") or {})
    return out


def _filled(value: dict[str, Any]) -> dict[str, Any] | None:
    return {k: v for k, v in value.items() if v is not None} or None


def _common(ctx: Context) -> dict[str, Any]:
    component = ctx.component
    nodes = component.get("nodes") or 1
    where = f"components.{ctx.name}"
    return {
        "replicas": component.get("replicas"),
        "minAvailable": component.get("minAvailable"),
        "multinode": {"nodeCount": nodes} if nodes > 1 else None,
        "globalDynamoNamespace": component.get("globalDynamoNamespace"),
        "runtimeVersionOverride": follow(
            component.get("runtimeVersionOverride"), ctx.knobs, f"{where}.runtimeVersionOverride"
        ),
        "modelRef": _model_ref(ctx, where),
    }


def _model_ref(ctx: Context, where: str) -> dict[str, Any] | None:
    given = ctx.component.get("modelRef")
    if given is None:
        return None
    return {key: follow(value, ctx.knobs, f"{where}.modelRef.{key}") for key, value in sorted(given.items())}


def _alpha_type(kind: str | None) -> dict[str, Any]:
    if kind in ("prefill", "decode"):
        return {"componentType": "worker", "subComponentType": kind}
    return {"componentType": kind}


def _alpha_shared_memory(size: Any) -> dict[str, Any] | None:
    if size is None:
        return None
    return {"disabled": True} if text(size) == "0" else {"size": size}


def _component_fields(main: dict[str, Any], placement: dict[str, Any]) -> dict[str, Any]:
    """Take out of the container what v1alpha1 keeps at the component, unless ``placement`` says otherwise."""
    out: dict[str, Any] = {}
    for key in ("env", "livenessProbe", "readinessProbe", "resources"):
        name = "envs" if key == "env" else key
        if key in main and placement.get(key) != "container":
            out[name] = main.pop(key)
    if isinstance(out.get("resources"), dict):
        out["resources"] = _alpha_resources(out["resources"])
    if placement.get("envFrom") != "container" and (secret := _one_secret(main.get("envFrom"))):
        del main["envFrom"]
        out["envFromSecret"] = secret
    if placement.get("mounts") == "component" and "volumeMounts" in main:
        out["volumeMounts"] = [_alpha_mount(mount) for mount in main.pop("volumeMounts")]
    return out


def _one_secret(env_from: Any) -> str | None:
    entry = env_from[0] if isinstance(env_from, list) and len(env_from) == 1 else None
    if not (isinstance(entry, dict) and set(entry) == {"secretRef"} and set(entry["secretRef"]) == {"name"}):
        return None
    return str(entry["secretRef"]["name"])


def _alpha_mount(mount: dict[str, Any]) -> dict[str, Any]:
    return {"mountPoint" if k == "mountPath" else k: v for k, v in mount.items()}


def _alpha_resources(core: dict[str, Any]) -> dict[str, Any]:
    return {side: amounts if side == "claims" else _alpha_amounts(amounts) for side, amounts in core.items()}


def _alpha_amounts(amounts: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, amount in amounts.items():
        if name in ("cpu", "memory"):
            out[name] = text(amount)
        elif name == DEFAULT_GPU:
            out["gpu"] = text(amount)
        else:
            out.setdefault("custom", {})[name] = text(amount)
    return out
