"""Rules on a DynamoCheckpoint (up to 1.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.admission.component import MAIN
from pydynamo_manifests.validate.admission.review import SNAPSHOT, rule
from pydynamo_manifests.validate.shapes import listed, mapping, text

if TYPE_CHECKING:
    from pydynamo_manifests.validate.admission.review import Review
    from pydynamo_manifests.yaml import Path

__all__ = ["check"]

_WEBHOOK = "operator, webhook/validation/dynamocheckpoint"
_GMS = ("spec", "gpuMemoryService")
_JOB = ("spec", "job")
_POD = (*_JOB, "podTemplateSpec", "spec")
_VOLUME = "gms-intrapod-control"
_SERVER = "gms-server"
_CLAIM = "intrapod-shared-gpu"
_SOCKETS = ("GMS_SOCKET_DIR", f"/{_VOLUME}")

OFF = rule(
    "ADM-DCKPT-01", "checkpoints are switched off in the operator's configuration",
    "Switch checkpoints on in the platform chart.",
    since="1.4", until=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip
INTER_POD = rule(
    "ADM-DCKPT-02", "a checkpoint works with the GPU memory service within a pod only",
    "Write gpuMemoryService.mode: intraPod.",
    since="1.4", until=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip
CLIENT = rule(
    "ADM-DCKPT-03", "a client of the GPU memory service is no container of the job's pod",
    "Name containers of job.podTemplateSpec.spec.containers.",
    since="1.4", until=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip
WIRING = rule(
    "ADM-DCKPT-04", "the job's pod is not prepared for the GPU memory service",
    f"Add volume {_VOLUME}, init container {_SERVER}, pod claim {_CLAIM}; and to server, target and clients "
    f"{_SOCKETS[0]}={_SOCKETS[1]}, the claim, and the volume mounted there.",
    since="1.4", until=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip
TARGET = rule(
    "ADM-DCKPT-05", "the container to take a checkpoint of is not in the job's pod",
    "Name a container of job.podTemplateSpec.spec.containers as targetContainerName.",
    since="1.4", until=SNAPSHOT, source=_WEBHOOK,
)  # fmt: skip


def check(review: Review, obj: dict[str, Any]) -> None:
    """Check a DynamoCheckpoint, on create and on update."""
    if not review.has("checkpoint"):
        review.add(OFF, ("spec",))
    spec = mapping(obj.get("spec"))
    service = mapping(spec.get("gpuMemoryService"))
    if service.get("enabled") is not True:
        return
    if service.get("mode") not in (None, "", "intraPod"):
        review.add(INTER_POD, (*_GMS, "mode"), f"not {service.get('mode')!r}")
        return
    job = mapping(spec.get("job"))
    pod = mapping(mapping(job.get("podTemplateSpec")).get("spec"))
    _check_clients(review, service, pod)
    _check_pod(review, pod)
    _check_containers(review, service, job, pod)


def _index(items: Any, name: str) -> int | None:
    return next((i for i, item in enumerate(listed(items)) if mapping(item).get("name") == name), None)


def _check_clients(review: Review, service: dict[str, Any], pod: dict[str, Any]) -> None:
    for index, name in enumerate(listed(service.get("extraClientContainers"))):
        if _index(pod.get("containers"), text(name)) is None:
            review.add(CLIENT, (*_GMS, "extraClientContainers", index), repr(name))


def _check_pod(review: Review, pod: dict[str, Any]) -> None:
    if _index(pod.get("volumes"), _VOLUME) is None:
        review.add(WIRING, (*_POD, "volumes"), f"there is no {_VOLUME}")
    server = _index(pod.get("initContainers"), _SERVER)
    if server is None:
        review.add(WIRING, (*_POD, "initContainers"), f"there is no {_SERVER}")
    else:
        _check_wiring(review, (*_POD, "initContainers", server), mapping(pod["initContainers"][server]))
    if _index(pod.get("resourceClaims"), _CLAIM) is None:
        review.add(WIRING, (*_POD, "resourceClaims"), f"there is no {_CLAIM}")


def _check_containers(
    review: Review, service: dict[str, Any], job: dict[str, Any], pod: dict[str, Any]
) -> None:
    containers = listed(pod.get("containers"))
    target = text(job.get("targetContainerName"))
    if _index(containers, target or MAIN) is None:
        where = (*_JOB, "targetContainerName") if target else (*_POD, "containers")
        review.add(TARGET, where, repr(target or MAIN))
    wired = {target or MAIN, *(text(name) for name in listed(service.get("extraClientContainers")))}
    for index, container in enumerate(containers):
        if text(mapping(container).get("name")) in wired:
            _check_wiring(review, (*_POD, "containers", index), mapping(container))


def _check_wiring(review: Review, path: Path, container: dict[str, Any]) -> None:
    name, value = _SOCKETS
    variables = (mapping(variable) for variable in listed(container.get("env")))
    if not any(v.get("name") == name and v.get("value") == value for v in variables):
        review.add(WIRING, (*path, "env"), f"{name} is not {value}")
    if _index(mapping(container.get("resources")).get("claims"), _CLAIM) is None:
        review.add(WIRING, (*path, "resources", "claims"), f"there is no {_CLAIM}")
    mounts = (mapping(mount) for mount in listed(container.get("volumeMounts")))
    if not any(m.get("name") == _VOLUME and m.get("mountPath") == value for m in mounts):
        review.add(WIRING, (*path, "volumeMounts"), f"{_VOLUME} is not mounted at {value}")
