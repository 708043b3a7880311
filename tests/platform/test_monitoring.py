"""Alerts, runbooks and dashboards: expressions that Prometheus reads, on metrics and labels that exist."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import promql_parser
import pytest

from pydynamo_manifests.yaml import load
from tests.support.platform import CHART, HOME, ROOT, only, platform
from tests.support.runtime import runtime_python

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = {"job", "namespace", "instance", "pod", "service"}
"""Labels that Prometheus adds; a metric's own `namespace` becomes `exported_namespace`."""

RECONCILE = {"resource_type", "exported_namespace"}
METRICS: dict[str, set[str]] = {
    "dynamo_operator_reconcile_duration_seconds": {*RECONCILE, "result"},
    "dynamo_operator_reconcile_total": {*RECONCILE, "result"},
    "dynamo_operator_reconcile_errors_total": {*RECONCILE, "error_type"},
    "dynamo_operator_resources_total": {*RECONCILE, "status"},
    "dynamo_operator_webhook_duration_seconds": {"resource_type", "operation"},
    "dynamo_operator_webhook_requests_total": {"resource_type", "operation", "result"},
    "dynamo_operator_webhook_denials_total": {"resource_type", "operation", "reason"},
    "workqueue_depth": {"name", "controller"},
    "leader_election_master_status": {"name"},
    "certwatcher_read_certificate_errors_total": set(),
    "up": set(),
}
"""Metrics of the operator (its package `observability`), of controller-runtime and Prometheus, and their labels."""

PARTS = ("_bucket", "_sum", "_count")
FRONTEND = {"model", "dynamo_namespace"}


def alerts(**sets: Any) -> list[dict[str, Any]]:
    rule = only(platform(monitoring__rules__enabled=True, **sets), "PrometheusRule")
    return list(rule["spec"]["groups"][0]["rules"])


def boards() -> Iterator[dict[str, Any]]:
    for path in sorted((CHART / "files/dashboards").glob("*.json")):
        yield json.loads(path.read_text())


def shown() -> list[str]:
    """Return the expressions of dashboards, Grafana's variables filled in."""
    found = [t["expr"] for board in boards() for panel in board["panels"] for t in panel["targets"]]
    found += [v["query"] for board in boards() for v in board["templating"]["list"] if v["type"] == "query"]
    values = [re.sub(r"^label_values\((.*), \w+\)$", r"\1", text) for text in found]
    return [re.sub(r"\$\w+", ".*", text.replace("$__rate_interval", "5m")) for text in values]


def base(name: str) -> str:
    return next((name.removesuffix(part) for part in PARTS if name.endswith(part)), name)


def used(expression: str) -> Iterator[tuple[str, set[str]]]:
    """Yield the metrics of an expression and the labels that it asks them for."""
    kept = {label for found in re.findall(r"by \(([^)]*)\)", expression) for label in found.split(", ")}
    for name, selectors in re.findall(r"([a-z_]+)(?:\{([^}]*)\}|(?=\[|$))", expression):
        yield base(name), {*re.findall(r"(\w+)=", selectors), *kept} - {"le"}


@pytest.mark.parametrize("expression", [rule["expr"] for rule in alerts()] + shown())
def test_prometheus_reads_an_expression_and_its_metrics_exist(expression: str) -> None:
    promql_parser.parse(expression)
    found = dict(used(expression.strip()))
    assert found
    for name, labels in found.items():
        if name.startswith("dynamo_frontend_"):
            assert labels <= FRONTEND, (name, labels)
        else:
            assert labels <= METRICS[name] | TARGET, (name, labels)


def test_a_broken_expression_is_seen() -> None:
    with pytest.raises(ValueError, match="unexpected"):
        promql_parser.parse("rate(x[5m)")


def test_metrics_of_frontends_are_those_of_the_runtime() -> None:
    installed = runtime_python().parent.parent.glob("lib/*/site-packages/dynamo/prometheus_names.py")
    source = next(installed).read_text()
    known = set(re.findall(r'= "(\w+)"', source))
    asked = {name for text in shown() for name, _ in used(text) if name.startswith("dynamo_frontend_")}
    assert len(asked) > 5
    assert {name.removeprefix("dynamo_frontend_") for name in asked} <= known


def test_an_operator_that_has_reconciled_nothing_is_not_called_absent() -> None:
    """A counter with labels is not there before it first counts."""
    absent = next(rule for rule in alerts() if rule["alert"] == "DynamoOperatorAbsent")
    assert absent["expr"] == f'absent(up{{job="dynamo-metrics",namespace="{HOME}"}} == 1)'


def test_every_alert_carries_its_runbook_with_this_releases_names() -> None:
    chapters = re.findall(r"^## (\w+)$", (ROOT / "docs/runbooks.md").read_text(), re.MULTILINE)
    rules = alerts(
        fullnameOverride="mine", webhooks__certificates={"provider": "secret", "secretName": "given"}
    )
    assert [rule["alert"] for rule in rules] == chapters
    told = {rule["alert"]: rule["annotations"]["runbook"] for rule in rules}
    assert f"kubectl -n {HOME} get deployment mine-operator" in told["DynamoOperatorAbsent"]
    assert f"kubectl -n {HOME} get secret given -o" in told["DynamoWebhookCertificateUnreadable"]
    assert "kubectl -n kube-system get lease" in told["DynamoOperatorNoLeader"]
    for text in told.values():
        assert len(text) > 60
        assert "{{" not in text  # Prometheus would evaluate it
        assert not re.search(r"\b(NS|OP|CERT|ELECTION)\b", text)


def test_the_lease_of_a_restricted_operator_is_in_its_namespace() -> None:
    rules = alerts(operator__scope={"mode": "namespace", "namespace": "team"})
    told = next(rule for rule in rules if rule["alert"] == "DynamoOperatorNoLeader")["annotations"]["runbook"]
    assert "kubectl -n team get lease" in told


def test_a_link_is_there_only_when_the_page_is_somewhere() -> None:
    assert not [rule for rule in alerts() if "runbook_url" in rule["annotations"]]
    linked = alerts(monitoring__rules__runbookUrl="https://wiki.example.com/runbooks")
    for rule in linked:
        wanted = f"https://wiki.example.com/runbooks#{rule['alert'].lower()}"
        assert rule["annotations"]["runbook_url"] == wanted


def test_alerts_can_be_left_out_and_labelled() -> None:
    names = [rule["alert"] for rule in alerts()]
    fewer = alerts(monitoring__rules__disabled=names[:2], monitoring__rules__alertLabels={"team": "a"})
    assert [rule["alert"] for rule in fewer] == names[2:]
    assert all(rule["labels"]["team"] == "a" for rule in fewer)


def test_dashboards_have_titles_and_panels() -> None:
    maps = [o for o in platform("ha") if o["kind"] == "ConfigMap" and "dashboard" in o["metadata"]["name"]]
    assert len(maps) == len(list(boards()))
    for each in maps:
        for text in each["data"].values():
            board = json.loads(text)
            assert board["panels"]
            assert board["title"]


def test_alerts_file_is_what_is_rendered() -> None:
    written = load((CHART / "files/alerts.yaml").read_text().replace("%(operator)s", ""))
    assert [rule["alert"] for rule in written] == [rule["alert"] for rule in alerts()]
