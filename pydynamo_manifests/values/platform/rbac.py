"""Values of `rbac` and `accounts`: rights of the operator, of people, and of components."""

from __future__ import annotations

from pydynamo_manifests.values.base import Fragments, StringMap, Values
from pydynamo_manifests.values.platform.common import ObjectName

__all__ = ["Accounts", "Rbac"]


class Rbac(Values):
    """Rights. Every rule of the chart stands with its reason in `files/rbac/`."""

    create: bool = True
    """False: somebody else grants what `files/rbac/` lists, under the same role names."""
    clusterScoped: bool = True
    """In scope `namespace`, false renders no ClusterRole at all: GPU discovery, secured metrics and
    webhook certificates then need to be off or given."""
    aggregate: bool = True
    """Add the kinds of Dynamo to the cluster's `view`, `edit` and `admin` roles."""
    extraRules: Fragments = []
    """Further rules of the operator's role."""


class ComponentAccount(Values):
    """The account that components in the release's namespace run as when they name none."""

    create: bool = False
    """Create it."""
    name: ObjectName | None = None
    """Name; the chart's own when null."""
    annotations: StringMap = {}
    """Annotations, for workload identity."""


class Accounts(Values):
    """Accounts of the workloads."""

    component: ComponentAccount = ComponentAccount()
    annotations: StringMap = {}
    """Annotations of the planner's, EPP's and profiling accounts that scope `namespace` renders."""
