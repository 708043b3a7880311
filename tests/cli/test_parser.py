"""The command line itself: what a newcomer types first, and what is one letter off."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pydynamo_manifests.cli import build_parser, main
from pydynamo_manifests.cli.commands import COMMANDS
from pydynamo_manifests.cli.completing import commands

if TYPE_CHECKING:
    from pathlib import Path

ASK = ["generate", "--backend", "vllm", "--pattern", "disagg", "--model", "org/m"]
PATHS = "an empty path: is a variable not set? The current folder is ."

REFUSED = [
    (["validat"], "no command 'validat'; did you mean 'validate'? (see 'dynamo-manifests --help')"),
    (["--format", "json", "validate", "x"], "--format stands before the command; write dynamo-manifests validate --format ..."),
    (["-model", "x"], "-model stands before the command; write dynamo-manifests COMMAND -model ..."),
    (["--bogus"], "no option '--bogus' (see 'dynamo-manifests --help')"),
    ([*ASK, "--modle", "x"], "no option '--modle'; did you mean '--model', '--nodes' or '--osl'? (see 'dynamo-manifests generate --help')"),
    ([*ASK, "-gpus=2"], "no option '-gpus'; did you mean '--gpus'? (see 'dynamo-manifests generate --help')"),
    ([*ASK, "--decode-replica", "2"], "no option '--decode-replica'; did you mean '--decode-replicas', '--replicas' or '--decode-gpus'? (see 'dynamo-manifests generate --help')"),
    ([*ASK, "more"], "'more' is one argument too many (see 'dynamo-manifests generate --help')"),
    ([*ASK, "--replicas", "1.5"], "argument --replicas: a whole number, not '1.5' (see 'dynamo-manifests generate --help')"),
    ([*ASK, "--gpu-memory-fraction", "half"], "argument --gpu-memory-fraction: a number, not 'half' (see 'dynamo-manifests generate --help')"),
    (["render", "v.yaml", "--engine", "hlm"], "argument --engine: invalid choice: 'hlm' (choose from 'python', 'helm'); did you mean 'helm'? (see 'dynamo-manifests render --help')"),
    (["request", "status", "x", "--interval", "nan"], "argument --interval: 'nan': seconds, a number such as 5 (see 'dynamo-manifests request --help')"),
    (["request", "status", "x", "--timeout", "-1"], "argument --timeout: '-1': seconds, a number such as 5 (see 'dynamo-manifests request --help')"),
    (["validate", "x", "--jobs", "0"], "argument --jobs: '0': a whole number from 1 on (see 'dynamo-manifests validate --help')"),
    (["render", "v.yaml", "-n", "Team A"], "argument -n/--namespace: 'Team A' is no name of a namespace: up to 63 lower-case letters, digits and inner '-' (see 'dynamo-manifests render --help')"),
    (["completion"], "missing: shell (see 'dynamo-manifests completion --help')"),
    (["render"], "missing: VALUES, such as values.yaml (see 'dynamo-manifests render --help')"),
    (["diff", "-", "-"], "standard input (-) can be read once"),
    (["render", "-", "-f", "-"], "standard input (-) can be read once"),
    (["render", ""], PATHS),
    (["validate", ""], PATHS),
    (["validate", "x", "--old", ""], PATHS),
    (["import", ""], PATHS),
    (["convert", "--to", "v1beta1", "--in-place", ""], PATHS),
    (["upgrade", "--from", "0.9", "--to", "1.6", "--in-place", ""], PATHS),
    (["migrate-values", ""], PATHS),
    (["convert", "--to", "v1beta1", "x", "-o", ""], "-o '': an empty file name"),
    ([*ASK, "-o", ""], "-o '': an empty file name"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "message"), REFUSED, ids=lambda x: " ".join(x)[:40] if isinstance(x, list) else "-"
)
def test_refused(
    words: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "graph.yaml").write_text("kind: X\n")
    assert main(words) == 2
    assert capsys.readouterr() == ("", f"dynamo-manifests: error: {message}\n")
    assert [p.name for p in tmp_path.iterdir()] == ["graph.yaml"]


def test_help_in_every_way(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    said = capsys.readouterr().out
    assert "examples:" in said
    for words in (["help"], ["--help"], ["-h"]):
        assert main(words) == 0
        assert capsys.readouterr().out == said
    assert main(["validate", "--help"]) == 0
    said = capsys.readouterr().out
    assert main(["help", "validate"]) == 0
    assert capsys.readouterr().out == said
    assert main(["help", "validat"]) == 2
    assert main(["--version"]) == 0


def test_every_option_and_argument_is_explained() -> None:
    bare = [(c.name, p.names) for c in commands() for p in (*c.options, *c.positionals) if not p.help]
    assert bare == []


@pytest.mark.parametrize("columns", ["1", "20", "40", "500", "words", "-3"])
def test_help_on_narrow_and_odd_terminals(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for name in COMMANDS:
        assert main([name, "--help"]) == 0
        assert "examples:" in capsys.readouterr().out


def test_options_have_one_spelling() -> None:
    """An abbreviation that works today is ambiguous when an option joins: scripts must not come to need one."""
    parsed, unknown = build_parser(only="render").parse_known_args(["render", "v.yaml", "--nam", "x"])
    assert (parsed.name, unknown) == ("graph", ["--nam", "x"])


def test_values_may_come_as_for_helm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base, mine = tmp_path / "base.yaml", tmp_path / "mine.yaml"
    base.write_text("model: {name: org/m}\ncomponents: {w: {type: worker, replicas: 1}}\n")
    mine.write_text("components: {w: {replicas: 3}}\n")
    outputs = []
    for words in (
        ["-f", str(base), "-f", str(mine)],
        [str(base), "--values", str(mine)],
        [str(base), str(mine)],
    ):
        assert main(["render", *words]) == 0
        outputs.append(capsys.readouterr().out)
    assert len(set(outputs)) == 1
    assert "replicas: 3" in outputs[0]


@pytest.mark.parametrize(("no_color", "coloured"), [(None, True), ("", True), ("1", False)])
def test_colour_is_for_terminals_whose_user_wants_it(
    no_color: str | None,
    coloured: bool,  # noqa: FBT001 - a parameter of the case
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color is not None:
        monkeypatch.setenv("NO_COLOR", no_color)
    bad = tmp_path / "bad.yaml"
    bad.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndat: {}\n")
    assert main(["validate", str(bad)]) == 1
    assert ("\x1b[" in capsys.readouterr().out) is coloured
    report = tmp_path / "report.txt"
    assert main(["validate", str(bad), "-o", str(report)]) == 1
    assert "\x1b[" not in report.read_text()
    assert os.linesep == "\n"
