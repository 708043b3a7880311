"""Values files: checked as the chart's schema would, then what they render to, with findings in the values."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import DynamoManifestsError, UnknownNameError
from pydynamo_manifests.validate.codes import BAD_VALUES
from pydynamo_manifests.validate.objects import Skipped, judge_object
from pydynamo_manifests.validate.report import Finding, print_path
from pydynamo_manifests.validate.values_paths import values_path

if TYPE_CHECKING:
    from pydynamo_manifests.validate.target import Target

__all__ = ["chart_of", "judge_values"]

NAME = "release"
"""Stands for the name of the Helm release, which values do not know."""

_NEAR = 0.85
"""How alike a misspelt key must be."""

_OTHER_IMAGE = "IMG-02"
"""A warning about a manifest; values record a release, and a tag of another minor contradicts them."""


@cache
def _models() -> dict[str, Any]:
    """Return the model of each chart's values, which is where its schema comes from."""
    from pydynamo_manifests.values import GraphValues  # noqa: PLC0415 - pydantic loads with the first values file
    from pydynamo_manifests.values.platform import PlatformValues  # noqa: PLC0415 - the same

    return {"dynamo-graph": GraphValues, "dynamo-platform": PlatformValues}


def chart_of(values: dict[str, Any]) -> str | None:
    """Return the chart whose values these are, None when they are of neither.

    Values have ``components``, or nothing but keys of one chart, or mostly such keys with one that is
    nearly ``components``; keys such as ``image`` alone are in the values of any chart.
    """
    if "components" in values:
        return "dynamo-graph"
    known = {chart: _keys(model) for chart, model in _models().items()}
    known["dynamo-platform"] |= {path for path in _moved() if "." not in path}
    if any("." in path and _has(values, path) for path in _moved()):
        return "dynamo-platform"
    own = [chart for chart, keys in known.items() if values and values.keys() <= keys]
    if own:
        return own[0]
    if any(get_close_matches(key, ["components"], 1, _NEAR) for key in values):
        return "dynamo-graph"
    most = max(known, key=lambda chart: len(known[chart] & values.keys()))
    hits = known[most] & values.keys()
    return most if len(hits) > 1 and 2 * len(hits) >= len(values) else None


def _keys(model: Any) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def judge_values(values: dict[str, Any], chart: str, target: Target) -> list[Finding]:
    """Return what is wrong with values of a chart and with what they render to."""
    found = _schema(values, _models()[chart], _moved() if chart == "dynamo-platform" else {})
    if found or chart != "dynamo-graph" or not any((values.get("components") or {}).values()):
        return found
    return _rendered(values, target)


def _moved() -> dict[str, str]:
    """Return the keys that people carry over from upstream's platform chart, and what took their place."""
    from pydynamo_manifests.values.platform.removed import REMOVED  # noqa: PLC0415 - loaded with the models

    return REMOVED


def _schema(values: dict[str, Any], model: Any, moved: dict[str, str]) -> list[Finding]:
    from pydantic import ValidationError  # noqa: PLC0415 - loaded with the models

    from pydynamo_manifests.values.load import problems  # noqa: PLC0415 - the same

    found: dict[tuple[str | int, ...], str] = {
        tuple(path.split(".")): f"moved: {words}" for path, words in moved.items() if _has(values, path)
    }
    try:
        model.model_validate(values)
    except ValidationError as e:
        found = {**dict(problems(e, model)), **found}
    return [_problem(path, message) for path, message in found.items()]


def _has(values: Any, path: str) -> bool:
    block, _, key = path.rpartition(".")
    home = values.get(block) if block else values
    return isinstance(home, dict) and key in home


def _problem(path: tuple[str | int, ...], message: str) -> Finding:
    said, _, hint = message.partition("; ")
    return BAD_VALUES.finding(path, said, hint[:1].upper() + hint[1:] if hint else None)


def _rendered(values: dict[str, Any], target: Target) -> list[Finding]:
    from pydynamo_manifests.render import render  # noqa: PLC0415 - only values files need it

    try:
        target = _own_release(values, target)
    except UnknownNameError as e:
        return [BAD_VALUES.finding(("dynamo", "release"), str(e), "Name a release of the catalogue.")]
    try:
        objects = render(values, name=NAME)
    except DynamoManifestsError as e:
        return [BAD_VALUES.finding((), str(e), "")]
    found: list[Finding] = []
    for obj in objects:
        verdict = judge_object(obj, target, objects)
        found += [] if isinstance(verdict, Skipped) else [_back(f, obj, values) for f in verdict]
    recorded = str((values.get("dynamo") or {}).get("release"))
    return [_raised(f) for f in found] if recorded == target.release.version else found


def _raised(finding: Finding) -> Finding:
    return replace(finding, severity="error") if finding.rule == _OTHER_IMAGE else finding


def _own_release(values: dict[str, Any], target: Target) -> Target:
    """Judge values for the release that they were composed for, unless the user names one."""
    from pydynamo_manifests import releases  # noqa: PLC0415 - cached by then

    wanted = (values.get("dynamo") or {}).get("release")
    return target if target.pinned or not wanted else replace(target, release=releases.release(str(wanted)))


def _back(finding: Finding, obj: dict[str, Any], values: dict[str, Any]) -> Finding:
    """Return a finding about a rendered object as one about the values that made it."""
    where = finding.where if finding.at is None else finding.at
    place = values_path(where, obj, values)
    rendered = print_path((str(obj.get("kind")), *where))
    return replace(finding, where=place, at=None, message=f"{finding.message} (renders to {rendered})")
