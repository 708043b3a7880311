"""The model cache beside a graph: its claim, the Job that fills it, and how workers wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.render.container import environment, image_of, reference
from pydynamo_manifests.render.context import CACHE_VOLUME, Context, cache_path, digest
from pydynamo_manifests.render.merge import without_nulls
from pydynamo_manifests.render.names import MAX_NAME, cut

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["cache_volume", "claim", "download_job", "waiting_container"]

_DOWNLOAD = """\
import os, pathlib
from huggingface_hub import snapshot_download
snapshot_download(os.environ["MODEL"], revision=os.environ.get("REVISION") or None)
marker = pathlib.Path(os.environ["MARKER"])
marker.parent.mkdir(parents=True, exist_ok=True)
marker.touch()
"""
_JOB_STEM = MAX_NAME - len("-model-download-01234567")
_WAIT = 'until [ -e "$MARKER" ]; do echo "waiting for the model download"; sleep 5; done'


def cache_volume(cache: Mapping[str, Any], fullname: str) -> dict[str, Any]:
    """Return the volume source of the cache."""
    if cache.get("hostPath") is not None:
        return {"hostPath": {"path": cache["hostPath"], "type": "DirectoryOrCreate"}}
    return {
        "persistentVolumeClaim": {"claimName": cache.get("existingClaim") or f"{fullname}-{CACHE_VOLUME}"}
    }


def claim(cache: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return metadata and spec of the claim that the chart creates, or ``None``.

    Raises:
        InputError: The claim has no size.
    """
    create = cache.get("create")
    if create is None:
        return None
    if create.get("size") is None:
        raise InputError("model.cache.create.size is not set: --set model.cache.create.size=500Gi")
    return {
        "metadata": {
            "labels": create.get("labels"),
            "annotations": {"helm.sh/resource-policy": "keep", **(create.get("annotations") or {})},
        },
        "spec": {
            "accessModes": create.get("accessModes") or ["ReadWriteMany"],
            "storageClassName": create.get("storageClassName"),
            "resources": {"requests": {"storage": create["size"]}},
        },
    }


def _download(cache: Mapping[str, Any]) -> Mapping[str, Any]:
    download = cache.get("download") or {}
    return download if download.get("enabled") else {}


def _marker(ctx: Context) -> str:
    model = {key: ctx.knobs[f"model.{key}"] or "" for key in ("name", "revision")}
    return f"{cache_path(ctx.cache)}/.dynamo-manifests/{digest(model)}"


def waiting_container(ctx: Context) -> dict[str, Any] | None:
    """Return the init container that waits for the download's marker, when there is a download to wait for."""
    download = _download(ctx.cache)
    if not download or download.get("wait") is False:
        return None
    return {
        "name": "wait-for-model",
        "image": reference(image_of(ctx), ctx),
        "command": ["sh", "-c", _WAIT],
        "env": [{"name": "MARKER", "value": _marker(ctx)}],
        "volumeMounts": _cache_mount(ctx, read_only=True),
    }


def _cache_mount(ctx: Context, *, read_only: bool | None) -> list[dict[str, Any]]:
    mount = {"name": CACHE_VOLUME, "mountPath": cache_path(ctx.cache), "subPath": ctx.cache.get("subPath")}
    return [{**mount, "readOnly": read_only}]


def download_job(values: dict[str, Any], fullname: str) -> dict[str, Any] | None:
    """Return name and spec of the Job that fills the cache, or ``None`` without one.

    Raises:
        InputError: The cache is read-only, the hub's library writes elsewhere, or no model is named.
    """
    ctx = Context(values, fullname, "download", {"modelCache": True, "modelSecret": True})
    download = _download(ctx.cache)
    if not download:
        return None
    if ctx.cache.get("readOnly"):
        raise InputError(
            "model.cache is readOnly and cannot be filled: set model.cache.download.enabled=false"
        )
    if not _home_in_cache(ctx.cache):
        raise InputError(
            "model.cache.hfHome is outside model.cache.mountPath, where the download goes: "
            "set model.cache.hfHome=null"
        )
    spec = without_nulls(_job_spec(ctx, download))
    return {
        "metadata": {"name": f"{cut(fullname, _JOB_STEM)}-model-download-{digest(spec)[:8]}"},
        "spec": spec,
    }


def _home_in_cache(cache: dict[str, Any]) -> bool:
    """Tell whether the hub's library writes into the cache; without ``HF_HOME`` it has a folder of its own."""
    home, mount = cache.get("hfHome"), cache_path(cache).removesuffix("/")
    if home == "":
        return mount.endswith("/.cache/huggingface")
    return home is None or f"{home}/".startswith(f"{mount}/")


def _job_spec(ctx: Context, download: Mapping[str, Any]) -> dict[str, Any]:
    secrets = image_of(ctx).get("pullSecrets")
    pod = {
        "restartPolicy": "OnFailure",
        "nodeSelector": download.get("nodeSelector"),
        "imagePullSecrets": None if secrets is None else [{"name": s} for s in secrets if s is not None],
        "containers": [_job_container(ctx, download)],
        "volumes": [{"name": CACHE_VOLUME, **cache_volume(ctx.cache, ctx.fullname)}],
    }
    return {
        "backoffLimit": 6 if download.get("backoffLimit") is None else download["backoffLimit"],
        "ttlSecondsAfterFinished": download.get("ttlSecondsAfterFinished"),
        "template": {"spec": pod},
    }


def _job_container(ctx: Context, download: Mapping[str, Any]) -> dict[str, Any]:
    variables = {
        **ctx.model_environment,
        "MODEL": {"from": "model.name"},
        "REVISION": {"from": "model.revision"},
        "MARKER": _marker(ctx),
    }
    secret = ctx.model_secret
    whole = secret and not secret.get("key")
    return {
        "name": "download",
        "image": download.get("image") or reference(image_of(ctx), ctx),
        "command": ["python3", "-c", _DOWNLOAD],
        "env": environment(variables, [], ctx.knobs, "model.cache.download"),
        "envFrom": [{"secretRef": {"name": secret["name"]}}] if whole else None,
        "volumeMounts": _cache_mount(ctx, read_only=None),
    }
