"""Kubernetes' own objects, judged by the strict schemas of one minor release, offline."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.judge import validator_of
from pydynamo_manifests.validate.words import findings_of

if TYPE_CHECKING:
    from pydynamo_manifests.validate.report import Finding

__all__ = ["CoreJudge", "core_judge"]


@cache
def core_judge(minor: str, api_version: str, kind: str) -> CoreJudge | None:
    """Return the judge of a core kind, None for a kind that the minor does not have.

    Raises:
        UnknownNameError: No schemas of that minor are here.
    """
    from pydynamo_manifests.api.kubernetes import core_schema  # noqa: PLC0415 - only where core objects are

    schema = core_schema(minor, api_version, kind)
    return None if schema is None else CoreJudge(schema)


class CoreJudge:
    """Judges objects of one core kind."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        self._validator = validator_of(schema)
        self._is_valid = self._validator.is_valid

    def judge(self, obj: dict[str, Any]) -> list[Finding]:
        """Return what is wrong with an object; nulls count as absent, as for the API server."""
        if self._is_valid(obj):
            return []
        errors = self._validator.iter_errors(_without_nulls(obj))
        return [finding for error in errors for finding in findings_of(error, self.schema)]


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
