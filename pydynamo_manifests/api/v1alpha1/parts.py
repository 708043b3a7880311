"""What a component of v1alpha1 is made of."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict

from pydynamo_manifests.api.base import EnvVar, Int32, Model, Quantity
from pydynamo_manifests.api.endpoint_picker import ConfigMapKey, EndpointPicker
from pydynamo_manifests.api.marks import (
    Default,
    Embedded,
    Gone,
    Mark,
    OpaqueIfCompact,
    Rule,
    Schema,
    Since,
    Until,
)
from pydynamo_manifests.api.shared import PodTemplate, RoleOverride
from pydynamo_manifests.api.shared import Role as CommonRole

__all__ = [
    "Autoscaling",
    "EppConfig",
    "FrontendSidecar",
    "GraphMultinode",
    "Ingress",
    "ModelRef",
    "Multinode",
    "PodMetadata",
    "PodSpec",
    "Probe",
    "Resources",
    "Role",
    "ScalingAdapter",
    "SharedMemory",
    "VolumeMount",
]

Probe = Annotated[dict[str, Any], Embedded("api.core.v1.Probe")]


class Autoscaling(Model):
    """Former settings of an HPA; ignored since 0.7."""

    enabled: bool | None = None
    """Ignored."""
    min_replicas: int | None = None
    """Ignored."""
    max_replicas: int | None = None
    """Ignored."""
    behavior: Annotated[
        dict[str, Any] | None, Embedded("api.autoscaling.v2.HorizontalPodAutoscalerBehavior")
    ] = None
    """Ignored."""
    metrics: list[Annotated[dict[str, Any], Embedded("api.autoscaling.v2.MetricSpec")]] | None = None
    """Ignored."""


class ResourceItem(Model):
    """Amounts of resources, as quantities in text."""

    cpu: str | None = None
    """Processors."""
    memory: str | None = None
    """Memory."""
    gpu: str | None = None
    """GPUs."""
    gpu_type: Annotated[str | None, Since("0.8")] = None
    """Resource name that gpu counts, instead of nvidia.com/gpu."""
    nodes: Annotated[str | None, Gone("multinode.nodeCount")] = None
    """Nodes of one replica."""
    custom: dict[str, str] | None = None
    """Further resources by name."""


class ResourceClaim(Model):
    """A device claim that the main container uses."""

    name: str
    """Entry of the pod's resourceClaims."""
    request: str | None = None
    """One request inside the claim."""


class Resources(Model):
    """Resources of the main container."""

    requests: ResourceItem | None = None
    """What is reserved."""
    limits: ResourceItem | None = None
    """What it may use at most."""
    claims: list[ResourceClaim] | None = None
    """Devices that it uses."""


class VolumeMount(Model):
    """A claim mounted into the main container."""

    name: str
    """Claim, by its name in pvcs."""
    mount_point: str | None = None
    """Path; may be left out for a compilation cache of vLLM."""
    use_as_compilation_cache: Annotated[bool | None, Default(value=False)] = None
    """Keep what the engine compiles there."""


class IngressTls(Model):
    """TLS of an Ingress."""

    secret_name: str | None = None
    """Secret with the certificate."""


class Ingress(Model):
    """Makes a component reachable from outside, over an Ingress or Istio."""

    enabled: bool | None = None
    """Switches it on."""
    host: str | None = None
    """First part of the host name."""
    use_virtual_service: bool | None = None
    """Make a VirtualService of Istio instead."""
    virtual_service_gateway: str | None = None
    """Istio gateway to attach to."""
    host_prefix: str | None = None
    """Put before the host."""
    annotations: dict[str, str] | None = None
    """Not rendered by newer operators."""
    labels: dict[str, str] | None = None
    """Not rendered by newer operators."""
    tls: IngressTls | None = None
    """Serve over TLS."""
    host_suffix: str | None = None
    """Put behind the host; local when left out."""
    ingress_controller_class_name: str | None = None
    """IngressClass; without it no Ingress is made."""


class ModelRef(Model):
    """The model that a component serves; links it with DynamoModel objects."""

    name: str
    """Name of the base model."""
    revision: str | None = None
    """Revision of it."""


class SharedMemory(Model):
    """The tmpfs at /dev/shm."""

    marks: ClassVar[tuple[Mark, ...]] = (
        Rule(
            "!(has(self.disabled) && self.disabled && has(self.size))",
            "a disabled shared memory has no size",
            since="1.1",
            until="1.1",
        ),
        Rule(
            "(has(self.disabled) && self.disabled) || "
            "(has(self.size) && quantity(self.size).isGreaterThan(quantity('0')))",
            "give a size above 0, or disable it",
            since="1.2",
        ),
    )

    disabled: bool | None = None
    """No tmpfs."""
    size: Quantity | None = None
    """Its size."""


class PodMetadata(Model):
    """Metadata of the pods."""

    annotations: dict[str, str] | None = None
    """Annotations of the pods."""
    labels: dict[str, str] | None = None
    """Labels of the pods."""


class PodSpec(Model):
    """A whole pod specification, with the Dynamo container under a name of its own."""

    model_config = ConfigDict(extra="allow")
    marks: ClassVar[tuple[Mark, ...]] = (Embedded("api.core.v1.PodSpec", optional=("containers",)),)

    main_container: Annotated[
        dict[str, Any] | None, Embedded("api.core.v1.Container", optional=("name",))
    ] = None
    """Container that runs the engine or server; it is always called main."""


class Multinode(Model):
    """One replica that spans several nodes."""

    node_count: Annotated[Int32, Schema(minimum=2), Default(2)]
    """Nodes of one replica."""


class GraphMultinode(Multinode):
    """One replica of a graph's component that spans several nodes."""

    leader: Annotated[RoleOverride | None, Since("main-2026-08-21"), Until("main-2026-08-21")] = None
    """Never released; see roles."""
    worker: Annotated[RoleOverride | None, Since("main-2026-08-21"), Until("main-2026-08-21")] = None
    """Never released; see roles."""


class Role(CommonRole):
    """One role inside a component that spans several pods (leader and worker; conductor and agent)."""

    pod_template: Annotated[PodTemplate | None, Since("1.6"), OpaqueIfCompact()] = None
    """Whole pod of this role, which then owns its launch command; all roles have one, or none."""


class ScalingAdapter(Model):
    """Hands the number of replicas to a scaling adapter."""

    disable: Annotated[bool | None, Gone("enabled")] = None
    """Switches it off."""
    enabled: Annotated[bool | None, Default(value=False)] = None
    """Switches it on."""


class EppConfig(Model):
    """Configuration of the endpoint picker; refused from runtime 1.5 on, needed before."""

    config_map_ref: ConfigMapKey | None = None
    """Key of a ConfigMap that holds it."""
    config: EndpointPicker | None = None
    """The configuration itself."""


class FrontendSidecar(Model):
    """A Dynamo frontend in the pod of the component."""

    image: str
    """Its image."""
    args: list[str] | None = None
    """Its arguments instead of the usual ones."""
    env_from_secret: str | None = None
    """Secret whose keys become its environment."""
    envs: list[EnvVar] | None = None
    """Its environment."""
