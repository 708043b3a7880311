"""The values of an imported graph as a file for people: what was recognised stands at its top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.yaml import dump

if TYPE_CHECKING:
    from pydynamo_manifests.import_.imported import Imported

__all__ = ["values_file"]


def values_file(imported: Imported, source: str) -> str:
    """Return commented values; with ``helm install NAME charts/dynamo-graph -f`` they make the graph again."""
    namespace = f" -n {imported.namespace}" if imported.namespace else ""
    lines = [
        f"The {'request' if imported.values.request else 'graph'} {imported.name}, imported from {source}.",
        f"helm install {imported.name}{namespace} charts/dynamo-graph -f THIS_FILE",
        *(f"recognised: {text}" for text in imported.recognised),
        *(f"kept as it is: {text}" for text in imported.kept),
    ]
    return "".join(f"# {line}\n" for line in lines) + dump(imported.plain)
