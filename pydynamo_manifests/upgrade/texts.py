"""Upgrade the text of a file: other documents keep their bytes, comments come along."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.convert.places import same_place
from pydynamo_manifests.convert.texts import edit_text
from pydynamo_manifests.upgrade.run import KINDS, upgrade
from pydynamo_manifests.upgrade.values import is_values, upgrade_values

if TYPE_CHECKING:
    from pydynamo_manifests.convert import TextConversion
    from pydynamo_manifests.upgrade.run import Upgrade

__all__ = ["TextUpgrade", "upgrade_text"]


@dataclass(slots=True)
class TextUpgrade:
    """An upgraded text, with one line for each change, each decision, and what was left alone."""

    text: str
    objects: int
    kinds: list[str]
    changes: list[str] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def upgrade_text(
    text: str, start: str, target: str, *, rename: bool = False, source: str = "<text>"
) -> TextUpgrade:
    """Upgrade every graph, and all values of the graph chart, of a YAML (or JSON) text; see :func:`pydynamo_manifests.upgrade.upgrade`.

    Raises:
        UnknownNameError: No such release.
        CombinationError: The target is older than the start.
    """
    changes: list[str] = []
    decisions: list[str] = []

    def edit(old: dict[str, Any], out: TextConversion, name: str) -> dict[str, Any] | None:
        kind, version = old.get("kind"), str(old.get("apiVersion"))
        if is_values(old):
            out.objects += 1
            return note(upgrade_values(old, start, target, rename=rename), old, name)
        if kind not in KINDS or not version.startswith("nvidia.com/v1"):
            out.kinds += [f"{kind} of {version}"] if kind is not None else []
            return None
        out.objects += 1
        return note(upgrade(old, start, target, rename=rename), old, name)

    def note(result: Upgrade, old: dict[str, Any], name: str) -> dict[str, Any] | None:
        changes.extend(f"{name}: {change}" for change in result.changes)
        decisions.extend(f"{name}: {decision}" for decision in result.decisions)
        return result.manifest if result.manifest != old else None

    out = edit_text(text, edit, same_place, source)
    return TextUpgrade(out.text, out.objects, out.kinds, changes, decisions, out.notices)
