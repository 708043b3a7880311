"""Examples of the rules on graphs as a whole: what a rule finds, and the nearest text that it does not find.

Each is the part of a manifest that matters. Two documents are the stored object and the submitted one.
"""

from __future__ import annotations

__all__ = ["GRAPH_EXAMPLES"]

_ADAPTER = "spec: {components: [{name: worker, replicas: %s, scalingAdapter: {}}]}"
_TOPOLOGY = "spec: {topologyConstraint: {clusterTopologyName: %s, packDomain: %s}}"
_POLICY = "spec: {experimental: {kvTransferPolicy: {%s, domain: %s}}}"
_NODES = "spec: {components: [{name: worker, multinode: {nodeCount: %s}}]}"
_ORDER = "spec: {restart: {id: again, strategy: {type: %s, order: [%s]}}}"
_OVERRIDE = "spec: {providerOverride: {apiVersion: %s, target: %s, value: {spec: {template: %s}}}}"
_ROLES = (
    "spec: {components: [{name: worker, %s, roles: [{name: worker}, {name: leader, providerOverride:"
    " {apiVersion: grove.io/v1alpha1, value: {topologyConstraint: {topologyName: rails}}}}]}]}"
)
_PACK = "{topologyConstraint: {topologyName: rails, pack: {required: rack}}}"
_GROVE = (_OVERRIDE % ("grove.io/v1alpha1", "PodCliqueSet", _PACK)).replace("target: PodCliqueSet, ", "")


def _annotation(text: str) -> str:
    return f"metadata: {{annotations: {{nvidia.com/{text}}}}}"


def _two(stored: str, submitted: str) -> str:
    return f"{stored}\n---\n{submitted}"


