"""Any existing graph as values of the graph chart: recognised parts in their own fields, nothing lost.

Rendering the values gives the same object again. What has no field of its own, or stands in a form that
its field could not write back exactly, goes through the hatches.
"""

from __future__ import annotations

from pydynamo_manifests.import_.graph import import_, import_graph
from pydynamo_manifests.import_.imported import Imported
from pydynamo_manifests.import_.live import without_server_fields
from pydynamo_manifests.import_.request import import_request

__all__ = ["Imported", "import_", "import_graph", "import_request", "without_server_fields"]
