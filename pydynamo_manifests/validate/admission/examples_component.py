"""Examples of the rules on components and on the other kinds, as those of graphs."""

from __future__ import annotations

__all__ = ["COMPONENT_EXAMPLES"]

_WORKER = "spec: {components: [{name: worker, %s}]}"
_MAIN = "podTemplate: {spec: {containers: [{name: main, %s}]}}"
_GPU = _MAIN % 'image: "vllm-runtime:1.5.1", resources: {limits: {nvidia.com/gpu: "1"}}'
_GMS = "gpuMemoryService: {mode: %s}"
_ALPHA = "apiVersion: nvidia.com/v1alpha1\nspec: {services: {worker: {%s}}}"
_REQUEST = "kind: DynamoGraphDeploymentRequest\nspec: {%s}"
_OLD_REQUEST = (
    "apiVersion: nvidia.com/v1alpha1\nkind: DynamoGraphDeploymentRequest\n"
    "spec: {backend: vllm, profilingConfig: {%s}}"
)
_MODEL = "apiVersion: nvidia.com/v1alpha1\nkind: DynamoModel\nspec: {%s}"
_CHECKPOINT = "apiVersion: nvidia.com/v1alpha1\nkind: DynamoCheckpoint\nspec: {%s}"
_STANDALONE = "kind: DynamoComponentDeployment\nspec: {%s}"
_LEADER = "{name: leader, replicas: %s}"
_RUNTIME = "podTemplate: {spec: {initContainers: [{name: runtime, %s}]}}"
_SIDECAR = 'image: "dynamo-runtime:1.6.1", restartPolicy: Always'
_PICKER = 'type: epp, podTemplate: {spec: {containers: [{name: main, image: "dynamo-frontend:%s"}]}}'
_CONFIG = "eppConfig: {configMapRef: {name: picker, key: config.yaml}}"
_POWER = 'metadata: {annotations: {dynamo.nvidia.com/gpu-power-limit: "%s"}}'
_INTER = f"{_GPU}, experimental: {{{_GMS % 'InterPod'}}}"
_LPX = "type: lpx, lpx: {buildId: a}, roles: [{name: agent, %s}]"


def _worker(text: str) -> str:
    return _WORKER % text


def _experiment(text: str, pod: str = _GPU) -> str:
    return _WORKER % f"{pod}, experimental: {{{text}}}"


def _planner(tag: str) -> str:
    pod = 'podTemplate: {spec: {containers: [{name: main, image: "vllm-runtime:1.6.1"}]}}'
    main = _MAIN % f'image: "dynamo-planner:{tag}"'
    planner = f"{{name: planner, type: planner, {main}}}"
    roles = f"[{{name: leader, {pod}}}, {{name: worker, {pod}}}]"
    return f"spec: {{components: [{planner}, {{name: worker, multinode: {{nodeCount: 2}}, roles: {roles}}}]}}"


def _two(stored: str, submitted: str) -> str:
    return f"{stored}\n---\n{submitted}"


def _power(value: str, container: str = 'image: "vllm-runtime:1.5.1"') -> str:
    return _worker(f"podTemplate: {{{_POWER % value}, spec: {{containers: [{{name: main, {container}}}]}}}}")


def _failover(mode: str, more: str = "") -> str:
    return _experiment(f"{_GMS % mode}, failover: {{mode: {mode}{more}}}")


