"""A live cluster: what it has, whether Dynamo can be installed on it, and the file for ``validate --cluster``."""

from __future__ import annotations

from pydynamo_manifests.cluster.checks import Check, check
from pydynamo_manifests.cluster.facts import Facts, gather, inspected

__all__ = ["Check", "Facts", "check", "gather", "inspected"]