GRAPH_EXAMPLES: dict[str, tuple[str, str]] = {
    "ADM-META-01": (
        _annotation("dynamo-operator-origin-version: latest"),
        _annotation("dynamo-operator-origin-version: 1.5.1"),
    ),
    "ADM-META-02": (
        _annotation("vllm-distributed-executor-backend: rey"),
        _annotation("vllm-distributed-executor-backend: Ray"),
    ),
    "ADM-META-03": (
        _annotation("grove-update-strategy: ondelete"),
        _annotation("grove-update-strategy: OnDelete"),
    ),
    "ADM-META-04": (
        _annotation("dynamo-kube-discovery-mode: node"),
        _annotation("dynamo-kube-discovery-mode: pod"),
    ),
    "ADM-META-05": (
        "spec: {components: [{name: worker, experimental: {failover: {mode: IntraPod}}}]}",
        _annotation("dynamo-kube-discovery-mode: container")
        + "\nspec: {components: [{name: worker, experimental: {failover: {mode: IntraPod}}}]}",
    ),
    "ADM-META-06": (
        _two(_annotation("workload-provider: lws"), _annotation("workload-provider: lws")),
        _two(_annotation("workload-provider: component"), _annotation("workload-provider: component")),
    ),
    "ADM-META-07": (
        _two("metadata: {}", _annotation("workload-provider: grove")),
        _two("metadata: {}", "metadata: {}"),
    ),
    "ADM-META-08": (
        _two(_annotation("workload-provider: component"), _annotation("workload-provider: grove")),
        _two(_annotation("workload-provider: grove"), _annotation("workload-provider: grove")),
    ),
    "ADM-SPEC-01": ("spec: {components: []}", "spec: {components: [{name: worker, type: worker}]}"),
    "ADM-SPEC-02": (
        _annotation('enable-grove: "false"') + "\nspec: {priorityClassName: high}",
        "spec: {priorityClassName: high}",
    ),
    "ADM-SPEC-03": (
        (
            "metadata: {name: qwen-disagg}\n"
            "spec: {components: [{name: VllmPrefillWorker, multinode: {nodeCount: 2}}]}"
        ),
        "metadata: {name: qwen-disagg}\nspec: {components: [{name: prefill, multinode: {nodeCount: 2}}]}",
    ),
    "ADM-SPEC-04": (
        _two("spec: {backendFramework: vllm}", "spec: {components: [{name: planner, type: planner}]}"),
        _two("spec: {backendFramework: vllm}", "spec: {components: [{name: worker, replicas: 2}]}"),
    ),
    "ADM-SPEC-05": (
        _two("spec: {backendFramework: vllm}", "spec: {backendFramework: sglang}"),
        _two("spec: {backendFramework: vllm}", "spec: {backendFramework: vllm}"),
    ),
    "ADM-SPEC-06": (
        _two("spec: {backendFramework: vllm}", "spec: {backendFramework: sglang}"),
        _two("spec: {backendFramework: vllm}", "spec: {backendFramework: vllm}"),
    ),
    "ADM-RESTART-01": (
        _ORDER % ("Parallel", "frontend, worker"),
        _ORDER % ("Sequential", "frontend, worker"),
    ),
    "ADM-RESTART-02": (
        _ORDER % ("Sequential", "worker, worker"),
        _ORDER % ("Sequential", "worker, frontend"),
    ),
    "ADM-RESTART-03": (_ORDER % ("Sequential", "worker"), _ORDER % ("Sequential", "worker, frontend")),
    "ADM-RESTART-04": (
        _ORDER % ("Sequential", "worker, router"),
        _ORDER % ("Sequential", "worker, frontend"),
    ),
    "ADM-RESTART-05": (
        _two("status: {rollingUpdate: {phase: InProgress}}", "spec: {restart: {id: again}}"),
        _two("status: {rollingUpdate: {phase: Completed}}", "spec: {restart: {id: again}}"),
    ),
    "ADM-TOPO-01": (
        "spec: {components: [{name: worker, topologyConstraint: {packDomain: rack}}]}",
        (
            "spec: {topologyConstraint: {clusterTopologyName: rails},"
            " components: [{name: worker, topologyConstraint: {packDomain: rack}}]}"
        ),
    ),
    "ADM-TOPO-02": (
        "spec: {topologyConstraint: {clusterTopologyName: rails}}",
        _TOPOLOGY % ("rails", "rack"),
    ),
    "ADM-TOPO-03": (_TOPOLOGY % ("roads", "rack"), _TOPOLOGY % ("rails", "rack")),
    "ADM-TOPO-04": (_TOPOLOGY % ("rails", "shelf"), _TOPOLOGY % ("rails", "rack")),
    "ADM-TOPO-05": (
        (
            "spec: {topologyConstraint: {clusterTopologyName: rails, packDomain: rack},"
            " components: [{name: worker, topologyConstraint: {packDomain: zone}}]}"
        ),
        (
            "spec: {topologyConstraint: {clusterTopologyName: rails, packDomain: zone},"
            " components: [{name: worker, topologyConstraint: {packDomain: rack}}]}"
        ),
    ),
    "ADM-TOPO-06": (
        _two(_TOPOLOGY % ("rails", "rack"), _TOPOLOGY % ("rails", "zone")),
        _two(_TOPOLOGY % ("rails", "rack"), _TOPOLOGY % ("rails", "rack")),
    ),
    "ADM-KV-01": (
        _POLICY % ("clusterTopologyName: Rails", "rack"),
        _POLICY % ("clusterTopologyName: rails", "rack"),
    ),
    "ADM-KV-02": (
        _annotation('enable-grove: "false"') + "\n" + _POLICY % ("clusterTopologyName: rails", "rack"),
        _annotation('enable-grove: "false"')
        + "\n"
        + _POLICY % ("labelKey: topology.kubernetes.io/zone", "zone"),
    ),
    "ADM-KV-03": (
        _POLICY % ("clusterTopologyName: roads", "rack"),
        _POLICY % ("clusterTopologyName: rails", "rack"),
    ),
    "ADM-KV-04": (
        _POLICY % ("clusterTopologyName: rails", "shelf"),
        _POLICY % ("clusterTopologyName: rails", "rack"),
    ),
    "ADM-KV-05": (
        _two(_POLICY % ("labelKey: rack", "rack"), _POLICY % ("labelKey: zone", "zone")),
        _two(
            _POLICY % ("labelKey: rack", "rack"), _POLICY % ("labelKey: rack, enforcement: required", "rack")
        ),
    ),
    "ADM-PROV-01": (
        (
            "kind: DynamoComponentDeployment\n"
            "spec: {providerOverride: {apiVersion: grove.io/v1alpha1, value: {topologyConstraint: {}}}}"
        ),
        "kind: DynamoComponentDeployment\nspec: {replicas: 1}",
    ),
    "ADM-PROV-02": (_annotation('enable-grove: "false"') + "\n" + _GROVE, _GROVE),
    "ADM-PROV-03": (_OVERRIDE % ("grove.io/v1", "PodCliqueSet", _PACK), _GROVE),
    "ADM-PROV-04": (_OVERRIDE % ("grove.io/v1alpha1", "PodClique", _PACK), _GROVE),
    "ADM-PROV-05": (
        _ROLES % "experimental: {gpuMemoryService: {mode: InterPod}}, multinode: {nodeCount: 2}",
        _ROLES % "multinode: {nodeCount: 2}",
    ),
    "ADM-PROV-06": (
        (
            "spec: {providerOverride: {apiVersion: grove.io/v1alpha1, value:"
            " {spec: {replicas: 2, template: {topologyConstraint: {}}}}}}"
        ),
        _GROVE,
    ),
    "ADM-PROV-07": (
        "spec: {providerOverride: {apiVersion: grove.io/v1alpha1, value: {spec: {template: {}}}}}",
        _GROVE,
    ),
    "ADM-PROV-08": (
        (
            "spec: {providerOverride: {apiVersion: grove.io/v1alpha1, value:"
            " {spec: {template: {topologyConstraint: {pack: rack}}}}}}"
        ),
        _GROVE,
    ),
    "ADM-PROV-09": (
        "spec: {topologyConstraint: {clusterTopologyName: rails, packDomain: rack}, "
        + _GROVE.removeprefix("spec: {"),
        _GROVE,
    ),
    "ADM-PROV-10": (
        _two(
            _OVERRIDE % ("grove.io/v1", "PodCliqueSet", _PACK),
            _OVERRIDE % ("grove.io/v1alpha1", "PodCliqueSet", _PACK),
        ),
        _two("spec: {backendFramework: vllm}", _GROVE),
    ),
    "ADM-SCALE-01": (_two(_ADAPTER % 2, _ADAPTER % 3), _two(_ADAPTER % 2, _ADAPTER % 2)),
    "ADM-FIXED-01": (_two("spec: {backendFramework: vllm}", _NODES % 2), _two(_NODES % 2, _NODES % 3)),
    "ADM-FIXED-06": (_two(_NODES % 2, _NODES % 3), _two(_NODES % 2, _NODES % 2)),
}
