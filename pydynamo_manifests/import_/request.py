"""A request as values: every field in the words of the values, whichever API version it was written in."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.import_.check import same
from pydynamo_manifests.import_.images import put_image, read_image
from pydynamo_manifests.import_.imported import Imported, frame, object_key
from pydynamo_manifests.import_.verify import over_or_none, rendered_spec
from pydynamo_manifests.values.graph.request import Request, Sla, Workload
from pydynamo_manifests.values.load import load_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["KIND", "import_request"]

KIND = "DynamoGraphDeploymentRequest"
ALPHA, BETA = "nvidia.com/v1alpha1", "nvidia.com/v1beta1"
_PLAIN = ("backend", "runtimeVersionOverride", "autoApply")
_BETA = ("searchStrategy", "modelCache", "hardware", "workload", "sla", "features", "overrides")
_ALPHA = ("deploymentOverrides", "enableGpuDiscovery")
_TARGETS, _TRAFFIC = ("ttft", "itl", "optimizationType"), ("isl", "osl")
_CLAIM = {"pvcName": "pvcName", "modelPathInPvc": "pvcModelPath", "pvcMountPath": "pvcMountPath"}
_WRITTEN_BY_OPERATOR = ("nvidia.com/generated-dgd-spec", "dgdr.nvidia.com/", "nvidia.com/dgdr-")


def import_request(
    manifest: Mapping[str, Any], others: Iterable[Mapping[str, Any]] = (), *, source: str = ""
) -> Imported:
    """Return the values of the graph chart that render as this DynamoGraphDeploymentRequest.

    Args:
        manifest: A request of nvidia.com/v1alpha1 or v1beta1; it is left as it is.
        others: Objects beside it; they become ``extraObjects``.
        source: Where it comes from, for messages.

    Raises:
        InputError: Another kind or version, or a request without a model.
    """
    api, spec = manifest.get("apiVersion"), manifest.get("spec") or {}
    if manifest.get("kind") != KIND or api not in (ALPHA, BETA):
        raise InputError(f"{api} {manifest.get('kind')} is not a request of {ALPHA} or {BETA}")
    if not isinstance(spec, dict) or not isinstance(spec.get("model"), str):
        raise InputError("the request's spec says no model")
    if not isinstance(manifest.get("metadata") or {}, dict):
        raise InputError("the request's metadata must be a map")
    found = copy.deepcopy({k: v for k, v in spec.items() if v is not None})
    return _imported(manifest, found, [copy.deepcopy(dict(o)) for o in others], source)


def _imported(
    manifest: Mapping[str, Any], spec: dict[str, Any], others: list[dict[str, Any]], source: str
) -> Imported:
    kept: list[str] = []
    values, name = frame(str(manifest["apiVersion"]), _clean(manifest.get("metadata") or {}), kept)
    values["model"] = {"name": spec["model"]}
    read = _read_beta(spec) if manifest["apiVersion"] == BETA else _read_alpha(spec)
    recognised = [f"model {spec['model']}: model.name", *_image(values, read)]
    values["request"] = _typed(read)
    _verify(values, name, spec)
    recognised += [f"request.{key}" for key in values["request"]]
    if values.get("spec"):
        kept.append(f"the request: spec.{', spec.'.join(values['spec'])}")
    if others:
        values["extraObjects"] = {object_key(o): o for o in others}
    said = f"import of {name}" + (f" from {source}" if source else "")
    namespace = (manifest.get("metadata") or {}).get("namespace")
    return Imported(load_values(values, said), name, namespace, tuple(recognised), tuple(kept), values)


def _clean(metadata: Mapping[str, Any]) -> dict[str, Any]:
    annotations = metadata.get("annotations")
    if not isinstance(annotations, dict):
        return dict(metadata)
    own = {k: v for k, v in annotations.items() if not str(k).startswith(_WRITTEN_BY_OPERATOR)}
    rest = {k: v for k, v in metadata.items() if k != "annotations"}
    return {**rest, "annotations": own} if own or not annotations else rest


def _image(values: dict[str, Any], read: dict[str, Any]) -> list[str]:
    """Give the image its parts; a tag that is a release becomes the release."""
    image = read_image(read.pop("image", None))
    if image is None:
        return []
    release = put_image(values, image)
    return [f"Dynamo {release}, from the image's tag"] if release else ["the profiler's image"]


def _read_beta(spec: dict[str, Any]) -> dict[str, Any]:
    return {key: spec[key] for key in (*_PLAIN, *_BETA, "image") if key in spec}


def _read_alpha(spec: dict[str, Any]) -> dict[str, Any]:
    read = {key: spec[key] for key in (*_PLAIN, *_ALPHA) if key in spec}
    if spec.get("useMocker") is not None:
        read["features"] = {"mocker": {"enabled": spec["useMocker"]}}
    given = spec.get("profilingConfig")
    profiling = dict(given) if isinstance(given, dict) else {}
    if "profilerImage" in profiling:
        read["image"] = profiling.pop("profilerImage")
    config = profiling.get("config")
    if isinstance(config, dict):
        profiling["config"] = _read_config(dict(config), read)
    left = {k: v for k, v in profiling.items() if v is not None and (k != "config" or v != {})}
    if left:
        read["profilingConfig"] = left
    return read


def _read_config(config: dict[str, Any], read: dict[str, Any]) -> dict[str, Any]:
    """Move what the values have fields for out of the profiler's settings, and return the rest."""
    if left := _read_targets(config.pop("sla", None), read):
        config["sla"] = left
    deployment = config.get("deployment")
    if isinstance(deployment, dict) and isinstance(deployment.get("modelCache"), dict):
        config.pop("deployment")
        config |= _read_cache(deployment, read)
    planner = config.pop("planner", None)
    if planner is not None:
        read["features"] = {**read.get("features", {}), "planner": planner}
    return config


