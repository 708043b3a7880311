"""The graph chart in Helm's hands: refusals, NOTES, use as a dependency, model cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.render import render
from pydynamo_manifests.yaml import dump, load_all
from tests.support.helm import VERSIONS, helm

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "dynamo-graph"
W: dict[str, Any] = {"type": "worker", "image": {"repository": "r"}}

FAILS: list[tuple[dict[str, Any], str]] = [
    ({}, "no components: start from a preset, e.g. -f values/graph/1.6/vllm-agg.yaml"),
    (
        {"components": {"w": None}},
        "no components: start from a preset, e.g. -f values/graph/1.6/vllm-agg.yaml",
    ),
    (
        {"components": {"w": {**W, "args": {"model": {"from": "model.path"}}}}},
        "components.w.args.model needs model.path: --set model.name=Qwen/Qwen3-32B",
    ),
    (
        {"components": {"w": {**W, "env": {"M": {"from": "model.servedName"}}}}},
        "components.w.env.M needs model.servedName: --set model.name=Qwen/Qwen3-32B",
    ),
    (
        {"components": {"w": {**W, "extraArgs": [{"from": "model.name"}]}}},
        "components.w.extraArgs needs model.name: --set model.name=Qwen/Qwen3-32B",
    ),
    (
        {
            "components": {"w": {**W, "modelCache": True}},
            "model": {"cache": {"create": {"size": "1Gi"}, "hostPath": "/x"}},
        },
        "model.cache has create and hostPath: keep one and set the others to null",
    ),
    (
        {"components": {"w": W}, "model": {"cache": {"create": {}}}},
        "model.cache.create.size is not set: --set model.cache.create.size=500Gi",
    ),
    (
        {
            "components": {"w": W},
            "model": {
                "name": "m",
                "cache": {"existingClaim": "c", "readOnly": True, "download": {"enabled": True}},
            },
        },
        "model.cache is readOnly and cannot be filled: set model.cache.download.enabled=false",
    ),
]

SCHEMA: list[tuple[dict[str, Any], str, str]] = [
    ({"componets": {}}, "at ''", "additional properties 'componets' not allowed"),
    (
        {"components": {"w": {"replica": 1}}},
        "at '/components/w'",
        "additional properties 'replica' not allowed",
    ),
    (
        {"components": {"w": {"replicas": 2.5}}},
        "at '/components/w/replicas'",
        "got number, want null or integer",
    ),
    ({"components": {"w": {"replicas": -1}}}, "at '/components/w/replicas'", "minimum: got -1, want 0"),
    ({"components": {"w": {"gpus": "2"}}}, "at '/components/w/gpus'", "got string, want null or integer"),
    ({"image": {"tag": 1.1}}, "at '/image/tag'", "got number, want null or string"),
    (
        {"image": {"pullPolicy": "always"}},
        "at '/image/pullPolicy'",
        "value must be one of 'Always', 'IfNotPresent', 'Never'",
    ),
    (
        {"components": {"w": {"args": {"x": {"from": "modle.name"}}}}},
        "at '/components/w/args/x/from'",
        "value must be one of",
    ),
    (
        {"components": {"w": {"args": {"x": {"from": "gpus", "y": 1}}}}},
        "at '/components/w/args/x'",
        "additional properties 'y' not allowed",
    ),
    (
        {"components": {"w": {"env": {"X": {"secretRef": {}}}}}},
        "at '/components/w/env/X'",
        "additional properties 'secretRef' not allowed",
    ),
    ({"components": {"w": {"args": {"x": 2**53}}}}, "at '/components/w/args/x'", "maximum"),
    ({"dynamo": {"apiVersion": "v1beta1"}}, "at '/dynamo/apiVersion'", "value must be one of"),
]


def template(values: dict[str, Any], folder: Path, version: int, *words: object) -> Any:
    file = folder / "v.yaml"
    file.write_text(dump(values))
    return helm("template", "qwen", CHART, "-n", "team-a", "-f", file, *words, version=version)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("values", "message"), FAILS, ids=range(len(FAILS)))
def test_fails_say_what_to_type(values: dict[str, Any], message: str, version: int, tmp_path: Path) -> None:
    done = template(values, tmp_path, version)
    assert done.code == 1
    assert f": {message}\n" in done.stderr
    with pytest.raises(InputError) as e:
        render(values, name="qwen")
    assert str(e.value) == message


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("values", "path", "words"), SCHEMA, ids=range(len(SCHEMA)))
def test_the_schema_names_the_path(
    values: dict[str, Any], path: str, words: str, version: int, tmp_path: Path
) -> None:
    done = template(values, tmp_path, version)
    assert done.code == 1
    line = next(line for line in done.stderr.splitlines() if path in line)
    assert words in line
    with pytest.raises(InputError):
        render(values, name="qwen")


@pytest.mark.parametrize("version", VERSIONS)
def test_an_unknown_knob_fails_even_without_the_schema(version: int, tmp_path: Path) -> None:
    values = {"components": {"w": {**W, "args": {"x": {"from": "modle.name"}}}}}
    done = template(values, tmp_path, version, "--skip-schema-validation")
    assert done.code == 1
    assert "components.w.args.x: no knob 'modle.name': one of dynamo.release, gpus, model.name" in done.stderr


@pytest.mark.parametrize("version", VERSIONS)
def test_a_control_character_fails_instead_of_an_empty_spec(version: int, tmp_path: Path) -> None:
    done = template({"components": {"w": {**W, "command": ["\x7f"]}}}, tmp_path, version)
    assert done.code == 1
    assert "a control character in the values cannot be written as YAML" in done.stderr


@pytest.mark.parametrize("version", VERSIONS)
def test_another_release_name_and_namespace(version: int, tmp_path: Path) -> None:
    done = template({"components": {"w": W}, "fullnameOverride": "other"}, tmp_path, version)
    (graph,) = (d for d in load_all(done.stdout) if d)
    assert graph["metadata"]["name"] == "other"
    assert graph["metadata"]["namespace"] == "team-a"
    assert graph["metadata"]["labels"] == {
        "app.kubernetes.io/instance": "qwen",
        "app.kubernetes.io/managed-by": "Helm",
        "app.kubernetes.io/name": "dynamo-graph",
        "app.kubernetes.io/part-of": "dynamo",
        "helm.sh/chart": "dynamo-graph-0.1.0",
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_as_a_dependency_of_another_chart(version: int, tmp_path: Path) -> None:
    parent = tmp_path / "parent"
    (parent / "templates").mkdir(parents=True)
    (parent / "Chart.yaml").write_text(
        "apiVersion: v2\nname: parent\nversion: 0.1.0\ndependencies:\n"
        f"- {{name: dynamo-graph, alias: chat, version: 0.1.0, repository: 'file://{CHART}', condition: chat.enabled}}\n"
    )
    (parent / "values.yaml").write_text(
        dump({"global": {"x": 1}, "chat": {"enabled": True, "components": {"w": W}}})
    )
    assert helm("dependency", "build", parent, version=version).code == 0
    done = helm("template", "qwen", parent, version=version)
    assert [d["kind"] for d in load_all(done.stdout) if d] == ["DynamoGraphDeployment"], done.stderr
    off = helm("template", "qwen", parent, "--set", "chat.enabled=false", version=version)
    assert [d for d in load_all(off.stdout) if d] == []


def cached(**cache: Any) -> dict[str, Any]:
    model = {"name": "org/m", "tokenSecret": {"name": "hf"}, "cache": cache}
    return {
        "model": model,
        "image": {"repository": "r", "tag": "1"},
        "components": {"w": {**W, "modelCache": True, "modelSecret": True}},
    }


def test_a_claim_of_the_charts_own_is_kept_and_mounted() -> None:
    graph, claim = render(cached(create={"size": "10Gi", "storageClassName": "fast"}), name="qwen")
    assert claim["metadata"]["name"] == "qwen-model-cache"
    assert claim["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}
    assert claim["spec"] == {
        "accessModes": ["ReadWriteMany"],
        "storageClassName": "fast",
        "resources": {"requests": {"storage": "10Gi"}},
    }
    pod = graph["spec"]["components"][0]["podTemplate"]["spec"]
    assert pod["volumes"] == [
        {"name": "model-cache", "persistentVolumeClaim": {"claimName": "qwen-model-cache"}}
    ]
    (main,) = pod["containers"]
    assert main["volumeMounts"] == [{"mountPath": "/model-cache", "name": "model-cache"}]
    assert main["env"] == [{"name": "HF_HOME", "value": "/model-cache"}]
    assert main["envFrom"] == [{"secretRef": {"name": "hf"}}]


def test_the_download_job_has_another_name_when_it_is_another_job() -> None:
    values = cached(existingClaim="c", download={"enabled": True})
    name = render(values, name="qwen")[1]["metadata"]["name"]
    assert name.startswith("qwen-model-download-")
    assert render(values, name="qwen")[1]["metadata"]["name"] == name
    values["model"]["revision"] = "abc"
    assert render(values, name="qwen")[1]["metadata"]["name"] != name


def test_workers_wait_for_the_marker_that_the_job_writes() -> None:
    graph, job = render(cached(existingClaim="c", download={"enabled": True}), name="qwen")
    (wait,) = graph["spec"]["components"][0]["podTemplate"]["spec"]["initContainers"]
    (download,) = job["spec"]["template"]["spec"]["containers"]
    marker = {e["name"]: e.get("value") for e in download["env"]}["MARKER"]
    assert wait["env"] == [{"name": "MARKER", "value": marker}]
    (other,) = render(cached(existingClaim="c", download={"enabled": True, "wait": False}), name="q")[:1]
    assert "initContainers" not in other["spec"]["components"][0]["podTemplate"]["spec"]


def test_another_file_changes_the_pods_annotation_and_nothing_else_does() -> None:
    def annotation(text: str, **more: Any) -> str:
        values = {"components": {"w": {**W, "files": {"/etc/e.yaml": text}, **more}}}
        graph, config = render(values, name="qwen")
        assert config["data"] == {"etc.e.yaml": text}
        return str(
            graph["spec"]["components"][0]["podTemplate"]["metadata"]["annotations"]["dynamo-manifests/files"]
        )

    assert annotation("a") == annotation("a", replicas=3)
    assert annotation("a") != annotation("b")
