"""Who may reach whom: the rendered policies, evaluated as a network plug-in does, on the rendered pods."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.platform.test_names import pods_of
from tests.support.platform import HOME, PRESETS, platform

Object = dict[str, Any]

API_SERVER = "10.0.0.1"
NODE = "192.168.0.7"
INTERNET = "203.0.113.9"


@dataclass(frozen=True)
class Peer:
    """A pod with its labels, or an address outside the pod network."""

    labels: dict[str, str] = field(default_factory=dict)
    namespace: str = ""
    address: str = ""
    pod: Object | None = None


def matches(selector: Object | None, labels: dict[str, str]) -> bool:
    assert selector is not None
    assert set(selector) <= {"matchLabels"}
    return selector.get("matchLabels", {}).items() <= labels.items()


def is_peer(rule: Object, who: Peer, home: str) -> bool:
    if "ipBlock" in rule:
        return bool(who.address) and ipaddress.ip_address(who.address) in ipaddress.ip_network(
            rule["ipBlock"]["cidr"]
        )
    if who.address:
        return False
    spaces = rule.get("namespaceSelector")
    here = (
        who.namespace == home
        if spaces is None
        else matches(spaces, {"kubernetes.io/metadata.name": who.namespace})
    )
    return here and matches(rule.get("podSelector", {}), who.labels)


def opens(rules: list[Object], side: str, who: Peer, port: int, home: str) -> bool:
    for rule in rules:
        ports = {entry["port"] for entry in rule.get("ports", [])}
        if (not ports or port in ports) and (
            side not in rule or any(is_peer(peer, who, home) for peer in rule[side])
        ):
            return True
    return False


def allowed(policies: list[Object], source: Peer, target: Peer, port: int) -> bool:
    """Tell whether a connection is let through on both ends."""
    for who, other, kind, side in ((target, source, "Ingress", "from"), (source, target, "Egress", "to")):
        own = [
            p["spec"]
            for p in policies
            if not who.address
            and p["metadata"]["namespace"] == who.namespace
            and matches(p["spec"]["podSelector"], who.labels)
            and kind in p["spec"]["policyTypes"]
        ]
        if own and not any(
            opens(spec.get(kind.lower(), []), side, other, port, who.namespace) for spec in own
        ):
            return False
    return True


class Net:
    """A release with policies, its pods by component."""

    def __init__(self, preset: str = "default", **sets: Any) -> None:
        more = {
            "networkPolicy.enabled": True,
            "nats.mode": "builtIn",
            "runtimeImages.prepull": {"enabled": True, "images": ["vllm"]},
            "tests.enabled": True,
            **sets,
        }
        self.objects = platform(preset, sets=more)
        self.policies = [o for o in self.objects if o["kind"] == "NetworkPolicy"]
        self.pods = {
            pod["metadata"]["labels"]["app.kubernetes.io/component"]: Peer(
                pod["metadata"]["labels"], obj["metadata"]["namespace"], pod=pod
            )
            for obj, pod in pods_of(self.objects)
        }

    def __call__(self, source: Peer | str, target: Peer | str, port: int) -> bool:
        ends = [self.pods[end] if isinstance(end, str) else end for end in (source, target)]
        return allowed(self.policies, ends[0], ends[1], port)


GRAPH = Peer({"nvidia.com/dynamo-component-type": "worker"}, "team")
PROMETHEUS = Peer({"app.kubernetes.io/name": "prometheus"}, "monitoring")
DNS = Peer({"k8s-app": "kube-dns"}, "kube-system")
MONITORING = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]
TIGHT: dict[str, Any] = {
    "networkPolicy.apiServer.cidrs": [f"{API_SERVER}/32"],
    "networkPolicy.metricsFrom": MONITORING,
    "networkPolicy.natsFrom": [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "team"}}}
    ],
}


@pytest.mark.parametrize("preset", [path.stem for path in PRESETS])
def test_what_is_needed_is_open_and_the_rest_is_not(preset: str) -> None:
    net = Net(preset)
    assert set(net.pods) == {"operator", "nats", "prepull", "test"}
    assert net(Peer(address=NODE), "operator", 8081)
    assert net(Peer(address=API_SERVER), "operator", 9443)
    assert net(PROMETHEUS, "operator", 8080)
    assert net("operator", Peer(address=API_SERVER), 6443)
    assert net("operator", DNS, 53)
    assert net("operator", Peer({"app": "nvidia-dcgm-exporter"}, "gpu-operator"), 9400) == (
        preset != "minimal"
    )
    assert net(GRAPH, "nats", 4222)
    assert net("nats", "nats", 6222)
    assert net(Peer(address=NODE), "nats", 8222)
    for pod, port in (("operator", 9443), ("operator", 8080), ("nats", 4222)):
        assert net("test", pod, port)
    assert net("test", DNS, 53)
    for source, target, port in (
        (GRAPH, "operator", 22), (GRAPH, "nats", 6222), ("operator", GRAPH, 22),
        ("operator", Peer(address=INTERNET), 80), ("nats", Peer(address=INTERNET), 443), ("nats", GRAPH, 8000),
        (GRAPH, "prepull", 80), ("prepull", DNS, 53), ("prepull", Peer(address=INTERNET), 443),
        (GRAPH, "test", 80), ("test", Peer(address=INTERNET), 443),
    ):  # fmt: skip
        assert not net(source, target, port), (source, target, port)


def test_peers_that_are_named_are_the_only_ones_and_helm_test_still_passes() -> None:
    net = Net(**TIGHT)
    assert net(Peer(address=API_SERVER), "operator", 9443)
    assert not net(Peer(address=INTERNET), "operator", 9443)
    assert not net(GRAPH, "operator", 9443)
    assert net("operator", Peer(address=API_SERVER), 6443)
    assert not net("operator", Peer(address=INTERNET), 6443)
    assert net(PROMETHEUS, "operator", 8080)
    assert not net(GRAPH, "operator", 8080)
    assert not net(PROMETHEUS, "nats", 4222)
    for pod, port in (("operator", 9443), ("operator", 8080), ("nats", 4222)):
        assert net("test", pod, port), (pod, port)


def test_a_restricted_operator_asks_models_of_its_namespace_alone() -> None:
    net = Net("namespaced", **{"operator.scope.namespace": "team"})
    for port in (8000, 9090):
        assert net("operator", GRAPH, port)
        assert not net("operator", Peer(GRAPH.labels, "other"), port)
    assert net("operator", Peer({}, "gpu-operator"), 9400)


def test_ports_follow_the_configuration() -> None:
    server = {"webhook": {"port": 1443}, "healthProbe": {"port": 1081}, "metrics": {"port": 1080}}
    net = Net(**{"operator.config.server": server})
    ports = {
        p["name"]: p["containerPort"] for p in net.pods["operator"].pod["spec"]["containers"][0]["ports"]
    }  # type: ignore[index]
    assert set(ports.values()) == {1443, 1081, 1080}
    for port in ports.values():
        assert net(PROMETHEUS if port == ports["metrics"] else Peer(address=NODE), "operator", port)
    assert not net(Peer(address=NODE), "operator", 9443)


def test_policies_only_select_pods_of_the_release() -> None:
    for policy in Net().policies:
        assert policy["metadata"]["namespace"] == HOME
        selector = policy["spec"]["podSelector"]["matchLabels"]
        assert {"app.kubernetes.io/name", "app.kubernetes.io/instance"} <= set(selector)


def test_an_empty_list_of_peers_lets_nobody_in() -> None:
    net = Net(**{"networkPolicy.metricsFrom": [], "networkPolicy.natsFrom": []})
    assert not net(PROMETHEUS, "operator", 8080)
    assert not net(GRAPH, "nats", 4222)
    assert net("test", "operator", 8080)
