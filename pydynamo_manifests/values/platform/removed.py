"""Keys of upstream's ``dynamo-platform`` chart that people carry over, and what to write instead.

Source: the values of the charts 0.6 to 1.6, and the keys that these refuse themselves. The chart's schema
refuses each with these words; ``migrate-values`` moves them.
"""

from __future__ import annotations

__all__ = ["REMOVED"]

_HELP = "'dynamo-manifests migrate-values FILE' rewrites the file"
_OTHER = "is another project's chart, install it beside this one (examples/platform)"

REMOVED: dict[str, str] = {
    "dynamo-operator": f"dynamo-operator.* is now operator.*, webhooks.*, integrations.* and others; {_HELP}",
    "nats.enabled": "nats.enabled is now nats.mode: none, builtIn or external",
    "nats.config": f"nats.config.* is now nats.server.*; {_HELP}",
    "nats.container": "nats.container.* is now nats.server.image, env and resources",
    "nats.tlsCA": "nats.tlsCA is now nats.server.tls.secretName",
    "nats.podTemplate": "nats.podTemplate is now nats.server.podAnnotations, tolerations, affinity",
    "nats.podDisruptionBudget": "nats.podDisruptionBudget is rendered with three servers or more",
    "nats.reloader": "nats.reloader is gone: a changed configuration restarts the server",
    "nats.promExporter": "nats.promExporter is gone: scrape the monitoring port, or run NATS yourself (nats.mode: external)",
    "nats.natsBox": "nats.natsBox is gone: run one beside the release",
    "nats.service": "nats.service is gone: the Service has one port, or run NATS yourself (nats.mode: external)",
    "nats.statefulSet": "nats.statefulSet is gone: use nats.server.*",
    "nats.headlessService": "nats.headlessService is gone: use nats.server.*",
    "nats.configMap": "nats.configMap is gone: use nats.server.*",
    "nats.serviceAccount": "nats.serviceAccount is gone: the server needs none",
    "etcd": "etcd.* is gone: this chart installs no etcd; write discovery.etcd.address of your own",
    "grove": f"grove.* {_OTHER}; integrations.grove.enabled says whether the operator uses it",
    "kai-scheduler": f"kai-scheduler.* {_OTHER}; integrations.kai.enabled says whether the operator uses it",
    "lws": f"lws.* {_OTHER}; integrations.lws.enabled says whether the operator uses it",
    "snapshot": f"snapshot.* {_OTHER}; integrations.checkpoint.enabled says whether the operator uses it",
    "dynamo-crds": "dynamo-crds is now crds.managedBy: chart, operator or none",
    "upgradeCRD": "upgradeCRD is now crds.managedBy: operator (true) or none (false); chart is the default",
    "natsAddr": "natsAddr is now nats.external.address with nats.mode: external",
    "etcdAddr": "etcdAddr is now discovery.etcd.address with discovery.backend: etcd",
    "controllerManager": "controllerManager.* is now operator.*",
    "namespaceRestriction": "namespaceRestriction.enabled is now operator.scope.mode: namespace",
    "webhook": "webhook.* is now webhooks.*",
    "imagePullSecrets": "imagePullSecrets is now global.imagePullSecrets",
    "global.nats": "global.nats.install: true is now nats.mode: builtIn",
    "global.etcd": "global.etcd.install is gone: this chart installs no etcd; write discovery.etcd.address of your own",
    "global.grove": "global.grove.enabled is now integrations.grove.enabled; install is gone: Grove is another project's chart",
    "global.kai-scheduler": "global.kai-scheduler.enabled is now integrations.kai.enabled; install is gone: KAI is another project's chart",
    "global.volcano-scheduler": "global.volcano-scheduler.enabled is now integrations.volcano.enabled",
    "global.lws": "global.lws.enabled is now integrations.lws.enabled; install is gone: LWS is another project's chart",
    "global.snapshot": "global.snapshot.install is gone: the Snapshot operator is another project's chart; integrations.checkpoint.enabled uses it",
    "global.disaggregatedset": "global.disaggregatedset is gone: no released operator uses it",
}
"""Path of a removed key, and the sentence that refuses it."""
