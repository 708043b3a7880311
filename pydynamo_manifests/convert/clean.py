"""Conversions as a person would write them: no private annotations, none of Go's empty values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.convert.containers import MAIN, SIDECAR, find, plain_secret
from pydynamo_manifests.convert.losses import Dropped
from pydynamo_manifests.convert.payload import PREFIXES, take, write_spec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.convert.types import Obj

__all__ = ["finish", "prepare", "prune"]

_LAYOUT = {
    "resources",
    "envs",
    "envFromSecret",
    "extraPodSpec",
    "extraPodMetadata",
    "livenessProbe",
    "readinessProbe",
}
"""What v1alpha1 saves only to remember where its author wrote a thing that v1beta1 does show."""

_ANYWAY = _LAYOUT | {"frontendSidecar", "gpuMemoryService", "failover", "scalingAdapter", "sharedMemory"}
"""With what needs no field: the sidecar is a container now, the others say 'off', as their absence does."""

_REASONS = {
    "annotations": "v1beta1 has no annotations of a component; podTemplate.metadata holds those of its pods",
    "labels": "v1beta1 has no labels of a component; podTemplate.metadata holds those of its pods",
    "ingress": "v1beta1 has no ingress; write an Ingress or a route for the frontend's Service",
    "autoscaling": "ignored since 0.7; use scalingAdapter with an autoscaler of your own",
    "dynamoNamespace": "ignored; the namespace follows from the Kubernetes namespace and the graph's name",
    "serviceName": "v1beta1 names a component by its key",
    "subComponentType": "v1beta1 has one type",
    "volumeMounts": "v1beta1 has one compilation cache; the other flagged mounts are plain mounts now",
    "pvcs": "v1beta1 does not create claims; create those with 'create: true' on your own",
    "grove": "v1alpha1 has no field for it",
    "frontendSidecar": "v1alpha1 cannot name this container as the frontend sidecar",
    "podTemplate": "v1alpha1 has no field for this part of the pod template",
}


def prepare(kind: str, version: str, decoded: Obj) -> None:
    """Let v1alpha1 write a frontend sidecar as its own field, where that says all of the container."""
    prefix = PREFIXES.get(kind)
    if prefix is None or not version.endswith("v1alpha1"):
        return
    if f"{prefix}-spec" in decoded["metadata"].get("annotations", {}):
        return
    spec = decoded.get("spec", {})
    if kind == "DynamoGraphDeployment":
        fitting: Obj = {
            c.get("name", ""): {"frontendSidecar": {}} for c in spec.get("components", []) if _fits(c)
        }
        if fitting:
            write_spec(decoded["metadata"], prefix, "AlphaGraphSpec", {"services": fitting})
    elif kind == "DynamoComponentDeployment" and _fits(spec):
        write_spec(decoded["metadata"], prefix, "AlphaComponentSpec", {"frontendSidecar": {}})


def _fits(component: Obj) -> bool:
    container = find(component.get("podTemplate", {}).get("spec", {}).get("containers", []), SIDECAR)
    if component.get("frontendSidecar") != SIDECAR or container is None or "image" not in container:
        return False
    env_from = container.get("envFrom", [])
    return set(container) <= {"name", "image", "args", "env", "envFrom"} and (
        not env_from or plain_secret(env_from) is not None
    )


def finish(kind: str, version: str, out: Obj) -> list[Dropped]:
    """Take the private annotations out of ``out``; return what they held."""
    prefix = PREFIXES.get(kind)
    if prefix is None:
        return []
    spec_text, status_text = take(out["metadata"], prefix)
    saved = json.loads(spec_text)["spec"] if spec_text else {}
    to_alpha = version.endswith("v1alpha1")
    found = list(
        _of_request(saved) if kind.endswith("Request") else _of_spec(saved, out["spec"], to_alpha=to_alpha)
    )
    if status_text:
        found.append(
            Dropped("status", "the other version has no field for a part of it; the operator writes it anew")
        )
    return found


def _of_spec(saved: Obj, spec: Obj, *, to_alpha: bool) -> Iterator[Dropped]:
    if "pvcs" in saved:
        yield Dropped("spec.pvcs", _REASONS["pvcs"])
    if "components" in saved or "services" in saved:
        for name, part in saved.get("services", {}).items():
            yield from _of_service(f"spec.services.{name}", part)
        for part in saved.get("components", []):
            yield from _of_component(f"spec.components.{part['name']}", part, spec["services"][part["name"]])
    elif to_alpha:
        yield from _of_component("spec", saved, spec)
    else:
        yield from _of_service("spec", saved)


def _of_service(at: str, part: Obj | None) -> Iterator[Dropped]:
    if part is None:
        yield Dropped(at, "empty: v1beta1 has no component without content")
        return
    for key, value in part.items():
        if key == "volumeMounts" and sum(bool(m.get("useAsCompilationCache")) for m in value) < 2:  # noqa: PLR2004 - one is fine
            continue
        if key not in _ANYWAY and key != "pvcs":
            yield Dropped(f"{at}.{key}", _REASONS[key])


def _of_component(at: str, part: Obj, service: Obj) -> Iterator[Dropped]:
    if "frontendSidecar" in part:
        yield Dropped(f"{at}.frontendSidecar", _REASONS["frontendSidecar"])
    if "grove" in part.get("experimental", {}):
        yield Dropped(f"{at}.experimental.grove", _REASONS["grove"])
    template = part.get("podTemplate", {})
    for key in template.get("metadata", {}):
        yield Dropped(f"{at}.podTemplate.metadata.{key}", _REASONS["podTemplate"])
    main = find(template.get("spec", {}).get("containers") or [], MAIN)
    if main is not None and "volumeMounts" in main:
        _mounts_inside(service, main["volumeMounts"])


def _mounts_inside(service: Obj, mounts: list[Obj]) -> None:
    """Write mounts that need more than a name and a path where v1alpha1 can say all of them."""
    plain = {"name", "mountPath"}
    if all(set(mount) <= plain for mount in mounts):
        return
    flagged = [m for m in service.get("volumeMounts", []) if m.get("useAsCompilationCache")]
    inside = [
        m
        for m in mounts
        if not any(m["name"] == f.get("name") and m["mountPath"] == f.get("mountPoint") for f in flagged)
    ]
    service.pop("volumeMounts", None)
    if flagged:
        service["volumeMounts"] = flagged
    service.setdefault("extraPodSpec", {}).setdefault("mainContainer", {})["volumeMounts"] = inside


def _of_request(saved: Obj) -> Iterator[Dropped]:
    for path in _leaves(saved, "spec"):
        yield Dropped(path, "the other version has no field for it")


def _leaves(value: Any, at: str) -> Iterator[str]:
    for key, item in value.items():
        if isinstance(item, dict) and item and key not in ("dgd", "profilingJob", "config"):
            yield from _leaves(item, f"{at}.{key}")
        elif item not in ("", None, {}) and (key, item) != ("searchStrategy", "rapid"):
            yield f"{at}.{key}"


def prune(manifest: Obj, *, keep_status: bool) -> Obj:
    """Leave out what only Go writes: nulls, the empty name of ``mainContainer``, a status nobody wrote."""
    out: Obj = _pruned(manifest)
    if not keep_status:
        out.pop("status", None)
    return out


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _pruned(v) for k, v in value.items() if v is not None and not (k == "name" and v == "")}
    return [_pruned(item) for item in value] if isinstance(value, list) else value
