"""DynamoGraphDeploymentScalingAdapter: a rename."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydynamo_manifests.convert.types import Obj

__all__ = ["to_alpha", "to_beta"]


def to_beta(alpha: Obj) -> Obj:
    """Convert a decoded v1alpha1 scaling adapter, which is used up."""
    return _with_renamed_reference(alpha, "serviceName", "componentName")


def to_alpha(beta: Obj) -> Obj:
    """Convert a decoded v1beta1 scaling adapter, which is used up."""
    return _with_renamed_reference(beta, "componentName", "serviceName")


def _with_renamed_reference(source: Obj, old: str, new: str) -> Obj:
    spec = dict(source.get("spec", {}))
    if "dgdRef" in spec:
        spec["dgdRef"] = {new if key == old else key: value for key, value in spec["dgdRef"].items()}
    return {"metadata": source.get("metadata", {}), "spec": spec, "status": source.get("status", {})}
