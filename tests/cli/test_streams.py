"""Standard streams that fail, close or speak another encoding: one paragraph, an exit code, no traceback."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pydynamo_manifests.yaml.files import write_text

PROGRAM = str(Path(sys.executable).parent / "dynamo-manifests")
VALUES = "model: {name: org/m}\ncomponents: {worker: {type: worker, labels: {who: Käthe-東}, gpus: 1}}\n"
GRAPH = """\
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata: {name: g}
spec: {components: [{name: a, type: worker, podTemplate: {spec: {containers: [{name: main, image: "x:1.6.1"}]}}}]}
"""
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")

COMMANDS = {
    "--help": "",
    "--version": "",
    "generate --help": "",
    "generate --backend vllm --pattern agg --model org/m": "o",
    "generate --list": "o",
    "generate --request --model org/m": "o",
    "render values.yaml": "o",
    "validate bad.yaml": "o",
    "diff values.yaml other.yaml": "",
    "convert --to v1alpha1 graph.yaml": "o",
    "upgrade --from 1.5 --to 1.6 graph.yaml": "o",
    "import graph.yaml": "o",
    "releases": "",
    "crds": "o",
    "explain": "",
    "explain GPU-01": "",
    "images": "",
    "migrate-values values.yaml": "o",
    "charts": "",
    "completion bash": "",
}
"""Command lines, and whether they write to an output file too."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("streams")
    (folder / "values.yaml").write_text(VALUES, encoding="utf-8")
    (folder / "other.yaml").write_text(VALUES.replace("gpus: 1", "gpus: 2"), encoding="utf-8")
    (folder / "graph.yaml").write_text(GRAPH)
    (folder / "bad.yaml").write_text(GRAPH.replace("spec:", "spek:"))
    (folder / "file").write_text("mine")
    (folder / "folder.yaml").mkdir()
    return folder


