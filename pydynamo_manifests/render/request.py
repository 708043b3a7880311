"""A request in the words of v1beta1 and of v1alpha1, which names and places most of it differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.render.container import image_of, reference
from pydynamo_manifests.render.merge import merge, without_nulls
from pydynamo_manifests.render.text import follow

if TYPE_CHECKING:
    from pydynamo_manifests.render.context import Context

__all__ = ["request_spec"]


def request_spec(ctx: Context, *, beta: bool) -> dict[str, Any]:
    """Return the spec of a DynamoGraphDeploymentRequest; ``ctx.component`` holds the request's values.

    Raises:
        InputError: No model is named.
    """
    if ctx.knobs["model.name"] is None:
        raise InputError("request needs model.name: --set model.name=Qwen/Qwen3-32B")
    spec = without_nulls(_beta(ctx) if beta else _alpha(ctx))
    merge(spec, ctx.values.get("spec") or {})
    return dict(spec)


def _common(ctx: Context) -> dict[str, Any]:
    request = ctx.component
    override = follow(request.get("runtimeVersionOverride"), ctx.knobs, "request.runtimeVersionOverride")
    return {
        "model": ctx.knobs["model.name"],
        "backend": request.get("backend"),
        "runtimeVersionOverride": override,
        "autoApply": request.get("autoApply"),
    }


def _cache(ctx: Context) -> dict[str, Any] | None:
    given = ctx.component.get("modelCache")
    if given is None:
        return None
    claim = given.get("pvcName") or ((ctx.values.get("model") or {}).get("cache") or {}).get("existingClaim")
    return {**given, "pvcName": claim}


def _beta(ctx: Context) -> dict[str, Any]:
    plain = ("searchStrategy", "hardware", "workload", "sla", "features", "overrides")
    return {
        **_common(ctx),
        **{key: ctx.component.get(key) for key in plain},
        "image": reference(image_of(ctx), ctx),
        "modelCache": _cache(ctx),
    }


def _alpha(ctx: Context) -> dict[str, Any]:
    request = ctx.component
    features = request.get("features") or {}
    return {
        **_common(ctx),
        "useMocker": (features.get("mocker") or {}).get("enabled"),
        "enableGpuDiscovery": request.get("enableGpuDiscovery"),
        "deploymentOverrides": request.get("deploymentOverrides"),
        "profilingConfig": {
            **{k: v for k, v in (request.get("profilingConfig") or {}).items() if k != "config"},
            "profilerImage": reference(image_of(ctx), ctx),
            "config": _alpha_config(ctx, features) or None,
        },
    }


def _alpha_config(ctx: Context, features: dict[str, Any]) -> dict[str, Any]:
    request = ctx.component
    workload, cache = request.get("workload") or {}, _cache(ctx) or {}
    sla = without_nulls(
        {**(request.get("sla") or {}), "isl": workload.get("isl"), "osl": workload.get("osl")}
    )
    claim = without_nulls(
        {
            "pvcName": cache.get("pvcName"),
            "modelPathInPvc": cache.get("pvcModelPath"),
            "pvcMountPath": cache.get("pvcMountPath"),
        }
    )
    config: dict[str, Any] = {}
    if sla:
        config["sla"] = sla
    if claim:
        config["deployment"] = {"modelCache": claim}
    if features.get("planner") is not None:
        config["planner"] = features["planner"]
    merge(config, (request.get("profilingConfig") or {}).get("config") or {})
    return config
