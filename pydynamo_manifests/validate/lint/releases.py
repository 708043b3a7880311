"""Releases as rules compare them, and the release that an image says."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

__all__ = ["SNAPSHOT", "Line", "read_line", "release_name", "stated", "tables_of", "tagged"]

Line = tuple[int, ...]
"""A release for comparison: ``(1, 6)``; the snapshot after 1.4 is ``(1, 4, 99)``."""

SNAPSHOT: Line = (1, 4, 99)
_LINE = re.compile(r"(\d+)\.(\d+)")
_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:\.post\d+)?(?:[-+.](.*))?")
_OURS = re.compile(
    r"dynamo|(?:^|/)(?:vllm|sglang|tensorrtllm|trtllm)-runtime(?:-\w+)?$|(?:^|/)(?:snapshot-agent)$"
)


def read_line(release: Any) -> Line:
    """Return a release (an object with ``version``, or its name) for comparison."""
    text = str(getattr(release, "version", release)).removeprefix("v")
    if text.startswith("main"):
        return SNAPSHOT
    found = _LINE.match(text)
    return (int(found[1]), int(found[2])) if found else SNAPSHOT


def release_name(line: Line) -> str:
    """Return the release line in words."""
    return "the development snapshot" if line == SNAPSHOT else f"{line[0]}.{line[1]}"


@lru_cache(maxsize=64)
def tables_of(line: Line) -> tuple[str, ...]:
    """Return the lines whose tables may hold: a snapshot lies between two, 0.6 images carry 0.7's vLLM."""
    if line == SNAPSHOT:
        return ("1.5", "1.4")
    own = f"{line[0]}.{line[1]}"
    return (own, "0.7") if own == "0.6" else (own,)


def stated(version: Any) -> Line | None:
    """Return the release line of a whole version, None for anything else."""
    found = _VERSION.fullmatch(version) if isinstance(version, str) else None
    return (int(found[1]), int(found[2])) if found else None


@lru_cache(maxsize=1024)
def tagged(repository: str, tag: str) -> Line | None:
    """Return the release that the tag of one of Dynamo's images says."""
    return stated(tag) if _OURS.search(repository) else None
