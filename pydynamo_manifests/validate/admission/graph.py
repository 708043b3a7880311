"""A DGD or DCD as the admission webhook sees it, and the way back from its paths to what was submitted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import DynamoManifestsError
from pydynamo_manifests.validate.admission.component import MAIN, Component, from_service
from pydynamo_manifests.validate.shapes import listed, mapping, text

if TYPE_CHECKING:
    from pydynamo_manifests.yaml import Path

__all__ = ["ALPHA", "BETA", "DCD", "DGD", "Graph", "converted", "read_graph", "source_path"]

ALPHA = "nvidia.com/v1alpha1"
BETA = "nvidia.com/v1beta1"
DGD = "DynamoGraphDeployment"
DCD = "DynamoComponentDeployment"

_PAYLOAD = {
    DGD: "nvidia.com/dgd-spec",
    DCD: "nvidia.com/dcd-spec",
    "DynamoGraphDeploymentRequest": "nvidia.com/dgdr-spec",
}
"""Annotation that keeps what the other version of a kind cannot express."""

_ODD_SHAPES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What converting an object that the schema refuses may come to."""


@dataclass(slots=True)
class Graph:
    """A DGD, or a DCD as a graph of one component."""

    obj: dict[str, Any]
    """The object as it was submitted."""
    kind: str
    alpha: bool
    """It was submitted as v1alpha1."""
    name: str
    namespace: str
    annotations: dict[str, Any]
    spec: dict[str, Any]
    """The spec; of v1alpha1 only fields with equal names may be read."""
    components: list[Component]
    topology: dict[str, Any] | None = None
    """``spec.topologyConstraint`` in v1beta1's words."""
    legacy: dict[str, Any] = field(default_factory=dict)
    """The spec in v1alpha1's words, when it was submitted or preserved so."""

    @property
    def standalone(self) -> bool:
        """It is a DCD."""
        return self.kind == DCD

    @property
    def framework(self) -> str:
        """The engine family, ``""`` when the spec names none."""
        return text(self.spec.get("backendFramework"))

    @property
    def kv_policy(self) -> dict[str, Any] | None:
        """The policy for KV transfer, if there is one."""
        policy = mapping(self.spec.get("experimental")).get("kvTransferPolicy")
        return policy if isinstance(policy, dict) else None


def converted(obj: dict[str, Any], version: str) -> dict[str, Any] | None:
    """Return the object in another API version, None when it cannot be converted.

    Only objects that carry what the other version cannot express take this way: it costs more.
    """
    from pydynamo_manifests.convert import convert  # noqa: PLC0415 - rarely needed, and import time counts

    try:
        return convert(obj, version)
    except (DynamoManifestsError, *_ODD_SHAPES):
        return None


def preserved(obj: dict[str, Any]) -> bool:
    """Tell whether an object carries the annotation that keeps the other version's fields."""
    annotations = mapping(mapping(obj.get("metadata")).get("annotations"))
    return _PAYLOAD.get(text(obj.get("kind")), "") in annotations


def read_graph(obj: dict[str, Any]) -> Graph:
    """Return a DGD or DCD as the webhook sees it; reading never fails."""
    alpha = obj.get("apiVersion") == ALPHA
    other = converted(obj, BETA if alpha else ALPHA) if preserved(obj) else None
    view = other if alpha and other else obj
    metadata, spec = mapping(obj.get("metadata")), mapping(view.get("spec"))
    kind = text(obj.get("kind"))
    name = text(metadata.get("name"))
    legacy = mapping(obj.get("spec")) if alpha else mapping(mapping(other).get("spec"))
    read = _read_services if view is obj and alpha else _read_components
    return Graph(
        obj, kind, alpha, name, text(metadata.get("namespace")), mapping(metadata.get("annotations")), spec,
        read(kind, spec, legacy), _topology(spec, alpha=view is obj and alpha), legacy,
    )  # fmt: skip


def _read_components(kind: str, spec: dict[str, Any], legacy: dict[str, Any]) -> list[Component]:
    if kind == DCD:
        return [Component(spec, ("spec",), legacy or None)]
    services = mapping(legacy.get("services"))
    found = []
    for index, item in enumerate(listed(spec.get("components"))):
        raw = mapping(item)
        service = services.get(text(raw.get("name")))
        found.append(
            Component(raw, ("spec", "components", index), service if isinstance(service, dict) else None)
        )
    return found


def _read_services(kind: str, spec: dict[str, Any], _legacy: dict[str, Any]) -> list[Component]:
    if kind == DCD:
        return [from_service(text(spec.get("serviceName")), spec, ("spec",))]
    services = {
        str(key): item for key, item in mapping(spec.get("services")).items() if isinstance(item, dict)
    }
    return [
        from_service(name, services[name], ("spec", "components", index))
        for index, name in enumerate(sorted(services))
    ]


def _topology(spec: dict[str, Any], *, alpha: bool) -> dict[str, Any] | None:
    constraint = spec.get("topologyConstraint")
    if not isinstance(constraint, dict) or not alpha:
        return constraint if isinstance(constraint, dict) else None
    return {
        "clusterTopologyName": constraint.get("topologyProfile"),
        "packDomain": constraint.get("packDomain"),
    }


_RENAMED: dict[tuple[str | int, ...], tuple[str, ...]] = {
    ("experimental", "gpuMemoryService"): ("gpuMemoryService",),
    ("experimental", "failover"): ("failover",),
    ("experimental", "checkpoint"): ("checkpoint",),
    ("podTemplate", "metadata"): ("extraPodMetadata",),
    ("podTemplate", "spec"): ("extraPodSpec",),
    ("sharedMemorySize",): ("sharedMemory",),
    ("type",): ("componentType",),
    ("name",): (),
}


def source_path(graph: Graph, where: Path) -> Path:
    """Return where a path of v1beta1 stands in the v1alpha1 object that was submitted."""
    if where[:2] == ("spec", "topologyConstraint"):
        return ("spec", *("topologyProfile" if key == "clusterTopologyName" else key for key in where[1:]))
    component = next((c for c in graph.components if where[: len(c.path)] == c.path), None)
    if component is None:
        return ("spec", "services") if where == ("spec", "components") else where
    base: Path = ("spec",) if graph.standalone else ("spec", "services", component.name)
    return (*base, *_in_service(component, where[len(component.path) :]))


def _in_service(component: Component, rest: Path) -> Path:
    if rest[:3] == ("podTemplate", "spec", "containers") and rest[3:4] and isinstance(rest[3], int):
        return ("extraPodSpec", *_container(component, rest[3]), *rest[4:])
    for length in (2, 1):
        if rest[:length] in _RENAMED:
            return (*_RENAMED[rest[:length]], *rest[length:])
    return rest


def _container(component: Component, index: int) -> Path:
    if index == component.main:
        return ("mainContainer",)
    wanted = component.container_names()[index] if index < len(component.containers) else MAIN
    written = listed(mapping(mapping(component.service).get("extraPodSpec")).get("containers"))
    found = next((i for i, c in enumerate(written) if mapping(c).get("name") == wanted), None)
    return ("containers",) if found is None else ("containers", found)
