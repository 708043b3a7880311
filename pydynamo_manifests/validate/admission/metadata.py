"""Rules on the annotations of a DGD."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.admission.component import INTRA_POD
from pydynamo_manifests.validate.admission.review import SNAPSHOT, rule
from pydynamo_manifests.validate.admission.semver import is_loose_version

if TYPE_CHECKING:
    from pydynamo_manifests.validate.admission.graph import Graph
    from pydynamo_manifests.validate.admission.review import Review
    from pydynamo_manifests.yaml import Path

__all__ = [
    "DISCOVERY_MODE", "ENABLE_GROVE", "EXECUTOR", "ORIGIN", "PROVIDER", "check", "check_change", "is_executor",
    "provider_of",
]  # fmt: skip

PREFIX = "nvidia.com/"
ORIGIN = f"{PREFIX}dynamo-operator-origin-version"
EXECUTOR = f"{PREFIX}vllm-distributed-executor-backend"
UPDATE_STRATEGY = f"{PREFIX}grove-update-strategy"
DISCOVERY_MODE = f"{PREFIX}dynamo-kube-discovery-mode"
PROVIDER = f"{PREFIX}workload-provider"
ENABLE_GROVE = f"{PREFIX}enable-grove"

_WEBHOOK = "operator, webhook/validation/dynamographdeployment"

ORIGIN_VERSION = rule(
    "ADM-META-01", "the origin version of a graph must be a semantic version",
    f"Leave {ORIGIN} out; the operator writes it when the graph is created.",
    since="1.0", source=f"{_WEBHOOK} (#6121)",
)  # fmt: skip
EXECUTOR_BACKEND = rule(
    "ADM-META-02", "vLLM's distributed executor is mp or ray",
    f'Write {EXECUTOR}: mp, or "ray", or leave it out.',
    since="1.0", source=f"{_WEBHOOK} (#6191)",
)  # fmt: skip
GROVE_STRATEGY = rule(
    "ADM-META-03", "Grove knows two update strategies",
    f"Write {UPDATE_STRATEGY}: RollingRecreate or OnDelete, with these capitals.",
    since="1.4", source=f"{_WEBHOOK} (#11085)",
)  # fmt: skip
DISCOVERY = rule(
    "ADM-META-04", "discovery works per pod or per container",
    f"Write {DISCOVERY_MODE}: pod (the default) or container.",
    since="1.1", source=f"{_WEBHOOK} (#8067)",
)  # fmt: skip
FAILOVER_DISCOVERY = rule(
    "ADM-META-05", "failover within a pod needs discovery per container",
    f"Add the annotation {DISCOVERY_MODE}: container to the graph.",
    since="1.1", source=f"{_WEBHOOK} (#8157)",
)  # fmt: skip
PROVIDER_VALUE = rule(
    "ADM-META-06", "the workload provider is component or grove",
    f'Leave {PROVIDER} to the operator; to keep a new graph off Grove write {ENABLE_GROVE}: "false".',
    since=SNAPSHOT, source=f"{_WEBHOOK} (#12942)",
)  # fmt: skip
PROVIDER_OWNED = rule(
    "ADM-META-07", "only the operator may add the workload provider",
    f"Leave {PROVIDER} out and wait until the operator has adopted the graph.",
    since=SNAPSHOT, source=f"{_WEBHOOK} (#12942)",
)  # fmt: skip
PROVIDER_FIXED = rule(
    "ADM-META-08", "the workload provider of a graph never changes",
    "Keep the annotation as it is stored; to move to another provider delete the graph and create it again.",
    since=SNAPSHOT, source=f"{_WEBHOOK} (#12942)",
)  # fmt: skip


def provider_of(review: Review, annotations: dict[str, Any]) -> str | None:
    """Return the workload provider of a graph: what the operator writes on create, what is stored later.

    None where the operator has not adopted the graph, or the release has no such annotation.
    """
    if not review.on(PROVIDER_VALUE):
        return None
    if review.create:
        return "grove" if _wants_grove(review, annotations) else "component"
    value = annotations.get(PROVIDER)
    return None if value is None else str(value)


def is_grove(review: Review, annotations: dict[str, Any], provider: str | None) -> bool:
    """Tell whether Grove runs a graph with these annotations."""
    return _wants_grove(review, annotations) if provider is None else provider == "grove"


def _wants_grove(review: Review, annotations: dict[str, Any]) -> bool:
    return review.has("grove") and str(annotations.get(ENABLE_GROVE, "")).lower() != "false"


def is_executor(value: Any) -> bool:
    """Tell whether vLLM's executor annotation has a known value, in any case."""
    return str(value).lower() in ("mp", "ray")


def _at(key: str) -> Path:
    return ("metadata", "annotations", key)


def check(review: Review, graph: Graph) -> None:
    """Check the annotations of a DGD, on create and on update."""
    found = graph.annotations
    if found:
        _check_values(review, found)
    intra_pod = any(c.failover == INTRA_POD for c in graph.components)
    if intra_pod and (mode := found.get(DISCOVERY_MODE)) != "container":
        review.add(
            FAILOVER_DISCOVERY, _at(DISCOVERY_MODE), f"it says {mode!r}" if mode else "it says nothing"
        )


def _check_values(review: Review, found: dict[str, Any]) -> None:
    if ORIGIN in found and not is_loose_version(found[ORIGIN]):
        review.add(ORIGIN_VERSION, _at(ORIGIN), f"not {found[ORIGIN]!r}")
    if EXECUTOR in found and not is_executor(found[EXECUTOR]):
        review.add(EXECUTOR_BACKEND, _at(EXECUTOR), f"not {found[EXECUTOR]!r}")
    if UPDATE_STRATEGY in found and found[UPDATE_STRATEGY] not in ("RollingRecreate", "OnDelete"):
        review.add(GROVE_STRATEGY, _at(UPDATE_STRATEGY), f"not {found[UPDATE_STRATEGY]!r}")
    if DISCOVERY_MODE in found and found[DISCOVERY_MODE] not in ("pod", "container"):
        review.add(DISCOVERY, _at(DISCOVERY_MODE), f"not {found[DISCOVERY_MODE]!r}")
    if not review.create and found.get(PROVIDER, "grove") not in ("component", "grove"):
        review.add(PROVIDER_VALUE, _at(PROVIDER), f"not {found[PROVIDER]!r}")


def check_change(review: Review, graph: Graph, old: Graph) -> None:
    """Check that nobody but the operator sets the workload provider, and only once."""
    was, now = old.annotations.get(PROVIDER), graph.annotations.get(PROVIDER)
    if was is None and now is not None and not review.by_operator():
        review.add(PROVIDER_OWNED, _at(PROVIDER))
    elif was is not None and now != was:
        review.add(PROVIDER_FIXED, _at(PROVIDER), f"it is {was!r}")
