"""One component as the admission webhook sees it: always in v1beta1's words, whatever was submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.admission.semver import count, quantity
from pydynamo_manifests.validate.shapes import listed, mapping, number, text

if TYPE_CHECKING:
    from decimal import Decimal

    from pydynamo_manifests.yaml import Path

__all__ = ["GPU", "INTER_POD", "INTRA_POD", "MAIN", "RUNTIME", "SIDECAR", "Component", "from_service"]

MAIN = "main"
"""The container that runs Dynamo."""
SIDECAR = "sidecar-frontend"
"""The container that the operator makes of a v1alpha1 ``frontendSidecar``."""
RUNTIME = "runtime"
"""The init container that runs Dynamo beside an engine in ``main``, from 1.6 on."""
GPU = "nvidia.com/gpu"
INTRA_POD = "IntraPod"
INTER_POD = "InterPod"

_MODES = {"intraPod": INTRA_POD, "interPod": INTER_POD, "": INTRA_POD}
_SAME = (
    "eppConfig", "lpx", "minAvailable", "multinode", "providerOverride", "replicas", "roles",
    "runtimeVersionOverride", "topologyConstraint",
)  # fmt: skip
_OWN_POD_FIELDS = ("resources", "livenessProbe", "readinessProbe", "extraPodMetadata", "frontendSidecar")


class Component:
    """One component in v1beta1's words; reading never fails, what has a wrong shape is not there."""

    __slots__ = (
        "annotations", "checkpoint", "containers", "experimental", "failover", "gms", "main", "name", "nodes",
        "path", "pod", "raw", "service", "template_path", "type",
    )  # fmt: skip

    def __init__(
        self,
        raw: dict[str, Any],
        path: Path,
        service: dict[str, Any] | None = None,
        role: tuple[Path, dict[str, Any]] | None = None,
    ) -> None:
        self.raw = raw
        self.path = path
        """Where v1beta1 has it: ``spec.components[i]``, or ``spec`` of a DCD."""
        self.service = service
        """The same in v1alpha1's words, when it was submitted or preserved so."""
        self.name = text(raw.get("name"))
        self.type = text(raw.get("type"))
        multinode = raw.get("multinode")
        self.nodes = (number(multinode.get("nodeCount")) or 2) if isinstance(multinode, dict) else 1
        self.template_path, template = role or ((*path, "podTemplate"), mapping(raw.get("podTemplate")))
        self.annotations = mapping(mapping(template.get("metadata")).get("annotations"))
        self.pod = mapping(template.get("spec"))
        self.containers = listed(self.pod.get("containers"))
        self.main = next((i for i, c in enumerate(self.containers) if mapping(c).get("name") == MAIN), None)
        self.experimental = mapping(raw.get("experimental"))
        self.gms = _mode(self.experimental.get("gpuMemoryService"))
        """Mode of the GPU memory service, ``""`` without one."""
        self.failover = _mode(self.experimental.get("failover"))
        """Mode of failover, ``""`` without it."""
        self.checkpoint = mapping(self.experimental.get("checkpoint"))

    @property
    def multinode(self) -> bool:
        """One replica spans several nodes."""
        return self.nodes > 1

    @property
    def main_container(self) -> dict[str, Any]:
        """The container ``main``; empty when there is none."""
        return mapping(self.containers[self.main]) if self.main is not None else mapping(None)

    @property
    def image(self) -> str:
        """Image of ``main``, ``""`` when there is none."""
        return text(self.main_container.get("image"))

    @property
    def runtime_sidecar(self) -> int | None:
        """Index of the init container that runs Dynamo beside an engine in ``main``, if there is one."""
        containers = listed(self.pod.get("initContainers"))
        return next((i for i, c in enumerate(containers) if mapping(c).get("name") == RUNTIME), None)

    def per_role(self) -> list[Component]:
        """Return the component once for each role that has a pod template of its own; else only itself."""
        found = []
        for index, item in enumerate(listed(self.raw.get("roles"))):
            template = mapping(item).get("podTemplate")
            if isinstance(template, dict):
                role = (self.field("roles", index, "podTemplate"), template)
                found.append(Component(self.raw, self.path, self.service, role))
        return found or [self]

    @property
    def of_role(self) -> bool:
        """Its pod is that of one role."""
        return self.template_path != (*self.path, "podTemplate")

    @property
    def override(self) -> str:
        """What ``runtimeVersionOverride`` says, ``""`` when it says nothing."""
        return text(self.raw.get("runtimeVersionOverride"))

    @property
    def gpus(self) -> int:
        """GPUs of ``main``, of any maker: its limit, else its request; 0 when that is no whole number."""
        resources = mapping(self.main_container.get("resources"))
        for group in ("limits", "requests"):
            given = mapping(resources.get(group))
            if names := sorted(name for name in given if _is_gpu(name)):
                amount, whole = quantity(given[names[0]]), count(given[names[0]])
                return whole if whole is not None and whole == amount else 0
        return 0

    @property
    def power_gpus(self) -> tuple[Path, Decimal | None]:
        """Where a power limit reads the number of GPUs, and how many; None where nothing says it."""
        if self.main is None:
            return self.pod_field("containers"), None
        resources = mapping(self.main_container.get("resources"))
        path = self.pod_field("containers", self.main, "resources")
        for group in ("limits", "requests"):
            given = mapping(resources.get(group))
            if GPU in given:
                return (*path, group, GPU), quantity(given[GPU])
        return path, None

    @property
    def forces_group(self) -> bool:
        """A scaling group is forced for a single-node component."""
        return mapping(self.experimental.get("grove")).get("forceScalingGroup") is True

    @property
    def scaled(self) -> bool:
        """A scaling adapter owns the replicas."""
        return isinstance(self.raw.get("scalingAdapter"), dict)

    @property
    def uses_group(self) -> bool:
        """Grove renders it as a PodCliqueScalingGroup."""
        return self.multinode or self.gms == INTER_POD or self.forces_group

    def container_names(self) -> list[str]:
        """Return the names of the pod's containers."""
        return [text(mapping(container).get("name")) for container in self.containers]

    def field(self, *keys: str | int) -> Path:
        """Return the path of a field."""
        return (*self.path, *keys)

    def experiment(self, *keys: str | int) -> Path:
        """Return the path of an experimental field."""
        return (*self.path, "experimental", *keys)

    def pod_field(self, *keys: str | int) -> Path:
        """Return the path of a field of the pod's spec."""
        return (*self.template_path, "spec", *keys)


