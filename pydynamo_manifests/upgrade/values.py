"""Bring values of the graph chart from one release to another, by the same rules as graphs."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import CombinationError, InputError
from pydynamo_manifests.releases import release
from pydynamo_manifests.upgrade import names, objects, planner, workers
from pydynamo_manifests.upgrade.argv import Argv
from pydynamo_manifests.upgrade.run import Upgrade
from pydynamo_manifests.upgrade.work import Component, Work, as_map

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["is_values", "upgrade_values"]


class _ArgMap(Argv):
    """The arguments of a values component: a map of flags, and tokens behind it; a script as it is."""

    def __init__(self, component: dict[str, Any]) -> None:
        leading, extra = component.get("leadingArgs") or [], component.get("extraArgs") or []
        self.component = component
        self.tokens = {"command": component.get("command") or [], "args": [*leading, *extra]}
        super().__init__(self.tokens)

    @property
    def map(self) -> dict[str, Any]:
        found = self.component.get("args")
        return found if isinstance(found, dict) else self.component.setdefault("args", {})

    def _in_map(self, flag: str) -> bool:
        return as_map(self.component.get("args")).get(flag[2:]) not in (None, False)

    def _edit_extra(self) -> Argv:
        return Argv({"args": self.component.get("extraArgs") or []})

    def has(self, flag: str) -> bool:
        return self._in_map(flag) or super().has(flag)

    def value(self, flag: str) -> str | None:
        if not self._in_map(flag):
            return super().value(flag)
        value = self.map[flag[2:]]
        return json.dumps(value) if isinstance(value, dict | list) else str(value)

    def values(self, flag: str) -> list[str]:
        if not self._in_map(flag):
            return super().values(flag)
        value = self.map[flag[2:]]
        return [str(item) for item in value] if isinstance(value, list) else [str(value)]

    def rename(self, old: str, new: str) -> None:
        if self._in_map(old):
            self.component["args"] = {new[2:] if k == old[2:] else k: v for k, v in self.map.items()}
        self._in_extra("rename", old, new)

    def remove(self, flag: str, values: int = 0) -> None:
        as_map(self.component.get("args")).pop(flag[2:], None)
        self._in_extra("remove", flag, values)

    def turn(self, old: str, new: str, value: str) -> None:
        if self._in_map(old):
            items = self.map.items()
            self.component["args"] = {
                new[2:] if k == old[2:] else k: value if k == old[2:] else v for k, v in items
            }
        self._in_extra("turn", old, new, value)

    def _in_extra(self, method: str, *args: Any) -> None:
        if self.script is not None:
            getattr(super(), method)(*args)
        elif self.component.get("extraArgs"):
            container = {"args": self.component["extraArgs"]}
            getattr(Argv(container), method)(*args)
            self.component["extraArgs"] = container.get("args", [])

    def set_value(self, flag: str, value: str) -> None:
        if self._in_map(flag):
            self.map[flag[2:]] = _nested(value)
        else:
            self._in_extra("set_value", flag, value)

    def start(self, command: list[str], flag: str, value: str) -> None:
        for key in ("leadingArgs", "extraArgs"):
            self.component.pop(key, None)
        self.component |= {"command": command, "args": {flag[2:]: _nested(value)}}

    def add(self, flag: str, value: str | None = None) -> None:
        if self.script is not None:
            super().add(flag, value)
        else:
            self.map[flag[2:]] = True if value is None else _nested(value)


def _nested(value: str) -> Any:
    if not value.startswith("{"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


@dataclass(slots=True)
class _Values(Component):
    """A component of values; its variables are a map there."""

    @property
    def type(self) -> str:
        return str(self.raw.get("type") or "")

    @property
    def argv(self) -> Argv:
        return _ArgMap(self.raw)

    def containers(self) -> Iterator[tuple[str, dict[str, Any]]]:
        yield self.path, self.main

    def environments(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        yield self.path, [{"name": k, "value": v} for k, v in as_map(self.raw.get("env")).items()]

    def variable(self, name: str) -> str | None:
        value = as_map(self.raw.get("env")).get(name)
        return value if value is None or isinstance(value, str) else json.dumps(value)


def is_values(data: Any) -> bool:
    """Tell whether a document is values of the graph chart: components, and neither kind nor version."""
    return isinstance(data, dict) and "kind" not in data and isinstance(data.get("components"), dict)


def upgrade_values(values: Mapping[str, Any], start: str, target: str, *, rename: bool = False) -> Upgrade:
    """Rewrite values of the graph chart for another Dynamo release; see :func:`upgrade`.

    Raises:
        UnknownNameError: No such release.
        CombinationError: The target is older than the start.
        InputError: No values of the graph chart.
    """
    work = Work(release(start), release(target))
    if work.target < work.start:
        raise CombinationError(f"cannot upgrade from {work.start.version} to the older {work.target.version}")
    if not is_values(values):
        raise InputError("cannot upgrade: no values of the graph chart (they have a map of components)")
    out: dict[str, Any] = copy.deepcopy(dict(values))
    parts = [
        _Values(n, f"components.{n}", c, c, [], alpha=False)
        for n, c in out["components"].items()
        if isinstance(c, dict)
    ]
    events = any(
        p.variable("DYN_ROUTER_MODE") == "kv" or p.argv.value("--router-mode") == "kv" for p in parts
    )
    events &= not any(p.argv.has("--no-kv-events") or p.argv.has("--no-router-kv-events") for p in parts)
    for part in parts:
        workers.workers(part, work, kv_router=events)
        names.flags(part, work)
        planner.planner(part, work)
        _environment(part, work)
        _image(part, work)
    workers.migration(list(parts), work)
    _graph(out, parts, work)
    if rename:
        _rename(out, parts, work)
    return Upgrade(out, tuple(work.changes), tuple(work.decisions))


def _environment(part: _Values, work: Work) -> None:
    for path, variables in part.environments():
        before = copy.deepcopy(variables)
        names.environment(path, variables, work)
        if variables != before:
            part.raw["env"] = {v["name"]: v["value"] for v in variables}


def _image(part: _Values, work: Work) -> None:
    image = part.raw.get("image")
    if isinstance(image, dict) and image.get("tag") == work.start.version:
        image["tag"] = work.target.version
        work.changed(
            part.path, f"image.tag {work.start.version} -> {work.target.version}", "the release's own tag"
        )
    wanted = work.target.component_images.get("planner")
    if part.argv.module == "dynamo.planner" and wanted and not image:
        part.raw["image"] = {"repository": wanted}
        work.changed(part.path, f"image.repository {wanted}", "the planner has an image of its own")
    if part.raw.get("runtimeVersionOverride") == work.start.version:
        part.raw["runtimeVersionOverride"] = work.target.version
        work.changed(
            part.path, f"runtimeVersionOverride -> {work.target.version}", "it says the release that runs"
        )


def _graph(out: dict[str, Any], parts: list[_Values], work: Work) -> None:
    dynamo = as_map(out.get("dynamo"))
    if dynamo.get("release") in (work.start.version, work.start.line):
        work.changed(
            "dynamo.release", f"{dynamo['release']} -> {work.target.version}", "images carry it as their tag"
        )
        dynamo["release"] = work.target.version
    version = dynamo.get("apiVersion")
    if version is not None and version != work.target.graph_api_version:
        if any("component" in p.raw for p in parts) or "spec" in out:
            work.decide(
                "dynamo.apiVersion", f"{version} is old, but spec and component are written in its words"
            )
        else:
            work.changed(
                "dynamo.apiVersion",
                f"{version} -> {work.target.graph_api_version}",
                "what new graphs are written in",
            )
            dynamo["apiVersion"] = work.target.graph_api_version
    shared = [{"name": k, "value": v} for k, v in as_map(out.get("env")).items()]
    before = copy.deepcopy(shared)
    names.environment("env", shared, work)
    if shared != before:
        out["env"] = {v["name"]: v["value"] for v in shared}
    if work.crosses("1.4"):
        work.decide("graph", "event subjects change in 1.4: roll all components at once, not one by one")


def _rename(out: dict[str, Any], parts: list[_Values], work: Work) -> None:
    mapping = objects.worker_names(list(parts), work)
    taken = {p.name for p in parts}
    mapping = {old: new for old, new in mapping.items() if old in taken}
    if not mapping or taken & set(mapping.values()):
        return
    out["components"] = {mapping.get(k, k): v for k, v in out["components"].items()}
    if isinstance(out.get("componentOrder"), list):
        out["componentOrder"] = [mapping.get(n, n) for n in out["componentOrder"]]
    for old, new in mapping.items():
        reason = f"the name in {work.target.line}; a graph cannot rename in place"
        work.changed(f"components.{old}", f"renamed to {new}", reason)
