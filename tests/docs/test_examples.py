"""The examples: Argo CD and Flux objects rendered as the tools would, Python programs run."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests import render, validate
from pydynamo_manifests.values.load import load_values
from pydynamo_manifests.yaml import dump_all, load_all
from tests.docs.gitops import Call, argo_call, flux_call
from tests.docs.markdown import ROOT, blocks
from tests.support.graphs import seen
from tests.support.helm import VERSIONS, helm_template

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

EXAMPLES = ROOT / "examples"
GRAPH_EXAMPLES = ("argocd", "flux")

Fields = dict[str, Any]

SYNC = {"automated": {"prune": None, "selfHeal": None}, "syncOptions": None}
SOURCE: Fields = {
    "repoURL": None,
    "targetRevision": None,
    "path": None,
    "ref": None,
    "helm": {"releaseName": None, "valueFiles": None, "valuesObject": None, "parameters": None},
}
APPLICATION: Fields = {
    "project": None,
    "destination": {"server": None, "namespace": None},
    "source": SOURCE,
    "sources": SOURCE,
    "syncPolicy": SYNC,
}
HELM_RELEASE: Fields = {
    "interval": None,
    "dependsOn": {"name": None, "namespace": None},
    "install": {"serverSideApply": None},
    "upgrade": {"serverSideApply": None},
    "chart": {
        "spec": {
            "chart": None,
            "sourceRef": {"kind": None, "name": None},
            "valuesFiles": None,
            "reconcileStrategy": None,
        }
    },
    "values": None,
    "valuesFrom": {"kind": None, "name": None, "valuesKey": None, "targetPath": None},
}
KNOWN: dict[tuple[str, str], Fields] = {
    ("argoproj.io/v1alpha1", "Application"): APPLICATION,
    ("argoproj.io/v1alpha1", "ApplicationSet"): {
        "goTemplate": None,
        "goTemplateOptions": None,
        "generators": {"matrix": {"generators": None}},
        "template": {"metadata": {"name": None}, "spec": APPLICATION},
    },
    ("source.toolkit.fluxcd.io/v1", "GitRepository"): {"interval": None, "url": None, "ref": {"tag": None}},
    ("helm.toolkit.fluxcd.io/v2", "HelmRelease"): HELM_RELEASE,
}
"""The fields that the examples may use, written by hand from the API references of Argo CD 3 and Flux 2.8.

None is a field whose inside is not looked at; a list stands for what its items may hold.
"""


def files(kind: str) -> list[Path]:
    return sorted((EXAMPLES / kind).glob("*.yaml"))


def documents(file: Path) -> list[dict[str, Any]]:
    return [d for d in load_all(file.read_text(), str(file)) if d]


def unknown(value: Any, fields: Fields | None, path: str) -> Iterator[str]:
    if fields is None:
        return
    for item in value if isinstance(value, list) else [value]:
        for key, inner in item.items():
            if key not in fields:
                yield f"{path}.{key}"
            else:
                yield from unknown(inner, fields[key], f"{path}.{key}")


@pytest.mark.parametrize("file", [f for kind in GRAPH_EXAMPLES for f in files(kind)], ids=lambda f: f.name)
def test_objects_have_only_fields_that_their_tools_know(file: Path) -> None:
    for item in documents(file):
        spec = KNOWN.get((item["apiVersion"], item["kind"]))
        assert spec or (item["apiVersion"], item["kind"]) == ("v1", "ConfigMap")
        assert list(unknown(item.get("spec", {}), spec, item["kind"])) == []


def applications(item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield an Application, or those that an ApplicationSet's matrix of lists makes."""
    if item["kind"] == "Application":
        yield dict(item)
        return
    (generator,) = item["spec"]["generators"]
    lists = [g["list"]["elements"] for g in generator["matrix"]["generators"]]
    for chosen in product(*lists):
        facts = {key: value for element in chosen for key, value in element.items()}
        yield filled(item["spec"]["template"], facts)


def filled(value: Any, facts: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: filled(inner, facts) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, facts) for inner in value]
    if isinstance(value, str):
        for name, fact in facts.items():
            value = value.replace("{{." + name + "}}", fact)
        assert "{{" not in value, f"{value}: a name that no generator gives"
    return value


def calls(file: Path, folder: Path) -> list[Call]:
    every = documents(file)
    if file.parent.name == "flux":
        return [flux_call(every, folder)]
    made = [a for item in every for a in applications(item)]
    folders = [folder / str(n) for n in range(len(made))]
    for each in folders:
        each.mkdir()
    return [argo_call(a, each) for a, each in zip(made, folders, strict=True)]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("file", [f for kind in GRAPH_EXAMPLES for f in files(kind)], ids=lambda f: f.name)
def test_objects_render_to_graphs_without_a_finding(file: Path, version: int, tmp_path: Path) -> None:
    for call in calls(file, tmp_path):
        chosen: dict[str, Any] = {
            "set_string": call.set_string,
            "name": call.name,
            "namespace": call.namespace,
        }
        objects = helm_template(call.chart, call.files, call.set_, version=version, **chosen)
        values = load_values(call.values() if file.parent.name == "argocd" else flux_values(call), str(file))
        ours = render(values, name=call.name, namespace=call.namespace)
        assert by_kind(ours) == by_kind(objects)
        report = validate(objects, dynamo="1.6.1")
        assert [(f.rule, f.path, f.message) for f in report.findings] == []


