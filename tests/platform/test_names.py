"""Names and labels that Kubernetes takes, and references that lead to what the chart renders."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.yaml import load
from tests.platform.test_schemas import EVERYTHING
from tests.support.platform import PRESETS, platform, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

Object = dict[str, Any]

LABEL_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
SERVICE_NAME = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?")
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
LABEL_KEY = re.compile(r"([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
STATEFUL_SET = 52
"""Letters of a StatefulSet's name: its pods carry it with a hyphen and ten more as one label's value."""

RELEASES = ["d", "dynamo", "a" * 53, "my.dynamo", "dynamo-" + "b" * 46]
OVERRIDES: list[dict[str, Any]] = [
    {},
    {"fullnameOverride": "f" * 63},
    {"nameOverride": "n" * 63},
    {"fullnameOverride": "p", "nameOverride": "platform"},
]


def everything(preset: str, release: str, **sets: Any) -> list[Object]:
    return platform(preset, name=release, sets={**EVERYTHING, "nats.server.replicas": 3, **sets})


def pods_of(objects: list[Object]) -> Iterator[tuple[Object, Object]]:
    """Yield every workload with its pod (metadata and spec)."""
    for obj in objects:
        if obj["kind"] == "Pod":
            yield obj, obj
        elif obj["kind"] in {"Deployment", "StatefulSet", "DaemonSet"}:
            yield obj, obj["spec"]["template"]


def key(obj: Object) -> tuple[str, str, str]:
    meta = obj["metadata"]
    return obj["kind"], meta.get("namespace", ""), meta["name"]


@pytest.mark.parametrize("sets", OVERRIDES, ids=lambda sets: "+".join(sets) or "none")
@pytest.mark.parametrize("release", RELEASES)
def test_names_fit_stay_apart_and_lead_somewhere(release: str, sets: dict[str, Any]) -> None:
    objects = everything("ha", release, **sets)
    keys = [key(o) for o in objects]
    assert len(keys) == len(set(keys))
    for obj in objects:
        check_names(obj)
    check_references(objects)


@pytest.mark.parametrize("preset", [path.stem for path in PRESETS])
def test_every_preset_leads_somewhere(preset: str) -> None:
    more = {"integrations.kai.queue.create": False, "monitoring.service.enabled": True}
    check_references(everything(preset, "a" * 53, **more))
    check_references(platform(preset))


def check_names(obj: Object) -> None:
    kind, _, name = key(obj)
    shape = SERVICE_NAME if kind == "Service" else LABEL_NAME
    if kind != "Lease":
        assert shape.fullmatch(name), (kind, name)
    if kind == "StatefulSet":
        assert len(name) <= STATEFUL_SET, name
    for labels in maps(obj, {"labels", "matchLabels"}):
        for label, value in labels.items():
            assert LABEL_KEY.fullmatch(label), (kind, label)
            assert LABEL_VALUE.fullmatch(value), (kind, label, value)
    for _, pod in pods_of([obj]):
        check_pod(pod["spec"])


def check_pod(spec: Object) -> None:
    containers = [*spec.get("initContainers", []), *spec["containers"]]
    for names in ([c["name"] for c in containers], [v["name"] for v in spec.get("volumes", [])]):
        assert len(names) == len(set(names))
        assert all(LABEL_NAME.fullmatch(name) for name in names), names
    ports = [port["name"] for c in containers for port in c.get("ports", [])]
    assert len(ports) == len(set(ports))
    assert all(PORT_NAME.fullmatch(port) for port in ports), ports


def maps(data: Any, names: set[str]) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        for name, value in data.items():
            if name in names and isinstance(value, dict):
                yield value
            yield from maps(value, names)
    elif isinstance(data, list):
        for value in data:
            yield from maps(value, names)


def check_references(objects: list[Object]) -> None:
    """Assert that whatever names an object of the release, or selects its pods, finds it."""
    own = {key(o): o for o in objects}
    for obj, pod in pods_of(objects):
        space, spec = obj["metadata"]["namespace"], pod["spec"]
        if "serviceAccountName" in spec:
            assert ("ServiceAccount", space, spec["serviceAccountName"]) in own
        for volume in spec.get("volumes", []):
            if "configMap" in volume:
                assert ("ConfigMap", space, volume["configMap"]["name"]) in own
        mounted = {m["name"] for c in spec["containers"] for m in c.get("volumeMounts", [])}
        claims = {c["metadata"]["name"] for c in obj["spec"].get("volumeClaimTemplates", [])}
        assert mounted == {v["name"] for v in spec.get("volumes", [])} | claims
        if obj["kind"] == "StatefulSet":
            assert ("Service", space, obj["spec"]["serviceName"]) in own
        if "selector" in obj["spec"]:
            assert obj["spec"]["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    for obj in objects:
        check_one(obj, objects, own)


def check_one(obj: Object, objects: list[Object], own: dict[tuple[str, str, str], Object]) -> None:
    kind, space, _ = key(obj)
    check_selectors(obj, objects)
    if kind.endswith("RoleBinding"):
        role = obj["roleRef"]
        assert (role["kind"], space if role["kind"] == "Role" else "", role["name"]) in own
    elif kind.endswith("WebhookConfiguration"):
        for hook in obj["webhooks"]:
            service = hook["clientConfig"]["service"]
            ports = own["Service", service["namespace"], service["name"]]["spec"]["ports"]
            assert service["port"] in {port["port"] for port in ports}
    elif kind == "PrometheusRule":
        check_job(obj, objects)
    elif kind == "ConfigMap" and "nats.conf" in obj["data"]:
        for pod, service in re.findall(r"nats://(\S+?)\.(\S+?)\.\S+:6222", obj["data"]["nats.conf"]):
            assert ("Service", space, service) in own
            assert ("StatefulSet", space, pod.rpartition("-")[0]) in own
    elif kind == "ConfigMap" and "config.yaml" in obj["data"]:
        check_config(load(obj["data"]["config.yaml"]), space, own)


def check_selectors(obj: Object, objects: list[Object]) -> None:
    kind, space, _ = key(obj)
    if kind == "Service":
        pods = selected(obj["spec"]["selector"], space, objects)
        assert len(pods) == 1, key(obj)
        ports = {p["name"] for c in pods[0]["spec"]["containers"] for p in c.get("ports", [])}
        assert {port["targetPort"] for port in obj["spec"]["ports"]} <= ports
    elif kind == "PodDisruptionBudget":
        assert len(selected(obj["spec"]["selector"]["matchLabels"], space, objects)) == 1
    elif kind == "ServiceMonitor":
        labels = obj["spec"]["selector"]["matchLabels"]
        found = [o for o in objects if o["kind"] == "Service" and has(o, labels)]
        assert len(found) == 1
        assert obj["spec"]["endpoints"][0]["port"] in {p["name"] for p in found[0]["spec"]["ports"]}
        assert obj["spec"]["namespaceSelector"]["matchNames"] == [found[0]["metadata"]["namespace"]]


def check_job(rule: Object, objects: list[Object]) -> None:
    jobs = set(re.findall(r'job="([^"]+)"', json.dumps(rule).replace('\\"', '"')))
    services = {o["metadata"]["name"] for o in objects if o["kind"] == "Service"}
    assert jobs
    assert jobs <= services


def check_config(config: Object, space: str, own: dict[tuple[str, str, str], Object]) -> None:
    assert ("Service", space, config["server"]["webhook"]["serviceName"]) in own
    for name in config.get("rbac", {}).values():
        assert ("ClusterRole", "", name) in own
    address = config["infrastructure"].get("natsAddress") if config.get("infrastructure") else None
    if address:
        assert ("Service", space, address.partition("://")[2].split(".")[0]) in own


def has(obj: Object, labels: dict[str, str]) -> bool:
    return labels.items() <= obj["metadata"].get("labels", {}).items()


def selected(labels: dict[str, str], space: str, objects: list[Object]) -> list[Object]:
    return [
        pod for obj, pod in pods_of(objects) if obj["metadata"]["namespace"] == space and has(pod, labels)
    ]


def test_common_labels_are_on_every_object_and_pod_but_in_no_selector() -> None:
    theirs = {"team": "a", "cost": None, "app.kubernetes.io/part-of": "b"}
    objects = everything("cert-manager", "dynamo", commonLabels=theirs)
    assert all(o["metadata"]["labels"]["team"] == "a" for o in objects)
    pods = list(pods_of(objects))
    assert len(pods) == 4
    for obj, pod in pods:
        assert pod["metadata"]["labels"]["team"] == "a"
        assert "cost" not in pod["metadata"]["labels"]
        assert "team" not in json.dumps(obj["spec"].get("selector"))
        assert "team" not in json.dumps(obj["spec"].get("volumeClaimTemplates"))
    selectors = [m for o in objects for m in maps(o, {"matchLabels", "selector"})]
    assert "team" not in json.dumps(selectors)
    hooks = [o for o in objects if o["kind"].endswith("WebhookConfiguration")]
    assert {o["metadata"]["labels"]["app.kubernetes.io/part-of"] for o in hooks} == {"dynamo-operator"}
    made = [o["spec"]["secretTemplate"]["labels"] for o in objects if o["kind"] == "Certificate"]
    assert len(made) == 2
    assert all(labels["team"] == "a" for labels in made)


def test_a_release_whose_services_could_not_be_called_so_is_refused() -> None:
    words = 'release name "1d" begins with a digit, which no Service may: set fullnameOverride'
    assert words in refusal(name="1d")
    assert platform(name="1d", fullnameOverride="dynamo")


@pytest.mark.parametrize("name", ["My_Name", "1a", "a.b", "-a", "a" * 64])
def test_overrides_that_are_no_names_are_refused(name: str) -> None:
    assert "/fullnameOverride'" in refusal(sets={"fullnameOverride": name})


def test_a_second_release_of_long_names_stays_apart() -> None:
    """What is cut off the end is all that differs."""
    one, two = ({key(o)[::2] for o in everything("ha", "a" * 52 + end)} for end in "bc")
    fixed = {
        ("Lease", "dynamo.nvidia.com"),
        ("ValidatingWebhookConfiguration", "dynamo-platform-validating"),
        ("MutatingWebhookConfiguration", "dynamo-platform-mutating"),
        ("Queue", "dynamo"),
        ("Queue", "dynamo-default"),
    }
    assert one & two == fixed
