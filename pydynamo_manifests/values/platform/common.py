"""Blocks that several parts of the platform share: images, scheduling, pods, tri-states."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from pydynamo_manifests.values.base import ENV_SOURCES, Fragment, Fragments, StringMap, Values

__all__ = [
    "Automatic",
    "Digest",
    "Duration",
    "Image",
    "Label",
    "Name",
    "ObjectName",
    "Port",
    "PullPolicy",
    "Scheduling",
    "Tag",
    "restricted_container",
    "restricted_pod",
]

PullPolicy = Literal["Always", "IfNotPresent", "Never"]
Port = Annotated[int, Field(ge=1, le=65535)]
Duration = Annotated[str, Field(pattern=r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$")]
"""Go's notation: `30s`, `15m`, `4h`."""
Tag = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$")]
Label = Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", max_length=63)]
"""A name that may be part of names and the value of a label."""
Name = Annotated[str, Field(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=63)]
"""A name that a Service may have, too."""
ObjectName = Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", max_length=253)]
"""A name of an account, Secret or ConfigMap."""
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


def _automatic(value: Any) -> Any:
    if value == "auto" or isinstance(value, bool):
        return value
    raise ValueError("'auto', true or false")


Automatic = Annotated[Any, AfterValidator(_automatic), WithJsonSchema({"enum": ["auto", True, False]})]
"""`auto`, or true or false; YAML reads `on` and `off` as these too."""


class Image(Values):
    """A container image: registry/repository:tag@digest. `global.imageRegistry` replaces the registry."""

    registry: str | None = None
    """Registry's host, and path if any."""
    repository: str | None = None
    """Repository in the registry."""
    tag: Tag | None = None
    """Tag; quote it when it looks like a number."""
    digest: Digest | None = None
    """Digest `sha256:...`; it decides what is pulled, the tag is then for people."""
    pullPolicy: PullPolicy | None = "IfNotPresent"
    """When the node pulls it."""


class Scheduling(Values):
    """Where pods may run."""

    nodeSelector: StringMap = {"kubernetes.io/os": "linux"}
    """Labels that a node must have."""
    tolerations: Fragments = []
    """Taints that the pods bear."""
    affinity: Fragment = {}
    """Affinity rules, written as they are."""
    priorityClassName: str | None = None
    """Priority class."""
    schedulerName: str | None = None
    """Scheduler; the cluster's default when null."""
    runtimeClassName: str | None = None
    """Runtime class."""


def _variable(value: Any) -> Any:
    plain = value is None or isinstance(value, (str, bool, int, float))
    if plain or (isinstance(value, dict) and len(value) == 1 and set(value) <= set(ENV_SOURCES)):
        return value
    raise ValueError(f"text, a number, or one source of {', '.join(ENV_SOURCES)}")


Variable = Annotated[
    Any,
    AfterValidator(_variable),
    WithJsonSchema(
        {
            "type": ["boolean", "null", "number", "object", "string"],
            "maxProperties": 1,
            "properties": {name: {"type": "object"} for name in ENV_SOURCES},
            "additionalProperties": False,
        }
    ),
]
"""A variable: a literal, or one of the core API's sources."""


class Container(Values):
    """What people add to a container."""

    env: dict[str, Variable] = {}
    """Variables by name: text, or one source such as `{secretKeyRef: {name, key}}`."""
    envFrom: Fragments = []
    """ConfigMaps and Secrets whose keys become variables."""


def restricted_pod(user: int) -> dict[str, Any]:
    """Return the pod security context that the `restricted` Pod Security level asks for."""
    return {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": user,
        "fsGroup": user,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def restricted_container() -> dict[str, Any]:
    """Return the container security context of the `restricted` level, with a read-only root."""
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
