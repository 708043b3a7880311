"""What the repository's texts must not say, and what they must: links that lead somewhere, every command."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from typing import TYPE_CHECKING

import pytest

from pydynamo_manifests.cli import build_parser
from pydynamo_manifests.cli.commands import COMMANDS
from pydynamo_manifests.errors import DynamoManifestsError
from pydynamo_manifests.patterns import PATTERNS
from tests.docs.markdown import ROOT, all_pages, anchors, blocks, links, pages

if TYPE_CHECKING:
    from pathlib import Path

HERE = "tests/docs/test_words.py"

FORBIDDEN = {
    "a path of a machine": r"(?<![\w./])/(?:work|home/\w+|Users/\w+|root)/[\w.-]",
    "a private address": r"(?<![\w.])(?:10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+)(?![\w.])",
    "a machine's host": r"\b[\w-]+\.(?:internal|corp|lan)\b",
    "an assistant": r"(?i)\b(?:chatgpt|copilot|claude|anthropic|openai codex|language model assistant|as an ai)\b",
    "an issue of this project": r"(?i)\bissue (?:#\s?)?\d+\b(?!\d)",
    "a task or session": r"(?i)\b(?:this|the|our) (?:task|session|brief|conversation)\b",
    "a helper or founder": r"(?i)\b(?:founders?|co-?founder|helper session|sub-?agents?)\b",
    "the material of a session": r"\bshared/(?:reference|prototype|DESIGN)|(?<![\w/])reference/[\w-]+\.md",
    "work that is not done": r"\b(?:TODO|FIXME|XXX|HACK)\b",
    "a secret": r"\b(?:hf_[A-Za-z]{20,}|nvapi-[\w-]{20,}|gh[pousr]_[A-Za-z0-9]{30,}|AKIA[0-9A-Z]{16})\b",
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\n[A-Za-z0-9+/]{20}",
}
"""What no text of the repository says."""

ALLOWED = {
    # Container paths of upstream's images, as real graphs mount them.
    r"/(?:root|home/(?:dynamo|kubernetes|user))/",
    # Example networks of Kubernetes in policies and tests of address ranges.
    r"\b10\.(?:0|96|244)\.0\.\d+|\b(?:10|172\.16|192\.168)\.0\.0\b",
    r"\bcluster\.internal\b",
    r"\bmetadata\.google\.internal\b",
    # Flags and variables of the frontend, and choices of vLLM's parsers.
    r"(?i)anthropic[-_](?:api|preamble|disabled-thinking)",
}
"""Interface of others that looks like one of them."""


@cache
def texts() -> dict[str, str]:
    """Return every text file that git tracks; checksums and this list of words are left out."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    found = {}
    for path in filter(None, done.stdout.split("\0")):
        data = (ROOT / path).read_bytes() if (ROOT / path).is_file() else b"\0"
        if b"\0" not in data and not path.endswith(".sum") and path != HERE:
            found[path] = data.decode("utf-8")
    return found


def complaints(text: str, what: str) -> list[str]:
    kept = []
    for found in re.finditer(FORBIDDEN[what], text):
        around = text[max(0, found.start() - 30) : found.end() + 30]
        if not any(re.search(pattern, around) for pattern in ALLOWED):
            line = text.count("\n", 0, found.start()) + 1
            kept.append(f"{line}: {text.splitlines()[line - 1].strip()[:120]}")
    return kept


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_text_names(what: str) -> None:
    assert {path: found for path, text in texts().items() if (found := complaints(text, what))} == {}


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a path of a machine", "see " + "/wo" + "rk/main/x"),
        ("a private address", "proxy at 192.168" + ".17.4"),
        ("a machine's host", "mirror.corp" + "."),
        ("an assistant", "written by " + "Clau" + "de"),
        ("an issue of this project", "as iss" + "ue 12 asks"),
        ("work that is not done", "TO" + "DO: later"),
        ("a secret", "hf_" + "a" * 34),
    ],
)
def test_the_search_finds(what: str, text: str) -> None:
    assert complaints(text, what)


@pytest.mark.parametrize("page", all_pages())
def test_relative_links_lead_somewhere(page: str) -> None:
    assert [
        target for target in links(page) if not re.match(r"[a-z]+:", target) and not leads(page, target)
    ] == []


