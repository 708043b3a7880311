"""``podTemplate`` -> v1alpha1 pod fields, the author's split between them, and what v1alpha1 cannot hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.convert import resources
from pydynamo_manifests.convert.containers import (
    MAIN,
    PROBES,
    SIDECAR,
    core_mounts,
    find,
    merge,
    plain_secret,
    secret_source,
    unite_env,
)
from pydynamo_manifests.convert.pods import build_template, has_template, place_of, sidecar_container

if TYPE_CHECKING:
    from pydynamo_manifests.convert.types import Obj

__all__ = ["hub_only_template", "project_template", "rebuild_sidecar", "restore_split"]


def rebuild_sidecar(template: Obj | None, saved: Obj) -> Obj:
    """Return the v1alpha1 ``frontendSidecar`` and take its container out of ``template``.

    A sidecar whose container is gone comes back as it was saved.
    """
    containers = (template or {}).get("spec", {}).get("containers", [])
    container = find(containers, SIDECAR)
    if container is None:
        return saved
    containers.remove(container)
    out = {
        new: container[old]
        for old, new in (("image", "image"), ("args", "args"), ("env", "envs"))
        if old in container
    }
    secret = plain_secret(container.get("envFrom", []))
    if secret is not None or saved.get("envFromSecret") == "":
        out["envFromSecret"] = secret or ""
    return out


def project_template(template: Obj, alpha: Obj) -> None:
    """Write a pod template into the pod fields of ``alpha``, which holds its cache mount already."""
    metadata = template.get("metadata", {})
    if visible := {key: metadata[key] for key in ("annotations", "labels") if key in metadata}:
        alpha["extraPodMetadata"] = visible
    spec = dict(template.get("spec", {}))
    containers = spec.pop("containers", [])
    main = find(containers, MAIN)
    if others := [c for c in containers if c is not main]:
        spec["containers"] = others
    if main is not None and (rest := _take_apart(dict(main), alpha)):
        spec["mainContainer"] = rest
    if spec:
        alpha["extraPodSpec"] = spec


def _take_apart(main: Obj, alpha: Obj) -> Obj:
    main.pop("name")
    if found := resources.from_core(main.pop("resources", {})):
        alpha["resources"] = found
    if mounts := _add_mounts(alpha.get("volumeMounts", []), main.pop("volumeMounts", [])):
        alpha["volumeMounts"] = mounts
    if env := main.pop("env", []):
        alpha["envs"] = env
    alpha.update({name: main.pop(name) for name in PROBES if name in main})
    return main


def _add_mounts(mounts: list[Obj], core: list[Obj]) -> list[Obj]:
    out = list(mounts)
    known = {(m.get("name"), m.get("mountPoint")) for m in out}
    for mount in core:
        place = mount.get("name"), mount.get("mountPath")
        if place not in known:
            known.add(place)
            renamed = {"name": "name", "mountPath": "mountPoint"}
            out.append({new: mount[old] for old, new in renamed.items() if old in mount})
    return out


def restore_split(alpha: Obj, saved: Obj, main: Obj) -> None:
    """Put the fields of ``main`` back where their author had them, if they still say the same."""
    kept = saved.get("extraPodSpec", {}).get("mainContainer")
    over = kept or {}
    target: Obj = dict(alpha.get("extraPodSpec", {}).get("mainContainer", {}))
    if kept is not None or "resources" in saved:
        merged = resources.merge(resources.to_core(saved.get("resources")), over.get("resources", {}))
        if merged == main.get("resources", {}):
            _put(alpha, "resources", saved.get("resources"), target, over)
    if kept is not None:
        if unite_env(saved.get("envs", []), over.get("env", [])) == main.get("env", []):
            _put(alpha, "envs", saved.get("envs"), target, over, "env")
        if "name" in over:
            target["name"] = over["name"]
        for name in PROBES:
            if _united(saved.get(name), over.get(name)) == main.get(name):
                _put(alpha, name, saved.get(name), target, over)
    if kept is not None or "volumeMounts" in saved:
        _restore_mounts(alpha, saved, over, main, target)
    _restore_secret(alpha, saved, over, target)
    _set_main(alpha, target)


def _united(base: Obj | None, over: Obj | None) -> Obj | None:
    return over if base is None else base if over is None else merge(base, over)


def _put(alpha: Obj, field: str, dedicated: object, target: Obj, over: Obj, inner: str | None = None) -> None:
    alpha.pop(field, None)
    if dedicated is not None:
        alpha[field] = dedicated
    inner = inner or field
    if inner in over:
        target[inner] = over[inner]


def _restore_mounts(alpha: Obj, saved: Obj, over: Obj, main: Obj, target: Obj) -> None:
    dedicated = saved.get("volumeMounts", [])
    first = next((m for m in dedicated if m.get("useAsCompilationCache")), None)
    live = next((m for m in alpha.get("volumeMounts", []) if m.get("useAsCompilationCache")), None)
    merged = over.get("volumeMounts", []) + core_mounts(dedicated)
    now = main.get("volumeMounts", [])
    cache = core_mounts([first]) if first else []
    if first == live and now in (merged, [m for m in merged if m not in cache]):
        _put(alpha, "volumeMounts", saved.get("volumeMounts"), target, over)
    elif inner := [m for m in now if m in over.get("volumeMounts", [])]:
        target["volumeMounts"] = inner
        alpha["volumeMounts"] = _add_mounts([live] if live else [], [m for m in now if m not in inner])


def _restore_secret(alpha: Obj, saved: Obj, over: Obj, target: Obj) -> None:
    secret = saved.get("envFromSecret")
    if secret is None:
        return
    if "envFrom" in over:
        if target.get("envFrom") == over["envFrom"]:
            alpha["envFromSecret"] = secret
    elif target.get("envFrom", []) == secret_source(secret):
        alpha["envFromSecret"] = secret
        target.pop("envFrom", None)


def _set_main(alpha: Obj, target: Obj) -> None:
    extra = dict(alpha.get("extraPodSpec", {}))
    extra.pop("mainContainer", None)
    if target:
        extra["mainContainer"] = target
    alpha.pop("extraPodSpec", None)
    if extra:
        alpha["extraPodSpec"] = extra


def hub_only_template(template: Obj, alpha: Obj, sidecar: str) -> Obj | None:
    """Return what of a template its v1alpha1 form would not bring back, None when that is nothing.

    Args:
        template: The whole template.
        alpha: What it became.
        sidecar: What v1beta1's ``frontendSidecar`` says, empty when it says nothing.
    """
    containers: list[Obj] = template.get("spec", {}).get("containers", [])
    built = build_template(alpha)["spec"]["containers"]
    main, partly = find(containers, MAIN), _partly_said(containers, sidecar, alpha)
    marked = None if "frontendSidecar" in alpha else sidecar
    told = partly is not None or bool(marked and find(containers, marked))
    reordered = has_template(alpha) and _names(containers) != _names(built[main is None :])
    metadata = {k: v for k, v in template.get("metadata", {}).items() if k not in ("annotations", "labels")}
    moved = main is not None and _mounts(built[0]) != _mounts(main)
    if has_template(alpha) and main is not None and not (metadata or moved or reordered or told):
        return None
    kept = []
    for container in containers:
        every = (
            reordered
            or container.get("name", "") == marked
            or (container is main and _gained(built[0], main))
        )
        kept.append(
            _rest_of_sidecar(container) if container is partly else _stub(container, main, every=every)
        )
    saved: Obj = {"spec": {"containers": found}} if (found := [stub for stub in kept if stub]) else {}
    return saved | ({"metadata": metadata} if metadata else {})


def _names(containers: list[Obj]) -> list[str | None]:
    return [container.get("name") for container in containers]


def _mounts(container: Obj) -> list[Obj]:
    mounts: list[Obj] = container.get("volumeMounts", [])
    return mounts


def _gained(built: Obj, main: Obj) -> bool:
    known = [place_of(mount) for mount in _mounts(main)]
    return any(place_of(mount) not in known for mount in _mounts(built))


def _partly_said(containers: list[Obj], name: str, alpha: Obj) -> Obj | None:
    """Return the sidecar container of which v1alpha1's own field says a part, but not all."""
    container = find(containers, SIDECAR)
    if name != SIDECAR or container is None or "frontendSidecar" not in alpha:
        return None
    apart = find(alpha.get("extraPodSpec", {}).get("containers", []), SIDECAR)
    whole = container in (sidecar_container(alpha["frontendSidecar"]), apart)
    return None if whole else container


def _rest_of_sidecar(container: Obj) -> Obj:
    said = {"image", "args", "env"}
    if plain_secret(container.get("envFrom", [])) is not None:
        said.add("envFrom")
    return {key: value for key, value in container.items() if key not in said}


def _stub(container: Obj, main: Obj | None, *, every: bool) -> Obj | None:
    stub = {"name": container.get("name", "")}
    if container is main and "volumeMounts" in container:
        return stub | {"volumeMounts": container["volumeMounts"]}
    return stub if every or (container is main and set(container) == {"name"}) else None
