from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from hack.generators import kubernetes_schemas
from pydynamo_manifests.api import kubernetes
from pydynamo_manifests.errors import UnknownNameError

ROOT = Path(__file__).parents[2]
POD = "api.core.v1.PodTemplateSpec"


def errors(obj: dict[str, Any], minor: str = "1.37") -> list[str]:
    schema = kubernetes.core_schema(minor, obj["apiVersion"], obj["kind"])
    assert schema is not None
    found = jsonschema_rs.Draft202012Validator(schema).iter_errors(obj)
    return [f"{'.'.join(map(str, e.instance_path))}: {e.message}" for e in found]


def deployment(**container: Any) -> dict[str, Any]:
    pod = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "main", **container}]}}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": pod}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec}


def test_the_files_are_what_the_generator_makes() -> None:
    folder = ROOT / kubernetes_schemas.TARGET
    there = {str(f.relative_to(ROOT)): f.read_bytes() for f in folder.glob("*.json.gz")}
    assert kubernetes_schemas.generate() == there


def test_another_build_of_zlib_makes_no_difference(tmp_path: Path) -> None:
    file = tmp_path / "file.gz"
    made = kubernetes_schemas.compressed(b"text", file)
    assert gzip.decompress(made) == b"text"
    file.write_bytes(gzip.compress(b"text", 1, mtime=1))
    assert kubernetes_schemas.compressed(b"text", file) == file.read_bytes() != made
    assert kubernetes_schemas.compressed(b"other", file) != file.read_bytes()


def test_minors() -> None:
    assert kubernetes.minors()[0] == "1.30"
    assert kubernetes.minors()[-1] == "1.37"
    assert len(kubernetes.minors()) == 8
    with pytest.raises(UnknownNameError, match=r"unknown Kubernetes minor '1\.29'"):
        kubernetes.core_schema("1.29", "v1", "ConfigMap")


@pytest.mark.parametrize("minor", kubernetes.minors())
def test_every_kind_compiles(minor: str) -> None:
    for name in kubernetes.kinds(minor):
        api_version, kind = name.rsplit("/", 1)
        schema = kubernetes.core_schema(minor, api_version, kind)
        assert schema is not None
        jsonschema_rs.Draft202012Validator(schema)


def test_kinds_are_objects_of_their_own() -> None:
    kinds = set(kubernetes.kinds("1.34"))
    wanted = {"v1/ConfigMap", "v1/Service", "v1/PersistentVolumeClaim", "apps/v1/Deployment", "batch/v1/Job"}
    assert (
        wanted | {"autoscaling/v2/HorizontalPodAutoscaler", "resource.k8s.io/v1/ResourceClaimTemplate"}
        <= kinds
    )
    assert "v1/PodList" not in kinds
    assert "v1/DeleteOptions" not in kinds
    assert kubernetes.core_schema("1.34", "nvidia.com/v1beta1", "DynamoGraphDeployment") is None


def test_a_deployment() -> None:
    good = deployment(
        image="i",
        resources={"limits": {"cpu": 0.5, "memory": "1Gi", "nvidia.com/gpu": 1}},
        ports=[{"containerPort": 80}],
    )
    assert errors(good) == []


@pytest.mark.parametrize(
    ("container", "message"),
    [
        ({"imagePullpolicy": "Always"}, "('imagePullpolicy' was unexpected)"),
        ({"ports": [{"containerPort": "80"}]}, '"80" is not of type "integer"'),
        ({"ports": [{"containerPort": 2**31}]}, "greater than the maximum"),
        ({"resources": {"limits": {"memory": "1GB"}}}, "does not match"),
        ({"livenessProbe": {"httpGet": {"port": 1.5}}}, 'is not of types "integer", "string"'),
        ({"env": [{"name": "A", "value": 1}]}, '1 is not of type "string"'),
    ],
)
def test_misspelt_and_mistyped(container: dict[str, Any], message: str) -> None:
    (found,) = errors(deployment(**container))
    assert found.startswith("spec.template.spec.containers.0")
    assert message in found


def test_open_parts_stay_open() -> None:
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "spec": {
            "group": "g",
            "names": {"kind": "K", "plural": "ks"},
            "scope": "Namespaced",
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {
                        "openAPIV3Schema": {"type": "object", "properties": {"a": {"default": {"b": [1]}}}}
                    },
                }
            ],
        },
    }
    assert errors(crd) == []
    assert (
        errors({"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}, "binaryData": {"c": "ZA=="}})
        == []
    )
    assert errors({"apiVersion": "v1", "kind": "ConfigMap", "datas": {}}) != []


def test_fields_follow_the_minor() -> None:
    newest = kubernetes.structural("1.37", POD)["properties"]["spec"]["properties"]
    oldest = kubernetes.structural("1.30", POD)["properties"]["spec"]["properties"]
    assert set(newest) > set(oldest)
    assert "resourceClaims" in oldest


def test_structural_schemas_are_structural() -> None:
    def check(node: dict[str, Any]) -> None:
        assert "$ref" not in node
        assert (
            "type" in node
            or "x-kubernetes-int-or-string" in node
            or "x-kubernetes-preserve-unknown-fields" in node
        )
        assert node.get("type") != ["object", "null"]
        keys = node.get("x-kubernetes-list-map-keys", ())
        for key in keys:
            item = node["items"]
            assert key in item.get("required", ()) or "default" in item["properties"][key]
        for child in node.get("properties", {}).values():
            check(child)
        for key in ("items", "additionalProperties"):
            if isinstance(node.get(key), dict):
                check(node[key])

    for minor in ("1.33", "1.34", "1.36", "1.37"):  # what CRDs embed, and the newest
        check(kubernetes.structural(minor, POD))
        check(kubernetes.structural(minor, "api.batch.v1.JobSpec"))


def test_metadata_of_templates() -> None:
    whole = kubernetes.structural("1.36", POD)["properties"]["metadata"]
    assert set(whole["properties"]) == {"annotations", "finalizers", "labels", "name", "namespace"}
    bare = kubernetes.structural("1.36", POD, embedded_metadata=False)["properties"]["metadata"]
    assert bare == {"type": "object"}