def run(words: str, folder: Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.run([PROGRAM, *shlex.split(words)], cwd=folder, check=False, timeout=60, **options)


@needs_full
@pytest.mark.parametrize("words", COMMANDS)
def test_a_full_disk_behind_standard_output(words: str, folder: Path) -> None:
    with FULL.open("wb") as full:
        done = run(words, folder, stdout=full)
    assert done.returncode == 2
    last = done.stderr.decode().splitlines()[-1]
    assert last == "dynamo-manifests: error: standard output cannot be written: No space left on device"
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@needs_full
def test_a_full_disk_behind_standard_error(folder: Path) -> None:
    with FULL.open("wb") as full:
        assert run("render none.yaml", folder, stderr=full).returncode == 2
        assert run("convert --to v1alpha1 --clean graph.yaml", folder, stderr=full).returncode in (0, 2)


@pytest.mark.parametrize("words", [*COMMANDS][::3])
def test_a_reader_that_went_away(words: str, folder: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        done = run(words, folder, stdout=pipe)
    assert done.returncode == 128 + signal.SIGPIPE
    assert b"error" not in done.stderr.lower()


@pytest.mark.parametrize("words", ["releases", "render values.yaml", "--help"])
def test_a_closed_standard_output(words: str, folder: Path) -> None:
    done = run(f"-c '\"$0\" {words} >&-' {PROGRAM}", folder, executable="/bin/bash")
    assert done.returncode == 2
    assert done.stderr.decode() == (
        "dynamo-manifests: error: standard output cannot be written: Bad file descriptor\n"
    )


@pytest.mark.parametrize("words", ["render -", "diff - values.yaml", "convert --to v1beta1 -", "import -"])
def test_a_closed_standard_input(words: str, folder: Path) -> None:
    done = run(f"-c '\"$0\" {words} <&-' {PROGRAM}", folder, executable="/bin/bash")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"dynamo-manifests: error: standard input: cannot be read: Bad file descriptor\n"


@pytest.mark.parametrize(
    "words", ["crds -o", "crds --dynamo 1.2 --output", "convert --to v1alpha1 --in-place"]
)
def test_a_disk_that_fills_midway_leaves_the_file_as_it_was(words: str, folder: Path) -> None:
    """`ulimit -f` ends the file's growth inside the one write that a large text is."""
    target = folder / "kept.yaml"
    before = GRAPH + "# " + "x" * 4096 + "\n"
    target.write_text(before)
    target.chmod(0o640)
    done = run(f"-c 'ulimit -f 1; \"$0\" {words} kept.yaml' {PROGRAM}", folder, executable="/bin/bash")
    assert (done.returncode, target.read_text()) == (2, before)
    first = done.stderr.splitlines()[0]  # what measures coverage cannot write either, and says so after it
    assert first.startswith(b"dynamo-manifests: error: ")
    assert first.endswith(b"cannot be written: File too large")
    assert [p.name for p in folder.glob("*kept.yaml*")] == ["kept.yaml"]
    assert run("render values.yaml -o kept.yaml", folder).returncode == 0
    assert target.stat().st_mode & 0o777 == 0o640


def test_ctrl_c_while_a_file_is_written_leaves_it_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    target = tmp_path / "kept.yaml"
    target.write_text(GRAPH)
    monkeypatch.setattr("shutil.copymode", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_text(target, VALUES)
    assert target.read_text() == GRAPH
    assert [*tmp_path.iterdir()] == [target]


PLACES = {
    "a missing folder": ("none/out.yaml", "No such file or directory"),
    "a file as a folder": ("file/out.yaml", "Not a directory"),
    "a full disk": ("/dev/full", "No space left on device"),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("words", [w for w, kind in COMMANDS.items() if kind == "o"][1::2])
def test_an_output_that_cannot_be_written(words: str, place: str, folder: Path) -> None:
    output, reason = PLACES[place]
    if output == "/dev/full" and not FULL.exists():
        pytest.skip("no device that is always full")
    makes_folders = words.partition(" ")[0] in ("convert", "upgrade", "crds", "import")
    done = run(f"{words} -o {output}", folder)
    if place == "a missing folder" and makes_folders and done.returncode == 0:
        (folder / output).unlink()
        (folder / output).parent.rmdir()
        return
    assert (done.returncode, done.stdout) == (2, b"")
    last = done.stderr.decode().splitlines()[-1]
    assert last.startswith("dynamo-manifests: error: ")
    assert "cannot be written: " in last
    assert last.endswith(reason) or (place == "a file as a folder" and last.endswith("File exists"))
    assert (folder / "file").read_text() == "mine"


@pytest.mark.parametrize(
    "words", ["render values.yaml", "generate --list", "validate bad.yaml", "migrate-values values.yaml"]
)
def test_a_folder_where_a_file_is_written(words: str, folder: Path) -> None:
    done = run(f"{words} -o folder.yaml", folder)
    assert done.returncode == 2
    assert done.stderr.decode().splitlines()[-1] == (
        "dynamo-manifests: error: folder.yaml: cannot be written: Is a directory"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_output_without_permission(folder: Path) -> None:
    locked = folder / "locked"
    locked.mkdir(mode=0o500)
    done = run("generate --list -o locked/x.yaml", folder)
    assert (done.returncode, b"Permission denied" in done.stderr) == (2, True)


ENCODINGS: list[dict[str, str]] = [
    {"LC_ALL": "C"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "latin-1:strict"},
]


@pytest.mark.parametrize("variables", ENCODINGS, ids=lambda v: "-".join(v.values()))
def test_another_locale_changes_no_byte(variables: dict[str, str], folder: Path) -> None:
    env = {**os.environ, **variables}
    wanted = run("render values.yaml", folder).stdout
    assert "Käthe-東".encode() in wanted
    assert run("render values.yaml", folder, env=env).stdout == wanted
    assert run("render -", folder, env=env, input=VALUES.encode()).stdout == wanted
    assert run("render values.yaml -o out", folder, env=env).returncode == 0
    assert (folder / "out").read_bytes() == wanted
    refused = run("render values.yaml --set kä=1", folder, env=env)
    assert refused.returncode == 2
    assert b"Traceback" not in refused.stderr


def test_a_file_whose_name_is_no_utf8(folder: Path) -> None:
    name = os.fsdecode(b"f\xff.yaml")
    done = subprocess.run([PROGRAM, "render", name], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"cannot be read: No such file or directory\n" in done.stderr
    (folder / name).write_text(GRAPH.replace("spec:", "spek:"))
    done = subprocess.run([PROGRAM, "validate", name], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith(rb"f\udcff.yaml: ")


MORE_THAN_A_PIPE = 1 << 20
"""Bytes: a Linux pipe holds 64 KiB unless it is told otherwise."""


def _hears_ctrl_c() -> None:
    """A shell lets its background jobs ignore the key, and what they start inherits that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("words", ["validate -", "render -"])
def test_ctrl_c_ends_without_a_traceback(words: str, folder: Path) -> None:
    waiting = subprocess.Popen(
        [PROGRAM, *words.split()], cwd=folder, preexec_fn=_hears_ctrl_c,  # noqa: PLW1509 - no thread runs here
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert waiting.stdin is not None
    waiting.stdin.write(
        b"#" * MORE_THAN_A_PIPE
    )  # returns when the command reads, and then it waits for the end
    waiting.send_signal(signal.SIGINT)
    out, err = waiting.communicate(timeout=20)
    assert (waiting.returncode, out, err) == (130, b"", b"")


def _wait_for_children(parent: subprocess.Popen[bytes], count: int) -> None:
    """Return when the process has so many children; fail when it ends before."""
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    while parent.poll() is None:
        if len(children.read_text().split()) >= count:
            return
    pytest.fail(f"ended with {parent.returncode} before it had {count} children")


@pytest.mark.skipif(not [*Path("/proc/self/task").glob("*/children")], reason="no /proc that lists children")
@pytest.mark.parametrize("count", [1, 2])
def test_ctrl_c_ends_several_processes(count: int, folder: Path, tmp_path: Path) -> None:
    """The key reaches every process of the terminal's group at once; none may wait for another."""
    for i in range(20_000):  # more than they can judge until the key is pressed
        (tmp_path / f"{i}.yaml").hardlink_to(folder / "graph.yaml")
    working = subprocess.Popen(
        [PROGRAM, "validate", str(tmp_path), "--jobs", "2"], start_new_session=True, preexec_fn=_hears_ctrl_c,  # noqa: PLW1509 - no thread runs here
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    _wait_for_children(working, count)
    os.killpg(working.pid, signal.SIGINT)
    out, err = working.communicate(timeout=30)
    assert (working.returncode, out, err) == (130, b"", b"")
