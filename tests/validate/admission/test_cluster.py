from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pydynamo_manifests.errors import InputError, UnknownNameError
from pydynamo_manifests.validate.cluster import FEATURES, Cluster

if TYPE_CHECKING:
    from pathlib import Path


def test_a_cluster_file_has_the_fields_of_the_class(tmp_path: Path) -> None:
    file = tmp_path / "cluster.yaml"
    file.write_text(
        'kubernetes: "1.34"\nfeatures: [grove, dra]\noperator_version: 1.5.1\n'
        "topology: {name: rails, levels: {zone: a/zone, rack: a/rack}}\noperator_principal: null\n"
    )
    cluster = Cluster.from_file(file)
    assert cluster == Cluster(
        kubernetes="1.34",
        features=frozenset({"grove", "dra"}),
        topology={"name": "rails", "levels": {"zone": "a/zone", "rack": "a/rack"}},
        operator_version="1.5.1",
    )
    assert cluster.operator_principal == "system:serviceaccount:dynamo-system:dynamo-operator"


def test_an_empty_file_is_a_cluster_without_anything(tmp_path: Path) -> None:
    (tmp_path / "cluster.yaml").write_text("")
    assert Cluster.from_file(tmp_path / "cluster.yaml") == Cluster()


def test_features_may_be_any_collection_of_names() -> None:
    assert Cluster(features={"grove"}).features == frozenset({"grove"})  # type: ignore[arg-type]
    assert Cluster(features=list(FEATURES)).features == frozenset(FEATURES)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("features: [groove]", "unknown cluster feature 'groove'; did you mean 'grove'?"),
        ("feature: [grove]", "unknown field of {file} 'feature'; did you mean 'features'?"),
        ("kubernetes: 1.34", "{file}: kubernetes must be a text (quote it), not 1.34"),
        ("features: grove", "{file}: features must be a list of names, not 'grove'"),
        ("topology: rails", "{file}: topology must be a map, not 'rails'"),
        (
            "topology: {name: rails}",
            "topology of a cluster must be {{name: ..., levels: {{level: node label}}}}",
        ),
        (
            "- grove",
            "{file}: must be a map with the fields kubernetes, features, topology, operator_version,",
        ),
    ],
)
def test_what_is_wrong_in_a_cluster_file_is_said(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "cluster.yaml"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        Cluster.from_file(file)
    assert message.format(file=file) in str(caught.value)


def test_a_file_that_cannot_be_read_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.yaml: cannot be read: No such file or directory"):
        Cluster.from_file(tmp_path / "no.yaml")
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"bad\.yaml: is UTF-16"):
        Cluster.from_file(tmp_path / "bad.yaml")


def test_a_cluster_may_be_a_key() -> None:
    topology = {"name": "rails", "levels": {"rack": "a/rack"}}
    assert {Cluster(topology=topology): 1}[Cluster(topology=dict(topology))] == 1


def test_one_text_is_no_list_of_features() -> None:
    with pytest.raises(InputError, match="a list of names, not one text"):
        Cluster(features="grove")  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError):
        Cluster(features=frozenset({"Grove"}))