def _mode(block: Any) -> str:
    if not isinstance(block, dict):
        return ""
    mode = text(block.get("mode"))
    return _MODES.get(mode, mode)


def from_service(name: str, service: dict[str, Any], path: Path) -> Component:
    """Return the component that conversion makes of a v1alpha1 service, as far as admission looks at it.

    Source: the operator's conversion of v1alpha1; ``mainContainer`` wins over the service's own fields.
    """
    raw: dict[str, Any] = {key: service[key] for key in _SAME if key in service}
    raw["name"] = name
    raw["type"] = _type(service)
    raw["experimental"] = _experimental(service)
    if mapping(service.get("scalingAdapter")).get("enabled") is True:
        raw["scalingAdapter"] = {}
    shared = mapping(service.get("sharedMemory"))
    if "size" in shared:
        raw["sharedMemorySize"] = 0 if shared.get("disabled") is True else shared["size"]
    if isinstance(service.get("frontendSidecar"), dict):
        raw["frontendSidecar"] = SIDECAR
    if _has_pod(service):
        raw["podTemplate"] = _pod_template(service)
    return Component(raw, path, service)


def _type(service: dict[str, Any]) -> str:
    kind, sub = text(service.get("componentType")), text(service.get("subComponentType"))
    return sub if kind == "worker" and sub in ("prefill", "decode") else kind


def _experimental(service: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for key in ("gpuMemoryService", "failover"):
        block = service.get(key)
        if isinstance(block, dict) and block.get("enabled") is True:
            found[key] = block
    if isinstance(service.get("checkpoint"), dict):
        found["checkpoint"] = service["checkpoint"]
    return found


def _has_pod(service: dict[str, Any]) -> bool:
    """Say whether conversion builds a pod template: cache mounts and empty blocks alone give none."""
    if any(isinstance(service.get(key), dict) for key in _OWN_POD_FIELDS):
        return True
    if service.get("extraPodSpec") or service.get("envs") or "envFromSecret" in service:
        return True
    return any(not mapping(m).get("useAsCompilationCache") for m in listed(service.get("volumeMounts")))


def _pod_template(service: dict[str, Any]) -> dict[str, Any]:
    pod = mapping(service.get("extraPodSpec"))
    others = [c for c in listed(pod.get("containers")) if mapping(c).get("name") != MAIN]
    containers = [_main(service, mapping(pod.get("mainContainer"))), *others]
    if isinstance(service.get("frontendSidecar"), dict) and not _named(others, SIDECAR):
        containers.append({"name": SIDECAR})
    return {
        "metadata": service.get("extraPodMetadata"),
        "spec": {"containers": containers, "initContainers": pod.get("initContainers")},
    }


def _main(service: dict[str, Any], container: dict[str, Any]) -> dict[str, Any]:
    main = {**container, "name": MAIN}
    own, over = mapping(service.get("resources")), mapping(container.get("resources"))
    if own:
        main["resources"] = {
            "limits": _amounts(own.get("limits")) | mapping(over.get("limits")),
            "requests": _amounts(own.get("requests")) | mapping(over.get("requests")),
            "claims": listed(over.get("claims")) or listed(own.get("claims")),
        }
    return main


def _amounts(item: Any) -> dict[str, Any]:
    """Read v1alpha1's own resource map; what is no quantity is dropped without a word, as the operator does."""
    given = mapping(item)
    found = {text(given.get("gpuType")) or GPU: given["gpu"]} if "gpu" in given else {}
    found |= mapping(given.get("custom"))
    return {key: amount for key, amount in found.items() if quantity(amount) is not None}


def _is_gpu(resource: str) -> bool:
    """Tell whether the operator takes an extended resource for a GPU; slices of one (MIG) count, too."""
    name = resource.lower()
    return name == "gpu" or name.startswith("gpu.") or name.endswith("/gpu") or "/mig-" in name


def _named(containers: list[Any], name: str) -> bool:
    return any(mapping(container).get("name") == name for container in containers)
