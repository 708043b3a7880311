"""What a model says about a field beyond its Python type: limits, defaults, rules, and in which releases.

Marks stand in ``Annotated``. Each may carry ``since`` and ``until``: the first and the last release line
(``"1.3"``) in which it holds, both included, open where left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydynamo_manifests.releases import Release

__all__ = [
    "At",
    "Default",
    "Embedded",
    "Gone",
    "ListMap",
    "Mark",
    "OpaqueIfCompact",
    "PreserveUnknown",
    "Required",
    "Rule",
    "Schema",
    "Since",
    "Uncertain",
    "Until",
    "Values",
]


@dataclass(frozen=True, kw_only=True, eq=False)
class Mark:
    """A fact about a field, in a range of release lines."""

    since: str | None = None
    until: str | None = None

    def holds(self, release: Release) -> bool:
        """Say whether the fact holds in a release."""
        return release.within(self.since, self.until)


class Since(Mark):
    """The first release line that has the field (or the model, in ``Model.exists``)."""

    def __init__(self, line: str) -> None:
        super().__init__(since=line)


class Until(Mark):
    """The last release line that has the field."""

    def __init__(self, line: str) -> None:
        super().__init__(until=line)


@dataclass(frozen=True, eq=False)
class Gone(Mark):
    """A field that went before the oldest release of the catalogue; ``instead`` says what took its place."""

    instead: str

    def holds(self, release: Release) -> bool:  # noqa: ARG002 - it holds in none
        """Return False: no release here has the field."""
        return False


class Schema(Mark):
    """Keywords of OpenAPI: ``Schema(minimum=1, since="1.3")``; a later mark wins over an earlier one."""

    keywords: dict[str, Any]

    def __init__(self, *, since: str | None = None, until: str | None = None, **keywords: Any) -> None:
        super().__init__(since=since, until=until)
        object.__setattr__(self, "keywords", keywords)


class ListMap(Schema):
    """A list whose items differ in these keys (``x-kubernetes-list-type: map``)."""

    def __init__(self, *keys: str) -> None:
        keywords: dict[str, Any] = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": list(keys)}
        super().__init__(**keywords)


class OpaqueIfCompact(Mark):
    """A field that is left open where a CRD must be small at the price of checking less."""


class PreserveUnknown(Schema):
    """Unknown fields below are kept, not pruned."""

    def __init__(self, *, since: str | None = None, until: str | None = None) -> None:
        super().__init__(since=since, until=until, **{"x-kubernetes-preserve-unknown-fields": True})


@dataclass(frozen=True, eq=False)
class Default(Mark):
    """The value that the API server fills in."""

    value: Any


@dataclass(frozen=True, eq=False)
class Required(Mark):
    """Required in these releases, though optional in Python."""


@dataclass(frozen=True, eq=False)
class Rule(Mark):
    """A CEL rule of the API server (``x-kubernetes-validations``)."""

    rule: str
    message: str
    optional_old_self: bool = False

    def keywords(self) -> dict[str, Any]:
        """Return the rule as an item of ``x-kubernetes-validations``."""
        optional = {"optionalOldSelf": True} if self.optional_old_self else {}
        return {"rule": self.rule, "message": self.message, **optional}


class Values(Mark):
    """Values of an enumeration that not every release takes."""

    values: frozenset[str]

    def __init__(self, *values: str, since: str | None = None, until: str | None = None) -> None:
        super().__init__(since=since, until=until)
        object.__setattr__(self, "values", frozenset(values))


@dataclass(frozen=True, eq=False)
class At(Mark):
    """Another mark, somewhere below: ``At("spec.containers[]", Rule(...))`` (``[]`` items, ``{}`` values)."""

    path: str
    mark: Mark


@dataclass(frozen=True, eq=False)
class Embedded(Mark):
    """A type of Kubernetes, by its name without ``io.k8s.``; ``optional`` are keys no longer required."""

    name: str
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Uncertain(Mark):
    """No source at hand proves this for the release; says what the guess rests on."""

    reason: str
