"""Both API versions read as one graph, and nothing that is written can make reading or judging fail."""

from __future__ import annotations

import copy
import json
import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pydynamo_manifests.validate.graph import quantity, read_graph
from pydynamo_manifests.validate.lint import REGISTRY, lint
from pydynamo_manifests.yaml import load

ALPHA = load("""
apiVersion: nvidia.com/v1alpha1
kind: DynamoGraphDeployment
metadata: {name: g, annotations: {a: b}}
spec:
  backendFramework: vllm
  envs: [{name: SHARED, value: graph}, {name: OWN, value: graph}]
  services:
    w:
      componentType: worker
      subComponentType: prefill
      replicas: 2
      multinode: {nodeCount: 3}
      envs: [{name: OWN, value: service}, {name: MAIN, value: service}]
      envFromSecret: token
      resources: {limits: {gpu: "2", cpu: "4", custom: {rdma/ib: "1"}}, requests: {gpu: "2"}, claims: [{name: c}]}
      volumeMounts: [{name: pvc, mountPoint: /models}]
      scalingAdapter: {enabled: true}
      gpuMemoryService: {enabled: true, mode: interPod}
      failover: {enabled: false}
      frontendSidecar: {image: front:1.0.0, args: [-m, dynamo.frontend], envFromSecret: token}
      extraPodMetadata: {annotations: {x: y}}
      extraPodSpec:
        hostNetwork: true
        containers: [{name: main, image: dropped}, {name: side, image: i}]
        mainContainer:
          image: reg:5000/vllm-runtime:1.4.2@sha256:abc
          command: [python3]
          args: [-m, dynamo.vllm]
          env: [{name: MAIN, value: main}, {name: REF, valueFrom: {fieldRef: {}}}]
          volumeMounts: [{name: v, mountPath: /v}]
""")
BETA = load("""
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata: {name: g, annotations: {a: b}}
spec:
  backendFramework: vllm
  env: [{name: SHARED, value: graph}, {name: OWN, value: graph}]
  components:
  - name: w
    type: prefill
    replicas: 2
    multinode: {nodeCount: 3}
    scalingAdapter: {}
    experimental: {gpuMemoryService: {mode: InterPod}}
    frontendSidecar: sidecar-frontend
    podTemplate:
      metadata: {annotations: {x: y}}
      spec:
        hostNetwork: true
        containers:
        - name: side
          image: i
        - name: main
          image: reg:5000/vllm-runtime:1.4.2@sha256:abc
          command: [python3]
          args: [-m, dynamo.vllm]
          env:
          - {name: OWN, value: service}
          - {name: MAIN, value: main}
          - {name: REF, valueFrom: {fieldRef: {}}}
          envFrom: [{secretRef: {name: token}}]
          resources:
            limits: {nvidia.com/gpu: "2", cpu: "4", rdma/ib: "1"}
            requests: {nvidia.com/gpu: "2"}
            claims: [{name: c}]
          volumeMounts: [{name: v, mountPath: /v}, {name: pvc, mountPath: /models}]
        - name: sidecar-frontend
          image: front:1.0.0
          args: [-m, dynamo.frontend]
          envFrom: [{secretRef: {name: token}}]
""")


def facts(obj: dict[str, Any]) -> dict[str, Any]:
    graph = read_graph(obj)
    assert graph
    (c,) = graph.components
    main = c.main
    return {
        "graph": (graph.name, graph.framework, graph.annotations),
        "component": (
            c.name,
            c.type,
            c.replicas,
            c.nodes,
            c.adapter,
            c.sidecar,
            c.memory_service,
            c.failover,
        ),
        "main": (main.image, main.tag, main.repository, main.command, main.args, main.gpus, main.claims),
        "env": ({n: v.value for n, v in main.env.items()}, main.env_from),
        "resources": (main.limits, main.requests),
        "mounts": [(m.volume, m.where) for m in main.mounts],
        "others": sorted((o.name, o.image, o.env_from) for o in c.others),
        "pod": (c.annotations, c.pod.get("hostNetwork")),
    }


def test_both_versions_read_alike() -> None:
    assert facts(ALPHA) == facts(BETA)


def test_the_facts() -> None:
    read = facts(BETA)
    assert read["main"][1:3] == ("1.4.2", "reg:5000/vllm-runtime")
    assert read["env"][0] == {"SHARED": "graph", "OWN": "service", "MAIN": "main", "REF": None}
    assert read["component"] == ("w", "prefill", 2, 3, True, "sidecar-frontend", "interpod", "")


