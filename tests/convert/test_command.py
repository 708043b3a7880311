"""The command: standard output, folders, in place with a backup, checks, diffs, refusals."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from pydynamo_manifests.cli import main
from tests.convert.test_texts import DONE, OTHER, SHORT, TEMPLATE

NEW = """\
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata:
  name: s
spec:
  components:
  - name: w
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "a.yaml").write_text(SHORT)
    (tmp_path / "sub" / "b.yml").write_text(f"{OTHER}---\n{SHORT}")
    (tmp_path / "sub" / "c.yaml").write_text(OTHER)
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    (tmp_path / "notes.txt").write_text(SHORT)
    (tmp_path / ".git" / "x.yaml").write_text(SHORT)
    return tmp_path


def run(*args: object) -> int:
    return main(["convert", "--to", "nvidia.com/v1beta1", *map(str, args)])


def contents(folder: Path) -> dict[str, str]:
    return {str(f.relative_to(folder)): f.read_text() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_to_standard_output(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder / "a.yaml") == 0
    assert capsys.readouterr() == (NEW, "")


def test_several_inputs_are_one_stream(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder / "a.yaml", folder / "sub") == 0
    assert capsys.readouterr().out == f"{NEW}---\n{OTHER}---\n{NEW}---\n{OTHER}"


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SHORT.encode())))
    assert run("-") == 0
    assert capsys.readouterr().out == NEW


def test_in_place_keeps_a_backup_of_what_changes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(folder)
    (folder / "a.yaml").chmod(0o640)
    assert run(folder, "--in-place") == 0
    after = contents(folder)
    assert after["a.yaml"] == NEW
    assert after["sub/b.yml"] == f"{OTHER}---\n{NEW}"
    assert (after["a.yaml.bak"], after["sub/b.yml.bak"]) == (SHORT, f"{OTHER}---\n{SHORT}")
    assert {n for n in after if n not in before} == {"a.yaml.bak", "sub/b.yml.bak"}
    assert {n: after[n] for n in before if n not in ("a.yaml", "sub/b.yml")} == {
        n: t for n, t in before.items() if n not in ("a.yaml", "sub/b.yml")
    }
    assert (folder / "a.yaml").stat().st_mode & 0o777 == 0o640
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"{folder}/t.yaml, document 1: a template; left as it is\n")
    assert run(folder, "--in-place") == 0
    assert contents(folder) == after


def test_an_older_backup_is_not_overwritten(folder: Path) -> None:
    (folder / "a.yaml.bak").write_text("mine")
    assert run(folder / "a.yaml", "--in-place") == 0
    assert (folder / "a.yaml.bak").read_text() == "mine"
    assert (folder / "a.yaml.bak.1").read_text() == SHORT


def test_in_place_follows_a_link(folder: Path) -> None:
    (folder / "link.yaml").symlink_to(folder / "a.yaml")
    assert run(folder / "link.yaml", "--in-place") == 0
    assert (folder / "link.yaml").is_symlink()
    assert (folder / "a.yaml").read_text() == NEW


def test_check_names_what_would_change(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(folder)
    assert run(folder, "--check") == 1
    assert capsys.readouterr().out == f"{folder}/a.yaml\n{folder}/sub/b.yml\n"
    assert contents(folder) == before
    assert run(folder / "sub" / "c.yaml", folder, "--check", "--to", "v1alpha1") == 2
    assert run(folder, "--check", "--to", "v1alpha1") == 0


def test_diff(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder / "a.yaml", "--diff") == 0
    out = capsys.readouterr().out
    assert out.startswith(f"--- {folder}/a.yaml\n+++ {folder}/a.yaml (converted)\n")
    assert "-apiVersion: nvidia.com/v1alpha1\n" in out
    assert "+apiVersion: nvidia.com/v1beta1\n" in out
    assert run(folder / "a.yaml", "--diff", "--check") == 1
    assert capsys.readouterr().out == out


def test_output_file_and_folder(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    out = tmp_path_factory.mktemp("out")
    assert run(folder / "a.yaml", "-o", out / "new.yaml") == 0
    assert (out / "new.yaml").read_text() == NEW
    assert run(folder / "a.yaml", "-o", f"{out}/made/") == 0
    assert (out / "made" / "a.yaml").read_text() == NEW
    assert run(folder, "-o", out / "all") == 0
    assert contents(out / "all") == {
        "a.yaml": NEW,
        "sub/b.yml": f"{OTHER}---\n{NEW}",
        "sub/c.yaml": OTHER,
        "t.yaml": TEMPLATE,
    }


def test_what_is_dropped_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "a.yaml"
    file.write_text(SHORT.replace("w: {}", "w: {ingress: {enabled: true}, odd: 1}"))
    assert run(file, "--clean") == 0
    out, err = capsys.readouterr()
    assert out == NEW
    assert [line.split(": ")[1] for line in err.splitlines()] == [
        "dropped spec.services.w.odd",
        "dropped spec.services.w.ingress",
    ]


@pytest.mark.parametrize("mode", [["--in-place"], ["-o", "out.yaml"], []])
def test_one_bad_object_stops_everything(
    folder: Path, mode: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    bad = SHORT.replace("spec: {services: {w: {}}}", "spec: {services: {w: {}}, components: []}")
    (folder / "z.yaml").write_text(bad)
    before = contents(folder)
    assert run(folder, *mode) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert (
        f"{folder}/z.yaml, document 1: the graph has both spec.services (v1alpha1) and spec.components (v1beta1)"
        in err
    )
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["missing.yaml"], "missing.yaml: cannot be read: No such file or directory"),
        (
            ["c.yaml"],
            "c.yaml: nothing to convert (found ConfigMap of v1); the kinds are DynamoGraphDeployment, ",
        ),
        (["-", "--in-place"], "standard input cannot be rewritten in place"),
        (
            ["a.yaml", "--to", "v2"],
            "cannot convert to 'v2': the versions are nvidia.com/v1alpha1 and nvidia.com/v1beta1",
        ),
        (
            ["a.yaml", "d/a.yaml", "-o", "out"],
            "out: two of the files would have the same name there; convert them apart",
        ),
        (["a.yaml", "-o", "c.yaml/x"], "c.yaml/x: cannot be written: "),
        (["latin.yaml"], "latin.yaml: is no UTF-8 text (line 1, byte 4 of the file)"),
        (["a.yaml", "--check", "--in-place"], "not allowed with argument"),
    ],
)
def test_refusals(
    args: list[str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d").mkdir()
    for name in ("a.yaml", "d/a.yaml"):
        Path(name).write_text(SHORT)
    Path("c.yaml").write_text(OTHER)
    Path("latin.yaml").write_bytes(b"a: \xe9")
    assert run(*args) == 2
    assert message in capsys.readouterr().err
    assert not Path("out").exists()


def test_what_has_the_version_already_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "d.yaml"
    file.write_bytes(DONE.replace("\n", "\r\n").encode())
    assert run(file, "--check") == 0
    assert run(file, "-o", tmp_path / "copy.yaml") == 0
    assert (tmp_path / "copy.yaml").read_bytes() == file.read_bytes()
    assert capsys.readouterr() == ("", "")
