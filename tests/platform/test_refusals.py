from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.values.base import Values
from pydynamo_manifests.values.platform import PlatformValues
from pydynamo_manifests.values.platform.load import load_platform
from pydynamo_manifests.values.platform.removed import REMOVED
from tests.support.helm import VERSIONS
from tests.support.platform import CHART, platform, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

COMBINATIONS: list[tuple[dict[str, Any], str]] = [
    (
        {"operator.image.tag": "nightly"},
        'operator.image.tag "nightly" is no Dynamo release: say which one it was built from in operator.release',
    ),
    ({"operator.image.tag": "1.2.0"}, "operator release 1.2.0: this chart knows the lines 1.4, 1.5, 1.6"),
    (
        {"operator.image.tag": "1.5.1"},
        (
            "crds.managedBy chart: this chart carries the definitions of 1.6, and the operator is of 1.5: use "
            "crds.managedBy operator, or the chart of that release"
        ),
    ),
    (
        {"operator.scope.mode": "namespace"},
        'operator.scope.mode namespace: definitions belong to the cluster, write crds.managedBy none (it is "chart")',
    ),
    (
        {"operator.scope.namespace": "a"},
        'operator.scope.namespace "a" is without effect in operator.scope.mode cluster',
    ),
    (
        {"operator.replicas": 2, "operator.leaderElection.enabled": False},
        "operator.replicas 2 without operator.leaderElection.enabled: all of them would reconcile",
    ),
    (
        {"operator.scope.mode": "namespace", "crds.managedBy": "none", "operator.replicas": 2},
        "operator.replicas 2 in operator.scope.mode namespace: its marker lease has one holder",
    ),
    (
        {"operator.scope.mode": "namespace", "crds.managedBy": "none", "rbac.clusterScoped": False},
        "integrations.gpuDiscovery.enabled needs rbac.clusterScoped: nodes have no namespace",
    ),
    (
        {
            "operator.scope.mode": "namespace",
            "crds.managedBy": "none",
            "rbac.clusterScoped": False,
            "webhooks.enabled": True,
        },
        "webhooks.enabled needs rbac.clusterScoped: the operator writes its authority into them",
    ),
    (
        {
            "operator.scope.mode": "namespace",
            "crds.managedBy": "none",
            "webhooks.namespaceSelector": {"matchLabels": {"a": "b"}},
        },
        "webhooks.namespaceSelector: in operator.scope.mode namespace the webhooks see the served namespace alone",
    ),
    (
        {"webhooks.enabled": False, "webhooks.namespaceSelector": {"matchLabels": {"a": "b"}}},
        "webhooks.namespaceSelector is without effect when webhooks.enabled is false",
    ),
    (
        {"operator.podDisruptionBudget": {"minAvailable": 1, "maxUnavailable": 1}},
        "operator.podDisruptionBudget: minAvailable or maxUnavailable, not both",
    ),
    (
        {"operator.podDisruptionBudget.enabled": True},
        "operator.podDisruptionBudget: minAvailable 1 of operator.replicas 1 lets no node be drained",
    ),
    (
        {"operator.replicas": 3, "operator.podDisruptionBudget.minAvailable": 3},
        "operator.podDisruptionBudget: minAvailable 3 of operator.replicas 3 lets no node be drained",
    ),
    (
        {"monitoring.serviceMonitor.enabled": True, "monitoring.service.enabled": False},
        "monitoring.serviceMonitor.enabled needs monitoring.service.enabled: it selects that Service",
    ),
    (
        {"monitoring.rules.enabled": True, "monitoring.service.enabled": False},
        "monitoring.rules.enabled needs monitoring.service.enabled: alerts know the operator by that Service",
    ),
    (
        {"operator.serviceAccount.create": False},
        "operator.serviceAccount.create false needs operator.serviceAccount.name",
    ),
    (
        {"webhooks.certificates.provider": "secret"},
        "webhooks.certificates.provider secret needs webhooks.certificates.secretName",
    ),
    (
        {"webhooks.certificates.caBundle": "QUFB"},
        "webhooks.certificates.caBundle is of webhooks.certificates.provider secret; operator brings its own",
    ),
    (
        {"integrations.kai.enabled": True, "integrations.volcano.enabled": True},
        "integrations.kai and integrations.volcano: one scheduler, not both",
    ),
    (
        {"integrations.kai": {"enabled": False, "queue": {"create": True}}},
        "integrations.kai.queue.create needs integrations.kai.enabled",
    ),
    (
        {"integrations.serviceMesh.istio.tlsMode": "MUTUAL"},
        "integrations.serviceMesh.istio.tlsMode MUTUAL needs clientCertificate and privateKey",
    ),
    (
        {"integrations.lpx.enabled": True, "operator.image.tag": "1.5.1", "crds.managedBy": "operator"},
        "integrations.lpx needs operator 1.6, this is 1.5",
    ),
    (
        {"integrations.lpx.enabled": True, "integrations.grove.enabled": False},
        "integrations.lpx needs integrations.grove",
    ),
    (
        {
            "operator.config.infrastructure.tcpTLSCAPath": "/ca",
            "operator.image.tag": "1.5.1",
            "crds.managedBy": "operator",
        },
        "operator.config.infrastructure.tcpTLSCAPath needs operator 1.6, this is 1.5",
    ),
    (
        {"nats.clientTls.caPath": "/ca", "operator.image.tag": "1.4.2", "crds.managedBy": "operator"},
        "nats.clientTls.caPath needs operator 1.6, this is 1.4",
    ),
    ({"nats.mode": "external"}, "nats.mode external needs nats.external.address"),
    (
        {"nats.external.address": "nats://a:4222"},
        "nats.external.address is without effect in nats.mode none",
    ),
    (
        {"nats.mode": "external", "nats.external.address": "nats://u:p@a:4222"},
        "nats.external.address holds credentials: give them to graphs by Secret",
    ),
    (
        {"nats.mode": "builtIn", "nats.server.auth.method": "token"},
        "nats.server.auth.method token needs nats.server.auth.secretName",
    ),
    (
        {"nats.mode": "builtIn", "nats.server.tls.verifyClients": True},
        "nats.server.tls.verifyClients needs nats.server.tls.secretName",
    ),
    (
        {"nats.mode": "builtIn", "nats.server.jetstream.size": "10Q"},
        'nats.server.jetstream: "10Q" is no amount of memory, write e.g. 10Gi',
    ),
    (
        {"runtimeImages.images": {"v_llm": {"repository": "a"}}, "runtimeImages.prepull.images": ["v_llm"]},
        (
            "runtimeImages.images.v_llm: a container that pulls it cannot be called so: write at most 58 small "
            "letters, digits and -"
        ),
    ),
    ({"discovery.backend": "etcd"}, "discovery.backend etcd needs discovery.etcd.address"),
    (
        {"runtimeImages.prepull.enabled": True},
        (
            "runtimeImages.prepull.enabled: name images in runtimeImages.prepull.images, e.g. [vllm] "
            "(known: frontend, planner, sglang, trtllm, vllm)"
        ),
    ),
    (
        {"runtimeImages.prepull.enabled": True, "runtimeImages.prepull.images": ["vlm"]},
        (
            'runtimeImages.prepull.images: no image "vlm" in runtimeImages.images '
            "(known: frontend, planner, sglang, trtllm, vllm)"
        ),
    ),
]


