"""A mistake in values is blamed on the line, or the assignment, that wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pydynamo_manifests.cli import main
from pydynamo_manifests.errors import InputError
from pydynamo_manifests.values.layers import read_layers
from pydynamo_manifests.values.load import load_values
from pydynamo_manifests.values.platform.load import load_platform

if TYPE_CHECKING:
    from pathlib import Path

BASE = """\
model: {name: org/m}
components:
  worker:
    type: worker
    gpus: 1
"""
KNOWN = BASE + "    gpuz: 2\n"

CASES: dict[str, tuple[list[str], dict[str, list[str]], list[str]]] = {
    "an unknown key": (
        [KNOWN],
        {},
        ["0.yaml:6:5: components.worker.gpuz: unknown key; did you mean 'gpus'?"],
    ),
    "the first of two files": (
        [KNOWN, "components: {worker: {gpus: 2}}\n"],
        {},
        ["0.yaml:6:5: components.worker.gpuz: unknown key; did you mean 'gpus'?"],
    ),
    "the second of two files": (
        [BASE, "# mine\ncomponents: {worker: {gpuz: 2}}\n"],
        {},
        ["1.yaml:2:23: components.worker.gpuz: unknown key; did you mean 'gpus'?"],
    ),
    "both, and the later wrote the key last": (
        [KNOWN, "components: {worker: {gpuz: 3}}\n"],
        {},
        ["1.yaml:1:23: components.worker.gpuz: unknown key; did you mean 'gpus'?"],
    ),
    "a wrong type that a later file mends no more": (
        ["components: {worker: {gpus: two}}\n", "components: {worker: {replicas: many}}\n"],
        {},
        [
            "1.yaml:1:23: components.worker.replicas: must be a whole number, not 'many'",
            "0.yaml:1:23: components.worker.gpus: must be a whole number, not 'two'",
        ],
    ),
    "an assignment": (
        [BASE],
        {"set_": ["components.worker.replicas=2", "components.worker.gpuz=1"]},
        ["--set components.worker.gpuz: unknown key; did you mean 'gpus'?"],
    ),
    "an assignment over a mistake in a file": (
        [KNOWN],
        {"set_": ["components.worker.gpuz=1"]},
        ["--set components.worker.gpuz: unknown key; did you mean 'gpus'?"],
    ),
    "a file beside an innocent assignment": (
        [KNOWN],
        {"set_": ["components.worker.gpus=4"]},
        ["0.yaml:6:5: components.worker.gpuz: unknown key; did you mean 'gpus'?"],
    ),
    "JSON": (
        [BASE],
        {"set_json": ['components={"b":{"gpuz":1}}']},
        ["--set-json components.b.gpuz: unknown key; did you mean 'gpus'?"],
    ),
    "text": (
        [BASE],
        {"set_string": ["components.worker.gpus=2"]},
        ["--set-string components.worker.gpus: must be a whole number, not '2'; write it without quotes"],
    ),
    "an item of a list": (
        [BASE.replace("gpus: 1", "command:\n      - python3\n      - 3\n")],
        {},
        ["0.yaml:7:9: components.worker.command[1]: must be text, not 3; quote it"],
    ),
    "what an anchor brings": (
        ["x-a: &a {gpuz: 1}\ncomponents:\n  w:\n    <<: *a\n"],
        {},
        [
            "0.yaml:1:10: components.w.gpuz: unknown key; did you mean 'gpus'?",
            "0.yaml:1:1: x-a: unknown key",
        ],
    ),
    "a secret in the wrong place": (
        ["model: {tokenSecret: hf_" + "a" * 34 + "}\n"],
        {},
        ["0.yaml:1:9: model.tokenSecret: must be a map, not this text"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_who_wrote_it(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts, assignments, lines = CASES[name]
    monkeypatch.chdir(tmp_path)
    for i, text in enumerate(texts):
        (tmp_path / f"{i}.yaml").write_text(text)
    with pytest.raises(InputError) as e:
        load_values(read_layers([f"{i}.yaml" for i in range(len(texts))], **assignments))
    assert str(e.value).splitlines() == ["not values of the graph chart", *(f"  {line}" for line in lines)]


def test_values_of_the_platform_are_blamed_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.yaml").write_text("operator:\n  replcas: 2\nnats: {}\n")
    with pytest.raises(InputError) as e:
        load_platform(read_layers(["p.yaml"], set_=["operator.image.tag=1"]))
    assert str(e.value).splitlines()[0] == "not values of the platform chart"
    assert "  p.yaml:2:3: operator.replcas: unknown key; did you mean 'replicas' or 'release'?" in str(
        e.value
    )
    assert "  --set operator.image.tag: must be text, not 1; quote it" in str(e.value)


COMMANDS = [
    ["render", "v.yaml"],
    ["render", "v.yaml", "--set", "model.name=x"],
    ["diff", "v.yaml", "v.yaml"],
    ["request", "check", "-f", "request.yaml", "--values", "v.yaml"],
]


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_blames_the_line(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "v.yaml").write_text(KNOWN)
    (tmp_path / "request.yaml").write_text(
        "apiVersion: nvidia.com/v1beta1\nkind: DynamoGraphDeploymentRequest\nmetadata: {name: r}\nspec: {model: m}\n"
    )
    assert main(words) == 2
    assert capsys.readouterr() == (
        "",
        (
            "dynamo-manifests: error: not values of the graph chart\n"
            "  v.yaml:6:5: components.worker.gpuz: unknown key; did you mean 'gpus'?\n"
        ),
    )


def test_a_file_with_thousands_of_mistakes_is_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "v.yaml"
    file.write_text("components:\n" + "".join(f"  w{i}: {{typo: x}}\n" for i in range(5000)))
    with pytest.raises(InputError) as e:
        load_values(read_layers([file]))
    lines = str(e.value).splitlines()
    assert len(lines) == 32
    assert lines[-1] == "  and 4970 more"
    assert lines[1] == f"  {file}:2:8: components.w0.typo: unknown key; did you mean 'type'?"
