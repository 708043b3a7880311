"""Kubernetes' own objects, judged by the strict schemas of one minor release, offline."""

from __future__ import annotations

import binascii
from functools import cache
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.choices import with_choices
from pydynamo_manifests.validate.codes import NOT_A_CHOICE
from pydynamo_manifests.validate.judge import validator_of
from pydynamo_manifests.validate.shapes import mapping
from pydynamo_manifests.validate.words import distinct, findings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.report import Finding

__all__ = ["CoreJudge", "core_judge"]

_Keys = tuple[str, ...]
_TEMPLATE: _Keys = ("spec", "template", "spec", "restartPolicy")
_ENDING = ("OnFailure", "Never")
_RESTARTS: dict[str, tuple[_Keys, _Keys]] = {
    "CronJob": (("spec", "jobTemplate", *_TEMPLATE), _ENDING),
    "DaemonSet": (_TEMPLATE, ("Always",)),
    "Deployment": (_TEMPLATE, ("Always",)),
    "Job": (_TEMPLATE, _ENDING),
    "ReplicaSet": (_TEMPLATE, ("Always",)),
    "StatefulSet": (_TEMPLATE, ("Always",)),
}
"""Where the pods of a kind say how they restart, and what they may say; nothing said is Always.

Source: Kubernetes, pkg/apis/apps/validation and pkg/apis/batch/validation.
"""


@cache
def core_judge(minor: str, api_version: str, kind: str) -> CoreJudge | None:
    """Return the judge of a core kind, None for a kind that the minor does not have.

    Raises:
        UnknownNameError: No schemas of that minor are here.
    """
    from pydynamo_manifests.api.kubernetes import core_schema  # noqa: PLC0415 - only where core objects are

    schema = core_schema(minor, api_version, kind)
    own = api_version in ("apps/v1", "batch/v1")
    return None if schema is None else CoreJudge(with_choices(schema), _RESTARTS.get(kind) if own else None)


class CoreJudge:
    """Judges objects of one core kind."""

    def __init__(self, schema: dict[str, Any], restarts: tuple[_Keys, _Keys] | None = None) -> None:
        self.schema = schema
        self.restarts = restarts
        self._validator = validator_of(schema, formats={"byte": _is_base64})
        self._is_valid = self._validator.is_valid

    def judge(self, obj: dict[str, Any]) -> list[Finding]:
        """Return what is wrong with an object; nulls count as absent, as for the API server."""
        found = [] if self._is_valid(obj) else distinct(self._by_schema(_without_nulls(obj)))
        return found or list(self._restart(obj))

    def _by_schema(self, obj: Any) -> Iterator[Finding]:
        for error in self._validator.iter_errors(obj):
            if error.kind.name != "enum" or error.instance != "":  # Go cannot tell "" from a field left out
                yield from findings_of(error, self.schema)

    def _restart(self, obj: dict[str, Any]) -> Iterator[Finding]:
        """Find pods that restart as their owner does not allow."""
        path, allowed = self.restarts or ((), ())
        pod: Any = obj
        for key in path[:-1]:
            pod = mapping(mapping(pod).get(key))
        policy = pod.get("restartPolicy") or "Always"
        if allowed and pod and policy not in allowed:
            kind, words = obj["kind"], " or ".join(allowed)
            message = f"pods of a {kind} take {words}, not {policy}"
            yield NOT_A_CHOICE.finding(path, message, f"Write restartPolicy: {allowed[0]}.")


def _is_base64(text: str) -> bool:
    """Tell whether Go reads a text as bytes: padded base64, line ends in it or not."""
    try:
        binascii.a2b_base64(text.replace("\n", "").replace("\r", ""), strict_mode=True)
    except ValueError:
        return False
    return True


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
