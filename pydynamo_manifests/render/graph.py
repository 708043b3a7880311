"""A graph and what stands beside it: the DGD, its files, its cache, extra objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.render.cache import claim, download_job
from pydynamo_manifests.render.container import environment
from pydynamo_manifests.render.context import CACHE_VOLUME, Context, cache_of
from pydynamo_manifests.render.merge import merge
from pydynamo_manifests.render.names import graph_name
from pydynamo_manifests.render.request import request_spec
from pydynamo_manifests.render.versions import component_alpha, component_beta

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["BETA", "render_graph"]

ALPHA, BETA = "nvidia.com/v1alpha1", "nvidia.com/v1beta1"
_CHART_LABELS = {"app.kubernetes.io/name": "dynamo-graph", "app.kubernetes.io/part-of": "dynamo"}


def render_graph(
    values: dict[str, Any], release: str, namespace: str | None, *, chart_labels: bool
) -> list[dict[str, Any]]:
    """Return the objects of checked values, nulls still in them; see :func:`pydynamo_manifests.render`."""
    fullname = values.get("fullnameOverride") or graph_name(release)
    labels = {**_CHART_LABELS, "app.kubernetes.io/instance": release} if chart_labels else {}
    parts = [_graph(values, fullname), *_files(values, fullname), *_cache_objects(values, fullname)]
    objects = [_with_metadata(part, namespace, labels) for part in parts]
    extra = values.get("extraObjects") or {}
    return objects + [extra[key] for key in sorted(extra) if extra[key] is not None]


def _with_metadata(part: dict[str, Any], namespace: str | None, labels: dict[str, str]) -> dict[str, Any]:
    metadata = part["metadata"]
    merged = {**labels, **(metadata.get("labels") or {})}
    full = {"name": metadata["name"], "namespace": namespace, "labels": merged or None}
    return {**part, "metadata": {**full, "annotations": metadata.get("annotations")}}


def _contexts(values: dict[str, Any], fullname: str) -> Iterator[Context]:
    components = values.get("components") or {}
    seen: dict[str, str] = {}
    for name in dict.fromkeys([*(values.get("componentOrder") or []), *sorted(components)]):
        if components.get(name) is None:
            continue
        if other := seen.get(name.lower()):
            raise InputError(
                f"components {other} and {name} differ by case only, and the operator's names are lower-case: "
                "rename one"
            )
        seen[name.lower()] = name
        yield Context(values, fullname, name, components[name])


def _graph(values: dict[str, Any], fullname: str) -> dict[str, Any]:
    contexts, request = list(_contexts(values, fullname)), values.get("request")
    if contexts and request is not None:
        raise InputError(
            "both components and request are given: keep one, --set request=null or --set components=null"
        )
    if not contexts and request is None:
        raise InputError("no components: start from a preset, e.g. -f values/graph/1.6/vllm-agg.yaml")
    api = (values.get("dynamo") or {}).get("apiVersion") or BETA
    if request is None:
        kind, spec = "DynamoGraphDeployment", _spec(values, contexts, beta=api == BETA)
    else:
        kind = "DynamoGraphDeploymentRequest"
        spec = request_spec(Context(values, fullname, "request", request), beta=api == BETA)
    metadata = {
        "name": fullname,
        "labels": values.get("labels"),
        "annotations": values.get("annotations"),
    }
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec}


def _spec(values: dict[str, Any], contexts: list[Context], *, beta: bool) -> dict[str, Any]:
    spec: dict[str, Any] = {}
    if values.get("backendFramework") is not None:
        spec["backendFramework"] = values["backendFramework"]
    if values.get("env") is not None:
        knobs = {**contexts[0].knobs, "gpus": None, "nodes": None, "totalGpus": None}
        spec["env" if beta else "envs"] = environment(values["env"], [], knobs, "env")
    if beta:
        spec["components"] = [component_beta(ctx) for ctx in contexts]
    else:
        spec["services"] = {ctx.name: component_alpha(ctx) for ctx in contexts}
    merge(spec, values.get("spec") or {})
    return spec


def _files(values: dict[str, Any], fullname: str) -> Iterator[dict[str, Any]]:
    for ctx in _contexts(values, fullname):
        if ctx.files:
            meta = {"name": ctx.files_name}
            yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": ctx.files}


def _cache_objects(values: dict[str, Any], fullname: str) -> Iterator[dict[str, Any]]:
    if created := claim(cache_of(values)):
        metadata = {"name": f"{fullname}-{CACHE_VOLUME}", **created["metadata"]}
        yield {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": metadata,
            "spec": created["spec"],
        }
    if job := download_job(values, fullname):
        yield {"apiVersion": "batch/v1", "kind": "Job", **job}
