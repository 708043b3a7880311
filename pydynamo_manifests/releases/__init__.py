"""The catalogue: what each Dynamo release has, read once from ``data/releases.yaml`` when first asked.

A release is known by its version (``1.6.1``) or its line (``1.6``, which means the newest patch).
Facts that hold for a range of lines are resolved when read: callers ask a release, never a range.
"""

from __future__ import annotations

import re

from pydynamo_manifests.errors import UnknownNameError
from pydynamo_manifests.releases.catalogue import catalogue, releases
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

__all__ = [
    "RELEASES",
    "Bundled",
    "Kind",
    "KvEvents",
    "KvTransfer",
    "PassMetrics",
    "Planner",
    "PrefillRouter",
    "Release",
    "Router",
    "Webhook",
    "fact_range",
    "known_releases",
    "newest",
    "release",
    "release_of_tag",
]

RELEASES: tuple[Release, ...]
"""Every release from the oldest to the newest, hidden ones included."""

_TAG = re.compile(r"^v?(\d+\.\d+)\.\d+(?:[-.+].*)?$")


def known_releases(*, hidden: bool = False) -> tuple[str, ...]:
    """Return the versions that a user may name, from the oldest to the newest."""
    return tuple(r.version for r in releases() if hidden or not r.hidden)


def newest() -> Release:
    """Return the newest release."""
    return releases()[-1]


def release(name: str) -> Release:
    """Return a release by version (``1.6.1``), line (``1.6``) or snapshot name; a leading ``v`` is fine.

    Raises:
        UnknownNameError: The catalogue has no such release; names the nearest.
    """
    wanted = str(name).strip().removeprefix("v")
    for candidate in releases():
        if wanted in (candidate.version, candidate.line):
            return candidate
    raise _unknown(str(name))


def release_of_tag(tag: str) -> Release | None:
    """Return the release of the line that an image tag names (``1.4.0``, ``v1.5.1-cuda13``), else None."""
    found = _TAG.match(tag)
    return next((r for r in releases() if found and r.line == found[1]), None)


def fact_range(section: str, name: str) -> tuple[str | None, str | None]:
    """Return the first and the last line in which an entry of ``images``, ``kinds`` or ``backends`` exists.

    Raises:
        UnknownNameError: The section has no such entry.
    """
    entries = catalogue()[section]
    named = [e for e in entries if e["name"] == name] if isinstance(entries, list) else entries.get(name)
    if not named:
        raise UnknownNameError(
            section.removesuffix("s"), name, (e["name"] if isinstance(e, dict) else e for e in entries)
        )
    ranges = named if isinstance(named, list) else [named]
    return ranges[0].get("since"), ranges[-1].get("until")


def __getattr__(name: str) -> object:
    if name == "RELEASES":
        return releases()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _unknown(name: str) -> UnknownNameError:
    error = UnknownNameError("Dynamo release", name, known_releases())
    line = ".".join(name.removeprefix("v").split(".")[:2])
    patch = next((r.version for r in releases() if r.line == line and not r.hidden), None)
    if patch:
        error.args = (
            f"unknown Dynamo release {name!r}; of line {line} the catalogue has the newest patch, {patch!r}",
        )
    return error
