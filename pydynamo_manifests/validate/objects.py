"""One object through the stages, in the order of the API server."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.codes import EXPRESSION, NOT_AN_OBJECT, NOT_SERVED, UNKNOWN_FIELD
from pydynamo_manifests.validate.core import core_judge
from pydynamo_manifests.validate.judge import judge_of
from pydynamo_manifests.validate.objectmeta import check_metadata
from pydynamo_manifests.validate.report import Finding, Path
from pydynamo_manifests.validate.rules import NO_OLD
from pydynamo_manifests.validate.words import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydynamo_manifests.validate.judge import Judge
    from pydynamo_manifests.validate.target import Target

__all__ = ["Skipped", "judge_object", "kept"]

GROUP = "nvidia.com"
_LIST = re.compile(r"[A-Za-z]*List")


class Skipped(str):
    """Why an object is not judged."""

    __slots__ = ()


def judge_object(obj: dict[str, Any], target: Target, beside: Sequence[Any] = ()) -> list[Finding] | Skipped:
    """Return what every stage finds in an object, or why it is not judged.

    Args:
        obj: The object.
        target: What it is judged against.
        beside: All documents of the same source, the object itself among them or not.
    """
    api_version, kind = obj.get("apiVersion"), obj.get("kind")
    if not (isinstance(api_version, str) and api_version and isinstance(kind, str) and kind):
        return [_shapeless(obj)]
    if isinstance(obj.get("items"), list) and _LIST.fullmatch(kind):
        return _judge_list(obj["items"], target)
    group, _, version = api_version.rpartition("/")
    if group == GROUP:
        return _judge_dynamo(obj, kind, version, target, beside)
    judge = core_judge(target.kubernetes, api_version, kind)
    if judge is None:
        return _no_schema(api_version, kind, target)
    return _metadata(obj, group, kind, judge.judge(obj))


def _shapeless(obj: dict[str, Any]) -> Finding:
    api_version = obj.get("apiVersion")
    field = "kind" if isinstance(api_version, str) and api_version else "apiVersion"
    return NOT_AN_OBJECT.finding((field,), f"an object needs {field}, as text")


def _judge_list(items: list[Any], target: Target) -> list[Finding]:
    found: list[Finding] = []
    for index, item in enumerate(items):
        if isinstance(item, dict):
            verdict = judge_object(item, target, items)
            found += [] if isinstance(verdict, Skipped) else [_below(f, ("items", index)) for f in verdict]
        else:
            found.append(NOT_AN_OBJECT.finding(("items", index), "an item of a List must be an object"))
    return found


def _below(finding: Finding, path: Path) -> Finding:
    at = None if finding.at is None else (*path, *finding.at)
    where = (*path, *finding.where)
    return Finding(finding.rule, finding.severity, finding.stage, where, finding.message, finding.hint, at=at)


@cache
def _served(release: str) -> dict[str, tuple[str, ...]]:
    from pydynamo_manifests.releases import release as find  # noqa: PLC0415 - one lookup a release

    return {kind: tuple(entry.served) for kind, entry in find(release).kinds.items()}


def _judge_dynamo(
    obj: dict[str, Any], kind: str, version: str, target: Target, beside: Sequence[Any]
) -> list[Finding] | Skipped:
    release = target.release.version
    served = _served(release)
    if version not in served.get(kind, ()):
        return _not_served(kind, version, release)
    return _stages(obj, judge_of(release, kind, version), target, beside)


def _stages(obj: dict[str, Any], judge: Judge, target: Target, beside: Sequence[Any]) -> list[Finding]:
    from pydynamo_manifests.validate import admission, lint  # noqa: PLC0415 - many modules

    old = _old(obj, target)
    found, stored = _by_schema(obj, old, judge, target)
    found = _metadata(obj, GROUP, str(obj["kind"]), found)
    wrong = {f.rule for f in found if f.severity == "error"}
    found = kept(found, target)
    if wrong - (
        target.ignore & {UNKNOWN_FIELD.code, EXPRESSION.code}
    ):  # types are right: the rest can be judged
        return found
    before = None if old is None else judge.stored(old)
    admitted = admission.admit(
        stored, old=before, release=target.release, cluster=target.cluster, user=target.user
    )
    found += kept(_unsaid(admitted), target)
    found += lint.lint(
        stored,
        release=target.release,
        cluster=target.cluster,
        others=[o for o in beside if o is not obj and isinstance(o, dict)],
        ignore=target.ignore,
        admission_ran=True,
    )
    return found


def _unsaid(admitted: list[Finding]) -> list[Finding]:
    """Leave out warnings about what is refused at the same place."""
    refused = {finding.where for finding in admitted if finding.severity == "error"}
    return [f for f in admitted if f.severity == "error" or f.where not in refused]


def _old(obj: dict[str, Any], target: Target) -> dict[str, Any] | None:
    """Return the stored object in the API version of the new one, as the API server compares them."""
    old = target.old_of(obj)
    if old is None or old.get("apiVersion") == obj["apiVersion"]:
        return old
    from pydynamo_manifests.convert import convert  # noqa: PLC0415 - rarely needed

    return convert(old, str(obj["apiVersion"]))


def _by_schema(
    obj: dict[str, Any], old: dict[str, Any] | None, judge: Judge, target: Target
) -> tuple[list[Finding], Any]:
    """Judge what the defaulting webhooks make of an object: they come before the schema's last word."""
    from pydynamo_manifests.validate import admission  # noqa: PLC0415 - as above

    submitted = admission.default(obj, old=old, release=target.release, cluster=target.cluster)
    return judge.judge(submitted, NO_OLD if old is None else old)


