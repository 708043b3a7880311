from __future__ import annotations

import pytest
from pydantic import ValidationError

from pydynamo_manifests import yaml
from pydynamo_manifests.api import model_of
from pydynamo_manifests.api.base import json_name
from pydynamo_manifests.api.registry import KINDS
from pydynamo_manifests.api.v1beta1.graph import DynamoGraphDeployment
from tests.support.corpus import corpus


def test_models_parse_and_print_every_real_object() -> None:
    """Equal objects, and equal types: a number stays a number, a text a text."""
    count = 0
    for file in sorted(corpus().glob("valid/*/*")):
        for obj in yaml.load_all(file.read_text(), file.name):
            model = model_of(obj["kind"], obj["apiVersion"].split("/")[1])
            printed = model.model_validate(obj).to_dict()
            assert yaml.dump(sort(printed)) == yaml.dump(sort(obj)), file.name
            count += 1
    assert count > 500


def sort(node: object) -> object:
    if isinstance(node, dict):
        return {key: sort(node[key]) for key in sorted(node)}
    return [sort(item) for item in node] if isinstance(node, list) else node


def graph(**component: object) -> dict[str, object]:
    spec = {"components": [{"name": "Worker", **component}]}
    return {"apiVersion": "nvidia.com/v1beta1", "kind": "DynamoGraphDeployment", "spec": spec}


@pytest.mark.parametrize(
    ("component", "where"),
    [
        ({"replica": 1}, "spec.components.0.replica"),
        ({"replicas": "1"}, "spec.components.0.replicas"),
        ({"type": "wroker"}, "spec.components.0.type"),
        ({"multinode": {"nodes": 2}}, "spec.components.0.multinode.nodes"),
        ({"globalDynamoNamespace": "yes"}, "spec.components.0.globalDynamoNamespace"),
        ({"scalingAdapter": {"enabled": True}}, "spec.components.0.scalingAdapter.enabled"),
    ],
)
def test_a_wrong_field_is_refused(component: dict[str, object], where: str) -> None:
    with pytest.raises(ValidationError) as error:
        DynamoGraphDeployment.model_validate(graph(**component))
    assert [".".join(map(str, e["loc"])) for e in error.value.errors()] == [where]


def test_unknown_fields_stay_in_status_and_in_pods() -> None:
    obj = graph(podTemplate={"spec": {"containers": [{"name": "main", "new": 1}]}})
    obj["status"] = {"state": "successful", "new": {"a": 1}, "components": {"Worker": {**REPLICAS, "new": 2}}}
    assert DynamoGraphDeployment.model_validate(obj).to_dict() == obj


REPLICAS = {"componentKind": "Deployment", "replicas": 1, "updatedReplicas": 1}


def test_python_names_are_taken_too() -> None:
    obj = DynamoGraphDeployment.model_validate(graph(shared_memory_size=0))
    assert obj.spec is not None
    assert obj.spec.components is not None
    assert obj.spec.components[0].shared_memory_size == 0
    assert obj.to_dict()["spec"]["components"][0] == {"name": "Worker", "sharedMemorySize": 0}


def test_json_names() -> None:
    assert json_name("node_count") == "nodeCount"
    assert json_name("e2e_latency") == "e2eLatency"
    assert json_name("env") == "env"


def test_every_json_name_of_the_corpus_sets_is_a_field() -> None:
    """Acronyms are where generated names go wrong."""
    names = {
        info.alias
        for kind, versions in KINDS.items()
        for version in versions
        for part in (
            model_of(kind, version).model_fields["spec"],
            model_of(kind, version).model_fields.get("status"),
        )
        if part is not None
        for info in part.annotation.__args__[0].model_fields.values()
    }
    assert {
        "checkpointID",
        "dgdRef",
        "profilingConfig",
        "boundSnapshotContentName",
        "observedGeneration",
    } <= names
