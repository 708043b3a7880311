"""What upstream's chart tests state, of our chart with the same values moved by `migrate-values`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.migrate_values import migrate_values
from pydynamo_manifests.values.platform.load import load_platform
from pydynamo_manifests.yaml import load
from tests.support.corpus import corpus_path, has_corpus, skip_without_corpus
from tests.support.platform import only, platform, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

if not has_corpus():
    skip_without_corpus()

CASES = {
    case["id"]: case
    for line in (corpus_path() / "helm-cases.jsonl").read_text().splitlines()
    if (case := json.loads(line))["chart"] == "platform"
}
"""Those of `power-agent`, which is another chart, are left out."""

Objects = list[dict[str, Any]]

DIFFERENT = {
    "etcd_config:0": "we install no etcd; an address is written when one is given",
    "etcd_config:3": "we install no etcd",
    "namespace_restriction_deployment:4": "selectors are allowed: they serve clusters with restricted operators",
    "namespace_restriction_webhook_rbac:0": "reads of any definition, writes of the four by name",
    "nats_config:4": "the Service is called after our release, and the address works in any cluster domain",
    "planner_rbac:0": "the planner may always list pods, as in upstream's chart 1.6",
    "planner_rbac:2": "the same in scope `namespace`",
    "servicemonitor_labels:0": "no label by default: which Prometheus selects is the user's to say",
}
"""Facts that do not hold for our chart, and why."""


def nested(sets: dict[str, Any]) -> dict[str, Any]:
    """Turn `a.b: c` into `{a: {b: c}}`."""
    out: dict[str, Any] = {}
    for path, value in sets.items():
        *blocks, key = path.split(".")
        home = out
        for block in blocks:
            home = home.setdefault(block, {})
        home[key] = value
    return out


def moved(case: str) -> dict[str, Any]:
    values = migrate_values(nested(CASES[f"platform:{case}"]["values_set"])).values
    load_platform(values)
    return values


def rendered(case: str, **more: Any) -> Objects:
    return platform(name="my-release", definitions=True, sets={**moved(case), **more})


def config(case: str, **more: Any) -> dict[str, Any]:
    text = only(rendered(case, **more), "ConfigMap", "config")["data"]["config.yaml"]
    return dict(load(text))


def pod(objects: Objects) -> dict[str, Any]:
    return dict(only(objects, "Deployment")["spec"]["template"]["spec"])


def no_etcd_by_default(case: str) -> bool:
    return "etcdAddress" not in config(case)["infrastructure"] if "infrastructure" in config(case) else True


def etcd_address(case: str) -> bool:
    return bool(config(case)["infrastructure"]["etcdAddress"] == "http://external-etcd:2379")


def applies_definitions(case: str) -> bool:
    return bool(pod(rendered(case))["initContainers"][0]["name"] == "crd-apply")


def refuses_definitions_when_restricted(_case: str) -> bool:
    sets = {"operator.scope.mode": "namespace", "crds.managedBy": "operator"}
    return "definitions belong to the cluster" in refusal(sets=sets)


def serves_admission_when_restricted(case: str) -> bool:
    found = pod(rendered(case))
    manager = found["containers"][0]
    return (
        "initContainers" not in found
        and manager["ports"][1]["name"] == "webhook"
        and manager["volumeMounts"][1]["name"] == "webhook-cert"
    )


def scope(case: str) -> bool:
    wanted = {"restricted": "tenant-a", "scope": {"leaseDuration": "45s", "leaseRenewInterval": "15s"}}
    return config(case)["namespace"] == wanted


def restricted_rights(case: str) -> bool:
    rules = [
        rule
        for obj in rendered(case)
        if obj["kind"] in {"Role", "ClusterRole"}
        for rule in obj["rules"]
        if "customresourcedefinitions" in rule.get("resources", [])
    ]
    return rules == []


def admits_everywhere(case: str) -> bool:
    return all("namespaceSelector" not in h for h in hooks(rendered(case)))


def hooks(objects: Objects) -> list[dict[str, Any]]:
    kinds = ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")
    return [hook for kind in kinds for hook in only(objects, kind)["webhooks"]]


def admits_the_target(case: str) -> bool:
    found = hooks(rendered(case, webhooks={"enabled": True}))
    return {h["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for h in found} == {"true"}


def webhook_service(case: str) -> bool:
    return bool(only(rendered(case), "Service", "-webhook"))


def four_certificate_objects(case: str) -> bool:
    return len([o for o in rendered(case) if o["apiVersion"] == "cert-manager.io/v1"]) == 4


def nats_address(address: str | None) -> Callable[[str], bool]:
    return lambda case: config(case).get("infrastructure", {}).get("natsAddress") == address


def planner_lists_pods(case: str) -> bool:
    role = next(
        o
        for o in rendered(case)
        if o["kind"].removeprefix("Cluster") == "Role" and "planner" in o["metadata"]["name"]
    )
    return {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]} in role["rules"]


def scrapes(frontend: str) -> Callable[[str], bool]:
    def holds(case: str) -> bool:
        paths = {
            (o["metadata"]["name"].rpartition("-")[2], e.get("port")): e["path"]
            for o in rendered(case)
            if o["kind"] == "PodMonitor"
            for e in o["spec"]["podMetricsEndpoints"]
        }
        others = {path for (_, port), path in paths.items() if port != "http"}
        return paths["frontend", "http"] == paths["worker", "http"] == frontend and others == {"/metrics"}

    return holds


def profiling_reads_no_nodes(case: str) -> bool:
    rules = only(rendered(case), "ClusterRole", "profiling")["rules"]
    return not any("nodes" in rule["resources"] for rule in rules)


def mesh(**wanted: Any) -> Callable[[str], bool]:
    return lambda case: wanted.items() <= config(case)["serviceMesh"]["istio"].items()


def monitor_label(case: str) -> bool:
    labels = only(rendered(case), "ServiceMonitor")["metadata"]["labels"]
    return bool(labels["release"] == "kube-prometheus-stack")


def refuses_the_key(case: str) -> bool:
    values = nested(CASES[f"platform:{case}"]["values_set"])
    return "value must be 'moved: " in refusal(sets=values)


def one_scheduler(case: str) -> bool:
    return "one scheduler, not both" in refusal(sets=moved(case))


def renders(case: str) -> bool:
    return bool(rendered(case))


CERTIFICATES = {
    "tlsMode": "MUTUAL",
    "clientCertificate": "/etc/certs/client.pem",
    "privateKey": "/etc/certs/client.key",
    "caCertificates": "/etc/certs/ca.pem",
}
EXTERNAL = nats_address("nats://external-nats:4222")
HOLDS: dict[str, Callable[[str], bool]] = {
    "etcd_config:1": no_etcd_by_default,
    "etcd_config:2": etcd_address,
    "namespace_restriction_deployment:0": applies_definitions,
    "namespace_restriction_deployment:1": refuses_definitions_when_restricted,
    "namespace_restriction_deployment:2": serves_admission_when_restricted,
    "namespace_restriction_deployment:3": scope,
    "namespace_restriction_webhook_rbac:1": restricted_rights,
    "namespace_restriction_webhook_rbac:2": restricted_rights,
    "namespace_restriction_webhooks:0": admits_everywhere,
    "namespace_restriction_webhooks:1": admits_the_target,
    "namespace_restriction_webhooks:2": webhook_service,
    "namespace_restriction_webhooks:3": four_certificate_objects,
    "nats_config:0": nats_address("nats://my-release-dynamo-nats.dynamo-system.svc:4222"),
    "nats_config:1": nats_address(None),
    "nats_config:2": EXTERNAL,
    "nats_config:3": EXTERNAL,
    "planner_rbac:1": planner_lists_pods,
    "planner_rbac:3": planner_lists_pods,
    "podmonitor_frontend_path:0": scrapes("/metrics"),
    "podmonitor_frontend_path:1": scrapes("/v1/metrics"),
    "podmonitor_frontend_path:2": scrapes("/v1/metrics"),
    "podmonitor_frontend_path:3": scrapes("/metrics"),
    "profiling_job_rbac:0": profiling_reads_no_nodes,
    "service_mesh_config:0": mesh(insecureSkipVerify=False),
    "service_mesh_config:1": mesh(**CERTIFICATES),
    "servicemonitor_labels:1": monitor_label,
    "validate_removed_values:0": refuses_the_key,
    "validate_removed_values:1": refuses_the_key,
    "validate_removed_values:2": refuses_the_key,
    "validate_removed_values:3": refuses_the_key,
    "validate_removed_values:4": one_scheduler,
    "validate_removed_values:5": one_scheduler,
    "validate_removed_values:6": renders,
    "validate_removed_values:7": renders,
}


def test_every_case_is_judged() -> None:
    assert {case.removeprefix("platform:") for case in CASES} == HOLDS.keys() | DIFFERENT.keys()
    assert not HOLDS.keys() & DIFFERENT.keys()


@pytest.mark.parametrize("case", HOLDS)
def test_what_upstream_states_holds(case: str) -> None:
    assert HOLDS[case](case)


@pytest.mark.parametrize("case", DIFFERENT)
def test_the_others_render_too(case: str) -> None:
    assert re.search(r"\w", DIFFERENT[case])
    assert rendered(case)
