"""Rules on the spec of a graph as a whole: its components, their names, restarts, the backend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.validate.admission.component import INTER_POD
from pydynamo_manifests.validate.admission.review import rule
from pydynamo_manifests.validate.shapes import listed, mapping, text

if TYPE_CHECKING:
    from pydynamo_manifests.validate.admission.component import Component
    from pydynamo_manifests.validate.admission.graph import Graph
    from pydynamo_manifests.validate.admission.review import Review

__all__ = ["check", "check_change"]

_WEBHOOK = "operator, webhook/validation/dynamographdeployment"
_BUDGET = 45
"""Characters that Grove leaves for the names of a graph and a component in a pod's name."""
_SHORTEST = 8
"""The operator never shortens a PodCliqueSet's name below this."""

EMPTY = rule(
    "ADM-SPEC-01", "a graph needs at least one component",
    "Add the components: a frontend and at least one worker.",
    since="0.8", source=f"{_WEBHOOK} (#4416)",
)  # fmt: skip
PRIORITY = rule(
    "ADM-SPEC-02", "a priority class for the whole graph works on Grove only",
    "Remove priorityClassName, or set it in each component's pod.",
    since="1.3", source=f"{_WEBHOOK} (#10217)",
)  # fmt: skip
NAME_LENGTH = rule(
    "ADM-SPEC-03", "the names of graph and component are too long together for Grove's pods",
    "Shorten the name of the graph or of the component.",
    since="1.0", source=f"{_WEBHOOK} (#5449)",
)  # fmt: skip
COMPONENTS_FIXED = rule(
    "ADM-SPEC-04", "components cannot be added to a graph or removed from it",
    "Delete the graph and create it again with the components that you want, or make a second graph.",
    since="0.9", source=f"{_WEBHOOK} (#5240)",
)  # fmt: skip
BACKEND_FIXED = rule(
    "ADM-SPEC-05", "the backend framework never changes",
    "Delete the object and create it again with the other backendFramework.",
    since="0.8", source=f"{_WEBHOOK} (#4416)",
)  # fmt: skip
BACKEND_WARNING = rule(
    "ADM-SPEC-06", "another backend framework would change every worker",
    "Delete the object and create it again with the other backendFramework.",
    severity="warning", since="0.8", source=f"{_WEBHOOK} (#4416)",
)  # fmt: skip
RESTART_PARALLEL = rule(
    "ADM-RESTART-01", "a parallel restart has no order",
    "Remove order, or write type: Sequential.",
    since="0.9", source=f"{_WEBHOOK} (#5118)",
)  # fmt: skip
RESTART_TWICE = rule(
    "ADM-RESTART-02", "the restart order names a component twice",
    "Name every component once.",
    since="0.9", source=f"{_WEBHOOK} (#5118)",
)  # fmt: skip
RESTART_COUNT = rule(
    "ADM-RESTART-03", "the restart order must name every component",
    "Name every component once, or leave order out: then it is alphabetical.",
    since="0.9", source=f"{_WEBHOOK} (#5118)",
)  # fmt: skip
RESTART_UNKNOWN = rule(
    "ADM-RESTART-04", "the restart order names what is no component",
    "Name the components of this graph.",
    since="0.9", source=f"{_WEBHOOK} (#5118)",
)  # fmt: skip
RESTART_BUSY = rule(
    "ADM-RESTART-05", "a restart cannot be asked for while a rolling update runs",
    "Wait until status.rollingUpdate.phase is Completed, or keep restart.id.",
    since="1.0", source=f"{_WEBHOOK} (#6110)",
)  # fmt: skip


def check(review: Review, graph: Graph, *, grove: bool) -> None:
    """Check the spec of a DGD, on create and on update."""
    if not graph.components:
        review.add(EMPTY, ("spec", "components"))
    if text(graph.spec.get("priorityClassName")) and not grove:
        review.add(PRIORITY, ("spec", "priorityClassName"))
    if grove:
        _check_names(review, graph)
    if "restart" in graph.spec:
        _check_restart(review, graph)


def _check_names(review: Review, graph: Graph) -> None:
    lengths = [(c, _child_length(c)) for c in graph.components]
    longest = max((length for _, length in lengths), default=0)
    name = len(graph.name)
    if review.at_least("1.2"):
        name = min(name, max(_BUDGET - longest, _SHORTEST))
    for component, length in lengths:
        if name + length > _BUDGET:
            detail = f"{name + length} characters with Grove's suffixes, {_BUDGET} are left"
            review.add(NAME_LENGTH, component.field("name"), detail)


def _child_length(component: Component) -> int:
    """Return how many characters a component takes: its group's name and the longest of its cliques."""
    own = len(component.name)
    if not component.uses_group:
        return own
    if component.gms == INTER_POD:
        return own + own + len("-gms-") + len(str(component.nodes - 1))
    return own + own + (len("-ldr") if component.multinode else 0)


def _check_restart(review: Review, graph: Graph) -> None:
    where = ("spec", "restart", "strategy", "order")
    strategy = mapping(mapping(graph.spec.get("restart")).get("strategy"))
    order = [text(name) for name in listed(strategy.get("order"))]
    if not order:
        return
    if strategy.get("type") == "Parallel":
        review.add(RESTART_PARALLEL, where)
        return
    names = {component.name for component in graph.components}
    if len(set(order)) != len(order):
        review.add(RESTART_TWICE, where)
    if len(set(order)) != len(names):
        review.add(RESTART_COUNT, where, f"{len(names)}, not {len(set(order))}")
    for index, name in enumerate(order):
        if name not in names:
            review.add(RESTART_UNKNOWN, (*where, index), repr(name))


def check_change(review: Review, graph: Graph, old: Graph) -> None:
    """Check what may not change in the spec of a DGD or DCD."""
    if graph.framework != old.framework:
        where = ("spec", "backendFramework")
        review.add(BACKEND_FIXED, where, f"it is {old.framework!r}" if old.framework else "it is not set")
        review.add(BACKEND_WARNING, where)
    if graph.standalone:
        return
    _check_components(review, graph, old)
    _check_restart_id(review, graph, old)


def _check_components(review: Review, graph: Graph, old: Graph) -> None:
    now, was = {c.name for c in graph.components}, {c.name for c in old.components}
    changes = [f"added {', '.join(sorted(now - was))}"] if now - was else []
    if now:  # a graph without any component breaks a rule of its own
        changes += [f"removed {', '.join(sorted(was - now))}"] if was - now else []
    if changes:
        review.add(COMPONENTS_FIXED, ("spec", "components"), "; ".join(changes))


def _check_restart_id(review: Review, graph: Graph, old: Graph) -> None:
    restart, before = mapping(graph.spec.get("restart")), mapping(old.spec.get("restart"))
    phase = mapping(mapping(old.obj.get("status")).get("rollingUpdate")).get("phase")
    if restart and restart.get("id") != before.get("id") and phase in ("Pending", "InProgress"):
        review.add(RESTART_BUSY, ("spec", "restart", "id"), f"it is {phase}")
