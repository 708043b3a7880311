"""What the target cluster has: the part of admission's verdict that no manifest tells."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from pydynamo_manifests import yaml
from pydynamo_manifests.errors import InputError, UnknownNameError
from pydynamo_manifests.yaml.files import read_text

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

__all__ = ["FEATURES", "OPERATOR_PRINCIPAL", "Cluster"]

FEATURES = (
    "grove",
    "lws",
    "kai-scheduler",
    "volcano-scheduler",
    "dra",
    "istio",
    "gpu-discovery",
    "checkpoint",
)
"""What the operator looks for, or is told in its configuration (``gpu-discovery``, ``checkpoint``)."""

OPERATOR_PRINCIPAL = "system:serviceaccount:dynamo-system:dynamo-operator"
"""User name of the operator where the platform chart is installed as documented."""


@dataclass(frozen=True)
class Cluster:
    """What the target cluster has; what is not named here is not there.

    Source: the feature gates that the operator sets up at start, and its webhooks' configuration.

    Raises:
        UnknownNameError: A feature that the operator does not know.
        InputError: A field of a wrong shape.
    """

    kubernetes: str | None = None
    """Minor version, such as ``1.34``; None where it is not known."""
    features: Collection[str] = field(default_factory=frozenset)
    """Names out of :data:`FEATURES`, in any collection; kept as a frozenset."""
    topology: dict[str, Any] | None = field(default=None, hash=False)
    """The ClusterTopologyBinding: ``{"name": ..., "levels": {level: node label}}``, broadest level first."""
    operator_version: str | None = None
    """Semantic version of the operator, which it stamps on what it admits first."""
    operator_principal: str = OPERATOR_PRINCIPAL
    """User name of the operator's service account."""

    def __post_init__(self) -> None:
        """Check names and shapes, and freeze the features."""
        if isinstance(self.features, str):
            raise InputError("features of a cluster are a list of names, not one text")
        object.__setattr__(self, "features", frozenset(self.features))
        for name in sorted(self.features):
            if name not in FEATURES:
                raise UnknownNameError("cluster feature", str(name), FEATURES)
        _check_topology(self.topology)

    @classmethod
    def from_file(cls, path: str | Path) -> Cluster:
        """Read a cluster from a YAML or JSON file with the fields of this class.

        Raises:
            InputError: The file cannot be read, or its fields are of a wrong shape.
            UnknownNameError: It has a field or a feature that does not exist.
        """
        return cls.from_dict(yaml.load(read_text(path), str(path)) or {}, str(path))

    @classmethod
    def from_dict(cls, data: Any, source: str = "cluster") -> Cluster:
        """Read a cluster from plain data; ``source`` names it in errors.

        Raises:
            InputError: The data is no map, or a field is of a wrong shape.
            UnknownNameError: It has a field or a feature that does not exist.
        """
        if not isinstance(data, dict):
            raise InputError(f"{source}: must be a map with the fields {', '.join(_fields())}")
        if "kind" in data:
            raise InputError(
                f"{source}: is a manifest; 'dynamo-manifests cluster inspect' writes what a cluster has"
            )
        for key in data:
            if key not in _fields():
                raise UnknownNameError(f"field of {source}", str(key), _fields())
        given = {key: value for key, value in data.items() if value is not None}
        _check_shapes(given, source)
        return cls(**given)


def _fields() -> list[str]:
    return [f.name for f in fields(Cluster)]


def _check_shapes(given: dict[str, Any], source: str) -> None:
    for key, value in given.items():
        if key == "features":
            right = isinstance(value, list) and all(isinstance(name, str) for name in value)
        else:
            right = isinstance(value, dict if key == "topology" else str)
        if not right:
            wanted = {"features": "a list of names", "topology": "a map"}.get(key, "a text (quote it)")
            raise InputError(f"{source}: {key} must be {wanted}, not {value!r}")


def _check_topology(topology: Any) -> None:
    if topology is None:
        return
    levels = topology.get("levels") if isinstance(topology, dict) else None
    if not isinstance(levels, dict) or not isinstance(topology.get("name"), str):
        raise InputError("topology of a cluster must be {name: ..., levels: {level: node label}}")
