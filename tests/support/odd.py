"""Full graphs and requests, and each of them with an odd value at any place, as no API server would store it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

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

STATUS_BETA: Obj = load("""
phase: Failed
profilingPhase: SweepingDecode
dgdName: qwen
conditions: [{type: Validation, status: "False", reason: ValidationFailed, message: b}]
deploymentInfo: {replicas: 1, availableReplicas: 0}
profilingResults:
  selectedConfig:
    kind: DynamoGraphDeployment
    spec:
      components:
      - name: w
        replicas: 2
        multinode: {nodeCount: 2}
        podTemplate: {spec: {containers: [{name: main, resources: {limits: {nvidia.com/gpu: "2"}}}]}}
  pareto: [{config: {kind: DynamoGraphDeployment, spec: {services: {W: {resources: {limits: {gpu: "1"}}}}}}}]
""")
STATUS_ALPHA: Obj = load("""
state: Ready
backend: vllm
conditions: [{type: Validation, status: "True"}]
deployment: {name: d, namespace: n, state: Ready, created: true}
generatedDeployment: {kind: DynamoGraphDeployment, spec: {services: {W: {}}}}
""")

GRAPHS = [BETA, ALPHA]
REQUESTS = [{**REQUEST_BETA, "status": STATUS_BETA}, {**REQUEST_ALPHA, "status": STATUS_ALPHA}]

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


def odd_ones(whole: Obj) -> Iterator[Obj]:
    """Yield the object with every odd value at every place, one at a time."""
    for at in places(whole):
        for odd in ODD:
            if (obj := put(whole, at, odd)) is not None:
                yield obj
