"""The rules that a schema carries as expressions, compiled, and what they say of a value."""

from __future__ import annotations

from typing import Any

from pydynamo_manifests.validate.cel import ABSENT, CelCompileError, CelError, Optional, compile_expression
from pydynamo_manifests.validate.cel.lexer import tokens
from pydynamo_manifests.validate.cel.parser import Call, Name, Node, Select, parse
from pydynamo_manifests.validate.codes import BROKEN_EXPRESSION, EXPRESSION
from pydynamo_manifests.validate.report import Finding, Path, read_path

__all__ = ["NO_OLD", "CelRule", "compile_rules"]

NO_OLD: Any = object()
"""There is no old value to compare with: the object is created, or this part of it is new."""


class CelRule:
    """One entry of ``x-kubernetes-validations``."""

    __slots__ = ("_evaluate", "_explain", "_field", "message", "on_change", "optional_old", "text", "unless")

    def __init__(self, entry: dict[str, Any]) -> None:
        self.text: str = entry["rule"]
        self.optional_old = bool(entry.get("optionalOldSelf"))
        self.on_change = any(t.kind == "name" and t.value == "oldSelf" for t in tokens(self.text))
        """Whether the rule is about a change, so that it holds when there is no old value."""
        self.message: str = (entry.get("message") or f"failed rule: {self.text}").strip()
        expression = entry.get("messageExpression")
        variables = ("self", "oldSelf") if self.on_change else ("self",)
        self._evaluate = compile_expression(self.text, variables)
        self.unless = _guard(parse(self.text))
        """A field without which the rule holds, because it begins with ``!has(self.FIELD) ||``."""
        self._explain = compile_expression(expression, variables) if expression else None
        self._field = read_path(entry.get("fieldPath", "").lstrip("."))

    def check(self, value: Any, old: Any, path: Path) -> Finding | None:
        """Return what the rule finds in a value, given the old one or :data:`NO_OLD`."""
        if self.unless is not None and type(value) is dict and self.unless not in value:
            return None
        values = {"self": value}
        if self.on_change:
            if old is NO_OLD and not self.optional_old:
                return None
            values["oldSelf"] = self._old(old)
        try:
            holds = self._evaluate(**values)
        except CelError as e:
            return BROKEN_EXPRESSION.finding(path, f"{self.message} (the rule cannot be evaluated: {e})")
        if holds is True:
            return None
        return EXPRESSION.finding((*path, *self._field), self._words(values), f"The rule is: {self.text}")

    def _old(self, old: Any) -> Any:
        if not self.optional_old:
            return old
        return ABSENT if old is NO_OLD else Optional(old, present=True)

    def _words(self, values: dict[str, Any]) -> str:
        if self._explain is None:
            return self.message
        try:
            words = self._explain(**values)
        except CelError:
            return self.message
        fits = isinstance(words, str) and words.strip() and "\n" not in words
        return str(words) if fits else self.message


def _guard(node: Node) -> str | None:
    """Return the field of an expression ``!has(self.FIELD) || ...``; a name that is escaped is not looked at."""
    while isinstance(node, Call) and node.function == "||":
        node = node.arguments[0]
    for function in ("!_", "has"):
        if not isinstance(node, Call) or node.function != function:
            return None
        node = node.arguments[0]
    if not isinstance(node, Select) or node.optional or "__" in node.field:
        return None
    return node.field if isinstance(node.target, Name) and node.target.name == "self" else None


def compile_rules(schema: dict[str, Any]) -> list[CelRule]:
    """Return the compiled rules of one place of a schema.

    Raises:
        CelCompileError: A rule is no expression, or uses what is not supported, or what would need the
            schema's types: division where the schema has numbers, equality of lists that are sets or maps.
    """
    rules = [CelRule(entry) for entry in schema.get("x-kubernetes-validations", ())]
    for rule in rules:
        _refuse_untyped(rule.text, schema)
    return rules


def _refuse_untyped(text: str, schema: dict[str, Any]) -> None:
    divides = next((t for t in tokens(text) if t.kind == "op" and t.value in "/%"), None)
    if divides and _has_numbers(schema):
        raise CelCompileError(text, divides.offset, "division needs the types of the fields")


def _has_numbers(schema: dict[str, Any]) -> bool:
    children = [
        *schema.get("properties", {}).values(),
        schema.get("items"),
        schema.get("additionalProperties"),
    ]
    return schema.get("type") == "number" or any(_has_numbers(c) for c in children if isinstance(c, dict))
