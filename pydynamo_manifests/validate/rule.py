"""What a rule is: the one description that reports, ``explain`` and the docs are written from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydynamo_manifests.validate.report import Finding, Path, Severity, Stage

__all__ = ["Rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is checked, in words; the check itself is a function that names its rule."""

    code: str
    """Stable name, such as ``GPU-01``; never reused."""
    severity: Severity
    stage: Stage
    title: str
    """What is wrong, in one line."""
    effect: str
    """What will happen on the cluster."""
    hint: str
    """What to write instead."""
    since: str | None = None
    """First Dynamo release it holds for (None: from the first on)."""
    until: str | None = None
    """Last Dynamo release it holds for (None: still)."""
    source: str = ""
    """Upstream's own file, page or release that the fact comes from."""
    bad: str = ""
    """A shortest YAML that the rule finds."""
    good: str = ""
    """The nearest YAML that it does not find."""

    def finding(
        self, where: Path, message: str | None = None, hint: str | None = None, **more: Any
    ) -> Finding:
        """Return a finding of this rule; ``message`` and ``hint`` default to the rule's own words."""
        text = f"{self.title}: {self.effect}" if message is None else message
        return Finding(
            self.code, self.severity, self.stage, where, text, self.hint if hint is None else hint, **more
        )
