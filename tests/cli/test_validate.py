"""The command: what it reads, what it prints, and how it ends."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from pydynamo_manifests.cli import main

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
BAD = GOOD + "dat: {}\n"
GRAPH = """\
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata: {name: g}
spec:
  components:
    - {name: a, type: worker, replicas: 2, minAvailable: %s, podTemplate: {spec: {containers: [{name: main, image: "x:1.6.1"}]}}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)


def test_it_is_silent_when_all_is_well(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, good=GOOD)

    assert main(["validate", "good.yaml"]) == 0
    assert capsys.readouterr() == ("", "")


def test_findings_are_shown_with_their_line_and_end_with_1(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, bad=BAD)

    assert main(["validate", "bad.yaml"]) == 1
    assert capsys.readouterr().out == (
        "bad.yaml: ConfigMap/a: invalid\n"
        '      4:1  error  SCHEMA-01  dat: unknown field "dat"\n'
        "           | dat: {}\n"
        "           | ^\n"
        "           hint: Did you mean 'data'?\n"
        "1 document: 1 invalid\n"
    )


def test_a_folder_is_one_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(
        folder,
        a=GOOD,
        b=BAD,
        c="apiVersion: x/v1\nkind: X\n",
        d="- 1\n",
        e="a: {{ .Values.x }}\n",
        f="a: [\n",
    )

    assert main(["validate", ".", "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert [(d["source"], d["status"]) for d in report["documents"]] == [
        ("a.yaml", "valid"), ("b.yaml", "invalid"), ("c.yaml", "skipped"), ("d.yaml", "skipped"), ("e.yaml", "skipped"), ("f.yaml", "error"),
    ]  # fmt: skip
    assert report["summary"] == {"valid": 1, "invalid": 1, "error": 1, "skipped": 3}


def test_a_named_file_that_is_nothing_known_is_an_error(folder: Path) -> None:
    write(folder, d="- 1\n", e="x: 1\n")

    assert main(["validate", "d.yaml"]) == 1
    assert main(["validate", "e.yaml"]) == 1
    assert main(["validate", "."]) == 0


def test_several_processes_say_the_same_in_the_same_order(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, **{f"f{i}": BAD if i % 3 else GOOD for i in range(20)}, g=GRAPH % 1)

    outputs = []
    for jobs in ("1", "2"):
        assert main(["validate", ".", "--format", "json", "--jobs", jobs]) == 1
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]


def test_standard_input_is_read_and_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))

    assert main(["validate", "-"]) == 1
    assert "-: ConfigMap/a: invalid" in (out := capsys.readouterr().out)
    assert "| dat: {}" in out


def test_an_update_is_judged_with_the_old_object(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, old=GRAPH % 1, new=GRAPH % 2, cluster="features: [grove]\n")
    words = ["validate", "new.yaml", "--cluster", "cluster.yaml", "--user", "alice"]

    assert main(words) == 0
    assert main([*words, "--old", "old.yaml"]) == 1
    assert "minAvailable" in capsys.readouterr().out
    (folder / "list.yaml").write_text(
        "kind: List\napiVersion: v1\nitems:\n- " + (GRAPH % 1).replace("\n", "\n  ")
    )
    assert main([*words, "--old", "list.yaml"]) == 1


def test_warnings_fail_only_when_asked(folder: Path) -> None:
    write(folder, warned=GOOD.replace("name: a", "name: a, namespace: <x>"))

    assert main(["validate", "warned.yaml"]) == 0
    assert main(["validate", "warned.yaml", "--fail-on", "warning"]) == 1


def test_rules_are_switched_off(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, graph=(GRAPH % 1).replace("replicas:", "replikas:"))

    assert main(["validate", "graph.yaml"]) == 1
    assert main(["validate", "graph.yaml", "--ignore", "SCHEMA-01,SCHEMA-02", "--ignore", "CEL-01"]) == 0
    assert "switched off: " in capsys.readouterr().out


def test_the_report_can_go_to_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, bad=BAD)

    assert main(["validate", "bad.yaml", "--format", "sarif", "-o", "out.sarif"]) == 1
    assert capsys.readouterr().out == ""
    assert json.loads((folder / "out.sarif").read_text())["version"] == "2.1.0"


