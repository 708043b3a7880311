"""How a report is written: for people, and for the tools that read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydynamo_manifests.validate.report import Report

__all__ = ["FORMATS", "write"]

FORMATS = ("text", "json", "sarif", "junit", "github")
"""Names of the formats."""


def write(
    report: Report,
    form: str = "text",
    *,
    lines: Callable[[str], list[str]] | None = None,
    colour: bool = False,
) -> str:
    """Return a report as text in one of the :data:`FORMATS`; ``""`` when there is nothing to say.

    Args:
        report: What was found.
        form: A name out of :data:`FORMATS`.
        lines: Returns the lines of a source, so that ``text`` can show the one that a finding is about.
        colour: Write terminal colours (``text`` only).

    Raises:
        UnknownNameError: There is no such format.
    """
    from importlib import import_module  # noqa: PLC0415 - one format is imported, not five

    if form not in FORMATS:
        raise UnknownNameError("format", form, FORMATS)
    module = import_module(f"{__name__}.{form}")
    if form == "text":
        return str(module.write(report, lines or (lambda _: []), colour=colour))
    return str(module.write(report))
