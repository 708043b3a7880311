"""The objects that values make, without Helm: the same as ``charts/dynamo-graph`` writes.

Templates and this package are the one deliberate double of the project; golden files and a property
test hold them together. Nothing here knows an engine, a release or a pattern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.render.graph import render_graph
from pydynamo_manifests.render.merge import without_nulls
from pydynamo_manifests.render.text import unwritable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydynamo_manifests.values import GraphValues

__all__ = ["render"]


def render(
    values: GraphValues | Mapping[str, Any],
    *,
    name: str,
    namespace: str | None = None,
    chart_labels: bool = True,
) -> list[dict[str, Any]]:
    """Return the manifests of a graph: the graph itself, then what stands beside it.

    Args:
        values: Values of the graph chart; a mapping is checked against :class:`GraphValues` first.
        name: Name of the Helm release, and of the graph unless ``fullnameOverride`` says otherwise.
        namespace: Namespace written into the objects; ``None`` leaves it to the applier.
        chart_labels: Write the labels that the chart puts on top-level metadata.

    Returns:
        Plain dicts, safe to change: they share nothing with ``values``.

    Raises:
        InputError: Values that do not fit the schema, that lack something a flag needs, or that the chart could
            not write.
    """
    from pydynamo_manifests.values.load import plain  # noqa: PLC0415 - pydantic loads with the first graph

    objects = render_graph(plain(values), name, namespace, chart_labels=chart_labels)
    manifests = [without_nulls(item) for item in objects]
    if found := unwritable(manifests):
        raise InputError(f"{found} in the values cannot be written as YAML")
    return manifests
