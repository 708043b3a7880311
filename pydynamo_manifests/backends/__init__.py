"""The engines: one module each says how a worker of it is started."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from pydynamo_manifests.errors import CombinationError, UnknownNameError
from pydynamo_manifests.releases import fact_range

if TYPE_CHECKING:
    from pydynamo_manifests.backends.base import Backend
    from pydynamo_manifests.releases import Release

__all__ = ["BACKENDS", "backend", "backend_at"]

BACKENDS = ("vllm", "sglang", "trtllm", "mocker")
"""Names of the backends."""


def backend(name: str) -> Backend:
    """Return a backend by name.

    Raises:
        UnknownNameError: There is no such backend; names the nearest.
    """
    if name not in BACKENDS:
        raise UnknownNameError("backend", name, BACKENDS)
    return cast("Backend", import_module(f"{__name__}.{name}"))


def backend_at(name: str, release: Release) -> Backend:
    """Return a backend for a release.

    Raises:
        CombinationError: The release cannot serve it as a graph; says since or until when one could.
        UnknownNameError: There is no such backend.
    """
    found = backend(name)
    if name in release.backends:
        return found
    since, _ = fact_range("backends", name)
    raise CombinationError(
        f"{name} graphs exist from Dynamo {since} on, not at {release}; choose --dynamo {since} or newer, "
        f"or one of {', '.join(release.backends)}"
    )
