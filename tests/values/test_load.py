"""Values that are refused: the path, what is wrong, and what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.values import load_values, read_values

if TYPE_CHECKING:
    from pathlib import Path

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"componets": {}}, "componets: unknown key; did you mean 'components' or 'componentOrder'?"),
    ({"components": {"a": {"replica": 1}}}, "components.a.replica: unknown key; did you mean 'replicas'?"),
    (
        {"components": {"a": {"mounts": {"/m": {"nam": "x"}}}}},
        "components.a.mounts[\"/m\"].nam: unknown key; did you mean 'name'?",
    ),
    ({"image": {"tag": 1.1}}, "image.tag: must be text, not 1.1; quote it"),
    (
        {"components": {"a": {"gpus": "2"}}},
        "components.a.gpus: must be a whole number, not '2'; write it without quotes",
    ),
    (
        {"components": {"a": {"replicas": -1}}},
        "components.a.replicas: must be at least 0, not -1",
    ),
    ({"components": {"a": {"replicas": True}}}, "components.a.replicas: must be a whole number, not true"),
    ({"components": []}, "components: must be a map, not a list"),
    (
        {"components": {"a": {"args": {"x": {"from": "modle.name"}}}}},
        (
            "components.a.args.x: no knob 'modle.name': one of model.name, model.servedName, model.revision, model.path, "
            "gpus, nodes, totalGpus, dynamo.release"
        ),
    ),
    (
        {"components": {"a": {"args": {"x": {"from": "gpus", "y": 1}}}}},
        "components.a.args.x: 'from' stands alone: {from: KNOB}",
    ),
    (
        {"components": {"a": {"args": {"x": 2**53}}}},
        "components.a.args.x: beyond 2^53, where Helm changes numbers silently: write it as text, '9007199254740992'",
    ),
    (
        {"components": {"a": {"env": {"X": [1]}}}},
        "components.a.env.X: a variable is text, a number, {from: KNOB} or one source; a list is none of them",
    ),
    (
        {"components": {"a": {"env": {"X": {"secretRef": {}}}}}},
        "components.a.env.X: a variable's source is one of configMapKeyRef, fieldRef, fileKeyRef, resourceFieldRef, secretKeyRef",
    ),
    (
        {"components": {"a": {"runtimeVersionOverride": 1.6}}},
        "components.a.runtimeVersionOverride: text, or {from: KNOB}; quote a number",
    ),
    (
        {"components": {"a": {"runtimeVersionOverride": {"x": 1}}}},
        "components.a.runtimeVersionOverride: text, or {from: KNOB}",
    ),
    *(
        (
            {"components": {"a": {key: value(number)}}},
            f"components.a.{path}: beyond 2^53, where Helm changes numbers silently: write it as text, '{number}'",
        )
        for number in (2**53, -(2**53), 2**64, 1e21, float("inf"), float("nan"))
        for key, path, value in (
            ("args", "args.x", lambda n: {"x": {"y": [n]}}),
            ("files", 'files["/a"]', lambda n: {"/a": {"x": {"y": n}}}),
            ("podSpec", "podSpec", lambda n: {"x": [{"y": n}]}),
            ("tolerations", "tolerations", lambda n: [{"y": n}]),
        )
    ),
    (
        {"components": {"a": {"files": {"/a": [1]}}}},
        'components.a.files["/a"]: a file is text, or a map that is written as JSON; quote a number',
    ),
    ({"components": {"a": {"tolerations": ["x"]}}}, "components.a.tolerations: each item must be a map"),
    (
        {"components": {"a": {"podSpec": {"x": {1: 2}}}}},
        "components.a.podSpec: a key is text, not 1: quote it",
    ),
    (
        {"components": {"a": {"args": {"x": [[1]]}}}},
        "components.a.args.x: a list holds one token each, no list",
    ),
    (
        {"components": {"a": {"args": {"": 1}}}},
        "components.a.args[\"\"]: a flag stands here without its dashes: not empty, no space, no '='",
    ),
    (
        {"components": {"a": {"type": "wrker"}}},
        (
            "components.a.type: must be 'frontend', 'worker', 'prefill', 'decode', 'planner', 'epp' or 'lpx', not 'wrker'; "
            "did you mean 'worker'?"
        ),
    ),
    (
        {"components": {"a_b": {}}},
        "components.a_b: a component's name is letters, digits and inner '-', at most 63",
    ),
    *(
        (
            {"components": {"a": {"files": {path: ""}}}},
            (
                f'components.a.files["{path}"]: a file\'s path is absolute and plain, as /etc/app/config.yaml: letters, '
                "digits, '.', '_' and '-', no '..'"
            ),
        )
        for path in ("etc/x", "/a/", "/a//b", "/a/../b", "/a b", "/ä", "/a:b", "/a\n")
    ),
    (
        {"fullnameOverride": "Q"},
        "fullnameOverride: a graph's name is lower-case letters, digits and inner '-' or '.', at most 63",
    ),
    (
        {"dynamo": {"apiVersion": "v1beta1"}},
        "dynamo.apiVersion: must be 'nvidia.com/v1alpha1' or 'nvidia.com/v1beta1', not 'v1beta1'",
    ),
]


@pytest.mark.parametrize(
    ("values", "message"), REFUSED, ids=[m.split(":")[0] + str(i) for i, (_, m) in enumerate(REFUSED)]
)
def test_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as e:
        load_values(values, "mine.yaml")
    assert str(e.value) == f"mine.yaml: not values of the graph chart\n  {message}"


def test_every_problem_is_named() -> None:
    with pytest.raises(InputError) as e:
        load_values({"imag": {}, "components": {"a": {"gpu": 1}}})
    assert str(e.value).splitlines()[1:] == [
        "  components.a.gpu: unknown key; did you mean 'gpus'?",
        "  imag: unknown key; did you mean 'image'?",
    ]


def test_null_takes_away_everywhere() -> None:
    load_values(
        {"model": None, "components": {"a": None, "b": {"args": {"x": None}, "volumes": {"v": None}}}}
    )


def test_files_merge_as_helm_does_and_keep_null(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("components: {w: {args: {x: 1, z: 2}, command: [a, b]}}\n")
    (tmp_path / "b.yaml").write_text("components: {w: {args: {x: null}, command: [c]}}\n")
    (tmp_path / "empty.yaml").write_text("# nothing\n")
    merged = read_values([tmp_path / "a.yaml", tmp_path / "b.yaml", tmp_path / "empty.yaml"])
    assert merged == {"components": {"w": {"args": {"x": None, "z": 2}, "command": ["c"]}}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n", "values are a map of keys; this is a list"),
        (
            "apiVersion: v1\nkind: Pod\n",
            "is a manifest (Pod), not values; 'dynamo-manifests import' makes values of a graph",
        ),
    ],
)
def test_files_that_are_not_values(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(text)
    with pytest.raises(InputError) as e:
        read_values([file])
    assert str(e.value) == f"{file}: {message}"


def test_missing_and_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.yaml: cannot be read: No such file or directory"):
        read_values([tmp_path / "no.yaml"])
    (tmp_path / "bin").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="bin: is UTF-16, as PowerShell's > writes it: save it as UTF-8"):
        read_values([tmp_path / "bin"])


def test_values_of_the_other_chart_are_named() -> None:
    with pytest.raises(InputError) as e:
        load_values({"operator": {"replicas": 2}}, "ha.yaml")
    assert (
        str(e.value)
        == "ha.yaml: values of the dynamo-platform chart: give them to it, here go a graph's values "
        "('dynamo-manifests render --engine helm' takes both)"
    )