COMPONENT_EXAMPLES: dict[str, tuple[str, str]] = {
    "ADM-RUNTIME-01": (_worker(_MAIN % 'image: ""'), _worker(_MAIN % 'image: "vllm-runtime:1.5.1"')),
    "ADM-RUNTIME-02": (
        _worker(_MAIN % 'image: "vllm-runtime:nightly"'),
        _worker((_MAIN % 'image: "vllm-runtime:nightly"') + ", runtimeVersionOverride: 1.5.1"),
    ),
    "ADM-RUNTIME-03": (_STANDALONE % (_PICKER % "nightly"), _STANDALONE % (_PICKER % "1.5.1")),
    "ADM-EPP-01": (_worker(_PICKER % "1.4.2"), _worker(f"{_PICKER % '1.4.2'}, {_CONFIG}")),
    "ADM-EPP-02": (_worker(_PICKER % "1.4.2"), _worker(f"{_PICKER % '1.4.2'}, {_CONFIG}")),
    "ADM-EPP-03": (_worker(f"{_PICKER % '1.5.1'}, {_CONFIG}"), _worker(_PICKER % "1.5.1")),
    "ADM-EPP-04": (
        _worker("type: epp, multinode: {nodeCount: 2}"),
        _worker("type: worker, multinode: {nodeCount: 2}"),
    ),
    "ADM-EPP-05": (_worker("type: epp, replicas: 2"), _worker("type: epp, replicas: 1")),
    "ADM-EPP-06": (
        _worker("type: epp, eppConfig: {configMapRef: {key: a}}"),
        _worker(f"type: epp, {_CONFIG}"),
    ),
    "ADM-COMP-01": (
        'metadata: {annotations: {nvidia.com/enable-grove: "false"}}\n' + _worker("minAvailable: 1"),
        _worker("minAvailable: 1"),
    ),
    "ADM-COMP-02": (_worker("sharedMemorySize: -1Gi"), _worker("sharedMemorySize: 0")),
    "ADM-COMP-03": (_worker("frontendSidecar: frontend"), _worker("frontendSidecar: main")),
    "ADM-COMP-04": (
        _worker(
            _MAIN % 'image: "vllm-runtime:1.5.1", args: [--enable-elastic-ep, --data-parallel-backend, ray]'
        ),
        _worker(
            _MAIN % 'image: "vllm-runtime:1.5.1", command: [python3, -m, dynamo.vllm], '
            "args: [--enable-elastic-ep, --data-parallel-backend, ray]"
        ),
    ),
    "ADM-COMP-05": (
        'metadata: {annotations: {nvidia.com/enable-grove: "false"}}\n'
        + _worker("experimental: {grove: {forceScalingGroup: true}}"),
        _worker("experimental: {grove: {forceScalingGroup: true}}"),
    ),
    "ADM-GMS-01": (
        _worker(f"type: frontend, {_GPU}, experimental: {{{_GMS % 'IntraPod'}}}"),
        _experiment(_GMS % "IntraPod"),
    ),
    "ADM-GMS-02": (_worker(f"experimental: {{{_GMS % 'IntraPod'}}}"), _experiment(_GMS % "IntraPod")),
    "ADM-GMS-03": (
        _experiment("gpuMemoryService: {mode: IntraPod, extraClientContainers: [loader]}"),
        _experiment("gpuMemoryService: {mode: IntraPod, extraClientContainers: [main]}"),
    ),
    "ADM-GMS-04": (
        'metadata: {annotations: {nvidia.com/enable-grove: "false"}}\n' + _worker(_INTER),
        _worker(_INTER),
    ),
    "ADM-GMS-05": (
        _worker(_INTER).replace("spec: {", "spec: {backendFramework: sglang, ", 1),
        _worker(_INTER).replace("spec: {", "spec: {backendFramework: vllm, ", 1),
    ),
    "ADM-FAILOVER-01": (_experiment("failover: {mode: InterPod}"), _failover("InterPod")),
    "ADM-FAILOVER-02": (
        _experiment(f"{_GMS % 'IntraPod'}, failover: {{mode: InterPod}}"),
        _failover("InterPod"),
    ),
    "ADM-FAILOVER-03": (
        _worker(f"experimental: {{{_GMS % 'InterPod'}, failover: {{mode: InterPod}}}}"),
        _failover("InterPod"),
    ),
    "ADM-FAILOVER-04": (
        _worker(f"type: planner, {_GPU}, experimental: {{failover: {{mode: InterPod}}}}"),
        _failover("InterPod"),
    ),
    "ADM-CKPT-01": (
        _worker("experimental: {checkpoint: {enabled: true}}"),
        _worker("experimental: {checkpoint: {enabled: false}}"),
    ),
    "ADM-CKPT-02": (
        _experiment("checkpoint: {enabled: false, job: {gmsClientContainers: [main]}}"),
        _experiment(
            f"{_GMS % 'IntraPod'}, checkpoint: {{enabled: false, job: {{gmsClientContainers: [main]}}}}"
        ),
    ),
    "ADM-CKPT-03": (
        _experiment(f"{_GMS % 'InterPod'}, checkpoint: {{enabled: true}}"),
        _experiment(f"{_GMS % 'IntraPod'}, checkpoint: {{enabled: true}}"),
    ),
    "ADM-CKPT-04": (
        _STANDALONE % "type: worker, experimental: {checkpoint: {enabled: true, checkpointRef: a}}",
        _STANDALONE % "type: worker, experimental: {checkpoint: {enabled: true}}",
    ),
    "ADM-POWER-01": (_power("300W"), _power("300")),
    "ADM-POWER-02": (
        _power("300", 'image: "vllm-runtime:1.5.1", resources: {claims: [{name: gpu}]}'),
        _power("300", 'image: "vllm-runtime:1.5.1", resources: {limits: {nvidia.com/gpu: "1"}}'),
    ),
    "ADM-POWER-03": (_two(_power("300"), _power("350")), _two(_power("300"), _power("300"))),
    "ADM-FIXED-02": (
        _two(_experiment(""), _experiment(_GMS % "InterPod")),
        _two(_worker(_INTER), _worker(_INTER)),
    ),
    "ADM-FIXED-03": (
        _two(_worker(_INTER), _failover("InterPod")),
        _two(_failover("InterPod"), _failover("InterPod")),
    ),
    "ADM-FIXED-04": (
        _two(_failover("InterPod"), _failover("InterPod", ", numShadows: 2")),
        _two(_failover("InterPod"), _failover("InterPod", ", numShadows: 1")),
    ),
    "ADM-FIXED-05": (
        _two(_experiment(""), _experiment("grove: {forceScalingGroup: true}")),
        _two(_experiment(""), _experiment("grove: {forceScalingGroup: false}")),
    ),
    "ADM-ROLE-01": (
        _worker("roles: [{name: leader}, {name: worker}]"),
        _worker("multinode: {nodeCount: 2}, roles: [{name: leader}, {name: worker}]"),
    ),
    "ADM-ROLE-02": (
        _worker("multinode: {nodeCount: 2}, roles: [{name: leader}]"),
        _worker("multinode: {nodeCount: 2}, roles: [{name: leader}, {name: worker}]"),
    ),
    "ADM-ROLE-03": (
        _worker(f"multinode: {{nodeCount: 2}}, roles: [{_LEADER % 2}, {{name: worker}}]"),
        _worker(f"multinode: {{nodeCount: 2}}, roles: [{_LEADER % 1}, {{name: worker}}]"),
    ),
    "ADM-ROLE-04": (
        _worker(_LPX % "podTemplate: {spec: {containers: [{name: main}]}}"),
        _worker(_LPX % 'podTemplate: {spec: {containers: [{name: main, image: "lpx:1.6.1"}]}}'),
    ),
    "ADM-ROLE-05": (
        _worker(_LPX % "replicas: 1"),
        _worker(_LPX % 'podTemplate: {spec: {containers: [{name: main, image: "lpx:1.6.1"}]}}'),
    ),
    "ADM-ROLE-06": (_planner("1.5.1"), _planner("1.6.1")),
    "ADM-SIDECAR-01": (_worker(_RUNTIME % "restartPolicy: Always"), _worker(_RUNTIME % _SIDECAR)),
    "ADM-SIDECAR-02": (_worker(_RUNTIME % 'image: "dynamo-runtime:1.6.1"'), _worker(_RUNTIME % _SIDECAR)),
    "ADM-SIDECAR-03": (_worker(f"type: planner, {_RUNTIME % _SIDECAR}"), _worker(_RUNTIME % _SIDECAR)),
    "ADM-SIDECAR-04": (
        _worker(f"multinode: {{nodeCount: 2}}, {_RUNTIME % _SIDECAR}"),
        _worker(_RUNTIME % _SIDECAR),
    ),
    "ADM-ALPHA-01": (
        'apiVersion: nvidia.com/v1alpha1\nspec: {pvcs: [{name: ""}]}',
        "apiVersion: nvidia.com/v1alpha1\nspec: {pvcs: [{name: models}]}",
    ),
    "ADM-ALPHA-02": (
        _ALPHA % "volumeMounts: [{name: models}]",
        _ALPHA % "volumeMounts: [{name: models, mountPoint: /models}]",
    ),
    "ADM-ALPHA-03": (_ALPHA % "ingress: {enabled: true}", _ALPHA % "ingress: {enabled: true, host: chat}"),
    "ADM-ALPHA-04": (_ALPHA % "eppConfig: {}", _ALPHA % _CONFIG),
    "ADM-ALPHA-05": (
        _ALPHA
        % 'frontendSidecar: {image: "f:1.5.1"}, extraPodSpec: {containers: [{name: sidecar-frontend}]}',
        _ALPHA % 'frontendSidecar: {image: "f:1.5.1"}, extraPodSpec: {containers: [{name: proxy}]}',
    ),
    "ADM-ALPHA-06": (
        _ALPHA % "failover: {enabled: true, mode: intraPod, numShadows: 2}",
        _ALPHA % "failover: {enabled: true, mode: interPod, numShadows: 2}",
    ),
    "ADM-ALPHA-07": (
        _ALPHA % "annotations: {nvidia.com/vllm-distributed-executor-backend: rey}",
        _ALPHA % "annotations: {nvidia.com/vllm-distributed-executor-backend: ray}",
    ),
    "ADM-ALPHA-08": (_ALPHA % "dynamoNamespace: qwen", _ALPHA % "replicas: 1"),
    "ADM-ALPHA-09": (_ALPHA % "autoscaling: {enabled: true}", _ALPHA % "scalingAdapter: {enabled: true}"),
    "ADM-ALPHA-10": (
        _ALPHA % "sharedMemory: {disabled: false}",
        _ALPHA % "sharedMemory: {disabled: false, size: 16Gi}",
    ),
    "ADM-DGDR-05": (
        _OLD_REQUEST % 'config: {sla: {ttft: 200}}, profilerImage: ""',
        _OLD_REQUEST % 'config: {sla: {ttft: 200}}, profilerImage: "vllm-runtime:0.9.1"',
    ),
    "ADM-DGDR-06": (
        _OLD_REQUEST % 'profilerImage: "vllm-runtime:0.9.1"',
        _OLD_REQUEST % 'config: {sla: {ttft: 200}}, profilerImage: "vllm-runtime:0.9.1"',
    ),
    "ADM-DGDR-07": (
        _OLD_REQUEST % "config: {engine: {backend: sglang}}",
        _OLD_REQUEST % "config: {engine: {backend: vllm}}",
    ),
    "ADM-DGDR-01": (_REQUEST % "hardware: {totalGpus: 8}", _REQUEST % "hardware: {gpuSku: h200_sxm}"),
    "ADM-DGDR-02": (
        _REQUEST % "searchStrategy: thorough, backend: auto",
        _REQUEST % "searchStrategy: thorough, backend: vllm",
    ),
    "ADM-DGDR-03": (
        _REQUEST % 'image: "dynamo-planner:nightly"',
        _REQUEST % 'image: "dynamo-planner:nightly", runtimeVersionOverride: 1.5.1',
    ),
    "ADM-DGDR-04": (
        _two((_REQUEST % "model: a") + "\nstatus: {phase: Profiling}", _REQUEST % "model: b"),
        _two((_REQUEST % "model: a") + "\nstatus: {phase: Failed}", _REQUEST % "model: b"),
    ),
    "ADM-MODEL-01": (_MODEL % 'modelName: ""', _MODEL % "modelName: a"),
    "ADM-MODEL-02": (_MODEL % "modelType: lora", _MODEL % 'modelType: lora, source: {uri: "hf://a/b"}'),
    "ADM-MODEL-03": (
        _MODEL % 'modelType: lora, source: {uri: "https://a/b"}',
        _MODEL % 'modelType: lora, source: {uri: "s3://a/b"}',
    ),
    "ADM-MODEL-04": (
        _two(_MODEL % "baseModelName: a", _MODEL % "baseModelName: b"),
        _two(_MODEL % "modelName: a", _MODEL % "modelName: b"),
    ),
    "ADM-MODEL-05": (
        _two(_MODEL % "baseModelName: a", _MODEL % "baseModelName: b"),
        _two(_MODEL % "modelName: a", _MODEL % "modelName: b"),
    ),
    "ADM-MODEL-06": (
        _two(_MODEL % "modelType: base", _MODEL % "modelType: adapter"),
        _two(_MODEL % "modelName: a", _MODEL % "modelType: base"),
    ),
    "ADM-DCKPT-01": (_CHECKPOINT % "job: {}", _CHECKPOINT % "job: {}"),
    "ADM-DCKPT-02": (
        _CHECKPOINT % "gpuMemoryService: {enabled: true, mode: interPod}",
        _CHECKPOINT % "gpuMemoryService: {enabled: false, mode: interPod}",
    ),
    "ADM-DCKPT-03": (
        _CHECKPOINT % "gpuMemoryService: {enabled: true, extraClientContainers: [loader]}",
        _CHECKPOINT % "gpuMemoryService: {enabled: true}",
    ),
    "ADM-DCKPT-04": (
        _CHECKPOINT % "gpuMemoryService: {enabled: true}",
        _CHECKPOINT % "gpuMemoryService: {enabled: false}",
    ),
    "ADM-DCKPT-05": (
        _CHECKPOINT % "gpuMemoryService: {enabled: true}, job: {targetContainerName: engine}",
        _CHECKPOINT % "gpuMemoryService: {enabled: true}, job: {targetContainerName: main}",
    ),
}
