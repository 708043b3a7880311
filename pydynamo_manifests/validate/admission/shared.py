"""Rules on a component of a DGD, or on a DCD, that hold on create and on update."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydynamo_manifests.validate.admission import runtime
from pydynamo_manifests.validate.admission.review import SNAPSHOT, rule
from pydynamo_manifests.validate.admission.semver import negative
from pydynamo_manifests.validate.shapes import number, text, texts

if TYPE_CHECKING:
    from pydynamo_manifests.validate.admission.component import Component
    from pydynamo_manifests.validate.admission.graph import Graph
    from pydynamo_manifests.validate.admission.review import Review

__all__ = ["check"]

_SHARED = "operator, webhook/validation/shared"

MIN_AVAILABLE = rule(
    "ADM-COMP-01", "minAvailable works on Grove only",
    "Remove minAvailable.",
    since="1.3", source=f"{_SHARED} (#10532)",
)  # fmt: skip
SHARED_MEMORY = rule(
    "ADM-COMP-02", "the shared memory has a negative size",
    'Write a size such as 16Gi, or "0" for none.',
    since="1.3", source=f"{_SHARED} (#10934)",
)  # fmt: skip
FRONTEND_SIDECAR = rule(
    "ADM-COMP-03", "frontendSidecar names no container of the pod",
    "Name a container of podTemplate.spec.containers.",
    since="1.3", source=f"{_SHARED} (#10934)",
)  # fmt: skip
ELASTIC = rule(
    "ADM-COMP-04", "vLLM's elastic expert parallelism on Ray needs an explicit command",
    "Write the command of the container main, such as [python3, -m, dynamo.vllm], and keep the flags in args.",
    since=SNAPSHOT, source=f"{_SHARED} (#12943)",
)  # fmt: skip
SCALING_GROUP = rule(
    "ADM-COMP-05", "a scaling group can be forced on Grove only",
    "Remove experimental.grove.forceScalingGroup.",
    since=SNAPSHOT, source=f"{_SHARED} (#11772)",
)  # fmt: skip
EPP_MULTINODE = rule(
    "ADM-EPP-04", "an endpoint picker runs on one node",
    "Remove multinode.",
    since="1.0", source=f"{_SHARED} (#5611)",
)  # fmt: skip
EPP_REPLICAS = rule(
    "ADM-EPP-05", "an endpoint picker has exactly one replica",
    "Write replicas: 1, or leave it out.",
    since="1.0", source=f"{_SHARED} (#5611)",
)  # fmt: skip
EPP_CONFIG_MAP = rule(
    "ADM-EPP-06", "the reference to the picker's ConfigMap has no name",
    "Write eppConfig.configMapRef.name.",
    since="1.0", source=f"{_SHARED} (#5611)",
)  # fmt: skip

_SPACE = re.compile(r"\s+")


def check(review: Review, graph: Graph, component: Component, *, grove: bool) -> None:
    """Check what a component says outside of its experimental block."""
    raw = component.raw
    if "minAvailable" in raw and not grove and raw["minAvailable"] is not None:
        review.add(MIN_AVAILABLE, component.field("minAvailable"))
    if "sharedMemorySize" in raw and negative(raw["sharedMemorySize"]):
        review.add(SHARED_MEMORY, component.field("sharedMemorySize"), str(raw["sharedMemorySize"]))
    if isinstance(raw.get("frontendSidecar"), str):
        _check_sidecar(review, component)
    if component.type == "epp":
        _check_epp(review, component)
    if (name := runtime.config_map_name(component)) is not None and not name:
        review.add(EPP_CONFIG_MAP, component.field("eppConfig", "configMapRef", "name"))
    if graph.framework == "vllm" and component.main is not None:
        _check_elastic(review, component)
    if component.forces_group and not grove:
        review.add(SCALING_GROUP, component.experiment("grove", "forceScalingGroup"))


def _check_sidecar(review: Review, component: Component) -> None:
    name = text(component.raw.get("frontendSidecar"))
    if not isinstance(component.raw.get("podTemplate"), dict):
        review.add(FRONTEND_SIDECAR, component.pod_field("containers"), repr(name))
    elif not name or name not in component.container_names():
        review.add(FRONTEND_SIDECAR, component.field("frontendSidecar"), repr(name))


def _check_epp(review: Review, component: Component) -> None:
    if component.multinode:
        review.add(EPP_MULTINODE, component.field("multinode"))
    replicas = number(component.raw.get("replicas"))
    if replicas is not None and replicas != 1:
        review.add(EPP_REPLICAS, component.field("replicas"), f"not {replicas}")
    runtime.check_epp_config(review, component)


def _check_elastic(review: Review, component: Component) -> None:
    args = texts(component.main_container.get("args"))
    if not args or texts(component.main_container.get("command")):
        return
    if any("--enable-elastic-ep" in arg for arg in args) and _elastic_on_ray(args):
        review.add(ELASTIC, component.pod_field("containers", component.main or 0, "command"))


def _elastic_on_ray(args: list[str]) -> bool:
    """Tell whether arguments (one token each, or whole shell lines) ask for elastic parallelism on Ray."""
    tokens = [token for arg in args for token in _SPACE.split(arg)]
    enabled = any(token.split("=", 1)[0] == "--enable-elastic-ep" for token in tokens)
    for flag, value in zip(tokens, [*tokens[1:], ""], strict=True):
        name, equals, own = flag.partition("=")
        if name in ("--data-parallel-backend", "-dpb") and (own if equals else value) == "ray":
            return enabled
    return False
