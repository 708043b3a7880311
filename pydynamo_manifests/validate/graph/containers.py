"""Containers as both API versions write them: variables, mounts, resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.graph.model import Container, Mount, Variable
from pydynamo_manifests.validate.shapes import listed, mapping, text

if TYPE_CHECKING:
    from pydynamo_manifests.yaml import Path

__all__ = ["claims", "container", "mounts", "variables"]


def container(raw: dict[str, Any], path: Path, shared: dict[str, Variable]) -> Container:
    """Return a container; ``shared`` are the graph's own variables, which its own ones outrank."""
    get = raw.get
    resources = mapping(get("resources"))
    made = Container(
        text(get("name")), path, text(get("image")), _words(get("command")), _words(get("args")),
        shared | variables(get("env"), (*path, "env")), bool(get("envFrom")),
        mapping(resources.get("limits")), mapping(resources.get("requests")), claims(resources),
        mounts(get("volumeMounts"), (*path, "volumeMounts")), mapping(get("startupProbe")),
    )  # fmt: skip
    if resources:
        made.paths["resources"] = (*path, "resources")
    return made


def variables(value: Any, path: Path) -> dict[str, Variable]:
    """Return a list of variables by name, the last one of a name; each with its path."""
    found = {}
    for index, item in enumerate(listed(value)):
        entry = mapping(item)
        name, literal = text(entry.get("name")), entry.get("value")
        known = None if entry.get("valueFrom") else "" if literal is None else str(literal)
        found[name] = Variable(name, known, (*path, index))
    return found


def mounts(value: Any, path: Path) -> list[Mount]:
    """Return a list of volume mounts in the words of either API version."""
    found = []
    for index, entry in enumerate(map(mapping, listed(value))):
        where = text(entry.get("mountPath") or entry.get("mountPoint"))
        found.append(Mount(text(entry.get("name")), where, (*path, index)))
    return found


def claims(resources: dict[str, Any]) -> list[str]:
    """Return the names of the resource claims that a container uses."""
    return [text(mapping(item).get("name")) for item in listed(resources.get("claims"))]


def _words(value: Any) -> list[str]:
    return [v if isinstance(v, str) else str(v) for v in listed(value)]
