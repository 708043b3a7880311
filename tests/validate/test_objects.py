"""Which objects are judged, by what, and which are left alone with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from pydynamo_manifests.errors import ConversionError, InputError, UnknownNameError
from pydynamo_manifests.validate import Cluster, Report, Target, validate

BETA = "nvidia.com/v1beta1"


def graph(*components: dict[str, Any], name: str = "g", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": BETA,
        "kind": "DynamoGraphDeployment",
        "metadata": {"name": name},
        "spec": {"components": list(components), **spec},
    }


def worker(name: str = "worker", **fields: Any) -> dict[str, Any]:
    container = {"name": "main", "image": "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.6.1"}
    return {"name": name, "type": "worker", "podTemplate": {"spec": {"containers": [container]}}, **fields}


def core(api_version: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}, **fields}


def told(made: Any, **options: Any) -> list[tuple[str, str, str]]:
    report = validate(made, **options)
    return [(f.rule, f.path, f.message) for f in report.findings if f.severity == "error"]


FOUND: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "no apiVersion": ({"kind": "X"}, "YAML-02", "apiVersion", "an object needs apiVersion, as text"),
    "no kind": ({"apiVersion": "v1"}, "YAML-02", "kind", "an object needs kind, as text"),
    "a kind that is no text": ({"apiVersion": "v1", "kind": 5}, "YAML-02", "kind", "an object needs kind, as text"),
    "an old version": ({**graph(worker()), "apiVersion": "nvidia.com/v1"}, "SCHEMA-09", "apiVersion", "Dynamo 1.6.1 does not serve nvidia.com/v1 DynamoGraphDeployment; it serves nvidia.com/v1alpha1 and nvidia.com/v1beta1"),
    "a misspelt kind": ({**graph(worker()), "kind": "DynamoGraphDeploymnt"}, "SCHEMA-09", "kind", "Dynamo 1.6.1 has no kind DynamoGraphDeploymnt"),
    "an unknown kind": ({**graph(worker()), "kind": "DynamoXyzzy"}, "SCHEMA-09", "kind", "Dynamo 1.6.1 has no kind DynamoXyzzy"),
    "a core kind of a dead version": (core("extensions/v1beta1", "Deployment"), "", "", ""),
    "a core kind of a wrong version": (core("apps/v2", "Deployment"), "SCHEMA-09", "apiVersion", "Kubernetes 1.37 does not serve apps/v2 Deployment"),
    "a misspelt core kind": (core("v1", "ConfgMap"), "SCHEMA-09", "kind", "v1 of Kubernetes 1.37 has no kind ConfgMap"),
    "an unknown field of a core object": (core("v1", "ConfigMap", dat={}), "SCHEMA-01", "dat", 'unknown field "dat"'),
    "a deep one": (core("v1", "Pod", spec={"containers": [{"name": "a", "imagePullpolicy": "Always"}]}), "SCHEMA-01", "spec.containers[0].imagePullpolicy", 'unknown field "imagePullpolicy"'),
    "a list's item": (core("v1", "List", items=[core("v1", "Secret", data=5)]), "SCHEMA-03", "items[0].data", "must be a map, not an integer"),
    "a list's item that is none": (core("v1", "ConfigMapList", items=["x"]), "YAML-02", "items[0]", "an item of a List must be an object"),
    "no name": ({"apiVersion": "v1", "kind": "ConfigMap"}, "SCHEMA-08", "metadata.name", "an object needs metadata with a name"),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_it_is_found(name: str) -> None:
    made, *expected = FOUND[name]

    assert told([made]) == ([tuple(expected)] if expected[0] else [])


SKIPPED = {
    "a kind of another project": (core("argoproj.io/v1alpha1", "Application"), "there is no schema of argoproj.io/v1alpha1 Application here"),
    "a dead version": (core("extensions/v1beta1", "Deployment"), "there is no schema of extensions/v1beta1 Deployment here"),
    "NVIDIA's own other kinds": (core("nvidia.com/v1", "ClusterPolicy"), "nvidia.com/v1 ClusterPolicy is no kind of Dynamo 1.6.1"),
}  # fmt: skip


@pytest.mark.parametrize("name", SKIPPED)
def test_it_is_skipped_with_a_reason(name: str) -> None:
    made, reason = SKIPPED[name]
    report = validate([made])

    assert report.documents[0].status == "skipped"
    assert report.findings[0].message == reason
    assert report.ok


def test_a_good_graph_has_no_error_and_one_object_needs_no_list() -> None:
    report = validate(graph(worker()))

    assert [f for f in report.findings if f.severity == "error"] == []
    assert (report.documents[0].kind, report.documents[0].name, report.documents[0].source) == (
        "DynamoGraphDeployment",
        "g",
        "<object>",
    )
    assert isinstance(report, Report)


def test_nothing_is_no_object() -> None:
    assert told([5]) == [("YAML-02", "", "a document must be a map, such as an object or values")]
    assert told([{}]) == [("YAML-02", "", "neither an object nor values of a chart")]
    assert validate([]).ok


def test_releases_decide_what_there_is() -> None:
    old = {**graph(worker()), "apiVersion": BETA}

    assert told(old, dynamo="0.9.1")[0][0] == "SCHEMA-09"
    assert told(old, dynamo="1.6") == told(old, dynamo="v1.6.1")
    with pytest.raises(UnknownNameError, match=r"unknown Dynamo release '9\.9'"):
        validate([], dynamo="9.9")


def test_a_document_that_fails_the_schema_is_not_judged_further() -> None:
    broken = graph(worker(replica=1), worker("b", minAvailable=2, replicas=1))

    assert {f.stage for f in validate(broken).findings} == {"schema", "cel"}
    assert {f.stage for f in validate(graph(worker(replicas="x"), worker())).findings} == {"schema"}


def test_what_is_wrong_is_said_once() -> None:
    twice = told(graph(worker(), worker()))
    assert [(rule, path) for rule, path, _ in twice] == [("SCHEMA-07", "spec.components[1]")]
    case = told(graph(worker(), worker("Worker")))
    assert [(rule, path) for rule, path, _ in case] == [("CEL-01", "spec.components")]
    both = told(graph(worker(), worker(), worker("Worker")))
    assert {rule for rule, _, _ in both} == {"SCHEMA-07", "CEL-01"}
    assert [rule for rule, _, _ in told(graph(worker(), backendFramework=5))] == ["SCHEMA-03"]
    assert [rule for rule, _, _ in told(graph(worker("")))] == ["SCHEMA-06"]


def test_a_warning_about_what_is_refused_there_is_left_out() -> None:
    old, new = graph(worker(), backendFramework="vllm"), graph(worker(), backendFramework="sglang")
    found = validate(new, old=[old], cluster=Cluster()).findings
    assert [f.rule for f in found if f.path == "spec.backendFramework" and f.stage == "admission"] == [
        "ADM-SPEC-05"
    ]


def test_kubernetes_minors_decide_about_core_objects() -> None:
    claim = core("resource.k8s.io/v1", "ResourceClaim", spec={})

    assert told(claim, kubernetes="1.30") == [] or told(claim, kubernetes="1.30")[0][0] == "SCHEMA-09"
    assert told(claim, kubernetes="v1.37.2") == []
    assert told(claim, cluster=Cluster(kubernetes="1.30")) == told(claim, kubernetes="1.30")
    with pytest.raises(UnknownNameError, match=r"unknown Kubernetes minor '1\.2'"):
        validate([], kubernetes="1.2")


def test_an_update_is_compared_with_the_stored_object() -> None:
    old, new = graph(worker(minAvailable=1, replicas=2)), graph(worker(minAvailable=2, replicas=2))
    grove = Cluster(features=frozenset({"grove"}))

    assert told(new, cluster=grove) == []
    assert [rule for rule, *_ in told(new, old=[old], cluster=grove)] == ["CEL-01"]
    assert told(new, old=[graph(worker(minAvailable=1), name="other")], cluster=grove) == []
    with pytest.raises(InputError, match=r"an old object must have apiVersion, kind and metadata\.name"):
        validate([], old=[{"kind": "X"}])


def test_a_stored_object_has_a_namespace_even_where_the_new_one_names_none() -> None:
    old, new = graph(worker(minAvailable=1, replicas=2)), graph(worker(minAvailable=2, replicas=2))
    stored, elsewhere = (
        {**old, "metadata": {**old["metadata"], "namespace": namespace}} for namespace in ("default", "b")
    )
    grove = Cluster(features=frozenset({"grove"}))

    assert [rule for rule, *_ in told(new, old=[stored], cluster=grove)] == ["CEL-01"]
    assert told(new, old=[stored, elsewhere], cluster=grove) == []
    assert told({**new, "metadata": elsewhere["metadata"]}, old=[stored], cluster=grove) == []


def test_an_old_object_of_another_version_is_converted_first() -> None:
    alpha = {
        "apiVersion": "nvidia.com/v1alpha1",
        "kind": "DynamoGraphDeployment",
        "metadata": {"name": "g"},
        "spec": {"services": {"worker": {"componentType": "worker", "minAvailable": 1, "replicas": 2}}},
    }
    grove = Cluster(features=frozenset({"grove"}))

    assert "CEL-01" in [
        rule for rule, *_ in told(graph(worker(minAvailable=2, replicas=2)), old=[alpha], cluster=grove)
    ]
    with pytest.raises(ConversionError):
        told(graph(worker()), old=[{**alpha, "apiVersion": "nvidia.com/v9"}])


def test_rules_are_switched_off_by_code_and_counted() -> None:
    broken = graph(worker(replica=1))
    report = validate(broken, ignore=["SCHEMA-01"])

    assert [f for f in report.findings if f.rule == "SCHEMA-01"] == []
    assert [f.message for f in report.findings if f.rule == "IGNORED"] == ["switched off: SCHEMA-01 1x"]
    with pytest.raises(UnknownNameError, match="unknown rule 'SCHEMA-99'"):
        validate(broken, ignore=["SCHEMA-99"])


SWITCHED_OFF = {
    "a core object": (core("v1", "ConfigMap", dta={}), "SCHEMA-01"),
    "a namespace": ({**graph(worker()), "metadata": {"name": "g", "namespace": "<ns>"}}, "SCHEMA-10"),
    "values": ({"components": {"w": {"replica": 1}}}, "VALUES-01"),
}


@pytest.mark.parametrize("name", SWITCHED_OFF)
def test_rules_are_switched_off_for_every_kind_of_document(name: str) -> None:
    made, code = SWITCHED_OFF[name]
    rules = [f.rule for f in validate(made, ignore=[code]).findings]

    assert code in [f.rule for f in validate(made).findings]
    assert code not in rules
    assert "IGNORED" in rules


def test_what_follows_an_unknown_field_that_is_ignored_is_judged() -> None:
    imageless = graph({"name": "worker", "type": "worker", "replica": 1})

    assert [rule for rule, *_ in told(imageless, ignore=["SCHEMA-01"])][:1] == ["ADM-RUNTIME-01"]


METADATA: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a good one": ({"name": "a.b-c", "namespace": "ns", "labels": {"a/b": "C_d.e", "x": ""}, "annotations": {"A/b": "any\nthing"}, "finalizers": ["a/b"]}, []),
    "a generated name": ({"generateName": "a-"}, []),
    "capitals": ({"name": "A"}, ["metadata.name"]),
    "too long": ({"name": "a" * 254}, ["metadata.name"]),
    "a bad start of a name": ({"generateName": "A-"}, ["metadata.generateName"]),
    "no name": ({"labels": {}}, ["metadata.name"]),
    "a label's value": ({"name": "a", "labels": {"x": "a b"}}, ["metadata.labels[x]"]),
    "a long label": ({"name": "a", "labels": {"x": "a" * 64}}, ["metadata.labels[x]"]),
    "a label's key": ({"name": "a", "labels": {"x y": "a"}}, ["metadata.labels[x y]"]),
    "a label's prefix": ({"name": "a", "labels": {"X_/y": "a"}}, ["metadata.labels[X_/y]"]),
    "an annotation's key": ({"name": "a", "annotations": {"a/b/c": "x"}}, ["metadata.annotations[a/b/c]"]),
    "large annotations": ({"name": "a", "annotations": {"a": "x" * 300_000}}, ["metadata.annotations"]),
    "a finalizer": ({"name": "a", "finalizers": ["a b"]}, ["metadata.finalizers[0]"]),
}  # fmt: skip


@pytest.mark.parametrize("name", METADATA)
def test_metadata_is_what_kubernetes_allows(name: str) -> None:
    metadata, paths = METADATA[name]

    assert [
        path for _, path, _ in told({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    ] == paths


def test_names_of_some_kinds_have_rules_of_their_own() -> None:
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "System:a_B"}}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "1a"}}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a.b"}}

    assert told(role) == []
    assert [path for _, path, _ in told({**role, "metadata": {"name": "a/b"}})] == ["metadata.name"]
    assert [path for _, path, _ in told([service, namespace])] == ["metadata.name", "metadata.name"]


def test_a_namespace_that_no_cluster_has_is_a_warning() -> None:
    report = validate(core("v1", "ConfigMap") | {"metadata": {"name": "a", "namespace": "<yours>"}})

    assert [(f.rule, f.severity) for f in report.findings] == [("SCHEMA-10", "warning")]
    assert report.ok


def test_a_target_travels_to_other_processes() -> None:
    import pickle  # noqa: PLC0415 - only here

    target = Target.of("1.6.1", cluster=Cluster(kubernetes="1.34"), ignore=["SCHEMA-01"])

    assert pickle.loads(pickle.dumps(target)) == target  # noqa: S301 - our own bytes


def test_a_secrets_values_are_in_no_message() -> None:
    secret = core(
        "v1",
        "Secret",
        data={"token": 12345},
        stringData={"a": ["hf_abc"]},
        type="hf_def\n" * 3,
        immutable="hf_ghi",
    )

    assert "hf_" not in str([f.to_dict() for f in validate(secret).findings])
    assert "12345" not in str([f.to_dict() for f in validate(secret).findings])


@pytest.mark.parametrize("namespace", [{"a": 1}, ["a"], 5])
def test_a_namespace_of_any_shape_is_compared_with_stored_objects(namespace: Any) -> None:
    new = graph(worker())
    new["metadata"]["namespace"] = namespace

    assert [path for _, path, _ in told(new, old=[graph(worker())])] == ["metadata.namespace"]
