"""v1alpha1 pod fields -> ``podTemplate``, and back in what v1beta1 saved of a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.convert.containers import MAIN, PROBES, SIDECAR, find, main_container, secret_source

if TYPE_CHECKING:
    from pydynamo_manifests.convert.types import Obj

__all__ = [
    "build_template",
    "cache_mount",
    "has_template",
    "place_of",
    "restore_template",
    "sidecar_container",
]


def has_template(alpha: Obj) -> bool:
    """Tell whether a v1alpha1 component says anything that only a pod template can hold."""
    if any(
        key in alpha
        for key in ("resources", "envs", "envFromSecret", "extraPodMetadata", "frontendSidecar", *PROBES)
    ):
        return True
    if any(not mount.get("useAsCompilationCache") for mount in alpha.get("volumeMounts", [])):
        return True
    extra = alpha.get("extraPodSpec", {})
    return any(key != "mainContainer" for key in extra) or bool(
        set(extra.get("mainContainer", {})) - {"name"}
    )


def cache_mount(alpha: Obj) -> Obj | None:
    """Return the mount that is the compilation cache: the first flagged one."""
    return next((m for m in alpha.get("volumeMounts", []) if m.get("useAsCompilationCache")), None)


def build_template(alpha: Obj) -> Obj:
    """Return the pod template of a v1alpha1 component: ``main`` first, the frontend sidecar last."""
    extra = alpha.get("extraPodSpec", {})
    spec = {key: value for key, value in extra.items() if key not in ("mainContainer", "containers")}
    containers = [main_container(alpha)]
    containers += [c for c in extra.get("containers", []) if c.get("name") != MAIN]
    if "frontendSidecar" in alpha and find(containers, SIDECAR) is None:
        containers.append(sidecar_container(alpha["frontendSidecar"]))
    template: Obj = {"spec": spec | {"containers": containers}}
    metadata = {k: v for k, v in alpha.get("extraPodMetadata", {}).items() if v}
    return template | ({"metadata": metadata} if metadata else {})


def sidecar_container(sidecar: Obj) -> Obj:
    """Return the container that a v1alpha1 ``frontendSidecar`` stands for."""
    fields = {
        "image": sidecar.get("image", ""),
        "args": sidecar.get("args", []),
        "env": sidecar.get("envs", []),
        "envFrom": secret_source(sidecar.get("envFromSecret", "")),
    }
    return {"name": SIDECAR} | {key: value for key, value in fields.items() if value}


def restore_template(template: Obj, saved: Obj, alpha: Obj) -> None:
    """Give a built template back what v1alpha1 could not hold; what the user can see there wins."""
    if extra := {k: v for k, v in saved.get("metadata", {}).items() if k not in ("labels", "annotations")}:
        template["metadata"] = extra | template.get("metadata", {})
    kept = saved.get("spec", {}).get("containers") or []
    containers = template["spec"]["containers"]
    _restore_main(containers, find(kept, MAIN), alpha)
    for i, container in enumerate(containers):
        stub = find(kept, container.get("name", ""))
        if stub is not None and container.get("name") == SIDECAR:
            containers[i] = stub | container
    names = {c.get("name", "") for c in containers}
    containers += [c for c in kept if "image" in c and c.get("name") not in names | {MAIN, SIDECAR}]
    _restore_order(containers, [c.get("name", "") for c in kept])
    if not containers:
        del template["spec"]["containers"]
    if not template["spec"]:
        del template["spec"]


def _restore_main(containers: list[Obj], stub: Obj | None, alpha: Obj) -> None:
    main = containers[0]
    saved = (stub or {}).get("volumeMounts", [])
    mounts = _without_cache(main.get("volumeMounts", []), saved, cache_mount(alpha))
    mounts = [_with_extras(mount, mounts, saved) for mount in mounts]
    main.pop("volumeMounts", None)
    if mounts:
        main["volumeMounts"] = mounts
    if stub is None and set(main) == {"name"}:
        del containers[0]


def place_of(mount: Obj) -> tuple[str, str]:
    """Return what tells two volume mounts apart."""
    return mount.get("name", ""), mount.get("mountPath", "")


def _without_cache(mounts: list[Obj], saved: list[Obj], cache: Obj | None) -> list[Obj]:
    if cache is None:
        return mounts
    place = cache.get("name", ""), cache.get("mountPoint", "")
    if place in map(place_of, saved):
        return mounts
    generated = next((m for m in reversed(mounts) if place_of(m) == place), None)
    return [m for m in mounts if m is not generated]


def _with_extras(mount: Obj, mounts: list[Obj], saved: list[Obj]) -> Obj:
    match = next((s for s in saved if place_of(s) == place_of(mount)), None)
    if match is None:
        name = mount.get("name", "")
        same = [s for s in saved if s.get("name", "") == name]
        unique = len(same) == 1 and sum(m.get("name", "") == name for m in mounts) == 1
        match = same[0] if unique else {}
    return {k: v for k, v in match.items() if k not in ("name", "mountPath")} | mount


def _restore_order(containers: list[Obj], names: list[str]) -> None:
    if len(set(names)) == len(names) and set(names) == {c.get("name", "") for c in containers}:
        containers.sort(key=lambda c: names.index(c.get("name", "")))
