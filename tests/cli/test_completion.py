"""Completion scripts, sourced by the real shells and asked what they offer."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pydynamo_manifests.cli import main
from pydynamo_manifests.cli.commands import COMMANDS
from pydynamo_manifests.cli.completing import commands
from pydynamo_manifests.releases import RELEASES

BASH = r"""
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_dynamo_manifests
printf '%s\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("completion")
    for shell in ("bash", "zsh", "fish"):
        done = subprocess.run(
            [Path(sys.executable).parent / "dynamo-manifests", "completion", shell],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        (folder / f"c.{shell}").write_text(done.stdout)
    (folder / "here").mkdir()
    for name in ("values.yaml", "my file.yaml", "vllm.yaml"):
        (folder / "here" / name).touch()
    (folder / "here" / "graphs").mkdir()
    return folder


def offered(folder: Path, *words: str) -> list[str]:
    done = subprocess.run(
        ["bash", "--norc", "-c", BASH, "bash", str(folder / "c.bash"), "dynamo-manifests", *words],
        cwd=folder / "here", capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    return [line for line in done.stdout.splitlines() if line]


CASES: list[tuple[list[str], list[str]]] = [
    (["rel"], ["releases"]),
    (["--v"], ["--version"]),
    (["generate", "--backend", "v"], ["vllm"]),
    (["generate", "--backend", ""], ["vllm", "sglang", "trtllm", "mocker", "auto"]),
    (["generate", "--backend", "=", "sg"], ["sglang"]),
    (["generate", "--backend", "="], ["vllm", "sglang", "trtllm", "mocker", "auto"]),
    (["generate", "--backend", "vllm", "--pattern", "disagg-r"], ["disagg-router", "disagg-router-planner"]),
    (["generate", "--pull-policy", "N"], ["Never"]),
    (["generate", "--max-g"], ["--max-gpus"]),
    (["generate", "--gpu", "h2"], ["h200_sxm"]),
    (["generate", "--search", "t"], ["thorough"]),
    (["generate", "--model", ""], []),
    (["completion", "b"], ["bash"]),
    (["completion", "bash", ""], []),
    (["request", "r"], ["read"]),
    (["request", ""], ["status", "read", "check"]),
    (["request", "read", "qwen", ""], []),
    (["request", "-n", "team-a", "s"], ["status"]),
    (["request", "read", "--format", "j"], ["json"]),
    (["cluster", "ins"], ["inspect"]),
    (["profile", "s"], ["show"]),
    (["profile", "show", "v"], ["values.yaml", "vllm.yaml"]),
    (["validate", "--format", "s"], ["sarif"]),
    (["validate", "--format", "=", "g"], ["github"]),
    (["validate", "--fail-on", ""], ["error", "warning"]),
    (["validate", "--ignore", "YAML-0"], ["YAML-01", "YAML-02", "YAML-03"]),
    (["validate", "--kubernetes", "1.3"], ["1.30", "1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37"]),
    (["validate", "v"], ["values.yaml", "vllm.yaml"]),
    (["validate", "values.yaml", "g"], ["graphs"]),
    (["validate", "--dynamo", "1.6", "my"], ["my file.yaml"]),
    (["validate", "--cluster", "va"], ["values.yaml"]),
    (["render", "-o", "va"], ["values.yaml"]),
    (["render", "values.yaml", "--name", "v"], []),
    (["render", "--engine", "h"], ["helm"]),
    (["diff", "values.yaml", "vl"], ["vllm.yaml"]),
    (["diff", "values.yaml", "vllm.yaml", "v"], []),
    (["convert", "--to", "nvidia.com/v1b"], ["nvidia.com/v1beta1"]),
    (["upgrade", "--from", "0.6"], ["0.6", "0.6.1"]),
    (["releases", "1.6"], ["1.6", "1.6.1"]),
    (["crds", "--kind", "DynamoM"], ["DynamoModel"]),
    (["charts", "--path", "dynamo-p"], ["dynamo-platform"]),
    (["explain", "GPU-0"], []),
    (["images", "-f", "va"], ["values.yaml"]),
    (["migrate-values", "va"], ["values.yaml"]),
    (["nonsense", "v"], []),
]  # fmt: skip


@pytest.mark.parametrize(("words", "wanted"), CASES, ids=lambda x: " ".join(x) or "-")
def test_bash_offers(folder: Path, words: list[str], wanted: list[str]) -> None:
    found = offered(folder, *words)
    if words[0] == "explain":
        assert "GPU-01" in found
        assert all(code.startswith("GPU-0") for code in found)
    else:
        assert sorted(found) == sorted(wanted)


def test_bash_offers_every_command_pattern_and_release(folder: Path) -> None:
    assert offered(folder, "") == list(COMMANDS)
    listed = offered(folder, "generate", "--dynamo", "")
    assert set(listed) == {n for r in RELEASES if not r.hidden for n in (r.line, r.version)}


def test_every_list_that_a_parser_checks_and_every_file_is_offered() -> None:
    """An option whose value is one of few, or a file, is completed: none was forgotten."""
    free = {
        f"{c.name} {p.names[-1] if p.names else p.help}"
        for c in commands()
        for p in (*c.options, *c.positionals)
        if p.takes and not p.choices and not p.files
    }
    words = ("file", "folder", "release", "kind", "pattern", "engine", "format")
    known = {
        "generate --dynamo-namespace", "generate --image-tag", "generate --registry", "generate --under", "render --name",
    }  # fmt: skip
    texts = {f"{c.name} {p.names[-1]}": p.help for c in commands() for p in c.options if p.names}
    suspects = {name for name in free - known if name in texts and texts[name].split()[0].lower() in words}
    assert suspects == set()


def test_a_real_terminal_completes(folder: Path) -> None:
    """Readline, not only our function: keys are typed into bash on a terminal."""
    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover - becomes bash
        os.chdir(folder / "here")
        os.environ |= {"PS1": "> ", "TERM": "dumb", "HISTFILE": os.devnull}
        os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])  # noqa: S606 - the shell under test
    said = ""
    try:
        os.write(terminal, b"source ../c.bash; dynamo-manifests() { printf '<%s>' \"$@\"; echo; }\n")
        os.write(terminal, b"dynamo-manifests gen\t--backend v\t--pattern=disagg-r\t\n")
        os.write(terminal, b"dynamo-manifests validate my\t--format=j\t\n")
        end = time.monotonic() + 20
        while time.monotonic() < end and "<--format=j" not in said:
            if select.select([terminal], [], [], 1)[0]:
                said += os.read(terminal, 65536).decode()
    finally:
        os.write(terminal, b"exit\n")
        os.close(terminal)
        os.waitpid(pid, 0)
    assert "<generate><--backend><vllm><--pattern=disagg-router>" in said
    assert "<validate><my file.yaml><--format=j" in said


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
def test_zsh_reads_the_script(folder: Path) -> None:
    script = f"autoload -U compinit && compinit -u; source {folder / 'c.zsh'}; whence _dynamo_manifests"
    done = subprocess.run(["zsh", "-f", "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "_dynamo_manifests", "")


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
@pytest.mark.parametrize(
    ("line", "wanted"),
    [("generate --backend v", "vllm"), ("request r", "read"), ("validate --format s", "sarif"), ("completion f", "fish")],
)  # fmt: skip
def test_fish_offers(folder: Path, line: str, wanted: str) -> None:
    script = f"source {folder / 'c.fish'}; complete -C {json.dumps('dynamo-manifests ' + line)}"
    done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, check=True)
    assert wanted in [text.split("\t")[0] for text in done.stdout.splitlines()]


def test_fish_knows_lists_files_and_what_takes_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "fish"]) == 0
    lines = capsys.readouterr().out.splitlines()
    start = "complete -c dynamo-manifests -n '__fish_seen_subcommand_from"
    assert any(
        x.startswith(f"{start} generate' -l backend -x -a 'vllm sglang trtllm mocker auto'") for x in lines
    )
    assert any(x.startswith(f"{start} render' -s o -l output -r -F") for x in lines)
    assert f"{start} validate' -F" in lines
    assert (
        f"{start} request; and not __fish_seen_subcommand_from status read check' -a 'status read check'"
        in lines
    )


def test_an_unknown_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "tcsh"]) == 2
    assert "invalid choice: 'tcsh'" in capsys.readouterr().err