def leads(page: str, target: str) -> bool:
    """Tell whether a relative link ends at a file of the repository, and its anchor at a heading."""
    path, _, anchor = target.partition("#")
    file = ((ROOT / page).parent / path if path else ROOT / page).resolve()
    if not file.exists() or not file.is_relative_to(ROOT):
        return False
    return not anchor or file.suffix != ".md" or anchor in anchors(str(file.relative_to(ROOT)))


def test_the_check_of_links_has_links_and_notices_what_is_wrong(tmp_path: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(listed.stdout.split()) <= set(all_pages())
    followed = [target for page in all_pages() for target in links(page) if not re.match(r"[a-z]+:", target)]
    assert len(followed) > 200
    assert sum("#" in target for target in followed) > 40
    (page := tmp_path / "p.md").write_text("[`a`](a.md) ![b](b.svg) [![c](c.svg)](c.md#d) `[e](e.md)`\n")
    assert links(str(page)) == {"a.md", "b.svg", "c.svg", "c.md#d"}
    assert leads("README.md", "docs/README.md#guides")
    assert leads("docs/README.md", "#reference")
    for wrong in ("docs/none.md", "docs/README.md#none", "#none", "../README.md", "README.md/x"):
        assert not leads("README.md", wrong), wrong


def test_a_page_of_the_documentation_is_linked_from_its_list() -> None:
    listed = {str((ROOT / "docs" / link.partition("#")[0]).resolve()) for link in links("docs/README.md")}
    missing = [p for p in pages() if p.startswith("docs/") and str((ROOT / p).resolve()) not in listed]
    assert [p for p in missing if p != "docs/README.md"] == []


def hand_written() -> str:
    return "\n".join((ROOT / page).read_text() for page in pages() if page != "docs/cli.md")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert f"\n## {command}\n" in (ROOT / "docs/cli.md").read_text()
    assert f"[`{command}`](docs/cli.md#{command})" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example_that_is_a_command_line(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        build_parser(only=command).parse_args([command, "--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    examples = re.findall(r"^  .*?\bdynamo-manifests (.*)$", said.partition("examples:")[2], re.MULTILINE)
    assert examples, said
    for example in examples:
        parses(command, example)


def parses(command: str, example: str) -> None:
    """Read an example as far as it is ours: up to a comment, a pipe, a redirection, another program."""
    line = re.split(r" {2,}| #| [|><&]|\)", re.sub(r"<\(.*?\)", "other.yaml", example))[0]
    words = line.split()
    assert words[0] == command
    try:
        build_parser(only=command).parse_args(words)
    except DynamoManifestsError as error:
        pytest.fail(f"dynamo-manifests {line}: {error}")


@pytest.mark.parametrize("name", PATTERNS)
def test_every_pattern_has_a_need_in_the_guide(name: str) -> None:
    assert f"| `{name}` |" in (ROOT / "docs/guides/patterns.md").read_text()


def test_the_transfer_times_of_the_guide_are_arithmetic() -> None:
    """Qwen3-32B: 64 layers, 8 KV heads of 128, 2 bytes, keys and values."""
    a_token = 2 * 64 * 8 * 128 * 2
    assert a_token == 256 * 1024
    page = (ROOT / "docs/guides/patterns.md").read_text()
    rows = re.findall(r"^\| ([\d,]+) tokens \| ([\d.]+) GB \|(.*)\|$", page, re.MULTILINE)
    assert len(rows) == 3
    for tokens, size, times in rows:
        total = int(tokens.replace(",", "")) * a_token
        assert float(size) == pytest.approx(total / 1e9, abs=0.01)
        for rate, said in zip((400, 100, 10), times.split("|"), strict=True):
            number, unit = said.split()
            seconds = float(number) * {"ms": 1e-3, "s": 1}[unit]
            assert seconds == pytest.approx(total * 8 / (rate * 1e9), rel=0.05)


PLACES = (
    "charts/",
    "docs/",
    "examples/",
    "hack/",
    "pydynamo_manifests/",
    "tests/",
    "values/graph/",
    "values/platform/",
)


@pytest.mark.parametrize("page", pages())
def test_paths_that_a_page_names_exist(page: str) -> None:
    text = (ROOT / page).read_text()
    shell = "\n".join(b.text for b in blocks(page) if b.language in ("console", "bash"))
    spans = [*re.findall(r"`([^`\s]+)`", text), *re.findall(r"(?<![\w./-])[\w.-]+/[\w./-]+", shell)]
    named = {span for span in spans if span.startswith(PLACES) and not set(span) & set("*<>{}$")}
    assert [path for path in named if not (ROOT / path).exists()] == []
