"""Rules on what may change in a component once it is created."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydynamo_manifests.validate.admission.component import INTER_POD
from pydynamo_manifests.validate.admission.memory import WORKERS
from pydynamo_manifests.validate.admission.review import SNAPSHOT, rule
from pydynamo_manifests.validate.shapes import mapping, number

if TYPE_CHECKING:
    from pydynamo_manifests.validate.admission.component import Component
    from pydynamo_manifests.validate.admission.review import Review

__all__ = ["check", "check_replicas"]

_SHARED = "operator, webhook/validation/shared"
_DROPPED = "1.6"
"""From this line on a component that is no worker may drop its nodes."""
_AGAIN = "Delete the object and create it again."
_PLANNER = re.compile(r"system:serviceaccount:[^:]+:planner-serviceaccount")

NODES = rule(
    "ADM-FIXED-01", "a component cannot change between one node and several",
    _AGAIN, since="0.9", source=f"{_SHARED} (#4969)",
)  # fmt: skip
GMS_LAYOUT = rule(
    "ADM-FIXED-02", "the GPU memory service between pods cannot be switched on or off",
    _AGAIN, since="1.1", source=f"{_SHARED} (#7777)",
)  # fmt: skip
FAILOVER = rule(
    "ADM-FIXED-03", "failover between pods cannot be switched on or off",
    _AGAIN, since="1.1", source=f"{_SHARED} (#7777)",
)  # fmt: skip
SHADOWS = rule(
    "ADM-FIXED-04", "the number of shadow engines never changes",
    _AGAIN, since="1.1", source=f"{_SHARED} (#7777)",
)  # fmt: skip
SCALING_GROUP = rule(
    "ADM-FIXED-05", "a forced scaling group cannot be switched on or off",
    _AGAIN, since=SNAPSHOT, source=f"{_SHARED} (#11772)",
)  # fmt: skip
NODE_COUNT = rule(
    "ADM-FIXED-06", "the number of nodes never changes",
    _AGAIN, since="1.6", source="operator, api/v1beta1 and webhook/validation of the 1.6 line",
)  # fmt: skip
REPLICAS = rule(
    "ADM-SCALE-01", "a scaling adapter owns the replicas of this component",
    "Leave replicas out (a server-side apply keeps what is stored) and scale the DynamoGraphDeploymentScalingAdapter.",
    since="0.8", source="operator, webhook/validation/dynamographdeployment (#4699)",
)  # fmt: skip


def check(review: Review, component: Component, old: Component) -> None:
    """Check what may not change in a component of a DGD, or in a DCD."""
    if component.multinode != old.multinode:
        if review.at_least(_DROPPED) and old.multinode and component.type not in WORKERS:
            return
        review.add(NODES, component.field("multinode"))
    elif component.nodes != old.nodes:
        review.add(NODE_COUNT, component.field("multinode", "nodeCount"), f"it is {old.nodes}")
    if not component.experimental and not old.experimental:
        return
    if (component.gms == INTER_POD) != (old.gms == INTER_POD):
        review.add(GMS_LAYOUT, component.experiment("gpuMemoryService", "mode"))
    if (component.failover == INTER_POD) != (old.failover == INTER_POD):
        review.add(FAILOVER, component.experiment("failover"))
    elif component.failover == INTER_POD and _shadows(component) != _shadows(old):
        where = component.experiment("failover", "numShadows")
        review.add(SHADOWS, where, f"it is {_shadows(old)}")
    if component.forces_group != old.forces_group:
        review.add(SCALING_GROUP, component.experiment("grove", "forceScalingGroup"))


def _shadows(component: Component) -> int:
    found = number(mapping(component.experimental.get("failover")).get("numShadows"))
    return 1 if found is None else found


def check_replicas(review: Review, component: Component, old: Component) -> None:
    """Check that nobody but the operator and the planner scales what a scaling adapter owns."""
    if not (component.scaled or old.scaled) or _replicas(component) == _replicas(old):
        return
    if not review.by_operator() and not _PLANNER.fullmatch(review.user or ""):
        review.add(REPLICAS, component.field("replicas"), f"it is {_replicas(old)}")


def _replicas(component: Component) -> int:
    found = number(component.raw.get("replicas"))
    return 1 if found is None else found
