"""Reading an object of either API version as a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.graph.alpha import read_service
from pydynamo_manifests.validate.graph.beta import read_component
from pydynamo_manifests.validate.graph.containers import variables
from pydynamo_manifests.validate.graph.model import GRAPH_KINDS, Graph
from pydynamo_manifests.validate.shapes import listed, mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.yaml import Path

__all__ = ["read_graph"]


def read_graph(obj: Any) -> Graph | None:
    """Return the graph of an object, None when it is neither a DGD nor a DCD."""
    raw = mapping(obj)
    group, _, version = text(raw.get("apiVersion")).partition("/")
    kind = text(raw.get("kind"))
    if group != "nvidia.com" or kind not in GRAPH_KINDS or version not in ("v1alpha1", "v1beta1"):
        return None
    spec, metadata = mapping(raw.get("spec")), mapping(raw.get("metadata"))
    name = text(metadata.get("name"))
    beta = version == "v1beta1"
    env_key = "env" if beta else "envs"
    shared = variables(spec.get(env_key), ("spec", env_key)) if kind == "DynamoGraphDeployment" else {}
    read = read_component if beta else read_service
    components = [read(n, c, path, shared) for n, c, path in _written(kind, spec, name, beta=beta)]
    framework = text(spec.get("backendFramework"))
    return Graph(kind, version, name, raw, mapping(metadata.get("annotations")), framework, components)


def _written(
    kind: str, spec: dict[str, Any], name: str, *, beta: bool
) -> Iterator[tuple[str, dict[str, Any], Path]]:
    if kind == "DynamoComponentDeployment":
        own = text(spec.get("name" if beta else "serviceName"))
        yield own or name, spec, ("spec",)
    elif beta:
        for index, item in enumerate(listed(spec.get("components"))):
            component = mapping(item)
            yield text(component.get("name")), component, ("spec", "components", index)
    else:
        for key, item in mapping(spec.get("services")).items():
            yield str(key), mapping(item), ("spec", "services", key)