def by_kind(objects: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return what matters of each object, in an order of its own: Helm sorts by kind."""
    found = [
        (o["kind"], o["metadata"]["name"], o["metadata"].get("namespace"), o.get("spec")) for o in objects
    ]
    return sorted(found, key=lambda item: item[:2])


def flux_values(call: Call) -> dict[str, Any]:
    """Return what the chart gets in Flux: its repacked values.yaml, and over it the release's values."""
    packed = Call(call.chart, [call.chart / "values.yaml", *call.files])
    return packed.values()


@cache
def argo_example(name: str) -> dict[str, Any]:
    (item,) = documents(EXAMPLES / "argocd" / name)
    return item


def test_the_first_example_says_what_its_comments_promise(tmp_path: Path) -> None:
    call = argo_call(argo_example("application.yaml"), tmp_path)
    objects = helm_template(call.chart, call.files, call.set_, set_string=call.set_string, name="qwen")
    (graph,) = objects
    decode = next(c for c in graph["spec"]["components"] if c["name"] == "decode")
    assert "replicas" not in decode
    assert decode["scalingAdapter"] == {}
    assert decode["podTemplate"]["spec"]["nodeSelector"] == {"nvidia.com/gpu.product": "NVIDIA-H200"}
    decode["replicas"] = 0
    found = seen(objects)["decode"]
    assert found.gpus == 2
    assert found.flags["tensor-parallel-size"] == "2"
    assert found.flags["max-model-len"] == "32768"
    assert found.flags["model"] == "Qwen/Qwen3-32B"


def test_the_application_set_makes_every_pair(tmp_path: Path) -> None:
    made = list(applications(argo_example("applicationset.yaml")))
    assert [a["metadata"]["name"] for a in made] == ["qwen-east", "qwen-west", "small-east", "small-west"]
    sizes = [argo_call(a, tmp_path).values()["components"]["worker"] for a in made]
    assert [(s["gpus"], s["replicas"]) for s in sizes] == [(2, 2), (2, 3), (1, 2), (1, 3)]


def test_every_argo_example_applies_on_the_server() -> None:
    for file in files("argocd"):
        for item in documents(file):
            for made in applications(item):
                assert "ServerSideApply=true" in made["spec"]["syncPolicy"]["syncOptions"], file.name


def program(name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLES / "python" / name), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_fleet_writes_what_fits_and_names_what_does_not(tmp_path: Path) -> None:
    done = program("fleet.py", tmp_path)
    assert done.returncode == 1
    written = {f.name for f in tmp_path.iterdir()}
    assert written == {
        "qwen3-32b-vllm-agg-router.yaml",
        "qwen3-0.6b-sglang-agg.yaml",
        "qwen3-32b-trtllm-disagg.yaml",
    }
    assert (
        "qwen3-32b-vllm-disagg.yaml: not written: prefill: parallelism tensor 4 needs 4 GPUs" in done.stdout
    )
    for file in tmp_path.iterdir():
        assert validate(render(dict(documents(file)[0]), name="fleet")).ok


def test_gate_hands_on_what_is_right_and_nothing_else(tmp_path: Path) -> None:
    good = program("gate.py", ROOT / "values/graph/1.6/vllm-disagg-multinode.yaml", "team-a", "qwen")
    assert good.returncode == 0, good.stderr
    assert [d["kind"] for d in load_all(good.stdout, "gate")] == ["DynamoGraphDeployment"]
    wrong = tmp_path / "wrong.yaml"
    text = (ROOT / "values/graph/1.6/vllm-agg.yaml").read_text()
    wrong.write_text(text.replace("tensor-parallel-size: {from: gpus}", "tensor-parallel-size: 4"))
    bad = program("gate.py", wrong, "team-a")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert "error GPU-01" in bad.stderr


def test_survey_lists_every_graph_of_a_folder(tmp_path: Path) -> None:
    for line in ("1.6", "0.9"):
        file = ROOT / f"values/graph/{line}/vllm-disagg-router.yaml"
        graph = render(dict(documents(file)[0]), name=f"g{line.replace('.', '-')}")
        (tmp_path / f"{line}.yaml").write_text(dump_all(graph))
    (tmp_path / "broken.yaml").write_text("a: [")
    done = program("survey.py", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "broken.yaml" in done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[:4] for line in lines] == [
        ["g0-9", "Qwen/Qwen3-0.6B", "4", "GPUs"],
        ["g1-6", "Qwen/Qwen3-0.6B", "4", "GPUs"],
    ]


@pytest.mark.parametrize("name", ["fleet.py", "gate.py", "survey.py"])
def test_a_program_without_arguments_says_what_to_type(name: str) -> None:
    done = program(name)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"python {name} " in done.stderr
    assert "Traceback" not in done.stderr


def test_hook_and_action_of_the_guide_exist() -> None:
    found = {
        b.words[0]: b.text for b in blocks("docs/guides/validate.md") if b.words and b.language == "yaml"
    }
    (hooks,) = load_all((ROOT / ".pre-commit-hooks.yaml").read_text(), "hooks")
    (asked,) = load_all(found["hook"], "guide")
    assert {h["id"] for repo in asked["repos"] for h in repo["hooks"]} <= {h["id"] for h in hooks}
    (action,) = load_all((ROOT / "action.yml").read_text(), "action")
    (workflow,) = load_all(found["action"], "guide")
    given = [s["with"] for job in workflow["jobs"].values() for s in job["steps"] if "with" in s]
    assert all(set(inputs) <= set(action["inputs"]) for inputs in given)
