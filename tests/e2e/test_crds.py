"""Our CRDs on a real API server: every release's set is taken, and one release follows another as in life."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.api import crds
from pydynamo_manifests.releases import known_releases

if TYPE_CHECKING:
    from tests.support.apiserver import ApiServer

FINE = {("NamesAccepted", "True"), ("Established", "True")}


def complaints(crd: dict[str, Any]) -> list[str]:
    """What the server says against a CRD that it stored, such as that its schema is not structural."""
    conditions = crd["status"]["conditions"]
    return [f"{c['type']}: {c['message']}" for c in conditions if (c["type"], c["status"]) not in FINE]


def preserved(stored: Any, wanted: Any, path: str = "") -> list[str]:
    """Where the server dropped or changed something of a schema (what it adds is fine)."""
    if isinstance(wanted, dict) and isinstance(stored, dict):
        parts = [preserved(stored.get(key), value, f"{path}.{key}") for key, value in wanted.items()]
        return [problem for part in parts for problem in part]
    return [] if stored == wanted else [f"{path}: {stored!r} instead of {wanted!r}"[:300]]


def test_the_crds_of_every_release_are_taken_one_after_another(cluster: ApiServer) -> None:
    cluster.serve("")
    for release in known_releases(hidden=True):
        client = cluster.serve(release)
        for crd in crds(release):
            stored = client.get(crd)
            assert complaints(stored) == [], (release, crd["metadata"]["name"])
            assert preserved(stored["spec"], crd["spec"]) == [], (release, crd["metadata"]["name"])


@pytest.mark.parametrize("release", ["0.9", "1.6"])
def test_the_compact_crds_survive_a_client_side_apply(cluster: ApiServer, release: str) -> None:
    """`kubectl apply` keeps what it applied in an annotation, which the server limits to 262,144 bytes."""
    client = cluster.serve("")
    wanted = crds(release, compact=True)
    for crd in wanted:
        kept = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(crd, separators=(",", ":"))}
        client.apply({**crd, "metadata": {**crd["metadata"], "annotations": kept}}, dry_run=True)
