from __future__ import annotations

from typing import Any

import pytest

from pydynamo_manifests.yaml import load_all
from tests.support.corpus import corpus
from tests.support.kubeconform import kubeconform


def config_map(**fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, **fields}


def test_a_core_object_is_taken() -> None:
    assert kubeconform([config_map(data={"a": "b"})]) == []


@pytest.mark.parametrize("kubernetes", ["1.30", "1.34", "1.37"])
def test_an_unknown_field_is_a_problem_in_every_minor(kubernetes: str) -> None:
    (problem,) = kubeconform([config_map(dada={"a": "b"})], kubernetes=kubernetes)
    assert problem.where == "ConfigMap/settings"
    assert "'dada' not allowed" in problem.message


def test_a_wrong_type_deep_inside_is_a_problem() -> None:
    container = {"name": "main", "image": "busybox", "ports": [{"containerPort": "8080"}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [container]}}
    (problem,) = kubeconform([pod])
    assert "/spec/containers/0/ports/0/containerPort" in problem.message


def test_a_kind_without_a_schema_is_a_problem() -> None:
    (problem,) = kubeconform([{"apiVersion": "example.com/v1", "kind": "Toy", "metadata": {"name": "t"}}])
    assert "could not find schema" in problem.message


def test_the_kinds_of_a_crd_folder_are_known_and_closed() -> None:
    crds = corpus() / "crds" / "main-2026-08-21"
    folder = corpus() / "valid" / "v1beta1"
    graphs = [
        graph
        for file in sorted(folder.glob("*.yaml"))[:40]
        for graph in load_all(file.read_text(), str(file))
    ]
    assert kubeconform(graphs, crds=crds) == []
    graphs[0]["spec"]["componets"] = []
    (problem,) = kubeconform(graphs, crds=crds)
    assert "'componets' not allowed" in problem.message