def _read_targets(sla: Any, read: dict[str, Any]) -> Any:
    """Move the latencies and the traffic, and return what is left beside them."""
    if not isinstance(sla, dict):
        return sla
    targets = {k: v for k, v in sla.items() if k in _TARGETS and _fits(Sla, k, v)}
    traffic = {k: v for k, v in sla.items() if k in _TRAFFIC and _fits(Workload, k, v)}
    read |= {key: block for key, block in (("sla", targets), ("workload", traffic)) if block}
    return {k: v for k, v in sla.items() if k not in targets and k not in traffic}


def _read_cache(deployment: dict[str, Any], read: dict[str, Any]) -> dict[str, Any]:
    """Move the model cache, and return the deployment as far as anything is left of it."""
    cache = deployment["modelCache"]
    known = {_CLAIM[k]: v for k, v in cache.items() if k in _CLAIM}
    read |= {"modelCache": known} if known else {}
    left = {k: v for k, v in deployment.items() if k != "modelCache"}
    if rest := {k: v for k, v in cache.items() if k not in _CLAIM}:
        left["modelCache"] = rest
    return {"deployment": left} if left else {}


def _fits(model: type[Any], key: str, value: Any) -> bool:
    try:
        model.model_validate({key: value})
    except ValidationError:
        return False
    return True


def _typed(read: dict[str, Any]) -> dict[str, Any]:
    """Keep what fits its field; the rest goes through the hatch, where :func:`_verify` finds it missing."""
    return {key: value for key, value in read.items() if _fits(Request, key, value)}


def _verify(values: dict[str, Any], name: str, spec: dict[str, Any]) -> None:
    """Render, compare, and let the hatch say what the fields could not."""
    over = over_or_none(rendered_spec(values, name), spec)
    if over:
        values["spec"] = over
    if over is None or (over and not same(rendered_spec(values, name), spec)):
        raise InputError(f"{name}: the request cannot be expressed; please report it")
