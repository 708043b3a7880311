"""One admission request under review: who asks for what, and what was found."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pydynamo_manifests.validate.admission.examples_component import COMPONENT_EXAMPLES
from pydynamo_manifests.validate.admission.examples_graph import GRAPH_EXAMPLES
from pydynamo_manifests.validate.cluster import OPERATOR_PRINCIPAL
from pydynamo_manifests.validate.rule import Rule

if TYPE_CHECKING:
    from pydynamo_manifests.releases import Release
    from pydynamo_manifests.validate.cluster import Cluster
    from pydynamo_manifests.validate.report import Finding, Severity
    from pydynamo_manifests.yaml import Path

__all__ = ["NEXT", "RULES", "SNAPSHOT", "Review", "rule"]

SNAPSHOT = "main-2026-08-21"
"""What main had on that day and 1.5 shipped holds from here on; what 1.5 dropped holds until here."""
NEXT = "1.5"
"""What came after the snapshot holds from here on."""

EXAMPLES = GRAPH_EXAMPLES | COMPONENT_EXAMPLES

RULES: dict[str, Rule] = {}
"""Every rule of the stage, by code, in the order of the modules."""

_EFFECT = "the operator's webhook refuses the object and nothing changes on the cluster"
_WARNING = "the operator takes the object and warns whoever submits it"


def rule(  # noqa: PLR0913 - one keyword for each field of a rule
    code: str,
    title: str,
    hint: str,
    *,
    source: str,
    since: str | None = None,
    until: str | None = None,
    severity: Severity = "error",
    effect: str = "",
) -> Rule:
    """Register a rule of the stage ``admission`` and return it."""
    effect = effect or (_EFFECT if severity == "error" else _WARNING)
    bad, good = EXAMPLES.get(code, ("", ""))
    made = Rule(code, severity, "admission", title, effect, hint, since, until, source, bad, good)
    if RULES.setdefault(code, made) is not made:
        raise ValueError(f"the code {code} is already taken")
    return made


@lru_cache(maxsize=64)
def _active(release: Release) -> frozenset[str]:
    return frozenset(code for code, r in RULES.items() if release.within(r.since, r.until))


class Review:
    """One request: the release whose webhooks judge, the cluster, the user, and the findings so far."""

    __slots__ = ("_codes", "cluster", "create", "findings", "release", "user")

    def __init__(self, release: Release, cluster: Cluster | None, user: str | None, *, create: bool) -> None:
        self.release = release
        self.cluster = cluster
        """None when nothing is known of the cluster: what only it could tell is not judged."""
        self.user = user
        self.create = create
        self.findings: list[Finding] = []
        self._codes = _active(release)

    def on(self, asked: Rule) -> bool:
        """Tell whether the release has a rule."""
        return asked.code in self._codes

    def has(self, feature: str) -> bool:
        """Tell whether the cluster has a feature; an unknown cluster has all."""
        return self.cluster is None or feature in self.cluster.features

    def add(
        self, broken: Rule, where: Path, detail: str = "", *, hint: str | None = None, at: Path | None = None
    ) -> None:
        """Report that a rule is broken, if the release has it; ``detail`` says by what."""
        if broken.code in self._codes:
            message = f"{broken.title}: {detail}" if detail else broken.title
            self.findings.append(broken.finding(where, message, hint, at=at))

    def at_least(self, line: str) -> bool:
        """Tell whether the release is of a line or newer."""
        return self.release.within(line)

    def by_operator(self) -> bool:
        """Tell whether the operator itself asks."""
        principal = OPERATOR_PRINCIPAL if self.cluster is None else self.cluster.operator_principal
        return bool(self.user) and self.user == principal
