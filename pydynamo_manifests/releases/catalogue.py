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
    Planner,
    Release,
    Router,
    Webhook,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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

    def value(self, *path: str) -> Any:
        entries: Any = catalogue()
        for key in path:
            entries = entries[key]
        rows = self.rows(entries)
        return rows[0]["value"] if rows else None


def _release(position: int, row: dict[str, Any]) -> Release:
    at, data = _At(position), catalogue()
    kinds = {name: Kind(tuple(e["served"]), e["stored"]) for name, e in at.each("kinds").items()}
    backends = {name: e for name, e in data["backends"].items() if at.holds(e)}
    return Release(
        position=position,
        version=row["version"],
        line=row["line"],
        first_date=row["since"],
        date=row["date"],
        hidden=row.get("hidden", False),
        engines=row["engines"],
        registry=data["registry"],
        images=tuple(e["name"] for e in at.rows(data["images"])),
        component_images={name: e["image"] for name, e in at.each("componentImages").items()},
        kinds=kinds,
        graph_api_version=at.value("graphApiVersion"),
        graph_api_versions=_graph_api_versions(at, kinds["DynamoGraphDeployment"]),
        pod_metadata=bool(at.value("podMetadata")),
        webhooks=tuple(_webhook(e) for e in at.rows(data["webhooks"])),
        kubernetes=at.row(data["kubernetes"])["minimum"],
        bundled={name: _bundled(e) for name, e in at.each("bundled").items()},
        discovery=at.value("discovery"),
        backends=tuple(backends),
        multinode=tuple(name for name, e in backends.items() if e["multinode"]),
        roles={b: {e["role"]: e["args"] for e in at.rows(rows)} for b, rows in data["roles"].items()},
        kv_transfer={
            b: {e["role"]: _kv_transfer(e) for e in at.rows(rows)} for b, rows in data["kvTransfer"].items()
        },
        kv_events={
            b: KvEvents(e.get("args", {}), e.get("automatic", False)) for b, e in at.each("kvEvents").items()
        },
        worker_names={
            b: {r: e[r] for r in ("worker", "prefill", "decode")} for b, e in at.each("workerNames").items()
        },
        multinode_worker_names=at.value("multinodeWorkerNames"),
        router=Router(
            tuple(at.value("router", "modes")),
            at.value("router", "noEvents"),
            at.value("router", "overlapWeight"),
        ),
        planner=Planner(at.row(data["planner"])["module"]),
        dynamo_namespace=bool(at.value("dynamoNamespace")),
        runtime_version=bool(at.value("runtimeVersion")),
        order=_positions(),
    )


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
