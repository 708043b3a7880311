"""Objects that no API server would store: an odd value at every place of a full graph and request."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.import_ import import_graph
from pydynamo_manifests.import_.check import Unpatchable, patch, same
from pydynamo_manifests.render import render
from pydynamo_manifests.yaml import load

if TYPE_CHECKING:
    from collections.abc import Iterator

Obj = dict[str, Any]
Place = tuple[Any, ...]

BETA: Obj = load("""
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata: {name: g, labels: {a: b}}
spec:
  env: [{name: A, value: "1"}]
  restart: {id: "1"}
  components:
  - name: w
    type: worker
    replicas: 1
    multinode: {nodeCount: 2}
    modelRef: {name: m, revision: r}
    scalingAdapter: {}
    sharedMemorySize: 1Gi
    podTemplate:
      metadata: {labels: {l: m}}
      spec:
        imagePullSecrets: [{name: s}]
        serviceAccountName: sa
        volumes: [{name: v, emptyDir: {}}, {name: model-cache, persistentVolumeClaim: {claimName: c}}]
        containers:
        - name: main
          image: r/vllm-runtime:1.6.1
          imagePullPolicy: Always
          command: [python3]
          args: [-m, dynamo.vllm, --model, m, --tensor-parallel-size, "4", --x, '{"a":1}']
          env: [{name: HF_HOME, value: /c}, {name: P, valueFrom: {fieldRef: {fieldPath: x}}}]
          envFrom: [{secretRef: {name: hf}}]
          resources:
            limits: {nvidia.com/gpu: "2", cpu: "1"}
            requests: {nvidia.com/gpu: "2"}
            claims: [{name: q}]
          volumeMounts: [{name: model-cache, mountPath: /c}, {name: v, mountPath: /v}]
          livenessProbe: {httpGet: {path: /, port: 1}}
        - {name: side, image: x}
""")
ALPHA: Obj = load("""
apiVersion: nvidia.com/v1alpha1
kind: DynamoGraphDeployment
metadata: {name: g}
spec:
  envs: [{name: A, value: "1"}]
  services:
    W:
      componentType: worker
      subComponentType: prefill
      dynamoNamespace: n
      multinode: {nodeCount: 2}
      sharedMemory: {size: 1Gi}
      scalingAdapter: {enabled: true}
      envs: [{name: B, value: "1"}]
      envFromSecret: hf
      resources: {limits: {gpu: "2", cpu: "1", custom: {x/y: "1"}}, requests: {memory: 1Gi}}
      volumeMounts: [{name: p, mountPoint: /p}]
      extraPodMetadata: {labels: {l: m}}
      extraPodSpec:
        imagePullSecrets: [{name: s}]
        volumes: [{name: v, emptyDir: {}}]
        mainContainer:
          image: r/vllm-runtime:1.6.1
          args: [-m, dynamo.vllm, --model, m]
          env: [{name: C, value: "1"}]
          envFrom: [{secretRef: {name: hf}}]
          resources: {limits: {cpu: "1"}}
          volumeMounts: [{name: v, mountPath: /v}]
          readinessProbe: {httpGet: {path: /, port: 1}}
        containers: [{name: side, image: x}]
""")
REQUEST_BETA: Obj = load("""
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeploymentRequest
metadata: {name: r, annotations: {a: b}}
spec:
  model: m
  backend: vllm
  image: r/dynamo-planner:1.6.1
  sla: {ttft: 100, itl: 10}
  workload: {isl: 3000, osl: 100}
  modelCache: {pvcName: c, pvcModelPath: p}
  features: {planner: {mode: disagg}}
""")
REQUEST_ALPHA: Obj = load("""
apiVersion: nvidia.com/v1alpha1
kind: DynamoGraphDeploymentRequest
metadata: {name: r}
spec:
  model: m
  backend: vllm
  useMocker: true
  profilingConfig:
    profilerImage: r/vllm-runtime:1.4.2
    config:
      sla: {ttft: 100.0, itl: 10.0, isl: 3000, osl: 100, other: 1}
      deployment: {modelCache: {pvcName: c, other: x}, namespace: n}
      planner: {mode: disagg}
