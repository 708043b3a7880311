"""What a cluster has, as far as Dynamo cares; read once, judged elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.cluster.markers import MARKER, Marker, marker_of
from pydynamo_manifests.errors import InputError

if TYPE_CHECKING:
    from pydynamo_manifests.cluster.reader import Reader

__all__ = ["APIS", "Facts", "Installed", "Operator", "gather", "inspected"]

APIS: dict[str, tuple[str, ...]] = {
    "grove": ("grove.io",),
    "lws": ("leaderworkerset.x-k8s.io", "scheduling.volcano.sh"),
    "kai-scheduler": ("scheduling.run.ai",),
    "volcano-scheduler": ("scheduling.volcano.sh",),
    "istio": ("networking.istio.io",),
    "cert-manager": ("cert-manager.io",),
    "prometheus": ("monitoring.coreos.com",),
    "inference-gateway": ("inference.networking.k8s.io",),
}
"""API groups that must be served for each piece of software (the operator's own detection for the first five)."""

WORKLOADS: dict[str, tuple[str, ...]] = {
    "grove": ("grove-operator",),
    "lws": ("lws", "lws-controller-manager"),
    "kai-scheduler": ("kai-operator", "kai-scheduler-default", "binder"),
    "volcano-scheduler": ("volcano-controllers", "volcano-scheduler"),
    "istio": ("istiod",),
    "cert-manager": ("cert-manager",),
    "prometheus": ("prometheus-operator", "kube-prometheus-operator"),
    "gpu-operator": ("gpu-operator",),
}
"""Names, or ends of names, of the Deployments whose image tag tells the version."""

OPERATOR_IMAGE = re.compile(r"(?:^|/)kubernetes-operator(?::(?P<tag>[^@]+))?(?:@.*)?$")
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
GPU = re.compile(r"^(nvidia\.com/(gpu|mig-.+)|gpu\.intel\.com/.+|amd\.com/gpu)$")


@dataclass(frozen=True)
class Installed:
    """A piece of software: its API is there, and the version of its Deployment where it can be told."""

    api: bool
    version: str | None = None


@dataclass(frozen=True)
class Operator:
    """A Dynamo operator."""

    namespace: str
    name: str
    version: str | None
    account: str
    restricted_to: str | None = None
    """The namespace that it serves; None for one that serves the cluster."""
    ready: int = 0


@dataclass(frozen=True)
class Facts:
    """What a cluster has. Lists are empty, and values None, where there is nothing or the user may not look."""

    kubernetes: str
    """Minor version, such as ``1.34``."""
    storage_classes: tuple[tuple[str, bool], ...] = ()
    """Name, and whether it is the default one."""
    gpu_nodes: dict[str, dict[str, int]] = field(default_factory=dict)
    """Allocatable GPUs by node and resource."""
    gpu_products: tuple[str, ...] = ()
    installed: dict[str, Installed] = field(default_factory=dict)
    dra: bool = False
    dra_drivers: tuple[str, ...] = ()
    """Drivers that offer devices by claim, such as `gpu.nvidia.com`."""
    definitions: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Dynamo's own, by plural: `served`, `stored`, `conversion`, `service`, `owner`, `operator`."""
    operators: tuple[Operator, ...] = ()
    restricted_namespaces: tuple[str, ...] = ()
    """Namespaces with a marker lease."""
    topology: dict[str, Any] | None = None
    unreadable: tuple[str, ...] = ()
    """What the user may not look at."""
    permissions: dict[str, bool] = field(default_factory=dict)
    """What the user may do that an installation needs."""


NEEDED = {
    "create namespaces": {"verb": "create", "resource": "namespaces"},
    "create custom resource definitions": {
        "verb": "create",
        "group": "apiextensions.k8s.io",
        "resource": "customresourcedefinitions",
    },
    "create cluster roles": {
        "verb": "create",
        "group": "rbac.authorization.k8s.io",
        "resource": "clusterroles",
    },
    "bind cluster roles": {
        "verb": "create",
        "group": "rbac.authorization.k8s.io",
        "resource": "clusterrolebindings",
    },
    "create webhook configurations": {
        "verb": "create",
        "group": "admissionregistration.k8s.io",
        "resource": "validatingwebhookconfigurations",
    },
    "create deployments": {"verb": "create", "group": "apps", "resource": "deployments"},
    "create secrets": {"verb": "create", "resource": "secrets"},
    "create leases in kube-system": {
        "verb": "create",
        "group": "coordination.k8s.io",
        "resource": "leases",
        "namespace": "kube-system",
    },
}
"""What `helm install` of the platform does, as attributes of an access review."""


def gather(reader: Reader) -> Facts:
    """Read a cluster; what the user may not look at is named in ``unreadable``.

    Raises:
        InputError: The server cannot be reached.
    """
    return _Gathering(reader).facts()


class _Gathering:
    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.unreadable: list[str] = []

    def items(self, path: str, what: str, **query: str) -> list[dict[str, Any]]:
        answer = self.reader.get(path, **query)
        if answer is None:
            self.unreadable.append(what)
            return []
        return list(answer.get("items") or [])

    def discovered(self, path: str) -> Any:
        """Return what every user of a server may see."""
        answer = self.reader.get(path)
        if answer is None:
            raise InputError(
                f"you may not ask this server what it is (GET {path}): ask for the role system:discovery"
            )
        return answer

    def facts(self) -> Facts:
        version = self.discovered("/version")
        groups = {
            g["name"]: {v["version"] for v in g["versions"]} for g in self.discovered("/apis")["groups"]
        }
        deployments = self.items("/apis/apps/v1/deployments", "deployments")
        nodes = self.items("/api/v1/nodes", "nodes")
        markers = self.markers()
        return Facts(
            kubernetes=f"{version['major']}.{version['minor'].rstrip('+')}",
            storage_classes=self.storage_classes(),
            gpu_nodes={n["metadata"]["name"]: g for n in nodes if (g := _gpus(n))},
            gpu_products=tuple(sorted({p for n in nodes if (p := _product(n))})),
            installed=_installed(groups, deployments),
            dra="v1" in groups.get("resource.k8s.io", ()),
            dra_drivers=self.drivers() if "v1" in groups.get("resource.k8s.io", ()) else (),
            definitions=self.definitions(),
            operators=tuple(_operators(deployments, markers)),
            restricted_namespaces=tuple(marker.namespace for marker in markers if marker.alive),
            topology=self.topology() if "grove.io" in groups else None,
            permissions={what: self.reader.may(a) for what, a in NEEDED.items()},
            unreadable=tuple(self.unreadable),
        )

    def storage_classes(self) -> tuple[tuple[str, bool], ...]:
        classes = self.items("/apis/storage.k8s.io/v1/storageclasses", "storage classes")
        notes = [(c["metadata"]["name"], c["metadata"].get("annotations") or {}) for c in classes]
        return tuple((name, annotations.get(DEFAULT_CLASS) == "true") for name, annotations in notes)

    def definitions(self) -> dict[str, dict[str, Any]]:
        path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        found = [
            c for c in self.items(path, "custom resource definitions") if c["spec"]["group"] == "nvidia.com"
        ]
        return {c["spec"]["names"]["plural"]: _definition(c) for c in found if _is_dynamo(c)}

    def drivers(self) -> tuple[str, ...]:
        slices = self.items("/apis/resource.k8s.io/v1/resourceslices", "resource slices")
        return tuple(sorted({str(s["spec"]["driver"]) for s in slices}))

    def markers(self) -> list[Marker]:
        path = "/apis/coordination.k8s.io/v1/leases"
        leases = self.items(path, "leases", fieldSelector=f"metadata.name={MARKER}")
        return sorted(map(marker_of, leases), key=lambda marker: marker.namespace)

    def topology(self) -> dict[str, Any] | None:
        found = self.reader.get("/apis/grove.io/v1alpha1/clustertopologybindings")
        items = (found or {}).get("items") or []
        if not items:
            return None
        levels = items[0].get("spec", {}).get("levels") or []
        named = {
            str(level["domain"]): str(level["key"])
            for level in levels
            if "domain" in level and "key" in level
        }
        return {"name": items[0]["metadata"]["name"], "levels": named}


def _is_dynamo(crd: dict[str, Any]) -> bool:
    return str(crd["spec"]["names"]["plural"]).startswith(("dynamo", "lpxgraph"))


def _gpus(node: dict[str, Any]) -> dict[str, int]:
    allocatable = node.get("status", {}).get("allocatable") or {}
    return {name: int(count) for name, count in allocatable.items() if GPU.match(name) and int(count) > 0}


def _product(node: dict[str, Any]) -> str | None:
    labels = node["metadata"].get("labels") or {}
    product = labels.get("nvidia.com/gpu.product")
    return str(product) if product else None


def _definition(crd: dict[str, Any]) -> dict[str, Any]:
    spec, annotations = crd["spec"], crd["metadata"].get("annotations") or {}
    conversion = spec.get("conversion") or {}
    service = conversion.get("webhook", {}).get("clientConfig", {}).get("service") or {}
    owner = annotations.get("meta.helm.sh/release-name")
    return {
        "served": [v["name"] for v in spec["versions"] if v["served"]],
        "stored": list(crd.get("status", {}).get("storedVersions") or []),
        "conversion": conversion.get("strategy", "None"),
        "service": f"{service['namespace']}/{service['name']}" if service else None,
        "owner": f"{annotations.get('meta.helm.sh/release-namespace')}/{owner}" if owner else None,
        "operator": annotations.get("dynamo.nvidia.com/operator-version"),
    }


def _installed(groups: dict[str, set[str]], deployments: list[dict[str, Any]]) -> dict[str, Installed]:
    out = {}
    for name in (*APIS, "gpu-operator"):
        version = _version_of(name, deployments)
        api = all(group in groups for group in APIS[name]) if name in APIS else version is not None
        out[name] = Installed(api, version)
    return out


def _version_of(name: str, deployments: list[dict[str, Any]]) -> str | None:
    ends = WORKLOADS.get(name, ())
    for deployment in deployments:
        own = deployment["metadata"]["name"]
        if any(own == end or own.endswith(f"-{end}") for end in ends):
            image = deployment["spec"]["template"]["spec"]["containers"][0]["image"].partition("@")[0]
            return str(image.rpartition(":")[2]) if ":" in image.rpartition("/")[2] else "unknown"
    return None


def _operators(deployments: list[dict[str, Any]], markers: list[Marker]) -> list[Operator]:
    found: list[Operator] = []
    for deployment in deployments:
        pod = deployment["spec"]["template"]["spec"]
        for container in pod["containers"]:
            if match := OPERATOR_IMAGE.search(container["image"]):
                found.append(_operator(deployment, pod, container, match, markers))
                break
    return found


def _operator(
    deployment: dict[str, Any],
    pod: dict[str, Any],
    container: dict[str, Any],
    match: re.Match[str],
    markers: list[Marker],
) -> Operator:
    namespace = deployment["metadata"]["namespace"]
    arguments = [str(a) for a in container.get("args") or []]
    said = next((a.partition("=")[2] for a in arguments if a.startswith("--operator-version=")), None)
    account = pod.get("serviceAccountName", "default")
    return Operator(
        namespace=namespace,
        name=deployment["metadata"]["name"],
        version=said or match["tag"],
        account=account,
        restricted_to=next((m.namespace for m in markers if m.is_of(namespace, account)), None),
        ready=int(deployment.get("status", {}).get("readyReplicas") or 0),
    )


def inspected(facts: Facts) -> dict[str, Any]:
    """Return the fields of the file that ``validate --cluster`` reads."""
    wide = next((o for o in facts.operators if o.restricted_to is None), None)
    features = [
        name
        for name in ("grove", "lws", "kai-scheduler", "volcano-scheduler", "istio")
        if facts.installed[name].api
    ]
    features += ["dra"] if facts.dra else []
    out: dict[str, Any] = {"kubernetes": facts.kubernetes, "features": sorted([*features, "gpu-discovery"])}
    if facts.topology:
        out["topology"] = facts.topology
    if wide:
        out["operator_version"] = wide.version
        out["operator_principal"] = f"system:serviceaccount:{wide.namespace}:{wide.account}"
    return out