def _metadata(obj: dict[str, Any], group: str, kind: str, found: list[Finding]) -> list[Finding]:
    """Add what is wrong with the object's metadata."""
    said = {finding.where for finding in found}
    return [*found, *(f for f in check_metadata(obj.get("metadata"), group, kind) if f.where not in said)]


def kept(found: Iterable[Finding], target: Target) -> list[Finding]:
    """Take out what the user switched off, and say how much that was."""
    everything = list(found)
    stay = [f for f in everything if f.rule not in target.ignore]
    off = sorted({f.rule for f in everything} & target.ignore)
    if off:
        text = "switched off: " + ", ".join(f"{c} {sum(f.rule == c for f in everything)}x" for c in off)
        stay.append(Finding("IGNORED", "info", everything[0].stage, ("metadata",), text))
    return stay


def _not_served(kind: str, version: str, release: str) -> list[Finding] | Skipped:
    served = _served(release)
    if kind in served:
        known = " and ".join(f"{GROUP}/{v}" for v in served[kind])
        message = f"Dynamo {release} does not serve {GROUP}/{version} {kind}; it serves {known}"
        hint = f"Write apiVersion: {GROUP}/{served[kind][-1]}."
        return [NOT_SERVED.finding(("apiVersion",), message, hint)]
    near = suggestion(kind, served)
    if not kind.startswith("Dynamo") and not near:
        return Skipped(f"{GROUP}/{version} {kind} is no kind of Dynamo {release}")
    hint = near or f"Kinds of Dynamo {release} are {', '.join(served)}."
    return [NOT_SERVED.finding(("kind",), f"Dynamo {release} has no kind {kind}", hint)]


def _no_schema(api_version: str, kind: str, target: Target) -> list[Finding] | Skipped:
    """Tell kinds of other projects from misspelt ones of Kubernetes' own groups."""
    known = _core_kinds(target.kubernetes)
    versions = [full.rpartition("/")[0] for full in known if full.rpartition("/")[2] == kind]
    group = api_version.rpartition("/")[0]
    if group in {v.rpartition("/")[0] for v in versions}:
        message = f"Kubernetes {target.kubernetes} does not serve {api_version} {kind}"
        return [NOT_SERVED.finding(("apiVersion",), message, f"Write apiVersion: {' or '.join(versions)}.")]
    if "." not in group and api_version in {full.rpartition("/")[0] for full in known}:
        near = suggestion(kind, [f.rpartition("/")[2] for f in known if f.rpartition("/")[0] == api_version])
        message = f"{api_version} of Kubernetes {target.kubernetes} has no kind {kind}"
        return [NOT_SERVED.finding(("kind",), message, near or None)]
    return Skipped(f"there is no schema of {api_version} {kind} here")


@cache
def _core_kinds(minor: str) -> tuple[str, ...]:
    from pydynamo_manifests.api.kubernetes import kinds  # noqa: PLC0415 - only where core objects are

    return kinds(minor)
