"""Rules on fields that only v1alpha1 has, judged in its words even after conversion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.admission.component import SIDECAR
from pydynamo_manifests.validate.admission.metadata import EXECUTOR, is_executor
from pydynamo_manifests.validate.admission.review import rule
from pydynamo_manifests.validate.admission.semver import quantity
from pydynamo_manifests.validate.shapes import listed, mapping, number, text

if TYPE_CHECKING:
    from pydynamo_manifests.validate.admission.graph import Graph
    from pydynamo_manifests.validate.admission.review import Review
    from pydynamo_manifests.yaml import Path

__all__ = ["check"]

_ALPHA = "operator, webhook/validation/shared_v1alpha1"

PVC_NAME = rule(
    "ADM-ALPHA-01", "a volume claim needs a name",
    "Write pvcs[].name.",
    since="0.8", source=f"{_ALPHA} (#4416)",
)  # fmt: skip
MOUNT_POINT = rule(
    "ADM-ALPHA-02", "a volume mount needs a mount point",
    "Write mountPoint, or useAsCompilationCache: true.",
    since="0.8", source=f"{_ALPHA} (#4416)",
)  # fmt: skip
INGRESS_HOST = rule(
    "ADM-ALPHA-03", "an ingress that is on needs a host",
    "Write ingress.host, or ingress.enabled: false.",
    since="0.8", source=f"{_ALPHA} (#4416)",
)  # fmt: skip
EPP_CONFIG = rule(
    "ADM-ALPHA-04", "the picker's configuration comes from exactly one place",
    "Write either eppConfig.config or eppConfig.configMapRef.",
    since="1.0", source=f"{_ALPHA} (#5611)",
)  # fmt: skip
SIDECAR_NAME = rule(
    "ADM-ALPHA-05", "the frontend sidecar takes a name that a container already has",
    f"Rename the container {SIDECAR} in extraPodSpec.containers, or remove frontendSidecar.",
    since="1.1", source=f"{_ALPHA} (frontendSidecar)",
)  # fmt: skip
SHADOWS = rule(
    "ADM-ALPHA-06", "failover within a pod has one shadow engine",
    "Write numShadows: 1, or mode: interPod.",
    since="1.1", source=f"{_ALPHA} (#7777)",
)  # fmt: skip
EXECUTOR_BACKEND = rule(
    "ADM-ALPHA-07", "vLLM's distributed executor is mp or ray in a service's annotations",
    f"Write {EXECUTOR}: mp, or ray.",
    since="1.0", source=f"{_ALPHA} (#6191)",
)  # fmt: skip
NAMESPACE = rule(
    "ADM-ALPHA-08", "dynamoNamespace is ignored",
    "Remove dynamoNamespace: the operator makes the name of the Kubernetes namespace and the graph.",
    severity="warning", since="0.9", source=_ALPHA,
)  # fmt: skip
AUTOSCALING = rule(
    "ADM-ALPHA-09", "autoscaling is ignored",
    "Remove autoscaling; write scalingAdapter: {enabled: true} and scale the adapter.",
    severity="warning", since="0.8", source=_ALPHA,
)  # fmt: skip

SHARED_MEMORY = rule(
    "ADM-ALPHA-10", "shared memory that is on needs a size",
    "Write sharedMemory.size, or sharedMemory.disabled: true.",
    since="0.8", until="1.1", source=f"{_ALPHA} (#4416); an expression of the schema from 1.2 on",
)  # fmt: skip


def check(review: Review, graph: Graph) -> None:
    """Check what a DGD or DCD says in v1alpha1's words; nothing to do when it says nothing so."""
    spec = graph.legacy
    if not spec:
        return
    if graph.standalone:
        _check_service(review, graph, ("spec",), spec)
        return
    for index, item in enumerate(listed(spec.get("pvcs"))):
        if not text(mapping(item).get("name")):
            review.add(PVC_NAME, ("spec", "pvcs", index, "name"))
    services = mapping(spec.get("services"))
    for name in sorted(services, key=str):
        if isinstance(services[name], dict):
            _check_service(review, graph, ("spec", "services", str(name)), services[name])


def _check_service(review: Review, graph: Graph, path: Path, service: dict[str, Any]) -> None:
    if "volumeMounts" in service:
        _check_mounts(review, (*path, "volumeMounts"), listed(service["volumeMounts"]))
    ingress = mapping(service.get("ingress"))
    if ingress.get("enabled") is True and not text(ingress.get("host")):
        review.add(INGRESS_HOST, (*path, "ingress", "host"))
    epp = service.get("eppConfig")
    if isinstance(epp, dict) and isinstance(epp.get("configMapRef"), dict) == isinstance(
        epp.get("config"), dict
    ):
        review.add(EPP_CONFIG, (*path, "eppConfig"))
    _check_generated(review, path, service)
    memory = service.get("sharedMemory")
    if isinstance(memory, dict) and memory.get("disabled") is not True and not _positive(memory.get("size")):
        review.add(SHARED_MEMORY, (*path, "sharedMemory", "size"))
    annotations = mapping(service.get("annotations"))
    if EXECUTOR in annotations and not is_executor(annotations[EXECUTOR]):
        review.add(EXECUTOR_BACKEND, (*path, "annotations", EXECUTOR), f"not {annotations[EXECUTOR]!r}")
    _warn(review, graph, path, service)


def _positive(value: Any) -> bool:
    size = quantity(value)
    return size is not None and size > 0


def _check_mounts(review: Review, path: Path, mounts: list[Any]) -> None:
    for index, item in enumerate(mounts):
        mount = mapping(item)
        if not text(mount.get("mountPoint")) and mount.get("useAsCompilationCache") is not True:
            review.add(MOUNT_POINT, (*path, index, "mountPoint"))


def _check_generated(review: Review, path: Path, service: dict[str, Any]) -> None:
    if isinstance(service.get("frontendSidecar"), dict):
        containers = listed(mapping(service.get("extraPodSpec")).get("containers"))
        if any(mapping(container).get("name") == SIDECAR for container in containers):
            review.add(SIDECAR_NAME, (*path, "frontendSidecar"))
    failover = mapping(service.get("failover"))
    if failover.get("enabled") is True and failover.get("mode") in (None, "", "intraPod"):
        shadows = number(failover.get("numShadows"))
        if shadows not in (None, 0, 1):
            review.add(SHADOWS, (*path, "failover", "numShadows"), f"not {shadows}")


def _warn(review: Review, graph: Graph, path: Path, service: dict[str, Any]) -> None:
    if isinstance(service.get("autoscaling"), dict):
        review.add(AUTOSCALING, (*path, "autoscaling"))
    if text(service.get("dynamoNamespace")):
        detail = f"{service['dynamoNamespace']} becomes {_namespace(graph, service)}"
        review.add(NAMESPACE, (*path, "dynamoNamespace"), detail)


def _namespace(graph: Graph, service: dict[str, Any]) -> str:
    """Return the logical namespace that the operator computes."""
    if service.get("globalDynamoNamespace") is True:
        return "dynamo"
    owners = listed(mapping(graph.obj.get("metadata")).get("ownerReferences")) if graph.standalone else []
    named = (
        text(mapping(o).get("name")) for o in owners if mapping(o).get("kind") == "DynamoGraphDeployment"
    )
    owner = next(named, "") if graph.standalone else graph.name
    return f"{graph.namespace or 'default'}-{owner}"
