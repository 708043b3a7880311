"""Rules on roles of a component (1.5 and newer) and on the runtime sidecar (1.6 and newer)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.admission.component import MAIN, RUNTIME
from pydynamo_manifests.validate.admission.memory import WORKERS
from pydynamo_manifests.validate.admission.metadata import EXECUTOR, is_executor
from pydynamo_manifests.validate.admission.power import POWER_LIMIT
from pydynamo_manifests.validate.admission.review import NEXT, rule
from pydynamo_manifests.validate.admission.runtime import runtime_version
from pydynamo_manifests.validate.shapes import listed, mapping, number, text

if TYPE_CHECKING:
    from pydynamo_manifests.validate.admission.component import Component
    from pydynamo_manifests.validate.admission.review import Review
    from pydynamo_manifests.yaml import Path

__all__ = ["check", "check_planners", "check_sidecar"]

_PULLS = "operator 1.5, pull requests 14419 and 14488"
_LINE = "operator, webhook/validation of the 1.6 line"
_NOTES = "dynamo-platform chart 1.6.0, upgrade notes for 1.6.0"
_LPX = "lpx"
_KNOWS_ROLES = (1, 6, 0)

NO_ROLES = rule(
    "ADM-ROLE-01", "roles are for multi-node components",
    "Remove roles, or add multinode.",
    since=NEXT, source=_PULLS,
)  # fmt: skip
NAMES = rule(
    "ADM-ROLE-02", "a component has each of its roles once, and no other",
    "Write leader and worker for multinode (agent, and conductor if wanted, for lpx), or leave roles out.",
    since=NEXT, source=_PULLS,
)  # fmt: skip
REPLICAS = rule(
    "ADM-ROLE-03", "the replicas of a role follow from the number of nodes",
    "Leave replicas out, or write 1 for the leader and nodeCount - 1 for the worker.",
    since="1.6", source=f"{_LINE} (#14477)",
)  # fmt: skip
MAIN_IMAGE = rule(
    "ADM-ROLE-04", "a role's pod needs an image in every container, and a container main",
    "Write the image of each container of roles[].podTemplate.",
    since="1.6", source=_LINE,
)  # fmt: skip
LPX = rule(
    "ADM-ROLE-05", "an lpx role cannot say this",
    "Write agent with a podTemplate; no providerOverride, no power limit, executor mp or ray.",
    since="1.6", source=_LINE,
)  # fmt: skip
PLANNER = rule(
    "ADM-ROLE-06", "roles with pods of their own need a planner of 1.6 or newer",
    "Use an image of 1.6 for the planner, or write the pod of the component instead of its roles'.",
    since="1.6", source=f"{_LINE} (#14417)",
)  # fmt: skip
SIDECAR_IMAGE = rule(
    "ADM-SIDECAR-01", "the init container runtime holds Dynamo and needs an image",
    "Write its image; rename the container if it is not meant to run Dynamo.",
    since="1.6", source=_NOTES,
)  # fmt: skip
SIDECAR_RESTART = rule(
    "ADM-SIDECAR-02", "the init container runtime runs beside the engine and must be restartable",
    "Write restartPolicy: Always; rename the container if it is not meant to run Dynamo.",
    since="1.6", source=_NOTES,
)  # fmt: skip
SIDECAR_TYPE = rule(
    "ADM-SIDECAR-03", "only a worker can run Dynamo in an init container",
    "Rename the init container runtime, or move it to a worker, prefill or decode component.",
    since="1.6", source=_NOTES,
)  # fmt: skip
SIDECAR_CONFLICT = rule(
    "ADM-SIDECAR-04", "Dynamo in an init container excludes several nodes, checkpoints, GPU memory service and failover",
    "Remove one of them; rename the init container runtime if it is not meant to run Dynamo.",
    since="1.6", source=_NOTES,
)  # fmt: skip


def check(review: Review, component: Component) -> None:
    """Check the roles of a component."""
    if "roles" not in component.raw or not review.on(NO_ROLES):
        return
    roles = listed(component.raw["roles"])
    if not roles:
        return
    lpx = component.type == _LPX
    if not component.multinode and not lpx:
        review.add(NO_ROLES, component.field("roles"))
        return
    names = [text(mapping(role).get("name")) for role in roles]
    if not _right(names, lpx=lpx):
        review.add(NAMES, component.field("roles"), f"not {', '.join(names)}")
    for index, item in enumerate(roles):
        path, role = component.field("roles", index), mapping(item)
        if lpx:
            _check_lpx(review, path, role)
        else:
            _check_replicas(review, component, path, role)
        if isinstance(role.get("podTemplate"), dict):
            _check_images(review, (*path, "podTemplate", "spec"), mapping(role["podTemplate"].get("spec")))


def check_planners(review: Review, components: list[Component]) -> None:
    """Check that the planners of a graph know roles, when a role has a pod of its own."""
    if not any("roles" in c.raw for c in components) or all(c.per_role() == [c] for c in components):
        return
    for component in components:
        version = runtime_version(component) if component.type == "planner" else None
        if version is not None and version < _KNOWS_ROLES:
            where = component.field("runtimeVersionOverride")
            review.add(PLANNER, where, f"its runtime is {'.'.join(map(str, version))}")


def _right(names: list[str], *, lpx: bool) -> bool:
    if lpx:
        return "agent" in names and len(set(names)) == len(names) and set(names) <= {"agent", "conductor"}
    return sorted(names) == ["leader", "worker"]


def _check_replicas(review: Review, component: Component, path: Path, role: dict[str, Any]) -> None:
    wanted = {"leader": 1, "worker": component.nodes - 1}.get(text(role.get("name")))
    replicas = number(role.get("replicas"))
    if wanted is not None and replicas is not None and replicas != wanted:
        review.add(REPLICAS, (*path, "replicas"), f"{wanted}, not {replicas}")


def _check_images(review: Review, path: Path, pod: dict[str, Any]) -> None:
    names = [mapping(container).get("name") for container in listed(pod.get("containers"))]
    if MAIN not in names:
        review.add(MAIN_IMAGE, (*path, "containers"), "there is no main")
    for group in ("containers", "initContainers"):
        for index, container in enumerate(listed(pod.get(group))):
            if not text(mapping(container).get("image")):
                review.add(MAIN_IMAGE, (*path, group, index, "image"))


def _check_lpx(review: Review, path: Path, role: dict[str, Any]) -> None:
    if "providerOverride" in role:
        review.add(LPX, (*path, "providerOverride"))
    template = role.get("podTemplate")
    if role.get("name") == "agent" and not isinstance(template, dict):
        review.add(LPX, (*path, "podTemplate"), "agent needs one")
    annotations = mapping(mapping(mapping(template).get("metadata")).get("annotations"))
    where = (*path, "podTemplate", "metadata", "annotations")
    if POWER_LIMIT in annotations:
        review.add(LPX, (*where, POWER_LIMIT))
    if EXECUTOR in annotations and not is_executor(annotations[EXECUTOR]):
        review.add(LPX, (*where, EXECUTOR), f"not {annotations[EXECUTOR]!r}")


def check_sidecar(review: Review, component: Component) -> None:
    """Check a component whose Dynamo runs in the init container ``runtime``."""
    index = component.runtime_sidecar
    if index is None or not review.on(SIDECAR_IMAGE):
        return
    path = component.pod_field("initContainers", index)
    container = mapping(listed(component.pod.get("initContainers"))[index])
    if not text(container.get("image")):
        review.add(SIDECAR_IMAGE, (*path, "image"))
    if container.get("restartPolicy") != "Always":
        review.add(SIDECAR_RESTART, (*path, "restartPolicy"))
    if component.type not in WORKERS:
        review.add(
            SIDECAR_TYPE, path, f"its type is {component.type}" if component.type else "it has no type"
        )
    _check_conflicts(review, component)


def _check_conflicts(review: Review, component: Component) -> None:
    conflicts = {
        component.field("multinode"): component.multinode,
        component.experiment("checkpoint"): component.checkpoint.get("enabled") is True,
        component.experiment("gpuMemoryService"): bool(component.gms),
        component.experiment("failover"): bool(component.failover),
    }
    for where, present in conflicts.items():
        if present:
            review.add(SIDECAR_CONFLICT, where, f"the init container {RUNTIME} is there")
