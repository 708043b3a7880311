"""Whether Dynamo can be installed on a cluster: facts judged one by one, each with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydynamo_manifests.cluster.software import how_to_install
from pydynamo_manifests.releases import Release, newest
from pydynamo_manifests.releases import release as find_release

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.cluster.facts import Facts

__all__ = ["Check", "check"]

Status = Literal["ok", "info", "warning", "error"]


@dataclass(frozen=True)
class Check:
    """One judgement."""

    name: str
    status: Status
    message: str
    hint: str = ""
    """What to do, for warnings and errors."""


def check(facts: Facts, dynamo: str | None = None) -> list[Check]:
    """Judge a cluster for a Dynamo release, the newest when none is named.

    Raises:
        UnknownNameError: No such release.
    """
    release = find_release(dynamo) if dynamo else newest()
    return [
        *_kubernetes(facts, release),
        *_storage(facts),
        *_gpus(facts),
        *_definitions(facts, release),
        *_operators(facts, release),
        *_software(facts, release),
        *_permissions(facts),
    ]


def _kubernetes(facts: Facts, release: Release) -> Iterator[Check]:
    found, least = _numbers(facts.kubernetes), _numbers(release.kubernetes)
    if found < least:
        hint = f"upgrade the cluster, or use an older Dynamo: {release.version} needs {release.kubernetes}"
        yield Check("kubernetes", "error", f"Kubernetes {facts.kubernetes} is too old", hint)
    else:
        yield Check("kubernetes", "ok", f"Kubernetes {facts.kubernetes} (needs {release.kubernetes})")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


def _storage(facts: Facts) -> Iterator[Check]:
    default = [name for name, is_default in facts.storage_classes if is_default]
    if "storage classes" in facts.unreadable:
        yield Check(
            "storage", "warning", "the storage classes cannot be read", "ask for 'list storageclasses'"
        )
    elif not default:
        name = facts.storage_classes[0][0] if facts.storage_classes else "NAME"
        mark = '{"metadata":{"annotations":{"storageclass.kubernetes.io/is-default-class":"true"}}}'
        hint = f"name a class wherever a claim is made (model cache, NATS), or: kubectl patch storageclass {name} -p '{mark}'"
        yield Check(
            "storage", "warning", "no default storage class: claims without a class stay pending", hint
        )
    elif len(default) > 1:
        hint = "leave the mark on one: the newest wins"
        yield Check("storage", "warning", f"several default storage classes: {', '.join(default)}", hint)
    else:
        yield Check("storage", "ok", f"default storage class {default[0]}")


def _gpus(facts: Facts) -> Iterator[Check]:
    total = sum(count for gpus in facts.gpu_nodes.values() for count in gpus.values())
    if "nodes" in facts.unreadable:
        yield Check("gpus", "warning", "the nodes cannot be read", "ask for 'list nodes'")
    elif total:
        products = f" ({', '.join(facts.gpu_products)})" if facts.gpu_products else ""
        yield Check("gpus", "ok", f"{total} allocatable GPUs on {len(facts.gpu_nodes)} nodes{products}")
    elif any("gpu" in driver for driver in facts.dra_drivers):
        drivers = ", ".join(facts.dra_drivers)
        yield Check("gpus", "ok", f"GPUs by claim, through {drivers}; none as a resource of nodes")
    else:
        hint = "install NVIDIA's GPU operator, or add GPU nodes; the mocker engine needs none"
        yield Check("gpus", "error", "no node has allocatable GPUs", hint)
    operator = facts.installed["gpu-operator"]
    if operator.api:
        yield Check("gpu-operator", "ok", f"GPU operator {operator.version}")
    else:
        hint = "fine where the provider runs the device plug-in; GPU discovery of requests needs its labels"
        command = how_to_install("gpu-operator", None)
        yield Check("gpu-operator", "info", "no GPU operator was found", f"{hint}: {command}")


def _definitions(facts: Facts, release: Release) -> Iterator[Check]:
    if "custom resource definitions" in facts.unreadable:
        yield Check(
            "definitions", "warning", "definitions cannot be read", "ask for 'list customresourcedefinitions'"
        )
        return
    graph = facts.definitions.get("dynamographdeployments")
    if graph is None:
        yield Check("definitions", "info", "no Dynamo definitions: the platform chart installs them")
        return
    by = (
        (graph["owner"] and f"release {graph['owner']}")
        or (graph["operator"] and f"operator {graph['operator']}")
        or "somebody"
    )
    wanted = set(release.kinds["DynamoGraphDeployment"].served)
    status: Status = "ok" if wanted <= set(graph["served"]) else "warning"
    served = ", ".join(graph["served"])
    hint = (
        ""
        if status == "ok"
        else f"Dynamo {release.version} serves {', '.join(sorted(wanted))}: upgrade the definitions"
    )
    yield Check(
        "definitions",
        status,
        f"definitions of {by} serve {served}, stored {', '.join(graph['stored'])}",
        hint,
    )
    yield from _conversion(facts)


def _conversion(facts: Facts) -> Iterator[Check]:
    homes = {f"{o.namespace}" for o in facts.operators if o.restricted_to is None}
    for plural, found in sorted(facts.definitions.items()):
        service = found["service"]
        if service and service.partition("/")[0] not in homes and len(found["served"]) > 1:
            hint = (
                f"install the operator again, or: kubectl patch crd {plural}.nvidia.com --type=merge "
                """-p '{"spec":{"conversion":{"strategy":"None","webhook":null}}}'"""
            )
            message = f"{plural} are converted by Service {service}, and no operator runs there"
            yield Check("conversion", "error", message, hint)


def _operators(facts: Facts, release: Release) -> Iterator[Check]:
    wide = [o for o in facts.operators if o.restricted_to is None]
    for operator in wide:
        at = f"{operator.namespace}/{operator.name}"
        status: Status = "ok" if operator.ready else "warning"
        hint = "" if operator.ready else f"kubectl -n {operator.namespace} logs deployment/{operator.name}"
        yield Check(
            "operator",
            status,
            f"cluster-wide operator {operator.version} at {at}, {operator.ready} ready",
            hint,
        )
    if len(wide) > 1:
        names = ", ".join(f"{o.namespace}/{o.name}" for o in wide)
        yield Check(
            "operator",
            "error",
            f"several cluster-wide operators: {names}",
            "uninstall all but one: they fight over every graph",
        )
    if not wide:
        yield Check(
            "operator", "info", f"no cluster-wide operator: the platform chart installs {release.version}"
        )
    if facts.restricted_namespaces:
        names = ", ".join(facts.restricted_namespaces)
        hint = "a cluster-wide operator leaves these alone while the markers are alive"
        yield Check("operator", "info", f"operators restricted to: {names}", hint)


def _software(facts: Facts, release: Release) -> Iterator[Check]:
    for name, found in facts.installed.items():
        if name == "gpu-operator":
            continue
        least = release.bundled[name].minimum if name in release.bundled else None
        version = f" {found.version}" if found.version else ""
        if not found.api:
            wants = f" (Dynamo {release.version} wants {least})" if least else ""
            yield Check(name, "info", f"{name} is not installed{wants}", _if_needed(name, least))
        elif least and found.version and _older(found.version, least):
            yield Check(
                name, "error", f"{name}{version} is too old", f"Dynamo {release.version} needs {least}"
            )
        else:
            yield Check(name, "ok", f"{name}{version}" + (f" (needs {least})" if least else ""))
    yield Check(
        "dra",
        "ok" if facts.dra else "info",
        "DRA is served" if facts.dra else "DRA (resource.k8s.io/v1) is not served",
        "the API is Kubernetes' own from 1.34 on; its driver: "
        + how_to_install("nvidia-dra-driver-gpu", None),
    )


def _if_needed(name: str, version: str | None) -> str:
    command = how_to_install(name, version)
    return f"if graphs need it: {command}" if command else ""


def _older(version: str, least: str) -> bool:
    """Tell whether a semantic version comes before another; what is none is not judged."""
    mine, other = _semantic(version), _semantic(least)
    return mine is not None and other is not None and mine < other


def _semantic(version: str) -> tuple[object, ...] | None:
    core, _, pre = version.removeprefix("v").partition("-")
    try:
        numbers = tuple(int(part) for part in core.split("."))
    except ValueError:
        return None
    parts = tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in pre.split(".")) if pre else ()
    return (*numbers, not pre, parts)


def _permissions(facts: Facts) -> Iterator[Check]:
    missing = [what for what, allowed in facts.permissions.items() if not allowed]
    if missing:
        hint = "install as an administrator, or values/platform/namespaced.yaml on a cluster that has the definitions"
        yield Check("permissions", "warning", f"you may not {', '.join(missing)}", hint)
    else:
        yield Check("permissions", "ok", "you may install the platform")
