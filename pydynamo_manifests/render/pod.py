"""The pod of a component without its Dynamo container."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.render.cache import cache_volume, waiting_container
from pydynamo_manifests.render.container import image_of
from pydynamo_manifests.render.context import CACHE_VOLUME, FILES_VOLUME, digest

if TYPE_CHECKING:
    from pydynamo_manifests.render.context import Context

__all__ = ["FILES_ANNOTATION", "pod_metadata", "pod_spec"]

FILES_ANNOTATION = "dynamo-manifests/files"
"""Hash of a component's files on its pods: another content restarts what reads it."""

_AS_THEY_ARE = (
    "affinity",
    "hostIPC",
    "hostNetwork",
    "nodeSelector",
    "priorityClassName",
    "resourceClaims",
    "runtimeClassName",
    "schedulerName",
    "serviceAccountName",
    "terminationGracePeriodSeconds",
    "tolerations",
    "topologySpreadConstraints",
)


def pod_spec(ctx: Context) -> dict[str, Any]:
    """Return the pod spec; ``containers`` holds the sidecars only."""
    component = ctx.component
    secrets = image_of(ctx).get("pullSecrets")
    return {
        **{key: component.get(key) for key in _AS_THEY_ARE},
        "securityContext": component.get("podSecurityContext"),
        "imagePullSecrets": None if secrets is None else [{"name": s} for s in secrets if s is not None],
        "initContainers": _init_containers(ctx),
        "containers": component.get("sidecars"),
        "volumes": _volumes(ctx),
    }


def _init_containers(ctx: Context) -> list[Any] | None:
    waiting = waiting_container(ctx)
    own = ctx.component.get("initContainers")
    return [waiting, *(own or [])] if waiting else own


def _volumes(ctx: Context) -> list[dict[str, Any]] | None:
    own = ctx.component.get("volumes")
    given = {**_cache_volume(ctx), **_files_volume(ctx)}
    if own is None and not given:
        return None
    taken = [name for name in given if (own or {}).get(name) is not None]
    if taken:
        raise InputError(
            f"components.{ctx.name}.volumes.{min(taken)}: a volume of the chart has this name: choose another, "
            "or change that one in podSpec"
        )
    volumes = {**given, **(own or {})}
    return [{"name": name, **volumes[name]} for name in sorted(volumes) if volumes[name] is not None]


def _cache_volume(ctx: Context) -> dict[str, Any]:
    return {CACHE_VOLUME: cache_volume(ctx.cache, ctx.fullname)} if ctx.cache else {}


def _files_volume(ctx: Context) -> dict[str, Any]:
    return {FILES_VOLUME: {"configMap": {"name": ctx.files_name}}} if ctx.files else {}


def pod_metadata(ctx: Context) -> dict[str, Any]:
    """Return labels and annotations of the pods."""
    annotations = ctx.component.get("annotations")
    if ctx.files:
        annotations = {FILES_ANNOTATION: digest(ctx.files), **(annotations or {})}
    return {"labels": ctx.component.get("labels"), "annotations": annotations}
