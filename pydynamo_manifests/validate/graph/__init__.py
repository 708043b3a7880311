"""One normal form of a graph, whatever its API version, with the path of every part.

A DynamoGraphDeployment of ``nvidia.com/v1alpha1`` (a map of services) or ``v1beta1`` (a list of components)
and a DynamoComponentDeployment of either read as a :class:`Graph`. Reading never fails: a part of a wrong
shape is left out here, because earlier stages have said so.
"""

from __future__ import annotations

from pydynamo_manifests.validate.graph.model import (
    ENGINE_TYPES,
    GRAPH_KINDS,
    Component,
    Container,
    Graph,
    Mount,
    Variable,
)
from pydynamo_manifests.validate.graph.quantity import quantity
from pydynamo_manifests.validate.graph.reading import read_graph

__all__ = [
    "ENGINE_TYPES",
    "GRAPH_KINDS",
    "Component",
    "Container",
    "Graph",
    "Mount",
    "Variable",
    "quantity",
    "read_graph",
]
