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
    (
        {"components": {"w": W}, "model": {"name": "m", "cache": {"download": {"enabled": True}}}},
        "model.cache.download has no cache to fill: set model.cache.create.size, model.cache.existingClaim or model.cache.hostPath",
    ),
    (
        {
            "components": {"w": W},
            "model": {
                "name": "m",
                "cache": {"existingClaim": "c", "hfHome": "", "download": {"enabled": True}},
            },
        },
        "model.cache.hfHome is outside model.cache.mountPath, where the download goes: set model.cache.hfHome=null",
    ),
    (
        {
            "components": {"w": W},
            "model": {
                "name": "m",
                "cache": {"existingClaim": "c", "hfHome": "/model-cache-2", "download": {"enabled": True}},
            },
        },
        "model.cache.hfHome is outside model.cache.mountPath, where the download goes: set model.cache.hfHome=null",
    ),
    (
        {"components": {"w": {**W, "files": {"/etc/x/a.b": "1", "/etc/x.a/b": "2"}}}},
        "components.w.files: /etc/x.a/b and /etc/x/a.b have one key in the ConfigMap, etc.x.a.b: rename one",
    ),
    (
        {"components": {"w": {**W, "files": {"/" + "x" * 254: "1"}}}},
        f"components.w.files: /{'x' * 254} is longer than 254 letters",
    ),
    (
        {"components": {"w": {**W, "files": {"/a": "1"}, "mounts": {"/a": {"name": "b"}}}}},
        "components.w.files: something else is mounted at /a too: choose another path",
    ),
    (
        {
            "components": {"w": {**W, "files": {"/models": "1"}, "modelCache": True}},
            "model": {"cache": {"existingClaim": "c", "mountPath": "/models"}},
        },
        "components.w.files: something else is mounted at /models too: choose another path",
    ),
    (
        {"components": {"w": {**W, "files": {"/a": "1"}, "volumes": {"files": {"emptyDir": {}}}}}},
        (
            "components.w.volumes.files: a volume of the chart has this name: choose another, or change that one in "
            "podSpec"
        ),
    ),
    (
        {"components": {"Worker": W, "worker": W}},
        "components Worker and worker differ by case only, and the operator's names are lower-case: rename one",
    ),
    (
        {"components": {"w": {**W, "nodeSelector": {"<<": "x"}}}},
        "a key << in the values cannot be written as YAML",
    ),
    *(
        ({"components": {"w": {**W, **extra}}}, "a control character in the values cannot be written as YAML")
        for c in ("\x7f", "\x80", "\x85", "\x9f", "\ufffe")
        for extra in ({"command": [f"a{c}b"]}, {"files": {"/a": f"a{c}\n"}}, {"args": {"x": {"y": c}}})
    ),
    (
        {"components": {"w": W}, "annotations": {"a": "\x85"}},
        "a control character in the values cannot be written as YAML",
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
    (
        {"components": {"w": {"type": "wrker"}}},
        "at '/components/w/type'",
        "value must be one of 'frontend', 'worker'",
    ),
    (
        {"components": {"w": {"args": {"": 1}}}},
        "at '/components/w/args'",
        "additional properties '' not allowed",
    ),
    (
        {"components": {"w": {"args": {"--x": 1}}}},
        "at '/components/w/args'",
        "additional properties '--x' not allowed",
    ),
    ({"components": {"w": {"args": {"x": [[1]]}}}}, "at '/components/w/args/x/0'", "got array, want"),
    (
        {"components": {"w": {"env": {"": 1}}}},
        "at '/components/w/env'",
        "additional properties '' not allowed",
    ),
    (
        {"components": {"w": {"runtimeVersionOverride": {}}}},
        "at '/components/w/runtimeVersionOverride'",
        "missing property",
    ),
    (
        {"components": {"w": {"volumes": {"A_b": {}}}}},
        "at '/components/w/volumes'",
        "additional properties 'A_b' not allowed",
    ),
    (
        {"components": {"w": {"mounts": {"": {}}}}},
        "at '/components/w/mounts'",
        "additional properties '' not allowed",
    ),
    ({"request": {"sla": {"ttft": 1e17}}}, "at '/request/sla/ttft'", "maximum"),
    (
        {"model": {"cache": {"download": {"backoffLimit": -1}}}},
        "at '/model/cache/download/backoffLimit'",
        "minimum",
    ),
    ({"fullnameOverride": "Qwen"}, "at '/fullnameOverride'", "does not match pattern"),
    ({"fullnameOverride": "x" * 64}, "at '/fullnameOverride'", "maxLength: got 64, want 63"),
    *(
        ({"components": {name: {}}}, "at '/components'", f"additional properties '{name}' not allowed")
        for name in ("a_b", "a.b", "-a", "a-", "x" * 64, "")
    ),
    *(
        (
            {"components": {"w": {"files": {path: ""}}}},
            "at '/components/w/files'",
            f"additional properties '{path}' not",
        )
        for path in ("etc/x", "/", "/a/", "/a//b", "/a/../b", "/..b", "/a b", "/ä", "/a:b", "/./a", "")
    ),
    *(
        ({**base, "components": {"w": {"type": "worker", **component}}}, f"at '/{path}'", "maximum")
        for number in (2**53, 2**60 + 1, 1e21)
        for path, component, base in (
            ("components/w/args/x/y/0", {"args": {"x": {"y": [number]}}}, {}),
            ("components/w/files/~1a/x", {"files": {"/a": {"x": number}}}, {}),
            ("components/w/podSpec/a/b", {"podSpec": {"a": {"b": number}}}, {}),
            ("components/w/tolerations/0/x", {"tolerations": [{"x": number}]}, {}),
            ("spec/x", {}, {"spec": {"x": number}}),
            ("extraObjects/x/data", {}, {"extraObjects": {"x": {"data": number}}}),
        )
    ),
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
