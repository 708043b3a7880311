"""The lint stage: what the API server and the operator take, and what still will not start or not serve.

:func:`lint` reads a graph once, command lines with the parsers of the release that each image says, and
checks every rule of the registry. A rule is switched off by its code in the annotation
``manifests.dynamo/ignore`` of the object (codes, comma-separated, each with an optional reason in
parentheses); what was switched off is counted in an info finding, never silently dropped.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.graph import read_graph
from pydynamo_manifests.validate.lint.registry import REGISTRY, LintRule, run
from pydynamo_manifests.validate.lint.releases import read_line
from pydynamo_manifests.validate.lint.requests import judge_request
from pydynamo_manifests.validate.lint.scene import Scene
from pydynamo_manifests.validate.report import Finding

# Each module registers its rules; their order is the order of a report.
from pydynamo_manifests.validate.lint.rules import (  # isort: skip  # noqa: F401
    roles,
    flags,
    startup,
    transfer,
    blocks,
    events,
    routing,
    devices,
    memory,
    multinode,
    api,
    names,
    images,
    storage,
    planes,
    features,
    planner,
    scaling,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

__all__ = ["IGNORE_ANNOTATION", "REGISTRY", "LintRule", "ignored_codes", "lint"]

IGNORE_ANNOTATION = "manifests.dynamo/ignore"
"""Annotation of an object that switches rules off: ``"GPU-01, KV-02 (tested by hand)"``."""

_CODE = re.compile(r"[A-Z]+(?:-[A-Z]+)*-\d+")


def lint(
    obj: dict[str, Any],
    *,
    release: Any,
    cluster: Any = None,
    others: Sequence[dict[str, Any]] = (),
    ignore: Collection[str] = (),
    admission_ran: bool = False,
) -> Iterator[Finding]:
    """Yield what the rules find in one object; nothing for objects that are no graph and no request for one.

    Args:
        obj: A DynamoGraphDeployment, DynamoComponentDeployment or request of either API version.
        release: The Dynamo release that it is for (its object or name); images may say another.
        cluster: What the target cluster has (``Cluster``), or None when nobody said.
        others: The other objects of the same run, for rules about what a graph refers to.
        ignore: Codes that the user switched off for this run.
        admission_ran: The stage before judged the object already: rules that repeat it stay silent.
    """
    graph, line = read_graph(obj), read_line(release)
    if graph is None:
        metadata = obj.get("metadata")
        annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
        found = judge_request(obj, line)
    else:
        annotations = graph.annotations
        found = run(Scene(graph, line, cluster, others), admission_ran=admission_ran)
    off = {*ignore, *ignored_codes(annotations if isinstance(annotations, dict) else {})}
    hidden: Counter[str] = Counter()
    for finding in found:
        if finding.rule in off:
            hidden[finding.rule] += 1
        else:
            yield finding
    if hidden:
        counted = ", ".join(f"{code} {count}x" for code, count in sorted(hidden.items()))
        yield Finding("IGNORED", "info", "lint", ("metadata",), f"switched off: {counted}")


def ignored_codes(annotations: dict[str, Any]) -> list[str]:
    """Return the codes that an object's annotation switches off."""
    value = annotations.get(IGNORE_ANNOTATION)
    return _CODE.findall(re.sub(r"\([^)]*\)", "", value)) if isinstance(value, str) else []
