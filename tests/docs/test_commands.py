"""Every command in the documentation is typed, or at least read, by a test."""

from __future__ import annotations

import doctest
import re
import shlex
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.cli import build_parser
from pydynamo_manifests.cli.commands import COMMANDS
from tests.docs.markdown import ROOT, Block, blocks, pages
from tests.docs.shell import ELISION, desk, run, same, typed
from tests.support.tools import tool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LANGUAGES = {
    "console": "typed by a test, its output compared; `exits=N` when not 0",
    "bash": "needs a cluster, the network or minutes; its words are checked as far as they are ours",
    "yaml": "a file; `file=NAME` writes it for the commands below it",
    "python": "runs as a doctest, or is written to `file=NAME`",
    "text": "a picture or a listing",
}


CLUSTER_ONLY = (
    "--install",
    "--create-namespace",
    "--take-ownership",
    "--force-conflicts",
    "--server-side",
    "--reuse-values",
    "--wait",
)
"""Options of `helm install` and `helm upgrade` that `helm template` has not."""


def needs_helm(page: str) -> bool:
    return any(re.search(r"^(\$ )?helm ", b.text, re.MULTILINE) for b in blocks(page))


def expected(block: Block) -> int:
    return int(block.option("exits") or 0)


@pytest.mark.parametrize("page", pages())
def test_a_page_uses_blocks_that_are_checked(page: str) -> None:
    assert [str(b) for b in blocks(page) if b.language not in LANGUAGES] == []


@pytest.mark.parametrize(
    "page", [p for p in pages() if {"console", "bash"} & {b.language for b in blocks(p)}]
)
def test_commands_print_what_the_page_shows(
    page: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A page's blocks share one folder and run in order; `--update-golden` writes what they print now."""
    update = request.config.getoption("--update-golden")
    folder = desk(tmp_path, tool("helm4") if needs_helm(page) else None)
    for block in list(blocks(page)):
        if name := block.option("file"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(block.text, encoding="utf-8")
        if block.language == "bash":
            for words in map(ours, command_lines(block)):
                renders_without_a_cluster(words, folder)
        if block.language == "console":
            lines = list(screen(block, folder, update=update))
            if update:
                replace(block, "".join(f"{line}\n" for line in lines))


def renders_without_a_cluster(words: list[str], folder: Path) -> None:
    """Ask Helm for the objects of a command that the page sends to a cluster."""
    if words[:1] != ["helm"] or not any(word.startswith("charts/") for word in words):
        return
    verb, *rest = words[1:]
    assert verb in ("install", "upgrade")
    kept = [w for w in rest if not w.startswith(CLUSTER_ONLY)]
    code, printed = run(shlex.join(["helm", "template", *kept]), folder)
    assert code == 0 or "--reuse-values" in rest, "\n".join([" ".join(words), *printed])


def screen(block: Block, folder: Path, *, update: bool) -> Iterator[str]:
    """Type the commands of a block and yield the lines that a terminal would show."""
    for step in typed(block.text):
        code, printed = run(step.command, folder)
        shown = "\n".join(printed)
        assert code == expected(block), f"{block}: {step.command}\nexit status {code}\n{shown}"
        fits = same(step.output, printed)
        assert fits or (update and ELISION not in step.output), (
            f"{block}: {step.command}\nprints now:\n{shown}"
        )
        yield f"$ {step.command}"
        yield from step.output if fits else printed


def replace(block: Block, text: str) -> None:
    page = ROOT / block.page
    page.write_text(
        page.read_text(encoding="utf-8").replace(f"\n{block.text}```", f"\n{text}```"), encoding="utf-8"
    )


def test_an_output_that_differs_is_noticed() -> None:
    assert same(["a", "...", "d"], ["a", "b", "c", "d"])
    assert same(["a", "..."], ["a"])
    assert not same(["a", "...", "d"], ["a", "b"])
    assert not same(["a"], ["a", "b"])
    assert not same(["a."], ["ab"])


def command_lines(block: Block) -> Iterator[list[str]]:
    """Yield the words of each simple command of a `bash` block, pipes and lists taken apart."""
    text = re.sub(r"\\\n\s*", " ", block.text)
    for line in text.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
        lexer.whitespace_split = True
        words: list[str] = []
        for word in lexer:
            if set(word) <= set("|&;"):
                yield words
                words = []
            else:
                words.append(word)
        yield words


def cluster_commands(program: str) -> list[Any]:
    """Return the commands of a program in all `bash` blocks."""
    found = [
        (b, w) for p in pages() for b in blocks(p) if b.language == "bash" for w in command_lines(b) if w
    ]
    return [pytest.param(w, id=f"{b}-{' '.join(w[:3])}") for b, w in found if w[0] == program]


def ours(words: list[str]) -> list[str]:
    """Return the words before a redirection."""
    ends = [i for i, word in enumerate(words) if set(word) <= set("<>") and word]
    return words[: min(ends, default=len(words))]


@pytest.mark.parametrize("words", cluster_commands("dynamo-manifests"))
def test_what_is_not_typed_is_at_least_a_command_line(words: list[str]) -> None:
    given = ours(words)[1:]
    assert given[0] in COMMANDS
    build_parser(only=given[0]).parse_args(given)


@pytest.mark.parametrize("page", [p for p in pages() if any(b.language == "python" for b in blocks(p))])
def test_python_in_a_page_runs(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = "\n".join(
        b.text for b in blocks(page) if b.language == "python" and ">>>" in b.text and not b.option("file")
    )
    test = doctest.DocTestParser().get_doctest(text, {}, page, page, 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    said: list[str] = []
    runner.run(test, out=said.append)
    assert runner.failures == 0, "".join(said)
    bare = [str(b) for b in blocks(page) if b.language == "python" and ">>>" not in b.text]
    assert [b for b in bare if not any(str(x) == b and x.option("file") for x in blocks(page))] == []


def test_the_demo_shows_a_graph_and_a_finding(tmp_path: Path) -> None:
    code, printed = run(f"bash {ROOT / 'hack' / 'demo.sh'}", desk(tmp_path, None))
    shown = "\n".join(printed)
    assert code == 0, shown
    for words in ("$ dynamo-manifests generate", "kind: DynamoGraphDeployment", "--kv-transfer-config"):
        assert words in shown
    assert 'unknown field "replicsa"' in shown
    assert "make demo" in (ROOT / "README.md").read_text()
