"""The graph chart on a real API server: every preset is taken, and a release lives through Helm's verbs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.render import render
from pydynamo_manifests.values.load import read_values
from tests.support.helm import VERSIONS, helm, helm_template

if TYPE_CHECKING:
    from tests.support.apiserver import ApiServer

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "charts" / "dynamo-graph"
PRESETS = ROOT / "values" / "graph"
LINES = sorted(folder.name for folder in PRESETS.iterdir() if folder.is_dir())
ROUTED = PRESETS / "1.6" / "vllm-disagg-router.yaml"


@pytest.mark.parametrize("line", LINES, scope="class")  # one line after the other: CRDs are slow to change
class TestEveryPreset:
    def test_is_taken_as_python_renders_it(self, cluster: ApiServer, namespace: str, line: str) -> None:
        client = cluster.serve(line)
        for preset in sorted((PRESETS / line).glob("*.yaml")):
            for obj in render(read_values([preset]), name="qwen", namespace=namespace):
                assert lost(client.apply(obj, dry_run=True), obj) == [], preset.name

    @pytest.mark.parametrize("version", VERSIONS)
    def test_is_taken_as_helm_renders_it(
        self, cluster: ApiServer, namespace: str, line: str, version: int
    ) -> None:
        client = cluster.serve(line)
        for preset in sorted((PRESETS / line).glob("*-disagg-router.yaml")):
            for obj in helm_template(CHART, [preset], name="qwen", namespace=namespace, version=version):
                obj["metadata"].setdefault("namespace", namespace)
                client.apply(obj, dry_run=True)


def lost(stored: Any, sent: Any, path: str = "") -> list[str]:
    """Return the paths of what the server dropped or changed; what it adds is fine."""
    if isinstance(sent, dict) and isinstance(stored, dict):
        parts = [lost(stored.get(key), value, f"{path}.{key}") for key, value in sent.items()]
    elif isinstance(sent, list) and isinstance(stored, list) and len(sent) == len(stored):
        parts = [lost(*pair, f"{path}[{i}]") for i, pair in enumerate(zip(stored, sent, strict=True))]
    else:
        return [] if stored == sent else [f"{path}: {stored!r} instead of {sent!r}"]
    return [problem for part in parts for problem in part]


class Release:
    """One Helm release of the graph chart in one namespace."""

    def __init__(self, cluster: ApiServer, namespace: str, version: int) -> None:
        self.cluster, self.namespace, self.version = cluster, namespace, version
        self.client = cluster.client()

    def attempt(self, *words: object) -> tuple[int, str]:
        arguments = (*words, "--namespace", self.namespace)
        result = helm(*arguments, version=self.version, kubeconfig=self.cluster.kubeconfig)
        return result.code, result.stdout + result.stderr

    def run(self, *words: object) -> str:
        code, said = self.attempt(*words)
        assert code == 0, said
        return said

    def graph(self) -> dict[str, Any]:
        return self.client.get(self.named())

    def named(self) -> dict[str, Any]:
        metadata = {"name": "qwen", "namespace": self.namespace}
        return {"apiVersion": "nvidia.com/v1beta1", "kind": "DynamoGraphDeployment", "metadata": metadata}

    def component(self, name: str) -> dict[str, Any]:
        (found,) = (c for c in self.graph()["spec"]["components"] if c["name"] == name)
        return dict(found)

    def scale(self, component: str, replicas: int) -> None:
        """Set a count as an autoscaler does: with server-side apply, as a manager of its own."""
        parts = {"spec": {"components": [{"name": component, "replicas": replicas}]}}
        self.client.apply({**self.named(), **parts}, manager="autoscaler")


@pytest.mark.parametrize("version", VERSIONS)
class TestReleases:
    @pytest.fixture
    def release(self, cluster: ApiServer, namespace: str, version: int) -> Release:
        cluster.serve(LINES[-1])
        return Release(cluster, namespace, version)

    def test_live_through_every_verb(self, release: Release) -> None:
        said = release.run("install", "qwen", CHART, "-f", ROUTED, "--set", "model.name=Qwen/Qwen3-32B")
        assert "kubectl" in said
        sizes = ["--set", "components.decode.replicas=4", "--set", "components.decode.gpus=2"]
        release.run("upgrade", "qwen", CHART, "-f", ROUTED, "--set", "model.name=Qwen/Qwen3-32B", *sizes)
        decode = release.component("decode")
        assert decode["replicas"] == 4
        (main,) = decode["podTemplate"]["spec"]["containers"]
        assert main["resources"]["limits"]["nvidia.com/gpu"] == "2"
        assert main["args"][main["args"].index("--tensor-parallel-size") + 1] == "2"
        release.run("rollback", "qwen", "1")
        assert release.component("decode")["replicas"] != 4
        release.run("uninstall", "qwen")
        assert not release.client.exists(release.named())

    def test_do_not_restart_workers_with_a_new_chart(self, release: Release, tmp_path: Path) -> None:
        newer = shutil.copytree(CHART, tmp_path / "dynamo-graph")
        meta = newer / "Chart.yaml"
        lines = meta.read_text().splitlines()
        meta.write_text("\n".join("version: 99.0.0" if x.startswith("version:") else x for x in lines))
        release.run("install", "qwen", CHART, "-f", ROUTED)
        before = release.graph()["metadata"]
        release.run("upgrade", "qwen", newer, "-f", ROUTED)
        after = release.graph()["metadata"]
        assert after["labels"] != before["labels"], "the chart's version is a label"
        assert after["generation"] == before["generation"], "nothing under spec changed"

    def test_keep_a_scaled_count_that_the_values_leave_out(self, release: Release, version: int) -> None:
        """Helm 3 replaces the whole list of components as soon as an upgrade changes any of them."""
        free = ["-f", ROUTED, "--set", "components.decode.replicas=null"]
        release.run("install", "qwen", CHART, *free)
        assert "replicas" not in release.component("decode")
        release.scale("decode", 5)
        release.run("upgrade", "qwen", CHART, *free, "--set", "annotations.team=a")
        assert release.component("decode")["replicas"] == 5
        release.run("upgrade", "qwen", CHART, *free, "--set", "components.prefill.replicas=3")
        assert release.component("prefill")["replicas"] == 3
        assert release.component("decode").get("replicas") == {3: None, 4: 5}[version]

    def test_meet_a_scaled_count_that_the_values_say_too(self, release: Release, version: int) -> None:
        """Helm 3 sets it back without a word, Helm 4 names the field and who owns it."""
        release.run("install", "qwen", CHART, "-f", ROUTED)
        mine = release.component("decode")["replicas"]
        release.scale("decode", 5)
        more = ["-f", ROUTED, "--set", "components.prefill.replicas=3"]
        code, said = release.attempt("upgrade", "qwen", CHART, *more)
        if version == 3:
            assert (code, release.component("decode")["replicas"]) == (0, mine)
        else:
            assert (code != 0, release.component("decode")["replicas"]) == (True, 5)
            assert 'conflict with "autoscaler"' in said
            assert '.spec.components[name="decode"].replicas' in said


def test_a_release_of_helm_3_stays_client_side_until_helm_4_is_told(
    cluster: ApiServer, namespace: str
) -> None:
    cluster.serve(LINES[-1])
    old, new = (Release(cluster, namespace, version) for version in VERSIONS)
    free = ["-f", ROUTED, "--set", "components.decode.replicas=null"]
    old.run("install", "qwen", CHART, *free)
    old.scale("decode", 5)
    new.run("upgrade", "qwen", CHART, *free, "--set", "components.prefill.replicas=3")
    assert "replicas" not in new.component("decode"), "lost, as with Helm 3"
    new.scale("decode", 5)
    new.run("upgrade", "qwen", CHART, *free, "--set", "components.prefill.replicas=4", "--server-side=true")
    assert new.component("decode")["replicas"] == 5
    new.run("upgrade", "qwen", CHART, *free, "--set", "components.prefill.replicas=5")
    assert new.component("decode")["replicas"] == 5, "and from then on"
