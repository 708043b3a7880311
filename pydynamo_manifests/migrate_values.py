"""Values of upstream's ``dynamo-platform`` chart turned into values of ours, with what could not be moved.

Source: the values and templates of upstream's charts 1.0 to 1.6 (``deploy/helm/charts/platform``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Migration", "migrate_values"]

Path = tuple[str, ...]


@dataclass
class Migration:
    """The new values, and a sentence for every key that has no counterpart or needs a hand."""

    values: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def put(self, path: str, value: Any) -> None:
        """Set a value by its dotted path."""
        *blocks, key = path.split(".")
        home = self.values
        for block in blocks:
            home = home.setdefault(block, {})
        home[key] = value

    def note(self, key: str, words: str) -> None:
        """Say what happened to a key of the old file."""
        self.notes.append(f"{key}: {words}")


Rule = "Callable[[Migration, str, Any], None] | str"

SAME_AS_DEFAULT: Mapping[str, Any] = {
    "dynamo-operator.dynamo.serviceMesh.provider": "istio",
    "dynamo-operator.controllerManager.leaderElection.id": "dynamo.nvidia.com",
    "dynamo-operator.controllerManager.leaderElection.namespace": "kube-system",
    "dynamo-operator.kubernetesClusterDomain": "cluster.local",
}
"""Values that change nothing here; another value of the same key is reported."""


def migrate_values(old: Mapping[str, Any]) -> Migration:
    """Return our values for an upstream values file.

    Nothing is lost silently: a key without counterpart is named in ``notes`` with the reason.

    Raises:
        InputError: The file already is one of ours, or no values file of this chart.
    """
    ours = {"operator", "webhooks", "crds", "integrations", "runtimeImages", "monitoring"} & old.keys()
    if ours:
        raise InputError(f"these already are values of this chart: they have {', '.join(sorted(ours))}")
    found = Migration()
    _walk(found, (), old)
    _combine(found, old)
    return found


def _walk(found: Migration, path: Path, node: Any) -> None:
    key = ".".join(path)
    rule = _RULES.get(key)
    if rule is not None:
        _follow(found, key, rule, node)
    elif isinstance(node, dict) and (_leads_on(key) or not path):
        for name, value in node.items():
            _walk(found, (*path, str(name)), value)
    elif node not in (None, "", {}, []) and SAME_AS_DEFAULT.get(key, found) != node:
        reason = next((words for start, words in _GONE.items() if f"{key}.".startswith(f"{start}.")), None)
        found.note(key, reason or "has no counterpart here")


def _leads_on(key: str) -> bool:
    return any(rule.startswith(f"{key}.") for rule in (*_RULES, *_GONE, *SAME_AS_DEFAULT))


def _follow(found: Migration, key: str, rule: Any, node: Any) -> None:
    if isinstance(rule, str):
        if node not in (None, ""):
            found.put(rule, node)
    else:
        rule(found, key, node)


def _image(home: str) -> Callable[[Migration, str, Any], None]:
    def move(found: Migration, _key: str, node: Any) -> None:
        registry, _, repository = (
            str(node).rpartition("/") if "/" not in str(node) else str(node).partition("/")
        )
        if "." in registry or ":" in registry or registry == "localhost":
            found.put(f"{home}.registry", registry)
            found.put(f"{home}.repository", repository)
        else:
            found.put(f"{home}.registry", "docker.io")
            found.put(f"{home}.repository", node if "/" in str(node) else f"library/{node}")

    return move


def _reference(home: str) -> Callable[[Migration, str, Any], None]:
    def move(found: Migration, key: str, node: Any) -> None:
        if not node:
            return
        name, _, digest = str(node).partition("@")
        head, _, last = name.rpartition("/")
        repository, _, tag = last.partition(":")
        _image(home)(found, key, f"{head}/{repository}" if head else repository)
        if tag:
            found.put(f"{home}.tag", tag)
        if digest:
            found.put(f"{home}.digest", digest)

    return move


def _environment(found: Migration, key: str, node: Any) -> None:
    for item in node or []:
        name = item.get("name")
        if "valueFrom" in item:
            found.put(
                "operator.env", {**found.values.get("operator", {}).get("env", {}), name: item["valueFrom"]}
            )
        elif name:
            env = {**found.values.get("operator", {}).get("env", {}), name: item.get("value", "")}
            found.put("operator.env", env)
    if not isinstance(node, list):
        found.note(key, "is a list of variables upstream; this is something else")


def _by_name(path: str, by: str) -> Callable[[Migration, str, Any], None]:
    def move(found: Migration, _key: str, node: Any) -> None:
        named = {item[by]: {k: v for k, v in item.items() if k != by} for item in node or []}
        if named:
            found.put(path, named)

    return move


def _definitions(found: Migration, _key: str, node: Any) -> None:
    found.put("crds.managedBy", "operator" if node else "none")


def _tristate(path: str) -> Callable[[Migration, str, Any], None]:
    def move(found: Migration, key: str, node: Any) -> None:
        if key.endswith(".install"):
            if node:
                found.put(path, value=True)
                found.note(key, "this chart installs no other project's chart: install it beside this one")
        elif node:
            found.put(path, value=True)

    return move


def _nats_install(found: Migration, _key: str, node: Any) -> None:
    if node:
        found.put("nats.mode", "builtIn")


def _etcd_install(found: Migration, key: str, node: Any) -> None:
    if node:
        found.note(key, "this chart installs no etcd: run your own and write discovery.etcd.address")


def _restricted(found: Migration, _key: str, node: Any) -> None:
    if node:
        found.put("operator.scope.mode", "namespace")


def _mesh(found: Migration, _key: str, node: Any) -> None:
    found.put("integrations.serviceMesh.enabled", "auto" if node is None else node)


def _monitors(path: str) -> Callable[[Migration, str, Any], None]:
    def move(found: Migration, key: str, node: Any) -> None:
        if node is None:
            found.note(key, f"null looked at the cluster while rendering; say true or false in {path}")
        else:
            found.put(path, node)

    return move


def _ports(found: Migration, key: str, node: Any) -> None:
    if isinstance(node, list) and len(node) == 1 and "port" in node[0]:
        found.put("monitoring.service.port", node[0]["port"])
    else:
        found.note(key, "the metrics Service has one port, monitoring.service.port")


def _pull_secrets(found: Migration, _key: str, node: Any) -> None:
    if node:
        found.put("global.imagePullSecrets", [{"name": s} if isinstance(s, str) else s for s in node])


def _registry_secret(found: Migration, _key: str, node: Any) -> None:
    if node:
        found.put("global.imagePullSecrets", [{"name": node}])


def _password(found: Migration, key: str, node: Any) -> None:
    if node:
        found.note(
            key,
            "no password goes into values: create the pull Secret yourself, name it in global.imagePullSecrets",
        )


def _external_certificate(found: Migration, _key: str, node: Any) -> None:
    if node:
        found.put("webhooks.certificates.provider", "secret")


def _cert_manager(found: Migration, _key: str, node: Any) -> None:
    if node:
        found.put("webhooks.certificates.provider", "certManager")


def _sizes(found: Migration, _key: str, node: Any) -> None:
    if node:
        found.put("nats.server.jetstream.size", node)


_O = "dynamo-operator"
_C = f"{_O}.controllerManager"
_D = f"{_O}.dynamo"
_W = f"{_O}.webhook"
_INFRASTRUCTURE = (
    "tcpTLSCertPath",
    "tcpTLSKeyPath",
    "tcpTLSCAPath",
    "tcpTLSClientCertPath",
    "tcpTLSClientKeyPath",
    "tcpTLSClientCAPath",
    "tcpTLSServerName",
    "modelExpressURL",
)

_RULES: dict[str, Any] = {
    "nameOverride": "nameOverride",
    "fullnameOverride": "fullnameOverride",
    "global.nats.install": _nats_install,
    "global.etcd.install": _etcd_install,
    "global.grove.install": _tristate("integrations.grove.enabled"),
    "global.grove.enabled": _tristate("integrations.grove.enabled"),
    "global.kai-scheduler.install": _tristate("integrations.kai.enabled"),
    "global.kai-scheduler.enabled": _tristate("integrations.kai.enabled"),
    "global.lws.install": _tristate("integrations.lws.enabled"),
    "global.lws.enabled": _tristate("integrations.lws.enabled"),
    "global.volcano-scheduler.enabled": "integrations.volcano.enabled",
    "global.snapshot.install": _tristate("integrations.checkpoint.enabled"),
    "nats.enabled": _nats_install,
    "nats.config.jetstream.fileStore.pvc.size": _sizes,
    "nats.config.jetstream.fileStore.pvc.storageClassName": "nats.server.jetstream.storageClassName",
    "nats.config.jetstream.fileStore.pvc.enabled": "nats.server.jetstream.persistent",
    "nats.config.merge.max_payload": "nats.server.maxPayload",
    "nats.container.image.repository": _image("nats.server.image"),
    "nats.container.image.tag": "nats.server.image.tag",
    "nats.podTemplate.merge.metadata.annotations": "nats.server.podAnnotations",
    "nats.podTemplate.merge.spec.tolerations": "nats.server.tolerations",
    "nats.podTemplate.merge.spec.affinity": "nats.server.affinity",
    "etcd.enabled": _etcd_install,
    "grove.enabled": _tristate("integrations.grove.enabled"),
    "kai-scheduler.enabled": _tristate("integrations.kai.enabled"),
    f"{_O}.enabled": "operator.enabled",
    f"{_O}.nameOverride": "nameOverride",
    f"{_O}.fullnameOverride": "fullnameOverride",
    f"{_O}.upgradeCRD": _definitions,
    f"{_O}.env": _environment,
    f"{_O}.natsAddr": "nats.external.address",
    f"{_O}.etcdAddr": "discovery.etcd.address",
    f"{_O}.discoveryBackend": "discovery.backend",
    f"{_O}.natsTLSCAPath": "nats.clientTls.caPath",
    f"{_O}.natsTLSClientCertPath": "nats.clientTls.certPath",
    f"{_O}.natsTLSClientKeyPath": "nats.clientTls.keyPath",
    **{f"{_O}.{key}": f"operator.config.infrastructure.{key}" for key in _INFRASTRUCTURE},
    f"{_O}.lpx.enabled": "integrations.lpx.enabled",
    f"{_O}.lpx.modelRegistryURL": "integrations.lpx.modelRegistryURL",
    f"{_O}.namespaceRestriction.enabled": _restricted,
    f"{_O}.namespaceRestriction.targetNamespace": "operator.scope.namespace",
    f"{_O}.namespaceRestriction.lease.duration": "operator.scope.lease.duration",
    f"{_O}.namespaceRestriction.lease.renewInterval": "operator.scope.lease.renewInterval",
    f"{_O}.gpuDiscovery.enabled": "integrations.gpuDiscovery.enabled",
    f"{_O}.imagePullSecrets": _pull_secrets,
    f"{_C}.replicas": "operator.replicas",
    f"{_C}.tolerations": "operator.tolerations",
    f"{_C}.affinity": "operator.affinity",
    f"{_C}.podLabels": "operator.podLabels",
    f"{_C}.podAnnotations": "operator.podAnnotations",
    f"{_C}.serviceAccount.annotations": "operator.serviceAccount.annotations",
    f"{_C}.manager.image.repository": _image("operator.image"),
    f"{_C}.manager.image.tag": "operator.image.tag",
    f"{_C}.manager.image.pullPolicy": "operator.image.pullPolicy",
    f"{_C}.manager.dgdrDefaultImage": _reference("operator.profilerImage"),
    f"{_C}.manager.resources": "operator.resources",
    f"{_C}.manager.containerSecurityContext": "operator.securityContext",
    f"{_C}.manager.volumes": _by_name("operator.volumes", "name"),
    f"{_C}.manager.volumeMounts": _by_name("operator.volumeMounts", "mountPath"),
    f"{_D}.groveTerminationDelay": "operator.config.orchestrators.grove.terminationDelay",
    f"{_D}.components.serviceAccount.annotations": "accounts.component.annotations",
    f"{_D}.dockerRegistry.existingSecretName": _registry_secret,
    f"{_D}.dockerRegistry.password": _password,
    f"{_D}.ingress.className": "operator.config.ingress.controllerClassName",
    f"{_D}.ingress.tlsSecretName": "operator.config.ingress.controllerTLSSecretName",
    f"{_D}.istio.gateway": "operator.config.ingress.virtualServiceGateway",
    f"{_D}.ingressHostSuffix": "operator.config.ingress.hostSuffix",
    f"{_D}.serviceMesh.enabled": _mesh,
    f"{_D}.serviceMesh.istio.tlsMode": "integrations.serviceMesh.istio.tlsMode",
    f"{_D}.serviceMesh.istio.insecureSkipVerify": "integrations.serviceMesh.istio.insecureSkipVerify",
    f"{_D}.serviceMesh.istio.clientCertificate": "integrations.serviceMesh.istio.clientCertificate",
    f"{_D}.serviceMesh.istio.privateKey": "integrations.serviceMesh.istio.privateKey",
    f"{_D}.serviceMesh.istio.caCertificates": "integrations.serviceMesh.istio.caCertificates",
    f"{_D}.metrics.prometheusEndpoint": "operator.config.infrastructure.prometheusEndpoint",
    f"{_D}.metrics.podMonitors.enabled": _monitors("monitoring.podMonitors.enabled"),
    f"{_D}.metrics.podMonitors.frontendPath": "monitoring.podMonitors.frontendPath",
    f"{_D}.metrics.podMonitors.nixlTelemetry": "monitoring.podMonitors.nixl",
    f"{_D}.metrics.podMonitors.labels": "monitoring.podMonitors.labels",
    f"{_D}.mpiRun.secretName": "operator.config.mpi.sshSecretName",
    f"{_O}.metricsService.enabled": _monitors("monitoring.serviceMonitor.enabled"),
    f"{_O}.metricsService.labels": "monitoring.serviceMonitor.labels",
    f"{_O}.metricsService.type": "monitoring.service.type",
    f"{_O}.metricsService.ports": _ports,
    f"{_O}.checkpoint.enabled": "integrations.checkpoint.enabled",
    f"{_O}.checkpoint.seccomp.disabled": "integrations.checkpoint.seccomp.disabled",
    f"{_O}.checkpoint.seccomp.profile": "integrations.checkpoint.seccomp.profile",
    f"{_O}.checkpoint.cleanupImage": _reference("integrations.checkpoint.cleanupImage"),
    f"{_O}.checkpoint.storage": "operator.extraConfig.checkpoint.storage",
    f"{_W}.certificateSecret.name": "webhooks.certificates.secretName",
    f"{_W}.certificateSecret.external": _external_certificate,
    f"{_W}.caBundle": "webhooks.certificates.caBundle",
    f"{_W}.failurePolicy": "webhooks.failurePolicy",
    f"{_W}.podCheckpointRestoreFailurePolicy": "webhooks.podCheckpointRestore.failurePolicy",
    f"{_W}.timeoutSeconds": "webhooks.timeoutSeconds",
    f"{_W}.namespaceSelector": "webhooks.namespaceSelector",
    f"{_W}.certManager.enabled": _cert_manager,
    f"{_W}.certManager.certificate.duration": "webhooks.certificates.certManager.duration",
    f"{_W}.certManager.certificate.renewBefore": "webhooks.certificates.certManager.renewBefore",
    f"{_W}.certManager.certificate.rootCA.duration": "webhooks.certificates.certManager.caDuration",
}
"""Path of an upstream key, and where its value goes."""

_GONE: dict[str, str] = {
    f"{_C}.leaderElection": "every cluster-wide operator meets in one lease, which is fixed",
    f"{_C}.manager.args": "upstream's templates do not read it; operator.extraArgs does",
    f"{_C}.kubeRbacProxy": "the operator secures its metrics itself since 1.0",
    f"{_D}.dockerRegistry": "name an existing pull Secret in global.imagePullSecrets",
    f"{_D}.ingress.enabled": "upstream's templates only pass on className and tlsSecretName, which moved",
    f"{_D}.istio.enabled": "a gateway in operator.config.ingress.virtualServiceGateway is the switch",
    f"{_D}.virtualServiceSupportsHTTPS": "no operator since 1.0 reads it",
    f"{_D}.mpiRun.sshKeygen": "the operator makes the key itself",
    f"{_D}.internalImages": "no operator since 1.0 reads it",
    f"{_D}.enableRestrictedSecurityContext": "the chart is restricted from the start",
    f"{_O}.kubernetesClusterDomain": "addresses end in .svc, any cluster domain works",
    f"{_O}.planner.powerAwareness": "the planner may always list pods",
    f"{_O}.checkpoint.readyForCheckpointFilePath": "no operator since 1.1 reads it",
    f"{_W}.enabled": "admission is always on in a cluster-wide installation",
    f"{_W}.certGenerator": "the operator makes certificates itself",
    f"{_W}.certificateValidity": "the operator decides it",
    f"{_W}.certManager.certificate.rootCA.renewBefore": "cert-manager's own default applies",
    f"{_W}.certManager.issuerRef": "write webhooks.certificates.certManager.issuerRef; upstream ignores it",
    "nats": "the built-in server has nats.server.*, or run NATS yourself (nats.mode: external)",
    "etcd": "this chart installs no etcd",
    "grove": "Grove is another project's chart: its values belong to its own release",
    "kai-scheduler": "KAI is another project's chart: its values belong to its own release",
    "lws": "LeaderWorkerSet is another project's chart: its values belong to its own release",
    "snapshot": "Snapshot is another project's chart: its values belong to its own release",
    "global.disaggregatedset": "no released operator uses it",
}
"""Keys without counterpart, and why."""


def _combine(found: Migration, old: Mapping[str, Any]) -> None:
    """Put right what only fits together."""
    values = found.values
    nats = values.get("nats", {})
    if "external" in nats:
        nats["mode"] = "external"
    elif "server" in nats and "mode" not in nats:
        nats["mode"] = "none"
    if values.get("discovery", {}).get("etcd") and values["discovery"].get("backend") != "etcd":
        found.note(
            f"{_O}.etcdAddr", "kept, but discovery.backend is kubernetes: etcd is not used for discovery"
        )
    scope = values.get("operator", {}).get("scope", {})
    if scope.get("mode") == "namespace":
        found.put("crds.managedBy", "none")
        _drop_selector(found)
    elif scope:
        del values["operator"]["scope"]
    if values.get("accounts", {}).get("component", {}).get("annotations"):
        found.put("accounts.component.create", value=True)
    certificates = values.get("webhooks", {}).get("certificates", {})
    if certificates.get("provider") != "secret":
        certificates.pop("caBundle", None)
    if "upgradeCRD" not in (old.get(_O) or {}) and values.get("crds") is None:
        found.put("crds.managedBy", "operator")
        found.note(
            f"{_O}.upgradeCRD",
            "upstream's default: the operator applies the definitions; crds.managedBy chart needs --take-ownership",
        )


def _drop_selector(found: Migration) -> None:
    if found.values.get("webhooks", {}).pop("namespaceSelector", None):
        found.note(f"{_W}.namespaceSelector", "a namespaced operator sees the served namespace alone")
