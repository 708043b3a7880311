"""Resources of a main container: the named fields of v1alpha1 and the plain Kubernetes map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.convert.quantity import canonical, is_quantity

if TYPE_CHECKING:
    from pydynamo_manifests.convert.types import Obj

__all__ = ["from_core", "merge", "to_core"]

_GPU = "nvidia.com/gpu"
_NAMED = {"cpu": "cpu", "memory": "memory", _GPU: "gpu"}


def to_core(alpha: Obj | None) -> Obj:
    """Return Kubernetes ResourceRequirements; a text that is no quantity is skipped, as the operator does."""
    alpha = alpha or {}
    out: Obj = {side: found for side in ("limits", "requests") if (found := _amounts(alpha.get(side, {})))}
    if alpha.get("claims"):
        out["claims"] = [dict(claim) for claim in alpha["claims"]]
    return out


def _amounts(item: Obj) -> dict[str, str]:
    amounts = {name: item[name] for name in ("cpu", "memory") if item.get(name)}
    if item.get("gpu"):
        amounts[item.get("gpuType") or _GPU] = item["gpu"]
    amounts |= item.get("custom", {})
    return {name: canonical(text) for name, text in amounts.items() if is_quantity(str(text))}


def from_core(core: Obj) -> Obj:
    """Return the v1alpha1 resources of Kubernetes ResourceRequirements."""
    out: Obj = {side: _item(core[side]) for side in ("requests", "limits") if core.get(side)}
    if core.get("claims"):
        out["claims"] = [dict(claim) for claim in core["claims"]]
    return out


def _item(amounts: dict[str, str]) -> Obj:
    item: Obj = {field: amounts[name] for name, field in _NAMED.items() if name in amounts}
    custom = {name: text for name, text in amounts.items() if name not in _NAMED}
    return item | ({"custom": custom} if custom else {})


def merge(base: Obj, over: Obj) -> Obj:
    """Lay resources of ``mainContainer`` over those of the dedicated field: maps unite, claims replace."""
    out: Obj = {}
    for side in ("limits", "requests"):
        if amounts := base.get(side, {}) | over.get(side, {}):
            out[side] = amounts
    if claims := over.get("claims") or base.get("claims"):
        out["claims"] = claims
    return out
