"""Values of `monitoring`: metrics, alerts and dashboards."""

from __future__ import annotations

from typing import Any, Literal

from pydynamo_manifests.values.base import Fragment, Fragments, StringMap, Values
from pydynamo_manifests.values.platform.common import Duration, Label, ObjectName, Port

__all__ = ["Monitoring"]


class MetricsService(Values):
    """The Service of the operator's metrics."""

    enabled: bool = True
    """Render it."""
    type: Literal["ClusterIP", "NodePort", "LoadBalancer"] = "ClusterIP"
    """Type."""
    port: Port = 8080
    """Port of the Service."""
    annotations: StringMap = {}
    """Annotations."""
    labels: StringMap = {}
    """Labels."""


class MetricsReader(Values):
    """The account of the scraper, which needs the right to read secured metrics."""

    serviceAccount: ObjectName | None = None
    """Its name, e.g. Prometheus' own."""
    namespace: Label | None = None
    """Its namespace."""


class ServiceMonitor(Values):
    """Scraping of the operator by Prometheus Operator, whose definitions must be there."""

    enabled: bool = False
    """Render it."""
    labels: StringMap = {}
    """Labels that the Prometheus selects, e.g. `{release: kube-prometheus-stack}`."""
    annotations: StringMap = {}
    """Annotations."""
    interval: Duration = "30s"
    """How often."""
    scrapeTimeout: Duration | None = None
    """How long."""
    tlsConfig: Fragment = {"insecureSkipVerify": True}
    """TLS of the scrape; the operator's metrics certificate is self-signed."""
    relabelings: Fragments = []
    """Relabelling before the scrape."""
    metricRelabelings: Fragments = []
    """Relabelling of what is scraped."""


class PodMonitors(Values):
    """Scraping of the components of graphs."""

    enabled: bool = False
    """Render one for frontends, workers, planners, endpoint pickers and routers each."""
    labels: StringMap = {}
    """Labels that the Prometheus selects."""
    annotations: StringMap = {}
    """Annotations."""
    interval: Duration = "15s"
    """How often."""
    frontendPath: str = "/metrics"
    """Path of the frontends' metrics."""
    nixl: bool = False
    """Scrape the transfer telemetry of workers too (port 19090)."""
    namespaceSelector: Fragment = {"any": True}
    """Namespaces of graphs; in scope `namespace` it is the served one."""


class Rules(Values):
    """Alerts, each with a runbook."""

    enabled: bool = False
    """Render a PrometheusRule."""
    labels: StringMap = {}
    """Labels that the Prometheus selects."""
    annotations: StringMap = {}
    """Annotations."""
    runbookUrl: str | None = None
    """Where you publish `docs/runbooks.md`: each alert's `runbook_url`, its name the fragment. Every alert carries its
    runbook in the annotation `runbook` as well."""
    disabled: list[str] = []
    """Names of alerts to leave out."""
    alertLabels: StringMap = {}
    """Labels of every alert, e.g. for routing."""
    additional: dict[str, Any] = {}
    """Further rule groups by name: `{mine: {rules: [...]}}`."""


class Dashboards(Values):
    """Grafana dashboards as ConfigMaps, for its sidecar."""

    enabled: bool = False
    """Render them."""
    labels: StringMap = {"grafana_dashboard": "1"}
    """Labels that the sidecar looks for."""
    annotations: StringMap = {}
    """Annotations, e.g. the folder."""
    namespace: Label | None = None
    """Namespace where the sidecar looks; the release's own when null."""


class Monitoring(Values):
    """Metrics of the operator and of graphs."""

    service: MetricsService = MetricsService()
    reader: MetricsReader = MetricsReader()
    serviceMonitor: ServiceMonitor = ServiceMonitor()
    podMonitors: PodMonitors = PodMonitors()
    rules: Rules = Rules()
    dashboards: Dashboards = Dashboards()
