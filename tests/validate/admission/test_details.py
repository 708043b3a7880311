"""Corners of single rules: which values, which place, which release, who asks."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pydynamo_manifests import yaml
from pydynamo_manifests.convert import convert
from pydynamo_manifests.errors import UnknownNameError
from pydynamo_manifests.validate.admission import admit, as_applied, default, described
from pydynamo_manifests.validate.admission.review import rule
from pydynamo_manifests.validate.admission.semver import count, image_version, negative, quantity
from pydynamo_manifests.validate.cluster import Cluster
from tests.validate.admission.support import EVERYTHING, NOTHING, SNAPSHOT, alpha, beta, component, whole

OPERATOR = EVERYTHING.operator_principal
STAMPS = {"nvidia.com/workload-provider": "grove", "nvidia.com/dynamo-operator-origin-version": "1.5.1"}


def found(
    obj: Any, *, release: str = SNAPSHOT, cluster: Cluster | None = EVERYTHING, **more: Any
) -> list[str]:
    return [f"{f.rule} {f.path}" for f in admit(obj, release=release, cluster=cluster, **more)]


def part(text: str) -> dict[str, Any]:
    return whole(yaml.load(text))


def worker(text: str, **more: Any) -> dict[str, Any]:
    return part(f"spec: {{components: [{{name: worker, {text}}}]}}") | more


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("r/a:1.5.1", (1, 5, 1)),
        ("r/a:v1.5.1", (1, 5, 1)),
        ("r/a:V1.5.1", (1, 5, 1)),
        ("r/a:1.5.1-rc.1", (1, 5, 1)),
        ("r/a:1.5.1-rc.1+build.7", (1, 5, 1)),
        ("r:5000/a:0.9.0@sha256:00", (0, 9, 0)),
        ("a:10.20.30", (10, 20, 30)),
        ("r/a", None),
        ("r:5000/a", None),
        ("r/a@sha256:00", None),
        ("r/a:latest", None),
        ("r/a:1.5", None),
        ("r/a:01.5.1", None),
        ("r/a:1.5.1.post1", None),
        ("r/a:1.5.1-rc.01", None),
        ("r/a:1.5.1-", None),
        ("r/a:vv1.5.1", None),
        ("r/a:1.5.99999999999999999999", None),
        ("r/a:1.5.1 ", None),
        ("r/a:\u0661.5.1", None),
        (":1.5.1", None),
        ("", None),
    ],
)
def test_an_image_says_a_version_only_by_a_strict_tag(image: str, version: tuple[int, ...] | None) -> None:
    assert image_version(image) == version
    graph = beta()
    graph["spec"]["components"][1]["podTemplate"]["spec"]["containers"][0]["image"] = image
    asked = found(graph)
    if image == "":
        assert asked == ["ADM-RUNTIME-01 spec.components[1].podTemplate.spec.containers[0].image"]
    else:
        assert (asked == []) == (version is not None)


@pytest.mark.parametrize(
    ("value", "whole_number"),
    [("1", 1), (2, 2), ("1500m", 2), ("2k", 2000), ("1Ki", 1024), ("1e3", 1000), ("0", 0), ("-1", -1), (1.5, 2),
     ("9" * 40, 2**63 - 1), ("1E", 10**18), ("+3", 3), ("3.", 3)],
)  # fmt: skip
def test_a_quantity_counts_rounded_up(value: Any, whole_number: int) -> None:
    assert count(value) == whole_number


@pytest.mark.parametrize(
    "value", ["", "one", "1 Gi", "1GiB", None, True, [], "1e99999999999", float("nan"), "--1"]
)
def test_what_is_no_quantity_counts_nothing(value: Any) -> None:
    assert quantity(value) is None
    assert count(value) is None
    assert not negative(value)


@pytest.mark.parametrize(
    ("graph", "name", "nodes", "fits"),
    [
        ("g" * 200, "w" * 37, 1, True),  # a long graph is shortened, but never below 8 characters
        ("g" * 200, "w" * 38, 1, False),
        ("g" * 7, "w" * 38, 1, True),  # a short one is not shortened
        ("g" * 7, "w" * 39, 1, False),
        ("g" * 200, "w" * 16, 2, True),  # group and leader: 16 + 20 + 8 = 44
        ("g" * 200, "w" * 17, 2, False),
        ("g", "w" * 20, 2, True),
        ("g", "w" * 21, 2, False),
    ],
)
def test_names_share_groves_budget(graph: str, name: str, nodes: int, *, fits: bool) -> None:
    more = {"multinode": {"nodeCount": nodes}} if nodes > 1 else {}
    obj = beta()
    obj["metadata"]["name"] = graph
    obj["spec"]["components"][1] = component(name, "worker", **more)
    assert found(obj) == ([] if fits else ["ADM-SPEC-03 spec.components[1].name"])
    obj["metadata"]["annotations"] = {"nvidia.com/enable-grove": "False"}
    assert found(obj) == []
    assert found(obj, release="0.9") == []


def test_operators_before_1_2_did_not_shorten_the_graphs_name() -> None:
    obj = alpha()
    obj["metadata"]["name"] = "g" * 40
    assert found(obj, release="1.1") == [
        f"ADM-SPEC-03 spec.services[{name}]" for name in ("frontend", "worker")
    ]
    assert found(obj, release="1.2") == []


def test_a_shared_name_is_charged_for_the_pods_of_memory_servers() -> None:
    gms = "podTemplate: {spec: {containers: [{name: main, image: 'a:1.5.1', resources: {limits: {nvidia.com/gpu: 1}}}]}}"
    obj = part(
        f"spec: {{components: [{{name: {'w' * 18}, type: worker, {gms},"
        " experimental: {gpuMemoryService: {mode: InterPod}, grove: {forceScalingGroup: true}}}]}"
    )
    assert found(obj) == ["ADM-SPEC-03 spec.components[2].name"]


def test_nothing_but_the_object_is_judged_where_the_cluster_is_not_known() -> None:
    graph = part(
        "spec: {topologyConstraint: {clusterTopologyName: roads, packDomain: shelf}, priorityClassName: high}"
    )
    assert found(graph, cluster=None) == []
    assert found(graph, cluster=NOTHING) == ["ADM-SPEC-02 spec.priorityClassName"]
    assert len(found(graph)) == 1
    assert found(worker("experimental: {checkpoint: {enabled: true}}"), cluster=None) == []


def test_a_grown_object_is_not_held_against_the_clusters_topology() -> None:
    graph = part("spec: {topologyConstraint: {clusterTopologyName: roads, packDomain: rack}}")
    assert found(graph) == ["ADM-TOPO-03 spec.topologyConstraint.clusterTopologyName"]
    graph["metadata"]["generation"] = 2
    assert found(graph) == []


def test_every_unknown_level_is_named() -> None:
    graph = part(
        "spec: {topologyConstraint: {clusterTopologyName: rails, packDomain: shelf},"
        " components: [{name: worker, topologyConstraint: {packDomain: floor}}]}"
    )
    assert found(graph) == [
        "ADM-TOPO-04 spec.topologyConstraint.packDomain",
        "ADM-TOPO-04 spec.components[1].topologyConstraint.packDomain",
    ]


class TestWhoAsks:
    old = worker("scalingAdapter: {}, replicas: 2")
    new = worker("scalingAdapter: {}, replicas: 3")

    @pytest.mark.parametrize(
        ("user", "allowed"),
        [
            (OPERATOR, True),
            ("system:serviceaccount:chat:planner-serviceaccount", True),
            ("system:serviceaccount:chat:planner-serviceaccount-2", False),
            ("planner-serviceaccount", False),
            ("system:serviceaccount:planner-serviceaccount", False),
            ("jane", False),
            ("", False),
            (None, False),
        ],
    )
    def test_only_operator_and_planner_scale_what_an_adapter_owns(
        self, user: str | None, *, allowed: bool
    ) -> None:
        asked = found(self.new, old=self.old, user=user)
        assert asked == ([] if allowed else ["ADM-SCALE-01 spec.components[1].replicas"])

    def test_removing_the_adapter_is_no_way_around(self) -> None:
        free = worker("replicas: 3")
        assert found(free, old=self.old, user="jane") == ["ADM-SCALE-01 spec.components[1].replicas"]

    def test_another_operator_is_known_by_the_cluster(self) -> None:
        cluster = Cluster(features=EVERYTHING.features, operator_principal="system:serviceaccount:a:b")
        assert found(self.new, old=self.old, user="system:serviceaccount:a:b", cluster=cluster) == []
        assert found(self.new, old=self.old, user=OPERATOR, cluster=None) == []

    def test_the_operator_adopts_a_graph_and_nobody_else_does(self) -> None:
        old, new = beta(), beta()
        new["metadata"]["annotations"] = {"nvidia.com/workload-provider": "grove"}
        assert found(new, old=old, user=OPERATOR) == []
        assert found(new, old=old, user="jane") == [
            "ADM-META-07 metadata.annotations[nvidia.com/workload-provider]"
        ]


class TestAnApply:
    def stored(self, text: str = "replicas: 4, scalingAdapter: {}") -> dict[str, Any]:
        stored = worker(text)
        stored["metadata"]["annotations"] = dict(STAMPS)
        return stored

    def test_keeps_what_the_operator_stamped(self) -> None:
        new = worker("scalingAdapter: {}, replicas: 4")
        assert found(new, old=self.stored(), user="jane") == []
        assert as_applied(new, self.stored())["metadata"]["annotations"] == STAMPS
        assert "annotations" not in new["metadata"]

    def test_keeps_the_replicas_of_a_scaled_component(self) -> None:
        new = worker("scalingAdapter: {}")
        defaulted = default(new, old=self.stored(), release=SNAPSHOT, cluster=EVERYTHING)
        assert [c["replicas"] for c in defaulted["spec"]["components"]] == [1, 4]
        assert found(new, old=self.stored(), user="jane") == []

    def test_keeps_them_in_v1alpha1(self) -> None:
        stored, new = alpha(), alpha()
        stored["metadata"]["annotations"] = dict(STAMPS)
        stored["spec"]["services"]["worker"] |= {"replicas": 4, "scalingAdapter": {"enabled": True}}
        new["spec"]["services"]["worker"] |= {"scalingAdapter": {"enabled": True}}
        assert as_applied(new, stored)["spec"]["services"]["worker"]["replicas"] == 4
        assert found(new, old=stored, user="jane") == []

    def test_with_a_stamp_is_a_whole_object(self) -> None:
        new = worker("scalingAdapter: {}, replicas: 4")
        new["metadata"]["annotations"] = {"nvidia.com/dynamo-operator-origin-version": "1.5.1"}
        assert found(new, old=self.stored(), user="jane") == [
            "ADM-META-08 metadata.annotations[nvidia.com/workload-provider]"
        ]


class TestV1alpha1:
    def test_a_path_is_that_of_v1beta1_and_the_place_that_of_the_text(self) -> None:
        graph = laid_alpha(
            {
                "gpuMemoryService": {"enabled": True, "extraClientContainers": ["loader"]},
                "extraPodMetadata": {"annotations": {"dynamo.nvidia.com/gpu-power-limit": "300W"}},
                "sharedMemory": {"size": "-1Gi"},
            }
        )
        service = ("spec", "services", "worker")
        clients = ("gpuMemoryService", "extraClientContainers", 0)
        limit = ("annotations", "dynamo.nvidia.com/gpu-power-limit")
        assert [(f.path, f.at) for f in admit(graph, release=SNAPSHOT, cluster=EVERYTHING)] == [
            (f"spec.components[1].{path}", (*service, *at))
            for path, at in (
                ("sharedMemorySize", ("sharedMemory",)),
                ("experimental.gpuMemoryService", ("gpuMemoryService",)),
                ("experimental.gpuMemoryService.extraClientContainers[0]", clients),
                (f"podTemplate.metadata.annotations[{limit[1]}]", ("extraPodMetadata", *limit)),
                ("experimental.gpuMemoryService", ("gpuMemoryService",)),
            )
        ]

    def test_containers_are_found_where_they_were_written(self) -> None:
        graph = laid_alpha(
            {"extraPodMetadata": {"annotations": {"dynamo.nvidia.com/gpu-power-limit": "300"}}}
        )
        pod = graph["spec"]["services"]["worker"]["extraPodSpec"]
        pod["mainContainer"]["resources"] = {"claims": [{"name": "gpu"}]}
        pod["containers"] = [{"name": "main"}, {"name": "proxy", "resources": {"claims": [{"name": "gpu"}]}}]
        places = [f.at for f in admit(graph, release=SNAPSHOT, cluster=EVERYTHING)]
        base = ("spec", "services", "worker", "extraPodSpec")
        assert places == [
            (*base, "mainContainer", "resources", "claims"),
            (*base, "containers", 1, "resources", "claims"),
        ]

    def test_old_operators_named_the_paths_of_v1alpha1(self) -> None:
        graph = laid_alpha({"gpuMemoryService": {"enabled": True}})
        where = "experimental.gpuMemoryService"
        assert found(graph, release="1.3") == [f"ADM-GMS-02 spec.components[1].{where}"]
        assert found(graph, release="1.2") == ["ADM-GMS-02 spec.services[worker].gpuMemoryService"]

    def test_the_graphs_topology_is_found_under_its_old_name(self) -> None:
        graph = alpha()
        graph["spec"]["topologyConstraint"] = {"topologyProfile": "roads", "packDomain": "rack"}
        (finding,) = admit(graph, release=SNAPSHOT, cluster=EVERYTHING)
        assert finding.path == "spec.topologyConstraint.clusterTopologyName"
        assert finding.at == ("spec", "topologyConstraint", "topologyProfile")

    def test_no_services_are_no_components(self) -> None:
        graph = alpha()
        graph["spec"]["services"] = {"ghost": None}
        (finding,) = admit(graph, release=SNAPSHOT)
        assert (finding.path, finding.at) == ("spec.components", ("spec", "services"))

    @pytest.mark.parametrize(
        ("own", "main", "enough"),
        [
            ({"limits": {"gpu": "1"}}, {}, True),
            ({"limits": {"gpu": "1"}}, {"limits": {"nvidia.com/gpu": "0"}}, False),
            ({"limits": {"gpu": "1"}}, {"limits": {"cpu": "1"}}, True),
            ({"limits": {"gpu": "8", "gpuType": "gpu.example/x"}}, {}, True),
            ({"limits": {"gpu": "8", "gpuType": "example.com/tpu"}}, {}, False),
            ({"limits": {"gpu": "0", "custom": {"nvidia.com/gpu": "2"}}}, {}, True),
            ({"limits": {"gpu": "many"}}, {}, False),
            ({"requests": {"gpu": "1"}}, {}, True),
            ({}, {"requests": {"nvidia.com/gpu": 1}}, True),
            ({"limits": {"gpu": "many"}, "requests": {"gpu": "1"}}, {}, True),
        ],
    )
    def test_gpus_are_counted_after_merging_as_conversion_does(
        self, own: dict[str, Any], main: dict[str, Any], *, enough: bool
    ) -> None:
        graph = laid_alpha({"gpuMemoryService": {"enabled": True}, "resources": own})
        graph["spec"]["services"]["worker"]["extraPodSpec"]["mainContainer"]["resources"] = main
        assert (found(graph) == []) == enough

    def test_what_is_switched_off_is_not_there(self) -> None:
        off = {"gpuMemoryService": {"enabled": False, "mode": "interPod"}, "failover": {"enabled": False}}
        assert found(laid_alpha({**off, "scalingAdapter": {"enabled": False}})) == []

    def test_what_only_v1alpha1_can_say_is_judged_in_a_v1beta1_object_that_keeps_it(self) -> None:
        graph = laid_alpha({"ingress": {"enabled": True}})
        assert found(convert(graph, "nvidia.com/v1beta1")) == [
            "ADM-ALPHA-03 spec.services[worker].ingress.host"
        ]

    def test_the_logical_namespace_is_computed(self) -> None:
        graph = laid_alpha({"dynamoNamespace": "mine", "globalDynamoNamespace": True})
        (finding,) = admit(graph, release=SNAPSHOT)
        assert finding.message == "dynamoNamespace is ignored: mine becomes dynamo"
        del graph["spec"]["services"]["worker"]["globalDynamoNamespace"]
        (finding,) = admit(graph, release=SNAPSHOT)
        assert finding.message.endswith("mine becomes chat-qwen")


def laid_alpha(more: dict[str, Any]) -> dict[str, Any]:
    graph = alpha()
    graph["spec"]["services"]["worker"] |= copy.deepcopy(more)
    return graph


class TestEndpointPicker:
    def picker(self, image: str, config: bool, **more: Any) -> dict[str, Any]:  # noqa: FBT001 - a table's column
        graph = beta()
        made = component("picker", "epp", **more)
        made["podTemplate"]["spec"]["containers"][0]["image"] = image
        if config:
            made["eppConfig"] = {"configMapRef": {"name": "a", "key": "b"}}
        graph["spec"]["components"].append(made)
        return graph

    @pytest.mark.parametrize(
        ("release", "image", "config", "rules"),
        [
            ("1.4", "a:1.5.1", False, ["ADM-EPP-01"]),
            (SNAPSHOT, "a:1.5.1", True, []),
            ("1.5", "a:1.5.1", True, ["ADM-EPP-03"]),
            ("1.5", "a:1.5.0-rc1", True, ["ADM-EPP-03"]),
            ("1.5", "a:1.4.2", True, []),
            ("1.6", "a:1.4.2", False, ["ADM-EPP-02"]),
            ("1.6", "a:nightly", True, ["ADM-RUNTIME-02"]),
        ],
    )
    def test_the_configuration_goes_by_the_runtime(
        self,
        release: str,
        image: str,
        config: bool,  # noqa: FBT001 - a table's column
        rules: list[str],
    ) -> None:
        asked = admit(self.picker(image, config), release=release, cluster=EVERYTHING)
        assert [f.rule for f in asked] == rules

    def test_an_unchanged_violation_stays_admissible(self) -> None:
        old, new = self.picker("a:1.5.1", config=True), self.picker("a:1.5.1", config=True, replicas=1)
        assert found(new, old=old, release="1.5") == []
        new = self.picker("a:1.5.1", config=True, runtimeVersionOverride="1.6.0")
        assert found(new, old=old, release="1.5") == ["ADM-EPP-03 spec.components[2].eppConfig"]


class TestRequests:
    def request(self, phase: str = "", **spec: Any) -> dict[str, Any]:
        obj = part("kind: DynamoGraphDeploymentRequest")
        obj["spec"] |= spec
        return obj | {"status": {"phase": phase}}

    @pytest.mark.parametrize(
        ("phase", "before", "after", "allowed"),
        [
            ("Ready", {"autoApply": False}, {"autoApply": True}, True),
            ("Ready", {"autoApply": False}, {}, True),
            ("Ready", {"autoApply": False}, {"autoApply": False, "runtimeVersionOverride": "1.5.1"}, True),
            ("Ready", {"autoApply": False}, {"runtimeVersionOverride": "1.5.1"}, True),
            (
                "Profiling",
                {"autoApply": False},
                {"autoApply": False, "runtimeVersionOverride": "1.5.1"},
                True,
            ),
            ("Profiling", {"autoApply": False}, {"autoApply": True}, False),
            (
                "Deploying",
                {"autoApply": False},
                {"autoApply": False, "runtimeVersionOverride": "1.5.1"},
                False,
            ),
            ("Ready", {"autoApply": True}, {"autoApply": False}, False),
            ("Ready", {}, {"runtimeVersionOverride": "1.5.1"}, False),
            ("Ready", {"autoApply": False}, {"autoApply": True, "backend": "vllm"}, False),
            ("Deployed", {}, {"autoApply": True, "backend": "auto", "searchStrategy": "rapid"}, True),
            ("Pending", {}, {"backend": "vllm"}, True),
            ("Failed", {}, {"backend": "vllm"}, True),
        ],
    )
    def test_a_spec_may_change_only_while_nothing_was_made_of_it(
        self, phase: str, before: dict[str, Any], after: dict[str, Any], *, allowed: bool
    ) -> None:
        asked = found(self.request(**after), old=self.request(phase, **before))
        assert asked == ([] if allowed else ["ADM-DGDR-04 spec"])

    def test_before_1_4_a_reviewed_request_could_not_change_either(self) -> None:
        old, new = self.request("Ready", autoApply=False), self.request(autoApply=True)
        assert found(new, old=old, release="1.3") == ["ADM-DGDR-04 spec"]

    @pytest.mark.parametrize("state", ["Ready", "DeploymentDeleted", "Profiling"])
    def test_a_v1alpha1_request_is_held_in_the_same_phases(self, state: str) -> None:
        old = part("apiVersion: nvidia.com/v1alpha1\nkind: DynamoGraphDeploymentRequest")
        new = copy.deepcopy(old)
        old["status"] = {"state": state}
        new["spec"]["model"] = "b"
        assert found(new, old=old) == ["ADM-DGDR-04 spec"]
        new["spec"] = {**old["spec"], "enableGpuDiscovery": False}
        assert found(new, old=old) == []

    @pytest.mark.parametrize("image", ["profilerImage", "workersImage"])
    def test_a_v1alpha1_request_gets_its_image_from_two_places(self, image: str) -> None:
        obj = part("apiVersion: nvidia.com/v1alpha1\nkind: DynamoGraphDeploymentRequest")
        holder = "profilingConfig" if image == "profilerImage" else "deploymentOverrides"
        obj["spec"][holder] = {image: "r/a:nightly"}
        assert found(obj) == ["ADM-DGDR-03 spec.runtimeVersionOverride"]

    def test_a_v1alpha1_request_that_keeps_hardware_is_read_through_conversion(self) -> None:
        kept = convert(self.request(hardware={"gpuSku": "l40s"}, image="r/a:1.5.1"), "nvidia.com/v1alpha1")
        assert found(kept, cluster=NOTHING) == []
        del kept["metadata"]["annotations"]
        assert found(kept, cluster=NOTHING) == ["ADM-DGDR-01 spec.hardware"]

    def test_hardware_that_lacked_before_may_still_lack(self) -> None:
        assert found(self.request(backend="vllm"), old=self.request(), cluster=NOTHING) == []

    def test_the_planner_image_is_filled_where_the_operator_knows_its_version(self) -> None:
        asked = self.request()
        assert default(asked, release="1.6", cluster=EVERYTHING)["spec"]["image"].endswith(
            "/dynamo-planner:1.5.1"
        )
        assert default(asked, release="1.6", cluster=EVERYTHING, image="r/a:1")["spec"]["image"] == "r/a:1"
        assert default(asked, release="1.6", cluster=Cluster(operator_version="dev")) == asked
        assert default(asked, release="1.0", cluster=EVERYTHING) == asked


@pytest.mark.parametrize(
    ("resources", "enough"),
    [
        ({"limits": {"nvidia.com/gpu": "1"}}, True),
        ({"limits": {"amd.com/gpu": 1}}, True),
        ({"limits": {"gpu": "2"}}, True),
        ({"limits": {"gpu.intel.com/i915": "1"}}, True),
        ({"limits": {"nvidia.com/mig-1g.5gb": "1"}}, True),
        ({"limits": {"cpu": "1"}, "requests": {"nvidia.com/gpu": "1"}}, True),
        ({"limits": {"nvidia.com/gpu.shared": "1"}}, False),
        ({"limits": {"nvidia.com/gpu": "500m"}}, False),
        ({"limits": {"nvidia.com/gpu": "1500m"}}, False),
        ({"limits": {"nvidia.com/gpu": "1", "gpu": "0"}}, False),
        ({"limits": {"nvidia.com/gpu": "0"}, "requests": {"nvidia.com/gpu": "1"}}, False),
        ({}, False),
    ],
)
def test_the_memory_service_needs_a_whole_gpu_of_any_maker(resources: Any, *, enough: bool) -> None:
    graph = beta()
    component = graph["spec"]["components"][1]
    component["experimental"] = {"gpuMemoryService": {"mode": "IntraPod"}}
    component["podTemplate"]["spec"]["containers"][0]["resources"] = resources
    asked = [] if enough else ["ADM-GMS-02 spec.components[1].experimental.gpuMemoryService"]
    assert found(graph) == asked


class TestPower:
    limit = "dynamo.nvidia.com/gpu-power-limit"

    def graph(self, value: str | None, gpus: str = "1") -> dict[str, Any]:
        graph = beta()
        template = graph["spec"]["components"][1]["podTemplate"]
        template["spec"]["containers"][0]["resources"] = {"limits": {"nvidia.com/gpu": gpus}}
        if value is not None:
            template["metadata"] = {"annotations": {self.limit: value}}
        return graph

    @pytest.mark.parametrize(
        "value", ["0", "-1", "", " 300", "3e2", "300.0", "0x10", "9" * 20, "9" * 9000, "1_0"]
    )
    def test_only_a_positive_decimal_integer_is_a_limit(self, value: str) -> None:
        where = f"spec.components[1].podTemplate.metadata.annotations[{self.limit}]"
        assert found(self.graph(value)) == [f"ADM-POWER-01 {where}"]

    @pytest.mark.parametrize("value", ["1", "+300", "0300"])
    def test_signs_and_zeros_are_fine(self, value: str) -> None:
        assert found(self.graph(value)) == []

    def test_the_gpus_that_a_limit_holds_for_never_change(self) -> None:
        where = "spec.components[1].podTemplate.spec.containers[0].resources.limits[nvidia.com/gpu]"
        assert found(self.graph("300", "2"), old=self.graph("300")) == [f"ADM-POWER-03 {where}"]
        assert found(self.graph("300", "1000m"), old=self.graph("300")) == []
        assert found(self.graph(None, "2"), old=self.graph(None)) == []

    @pytest.mark.parametrize(
        ("resources", "where"),
        [
            ({"limits": {}}, "containers[0].resources"),
            ({"requests": {"nvidia.com/gpu": 2}}, "containers[0].resources.requests[nvidia.com/gpu]"),
            ({"limits": {"gpu": "1"}}, "containers[0].resources"),
            (None, "containers"),
        ],
    )
    def test_a_change_of_gpus_is_where_they_are_counted(self, resources: Any, where: str) -> None:
        graph = self.graph("300")
        main = graph["spec"]["components"][1]["podTemplate"]["spec"]["containers"][0]
        main |= {"name": "other"} if resources is None else {"resources": resources}
        asked = [a for a in found(graph, old=self.graph("300")) if a.startswith("ADM-POWER")]
        assert asked == [f"ADM-POWER-03 spec.components[1].podTemplate.spec.{where}"]

    def test_no_gpus_and_a_limit_of_none_are_not_the_same(self) -> None:
        graph = self.graph("300", "0")
        old = self.graph("300")
        del old["spec"]["components"][1]["podTemplate"]["spec"]["containers"][0]["resources"]
        assert [a.split()[0] for a in found(graph, old=old)] == ["ADM-POWER-03"]

    def test_removing_the_limit_is_a_change(self) -> None:
        where = f"spec.components[1].podTemplate.metadata.annotations[{self.limit}]"
        assert found(self.graph(None), old=self.graph("300")) == [f"ADM-POWER-03 {where}"]


@pytest.mark.parametrize(
    ("args", "asked"),
    [
        (["--enable-elastic-ep", "--data-parallel-backend", "ray"], True),
        (["--enable-elastic-ep", "--data-parallel-backend=ray"], True),
        (["-dpb", "ray", "--enable-elastic-ep"], True),
        (["-dpb=ray", "--enable-elastic-ep"], True),
        (["python3 -m dynamo.vllm --enable-elastic-ep\n  --data-parallel-backend ray"], True),
        (["--enable-elastic-ep", "--data-parallel-backend", "mp"], False),
        (["--data-parallel-backend", "ray"], False),
        (["--enable-elastic-ep"], False),
        (["--enable-elastic-ep-now", "--data-parallel-backend", "ray"], False),
        (["--enable-elastic-ep", "--data-parallel-backend"], False),
    ],
)
def test_elastic_parallelism_on_ray_needs_a_command(args: list[str], *, asked: bool) -> None:
    graph = beta()
    graph["spec"]["components"][1]["podTemplate"]["spec"]["containers"][0]["args"] = args
    path = "spec.components[1].podTemplate.spec.containers[0].command"
    assert found(graph) == ([f"ADM-COMP-04 {path}"] if asked else [])


ROLE_POD = {"spec": {"containers": [{"name": "main", "image": "r/a:1.6.1"}]}}


class TestRoles:
    def graph(self, *roles: dict[str, Any], **more: Any) -> dict[str, Any]:
        graph = beta()
        made = component("worker", "worker", roles=list(roles), multinode={"nodeCount": 3}, **more)
        if any("podTemplate" in role for role in roles):
            del made["podTemplate"]
        graph["spec"]["components"][1] = made
        return graph

    def test_a_role_with_a_pod_of_its_own_is_judged_as_the_component(self) -> None:
        leader = {"name": "leader", "podTemplate": copy.deepcopy(ROLE_POD)}
        other = {"name": "worker", "podTemplate": copy.deepcopy(ROLE_POD)}
        other["podTemplate"]["spec"]["containers"][0]["image"] = "r/a:nightly"
        graph = self.graph(leader, other, experimental={"gpuMemoryService": {"mode": "IntraPod"}})
        asked = found(graph, release="1.6")
        assert "ADM-RUNTIME-02 spec.components[1].runtimeVersionOverride" in asked
        assert "ADM-GMS-02 spec.components[1].experimental.gpuMemoryService" in asked
        assert not [a for a in asked if a.startswith("ADM-RUNTIME-01")]

    def test_every_container_of_a_roles_pod_has_an_image(self) -> None:
        pod = {"spec": {"containers": [{"name": "proxy"}], "initContainers": [{"name": "a"}]}}
        graph = self.graph(
            {"name": "leader", "podTemplate": pod}, {"name": "worker", "podTemplate": ROLE_POD}
        )
        base = "spec.components[1].roles[0].podTemplate.spec"
        assert [a for a in found(graph, release="1.6") if a.startswith("ADM-ROLE")] == [
            f"ADM-ROLE-04 {base}.containers",
            f"ADM-ROLE-04 {base}.containers[0].image",
            f"ADM-ROLE-04 {base}.initContainers[0].image",
        ]

    def test_an_lpx_role_says_neither_provider_nor_power_nor_another_executor(self) -> None:
        pod = copy.deepcopy(ROLE_POD)
        pod["metadata"] = {"annotations": {TestPower.limit: "300", EXECUTOR: "rey"}}
        agent = {"name": "agent", "podTemplate": pod, "providerOverride": {"apiVersion": "grove.io/v1alpha1"}}
        graph = beta()
        graph["spec"]["components"][1] = {
            "name": "l",
            "type": "lpx",
            "lpx": {"buildId": "a"},
            "roles": [agent],
        }
        base = "spec.components[1].roles[0]"
        where = f"{base}.podTemplate.metadata.annotations"
        assert [a for a in found(graph, release="1.6") if a.startswith("ADM-ROLE")] == [
            f"ADM-ROLE-05 {base}.providerOverride",
            f"ADM-ROLE-05 {where}[{TestPower.limit}]",
            f"ADM-ROLE-05 {where}[{EXECUTOR}]",
        ]

    def test_defaulting_counts_the_pods_of_each_role(self) -> None:
        override = {"apiVersion": "grove.io/v1alpha1", "value": {}}
        graph = self.graph(
            {"name": "leader", "providerOverride": override}, {"name": "worker"}, {"name": "other"}
        )
        made = default(graph, release="1.6", cluster=EVERYTHING)["spec"]["components"][1]
        assert made["roles"] == [
            {
                "name": "leader",
                "replicas": 1,
                "providerOverride": override | {"target": "PodCliqueTemplateSpec"},
            },
            {"name": "worker", "replicas": 2},
            {"name": "other"},
        ]
        made = default(graph, release="1.5", cluster=EVERYTHING)["spec"]["components"][1]
        assert "replicas" not in made["roles"][0]

    def test_the_runtime_of_a_sidecar_is_that_of_its_image(self) -> None:
        graph = beta()
        pod = graph["spec"]["components"][1]["podTemplate"]["spec"]
        pod["containers"][0]["image"] = "vllm/vllm-openai:latest"
        pod["initContainers"] = [{"name": "runtime", "image": "r/a:1.6.1", "restartPolicy": "Always"}]
        assert found(graph, release="1.6") == []
        assert found(graph, release="1.5") == ["ADM-RUNTIME-02 spec.components[1].runtimeVersionOverride"]

    def test_what_is_no_worker_may_drop_its_nodes_since_1_6(self) -> None:
        old, new = beta(), beta()
        old["spec"]["components"][0]["multinode"] = {"nodeCount": 2}
        assert found(new, old=old, release="1.5") == ["ADM-FIXED-01 spec.components[0].multinode"]
        assert found(new, old=old, release="1.6") == []


EXECUTOR = "nvidia.com/vllm-distributed-executor-backend"


class TestProviderOverrides:
    def component_override(self, value: Any, **more: Any) -> dict[str, Any]:
        override = {"apiVersion": "grove.io/v1alpha1", "value": value, **more}
        graph = beta()
        graph["spec"]["components"][1]["providerOverride"] = override
        return graph

    @pytest.mark.parametrize(
        ("value", "asked"),
        [
            ({"topologyConstraint": {"topologyName": "rails", "pack": {"required": "rack"}}}, []),
            ({"topologyConstraint": {"pack": {"preferred": None}}}, []),
            ("text", ["ADM-PROV-08 value"]),
            ({}, ["ADM-PROV-07 value.topologyConstraint"]),
            (None, ["ADM-PROV-08 value"]),
            ({"topologyConstraint": None}, ["ADM-PROV-07 value.topologyConstraint"]),
            ({"topologyConstraint": []}, ["ADM-PROV-08 value"]),
            ({"topologyConstraint": {"topologyName": 1}}, ["ADM-PROV-08 value"]),
            ({"topologyConstraint": {"pack": {"required": 1}}}, ["ADM-PROV-08 value"]),
            ({"topologyConstraint": {"pack": None}}, []),
            ({"replicas": 1, "topologyConstraint": {}}, ["ADM-PROV-06 value.replicas"]),
        ],
    )
    def test_a_component_may_write_its_topology_only(self, value: Any, asked: list[str]) -> None:
        base = "spec.components[1].providerOverride."
        assert [a.replace(base, "") for a in found(self.component_override(value))] == asked

    @pytest.mark.parametrize(
        ("value", "asked"),
        [
            ({}, "ADM-PROV-07 value.spec"),
            ({"spec": None}, "ADM-PROV-07 value.spec"),
            ({"spec": "x"}, "ADM-PROV-08 value"),
            ({"spec": {"template": None}}, "ADM-PROV-07 value.spec.template"),
            ({"spec": {"template": []}}, "ADM-PROV-08 value"),
            (
                {"spec": {"template": {"topologyConstraint": None}}},
                "ADM-PROV-07 value.spec.template.topologyConstraint",
            ),
        ],
    )
    def test_the_graphs_fragment_is_a_map_all_the_way(self, value: Any, asked: str) -> None:
        graph = beta()
        graph["spec"]["providerOverride"] = {"apiVersion": "grove.io/v1alpha1", "value": value}
        assert [a.replace("spec.providerOverride.", "") for a in found(graph)] == [asked]

    def test_a_fragment_of_another_version_or_object_is_not_read(self) -> None:
        base = "spec.components[1].providerOverride"
        graph = self.component_override({}, target="PodClique")
        assert found(graph) == [f"ADM-PROV-04 {base}.target"]
        graph["spec"]["components"][1]["providerOverride"]["apiVersion"] = "grove.io/v2"
        assert found(graph) == [f"ADM-PROV-03 {base}.apiVersion"]

    def test_every_fragment_beside_a_typed_constraint_is_named(self) -> None:
        graph = self.component_override({"topologyConstraint": {}})
        graph["spec"]["providerOverride"] = {
            "apiVersion": "grove.io/v1alpha1",
            "value": {"spec": {"template": {"topologyConstraint": {}}}},
        }
        graph["spec"]["topologyConstraint"] = {"clusterTopologyName": "rails", "packDomain": "rack"}
        paths = ("spec.providerOverride.value", "spec.components[1].providerOverride.value")
        assert found(graph) == [f"ADM-PROV-09 {path}" for path in paths]

    def test_the_target_is_that_of_a_group_where_there_is_one(self) -> None:
        graph = self.component_override({"topologyConstraint": {}}, target="PodCliqueTemplateSpec")
        assert found(graph) == []
        graph["spec"]["components"][1]["multinode"] = {"nodeCount": 2}
        assert found(graph) == ["ADM-PROV-04 spec.components[1].providerOverride.target"]
        del graph["spec"]["components"][1]["providerOverride"]["target"]
        filled = default(graph, release=SNAPSHOT, cluster=EVERYTHING)["spec"]["components"][1][
            "providerOverride"
        ]
        assert filled["target"] == "PodCliqueScalingGroupConfig"

    def test_an_unadopted_graph_waits(self) -> None:
        graph = self.component_override({"topologyConstraint": {}})
        asked = found(graph, old=beta(), user="jane")
        assert asked == ["ADM-PROV-02 spec.components[1].providerOverride"]


def test_a_finding_repeats_neither_environment_nor_addresses() -> None:
    model = part(
        "apiVersion: nvidia.com/v1alpha1\nkind: DynamoModel\n"
        "spec: {modelType: lora, source: {uri: 'https://user:secret@host/a'}}"
    )
    (finding,) = admit(model, release=SNAPSHOT)
    assert "secret" not in finding.message + finding.hint


def test_local_files_are_a_source_since_1_3() -> None:
    text = "apiVersion: nvidia.com/v1alpha1\nkind: DynamoModel\nspec: {modelType: lora, source: {uri: '%s'}}"
    assert found(part(text % "file:///a"), release="1.2") == ["ADM-MODEL-03 spec.source.uri"]
    assert found(part(text % "file:///a"), release="1.3") == []
    assert found(part(text % "file://a"), release="1.3") == ["ADM-MODEL-03 spec.source.uri"]
    assert found(part(text % ""), release="1.3") == ["ADM-MODEL-02 spec.source.uri"]


def test_an_object_that_is_being_deleted_is_let_go() -> None:
    graph = part("spec: {components: []}")
    graph["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert found(graph, old=beta()) == []
    assert found(graph) == ["ADM-SPEC-01 spec.components"]


def test_kinds_without_a_webhook_are_not_judged() -> None:
    for kind in ("DynamoGraphDeploymentScalingAdapter", "DynamoWorkerMetadata", "Other"):
        obj = {"apiVersion": "nvidia.com/v1alpha1", "kind": kind, "spec": {}}
        assert found(obj) == []
        assert default(obj, release=SNAPSHOT) == obj


def test_a_release_that_does_not_exist_is_named() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown Dynamo release '1\.66'"):
        admit(beta(), release="1.66")


def test_a_code_is_given_once() -> None:
    with pytest.raises(ValueError, match="ADM-META-01 is already taken"):
        rule("ADM-META-01", "a", "B.", source="c")


def test_rules_are_explained_by_releases_that_people_know() -> None:
    for described_rule in described().values():
        assert SNAPSHOT not in (described_rule.since, described_rule.until)
    assert described()["ADM-EPP-01"].until == "1.4"
    assert described()["ADM-PROV-01"].since == "1.5"
    assert described()["ADM-SPEC-02"].bad.splitlines()[-1] == "  priorityClassName: high"


def test_a_component_without_an_image_may_not_lose_the_version_of_its_runtime() -> None:
    old = beta()
    worker = old["spec"]["components"][1]
    worker["podTemplate"]["spec"]["containers"][0]["name"] = "other"
    worker["runtimeVersionOverride"] = "1.1.0"
    new = copy.deepcopy(old)
    assert found(new, old=old) == []
    new["spec"]["components"][1]["runtimeVersionOverride"] = "1.2.0"
    assert found(new, old=old) == []
    del new["spec"]["components"][1]["runtimeVersionOverride"]
    assert found(new, old=old) == ["ADM-RUNTIME-02 spec.components[1].runtimeVersionOverride"]


def test_a_sidecar_without_a_pod_is_missed_where_the_pod_is() -> None:
    graph = beta()
    worker = graph["spec"]["components"][1]
    worker["frontendSidecar"] = "other"
    assert found(graph) == ["ADM-COMP-03 spec.components[1].frontendSidecar"]
    del worker["podTemplate"]
    where = "spec.components[1].podTemplate.spec.containers"
    assert found(graph) == [f"ADM-COMP-03 {where}", f"ADM-RUNTIME-01 {where}"]


def test_a_model_that_loses_its_spec_loses_its_type() -> None:
    old = whole({"kind": "DynamoModel", "apiVersion": "nvidia.com/v1alpha1"})
    asked = [a for a in found({k: v for k, v in old.items() if k != "spec"}, old=old) if "MODEL-04" in a]
    assert asked == ["ADM-MODEL-04 spec.baseModelName", "ADM-MODEL-04 spec.modelType"]


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("DynamoComponentDeployment", {"name": "qwen"}),
        (
            "DynamoGraphDeploymentRequest",
            {"image": f"nvcr.io/nvidia/ai-dynamo/dynamo-planner:{EVERYTHING.operator_version}"},
        ),
    ],
)
def test_an_absent_spec_is_filled_like_an_empty_one(kind: str, spec: dict[str, Any]) -> None:
    absent = {"apiVersion": "nvidia.com/v1beta1", "kind": kind, "metadata": {"name": "qwen"}}
    for given in (absent, {**absent, "spec": None}, {**absent, "spec": {}}):
        assert default(given, release=SNAPSHOT, cluster=EVERYTHING) == {**absent, "spec": spec}
