"""Apply the tables: flags and variables under their names of the target release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.upgrade.argv import Argv
from pydynamo_manifests.upgrade.tables import ENV, FLAGS, EnvRule, FlagRule

if TYPE_CHECKING:
    from pydynamo_manifests.upgrade.work import Component, Work

__all__ = ["environment", "flags"]


def flags(component: Component, work: Work) -> None:
    """Rename and drop flags in every container of a component."""
    for path, container in component.containers():
        argv = component.argv if container is component.main else Argv(container)
        module = argv.module or ("dynamo.frontend" if component.is_frontend else None)
        for rule in FLAGS:
            if module in rule.modules and work.reaches(rule.line) and argv.has(rule.old):
                _apply_flag(argv, rule, path, work)


def _apply_flag(argv: Argv, rule: FlagRule, path: str, work: Work) -> None:
    if rule.new is None:
        argv.remove(rule.old, rule.values)
        work.changed(path, f"{rule.old} taken out", rule.reason)
    else:
        argv.rename(rule.old, rule.new)
        work.changed(path, f"{rule.old} -> {rule.new}", rule.reason)
    if rule.ask:
        work.decide(path, rule.ask)


def environment(path: str, variables: list[dict[str, Any]], work: Work) -> None:
    """Rename and drop the variables of one list."""
    for rule in ENV:
        if work.reaches(rule.line):
            _apply_env(path, variables, rule, work)


def _apply_env(path: str, variables: list[dict[str, Any]], rule: EnvRule, work: Work) -> None:
    named = [v for v in variables if v.get("name") == rule.old]
    for variable in named:
        if rule.new is not None and not any(v.get("name") == rule.new for v in variables):
            variable["name"] = rule.new
            work.changed(path, f"env {rule.old} -> {rule.new}", rule.reason)
        else:
            variables.remove(variable)
            work.changed(path, f"env {rule.old} taken out", rule.reason)
        if rule.ask:
            work.decide(path, rule.ask)