@pytest.mark.parametrize(("sets", "words"), COMBINATIONS, ids=[words[:40] for _, words in COMBINATIONS])
def test_combinations_that_do_not_work(sets: dict[str, Any], words: str) -> None:
    assert words in refusal(sets=sets)


def test_every_refusal_of_the_chart_is_tested() -> None:
    source = (CHART / "templates/refusals/first/refusals.yaml").read_text()
    formats = re.findall(r'append \$errors (?:\(printf )?"((?:[^"\\]|\\.)*)"', source)
    assert len(formats) > 25
    for text in formats:
        pattern = re.sub(r"%[qsd]", ".*", re.escape(text).replace(r"\%", "%"))
        tested = [words for _, words in COMBINATIONS if re.fullmatch(pattern, words)]
        assert tested or "use secret or certManager" in text, text


def test_all_problems_are_told_at_once() -> None:
    words = refusal(sets={"nats.mode": "external", "discovery.backend": "etcd"})
    assert "nats.mode external needs" in words
    assert "discovery.backend etcd needs" in words


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("sets", "words"),
    [
        ({"operater": {}}, "additional properties 'operater' not allowed"),
        ({"operator": {"replcas": 2}}, "additional properties 'replcas' not allowed"),
        ({"operator.replicas": "two"}, "/operator/replicas': got string, want integer"),
        ({"operator.replicas": 1.5}, "/operator/replicas'"),
        (
            {"webhooks.failurePolicy": "Fial"},
            "/webhooks/failurePolicy': value must be one of 'Fail', 'Ignore'",
        ),
        ({"crds.managedBy": "helm"}, "/crds/managedBy': value must be one of"),
        ({"integrations.grove.enabled": "yes"}, "/integrations/grove/enabled': value must be one of"),
        ({"operator.image.digest": "sha256:abc"}, "/operator/image/digest': 'sha256:abc' does not match"),
        ({"operator.image.tag": " 1.6.1"}, "/operator/image/tag': ' 1.6.1' does not match"),
        ({"webhooks.timeoutSeconds": 31}, "/webhooks/timeoutSeconds': maximum: got 31, want 30"),
    ],
)
def test_typos_and_wrong_types(version: int, sets: dict[str, Any], words: str) -> None:
    assert words in refusal(version, sets=sets)


