from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests import api
from pydynamo_manifests.api import reference
from pydynamo_manifests.api.registry import KINDS
from pydynamo_manifests.errors import UnknownNameError
from pydynamo_manifests.releases import known_releases, release

if TYPE_CHECKING:
    from collections.abc import Iterator


def own_paths(node: dict[str, Any], path: str) -> Iterator[str]:
    """Yield the paths of Dynamo's own fields: the reference does not repeat Kubernetes' types."""
    properties = node.get("properties", {})
    kubernetes = {
        "hostNetwork",
        "imagePullPolicy",
        "valueFrom",
        "periodSeconds",
        "containerResource",
        "scaleUp",
    }
    if kubernetes & properties.keys() or {"tolerationSeconds", "optional"} & properties.keys():
        return
    if {"metadata", "template"} & properties.keys() or {"claims", "limits"} == properties.keys() - {
        "requests"
    }:
        return
    for name, child in properties.items():
        yield f"{path}.{name}"
        yield from own_paths(child, f"{path}.{name}")
    if "items" in node:
        yield from own_paths(node["items"], f"{path}[]")
    if isinstance(node.get("additionalProperties"), dict):
        yield from own_paths(node["additionalProperties"], f"{path}{{}}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_names_every_field_of_every_release(kind: str) -> None:
    text = reference.page(kind)
    for name in known_releases():
        for version in release(name).kinds[kind].served if kind in release(name).kinds else ():
            schema = api.schema(name, kind, version)
            section = text.split(f"## nvidia.com/{version} ")[1].split("\n## ")[0]
            for part in ("spec", "status"):
                for path in own_paths(schema["properties"].get(part, {}), part):
                    if "podTemplate." not in path and "podTemplateSpec." not in path:
                        assert f"| `{path}` |" in section, (name, path)


def row(kind: str, path: str, index: int = 0) -> str:
    return [line for line in reference.page(kind).splitlines() if line.startswith(f"| `{path}` |")][index]


def test_rows() -> None:
    graph = "DynamoGraphDeployment"
    assert row(graph, "spec.components[].minAvailable") == (
        "| `spec.components[].minAvailable` | integer, ≥ 1 |  | since 1.3 | "
        "Replicas that must start together; Grove only. |"
    )
    assert "`lpx` (since 1.6)" in row(graph, "spec.components[].type")
    assert "| `Auto` (until 1.2) |" in row(graph, "spec.components[].experimental.checkpoint.mode")
    assert "Not certain: " in row(graph, "spec.components[].roles[].podTemplate")
    assert "| PodTemplateSpec of Kubernetes |" in row(graph, "spec.components[].podTemplate")
    assert "| **required** open object |" in row(graph, "spec.providerOverride.value")
    assert "| quantity |" in row(graph, "spec.components[].sharedMemorySize")
    assert "**required** string, not empty" in row(graph, "spec.restart.id")
    assert "Before 0.6 only; now services." in row(graph, "spec.dynamoGraph")
    assert "| since 1.5 |" in row(graph, "spec.providerOverride")
    assert "multinode.leader" not in reference.page(graph)
    assert "main-2026" not in reference.page(graph)


def test_rules_have_places_and_releases() -> None:
    text = reference.page("DynamoGraphDeployment")
    assert "| `spec.components` |  | a graph has one component of type epp at most |" in text
    assert (
        "| `spec.components[].podTemplate.spec.containers[]` | since 1.4 | a container beside main needs an image |"
        in text
    )
    assert (
        "| `spec.components[]` | 1.3 to 1.5 | minAvailable is at most replicas, unless replicas is 0 |"
        in text
    )
    assert "| `the object` |  | spec.identity stays as it was created |" in reference.page("DynamoCheckpoint")


def test_the_index_names_every_kind() -> None:
    text = reference.index()
    for kind in KINDS:
        assert f"[{kind}]({kind}.md)" in text


def test_no_such_kind() -> None:
    with pytest.raises(UnknownNameError, match="unknown kind 'Pod'"):
        reference.page("Pod")
