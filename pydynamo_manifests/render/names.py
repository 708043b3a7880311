"""Names of objects within Kubernetes' limits, as the chart cuts them."""

from __future__ import annotations

import hashlib
import re

from pydynamo_manifests.errors import InputError

__all__ = ["MAX_NAME", "cut", "graph_name"]

MAX_NAME = 63
"""Letters of a name that becomes a label's value: a graph's, a Job's."""

_HASH = 8
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


def cut(name: str, limit: int) -> str:
    """Return a name, or as much of it as the limit allows with a hash of the whole."""
    if len(name) <= limit:
        return name
    return f"{name[: limit - _HASH - 1].strip('-.')}-{hashlib.sha256(name.encode()).hexdigest()[:_HASH]}"


def graph_name(name: str) -> str:
    """Return what a graph is called that is rendered under a name, which may be ``RELEASE-ALIAS`` of a subchart.

    Raises:
        InputError: No object of Kubernetes can have this name.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"{name!r} is no name for a graph: lower-case letters, digits and inner '-' or '.'")
    return cut(name, MAX_NAME)