""")

AWAY, TWICE = object(), object()
ODD = [
    None,
    "",
    "x",
    0,
    -1,
    1.5,
    True,
    [],
    {},
    [None],
    ["x"],
    [{}],
    {"x": None},
    {"from": "gpus"},
    AWAY,
    TWICE,
]


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    if at:
        yield at
    items = value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    for key, item in items:
        yield from places(item, (*at, key))


def put(obj: Obj, at: Place, odd: Any) -> Obj | None:
    out = copy.deepcopy(obj)
    home: Any = out
    for key in at[:-1]:
        home = home[key]
    if odd is AWAY:
        del home[at[-1]]
    elif odd is not TWICE:
        home[at[-1]] = copy.deepcopy(odd)
    elif isinstance(home, list):
        home.append(copy.deepcopy(home[at[-1]]))
    else:
        return None
    return out


@pytest.mark.parametrize("whole", [BETA, ALPHA, REQUEST_BETA, REQUEST_ALPHA], ids=lambda o: o["apiVersion"])
def test_an_odd_object_comes_back_whole_or_is_refused(whole: Obj) -> None:
    came_back = refused = 0
    for at in places(whole):
        for odd in ODD:
            obj = put(whole, at, odd)
            if obj is None:
                continue
            try:
                found = import_graph(obj)
            except InputError:
                refused += 1
                continue
            back = render(found.values, name=found.name, chart_labels=False)[0]
            assert same(back["spec"], obj["spec"]), (at, odd)
            came_back += 1
    print(f"{came_back} came back, {refused} were refused")
    assert came_back > 2 * refused > 0


@pytest.mark.parametrize(
    ("at", "odd", "message"),
    [
        (("spec", "components"), [None], "every component of the graph is null"),
        (("spec", "components"), [1], "components need names of their own, and each must be a map"),
        (("spec", "components"), "w", "spec.components must be a list"),
        (("metadata", "labels"), ["a"], "metadata.labels must be a map"),
        (("metadata",), 1, "the graph's spec and metadata must be maps"),
    ],
)
def test_what_is_refused_is_named(at: Place, odd: Any, message: str) -> None:
    with pytest.raises(InputError) as e:
        import_graph(put(BETA, at, odd) or {})
    assert str(e.value) == message


def test_a_list_that_repeats_a_key_keeps_the_component_whole() -> None:
    volumes = ("spec", "components", 0, "podTemplate", "spec", "volumes", 0)
    found = import_graph(put(BETA, volumes, TWICE) or {})
    assert found.plain["components"]["w"]["podSpec"]["volumes"] == [
        {"name": "v", "emptyDir": {}},
        {"name": "model-cache", "persistentVolumeClaim": {"claimName": "c"}},
        {"name": "v", "emptyDir": {}},
    ]


@pytest.mark.parametrize(
    ("base", "target", "over"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, {"b": None}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3, "c": 2}}, {"a": {"b": 3}}),
        ({"args": ["a"]}, {"args": ["b"]}, {"args": ["b"]}),
        (
            {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "1"}]},
            {"env": [{"name": "A", "value": "2"}, {"name": "B", "value": "1"}, {"name": "C", "value": "3"}]},
            {"env": [{"name": "A", "value": "2"}, {"name": "C", "value": "3"}]},
        ),
    ],
)
def test_a_patch_says_only_the_difference(base: Obj, target: Obj, over: Obj) -> None:
    assert patch(base, target) == over


@pytest.mark.parametrize(
    ("base", "target"),
    [
        ([{"name": "A"}, {"name": "B"}], [{"name": "A"}]),
        ([{"name": "A"}], [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]),
        ([{"name": "A"}], [{"name": "A"}, {"value": "1"}]),
    ],
)
def test_a_merge_cannot_take_an_item_out_of_a_keyed_list(base: list[Obj], target: list[Obj]) -> None:
    with pytest.raises(Unpatchable):
        patch({"env": base}, {"env": target})
