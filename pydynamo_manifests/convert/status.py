"""Status of graphs and components: the replica object that gained a list of names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydynamo_manifests.convert.types import Obj

__all__ = ["replica_to_alpha", "replica_to_beta"]


def replica_to_beta(alpha: Obj) -> tuple[Obj, Obj]:
    """Convert a component's replica status; the second result is what v1beta1 cannot say."""
    beta = dict(alpha)
    name, names = beta.pop("componentName", ""), alpha.get("componentNames", [])
    if not names and name:
        beta["componentNames"] = [name]
    agree = bool(names) and names[-1] == name
    if agree or not (names or name):
        return beta, {}
    saved = {"componentName": name} if name else {}
    return beta, saved | ({"componentNames": names} if names else {})


def replica_to_alpha(beta: Obj, saved: Obj | None) -> Obj:
    """Convert back: the last name is the component's, unless the saved pair still says the same."""
    names = beta.get("componentNames", [])
    alpha = dict(beta)
    if names:
        alpha["componentName"] = names[-1]
    if saved is not None and _still_says(saved, names):
        alpha.pop("componentName", None)
        alpha.pop("componentNames", None)
        alpha |= saved
    return alpha


def _still_says(saved: Obj, names: list[str]) -> bool:
    if "componentNames" in saved:
        return bool(saved["componentNames"] == names)
    return names in ([], [saved.get("componentName")])
