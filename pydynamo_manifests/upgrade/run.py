"""Bring a graph from one release to another, with the reason of each change and what is left to decide."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import CombinationError, InputError
from pydynamo_manifests.releases import release
from pydynamo_manifests.upgrade import leftovers, names, objects, planner, workers
from pydynamo_manifests.upgrade.work import Change, Component, Decision, Work, components, shared_env

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KINDS", "Upgrade", "upgrade"]

KINDS = ("DynamoGraphDeployment", "DynamoComponentDeployment")


@dataclass(frozen=True, slots=True)
class Upgrade:
    """An upgraded object, what was changed in it and what a person must decide.

    Attributes:
        manifest: The object; shares nothing with the one it was made from.
        changes: Every change with its reason.
        decisions: What depends on more than the object says.
    """

    manifest: dict[str, Any]
    changes: tuple[Change, ...]
    decisions: tuple[Decision, ...]


def upgrade(manifest: Mapping[str, Any], start: str, target: str, *, rename: bool = False) -> Upgrade:
    """Rewrite a graph for another Dynamo release.

    Flags, variables, images, the planner's start line, KV transfer and KV events get the words of the target;
    what they mean stays. The API version stays too (see ``convert``).

    Args:
        manifest: A DynamoGraphDeployment or DynamoComponentDeployment of either version; never changed.
        start: Release or line that it was written for, such as ``0.9``.
        target: Release or line that it shall run on, such as ``1.6.1``.
        rename: Give workers the names that the target's planner looks for. A running graph cannot change
            the names of its components: it must be made anew.

    Raises:
        UnknownNameError: No such release.
        CombinationError: The target is older than the start.
        InputError: Another kind or version.
    """
    work = Work(release(start), release(target))
    if work.target < work.start:
        raise CombinationError(f"cannot upgrade from {work.start.version} to the older {work.target.version}")
    if manifest.get("kind") not in KINDS or not str(manifest.get("apiVersion")).startswith("nvidia.com/v1"):
        raise InputError(
            f"cannot upgrade {manifest.get('kind')} of {manifest.get('apiVersion')}: the kinds are {', '.join(KINDS)}"
        )
    out: dict[str, Any] = copy.deepcopy(dict(manifest))
    parts = components(out)
    kv_router = _has_kv_router(out, parts)
    for part in parts:
        workers.workers(part, work, kv_router=kv_router)
        names.flags(part, work)
        objects.images(part, work)
        planner.planner(part, work)
        objects.fields(part, work)
        for path, variables in part.environments():
            names.environment(path, variables, work)
    _graph(out, parts, work, rename=rename)
    return Upgrade(out, tuple(work.changes), tuple(work.decisions))


def _graph(out: dict[str, Any], parts: list[Component], work: Work, *, rename: bool) -> None:
    for path, variables in shared_env(out):
        names.environment(path, variables, work)
    workers.migration(parts, work)
    leftovers.leftovers(out, work)
    objects.graph_fields(out, parts, work)
    if rename and out["kind"] == "DynamoGraphDeployment":
        objects.rename_workers(out, parts, work)


def _has_kv_router(manifest: dict[str, Any], parts: list[Component]) -> bool:
    shared = [variable for _, variables in shared_env(manifest) for variable in variables]
    mode = any(v.get("name") == "DYN_ROUTER_MODE" and v.get("value") == "kv" for v in shared)
    off = any(
        p.argv.has("--no-kv-events") or p.argv.has("--no-router-kv-events") for p in parts if p.is_frontend
    )
    asked = any(
        p.argv.value("--router-mode") == "kv" or p.variable("DYN_ROUTER_MODE") == "kv" or p.type == "epp"
        for p in parts
    )
    return (mode or asked) and not off
