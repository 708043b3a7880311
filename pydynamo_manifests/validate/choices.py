"""The closed lists of words in Kubernetes' own objects, which its OpenAPI document leaves out.

Custom resources that embed these types take any word there; the API server judges it when the operator
makes the object. Lists hold the words of every minor from 1.30 on.

Source: k8s.io/api, the constants of the types marked ``+enum``, and pkg/apis/*/validation.
"""

from __future__ import annotations

from typing import Any

__all__ = ["with_choices"]

_CORE, _APPS, _BATCH, _NET = "api.core.v1.", "api.apps.v1.", "api.batch.v1.", "api.networking.v1."
Words = dict[str, tuple[str, ...]]
_ACCESS = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_CONTAINER: Words = {
    "imagePullPolicy": ("Always", "IfNotPresent", "Never"),
    "terminationMessagePolicy": ("File", "FallbackToLogsOnError"),
}
_PROTOCOL: Words = {"protocol": ("TCP", "UDP", "SCTP")}
_ROLLING: Words = {"type": ("RollingUpdate", "OnDelete")}
_WEBHOOK: Words = {
    "failurePolicy": ("Fail", "Ignore"),
    "matchPolicy": ("Equivalent", "Exact"),
    "sideEffects": ("None", "NoneOnDryRun"),
}

CHOICES: dict[str, Words] = {
    f"{_CORE}Container": _CONTAINER,
    f"{_CORE}ContainerPort": _PROTOCOL,
    f"{_CORE}EndpointPort": _PROTOCOL,
    f"{_CORE}EphemeralContainer": _CONTAINER,
    f"{_CORE}HTTPGetAction": {"scheme": ("HTTP", "HTTPS")},
    f"{_CORE}HostPathVolumeSource": {
        "type": (
            "DirectoryOrCreate",
            "Directory",
            "FileOrCreate",
            "File",
            "Socket",
            "CharDevice",
            "BlockDevice",
        )
    },
    f"{_CORE}NodeSelectorRequirement": {"operator": ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")},
    f"{_CORE}PersistentVolumeClaimSpec": {"accessModes": _ACCESS, "volumeMode": ("Filesystem", "Block")},
    f"{_CORE}PersistentVolumeSpec": {
        "accessModes": _ACCESS,
        "persistentVolumeReclaimPolicy": ("Retain", "Recycle", "Delete"),
        "volumeMode": ("Filesystem", "Block"),
    },
    f"{_CORE}PodSecurityContext": {"fsGroupChangePolicy": ("OnRootMismatch", "Always")},
    f"{_CORE}PodSpec": {
        "dnsPolicy": ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
        "preemptionPolicy": ("PreemptLowerPriority", "Never"),
        "restartPolicy": ("Always", "OnFailure", "Never"),
    },
    f"{_CORE}SeccompProfile": {"type": ("RuntimeDefault", "Localhost", "Unconfined")},
    f"{_CORE}ServicePort": _PROTOCOL,
    f"{_CORE}ServiceSpec": {
        "externalTrafficPolicy": ("Cluster", "Local"),
        "internalTrafficPolicy": ("Cluster", "Local"),
        "ipFamilies": ("IPv4", "IPv6"),
        "ipFamilyPolicy": ("SingleStack", "PreferDualStack", "RequireDualStack"),
        "sessionAffinity": ("None", "ClientIP"),
        "type": ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
    },
    f"{_CORE}Toleration": {
        "effect": ("NoSchedule", "PreferNoSchedule", "NoExecute"),
        "operator": ("Equal", "Exists", "Lt", "Gt"),
    },
    f"{_CORE}TopologySpreadConstraint": {
        "nodeAffinityPolicy": ("Honor", "Ignore"),
        "nodeTaintsPolicy": ("Honor", "Ignore"),
        "whenUnsatisfiable": ("DoNotSchedule", "ScheduleAnyway"),
    },
    f"{_CORE}VolumeMount": {
        "mountPropagation": ("None", "HostToContainer", "Bidirectional"),
        "recursiveReadOnly": ("Disabled", "IfPossible", "Enabled"),
    },
    f"{_APPS}DaemonSetUpdateStrategy": _ROLLING,
    f"{_APPS}DeploymentStrategy": {"type": ("RollingUpdate", "Recreate")},
    f"{_APPS}StatefulSetSpec": {"podManagementPolicy": ("OrderedReady", "Parallel")},
    f"{_APPS}StatefulSetUpdateStrategy": _ROLLING,
    f"{_BATCH}CronJobSpec": {"concurrencyPolicy": ("Allow", "Forbid", "Replace")},
    f"{_BATCH}JobSpec": {"completionMode": ("NonIndexed", "Indexed")},
    f"{_NET}HTTPIngressPath": {"pathType": ("Prefix", "Exact", "ImplementationSpecific")},
    f"{_NET}NetworkPolicyPort": _PROTOCOL,
    f"{_NET}NetworkPolicySpec": {"policyTypes": ("Ingress", "Egress")},
    "api.admissionregistration.v1.MutatingWebhook": _WEBHOOK,
    "api.admissionregistration.v1.ValidatingWebhook": _WEBHOOK,
    "api.autoscaling.v2.HPAScalingPolicy": {"type": ("Pods", "Percent")},
    "api.autoscaling.v2.HPAScalingRules": {"selectPolicy": ("Max", "Min", "Disabled")},
    "api.autoscaling.v2.MetricSpec": {
        "type": ("Resource", "ContainerResource", "Pods", "Object", "External")
    },
    "api.autoscaling.v2.MetricTarget": {"type": ("Utilization", "Value", "AverageValue")},
    "api.policy.v1.PodDisruptionBudgetSpec": {
        "unhealthyPodEvictionPolicy": ("IfHealthyBudget", "AlwaysAllow")
    },
    "api.rbac.v1.Subject": {"kind": ("ServiceAccount", "User", "Group")},
    "api.storage.v1.StorageClass": {
        "reclaimPolicy": ("Delete", "Retain"),
        "volumeBindingMode": ("Immediate", "WaitForFirstConsumer"),
    },
    "apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement": {
        "operator": ("In", "NotIn", "Exists", "DoesNotExist")
    },
}
"""The words of a field, by type; of a list, those of its items. ``""`` is a field that is not there."""


def with_choices(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the strict JSON Schema of a core object with the words that its types allow."""
    types = {name: _chosen(node, CHOICES.get(name, {})) for name, node in schema["$defs"].items()}
    return {**schema, "$defs": types}


def _chosen(node: dict[str, Any], choices: Words) -> dict[str, Any]:
    fields = node.get("properties", {})
    narrowed = {name: _narrowed(fields[name], words) for name, words in choices.items() if name in fields}
    return {**node, "properties": {**fields, **narrowed}} if narrowed else node


def _narrowed(field: dict[str, Any], words: tuple[str, ...]) -> dict[str, Any]:
    if field.get("type") == "array":
        return {**field, "items": _narrowed(field["items"], words)}
    return {**field, "enum": list(words)}
