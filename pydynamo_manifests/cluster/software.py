"""Other projects' charts that the platform works with, and how to install them: the pins of `examples/platform` too."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CHARTS", "Chart", "how_to_install"]


@dataclass(frozen=True)
class Chart:
    """A chart in an OCI registry (`oci://...`), or one of a repository (`https://...`), and where it goes."""

    home: str
    """The chart's own reference, or its repository's."""
    namespace: str
    version: str | None = None
    """None: what the Dynamo release asks for."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What it needs to work with Dynamo, as `--set` takes it."""

    def command(self, name: str, version: str | None) -> str:
        """Return the line to type."""
        where = self.home if self.home.startswith("oci://") else f"{name} --repo {self.home}"
        sets = "".join(f" --set {key}={value}" for key, value in self.values.items())
        wanted = self.version or version
        return f"helm install {name} {where} --version {wanted} -n {self.namespace} --create-namespace{sets}"


_NVIDIA = "https://helm.ngc.nvidia.com/nvidia"

CHARTS = {
    "grove": Chart(
        "oci://ghcr.io/ai-dynamo/grove/grove-charts",
        "grove-system",
        values={"crdInstaller.enabled": "true"},
    ),
    "kai-scheduler": Chart(
        "oci://ghcr.io/kai-scheduler/kai-scheduler/kai-scheduler",
        "kai-scheduler",
        values={"scheduler.args.default-staleness-grace-period": "-1s"},
    ),
    "lws": Chart(
        "oci://registry.k8s.io/lws/charts/lws",
        "lws-system",
        "0.9.0",
        {"gangSchedulingManagement.schedulerProvider": "volcano"},
    ),
    "volcano": Chart("https://volcano-sh.github.io/helm-charts", "volcano-system", "1.14.2"),
    "cert-manager": Chart(
        "oci://quay.io/jetstack/charts/cert-manager", "cert-manager", "v1.21.2", {"crds.enabled": "true"}
    ),
    "kube-prometheus-stack": Chart(
        "oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack", "monitoring", "91.4.1"
    ),
    "gpu-operator": Chart(_NVIDIA, "gpu-operator", "v26.3.2"),
    "nvidia-dra-driver-gpu": Chart(
        _NVIDIA,
        "nvidia-dra-driver-gpu",
        "25.12.0",
        {"nvidiaDriverRoot": "/run/nvidia/driver", "gpuResourcesEnabledOverride": "true"},
    ),
}
"""By the name of the release."""

_RELEASES = {"prometheus": "kube-prometheus-stack", "volcano-scheduler": "volcano"}
"""What a check calls software whose chart is called otherwise."""


def how_to_install(name: str, version: str | None) -> str:
    """Return the command that installs software, empty when no version of it is known to fit.

    Args:
        name: As `cluster check` calls it.
        version: What the Dynamo release asks for.
    """
    release = _RELEASES.get(name, name)
    chart = CHARTS.get(release)
    if chart is None or not (chart.version or version):
        return ""
    return chart.command(release, version)
