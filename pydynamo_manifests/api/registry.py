"""Where each kind's model is; a module is imported when its kind is first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from pydynamo_manifests.errors import UnknownNameError

if TYPE_CHECKING:
    from pydynamo_manifests.api.base import KindModel

__all__ = ["KINDS", "model_of"]

KINDS: dict[str, dict[str, str]] = {
    "DynamoGraphDeployment": {"v1alpha1": "v1alpha1.graph", "v1beta1": "v1beta1.graph"},
    "DynamoComponentDeployment": {"v1alpha1": "v1alpha1.component", "v1beta1": "v1beta1.component"},
    "DynamoGraphDeploymentRequest": {"v1alpha1": "v1alpha1.request", "v1beta1": "v1beta1.request"},
    "DynamoGraphDeploymentScalingAdapter": {"v1alpha1": "v1alpha1.adapter", "v1beta1": "v1beta1.adapter"},
    "DynamoModel": {"v1alpha1": "v1alpha1.model"},
    "DynamoCheckpoint": {"v1alpha1": "v1alpha1.checkpoint"},
    "DynamoWorkerMetadata": {"v1alpha1": "v1alpha1.worker_metadata"},
    "PodSnapshot": {"v1alpha1": "v1alpha1.snapshot"},
    "PodSnapshotContent": {"v1alpha1": "v1alpha1.snapshot"},
    "LPXGraphDeployment": {"v1alpha1": "v1alpha1.lpx"},
}
"""Module of each kind, by API version, the oldest first."""


@cache
def model_of(kind: str, version: str) -> type[KindModel]:
    """Return the model of a kind in an API version (``v1beta1``).

    Raises:
        UnknownNameError: No such kind, or not in that version.
    """
    if kind not in KINDS:
        raise UnknownNameError("kind", kind, KINDS)
    if version not in KINDS[kind]:
        raise UnknownNameError(f"API version of {kind}", version, KINDS[kind])
    module = import_module(f"pydynamo_manifests.api.{KINDS[kind][version]}")
    found: type[KindModel] = getattr(module, kind)
    return found