@pytest.mark.parametrize("version", VERSIONS)
def test_removed_keys_say_what_took_their_place(version: int) -> None:
    data: dict[str, Any] = {}
    for path in REMOVED:
        home, _, key = path.rpartition(".")
        (data.setdefault(home, {}) if home else data)[key] = True
    told = refusal(version, sets=data).replace("\\'", "'")
    for words in REMOVED.values():
        assert f"value must be 'moved: {words}'" in told


@pytest.mark.parametrize("path", sorted(REMOVED))
def test_the_library_says_what_took_a_removed_keys_place(path: str) -> None:
    home, _, key = path.rpartition(".")
    with pytest.raises(InputError) as caught:
        load_platform({home: {key: True}} if home else {key: True})
    assert f"{path}: moved: {REMOVED[path]}" in str(caught.value)


def test_globals_of_a_parent_are_welcome() -> None:
    assert platform(sets={"global": {"storageClass": "fast"}})


def test_the_library_suggests() -> None:
    with pytest.raises(InputError) as caught:
        load_platform({"operator": {"replcas": 2, "image": {"tag": 1.6}}})
    assert "operator.replcas: unknown key; did you mean 'replicas'" in str(caught.value)
    assert "operator.image.tag" in str(caught.value)
    assert "quote it" in str(caught.value)


def blocks(model: type[Values], path: str = "") -> Iterator[str]:
    """Yield the paths of blocks that may not be null."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Values):
            inner = f"{path}.{field.alias or name}".removeprefix(".")
            yield inner
            yield from blocks(field.annotation, inner)


def test_every_block_is_looked_after() -> None:
    source = (CHART / "templates/refusals/first/blocks/nulls.yaml").read_text()
    assert re.findall(r'"([\w.]+)"', source.partition("-}}\n{{- range")[0]) == list(blocks(PlatformValues))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", ["global", "nats", "operator.config.server.metrics", "monitoring.reader"])
def test_a_block_that_is_null_is_named(path: str, version: int) -> None:
    words = f"{path} is null: leave it out to keep its defaults, or write its keys"
    assert words in refusal(version, sets={path: None})


@pytest.mark.parametrize(
    ("sets", "words"),
    [
        ({"networkPolicy.apiServer.cidrs": ["10.0.0.1"]}, "/networkPolicy/apiServer/cidrs/0'"),
        ({"operator.serviceAccount.name": "Bad_Name"}, "/operator/serviceAccount/name'"),
        ({"operator.scope.namespace": "Bad.Name"}, "/operator/scope/namespace'"),
        ({"operator.dnsPolicy": "Foo"}, "/operator/dnsPolicy': value must be one of"),
        ({"webhooks.certificates.secretName": "no way"}, "/webhooks/certificates/secretName'"),
        ({"operator.image.repository": None}, "an image has no repository"),
        (
            {"nats": {"mode": "builtIn", "server": {"jetstream": {"size": "1.5Gi"}}}},
            '"1.5Gi" is no amount of memory',
        ),
    ],
)
def test_what_kubernetes_would_refuse_later(sets: dict[str, Any], words: str) -> None:
    assert words in refusal(sets=sets)
