"""Images, fields of the API and names: what else depends on the release."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.releases import release_of_tag

if TYPE_CHECKING:
    from pydynamo_manifests.upgrade.work import Component, Work

__all__ = ["fields", "graph_fields", "images", "rename_workers", "worker_names"]

_IMAGE = re.compile(r"^(?P<repository>(?:.*/)?(?P<name>[\w.-]+)):(?P<tag>[\w.-]+)$")
_VERSION = re.compile(r"v?\d+\.\d+\.\d+(?:\.post\d+)?")


def images(component: Component, work: Work) -> None:
    """Give Dynamo's own images the tag of the target release."""
    for path, container in component.containers():
        image = container.get("image")
        if isinstance(image, str):
            container["image"] = _image(image, path, component, work)


def _image(image: str, path: str, component: Component, work: Work) -> str:
    found = _IMAGE.match(image)
    if found is None or found["name"] not in _known(work):
        return image
    tag = found["tag"]
    if not _VERSION.fullmatch(tag):
        if release_of_tag(tag) is not None:
            work.decide(path, f"{image} has a tag of its own: choose its successor for {work.target.version}")
        elif work.reaches("1.4") and not component.raw.get("runtimeVersionOverride"):
            work.decide(path, f"the tag {tag!r} names no release: from 1.4 on runtimeVersionOverride must")
        return image
    named = release_of_tag(tag)
    if named is not None and named > work.target:
        work.decide(path, f"{image} is newer than {work.target.version}")
        return image
    repository = found["repository"]
    wanted = work.target.component_images.get("planner")
    module = component.argv.module
    if module in ("dynamo.planner", "planner_sla") and wanted and path == component.path:
        repository = repository.removesuffix(found["name"]) + wanted
    new = f"{repository}:{work.target.version}"
    if new != image:
        reason = (
            "the planner has an image of its own"
            if repository != found["repository"]
            else "the release's own tag"
        )
        work.changed(path, f"image {image} -> {new}", reason)
    return new


def _known(work: Work) -> set[str]:
    return {*work.start.images, *work.target.images, "trtllm-runtime", "epp-image"} - {"kubernetes-operator"}


def fields(component: Component, work: Work) -> None:
    """Rewrite what a component says outside its containers."""
    raw, path = component.raw, component.path
    if "dynamoNamespace" in raw and work.reaches("0.9"):
        del raw["dynamoNamespace"]
        work.changed(
            path, "dynamoNamespace taken out", "ignored: the operator makes <namespace>-<name of the graph>"
        )
    override = raw.get("runtimeVersionOverride")
    if override == work.start.version:
        raw["runtimeVersionOverride"] = work.target.version
        work.changed(
            path,
            f"runtimeVersionOverride {override} -> {work.target.version}",
            "it says the release that runs",
        )
    if "eppConfig" in raw and work.reaches("1.5"):
        del raw["eppConfig"]
        work.changed(
            path, "eppConfig taken out", "the endpoint picker of 1.5 has none, and admission refuses it"
        )
        work.decide(path, "say in the picker's environment (DYN_ROUTER_*) what eppConfig said")
    argv = component.argv
    if work.reaches("1.3") and argv.value("--request-plane") == "http":
        work.decide(path, "--request-plane http is gone in 1.3: choose nats or tcp")
    if work.reaches("1.6") and argv.value("--router-prefill-load-model") == "aic":
        argv.set_value("--router-prefill-load-model", "ais")
        work.changed(path, "--router-prefill-load-model aic -> ais", "renamed in 1.6")


def graph_fields(manifest: dict[str, Any], parts: list[Component], work: Work) -> None:
    """Note what the whole graph has to know."""
    if manifest["apiVersion"] not in work.target.graph_api_versions:
        work.decide(
            "apiVersion",
            f"{manifest['apiVersion']} is deprecated in {work.target.line}: dynamo-manifests convert --to nvidia.com/v1beta1",
        )
    if work.crosses("1.4"):
        work.decide("graph", "event subjects change in 1.4: roll all components at once, not one by one")
    if work.start.line != work.target.line:
        work.decide(
            "graph",
            "from 1.6 on a running platform is upgraded from the minor before only; step through them",
        ) if work.reaches("1.6") else None
    names = worker_names(parts, work)
    untyped = [p for p in parts if p.name in names and p.type not in ("prefill", "decode")]
    if untyped and any(p.argv.module in ("dynamo.planner", "planner_sla") for p in parts):
        listed = ", ".join(f"{p.name} -> {names[p.name]}" for p in untyped)
        work.decide(
            "graph",
            f"the planner of {work.target.line} looks for other names ({listed}): say the role, or rename (a new graph)",
        )


def worker_names(parts: list[Component], work: Work) -> dict[str, str]:
    """Return the names that workers have in the start's graphs, with those of the target's, where they differ."""
    backends = {p.backend for p in parts if p.backend}
    if len(backends) != 1:
        return {}
    backend = backends.pop() or ""
    old, new = (r.worker_names.get(backend, {}) for r in (work.start, work.target))
    apart = any(p.type == "prefill" or p.name == old.get("prefill") for p in parts)
    out = {}
    for part in parts:
        if part.type == "prefill" or part.name == old.get("prefill"):
            role = "prefill"
        else:
            role = "decode" if apart or part.type == "decode" else "worker"
        if part.backend and part.name == old.get(role) and new.get(role, part.name) != part.name:
            out[part.name] = new[role]
    return out


def rename_workers(manifest: dict[str, Any], parts: list[Component], work: Work) -> None:
    """Give workers the names of the target release, wherever the graph names them."""
    names = worker_names(parts, work)
    if not any(p.name in names for p in parts) or {p.name for p in parts} & set(names.values()):
        return
    spec = manifest["spec"]
    if "services" in spec:
        spec["services"] = {names.get(k, k): v for k, v in spec["services"].items()}
    for component in spec.get("components") or []:
        component["name"] = names.get(component.get("name"), component.get("name"))
    strategy = (spec.get("restart") or {}).get("strategy") or {}
    if "order" in strategy:
        strategy["order"] = [names.get(n, n) for n in strategy["order"]]
    for part in parts:
        if part.name in names:
            work.changed(
                part.path,
                f"renamed to {names[part.name]}",
                f"the name in {work.target.line}; a graph cannot rename in place",
            )
