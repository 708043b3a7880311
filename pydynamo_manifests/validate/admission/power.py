"""Rules on the power limit of a component's GPUs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydynamo_manifests.validate.admission.review import SNAPSHOT, rule
from pydynamo_manifests.validate.shapes import listed, mapping, text

if TYPE_CHECKING:
    from pydynamo_manifests.validate.admission.component import Component
    from pydynamo_manifests.validate.admission.review import Review
    from pydynamo_manifests.yaml import Path

__all__ = ["POWER_LIMIT", "check", "check_change"]

POWER_LIMIT = "dynamo.nvidia.com/gpu-power-limit"

_WEBHOOK = "operator, webhook/validation/dynamographdeployment (#12012)"
_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_LARGEST = 2**63 - 1
_DIGITS = 4000

INTEGER = rule(
    "ADM-POWER-01", "the power limit is a whole number of watts above zero",
    f'Write {POWER_LIMIT}: "300", digits only.',
    since=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip
DEVICES = rule(
    "ADM-POWER-02", "a power limit cannot be held on GPUs that are claimed",
    f"Remove {POWER_LIMIT}, or ask for GPUs by resources.limits instead of claims and the GPU memory service.",
    since=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip
FIXED = rule(
    "ADM-POWER-03", "the power limit, and the GPUs and nodes that it holds for, never change",
    "Delete the graph and create it again with the other values.",
    since=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip


def _where(component: Component) -> Path:
    return (*component.template_path, "metadata", "annotations", POWER_LIMIT)


def check(review: Review, component: Component) -> None:
    """Check the power limit of a component of a DGD."""
    if POWER_LIMIT not in component.annotations:
        return
    value = component.annotations[POWER_LIMIT]
    if not _positive(value):
        review.add(INTEGER, _where(component), f"not {value!r}")
    if component.gms:
        review.add(DEVICES, component.experiment("gpuMemoryService"))
    for group in ("containers", "initContainers"):
        for index, item in enumerate(listed(component.pod.get(group))):
            if mapping(mapping(item).get("resources")).get("claims"):
                review.add(DEVICES, component.pod_field(group, index, "resources", "claims"))


def _positive(value: object) -> bool:
    given = text(value)
    if not _INTEGER.fullmatch(given) or len(given) > _DIGITS:
        return False
    return 0 < int(given) <= _LARGEST


def check_change(review: Review, component: Component, old: Component) -> None:
    """Check that neither the limit nor what it is computed for changes."""
    now, was = component.annotations.get(POWER_LIMIT), old.annotations.get(POWER_LIMIT)
    if now is None and was is None:
        return
    if now != was:
        review.add(FIXED, _where(component), f"it is {was!r}" if was is not None else "there is none")
    if was is None:
        return
    (path, gpus), (_, before) = component.power_gpus, old.power_gpus
    if gpus != before:
        review.add(FIXED, path, f"the GPUs are {'not set' if before is None else before}")
    if component.nodes != old.nodes:
        review.add(FIXED, component.field("multinode", "nodeCount"), f"the nodes are {old.nodes}")
