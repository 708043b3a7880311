"""Objects that the status of several kinds has in common."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pydynamo_manifests.api.base import DateTime, Int32, Int64, Model, Status
from pydynamo_manifests.api.marks import Default, ListMap, Schema, Since, Uncertain

__all__ = [
    "CheckpointStatus",
    "Condition",
    "ConditionList",
    "GraphState",
    "Placement",
    "ReplicaStatus",
    "RestartStatus",
    "RollingUpdate",
]

GraphState = Annotated[
    str,
    Default("initializing", since="1.0"),
    Schema(enum=["initializing", "pending", "successful", "failed"], since="1.0"),
]


class Condition(Model):
    """A condition, as all of Kubernetes has them (metav1.Condition)."""

    last_transition_time: DateTime
    """When the status last changed."""
    message: Annotated[str, Schema(maxLength=32768)]
    """What happened, for people."""
    observed_generation: Annotated[Int64 | None, Schema(minimum=0)] = None
    """Generation of the object that this is about."""
    reason: Annotated[
        str, Schema(minLength=1, maxLength=1024, pattern="^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")
    ]
    """What happened, for programs."""
    status: Literal["True", "False", "Unknown"]
    """Whether it holds."""
    type: Annotated[
        str,
        Schema(
            maxLength=316,
            pattern=r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
            r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$",
        ),
    ]
    """What holds."""


ConditionList = Annotated[list[Condition], ListMap("type")]


class ReplicaStatus(Status):
    """How many pods of a component are there."""

    component_kind: Literal["PodClique", "PodCliqueScalingGroup", "Deployment", "LeaderWorkerSet"]
    """Kind of the object behind the component."""
    component_names: Annotated[list[str] | None, Since("1.0")] = None
    """Objects behind the component; two during a rolling update, the newest last."""
    runtime_namespace: Annotated[str | None, Since("1.4")] = None
    """Dynamo namespace that the workers are registered in."""
    replicas: Annotated[Int32, Schema(minimum=0)]
    """Pods that exist."""
    updated_replicas: Annotated[Int32, Schema(minimum=0)]
    """Pods of the newest template."""
    ready_replicas: Annotated[Int32 | None, Schema(minimum=0)] = None
    """Pods that are ready."""
    available_replicas: Annotated[Int32 | None, Schema(minimum=0)] = None
    """Pods that have been ready long enough."""
    scheduled_replicas: Annotated[Int32 | None, Since("1.4"), Schema(minimum=0)] = None
    """Pods that have a node; left out when unknown."""
    gpus_per_engine: Annotated[
        Int64 | None,
        Since("1.5"),
        Schema(minimum=0),
        Uncertain("read by the planner of 1.5; the operator's CRD was not seen"),
    ] = None
    """GPUs of one engine; zero means something, left out means unknown."""
    gpus_per_replica: Annotated[
        Int64 | None,
        Since("1.5"),
        Schema(minimum=0),
        Uncertain("read by the planner of 1.5; the operator's CRD was not seen"),
    ] = None
    """GPUs of one replica; zero means something, left out means unknown."""
    served_model_name: Annotated[str | None, Since("1.6")] = None
    """Model that the component serves."""
    runtime_component_name: Annotated[str | None, Since("1.6")] = None
    """Component name inside the runtime, when it is not the backend's usual one."""
    gpu_power_limit_watts: Annotated[Int64 | None, Since("1.6"), Schema(minimum=1)] = None
    """Power limit of each GPU in force."""


class RestartStatus(Status):
    """How far a restart is."""

    observed_id: Annotated[str | None, Field(alias="observedID")] = None
    """The restart that this is about."""
    phase: str | None = None
    """Pending, Restarting, Completed, Failed or Superseded."""
    in_progress: list[str] | None = None
    """Components that restart now."""


class CheckpointStatus(Status):
    """The checkpoint of a component."""

    checkpoint_name: str | None = None
    """Name of the checkpoint object."""
    checkpoint_id: Annotated[str | None, Field(alias="checkpointID"), Since("1.3")] = None
    """Identifies the artifact."""
    identity_hash: str | None = None
    """Former identifier, deprecated."""
    ready: bool | None = None
    """Whether it can be restored from."""


class RollingUpdate(Status):
    """How far a rolling update is."""

    phase: Literal["Pending", "InProgress", "Completed", "Failed", ""] | None = None
    """Where the update stands."""
    start_time: DateTime | None = None
    """When it began."""
    end_time: DateTime | None = None
    """When it ended."""


class Placement(Status):
    """How well the pods of a graph are packed."""

    score: Annotated[float | None, Schema(minimum=0, maximum=1)] = None
    """0 is worst, 1 is best."""
    state: Literal["Reported", "Partial", "Unsupported", "Unknown"] | None = None
    """Where the score comes from, or why there is none."""
