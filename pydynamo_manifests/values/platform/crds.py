"""Values of `crds`: who installs and upgrades the custom resource definitions."""

from __future__ import annotations

from typing import Literal

from pydynamo_manifests.values.base import StringMap, Values

__all__ = ["Crds"]


class Crds(Values):
    """The custom resource definitions. They stay when the release is uninstalled, and graphs with them."""

    managedBy: Literal["chart", "operator", "none"] = "chart"
    """`chart`: this release owns and upgrades them. `operator`: the operator image applies its own when it
    starts. `none`: somebody else does. Taking over existing ones needs `helm upgrade --take-ownership`
    (Helm 4: and `--force-conflicts`)."""
    annotations: StringMap = {}
    """Annotations of the definitions that the chart owns."""
