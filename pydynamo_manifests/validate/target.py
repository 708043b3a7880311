"""What manifests are judged against: a Dynamo release, a Kubernetes minor, a cluster, and who asks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydynamo_manifests import releases
from pydynamo_manifests.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydynamo_manifests.releases import Release
    from pydynamo_manifests.validate.cluster import Cluster

__all__ = ["Identity", "Target", "identity"]

Identity = tuple[str, str, str | None, str]
"""API group, kind, namespace, name."""

_MINOR = re.compile(r"v?(\d+\.\d+)(?:\..*)?")


def identity(obj: Mapping[str, Any]) -> Identity:
    """Return what makes an object the same one in the cluster, whatever version it is written in."""
    metadata = obj.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    group = str(obj.get("apiVersion", "")).rpartition("/")[0]
    namespace = metadata.get("namespace")
    namespace = namespace if isinstance(namespace, str) else None
    return group, str(obj.get("kind", "")), namespace, str(metadata.get("name", ""))


@dataclass(frozen=True, slots=True)
class Target:
    """Everything beside the object itself that a verdict depends on."""

    release: Release
    kubernetes: str
    """Kubernetes minor whose core schemas are used."""
    cluster: Cluster | None = None
    user: str | None = None
    ignore: frozenset[str] = frozenset()
    olds: Mapping[Identity, dict[str, Any]] = field(default_factory=dict)
    pinned: bool = True
    """Whether the user named the release; else values files are judged for the one they record."""

    @classmethod
    def of(
        cls,
        dynamo: str | None = None,
        *,
        kubernetes: str | None = None,
        cluster: Cluster | None = None,
        old: Iterable[dict[str, Any]] | None = None,
        user: str | None = None,
        ignore: Iterable[str] = (),
    ) -> Target:
        """Return a target from what a user says; without a release, the newest is meant.

        Raises:
            UnknownNameError: A release, Kubernetes minor or rule that does not exist.
            InputError: An old object without kind and name.
        """
        minor = _minor(kubernetes or (cluster.kubernetes if cluster else None))
        codes = frozenset(ignore)
        if codes:
            from pydynamo_manifests.validate.registry import known_codes  # noqa: PLC0415 - only to check codes

            for code in sorted(codes - known_codes()):
                raise UnknownNameError("rule", code, sorted(known_codes()))
        release = releases.release(dynamo) if dynamo else releases.newest()
        return cls(release, minor, cluster, user, codes, _by_identity(old or ()), dynamo is not None)

    def old_of(self, obj: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the stored object that an object changes; one that names no namespace is in any, if in one."""
        if not self.olds:
            return None
        wanted = identity(obj)
        if wanted in self.olds:
            return self.olds[wanted]
        near = [old for key, old in self.olds.items() if _same_but_namespace(key, wanted)]
        return near[0] if len(near) == 1 else None


def _same_but_namespace(left: Identity, right: Identity) -> bool:
    same = (left[0], left[1], left[3]) == (right[0], right[1], right[3])
    return same and not (left[2] and right[2])


def _minor(wanted: str | None) -> str:
    from pydynamo_manifests.api.kubernetes import minors  # noqa: PLC0415 - reads the package's data folder

    if wanted is None:
        return minors()[-1]
    match = _MINOR.fullmatch(wanted)
    if match is None or match[1] not in minors():
        raise UnknownNameError("Kubernetes minor", wanted, minors())
    return match[1]


def _by_identity(olds: Iterable[dict[str, Any]]) -> dict[Identity, dict[str, Any]]:
    out: dict[Identity, dict[str, Any]] = {}
    for old in olds:
        if not isinstance(old, dict) or not old.get("kind") or not identity(old)[3]:
            raise InputError("an old object must have apiVersion, kind and metadata.name")
        out[identity(old)] = old
    return out
