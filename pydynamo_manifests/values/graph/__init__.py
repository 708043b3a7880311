"""The values of ``charts/dynamo-graph``: one inference graph, any backend, pattern and release."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from pydynamo_manifests.values.base import EnvValue, Fragment, StringMap, Values
from pydynamo_manifests.values.graph.component import Component
from pydynamo_manifests.values.graph.image import Image
from pydynamo_manifests.values.graph.model import Model
from pydynamo_manifests.values.graph.request import Request
from pydynamo_manifests.values.names import ComponentName, GraphName, VariableName

__all__ = ["Component", "Dynamo", "GraphValues", "Image", "Model", "Request"]


class Dynamo(Values):
    """The Dynamo release and the API version that the graph is written in."""

    release: str | None = None
    """Release that these values were composed for, e.g. `1.6.1`: the images' tag, and the knob `dynamo.release`."""
    apiVersion: Literal["nvidia.com/v1alpha1", "nvidia.com/v1beta1"] | None = None
    """API version of the object; `nvidia.com/v1beta1` when null. The release must serve it."""


class GraphValues(Values):
    """Everything about one graph. `components` is a map by name; null takes away what an earlier file set."""

    fullnameOverride: GraphName | None = None
    """Name of the graph; when null the release's, or `RELEASE-ALIAS` under an alias in a parent chart. Grove limits
    name, component and role to 45 letters."""
    dynamo: Dynamo | None = None
    """The Dynamo release."""
    model: Model | None = None
    """The model that the graph serves."""
    image: Image | None = None
    """The runtime image of every component that does not name its own."""
    backendFramework: str | None = None
    """Engine family: `vllm`, `sglang` or `trtllm`."""
    env: dict[VariableName, EnvValue] | None = None
    """Variables of every component, by name; a component's own win."""
    components: dict[ComponentName, Component | None] | None = Field(default_factory=dict)
    """The components by name. A preset brings them: `-f values/graph/1.6/vllm-agg.yaml`."""
    request: Request | None = None
    """Instead of components: let Dynamo profile the model and generate the graph."""
    componentOrder: list[str] | None = None
    """Components that come first in the object, in this order; the others follow sorted."""
    labels: StringMap | None = None
    """Labels of the graph object; they win over the chart's own."""
    annotations: StringMap | None = None
    """Annotations of the graph object."""
    spec: Fragment | None = None
    """Fields of the graph's `spec` in the words of the chosen API version, merged last."""
    extraObjects: dict[str, Fragment | None] | None = Field(default_factory=dict)
    """Whole objects beside the graph, by a free key, written as they are."""
    enabled: bool | None = True
    """For a parent chart's condition; without effect here."""
    global_: dict[str, Any] | None = Field(default=None, alias="global")
    """A parent chart's global values; without effect here."""
