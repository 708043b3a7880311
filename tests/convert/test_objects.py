"""Small graphs, written out: what each version makes of the other's fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pydynamo_manifests import convert as top_level
from pydynamo_manifests.convert import ALPHA, BETA, convert, convert_report
from pydynamo_manifests.errors import ConversionError

Obj = dict[str, Any]


def alpha(services: Obj, **spec: Any) -> Obj:
    spec = {"services": services, **spec}
    return {"apiVersion": ALPHA, "kind": "DynamoGraphDeployment", "metadata": {"name": "g"}, "spec": spec}


def beta(*components: Obj, **spec: Any) -> Obj:
    spec = {"components": list(components), **spec}
    return {"apiVersion": BETA, "kind": "DynamoGraphDeployment", "metadata": {"name": "g"}, "spec": spec}


def saved(manifest: Obj, key: str = "nvidia.com/dgd-spec") -> Any:
    return json.loads(manifest["metadata"]["annotations"][key])["spec"]


def main_of(manifest: Obj, index: int = 0) -> Obj:
    containers: list[Obj] = manifest["spec"]["components"][index]["podTemplate"]["spec"]["containers"]
    return containers[0]


def test_the_public_name_is_the_function() -> None:
    assert top_level is convert


def test_a_worker_becomes_a_pod_template_and_comes_back_as_written() -> None:
    service = {
        "componentType": "worker",
        "subComponentType": "decode",
        "envFromSecret": "hf",
        "envs": [{"name": "A", "value": "1"}, {"name": "B", "value": "1"}],
        "resources": {"limits": {"gpu": "2", "memory": "8Gi", "custom": {"rdma/ib": "1"}}},
        "volumeMounts": [{"name": "models", "mountPoint": "/m"}],
        "sharedMemory": {"size": "16Gi"},
        "scalingAdapter": {"enabled": True},
        "extraPodSpec": {
            "mainContainer": {
                "image": "i",
                "env": [{"name": "B", "value": "2"}, {"name": "C", "value": "3"}],
                "volumeMounts": [{"name": "config", "mountPath": "/c", "readOnly": True}],
            },
            "nodeSelector": {"a": "b"},
        },
    }
    source = alpha({"decode": service})
    out = convert(source, BETA)
    assert out["spec"]["components"] == [
        {
            "name": "decode",
            "type": "decode",
            "podTemplate": {
                "spec": {
                    "containers": [
                        {
                            "name": "main",
                            "image": "i",
                            "envFrom": [{"secretRef": {"name": "hf"}}],
                            "env": [
                                {"name": "A", "value": "1"},
                                {"name": "B", "value": "2"},
                                {"name": "C", "value": "3"},
                            ],
                            "resources": {"limits": {"memory": "8Gi", "nvidia.com/gpu": "2", "rdma/ib": "1"}},
                            "volumeMounts": [
                                {"name": "config", "mountPath": "/c", "readOnly": True},
                                {"name": "models", "mountPath": "/m"},
                            ],
                        }
                    ],
                    "nodeSelector": {"a": "b"},
                }
            },
            "sharedMemorySize": "16Gi",
            "scalingAdapter": {},
        }
    ]
    back = convert(out, ALPHA)
    main = back["spec"]["services"]["decode"]["extraPodSpec"]["mainContainer"]
    assert (main.pop("name"), main.pop("resources")) == ("", {})
    assert back["spec"] == source["spec"]
    assert "annotations" not in back["metadata"]


def test_an_edit_of_the_converted_object_wins_over_what_was_saved() -> None:
    service = {
        "envs": [{"name": "A", "value": "1"}],
        "extraPodSpec": {"mainContainer": {"image": "i", "env": [{"name": "B"}]}},
    }
    out = convert(alpha({"w": service}), BETA)
    main_of(out)["env"][1]["value"] = "edited"
    back = convert(out, ALPHA)["spec"]["services"]["w"]
    assert back["envs"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "edited"}]
    assert "env" not in back["extraPodSpec"]["mainContainer"]


@pytest.mark.parametrize(
    ("service", "component"),
    [
        ({"componentType": "main"}, {"type": "main"}),
        ({"componentType": "worker", "subComponentType": "x"}, {"type": "worker"}),
        ({"sharedMemory": {"disabled": True}}, {"sharedMemorySize": "0"}),
        ({"sharedMemory": {"disabled": True, "size": "1Gi"}}, {"sharedMemorySize": "0"}),
        ({"sharedMemory": {}}, {}),
        ({"scalingAdapter": {"enabled": False}}, {}),
        ({"ingress": {"enabled": True, "host": "h"}, "annotations": {"a": "b"}, "labels": {"c": "d"}}, {}),
        ({"failover": {"enabled": True, "mode": "interPod"}}, {"experimental": {"failover": {"mode": "InterPod"}}}),
        ({"failover": {"enabled": False, "mode": "interPod"}}, {}),
        ({"gpuMemoryService": {"enabled": True, "mode": "odd"}}, {"experimental": {"gpuMemoryService": {"mode": "odd"}}}),
        ({"checkpoint": {}}, {"experimental": {"checkpoint": {"enabled": False}}}),
        ({"multinode": {"nodeCount": 2}, "replicas": 0}, {"multinode": {"nodeCount": 2}, "replicas": 0}),
        ({"roles": [{"name": "leader", "replicas": 1}]}, {"roles": [{"name": "leader", "replicas": 1}]}),
        ({"extraPodSpec": {}}, {}),
        ({"volumeMounts": [{"name": "c", "mountPoint": "/c", "useAsCompilationCache": True}]},
         {"compilationCache": {"pvcName": "c", "mountPath": "/c"}}),
    ],
)  # fmt: skip
def test_fields_of_a_component(service: Obj, component: Obj) -> None:
    out = convert(alpha({"w": service}), BETA)
    assert out["spec"]["components"] == [{"name": "w", **component}]
    back = convert(out, ALPHA)["spec"]["services"]["w"]
    defaults = {"sharedMemory": {"size": "0"}, "scalingAdapter": {}}
    written = {k: defaults[k] | v if k in defaults else v for k, v in service.items()}
    written.get("scalingAdapter", {}).pop("enabled", None)
    assert back == written


def test_names_are_sorted_unless_v1beta1_had_another_order() -> None:
    out = convert(beta({"name": "z"}, {"name": "a"}, {"name": "B"}), ALPHA)
    assert saved(out) == {"components": [{"name": "z"}, {"name": "a"}, {"name": "B"}]}
    out["spec"]["services"]["new"] = {}
    assert [c["name"] for c in convert(out, BETA)["spec"]["components"]] == ["z", "a", "B", "new"]


def test_services_are_sorted_by_bytes() -> None:
    out = convert(alpha({"b": {}, "Z": {}, "a": {}, "gone": None}), BETA)
    assert [c["name"] for c in out["spec"]["components"]] == ["Z", "a", "b"]
    assert convert(out, ALPHA)["spec"]["services"] == {"Z": {}, "a": {}, "b": {}, "gone": None}


def test_the_graphs_own_fields() -> None:
    spec = {
        "envs": [{"name": "A", "value": "<&>"}],
        "pvcs": [{"name": "p", "create": True, "size": "10Gi"}],
        "topologyConstraint": {"topologyProfile": "t", "packDomain": "rack"},
        "backendFramework": "vllm",
    }
    out = convert(alpha({"w": {}}, **spec), BETA)
    assert out["spec"] == {
        "components": [{"name": "w"}],
        "env": [{"name": "A", "value": "<&>"}],
        "backendFramework": "vllm",
        "topologyConstraint": {"clusterTopologyName": "t", "packDomain": "rack"},
    }
    assert convert(out, ALPHA)["spec"] == alpha({"w": {}}, **spec)["spec"]


def test_saved_text_escapes_as_go_does() -> None:
    out = convert(alpha({"w": {"annotations": {"a": "<b> & c\u2028é"}}}), BETA)
    text = out["metadata"]["annotations"]["nvidia.com/dgd-spec"]
    assert text == (
        '{"version":1,"spec":{"services":{"w":{"annotations":{"a":"\\u003cb\\u003e \\u0026 c\\u2028é"}}}}}'
    )


def test_hub_only_parts_of_a_pod_survive() -> None:
    template = {
        "metadata": {"name": "t", "labels": {"a": "b"}},
        "spec": {
            "containers": [
                {"name": "log", "image": "l"},
                {
                    "name": "main",
                    "image": "i",
                    "volumeMounts": [{"name": "m", "mountPath": "/m", "subPath": "s"}],
                },
            ]
        },
    }
    source = beta(
        {"name": "w", "podTemplate": template, "experimental": {"grove": {"forceScalingGroup": True}}}
    )
    there = convert(source, ALPHA)
    assert there["spec"]["services"]["w"]["volumeMounts"] == [{"name": "m", "mountPoint": "/m"}]
    assert convert(there, BETA)["spec"] == source["spec"]
    there["spec"]["services"]["w"]["volumeMounts"][0]["mountPoint"] = "/elsewhere"
    mounts = convert(there, BETA)["spec"]["components"][0]["podTemplate"]["spec"]["containers"][1][
        "volumeMounts"
    ]
    assert mounts == [{"name": "m", "mountPath": "/elsewhere", "subPath": "s"}]


def test_a_frontend_sidecar_follows_its_container() -> None:
    sidecar = {"image": "f", "args": ["-m"], "envFromSecret": "s", "envs": [{"name": "A", "value": "1"}]}
    out = convert(alpha({"w": {"frontendSidecar": sidecar}}), BETA)
    component = out["spec"]["components"][0]
    assert component["frontendSidecar"] == "sidecar-frontend"
    assert convert(out, ALPHA)["spec"]["services"]["w"] == {"frontendSidecar": sidecar}
    component["podTemplate"]["spec"]["containers"][1]["image"] = "g"
    assert convert(out, ALPHA)["spec"]["services"]["w"] == {"frontendSidecar": sidecar | {"image": "g"}}
    del component["podTemplate"]["spec"]["containers"][1]
    assert convert(out, ALPHA)["spec"]["services"]["w"]["frontendSidecar"] == sidecar


def test_the_authors_own_sidecar_stays_beside_the_field() -> None:
    service = {
        "frontendSidecar": {"image": "f"},
        "extraPodSpec": {"containers": [{"name": "sidecar-frontend", "image": "mine", "resources": {}}]},
    }
    out = convert(alpha({"w": service}), BETA)
    containers = out["spec"]["components"][0]["podTemplate"]["spec"]["containers"]
    assert [c.get("image") for c in containers] == [None, "mine"]
    assert convert(out, ALPHA)["spec"]["services"]["w"] == service


def test_a_component_deployment_without_a_name_takes_the_objects() -> None:
    source = {
        "apiVersion": ALPHA,
        "kind": "DynamoComponentDeployment",
        "metadata": {"name": "w"},
        "spec": {"replicas": 1},
    }
    out = convert(source, BETA)
    assert out["spec"] == {"name": "w", "replicas": 1}
    back = convert(out, ALPHA)
    assert back["spec"] == {"replicas": 1}
    out["spec"]["name"] = "edited"
    assert convert(out, ALPHA)["spec"]["serviceName"] == "edited"


def test_status_of_a_component_deployment() -> None:
    status = {
        "conditions": [{"type": "Available", "status": "True", "reason": "r", "message": "m", "lastTransitionTime": None}],
        "podSelector": {"a": "b"},
        "service": {"componentKind": "Deployment", "componentName": "old", "componentNames": ["x", "y"], "replicas": 1,
                    "updatedReplicas": 1},
    }  # fmt: skip
    source = {
        "apiVersion": ALPHA,
        "kind": "DynamoComponentDeployment",
        "metadata": {"name": "w"},
        "status": status,
    }
    out = convert(source, BETA)
    assert out["status"]["component"]["componentNames"] == ["x", "y"]
    assert convert(out, ALPHA)["status"] == status
    out["status"]["component"]["componentNames"] = ["x", "z"]
    assert convert(out, ALPHA)["status"]["service"]["componentName"] == "z"


def test_a_rolling_update_is_renamed() -> None:
    source = alpha({"w": {}}) | {
        "status": {"state": "pending", "rollingUpdate": {"phase": "InProgress", "updatedServices": ["w"]}}
    }
    out = convert(source, BETA)
    assert out["status"]["rollingUpdate"] == {"phase": "InProgress", "updatedComponents": ["w"]}
    assert convert(out, ALPHA)["status"] == source["status"]


def test_a_scaling_adapter_is_a_rename() -> None:
    kind = "DynamoGraphDeploymentScalingAdapter"
    spec = {"replicas": 2, "dgdRef": {"name": "g", "serviceName": "w"}}
    source = {
        "apiVersion": ALPHA,
        "kind": kind,
        "metadata": {"name": "a"},
        "spec": spec,
        "status": {"replicas": 1},
    }
    out = convert(source, BETA)
    assert out["spec"] == {"replicas": 2, "dgdRef": {"name": "g", "componentName": "w"}}
    assert convert(out, ALPHA) == source


@pytest.mark.parametrize(
    "text", ["no json", "[1]", '{"spec":[]}', '{"spec":{"services":3}}', "null", '"text"']
)
def test_a_saved_spec_that_cannot_be_read_counts_as_none(text: str) -> None:
    source = beta({"name": "w", "type": "worker"})
    source["metadata"]["annotations"] = {"nvidia.com/dgd-spec": text, "mine": "kept"}
    out = convert(source, ALPHA)
    assert out["metadata"]["annotations"] == {"mine": "kept"}
    assert out["spec"]["services"] == {"w": {"componentType": "worker"}}


def test_a_bare_saved_spec_is_read_too() -> None:
    source = beta({"name": "w"})
    source["metadata"]["annotations"] = {"nvidia.com/dgd-spec": '{"pvcs":[{"name":"p","size":"0"}]}'}
    assert convert(source, ALPHA)["spec"]["pvcs"] == [{"name": "p", "size": "0"}]


def test_a_saved_status_that_cannot_be_read_is_refused() -> None:
    source = beta({"name": "w"})
    source["metadata"]["annotations"] = {"nvidia.com/dgd-status": "{"}
    with pytest.raises(
        ConversionError, match="status saved in the private annotation cannot be read as JSON"
    ):
        convert(source, ALPHA)


def test_the_asked_version_is_a_copy() -> None:
    source = beta({"name": "w", "unknown": 1})
    out = convert(source, "v1beta1")
    assert out == source
    assert out["spec"]["components"] is not source["spec"]["components"]


REFUSALS: list[tuple[Any, str, str]] = [
    (beta(), "v2", "cannot convert to 'v2': the versions are nvidia.com/v1alpha1 and nvidia.com/v1beta1"),
    (beta(), "apps/v1", "cannot convert to 'apps/v1': the versions are nvidia.com/v1alpha1 and nvidia.com/v1beta1"),
    ({"kind": "Deployment", "apiVersion": "apps/v1"}, BETA,
     ("cannot convert an object of kind 'Deployment'; it works for DynamoGraphDeployment, DynamoComponentDeployment, "
      "DynamoGraphDeploymentRequest, DynamoGraphDeploymentScalingAdapter")),
    ({"kind": "DynamoGraphDeploymnt", "apiVersion": ALPHA}, BETA,
     "cannot convert an object of kind 'DynamoGraphDeploymnt'; did you mean 'DynamoGraphDeployment'?"),
    ({}, BETA, "cannot convert an object of kind None; it works for DynamoGraphDeployment"),
    ({"kind": "DynamoGraphDeployment", "apiVersion": "nvidia.com/v1"}, BETA,
     ("cannot convert DynamoGraphDeployment from apiVersion 'nvidia.com/v1': the versions are "
      "nvidia.com/v1alpha1 and nvidia.com/v1beta1")),
    ({"kind": "DynamoGraphDeployment"}, BETA, "from apiVersion None"),
    (alpha({"a": {}}, components=[]), BETA,
     "the graph has both spec.services (v1alpha1) and spec.components (v1beta1); keep spec.services for nvidia.com/v1alpha1"),
    (beta({"name": "a"}, services={}), ALPHA, "keep spec.components for nvidia.com/v1beta1"),
    ({**beta({"name": "a"}), "apiVersion": ALPHA}, BETA,
     "spec.components is not a field of nvidia.com/v1alpha1; an object with it has apiVersion nvidia.com/v1beta1"),
    ({**alpha({"a": {}}), "apiVersion": BETA}, ALPHA,
     "spec.services is not a field of nvidia.com/v1beta1; an object with it has apiVersion nvidia.com/v1alpha1"),
    (alpha({"Frontend": {}, "frontend": {}}), BETA,
     "spec.services: v1beta1 takes 'Frontend' and 'frontend' for one name; rename one of them"),
    (beta({"name": "a"}, {"name": "a"}), ALPHA,
     "spec.components: two components are called 'a'; v1alpha1 keeps them in a map"),
    (alpha({"a": []}), BETA, "spec.services.a: expected a map, found a list"),
    ({**alpha({}), "spec": "x"}, BETA, "spec: expected a map, found text"),
    ({"kind": "DynamoGraphDeploymentRequest", "apiVersion": ALPHA, "spec": {"profilingConfig": {"config": "a: b"}}}, BETA,
     "spec.profilingConfig.config: expected a map"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "to", "message"), REFUSALS)
def test_refusals(source: Obj, to: str, message: str) -> None:
    before = json.dumps(source)
    with pytest.raises(ConversionError) as caught:
        convert(source, to)
    assert message in str(caught.value)
    assert json.dumps(source) == before


def test_a_report_names_what_the_operator_gives_up() -> None:
    service = {
        "pvc": {"name": "old"},
        "resources": {"limits": {"cpu": "many", "custom": {"x/y": "1 2"}, "gpuType": "a b"}},
        "extraPodSpec": {"containers": [{"name": "main", "image": "i"}]},
    }
    report = convert_report(alpha({"w": service}), BETA)
    assert [str(d) for d in report.dropped] == [
        "spec.services.w.pvc: no such field in this version; the API server prunes it",
        (
            "spec.services.w.extraPodSpec.containers[0]: a container called 'main' gives way to mainContainer; "
            "merge the two or rename it"
        ),
        "spec.services.w.resources.limits.cpu: 'many' is no quantity; v1beta1 does not show it",
        "spec.services.w.resources.limits.x/y: '1 2' is no quantity; v1beta1 does not show it",
    ]
    assert convert_report(alpha({"w": {}}), BETA).dropped == ()


def test_a_report_names_what_the_api_server_refuses() -> None:
    services = {"a_b": {"componentType": "main"}, "ok": {"componentType": "planner"}, "x" * 64: {}, "_": None}
    report = convert_report(alpha(services), BETA)
    assert [d.path for d in report.refused] == [
        "spec.services.a_b",
        "spec.services.a_b.componentType",
        f"spec.services.{'x' * 64}",
    ]
    assert report.refused[1].reason.startswith(
        "'main' is no type in v1beta1; choose one of frontend, worker, "
    )
    single = {
        "apiVersion": ALPHA,
        "kind": "DynamoComponentDeployment",
        "metadata": {},
        "spec": {"componentType": "x"},
    }
    assert [d.path for d in convert_report(single, BETA).refused] == ["spec.componentType"]
    assert convert_report(beta({"name": "a"}), ALPHA).refused == ()


def component_deployment(spec: dict[str, Any], version: str = ALPHA) -> dict[str, Any]:
    metadata = {"name": "n"}
    return {"apiVersion": version, "kind": "DynamoComponentDeployment", "metadata": metadata, "spec": spec}


def test_a_main_container_of_which_nothing_is_left_is_not_written() -> None:
    spec = {"envs": [{"name": "A"}], "extraPodSpec": {"mainContainer": {"image": "i"}}}
    beta = convert(component_deployment(spec), BETA)
    del beta["spec"]["podTemplate"]["spec"]["containers"][0]["image"]
    assert "mainContainer" not in convert(beta, ALPHA)["spec"].get("extraPodSpec", {})


def test_one_cache_among_the_mounts_is_not_saved_and_comes_back_first() -> None:
    mounts = [
        {"name": "a", "mountPoint": "/a"},
        {"name": "b", "mountPoint": "/b", "useAsCompilationCache": True},
    ]
    beta = convert(component_deployment({"volumeMounts": mounts}), BETA)
    assert "volumeMounts" not in beta["metadata"]["annotations"]["nvidia.com/dcd-spec"]
    assert convert(beta, ALPHA)["spec"]["volumeMounts"] == mounts[::-1]


def test_a_cache_that_main_does_not_mount_leaves_a_mark() -> None:
    pod = {"spec": {"containers": [{"name": "main", "image": "i"}]}}
    spec = {"compilationCache": {"pvcName": "c", "mountPath": "/c"}, "podTemplate": pod}
    there = convert(component_deployment(spec, BETA), ALPHA)
    assert '"containers":[{"name":"main"' in there["metadata"]["annotations"]["nvidia.com/dcd-spec"]
    assert convert(there, BETA)["spec"]["podTemplate"] == pod


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "a", "b"), ("b", "a", "c")])
def test_mounts_keep_the_order_that_somebody_gave_them_in_v1alpha1(order: tuple[str, ...]) -> None:
    listed = [{"name": name, "mountPath": f"/{name}", "readOnly": True} for name in ("a", "b", "c")]
    pod = {"spec": {"containers": [{"name": "main", "image": "i", "volumeMounts": listed}]}}
    cache = {"pvcName": "c", "mountPath": "/c"}
    out = convert(component_deployment({"podTemplate": pod, "compilationCache": cache}, BETA), ALPHA)
    mounts = out["spec"]["volumeMounts"]
    assert [m["name"] for m in mounts] == ["c", "a", "b"], "the cache comes first"
    out["spec"]["volumeMounts"] = sorted(mounts, key=lambda m: order.index(m["name"]))
    back = convert(out, BETA)["spec"]["podTemplate"]["spec"]["containers"][0]["volumeMounts"]
    assert back == [{"name": name, "mountPath": f"/{name}", "readOnly": True} for name in order]


def named(name: str) -> Obj:
    mounts = {} if name == "main" else {"volumeMounts": [{"name": "v", "mountPath": "/v"}]}
    return {"name": name, "image": "i", "command": ["c"], **mounts}


@pytest.mark.parametrize(
    ("sidecar", "containers", "marked"),
    [
        ({"frontendSidecar": "x"}, ["x"], ["x"]),
        ({"frontendSidecar": "x"}, ["main", "x"], ["x"]),
        ({"frontendSidecar": "x"}, ["y"], []),
        ({"frontendSidecar": "sidecar-frontend"}, ["main", "sidecar-frontend"], ["sidecar-frontend"]),
        ({}, ["", "x", ""], ["", ""]),
        ({}, ["x"], []),
    ],
)
def test_the_container_that_frontend_sidecar_names_is_marked_and_no_more(
    sidecar: Obj, containers: list[str], marked: list[str]
) -> None:
    listed = [named(name) for name in containers]
    source = component_deployment({"podTemplate": {"spec": {"containers": listed}}, **sidecar}, BETA)
    out = convert(source, ALPHA)
    template = saved(out, "nvidia.com/dcd-spec")["podTemplate"]
    assert template["spec"]["containers"] == ([{"name": name, "resources": {}} for name in marked] or None)
    back = convert(out, BETA)["spec"]
    assert back["podTemplate"]["spec"]["containers"] == listed
    assert {k: v for k, v in back.items() if k == "frontendSidecar"} == sidecar


def test_an_empty_list_of_conditions_is_left_out_where_it_may_be() -> None:
    given = component_deployment({}) | {"status": {"conditions": []}}
    assert "conditions" not in convert(given, BETA).get("status", {})
