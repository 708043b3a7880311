from __future__ import annotations

import base64
import re
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests import yaml
from pydynamo_manifests.api import crds
from pydynamo_manifests.releases import newest
from tests.support.apiserver import ApiServer
from tests.support.client import ApiError, wait_until
from tests.support.helm import VERSIONS, Result, helm, helm_template
from tests.support.lifecycle import inventory, kubectl, leave

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("platform")]

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "charts/dynamo-platform"
HOME = "dynamo-system"
CONVERTED = (
    "dynamocomponentdeployments",
    "dynamographdeploymentrequests",
    "dynamographdeployments",
    "dynamographdeploymentscalingadapters",
)


@pytest.fixture
def server() -> Iterator[ApiServer]:
    """A server of its own for each test: definitions take longer to remove than a server to start."""
    with ApiServer() as started:
        yield started


@pytest.fixture
def run(server: ApiServer) -> Callable[..., Result]:
    def call(version: int, *words: object, fails: bool = False) -> Result:
        result = helm(*words, version=version, kubeconfig=server.kubeconfig)
        assert bool(result.code) == fails, result.stderr or result.stdout
        return result

    return call


def crd(server: ApiServer, plural: str = "dynamographdeployments") -> dict[str, Any]:
    path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.nvidia.com"
    return dict(server.client().request("GET", path))


def conversion(server: ApiServer, plural: str = "dynamographdeployments") -> dict[str, Any]:
    return dict(crd(server, plural)["spec"]["conversion"])


def graph(namespace: str) -> dict[str, Any]:
    return {
        "apiVersion": "nvidia.com/v1beta1",
        "kind": "DynamoGraphDeployment",
        "metadata": {"name": "qwen", "namespace": namespace},
        "spec": {"components": [{"name": "frontend", "type": "frontend"}]},
    }


def create(server: ApiServer, obj: dict[str, Any]) -> None:
    """Create an object whose kind may be served in a moment only."""
    client = server.client()

    def done() -> bool:
        try:
            client.create(obj)
        except (LookupError, ApiError):
            return False
        return True

    wait_until(done, f"{obj['kind']} cannot be created")


def read(server: ApiServer, namespace: str, version: str) -> dict[str, Any]:
    path = f"/apis/nvidia.com/{version}/namespaces/{namespace}/dynamographdeployments/qwen"
    return dict(server.client().request("GET", path))


def is_readable(server: ApiServer, namespace: str) -> bool:
    """Tell whether the version that is not stored can be read; the server takes a moment to notice."""
    try:
        return read(server, namespace, "v1alpha1")["apiVersion"] == "nvidia.com/v1alpha1"
    except ApiError:
        return False


def ca(server: ApiServer) -> str:
    """Return an authority as the operator writes it into configurations."""
    return base64.b64encode(server.certificate.read_bytes()).decode()


def act_as_operator(server: ApiServer, namespace: str) -> None:
    """Do to the cluster what the stock operator does to it."""
    client, authority = server.client(), ca(server)
    bundle = {"spec": {"conversion": {"webhook": {"clientConfig": {"caBundle": authority}}}}}
    merge = "application/merge-patch+json"
    for plural in CONVERTED:
        path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.nvidia.com"
        client.request("PATCH", path, bundle, merge, fieldManager="manager")
    for kind in ("validating", "mutating"):
        path = f"/apis/admissionregistration.k8s.io/v1/{kind}webhookconfigurations/dynamo-platform-{kind}"
        config = client.request("GET", path)
        for hook in config["webhooks"]:
            hook["clientConfig"]["caBundle"] = authority
        client.request("PUT", path, config, fieldManager="manager")
    keys = dict.fromkeys(("tls.crt", "tls.key", "ca.crt", "ca.key"), authority)
    secret = client.request("GET", f"/api/v1/namespaces/{HOME}/secrets/dynamo-webhook-cert")
    client.request("PUT", f"/api/v1/namespaces/{HOME}/secrets/dynamo-webhook-cert", {**secret, "data": keys})
    lease = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/dynamo.nvidia.com"
    client.request("PATCH", lease, {"spec": {"holderIdentity": "pod-1", "leaseDurationSeconds": 15}}, merge)
    labels = {"app.kubernetes.io/managed-by": "dynamo-operator", "app.kubernetes.io/component": "rbac"}
    meta = {"name": "planner-serviceaccount", "namespace": namespace, "labels": labels}
    client.apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta})
    client.apply(
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {**meta, "name": "planner-serviceaccount-binding"},
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": "dynamo-dynamo-system-planner",
            },
            "subjects": [
                {"kind": "ServiceAccount", "name": "planner-serviceaccount", "namespace": namespace}
            ],
        }
    )
    for space in (HOME, namespace):
        secret = {"name": "mpi-run-ssh-secret", "namespace": space}
        client.apply({"apiVersion": "v1", "kind": "Secret", "metadata": secret})


