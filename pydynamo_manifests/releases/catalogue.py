"""Reads ``data/releases.yaml`` once and resolves its ranges of lines into one Release each."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydynamo_manifests import yaml
from pydynamo_manifests.releases.model import (
    Bundled,
    Kind,
    KvEvents,
    KvTransfer,
    PassMetrics,
    Planner,
    PrefillRouter,
    Release,
    Router,
    Webhook,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["catalogue", "releases"]

_PATH = Path(__file__).parents[1] / "data" / "releases.yaml"


@cache
def catalogue() -> dict[str, Any]:
    """Return the catalogue as it is written."""
    data: dict[str, Any] = yaml.load(_PATH.read_text(encoding="utf-8"), _PATH.name)
    return data


@cache
def _positions() -> dict[str, int]:
    rows = enumerate(catalogue()["releases"])
    return {name: position for position, row in rows for name in (row["line"], row["version"])}


@cache
def releases() -> tuple[Release, ...]:
    """Return every release from the oldest to the newest, hidden ones included."""
    return tuple(_release(position, row) for position, row in enumerate(catalogue()["releases"]))


class _At:
    """The facts that hold at one position."""

    def __init__(self, position: int) -> None:
        self.position = position

    def rows(self, entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [e for e in entries if self.holds(e)]

    def holds(self, entry: Mapping[str, Any]) -> bool:
        after = "since" not in entry or self.position >= _positions()[entry["since"]]
        return after and ("until" not in entry or self.position <= _positions()[entry["until"]])

    def row(self, entries: Iterable[dict[str, Any]]) -> dict[str, Any]:
        (only,) = self.rows(entries)
        return only

    def each(self, section: str) -> dict[str, dict[str, Any]]:
        found = {name: self.rows(entries) for name, entries in catalogue()[section].items()}
        return {name: rows[0] for name, rows in found.items() if rows}

    def by_role(self, section: str, read: Callable[[dict[str, Any]], Any]) -> dict[str, dict[str, Any]]:
        """Return what is read from each row of a section, by backend and role."""
        return {b: {e["role"]: read(e) for e in self.rows(rows)} for b, rows in catalogue()[section].items()}

    def value(self, *path: str) -> Any:
        entries: Any = catalogue()
        for key in path:
            entries = entries[key]
        rows = self.rows(entries)
        return rows[0]["value"] if rows else None


def _release(position: int, row: dict[str, Any]) -> Release:
    at = _At(position)
    return Release(
        position=position,
        version=row["version"],
        line=row["line"],
        first_date=row["since"],
        date=row["date"],
        hidden=row.get("hidden", False),
        engines=row["engines"],
        **_images(at),
        **_api(at),
        **_platform(at),
        **_backends(at),
        **_workers(at),
        **_services(at),
        order=_positions(),
    )


def _images(at: _At) -> dict[str, Any]:
    """What is pulled from where."""
    return {
        "registry": catalogue()["registry"],
        "images": tuple(e["name"] for e in at.rows(catalogue()["images"])),
        "component_images": {name: e["image"] for name, e in at.each("componentImages").items()},
    }


def _api(at: _At) -> dict[str, Any]:
    """What the API server serves, and what admission takes."""
    kinds = {name: Kind(tuple(e["served"]), e["stored"]) for name, e in at.each("kinds").items()}
    return {
        "kinds": kinds,
        "graph_api_version": at.value("graphApiVersion"),
        "graph_api_versions": _graph_api_versions(at, kinds["DynamoGraphDeployment"]),
        "pod_metadata": bool(at.value("podMetadata")),
        "webhooks": tuple(_webhook(e) for e in at.rows(catalogue()["webhooks"])),
        "dynamo_namespace": bool(at.value("dynamoNamespace")),
        "runtime_version": bool(at.value("runtimeVersion")),
    }


def _platform(at: _At) -> dict[str, Any]:
    """What runs beside the graphs."""
    return {
        "kubernetes": at.row(catalogue()["kubernetes"])["minimum"],
        "bundled": {name: _bundled(e) for name, e in at.each("bundled").items()},
        "discovery": at.value("discovery"),
        "arguments_quoted": bool(at.value("argumentsQuoted")),
    }


def _backends(at: _At) -> dict[str, Any]:
    """Which engines can be served, on several nodes, and under a planner."""
    found = {name: e for name, e in catalogue()["backends"].items() if at.holds(e)}
    return {
        "backends": tuple(found),
        "multinode": tuple(name for name, e in found.items() if e["multinode"]),
        "planned": tuple(name for name, e in found.items() if e["planner"]),
    }


def _workers(at: _At) -> dict[str, Any]:
    """How workers are called and started."""
    names = ("worker", "prefill", "decode")
    return {
        "roles": at.by_role("roles", lambda e: e["args"]),
        "routed_roles": at.by_role("roles", lambda e: e.get("routed", {})),
        "kv_transfer": at.by_role("kvTransfer", _kv_transfer),
        "kv_events": {
            backend: KvEvents(e.get("args", {}), e.get("automatic", False))
            for backend, e in at.each("kvEvents").items()
        },
        "pass_metrics": {
            backend: PassMetrics(e.get("args", {}), e.get("env", {}))
            for backend, e in at.each("forwardPassMetrics").items()
        },
        "worker_names": {b: {name: e[name] for name in names} for b, e in at.each("workerNames").items()},
        "multinode_worker_names": at.value("multinodeWorkerNames"),
    }


def _services(at: _At) -> dict[str, Any]:
    """What a graph has beside workers."""
    names = ("modes", "noEvents", "overlapWeight")
    modes, no_events, overlap_weight = (at.value("router", name) for name in names)
    return {
        "router": Router(tuple(modes), no_events, overlap_weight),
        "prefill_router": {
            backend: PrefillRouter(e["module"], e["blockSize"], e["args"], e["frontend"])
            for backend, e in at.each("prefillRouter").items()
        },
        "planner": Planner(at.row(catalogue()["planner"])["module"]),
    }


def _graph_api_versions(at: _At, graph: Kind) -> tuple[str, ...]:
    refused = at.value("graphApiVersionsRefused") or ()
    return tuple(v for v in (f"nvidia.com/{s}" for s in graph.served) if v not in refused)


def _bundled(entry: dict[str, Any]) -> Bundled:
    return Bundled(entry["version"], entry.get("minimum"), entry["installed"])


def _kv_transfer(entry: dict[str, Any]) -> KvTransfer:
    return KvTransfer(entry.get("args", {}), entry.get("engine", {}))


def _webhook(entry: dict[str, Any]) -> Webhook:
    *group, version, resource = entry["resource"].split("/")
    return Webhook(
        type=entry["type"],
        name=entry["name"],
        path=entry["path"],
        group="".join(group),
        version=version,
        resource=resource,
        operations=tuple(entry.get("operations", ("CREATE", "UPDATE"))),
        match_policy=entry.get("matchPolicy"),
        failure_policy=entry.get("failurePolicy", "Fail"),
    )
