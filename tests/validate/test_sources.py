"""Files are found, read and split into documents; a broken one does not hide the next."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import pytest

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.validate.sources import documents, files_of, is_template, read_text

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_gives_its_yaml_and_json_in_order_and_once(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.YML", "c.json", "d.txt", "sub/e.yaml", ".git/f.yaml", "node_modules/g.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a: 1")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    named = str(tmp_path / "d.txt")

    found = list(files_of([str(tmp_path), named, named, "-"]))

    assert [(os.path.relpath(f, tmp_path) if f != "-" else f, asked) for f, asked in found] == [
        ("a.YML", False), ("b.yaml", False), ("c.json", False), ("sub/e.yaml", False), ("d.txt", True), ("-", True),
    ]  # fmt: skip


def test_a_path_that_is_not_there_is_an_error() -> None:
    with pytest.raises(InputError, match="/no/such: no such file or folder"):
        list(files_of(["/no/such"]))


def test_text_is_utf_8_with_or_without_a_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: \xc3\xa9")
    assert read_text(str(file)) == "a: é"

    file.write_bytes(b"a: \xff")
    with pytest.raises(InputError, match=r"is no UTF-8 text \(line 1, byte 4 of the file\)"):
        read_text(str(file))
    with pytest.raises(InputError, match="cannot be read"):
        read_text(str(tmp_path))

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a: 1")))
    assert read_text("-") == "a: 1"


def told(text: str) -> list[tuple[int, object]]:
    found = list(documents(text, "f"))
    return [
        (d.index, (d.error.line, d.error.column) if d.error else d.parsed and d.parsed.value) for d in found
    ]


def test_after_a_broken_document_the_next_is_read() -> None:
    text = "a: 1\n---\nb: [\n---\nc: 3\n---\nd: 1\nd: 2\n--- \ne: 5\n"

    assert told(text) == [(0, {"a": 1}), (1, (4, 1)), (2, {"c": 3}), (3, (8, 1)), (4, {"e": 5})]
    lines = {d.index: d.line for d in documents(text, "f")}
    assert lines[4] == 8


def test_only_broken_documents_end() -> None:
    assert told("[") == [(0, (1, 2))] or told("[") == [(0, (2, 1))]
    assert (
        told("--- [\n--- [\n--- [") == [(0, (2, 1)), (1, (3, 1)), (2, (4, 1))]
        or len(told("--- [\n--- [\n--- [")) == 3
    )
    assert told("") == []
    assert told("---\n---\n") == [(0, None), (1, None)]


TEMPLATES = {
    "{{- if .Values.x }}\na: 1\n{{- end }}": True,
    'a: {{ include "x.name" . }}': True,
    "{{ .Release.Name }}: 1": True,
    "a: {{ toYaml .Values.x | nindent 2 }}": True,
    "a: {{ x }}": False,
    'a: "{{ .Values.x }}"': True,
    "a: '{{ range .Items }}'": False,
    "message: 'pod {{ $labels.pod }} is down'": False,
    "args: ['{% for m in messages %}{{ m.content }}{% endfor %}']": False,
    "a: 1": False,
}


@pytest.mark.parametrize(("text", "expected"), TEMPLATES.items())
def test_helm_templates_are_told_by_their_actions(text: str, *, expected: bool) -> None:
    readable = all(d.error is None for d in documents(text, "f"))

    assert is_template("f.yaml", text, readable=readable) is expected


def test_helm_templates_are_told_by_their_place(tmp_path: Path) -> None:
    template = tmp_path / "chart" / "templates" / "sub" / "a.yaml"

    assert not is_template(str(template), "a: '{{ x }}'", readable=True)
    (tmp_path / "chart").mkdir()
    (tmp_path / "chart" / "Chart.yaml").write_text("name: chart")
    assert is_template(str(template), "a: '{{ x }}'", readable=True)
    assert not is_template(str(template), "a: 1", readable=True)