@pytest.mark.parametrize("obj", [ALPHA, BETA], ids=["v1alpha1", "v1beta1"])
def test_paths_lead_where_things_stand(obj: dict[str, Any]) -> None:
    graph = read_graph(obj)
    assert graph
    main = graph.components[0].main
    for path, expected in [
        (main.at("image"), main.image),
        (main.env["OWN"].path, {"name": "OWN", "value": "service"}),
        (main.env["SHARED"].path, {"name": "SHARED", "value": "graph"}),
        (main.mounts[0].path, {"name": "v", "mountPath": "/v"}),
    ]:
        assert at(obj, path) == expected
    assert at(obj, main.at("resources"))["claims"] == [{"name": "c"}]


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def test_component_deployments() -> None:
    obj = {"apiVersion": "nvidia.com/v1beta1", "kind": "DynamoComponentDeployment", "metadata": {"name": "d"}}
    graph = read_graph(obj | {"spec": {"type": "decode"}})
    assert graph
    assert [(c.name, c.type, c.path) for c in graph.components] == [("d", "decode", ("spec",))]
    old = read_graph(obj | {"apiVersion": "nvidia.com/v1alpha1", "spec": {"serviceName": "s"}})
    assert old
    assert old.components[0].name == "s"


@pytest.mark.parametrize(
    "obj",
    [
        None,
        [],
        "x",
        {},
        {"apiVersion": "nvidia.com/v1beta1"},
        {"apiVersion": 1, "kind": 2},
        {"apiVersion": "v1", "kind": "Pod"},
    ],
)
def test_what_is_no_graph(obj: Any) -> None:
    assert read_graph(obj) is None


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("2Gi", 2**31),
        ("1500m", 1.5),
        ("1e", None),
        (4, 4.0),
        ("0.5", 0.5),
        (True, None),
        (None, None),
        ("", None),
        ("5k", 5000),
    ],
)
def test_quantities(value: Any, number: float | None) -> None:
    assert quantity(value) == number


ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    "",
    "x",
    "$(X)",
    "--model",
    [],
    [None],
    [[]],
    {},
    {"name": 1},
    {"a": {"b": []}},
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for key, item in inner for p in places(item, (*path, key)))]


def put(obj: Any, path: tuple[Any, ...], value: Any) -> None:
    target = at(obj, path[:-1])
    target[path[-1]] = value


@settings(max_examples=400)
@given(st.integers(0, 10**9))
def test_no_shape_makes_it_fail(seed: int) -> None:
    """Replace one to three parts of a graph by oddities, two of which may overlap."""
    pick = random.Random(seed)  # noqa: S311 - a choice of test data
    examples = [e for r in REGISTRY.values() for e in (r.bad, r.good)]
    example = pick.choice(examples)
    obj = copy.deepcopy(pick.choice([example.obj, example.obj, ALPHA, BETA]))
    for _ in range(pick.randint(1, 3)):
        path = pick.choice([p for p in places(obj) if len(p) > 1])
        put(obj, path, copy.deepcopy(pick.choice(ODD)))
    before = json.dumps(obj)
    for release in ("0.9.1", "1.6.1", "main-2026-08-21"):
        found = list(lint(obj, release=release, cluster=example.cluster, others=example.others))
        assert all(f.message for f in found)
    assert json.dumps(obj) == before


@pytest.mark.parametrize(
    "others",
    [
        [{}],
        [{"kind": "PersistentVolumeClaim"}],
        [{"kind": "ScaledObject", "spec": 1}],
        [{"kind": "HorizontalPodAutoscaler", "spec": {"scaleTargetRef": 1}}],
    ],
)
def test_other_objects_of_any_shape(others: list[dict[str, Any]]) -> None:
    assert list(lint(REGISTRY["CACHE-04"].good.obj, release="1.6.1", others=others)) == []


def test_a_hundred_kilobytes_take_less_than_a_second() -> None:
    obj = copy.deepcopy(REGISTRY["GPU-01"].bad.obj)
    main = obj["spec"]["components"][1]["podTemplate"]["spec"]["containers"][0]
    for args in (
        ["--x"] * 25_000,
        ["a b"] * 25_000,
        ["--model", "$(A)" * 25_000],
        ["--max-model-len=1"] * 6_000,
    ):
        main["args"] = args
        start = time.process_time()
        list(lint(obj, release="1.6.1"))
        assert time.process_time() - start < 1
    main |= {"command": ["sh", "-c"], "args": ["python3 -m dynamo.vllm " + '"$(x)" \'' * 12_000]}
    start = time.process_time()
    list(lint(obj, release="1.6.1"))
    assert time.process_time() - start < 1
