"""What the operator's mutating webhooks make of an object before it is validated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pydynamo_manifests.validate.admission import metadata
from pydynamo_manifests.validate.admission.component import INTER_POD, Component, from_service
from pydynamo_manifests.validate.admission.graph import ALPHA, DCD, DGD, read_graph
from pydynamo_manifests.validate.admission.provider import target_of
from pydynamo_manifests.validate.admission.semver import version_core
from pydynamo_manifests.validate.shapes import listed, mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.admission.review import Review

__all__ = ["as_applied", "defaulted"]

_STAMPS = (metadata.PROVIDER, metadata.ORIGIN)
_PLANNER = "nvcr.io/nvidia/ai-dynamo/dynamo-planner"


def as_applied(obj: dict[str, Any], old: dict[str, Any] | None) -> dict[str, Any]:
    """Return a written manifest with what a server-side apply keeps of the stored graph.

    The operator stamps two annotations on a graph; a manifest in a repository has neither, and an apply
    leaves them alone, as it does the replicas of a scaled component that the manifest does not name.
    A submission with one of the two stamps is a whole object and taken as it is.
    """
    if old is None or obj.get("kind") != DGD:
        return obj
    stored = mapping(mapping(old.get("metadata")).get("annotations"))
    given = mapping(mapping(obj.get("metadata")).get("annotations"))
    if any(key in given or key not in stored for key in _STAMPS):
        return obj
    return _with_replicas(_annotated(obj, {key: stored[key] for key in _STAMPS}), old)


def _with_replicas(obj: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
    spec, graph, before = obj.get("spec"), read_graph(obj), read_graph(old)
    kept = {c.name: c.raw["replicas"] for c in before.components if c.scaled and "replicas" in c.raw}
    left_out = {c.name for c in graph.components if c.scaled and c.raw.get("replicas") is None}
    kept = {name: kept[name] for name in left_out & kept.keys()}
    if not kept or not isinstance(spec, dict):
        return obj
    if graph.alpha:
        services = {
            key: {**item, "replicas": kept[str(key)]} if str(key) in kept and isinstance(item, dict) else item
            for key, item in mapping(spec.get("services")).items()
        }
        return {**obj, "spec": {**spec, "services": services}}
    components = [
        {**item, "replicas": kept[item["name"]]} if text(mapping(item).get("name")) in kept else item
        for item in listed(spec.get("components"))
    ]
    return {**obj, "spec": {**spec, "components": components}}


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


def _spec(obj: dict[str, Any]) -> Any:
    """Return the spec; the webhook of a kind whose spec may be absent fills an empty one."""
    return {} if obj.get("spec") is None else obj["spec"]


def _named(obj: dict[str, Any]) -> dict[str, Any]:
    spec, name = _spec(obj), mapping(obj.get("metadata")).get("name")
    if not isinstance(spec, dict) or text(spec.get("name")) or not name:
        return obj
    return {**obj, "spec": {**spec, "name": name}}


def _with_image(review: Review, obj: dict[str, Any], image: str | None) -> dict[str, Any]:
    spec = _spec(obj)
    version = text(review.cluster.operator_version) if review.cluster else ""
    own = (
        f"{_PLANNER}:{version.removeprefix('v')}" if version_core(version) and review.at_least("1.1") else ""
    )
    chosen = image or own
    if not isinstance(spec, dict) or text(spec.get("image")) or not chosen:
        return obj
    return {**obj, "spec": {**spec, "image": chosen}}


def _graph(review: Review, obj: dict[str, Any]) -> dict[str, Any]:
    annotations = mapping(mapping(obj.get("metadata")).get("annotations"))
    provider = metadata.provider_of(review, annotations)
    stamps: dict[str, Any] = {}
    if review.create and review.at_least("1.0"):
        version = review.cluster.operator_version if review.cluster else None
        if version and metadata.ORIGIN not in annotations:
            stamps[metadata.ORIGIN] = version
        if provider is not None:
            stamps[metadata.PROVIDER] = provider
    made = _annotated(obj, stamps) if stamps else obj
    spec = obj.get("spec")
    if not isinstance(spec, dict) or not review.at_least("1.3"):
        return made
    adopted = provider is not None or not review.on(metadata.PROVIDER_VALUE)
    grove = adopted and metadata.is_grove(review, annotations, provider)
    writer = _Writer(grove=grove, role_replicas=review.at_least("1.6"))
    return {**made, "spec": writer.spec(spec, alpha=obj.get("apiVersion") == ALPHA)}


class _Writer(NamedTuple):
    """Writes defaults into a graph's spec, on copies."""

    grove: bool
    """Grove runs the graph, and the operator has adopted it."""
    role_replicas: bool
    """Roles say how many pods they have."""

    def spec(self, spec: dict[str, Any], *, alpha: bool) -> dict[str, Any]:
        made = dict(spec)
        if self.grove and isinstance(spec.get("providerOverride"), dict):
            made["providerOverride"] = _targeted(spec["providerOverride"], "PodCliqueSet")
        if alpha and isinstance(spec.get("services"), dict):
            made["services"] = {
                key: self.component(item, alpha=alpha) for key, item in spec["services"].items()
            }
        if not alpha and isinstance(spec.get("components"), list):
            made["components"] = [self.component(item, alpha=alpha) for item in spec["components"]]
        return made

    def component(self, raw: Any, *, alpha: bool) -> Any:
        if not isinstance(raw, dict):
            return raw
        made = dict(raw)
        if made.get("replicas") is None:
            made["replicas"] = 1
        if self.grove and made.get("minAvailable") is None:
            made["minAvailable"] = 1
        if "providerOverride" in raw or "multinode" in raw:
            view = from_service("", raw, ()) if alpha else Component(raw, ())
            made.update(self.parts(raw, view))
        return made

    def parts(self, raw: dict[str, Any], view: Component) -> Iterator[tuple[str, Any]]:
        if self.grove and isinstance(raw.get("providerOverride"), dict):
            yield "providerOverride", _targeted(raw["providerOverride"], target_of(view))
        if view.multinode:
            yield "multinode", {key: self.role(value, view, "") for key, value in raw["multinode"].items()}
            if isinstance(raw.get("roles"), list):
                yield (
                    "roles",
                    [self.role(item, view, text(mapping(item).get("name"))) for item in raw["roles"]],
                )

    def role(self, role: Any, view: Component, name: str) -> Any:
        if not isinstance(role, dict):
            return role
        made = dict(role)
        if self.role_replicas and name in ("leader", "worker") and made.get("replicas") is None:
            made["replicas"] = 1 if name == "leader" else view.nodes - 1
        override = made.get("providerOverride")
        if self.grove and view.gms != INTER_POD and isinstance(override, dict):
            made["providerOverride"] = _targeted(override, "PodCliqueTemplateSpec")
        return made


def _targeted(override: dict[str, Any], target: str) -> dict[str, Any]:
    return override if text(override.get("target")) else {**override, "target": target}