REFUSED = {
    "no path": (["validate"], "missing: PATH"),
    "a path that is not there": (["validate", "none.yaml"], "none.yaml: no such file or folder"),
    "an empty folder": (["validate", "."], "there is no YAML or JSON file in what was given"),
    "a release that is not": (["validate", "-", "--dynamo", "1.99"], "unknown Dynamo release '1.99'"),
    "a format that is not": (["validate", "-", "--format", "xml"], "invalid choice: 'xml'"),
    "a rule that is not": (["validate", "-", "--ignore", "X-1"], "unknown rule 'X-1'"),
    "a minor that is not": (["validate", "-", "--kubernetes", "2.0"], "unknown Kubernetes minor '2.0'"),
    "a cluster that is not there": (["validate", "-", "--cluster", "none"], "none: cannot be read"),
    "an old object that is not there": (["validate", "-", "--old", "none"], "none: no such file or folder"),
    "an output that cannot be": (["validate", "-", "-o", "no/such/file"], "no/such/file: cannot be written"),
}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", REFUSED)
def test_what_it_cannot_do_ends_with_2_and_one_line(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words, message = REFUSED[name]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))

    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.count("\n") == 1


def test_a_file_that_cannot_be_read_is_in_the_report_and_ends_with_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.yaml").write_bytes(b"\xff\xfe\x00")

    assert main(["validate", "a.yaml", "--format", "json"]) == 2
    assert json.loads(capsys.readouterr().out)["documents"][0]["findings"][0]["rule"] == "YAML-03"


def test_terminals_get_colour_progress_and_a_summary(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, a=GOOD, b=GOOD)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)

    assert main(["validate", "."]) == 0
    assert "2/2 files" in (err := capsys.readouterr().err)
    assert err.endswith("2 documents: 2 valid\n")


def test_an_old_object_that_nothing_changes_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, old=GRAPH % 1, new=(GRAPH % 1).replace("name: g", "name: h"), good=GOOD)
    few = "".join(f"---\n{GOOD}".replace("name: a", f"name: c{i}") for i in range(5))
    write(folder, few=few, none="# nothing\n")

    assert main(["validate", "good.yaml", "--old", "old.yaml"]) == 0
    assert capsys.readouterr() == (
        "",
        "dynamo-manifests: note: no document is a change of what --old holds: DynamoGraphDeployment/g\n",
    )
    assert main(["validate", "new.yaml", "--old", "few.yaml"]) == 0
    assert capsys.readouterr().err.endswith(": ConfigMap/c0, ConfigMap/c1, ConfigMap/c2, ...\n")
    for old in ("good.yaml", "none.yaml"):
        assert main(["validate", "good.yaml", "--old", old]) == 0
        assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("text", ["a: 1\n", "- 1\n", "kind: X\nmetadata: []\n", "items: [1]\n", "apiVersion: ''\nkind: X\nmetadata: {name: x}\n"])  # fmt: skip
def test_an_old_object_that_is_none_is_refused_with_its_file(
    folder: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, old=text, good=GOOD)

    assert main(["validate", "good.yaml", "--old", "old.yaml"]) == 2
    assert capsys.readouterr().err == (
        "dynamo-manifests: error: old.yaml: --old takes stored objects, which have apiVersion, kind and "
        "metadata.name; kubectl get -o yaml writes them\n"
    )


@pytest.mark.parametrize("version", ['""', "null", "5", "[]"])
def test_an_object_without_an_api_version_is_not_skipped(
    folder: Path, version: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, bad=GOOD.replace("v1", version))

    assert main(["validate", "bad.yaml"]) == 1
    assert "1:1  error  YAML-02  apiVersion: an object needs apiVersion, as text" in capsys.readouterr().out


def test_a_manifest_is_no_description_of_a_cluster(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, good=GOOD)

    assert main(["validate", "good.yaml", "--cluster", "good.yaml"]) == 2
    assert "good.yaml: is a manifest; 'dynamo-manifests cluster inspect' writes" in capsys.readouterr().err