def chart_of_version(folder: Path, version: str) -> Path:
    """Return a copy of the chart with another version."""
    shutil.copytree(CHART, folder / "chart")
    path = folder / "chart/Chart.yaml"
    path.write_text(re.sub(r"(?m)^version: .*$", f"version: {version}", path.read_text()))
    return folder / "chart"


def patch_of_the_readme() -> list[str]:
    return shlex.split(
        re.findall(r"^    (kubectl patch .*)$", (CHART / "README.md").read_text(), re.MULTILINE)[0]
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_a_release_lives_and_goes_and_its_graphs_stay(
    version: int, server: ApiServer, run: Callable[..., Result], tmp_path: Path
) -> None:
    before = inventory(server)
    previous = chart_of_version(tmp_path, "0.0.1")
    run(version, "install", "dynamo", previous, "-n", HOME, "--create-namespace", "--set", IGNORE)
    space = server.client().namespace()
    create(server, graph(space))
    act_as_operator(server, space)

    run(version, "upgrade", "dynamo", CHART, "-n", HOME, "--set", IGNORE, "--set", "operator.replicas=2")
    assert conversion(server)["webhook"]["clientConfig"]["caBundle"] == ca(server)
    for kind in ("validating", "mutating"):
        path = f"/apis/admissionregistration.k8s.io/v1/{kind}webhookconfigurations/dynamo-platform-{kind}"
        hooks = server.client().request("GET", path)["webhooks"]
        assert {hook["clientConfig"].get("caBundle") for hook in hooks} == {ca(server)}
    secret = server.client().request("GET", f"/api/v1/namespaces/{HOME}/secrets/dynamo-webhook-cert")
    assert secret["data"]["ca.key"] == ca(server)
    lease = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/dynamo.nvidia.com"
    assert server.client().request("GET", lease)["spec"]["holderIdentity"] == "pod-1"

    run(version, "rollback", "dynamo", "1", "-n", HOME)
    assert read(server, space, "v1beta1")["spec"]["components"][0]["name"] == "frontend"

    leave(server, version)
    assert conversion(server) == {"strategy": "None"}
    assert read(server, space, "v1beta1")["apiVersion"] == "nvidia.com/v1beta1"
    wait_until(lambda: is_readable(server, space), "v1alpha1 cannot be read after leaving")
    left = inventory(server).keys() - before.keys()
    expected = {("DynamoGraphDeployment", space, "qwen"), ("Namespace", "", space), ("Namespace", "", HOME)}
    definitions = {key for key in left if key[0] == "CustomResourceDefinition"}
    assert left - definitions == expected
    assert len(definitions) == 6

    run(version, "install", "dynamo", CHART, "-n", HOME, "--set", IGNORE)
    assert conversion(server)["strategy"] == "Webhook"
    assert read(server, space, "v1beta1")["metadata"]["name"] == "qwen"


IGNORE = "webhooks.failurePolicy=Ignore"
"""No operator runs here that could answer."""


@pytest.mark.parametrize("version", VERSIONS)
def test_without_the_first_step_one_version_cannot_be_read_until_the_patch_or_a_new_release(
    version: int, server: ApiServer, run: Callable[..., Result]
) -> None:
    run(version, "install", "dynamo", CHART, "-n", HOME, "--create-namespace", "--set", IGNORE)
    space = server.client().namespace()
    create(server, graph(space))
    act_as_operator(server, space)
    run(version, "uninstall", "dynamo", "-n", HOME)
    with pytest.raises(ApiError):
        read(server, space, "v1alpha1")

    kubectl(server, *patch_of_the_readme()[1:])
    wait_until(lambda: is_readable(server, space), "v1alpha1 cannot be read after the patch")
    force = ["--force-conflicts"] if version == 4 else []
    run(version, "install", "dynamo", CHART, "-n", HOME, "--set", IGNORE, *force)
    assert conversion(server)["strategy"] == "Webhook"


@pytest.mark.parametrize("version", VERSIONS)
def test_definitions_change_hands(version: int, server: ApiServer, run: Callable[..., Result]) -> None:
    force = ["--force-conflicts"] if version == 4 else []
    mine = {"meta.helm.sh/release-name": "dynamo", "meta.helm.sh/release-namespace": HOME}

    install = ("install", "dynamo", CHART, "-n", HOME, "--create-namespace", "--set")
    run(version, *install, "crds.managedBy=operator")
    for found in definitions_of_the_image():
        server.client().apply(found, manager="dynamo-crd-apply")
    chart = ("upgrade", "dynamo", CHART, "-n", HOME, "--set", "crds.managedBy=chart")
    foreign = run(version, *chart, fails=True)
    assert "invalid ownership metadata" in foreign.stderr

    run(version, *chart, "--take-ownership", *force)
    assert mine.items() <= crd(server)["metadata"]["annotations"].items()
    for other in ("operator", "none", "chart"):
        run(version, "upgrade", "dynamo", CHART, "-n", HOME, "--set", f"crds.managedBy={other}")
        assert crd(server)["spec"]["conversion"]["webhook"]["clientConfig"]["service"]["namespace"] == HOME


def definitions_of_the_image() -> list[dict[str, Any]]:
    """Return definitions as the image's own installer applies them."""
    found = [o for o in helm_template(CHART, name="dynamo", namespace=HOME) if "Definition" in o["kind"]]
    for each in found:
        each["metadata"] = {"name": each["metadata"]["name"], "annotations": {"a": "b"}}
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_a_second_cluster_wide_release_is_refused_and_a_namespaced_one_is_not(
    version: int, server: ApiServer, run: Callable[..., Result]
) -> None:
    run(version, "install", "dynamo", CHART, "-n", HOME, "--create-namespace")
    for by in ("chart", "operator", "none"):
        other = ("install", "second", CHART, "-n", "other", "--create-namespace", "--set")
        refused = run(version, *other, f"crds.managedBy={by}", fails=True)
        assert "invalid ownership metadata" in refused.stderr
        assert 'current value is "dynamo"' in refused.stderr

    path = f"/api/v1/namespaces/{HOME}/secrets/sh.helm.release.v1.dynamo.v1"
    size = len(server.client().request("GET", path)["data"]["release"])
    assert size < 300_000, size

    mine = ("install", "dynamo", CHART, "-n", "team", "--create-namespace", "-f")
    run(version, *mine, ROOT / "values/platform/namespaced.yaml")
    run(version, "uninstall", "dynamo", "-n", "team")
    assert ("Deployment", HOME, "dynamo-operator") in inventory(server)
    assert not [key for key in inventory(server) if key[1] == "team" and key[0] != "Namespace"]


PRESETS = sorted((ROOT / "values/platform").glob("*.yaml"))
NEEDS_OTHERS = {"monitoring.coreos.com/v1", "cert-manager.io/v1"}
"""Kinds of other people's charts, which this API server does not know."""


def test_kubectl_applies_what_helm_installs(server: ApiServer) -> None:
    for space in (HOME, "monitoring"):
        server.client().namespace(space)
    for preset in PRESETS:
        for obj in helm_template(CHART, [preset], name="dynamo", namespace=HOME):
            if is_known(obj):
                stored = server.client().apply(obj, manager="kubectl")
                assert contains(stored, obj), (preset.stem, obj["kind"], obj["metadata"]["name"])


@pytest.mark.parametrize("version", VERSIONS)
def test_helm_template_piped_into_kubectl_is_helm_install(version: int, server: ApiServer) -> None:
    server.client().namespace(HOME)
    sets = ["--set", "tests.enabled=false"]
    text = helm("template", "dynamo", CHART, "-n", HOME, *sets, version=version).stdout
    kubectl(server, "apply", "--server-side", "-f", "-", given=text)
    piped = {key: server.client().request("GET", path) for key, path in inventory(server).items()}
    for obj in helm_template(CHART, sets=["tests.enabled=false"], name="dynamo", namespace=HOME):
        key = (obj["kind"], obj["metadata"].get("namespace", ""), obj["metadata"]["name"])
        assert contains(piped[key], obj), key


def test_a_client_side_apply_takes_the_chart_but_not_the_full_definitions(server: ApiServer) -> None:
    """As `kubectl apply` and Argo CD do by default: the object is kept in an annotation of limited size."""
    server.client().namespace(HOME)
    text = helm("template", "dynamo", CHART, "-n", HOME, "--set", "tests.enabled=false").stdout
    kubectl(server, "apply", "-f", "-", given=text)
    again = kubectl(server, "apply", "-f", "-", given=text).splitlines()
    definitions = [line for line in again if line.startswith("customresourcedefinition")]
    assert len(definitions) == 6
    assert [line for line in definitions if not line.endswith(" unchanged")] == []
    for plural in CONVERTED:
        annotations = crd(server, plural)["metadata"]["annotations"]
        assert sum(len(k) + len(v.encode()) for k, v in annotations.items()) < 240_000, plural

    full = yaml.dump_all([c for c in crds(newest().version) if "graphdeployments." in c["metadata"]["name"]])
    with pytest.raises(AssertionError, match=r"metadata\.annotations: Too long"):
        kubectl(server, "apply", "-f", "-", given=full)
    kubectl(server, "apply", "--server-side", "--force-conflicts", "-f", "-", given=full)


def test_what_the_definitions_leave_out_the_server_reads_all_the_same(server: ApiServer) -> None:
    client = server.client()
    client.namespace("graphs")
    for each in definitions_of_the_image():
        client.apply(each)

    def with_pod(**pod: Any) -> dict[str, Any]:
        out = graph("graphs")
        out["spec"]["components"][0]["podTemplate"] = {"spec": {"containers": [{"name": "main"}], **pod}}
        return out

    def with_port(port: Any) -> dict[str, Any]:
        probe = {"tcpSocket": {"port": port}}
        return with_pod(containers=[{"name": "main", "livenessProbe": probe}])

    create(server, graph("graphs"))
    for port in (8000, "http"):
        client.apply(with_port(port), dry_run=True)
    for port in (True, 1.5, {"a": 1}):
        with pytest.raises(ApiError, match=r"livenessProbe\.tcpSocket\.port"):
            client.apply(with_port(port), dry_run=True)
    one, two = ({"key": key, "operator": "Exists"} for key in ("a", "b"))
    client.apply(with_pod(tolerations=[one]), manager="one")
    with pytest.raises(ApiError, match=r"conflict.*tolerations"):
        client.apply(with_pod(tolerations=[two]), manager="two", force=False)


@pytest.mark.parametrize("version", VERSIONS)
def test_full_definitions_take_the_place_of_the_charts(
    version: int, server: ApiServer, run: Callable[..., Result]
) -> None:
    """The commands of the README: the API server keeps what another manager wired."""
    run(version, "install", "dynamo", CHART, "-n", HOME, "--create-namespace")
    wired = conversion(server)
    run(version, "upgrade", "dynamo", CHART, "-n", HOME, "--set", "crds.managedBy=none")
    full = yaml.dump_all(crds(newest().version))
    kubectl(server, "apply", "--server-side", "--force-conflicts", "-f", "-", given=full)
    assert conversion(server) == wired
    assert wired["strategy"] == "Webhook"
    for wanted in crds(newest().version):
        if wanted["spec"]["names"]["kind"] != "LPXGraphDeployment":
            stored = crd(server, wanted["spec"]["names"]["plural"])
            assert contains(stored["spec"]["versions"], wanted["spec"]["versions"])


def is_known(obj: dict[str, Any]) -> bool:
    hook = "helm.sh/hook" in obj["metadata"].get("annotations", {})
    return obj["apiVersion"] not in NEEDS_OTHERS and not hook and "Definition" not in obj["kind"]


def contains(stored: Any, given: Any) -> bool:
    """Tell whether the stored value holds everything given; the server adds defaults."""
    if isinstance(given, dict):
        return isinstance(stored, dict) and all(
            contains(stored.get(k), v) for k, v in given.items() if v not in (None, {}, [])
        )
    if isinstance(given, list):
        return isinstance(stored, list) and len(stored) == len(given) and all(map(contains, stored, given))
    return stored == given or str(stored) == str(given)
