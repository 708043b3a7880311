"""The configuration of the endpoint picker, the same in both API versions."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict

from pydynamo_manifests.api.base import Model
from pydynamo_manifests.api.marks import Embedded, Mark, PreserveUnknown

__all__ = [
    "ConfigMapKey",
    "EndpointPicker",
    "EndpointPlugin",
    "SaturationDetector",
    "SchedulingProfile",
    "SchedulingProfilePlugin",
]

ConfigMapKey = Annotated[dict[str, Any], Embedded("api.core.v1.ConfigMapKeySelector")]


class EndpointPlugin(Model):
    """A plug-in of the endpoint picker."""

    name: str | None = None
    """Name that profiles refer to; the type when left out."""
    type: str
    """Type of the plug-in."""
    parameters: Annotated[Any, PreserveUnknown()] = None
    """Parameters of that type."""


class SchedulingProfilePlugin(Model):
    """A plug-in in a scheduling profile."""

    plugin_ref: str
    """Name of the plug-in."""
    weight: int | None = None
    """Weight of its score."""


class SchedulingProfile(Model):
    """A named set of plug-ins that picks an endpoint."""

    name: str
    """Name of the profile."""
    plugins: list[SchedulingProfilePlugin]
    """Plug-ins, in order."""


class SaturationDetector(Model):
    """When the endpoint picker takes a worker for saturated."""

    queue_depth_threshold: int | None = None
    """Waiting requests."""
    kv_cache_util_threshold: float | None = None
    """Used part of the KV cache, 0 to 1."""
    metrics_staleness_threshold: str | None = None
    """Age after which metrics count as stale, as a duration."""


class EndpointPicker(Model):
    """Configuration of the endpoint picker, in the words of the Gateway API inference extension."""

    marks: ClassVar[tuple[Mark, ...]] = (PreserveUnknown(),)
    model_config = ConfigDict(extra="allow")

    api_version: str | None = None
    """API version of the configuration."""
    kind: str | None = None
    """Kind of the configuration."""
    feature_gates: list[str] | None = None
    """Features to switch on."""
    plugins: list[EndpointPlugin]
    """Plug-ins to load."""
    scheduling_profiles: list[SchedulingProfile]
    """Profiles that pick endpoints."""
    saturation_detector: SaturationDetector | None = None
    """When a worker counts as saturated."""
