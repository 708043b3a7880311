"""The GPU types that requests of a release know."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from pydynamo_manifests.errors import CombinationError, UnknownNameError
from pydynamo_manifests.releases import RELEASES

if TYPE_CHECKING:
    from pydynamo_manifests.releases import Release

__all__ = ["check_sku", "skus_at"]

_FIRST = ("h100_sxm", "h200_sxm", "b200_sxm", "gb200_sxm", "a100_sxm")
"""Systems that the simulator of 0.7 to 0.9 knows (aicSystem in the profiler's examples of 0.9)."""


def skus_at(at: Release) -> tuple[str, ...]:
    """Return the GPU types that requests of a release take (its CRD, or its simulator before 1.0)."""
    if not at.within(since="1.0"):
        return _FIRST
    from pydynamo_manifests.api.marks import Values  # noqa: PLC0415 - the API's models are heavy
    from pydynamo_manifests.api.v1beta1.request import GpuSku  # noqa: PLC0415 - the same

    literal, *marks = get_args(GpuSku)
    since = {sku: m.since for m in marks if isinstance(m, Values) for sku in m.values}
    return tuple(sku for sku in get_args(literal) if sku not in since or at.within(since=since[sku]))


def check_sku(sku: str, at: Release) -> None:
    """Refuse a GPU type that requests of a release do not know.

    Raises:
        CombinationError: Another release knows it; says which.
        UnknownNameError: No release knows it; names the nearest.
    """
    known = skus_at(at)
    if sku in known:
        return
    fits = [r for r in RELEASES if not r.hidden and sku in skus_at(r)]
    if not fits:
        raise UnknownNameError("GPU type", sku, known)
    raise CombinationError(
        f"--gpu {sku}: requests know it from Dynamo {fits[0].line} on, not at {at}; write --dynamo "
        f"{fits[0].line} or newer, or leave --gpu out, and it is found in the cluster"
    )
