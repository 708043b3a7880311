"""No error speaks Python to somebody at a shell, and each names the file that it is about."""

from __future__ import annotations

import codecs
import errno
import os
import re
from typing import TYPE_CHECKING

import pytest

from pydynamo_manifests.cli import main

if TYPE_CHECKING:
    from pathlib import Path

GRAPH = """\
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata: {name: g}
spec: {components: [{name: a, type: worker, podTemplate: {spec: {containers: [{name: main, image: "x:1.6.1"}]}}}]}
"""
HEAD = GRAPH.partition("spec:")[0]
FILES: dict[str, bytes] = {
    "g.yaml": GRAPH.encode(),
    "v.yaml": b"model: {name: org/m}\ncomponents: {w: {type: worker, gpus: 1}}\n",
    "empty.yaml": b"",
    "list.yaml": b"- 1\n",
    "text.yaml": b"just words\n",
    "broken.yaml": b"a: [\n",
    "twice.yaml": b"a: 1\nb: 2\na: 3\n",
    "binary.yaml": b"\x00\x01\x02",
    "latin.yaml": "model: {name: Käthe}\n".encode("latin-1"),
    "utf16.yaml": codecs.BOM_UTF16_LE + GRAPH.encode("utf-16-le"),
    "object.json": b'{"a": 1}',
    "many.yaml": b"a: 1\n---\nb: 1\n",
    "bomb.yaml": b"a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 10)) for c in range(98, 104)),
    "itself.yaml": b"a: &a {b: *a}\n",
    "deep.yaml": b"a: " + b"[" * 5000 + b"]" * 5000,
    "tag.yaml": b"a: !!python/object:os.system {}\n",
    "no-api.yaml": GRAPH.replace("nvidia.com/v1beta1", '""').encode(),
    "no-spec.yaml": (HEAD + "spec: null\n").encode(),
    "spec-text.yaml": (HEAD + "spec: words\n").encode(),
    "spec-list.yaml": (HEAD + "spec: [1]\n").encode(),
    "map.yaml": (HEAD + "spec: {components: {a: 1}}\n").encode(),
    "item.yaml": (HEAD + "spec: {components: [1, null]}\n").encode(),
    "kind.yaml": b"apiVersion: nvidia.com/v1beta1\nkind: [5]\nmetadata: 3\n",
    "types.yaml": b"model: 5\nimage: {tag: 1.6}\ncomponents: {w: {gpus: two, replicas: 1.5, args: [], env: 3, command: x, ports: {}}}\n",
    "platform.yaml": b"operator: {replicas: two, image: {pullPolicy: always}}\nnetworkPolicy: 1\n",
    "request.yaml": b"apiVersion: nvidia.com/v1beta1\nkind: DynamoGraphDeploymentRequest\nmetadata: {name: r}\nspec: 7\n",
    "profile.json": b'{"prefill_isl": "x"}',
}
COMMANDS = [
    "render FILE",
    "render v.yaml FILE",
    "render v.yaml --set components.w.gpus=two --set model=FILE",
    "validate FILE",
    "validate v.yaml --cluster FILE",
    "validate g.yaml --old FILE",
    "diff v.yaml FILE",
    "diff FILE g.yaml",
    "import FILE",
    "convert --to v1alpha1 FILE",
    "upgrade --from 0.9 --to 1.6 FILE",
    "images -f FILE",
    "migrate-values FILE",
    "request status -f FILE",
    "request read -f FILE",
    "request read -f g.yaml --results FILE",
    "request check -f FILE --values v.yaml",
    "request check -f request.yaml --values FILE",
    "profile show FILE",
]
PYTHON = {
    "a class": r"\b(?:Values|Component|GraphValues|PlatformValues|Intent|Sizes|Mapping|NoneType|NamedTuple|dataclass)\b(?!\()"
    r"|<class|object at 0x",
    "pydantic": r"(?i)pydantic|\binput should|valid dictionary|valid string|valid integer|instance of",
    "a type": r"\b(?:dict|tuple|str|bool|NoneType|frozenset)\b|\bgot an? ",
    "a repr": r"\bNone\b|\bTrue\b|\bFalse\b|\{'|\('\w+',|\[\d*'|\bb'",
    "an exception": r"Traceback|Error\b|codec|Exception",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "folder.yaml").mkdir()
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_speaks_python(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = {}
    for file in (*FILES, "folder.yaml", "missing.yaml"):
        words = command.replace("FILE", file).split()
        code = main(words)
        out, err = capsys.readouterr()
        said = err + (out if words[0] == "validate" else "")
        said = re.sub(r"(?m)^ +[|.].*$", "", said)
        found = [what for what, pattern in PYTHON.items() if re.search(pattern, said)]
        if found or code not in (0, 1, 2) or (code == 2 and words[0] != "validate" and out):
            wrong[file] = (found, code, said)
        elif (
            code == 2
            and "error:" in err
            and file not in err
            and file != "folder.yaml"
            and "--set" not in command
        ):
            wrong[file] = (["no file"], code, err)
    assert wrong == {}


@pytest.mark.parametrize(
    "words", ["import", "convert --to v1alpha1", "upgrade --from 0.9 --to 1.6", "validate"]
)
def test_a_folder_is_read_whole_but_not_what_is_hidden(
    words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "broken.yaml").write_text("a: [\n")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "g.yaml").write_text(GRAPH)
    assert main([*words.split(), str(tmp_path)]) == 0, capsys.readouterr().err
    assert "broken" not in capsys.readouterr().err


def test_a_file_that_cannot_be_rewritten_stays_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("shutil.copymode", full)
    assert main(["convert", "--to", "v1alpha1", "--in-place", "g.yaml"]) == 2
    assert capsys.readouterr().err == (
        f"dynamo-manifests: error: {(folder / 'g.yaml').resolve()}: cannot be written: No space left on device\n"
    )
    assert (folder / "g.yaml").read_text() == GRAPH
    assert sorted(p.name for p in folder.glob(".g.yaml*")) == []
