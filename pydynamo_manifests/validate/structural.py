"""Structural schemas of custom resources as plans of what the API server does, beside judging by the schema.

It drops nulls, applies defaults, and takes lists as maps or sets; none of that is JSON Schema.
Source: Kubernetes' apiextensions-apiserver, pkg/apiserver/schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.objectmeta import OBJECT_META

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydynamo_manifests.validate.rules import CelRule

__all__ = ["Plan", "plan_of", "rooted", "with_defaults", "without_nulls"]

_EMBEDDED = "x-kubernetes-embedded-resource"
_RULES = "x-kubernetes-validations"


def rooted(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a whole object: every kind has apiVersion, kind and Kubernetes' own metadata."""
    text = {"type": "string"}
    own = {name: value for name, value in schema.get("properties", {}).items() if name != "metadata"}
    return {**schema, "properties": {"apiVersion": text, "kind": text, "metadata": OBJECT_META, **own}}


class Plan:
    """What the API server does at one place of a schema, beside the JSON Schema's own rules."""

    __slots__ = (
        "busy",
        "defaults",
        "extra",
        "items",
        "keys",
        "nullable",
        "properties",
        "rules",
        "work",
    )

    def __init__(self, schema: dict[str, Any], rules: list[CelRule]) -> None:
        self.nullable = bool(schema.get("nullable"))
        self.rules = rules
        self.properties: dict[str, Plan] = {}
        self.extra: Plan | None = None
        self.items: Plan | None = None
        self.defaults: dict[str, Any] = {}
        """Fields that have a default, with the default's own defaults applied."""
        self.keys: tuple[str, ...] | None = None
        """Keys of a list that is a map; ``()`` of one that is a set; None of a plain list."""
        self.busy = True
        """Whether anything is to be done here or below."""
        self.work: dict[str, Plan] = {}
        """The fields below which anything is to be done."""


def plan_of(schema: dict[str, Any], rules_of: Callable[[dict[str, Any]], list[CelRule]]) -> Plan:
    """Return the plan of a structural schema; ``rules_of`` compiles the rules of one place."""
    known: dict[int, Plan] = {}

    def make(node: dict[str, Any]) -> Plan:
        if id(node) not in known:
            known[id(node)] = _plan_node(node, make, rules_of(node) if _RULES in node else [])
        return known[id(node)]

    return make(schema)


def _plan_node(node: dict[str, Any], make: Callable[[dict[str, Any]], Plan], rules: list[CelRule]) -> Plan:
    plan = Plan(node, rules)
    fields = rooted(node)["properties"] if node.get(_EMBEDDED) else node.get("properties", {})
    plan.properties = {name: make(child) for name, child in fields.items()}
    if isinstance(node.get("additionalProperties"), dict):
        plan.extra = make(node["additionalProperties"])
    if "items" in node:
        plan.items = make(node["items"])
        kind = node.get("x-kubernetes-list-type")
        plan.keys = (
            tuple(node["x-kubernetes-list-map-keys"]) if kind == "map" else () if kind == "set" else None
        )
    for name, child in fields.items():
        if child.get("default") is not None:
            plan.defaults[name] = with_defaults(child["default"], plan.properties[name])
    plan.work = {name: child for name, child in plan.properties.items() if child.busy}
    below = bool(plan.work or (plan.extra and plan.extra.busy) or (plan.items and plan.items.busy))
    plan.busy = bool(below or plan.rules or plan.defaults or plan.keys is not None)
    return plan


def with_defaults(value: Any, plan: Plan) -> Any:
    """Return a value with the defaults of its schema; what is unchanged is shared, nothing is modified."""
    if not plan.busy:
        return value
    if type(value) is list and plan.items:
        return [with_defaults(item, plan.items) for item in value]
    if type(value) is not dict:
        return value
    out = {**plan.defaults, **value}
    for name, item in out.items():
        child = plan.properties.get(name) or plan.extra
        if child is not None:
            out[name] = with_defaults(item, child)
    return out


def without_nulls(value: Any, plan: Plan) -> Any:
    """Return a value without the nulls that the API server drops: of fields that may not be null."""
    if type(value) is list and plan.items:
        return [without_nulls(item, plan.items) for item in value]
    if type(value) is not dict:
        return value
    out = {}
    for name, item in value.items():
        child = plan.properties.get(name) or plan.extra
        if child is None:
            out[name] = item
        elif item is not None or child.nullable:
            out[name] = without_nulls(item, child)
    return out
