"""From a path in a rendered object to the values that wrote what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.yaml import Path

__all__ = ["values_path"]

_NAMED = {"env": "env", "envs": "env", "volumes": "volumes"}
"""Lists of an object whose items are a map by name in the values."""
_RENAMED = {
    "componentType": "type",
    "sharedMemorySize": "sharedMemory",
    "sidecarContainers": "sidecars",
    "volumeMounts": "mounts",
}


def values_path(where: Path, obj: dict[str, Any], values: dict[str, Any]) -> Path:
    """Return the place in the values that a place in a rendered object comes from.

    Where several could have written it, the one whose values reach deepest is meant; where nothing did,
    the last: the field that a user would set.
    """
    best: Path = ()
    deepest = -1
    for path in _candidates(where, obj, values):
        depth = _depth(path, values)
        if depth >= deepest:
            best, deepest = path, depth
    return best


def _depth(path: Path, values: Any) -> int:
    for depth, part in enumerate(path):
        inside = isinstance(values, dict) and part in values
        if not inside and not (isinstance(values, list) and isinstance(part, int) and part < len(values)):
            return depth
        values = values[part]
    return len(path)


def _candidates(where: Path, obj: dict[str, Any], values: dict[str, Any]) -> Iterator[Path]:
    for key, extra in (values.get("extraObjects") or {}).items():
        if extra is not None and _same(extra, obj):
            yield ("extraObjects", key, *where)
            return
    kind = obj.get("kind")
    if kind == "PersistentVolumeClaim":
        yield ("model", "cache", "create", *where[-1:])
    elif kind == "Job":
        yield ("model", "cache", "download")
    elif where[:1] == ("metadata",):
        yield ("fullnameOverride",) if where[1:2] == ("name",) else where[1:]
    elif where[:1] == ("spec",):
        yield from _of_spec(where[1:], obj)


def _same(left: dict[str, Any], right: dict[str, Any]) -> bool:
    names = [(o.get("kind"), (o.get("metadata") or {}).get("name")) for o in (left, right)]
    return names[0] == names[1]


def _of_spec(rest: Path, obj: dict[str, Any]) -> Iterator[Path]:
    yield ("spec", *rest)
    if len(rest) > 1 and rest[0] in ("components", "services"):
        parts = obj["spec"].get(rest[0])
        part = _item(parts, rest[1])
        name = rest[1] if rest[0] == "services" else part.get("name")
        if isinstance(name, str):
            base: Path = ("components", name)
            yield base
            for path in _of_component(rest[2:], part):
                yield (*base, *path)
            if rest[-1] == "image":
                yield ("image", "tag")
            return
    if rest[:1] in (("env",), ("envs",)):
        yield _named("env", rest[1:], obj["spec"].get(rest[0]))
    if not rest or rest[0] in ("components", "services"):
        yield ("components",)
    elif rest[0] == "backendFramework":
        yield rest


def _of_component(rest: Path, part: Any) -> Iterator[Path]:
    if rest:
        yield ("component", *rest)
    if rest[:1] in (("podTemplate",), ("extraPodSpec",), ("extraPodMetadata",)):
        yield from _of_template(rest, part)
    elif rest[:1] == ("multinode",):
        yield ("nodes",)
    elif rest[:1] == ("resources",):
        yield from (rest, ("gpus",))
    elif rest:
        yield from _renamed(rest, part)


def _of_template(rest: Path, part: Any) -> Iterator[Path]:
    if rest[0] == "extraPodMetadata" or rest[:2] == ("podTemplate", "metadata"):
        yield rest[1:] if rest[0] == "extraPodMetadata" else rest[2:]
        return
    inner = rest[1:] if rest[0] == "extraPodSpec" else rest[2:]
    pod = (
        part.get("extraPodSpec") if rest[0] == "extraPodSpec" else (part.get("podTemplate") or {}).get("spec")
    )
    pod = pod if isinstance(pod, dict) else {}
    if inner:
        yield ("podSpec", *inner)
    if inner[:1] == ("mainContainer",):
        yield from _of_container(inner[1:], pod.get("mainContainer"))
    elif inner[:1] == ("containers",) and len(inner) > 1:
        yield from _of_containers(inner[1:], pod.get("containers"))
    elif inner:
        yield from _renamed(inner, pod)


def _of_containers(rest: Path, containers: Any) -> Iterator[Path]:
    container = _item(containers, rest[0])
    if container.get("name") == "main":
        yield from _of_container(rest[1:], container)
    else:
        index = rest[0] if isinstance(rest[0], int) else 0
        yield ("sidecars", max(index - 1, 0), *rest[1:])


def _of_container(rest: Path, container: Any) -> Iterator[Path]:
    container = container if isinstance(container, dict) else {}
    if rest:
        yield ("container", *rest)
    if rest[:1] == ("args",):
        yield _argument(rest[1:], container.get("args"))
    elif rest[:1] == ("resources",):
        yield from (rest, ("gpus",))
    elif rest:
        yield from _renamed(rest, container)


def _argument(rest: Path, args: Any) -> Path:
    """Return the flag that a token is, or belongs to."""
    if not rest or not isinstance(args, list) or not isinstance(rest[0], int):
        return ("args",)
    for token in reversed(args[: rest[0] + 1]):
        if isinstance(token, str) and token.startswith("--"):
            return ("args", token.lstrip("-").partition("=")[0])
    return ("args",)


def _renamed(rest: Path, owner: Any) -> Iterator[Path]:
    field = rest[0]
    items = owner.get(field) if isinstance(owner, dict) else None
    if field in _NAMED:
        yield _named(_NAMED[str(field)], rest[1:], items)
    elif field == "volumeMounts":
        yield _named("mounts", rest[1:], items, key="mountPath")
    else:
        yield (_RENAMED.get(str(field), field), *rest[1:])


def _named(field: str, rest: Path, items: Any, key: str = "name") -> Path:
    if not rest:
        return (field,)
    name = _item(items, rest[0]).get(key)
    return (field, name, *rest[1:]) if isinstance(name, str) else (field,)


def _item(items: Any, key: str | int) -> dict[str, Any]:
    found: Any = None
    if isinstance(items, dict):
        found = items.get(key)
    elif isinstance(items, list) and isinstance(key, int) and key < len(items):
        found = items[key]
    return found if isinstance(found, dict) else {}
