"""The Dynamo container of a component, in core form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.render.text import follow, text, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydynamo_manifests.render.context import Context

__all__ = ["DEFAULT_GPU", "environment", "image_of", "main_container", "reference"]

DEFAULT_GPU = "nvidia.com/gpu"

_AS_THEY_ARE = (
    "command",
    "lifecycle",
    "livenessProbe",
    "ports",
    "readinessProbe",
    "securityContext",
    "startupProbe",
    "workingDir",
)


def main_container(ctx: Context) -> dict[str, Any]:
    """Return the container without its name; a key that is given is written, even when it is empty."""
    image = image_of(ctx)
    return {
        "image": reference(image, ctx),
        "imagePullPolicy": image.get("pullPolicy"),
        **{key: ctx.component.get(key) for key in _AS_THEY_ARE},
        "args": _arguments(ctx),
        "env": _environment_of(ctx),
        "envFrom": _env_from(ctx),
        "resources": _resources(ctx),
        "volumeMounts": _mounts(ctx),
    }


def image_of(ctx: Context) -> dict[str, Any]:
    """Return the component's image: the graph's with what the component says differently."""
    own = ctx.component.get("image") or {}
    return {**(ctx.values.get("image") or {}), **{k: v for k, v in own.items() if v is not None}}


def reference(image: Mapping[str, Any], ctx: Context) -> str | None:
    """Return ``registry/repository:tag@digest``, or ``None`` without a repository."""
    if not image.get("repository"):
        return None
    registry, digest = image.get("registry"), image.get("digest")
    tag = image.get("tag")
    tag = ctx.knobs["dynamo.release"] if tag is None else tag
    parts = (f"{registry}/" if registry else "", image["repository"], f":{tag}" if tag else "")
    return "".join(parts) + (f"@{digest}" if digest else "")


def _arguments(ctx: Context) -> list[str] | None:
    component, where = ctx.component, f"components.{ctx.name}"
    parts = [component.get(key) for key in ("leadingArgs", "args", "extraArgs")]
    if all(part is None for part in parts):
        return None
    leading, flags, extra = parts
    middle = words(flags or {}, component.get("argOrder") or [], ctx.knobs, f"{where}.args")
    return [*_tokens(leading, ctx, "leadingArgs"), *middle, *_tokens(extra, ctx, "extraArgs")]


def _tokens(items: list[Any] | None, ctx: Context, key: str) -> list[str]:
    followed = (follow(item, ctx.knobs, f"components.{ctx.name}.{key}") for item in items or [])
    return [text(item) for item in followed if item is not None]


def _environment_of(ctx: Context) -> list[dict[str, Any]] | None:
    own = ctx.component.get("env")
    given = ctx.model_environment
    if own is None and not given:
        return None
    order = ctx.component.get("envOrder") or []
    return environment({**given, **(own or {})}, order, ctx.knobs, f"components.{ctx.name}.env")


def environment(
    variables: Mapping[str, Any], order: list[str], knobs: Mapping[str, Any], where: str
) -> list[dict[str, Any]]:
    """Return variables as the API's list: those of ``order`` first, the others sorted by name."""
    out = []
    for name in dict.fromkeys([*order, *sorted(variables)]):
        value = follow(variables.get(name), knobs, f"{where}.{name}")
        if isinstance(value, dict):
            out.append({"name": name, "valueFrom": value})
        elif value is not None:
            out.append({"name": name, "value": text(value)})
    return out


def _env_from(ctx: Context) -> list[Any] | None:
    own = ctx.component.get("envFrom")
    secret = ctx.model_secret
    if secret and not secret.get("key"):
        return [{"secretRef": {"name": secret["name"]}}, *(own or [])]
    return own


def _resources(ctx: Context) -> dict[str, Any] | None:
    component = ctx.component
    out = {k: dict(v) if isinstance(v, dict) else v for k, v in (component.get("resources") or {}).items()}
    name = DEFAULT_GPU if component.get("gpuResource") is None else component["gpuResource"]
    if component.get("gpus") and name:
        for side in ("limits", "requests") if component.get("gpuRequests") else ("limits",):
            out[side] = {name: str(component["gpus"]), **(out.get(side) or {})}
    return out if out or component.get("resources") is not None else None


def _mounts(ctx: Context) -> list[dict[str, Any]] | None:
    own = ctx.component.get("mounts")
    cache, files = ctx.cache_mounts, ctx.file_mounts
    if own is None and not cache and not files:
        return None
    for path in files:
        if path in cache or (own or {}).get(path) is not None:
            raise InputError(
                f"components.{ctx.name}.files: something else is mounted at {path} too: choose another path"
            )
    mounts = {**cache, **files, **(own or {})}
    return [{"mountPath": path, **mounts[path]} for path in sorted(mounts) if mounts[path] is not None]
