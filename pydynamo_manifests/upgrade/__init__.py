"""Bring graphs from one Dynamo release to another."""

from __future__ import annotations

from pydynamo_manifests.upgrade.run import KINDS, Upgrade, upgrade
from pydynamo_manifests.upgrade.texts import TextUpgrade, upgrade_text
from pydynamo_manifests.upgrade.values import upgrade_values
from pydynamo_manifests.upgrade.work import Change, Decision

__all__ = [
    "KINDS",
    "Change",
    "Decision",
    "TextUpgrade",
    "Upgrade",
    "upgrade",
    "upgrade_text",
    "upgrade_values",
]
