"""What the operator's mutating webhooks make of an object before it is validated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.admission import metadata
from pydynamo_manifests.validate.admission.component import INTER_POD, Component, from_service
from pydynamo_manifests.validate.admission.graph import ALPHA, DCD, DGD, read_graph
from pydynamo_manifests.validate.admission.provider import target_of
from pydynamo_manifests.validate.admission.semver import version_core
from pydynamo_manifests.validate.admission.shapes import listed, mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.admission.review import Review

__all__ = ["as_applied", "defaulted"]

_STAMPS = (metadata.PROVIDER, metadata.ORIGIN)
_PLANNER = "nvcr.io/nvidia/ai-dynamo/dynamo-planner"
_PROFILER = "nvcr.io/nvidia/ai-dynamo/vllm-runtime"


def as_applied(obj: dict[str, Any], old: dict[str, Any] | None) -> dict[str, Any]:
    """Return a written manifest with the annotations that an apply keeps from the stored graph.

    The operator stamps two annotations on a graph; a manifest in a repository has neither, and an apply
    leaves them alone. A submission with one of the two is taken as it is.
    """
    if old is None or obj.get("kind") != DGD:
        return obj
    stored = mapping(mapping(old.get("metadata")).get("annotations"))
    given = mapping(mapping(obj.get("metadata")).get("annotations"))
    if any(key in given or key not in stored for key in _STAMPS):
        return obj
    return _annotated(obj, {key: stored[key] for key in _STAMPS})


def _annotated(obj: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    about = mapping(obj.get("metadata"))
    return {**obj, "metadata": {**about, "annotations": {**mapping(about.get("annotations")), **more}}}


def defaulted(review: Review, obj: dict[str, Any], image: str | None = None) -> dict[str, Any]:
    """Return what the defaulting webhooks make of an object; the object itself stays as it is.

    ``image`` is the planner image that the operator is configured to request graphs with.
    """
    kind = obj.get("kind")
    if kind == DGD:
        return _graph(review, obj)
    if kind == DCD and review.create and obj.get("apiVersion") != ALPHA and review.at_least("1.2"):
        return _named(obj)
    if kind == "DynamoGraphDeploymentRequest" and review.create and obj.get("apiVersion") != ALPHA:
        return _with_image(review, obj, image)
    return obj


def _named(obj: dict[str, Any]) -> dict[str, Any]:
    spec, name = obj.get("spec"), mapping(obj.get("metadata")).get("name")
    if not isinstance(spec, dict) or text(spec.get("name")) or not name:
        return obj
    return {**obj, "spec": {**spec, "name": name}}


def _with_image(review: Review, obj: dict[str, Any], image: str | None) -> dict[str, Any]:
    spec = obj.get("spec")
    version = text(review.cluster.operator_version) if review.cluster else ""
    repository = _PLANNER if review.at_least("1.1") else _PROFILER
    chosen = image or (f"{repository}:{version.removeprefix('v')}" if version_core(version) else "")
    if not isinstance(spec, dict) or text(spec.get("image")) or not chosen:
        return obj
    return {**obj, "spec": {**spec, "image": chosen}}


def _graph(review: Review, obj: dict[str, Any]) -> dict[str, Any]:
    graph = read_graph(obj)
    provider = metadata.provider_of(review, graph)
    stamps: dict[str, Any] = {}
    if review.create and review.at_least("1.0"):
        version = review.cluster.operator_version if review.cluster else None
        if version and metadata.ORIGIN not in graph.annotations:
            stamps[metadata.ORIGIN] = version
        if provider is not None:
            stamps[metadata.PROVIDER] = provider
    made = _annotated(obj, stamps) if stamps else obj
    spec = obj.get("spec")
    if not isinstance(spec, dict) or not review.at_least("1.3"):
        return made
    grove = review.at_least("1.3") and metadata.is_grove(review, graph, provider)
    adopted = provider is not None or not review.on(metadata.PROVIDER_VALUE)
    return {**made, "spec": _spec(spec, alpha=obj.get("apiVersion") == ALPHA, grove=grove and adopted)}


def _spec(spec: dict[str, Any], *, alpha: bool, grove: bool) -> dict[str, Any]:
    made = dict(spec)
    if grove and isinstance(spec.get("providerOverride"), dict):
        made["providerOverride"] = _targeted(spec["providerOverride"], "PodCliqueSet")
    if alpha and isinstance(spec.get("services"), dict):
        made["services"] = {
            key: _component(item, from_service(str(key), item, ()), grove=grove)
            if isinstance(item, dict)
            else item
            for key, item in spec["services"].items()
        }
    if not alpha and isinstance(spec.get("components"), list):
        made["components"] = [
            _component(item, Component(item, ()), grove=grove) if isinstance(item, dict) else item
            for item in spec["components"]
        ]
    return made


def _component(raw: dict[str, Any], view: Component, *, grove: bool) -> dict[str, Any]:
    made = dict(raw)
    if made.get("replicas") is None:
        made["replicas"] = 1
    if not grove:
        return made
    if made.get("minAvailable") is None:
        made["minAvailable"] = 1
    if isinstance(made.get("providerOverride"), dict):
        made["providerOverride"] = _targeted(made["providerOverride"], target_of(view))
    if view.multinode and view.gms != INTER_POD:
        made.update(_roles(made))
    return made


def _roles(raw: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    multinode = raw.get("multinode")
    if isinstance(multinode, dict):
        yield "multinode", {key: _role(value) for key, value in multinode.items()}
    if "roles" in raw:
        yield "roles", [_role(item) for item in listed(raw["roles"])]


def _role(role: Any) -> Any:
    override = role.get("providerOverride") if isinstance(role, dict) else None
    if not isinstance(override, dict):
        return role
    return {**role, "providerOverride": _targeted(override, "PodCliqueTemplateSpec")}


def _targeted(override: dict[str, Any], target: str) -> dict[str, Any]:
    return override if text(override.get("target")) else {**override, "target": target}
