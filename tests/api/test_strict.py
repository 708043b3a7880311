from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from pydynamo_manifests import api
from pydynamo_manifests.api.strict import strict
from pydynamo_manifests.releases import known_releases, release
from tests.support.corpus import corpus

if TYPE_CHECKING:
    from collections.abc import Iterator

GRAPH = "DynamoGraphDeployment"
RELEASES = known_releases(hidden=True)


def validator(name: str, kind: str = GRAPH, version: str = "v1beta1") -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        api.strict_json_schema(name, kind, version), validate_formats=True
    )


def errors(obj: dict[str, Any], name: str = "1.6", kind: str = GRAPH, version: str = "v1beta1") -> list[str]:
    found = validator(name, kind, version).iter_errors(obj)
    return [f"{'.'.join(map(str, e.instance_path))}: {e.message}" for e in found]


def beta(**component: Any) -> dict[str, Any]:
    main = {"name": "main", "image": "i"}
    whole = {"name": "a", "podTemplate": {"spec": {"containers": [main]}}, **component}
    return {"metadata": {"name": "g"}, "spec": {"components": [whole]}}


def alpha(**service: Any) -> dict[str, Any]:
    return {"metadata": {"name": "g"}, "spec": {"services": {"a": service}}}


def container(**fields: Any) -> dict[str, Any]:
    return {"podTemplate": {"spec": {"containers": [{"name": "main", **fields}]}}}


@pytest.mark.parametrize("name", RELEASES)
def test_every_schema_compiles(name: str) -> None:
    for kind, versions in release(name).kinds.items():
        for version in versions.served:
            jsonschema_rs.Draft202012Validator(api.strict_json_schema(name, kind, version))


@pytest.mark.parametrize(
    "component",
    [
        {},
        {"sharedMemorySize": "8Gi"},
        {"sharedMemorySize": 0},
        {"scalingAdapter": {}},
        container(resources={"limits": {"nvidia.com/gpu": 1, "cpu": "500m"}}),
        container(
            ports=[{"containerPort": 80, "protocol": "TCP"}], livenessProbe={"httpGet": {"port": "http"}}
        ),
        {"eppConfig": {"config": {"plugins": [], "schedulingProfiles": [], "anything": [1]}}},
        {"experimental": {"checkpoint": {"enabled": True, "job": {"podTemplate": {"whatever": {"a": 1}}}}}},
        {"roles": [{"name": "leader", "podTemplate": {"spec": {"containers": [{"name": "main"}]}}}]},
        {"providerOverride": {"apiVersion": "grove.io/v1alpha1", "value": {"any": {"thing": [None]}}}},
    ],
)
def test_what_the_server_takes(component: dict[str, Any]) -> None:
    assert errors(beta(**component)) == []


@pytest.mark.parametrize(
    ("component", "message"),
    [
        (
            container(imagePullpolicy="Always"),
            "Additional properties are not allowed ('imagePullpolicy' was unexpected)",
        ),
        (
            {"scalingAdapter": {"enabled": True}},
            "Additional properties are not allowed ('enabled' was unexpected)",
        ),
        ({"replicas": -1}, "-1 is less than the minimum of 0"),
        ({"replicas": 2**31}, "2147483648 is greater than the maximum of 2147483647"),
        ({"replicas": "2"}, '"2" is not of type "integer"'),
        ({"name": "a.b"}, "does not match"),
        ({"type": "Worker"}, "is not one of"),
        ({"sharedMemorySize": "8GiB"}, "does not match"),
        ({"sharedMemorySize": 1.5}, 'is not of types "integer", "string"'),
        (container(resources={"limits": {"nvidia.com/gpu": 0.5}}), 'is not of types "integer", "string"'),
        (container(livenessProbe={"httpGet": {"port": 2**63}}), "is greater than the maximum"),
        (container(args=["a", None]), 'null is not of type "string"'),
        (container(ports=[{}]), '"containerPort" is a required property'),
        ({"podTemplate": {"metadata": {"generateName": "x"}}}, "'generateName' was unexpected"),
        ({"podTemplate": {"spec": {}}}, '"containers" is a required property'),
        ({"experimental": {"checkpoint": {}}}, '"enabled" is a required property'),
        ({"roles": [{"name": "leader"}] * 3}, "has more than 2 items"),
        (
            {"experimental": {"gpuMemoryService": {"extraClientContainers": ["a", "a"]}}},
            "has non-unique elements",
        ),
    ],
)
def test_what_the_server_refuses(component: dict[str, Any], message: str) -> None:
    (found,) = errors(beta(**component))
    assert message in found


def test_metadata() -> None:
    assert errors({"metadata": {"name": "g", "labels": None, "annotations": {"a": None}}}) == []
    (found,) = errors({"metadata": {"name": "g", "lables": {}}})
    assert "'lables' was unexpected" in found
    (found,) = errors({"metadata": {"name": "g", "labels": {"a": 1}}})
    assert found.startswith("metadata.labels.a: 1 is not of type")


