"""The values of the two charts as typed models; charts' schemas, comments and tables are made from them."""

from __future__ import annotations

from pydynamo_manifests.values.graph import GraphValues
from pydynamo_manifests.values.load import load_values, read_values
from pydynamo_manifests.values.setters import apply_setters

__all__ = ["GraphValues", "apply_setters", "load_values", "read_values"]
