"""The stages schema and cel of one kind in one release: compiled once, then about 0.1 ms an object."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.cel.values import equal
from pydynamo_manifests.validate.codes import REPEATED_ITEM
from pydynamo_manifests.validate.rules import NO_OLD, compile_rules
from pydynamo_manifests.validate.structural import plan_of, rooted, with_defaults, without_nulls
from pydynamo_manifests.validate.words import BLOCKING, distinct, findings_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydynamo_manifests.validate.report import Finding, Path
    from pydynamo_manifests.validate.rules import CelRule
    from pydynamo_manifests.validate.structural import Plan

__all__ = ["Judge", "judge_of", "validator_of"]


@cache
def judge_of(release: str, kind: str, version: str) -> Judge:
    """Return the judge of a kind in an API version of a release of the catalogue.

    Raises:
        UnknownNameError: The release does not have or serve it.
    """
    from pydynamo_manifests import api  # noqa: PLC0415 - the models are needed only when an object is judged

    structural = api.schema(release, kind, version)
    return Judge(structural, api.strict_json_schema(release, kind, version))


def validator_of(schema: dict[str, Any], formats: dict[str, Callable[[str], bool]] | None = None) -> Any:
    """Compile a JSON Schema; patterns run in linear time and speak RE2's dialect, as in the API server.

    Args:
        schema: The schema.
        formats: Checks of formats beyond those of JSON Schema.
    """
    import jsonschema_rs  # noqa: PLC0415 - costs 20 ms, so only when an object is judged

    options = jsonschema_rs.RegexOptions()
    return jsonschema_rs.Draft202012Validator(
        schema, validate_formats=True, formats=formats, pattern_options=options
    )


class Judge:
    """Judges objects of one kind by its structural schema, as the API server does."""

    def __init__(self, structural: dict[str, Any], strict: dict[str, Any]) -> None:
        self.schema = strict
        self.plan = plan_of(rooted(structural), compile_rules)
        self._validator = validator_of(strict)
        self._is_valid = self._validator.is_valid

    def stored(self, obj: Any) -> Any:
        """Return an object as the API server stores it: nulls dropped, defaults applied."""
        return with_defaults(without_nulls(obj, self.plan), self.plan)

    def judge(self, obj: Any, old: Any = NO_OLD) -> tuple[list[Finding], Any]:
        """Return what is wrong with an object, and the object with its defaults; nothing is modified.

        Args:
            obj: The object as it is submitted.
            old: The stored object that it replaces; what it left as it was is not judged again.
        """
        found: list[Finding] = []
        if old is not NO_OLD:
            old = self.stored(old)
        if self._is_valid(obj):
            return found, _walk(obj, self.plan, (), old, found)
        stored = self.stored(obj)
        errors = [e for e in self._validator.iter_errors(stored) if not self._same(stored, old, e)]
        found += distinct(finding for error in errors for finding in findings_of(error, self.schema))
        if not any(error.kind.name in BLOCKING for error in errors):
            stored = _walk(stored, self.plan, (), old, found)
        return found, stored

    def _same(self, new: Any, old: Any, error: Any) -> bool:
        """Tell whether an error is about a value that an update leaves as it was (ratcheting).

        Source: Kubernetes 1.30 and newer, CRDValidationRatcheting. Unknown fields are refused before.
        """
        if old is NO_OLD or error.kind.name == "additionalProperties":
            return False
        plan: Plan | None = self.plan
        for part in error.instance_path:
            if plan is None or old is NO_OLD:
                return False
            if isinstance(part, int):
                old = _old_item(old, new, part, plan)
                plan = plan.items
            else:
                old = old.get(part, NO_OLD) if isinstance(old, dict) else NO_OLD
                plan = plan.properties.get(part) or plan.extra
            new = new[part]
            if old is not NO_OLD and equal(new, old):
                return True
        return False


def _walk(value: Any, plan: Plan, path: Path, old: Any, found: list[Finding]) -> Any:
    """Apply defaults, judge lists that are maps and every expression; return the value with defaults."""
    kind = type(value)
    if kind is dict:
        value = _walk_map(value, plan, path, old, found)
    elif kind is list:
        value = _walk_list(value, plan, path, old, found)
    for rule in plan.rules:
        if not rule.on_change and old is not NO_OLD and equal(value, old):
            continue
        finding = rule.check(value, old, path)
        if finding is not None and not _explained(rule, value, plan, old):
            found.append(finding)
    return value


def _explained(rule: CelRule, value: Any, plan: Plan, old: Any) -> bool:
    """Tell whether a rule holds but for the repeated items of a list, which are found already."""
    if type(value) is not list or not plan.keys:
        return False
    first: dict[Any, Any] = {}
    for index, item in enumerate(value):
        first.setdefault(tuple([item.get(k) for k in plan.keys]) if type(item) is dict else index, item)
    return len(first) < len(value) and rule.check(list(first.values()), old, ()) is None


def _walk_map(
    value: dict[str, Any], plan: Plan, path: Path, old: Any, found: list[Finding]
) -> dict[str, Any]:
    out = value
    if plan.defaults and not plan.defaults.keys() <= value.keys():
        out = value = {**plan.defaults, **value}
    before = old if type(old) is dict else {}
    work, extra = plan.work, plan.extra
    extra = extra if extra is not None and extra.busy else None
    for name, item in value.items():
        child = work.get(name) or (extra if extra is not None and name not in plan.properties else None)
        if child is not None:
            new = _walk(item, child, (*path, name), before.get(name, NO_OLD), found)
            if new is not item:
                out = dict(value) if out is value else out
                out[name] = new
    return out


def _walk_list(value: list[Any], plan: Plan, path: Path, old: Any, found: list[Finding]) -> list[Any]:
    out = value
    child = plan.items
    if child is not None and child.busy:
        for index, item in enumerate(value):
            before = NO_OLD if old is NO_OLD else _old_item(old, value, index, plan)
            new = _walk(item, child, (*path, index), before, found)
            if new is not item:
                out = list(value) if out is value else out
                out[index] = new
    if plan.keys and len(out) > 1:
        _judge_keys(out, plan.keys, path, found)
    return out


def _judge_keys(items: list[Any], keys: tuple[str, ...], path: Path, found: list[Finding]) -> None:
    seen: dict[Any, int] = {}
    for index, item in enumerate(items):
        if type(item) is not dict:
            continue
        key = item.get(keys[0]) if len(keys) == 1 else tuple([item.get(k) for k in keys])
        if seen.setdefault(key, index) != index:
            named = ", ".join(f"{k} {item.get(k)!r}" for k in keys)
            message = f"an item with {named} is already at index {seen[key]}"
            found.append(REPEATED_ITEM.finding((*path, index), message))


def _old_item(old: Any, new: list[Any], index: int, plan: Plan) -> Any:
    """Return the old item that has the keys of a new one; items of a plain list are not compared."""
    if not plan.keys or type(old) is not list or type(new[index]) is not dict:
        return NO_OLD
    wanted = [new[index].get(key) for key in plan.keys]
    same = (item for item in old if type(item) is dict and [item.get(key) for key in plan.keys] == wanted)
    return next(same, NO_OLD)
