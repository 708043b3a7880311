"""``clean``: what a person would write, and the list of what that gives up."""

from __future__ import annotations

from typing import Any

import pytest

from pydynamo_manifests.convert import ALPHA, BETA, convert, convert_report
from tests.convert.test_objects import alpha, beta
from tests.convert.test_requests import request

Obj = dict[str, Any]


def test_no_annotation_and_nothing_that_only_go_writes() -> None:
    service = {"envs": [{"name": "A", "value": "1"}], "extraPodSpec": {"mainContainer": {"image": "i"}}}
    report = convert_report(alpha({"w": service}), BETA, clean=True)
    assert report.dropped == ()
    assert report.manifest == {
        "apiVersion": BETA,
        "kind": "DynamoGraphDeployment",
        "metadata": {"name": "g"},
        "spec": {
            "components": [
                {
                    "name": "w",
                    "podTemplate": {
                        "spec": {
                            "containers": [
                                {"name": "main", "image": "i", "env": [{"name": "A", "value": "1"}]}
                            ]
                        }
                    },
                }
            ]
        },
    }
    back = convert(report.manifest, ALPHA, clean=True)
    assert back["spec"]["services"]["w"] == service
    assert "status" not in back


def test_a_status_that_was_there_stays() -> None:
    source = alpha({"w": {}}) | {"status": {"state": "pending"}}
    assert convert(source, BETA, clean=True)["status"] == {"state": "pending"}


def test_what_v1beta1_cannot_say_is_listed() -> None:
    service = {
        "annotations": {"a": "b"},
        "ingress": {"enabled": True},
        "serviceName": "x",
        "dynamoNamespace": "d",
        "subComponentType": "s",
        "autoscaling": {"enabled": True},
        "failover": {"enabled": False},
        "volumeMounts": [
            {"name": "a", "mountPoint": "/a", "useAsCompilationCache": True},
            {"name": "b", "mountPoint": "/b", "useAsCompilationCache": True},
        ],
        "resources": {"limits": {"cpu": "1000m"}},
    }
    source = alpha({"w": service, "none": None}, pvcs=[{"name": "p", "create": True, "size": "1Gi"}])
    report = convert_report(source, BETA, clean=True)
    assert "annotations" not in report.manifest["metadata"]
    assert [d.path for d in report.dropped] == [
        "spec.pvcs",
        "spec.services.none",
        "spec.services.w.annotations",
        "spec.services.w.serviceName",
        "spec.services.w.subComponentType",
        "spec.services.w.dynamoNamespace",
        "spec.services.w.autoscaling",
        "spec.services.w.volumeMounts",
        "spec.services.w.ingress",
    ]
    assert all(d.reason for d in report.dropped)


def test_what_v1alpha1_cannot_say_is_listed() -> None:
    component = {
        "name": "w",
        "frontendSidecar": "other",
        "experimental": {"grove": {"forceScalingGroup": True}},
        "podTemplate": {"metadata": {"name": "t"}, "spec": {"containers": [{"name": "main", "image": "i"}]}},
    }
    report = convert_report(beta(component), ALPHA, clean=True)
    assert [d.path for d in report.dropped] == [
        "spec.components.w.frontendSidecar",
        "spec.components.w.experimental.grove",
        "spec.components.w.podTemplate.metadata.name",
    ]
    assert "annotations" not in report.manifest["metadata"]


def test_mounts_with_more_than_a_path_move_into_the_container() -> None:
    mounts = [
        {"name": "models", "mountPath": "/m", "readOnly": True},
        {"name": "cache", "mountPath": "/c"},
    ]
    component = {
        "name": "w",
        "compilationCache": {"pvcName": "cache", "mountPath": "/c"},
        "podTemplate": {"spec": {"containers": [{"name": "main", "image": "i", "volumeMounts": mounts}]}},
    }
    out = convert(beta(component), ALPHA, clean=True)
    service = out["spec"]["services"]["w"]
    assert service["volumeMounts"] == [{"name": "cache", "mountPoint": "/c", "useAsCompilationCache": True}]
    assert service["extraPodSpec"]["mainContainer"]["volumeMounts"] == mounts[:1]
    back = convert(out, BETA, clean=True)["spec"]["components"][0]
    assert back == component


@pytest.mark.parametrize(
    ("extra", "fits"),
    [({}, True), ({"envFrom": [{"secretRef": {"name": "s"}}]}, True), ({"workingDir": "/"}, False),
     ({"envFrom": [{"configMapRef": {"name": "c"}}]}, False)],
)  # fmt: skip
def test_a_frontend_sidecar_is_written_in_its_field_where_that_says_it_all(extra: Obj, fits: bool) -> None:  # noqa: FBT001 - a column
    containers = [{"name": "main", "image": "i"}, {"name": "sidecar-frontend", "image": "f", **extra}]
    spec: Obj = {
        "name": "w",
        "frontendSidecar": "sidecar-frontend",
        "podTemplate": {"spec": {"containers": containers}},
    }
    report = convert_report(beta(spec), ALPHA, clean=True)
    assert ("frontendSidecar" in report.manifest["spec"]["services"]["w"]) is fits
    assert bool(report.dropped) is not fits
    single = {
        "apiVersion": BETA,
        "kind": "DynamoComponentDeployment",
        "metadata": {"name": "w"},
        "spec": spec,
    }
    report = convert_report(single, ALPHA, clean=True)
    assert ("frontendSidecar" in report.manifest["spec"]) is fits
    assert bool(report.dropped) is not fits


def test_annotations_of_an_earlier_conversion_are_used_up() -> None:
    source = alpha({"w": {"ingress": {"enabled": True}}})
    there = convert(source, BETA)
    assert convert(there, ALPHA, clean=True)["spec"] == source["spec"]


def test_a_component_deployment_and_a_request() -> None:
    single = {
        "apiVersion": ALPHA,
        "kind": "DynamoComponentDeployment",
        "metadata": {"name": "w"},
        "spec": {"labels": {"a": "b"}},
    }
    report = convert_report(single, BETA, clean=True)
    assert [d.path for d in report.dropped] == ["spec.labels"]
    spec = {"model": "m", "hardware": {"gpuSku": "l4", "rdma": False}, "searchStrategy": "rapid",
            "overrides": {"dgd": {"kind": "K"}}}  # fmt: skip
    report = convert_report(request(BETA, spec), ALPHA, clean=True)
    assert [d.path for d in report.dropped] == [
        "spec.hardware.gpuSku",
        "spec.hardware.rdma",
        "spec.overrides.dgd",
    ]
    status = {"phase": "Deployed", "dgdName": "d"}
    report = convert_report(request(BETA, {"model": "m"}, status), ALPHA, clean=True)
    assert [d.path for d in report.dropped] == ["status"]


def test_a_scaling_adapter_has_nothing_to_drop() -> None:
    spec = {"replicas": 1, "dgdRef": {"name": "g", "serviceName": "w"}}
    source = {
        "apiVersion": ALPHA,
        "kind": "DynamoGraphDeploymentScalingAdapter",
        "metadata": {"name": "a"},
        "spec": spec,
    }
    report = convert_report(source, BETA, clean=True)
    assert report.dropped == ()
    assert "status" not in report.manifest
