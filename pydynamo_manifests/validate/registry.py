"""Every rule of every stage, by code."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydynamo_manifests.validate.rule import Rule

__all__ = ["known_codes", "rules"]


@cache
def rules() -> dict[str, Rule]:
    """Return all rules in the order of the stages."""
    from pydynamo_manifests.validate import admission, codes, lint  # noqa: PLC0415 - all rules are many modules

    found = {rule.code: rule for rule in codes.RULES}
    found |= admission.described()
    return found | {code: entry.described() for code, entry in lint.REGISTRY.items()}


def known_codes() -> frozenset[str]:
    """Return the codes that a rule has."""
    return frozenset(rules())