def test_alpha_pod_spec_has_no_required_containers() -> None:
    main = {"image": "i", "env": [{"name": "A", "value": "1"}]}
    assert errors(alpha(extraPodSpec={"mainContainer": main}), version="v1alpha1") == []
    (found,) = errors(
        alpha(extraPodSpec={"mainContainer": {"imagepullPolicy": "Always"}}), version="v1alpha1"
    )
    assert "spec.services.a.extraPodSpec.mainContainer" in found
    (found,) = errors(alpha(extraPodSpec={"containers": [{"image": "i"}]}), version="v1alpha1")
    assert '"name" is a required property' in found


@pytest.mark.parametrize(
    ("dgd", "count"),
    [
        ({"apiVersion": "nvidia.com/v1beta1", "kind": "DynamoGraphDeployment", "spec": {"any": 1}}, 0),
        ({"apiVersion": "nvidia.com/v1beta1", "spec": {}}, 1),
        ({"apiVersion": "a/b/c", "kind": "X"}, 1),
        ({"apiVersion": "", "kind": ""}, 2),
        ({"apiVersion": "v1", "kind": "X", "metadata": {"name": "x", "nonsense": 1}}, 1),
    ],
)
def test_an_object_inside_an_object(dgd: dict[str, Any], count: int) -> None:
    request = {"spec": {"model": "m", "overrides": {"dgd": dgd}}}
    assert len(errors(request, kind="DynamoGraphDeploymentRequest")) == count


def test_field_of_a_later_release() -> None:
    graph = beta(roles=[{"name": "leader"}])
    assert errors(graph, "1.5") == []
    assert "'roles' was unexpected" in errors(graph, "1.4")[0]


def test_status_of_a_newer_operator() -> None:
    graph = {"status": {"state": "pending", "new": 1, "components": {}}}
    assert errors(graph, "1.6") == []
    assert "'new' was unexpected" in errors(graph, "1.4")[0]


def test_date_times() -> None:
    status = {"replicas": 1, "lastScaleTime": "2026-01-01T00:00:00Z"}
    kind = "DynamoGraphDeploymentScalingAdapter"
    assert errors({"status": status}, kind=kind) == []
    assert "date-time" in errors({"status": {**status, "lastScaleTime": "yesterday"}}, kind=kind)[0]


def test_nullable_fields() -> None:
    schema = strict({"type": "object", "properties": {"a": {"type": "string", "nullable": True}}})
    assert schema["properties"]["a"] == {"type": ["string", "null"]}


def test_shared_types_occur_once() -> None:
    text = json.dumps(api.strict_json_schema("1.6", GRAPH, "v1beta1"))
    assert text.count('"scaleIO"') == 1
    assert len(text) < 60_000


def test_real_graphs() -> None:
    schema = validator("main-2026-08-21")
    files = sorted(corpus().glob("valid/v1beta1/dgd--*.yaml"))
    graphs = (yaml.load(file.read_text(), yaml.CSafeLoader) for file in files)
    assert len(files) > 50
    assert [str(e)[:200] for graph in graphs for e in schema.iter_errors(without_nulls(graph))] == []


def without_nulls(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: without_nulls(value) for key, value in node.items() if value is not None}
    return [without_nulls(item) for item in node] if isinstance(node, list) else node


def closed_places(node: Any, schema: dict[str, Any], path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every object in which the server refuses a field that it does not know."""
    if isinstance(node, dict):
        values = schema.get("additionalProperties")
        if not values and not schema.get("x-kubernetes-preserve-unknown-fields"):
            yield path
        for name, child in node.items():
            below = schema.get("properties", {}).get(name) or (values if isinstance(values, dict) else None)
            if below:
                yield from closed_places(child, below, (*path, name))
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from closed_places(child, schema.get("items", {}), (*path, index))


@given(data=st.data())
def test_an_unknown_field_is_refused_wherever_the_server_would(data: st.DataObject) -> None:
    files = sorted(corpus().glob("valid/v1*/*.yaml"))
    obj = without_nulls(yaml.load(data.draw(st.sampled_from(files)).read_text(), yaml.CSafeLoader))
    where = ("main-2026-08-21", obj["kind"], obj["apiVersion"])
    compiled = jsonschema_rs.Draft202012Validator(api.strict_json_schema(*where))
    assume(compiled.is_valid(obj))
    places = [p for p in closed_places(obj, api.schema(*where)) if p != ("metadata",)]
    place = data.draw(st.sampled_from(places))
    inner = obj
    for part in place:
        inner = inner[part]
    name = data.draw(st.text(min_size=1).filter(lambda text: text not in inner))
    inner[name] = data.draw(st.sampled_from([1, "a", {}, [], True]))
    refused = {(*e.instance_path,) for e in compiled.iter_errors(obj)}
    known = name in properties(api.schema(*where), place)
    assert known or tuple(place) in refused


def properties(schema: dict[str, Any], place: tuple[Any, ...]) -> dict[str, Any]:
    for part in place:
        if isinstance(part, int):
            schema = schema["items"]
        else:
            schema = schema.get("properties", {}).get(part) or schema["additionalProperties"]
    return schema.get("properties", {})
