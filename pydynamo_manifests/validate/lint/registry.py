"""The registry of lint rules: a rule is one decorated function, and everything said of it stands there.

A check gets the :class:`Scene` of a graph and yields :class:`Found`; the code, severity and hint of the rule
are added here. ``bad`` and ``good`` are the shortest graphs that the rule finds and does not find; the
reports, ``explain``, the documentation and the tests are all made from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydynamo_manifests.validate.report import Finding
from pydynamo_manifests.validate.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pydynamo_manifests.validate.lint.releases import Line
    from pydynamo_manifests.validate.lint.scene import Scene
    from pydynamo_manifests.validate.report import Severity
    from pydynamo_manifests.yaml import Path

__all__ = ["REGISTRY", "Example", "Found", "LintRule", "declare", "rule", "run"]


class Found(NamedTuple):
    """What a check found; empty texts mean the rule's own words."""

    where: Path
    message: str = ""
    hint: str = ""
    severity: str = ""
    rule: str = ""
    """Code of the more specific rule that it belongs to."""


class Example(NamedTuple):
    """An object that shows a rule, and the release it is judged for."""

    obj: dict[str, Any]
    release: str = "1.6.1"
    cluster: Any = None
    others: tuple[dict[str, Any], ...] = ()


Check = TypeVar("Check", bound="Callable[[Scene], Iterable[Found]]")


@dataclass(frozen=True, slots=True)
class LintRule:
    """A rule with its check and its examples."""

    code: str
    severity: Severity
    title: str
    effect: str
    """What will happen on the cluster."""
    hint: str
    source: str
    bad: Example
    good: Example
    since: Line | None = None
    until: Line | None = None
    admission: bool = False
    """The operator's webhook refuses the same, so that stage reports it first."""
    when: tuple[str, ...] = ()
    """Words without any of which it finds nothing, so that it need not look, see ``marks`` of the scene."""
    check: Callable[[Scene], Iterable[Found]] | None = None
    """None for a rule whose findings another rule's check makes."""

    def described(self) -> Rule:
        """Return the rule in words, with its examples as YAML."""
        from pydynamo_manifests.yaml import dump  # noqa: PLC0415 - only explaining needs it

        return Rule(
            self.code, self.severity, "lint", self.title, self.effect, self.hint, _name(self.since),
            _name(self.until), self.source, dump(self.bad.obj), dump(self.good.obj),
        )  # fmt: skip

    def holds(self, line: Line) -> bool:
        """Tell whether the rule holds for a release."""
        return not ((self.since and line < self.since) or (self.until and line[:2] > self.until))

    def finding(self, found: Found) -> Finding:
        """Return a finding in this rule's name."""
        severity: Any = found.severity or self.severity
        message = found.message or f"{self.title}: {self.effect}"
        return Finding(self.code, severity, "lint", found.where, message, found.hint or self.hint)


def _name(line: Line | None) -> str | None:
    return None if line is None else ".".join(map(str, line[:2]))


REGISTRY: dict[str, LintRule] = {}
"""Every lint rule by code, in the order in which they are checked."""


def rule(  # noqa: PLR0913 - one argument for each thing that is said of a rule
    code: str,
    severity: Severity,
    title: str,
    *,
    effect: str,
    hint: str,
    source: str,
    bad: Example,
    good: Example,
    since: Line | None = None,
    until: Line | None = None,
    admission: bool = False,
    when: tuple[str, ...] = (),
) -> Callable[[Check], Check]:
    """Register a check as a rule; ``since`` and ``until`` are release lines such as ``(1, 4)``."""

    def register(check: Check) -> Check:
        words = (code, severity, title, effect, hint, source, bad, good, since, until, admission, when)
        _add(LintRule(*words, check))
        return check

    return register


def declare(code: str, severity: Severity, title: str, **words: Any) -> None:
    """Register a rule whose findings the check of another rule makes."""
    _add(LintRule(code, severity, title, **words))


def _add(made: LintRule) -> None:
    if made.code in REGISTRY:
        raise ValueError(f"two rules are called {made.code}")
    REGISTRY[made.code] = made
    _wanted.cache_clear()
    _holding.cache_clear()


def run(scene: Scene, *, admission_ran: bool = False) -> Iterator[Finding]:
    """Check every rule that holds for the scene's release, or for one of its images'."""
    lines = frozenset({scene.line, *(p.line for p in scene.parts)})
    said: set[Finding] = set()
    for made in _holding(lines, scene.tags(_wanted()), admission_ran):
        for found in made.check(scene) if made.check else ():
            finding = (REGISTRY[found.rule] if found.rule else made).finding(found)
            if finding not in said:  # one variable of the graph stands in every component
                said.add(finding)
                yield finding


@lru_cache(maxsize=1)
def _wanted() -> frozenset[str]:
    """Return the words that any rule looks for."""
    return frozenset(word for made in REGISTRY.values() for word in made.when)


@lru_cache(maxsize=1024)
def _holding(
    lines: frozenset[Line],
    tags: frozenset[str],
    admission_ran: bool,  # noqa: FBT001 - private
) -> tuple[LintRule, ...]:
    return tuple(
        made
        for made in REGISTRY.values()
        if made.check
        and not (made.admission and admission_ran)
        and (not made.when or not tags.isdisjoint(made.when))
        and any(map(made.holds, lines))
    )
