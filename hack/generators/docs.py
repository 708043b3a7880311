"""Pages of `docs/` that follow from the catalogue, the values models and the commands."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pydynamo_manifests.backends import BACKENDS, backend
from pydynamo_manifests.cli import build_parser
from pydynamo_manifests.cli.commands import COMMANDS
from pydynamo_manifests.generate.presets import MARK
from pydynamo_manifests.patterns import PATTERNS
from pydynamo_manifests.releases import RELEASES
from pydynamo_manifests.values import GraphValues
from pydynamo_manifests.values.chartdocs import values_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydynamo_manifests.patterns import Pattern
    from pydynamo_manifests.releases import Release

ROOT = Path(__file__).resolve().parents[2]
HEAD = f"<!-- {MARK}; do not edit. -->\n"
TITLES = {name: backend(name).TITLE for name in BACKENDS}
BEGIN = f"<!-- commands: {MARK} from the commands; do not edit below. -->"
END = "<!-- end of commands -->"


def generate() -> dict[str, bytes]:
    """Return path and content of every page."""
    pages = {
        "docs/compatibility.md": compatibility(),
        "docs/values-graph.md": values_page(),
        "docs/cli.md": commands_page(),
        "README.md": with_commands((ROOT / "README.md").read_text(encoding="utf-8")),
    }
    return {path: text.encode() for path, text in pages.items()}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    head = list(head)
    lines = [head, ["---"] * len(head), *map(list, rows)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def newest_first() -> list[Release]:
    """Return the releases that users may name."""
    return [r for r in reversed(RELEASES) if not r.hidden]


def _pattern(pattern: Pattern) -> str:
    return f"`{pattern.name}`" + (f" (from {pattern.since} on)" if pattern.since else "")


def compatibility() -> str:
    """Return the page of releases: what each is made of, and what changes between them."""
    known = newest_first()
    return "\n".join(
        (
            f"{HEAD}# Releases\n",
            "What each Dynamo release of the catalogue has. `dynamo-manifests releases RELEASE` says more;",
            "the facts and their sources are in `pydynamo_manifests/data/releases.yaml`.\n",
            "## Engines and API\n",
            table(_ENGINE_HEAD, map(_engine_row, known)),
            "Graphs are written in the API version of the last column but one; `*` marks the stored version.\n",
            "## What can be composed\n",
            table(("Dynamo", *TITLES.values(), "presets"), map(_backend_row, known)),
            f"Patterns of every release: {', '.join(map(_pattern, PATTERNS.values()))}.\n",
            "## Flags that changed their names\n",
            "Each cell is what composition writes for that release.\n",
            *(
                f"### {title}\n\n{table(('Dynamo', *_ROLES), _role_rows(name))}"
                for name, title in TITLES.items()
            ),
            "## Platform\n",
            "What upstream's platform chart of the release brings, and whether it installs it by default.\n",
            table(
                ("Dynamo", "Grove", "KAI scheduler", "etcd", "NATS", "discovery"), map(_platform_row, known)
            ),
        )
    )


_ENGINE_HEAD = (
    "Dynamo",
    "since",
    "vLLM",
    "SGLang",
    "TensorRT-LLM",
    "graph API served",
    "written as",
    "Kubernetes",
)
_ROLES = ("prefill", "decode", "KV events")


def _engine_row(r: Release) -> list[str]:
    kind = r.kinds["DynamoGraphDeployment"]
    served = ", ".join(f"{v}*" if v == kind.stored else v for v in kind.served)
    engines = [r.engines[name] for name in ("vllm", "sglang", "trtllm")]
    written = r.graph_api_version.partition("/")[2]
    return [r.version, r.first_date, *engines, served, written, f"{r.kubernetes} or newer"]


def _backend_row(r: Release) -> list[str]:
    def word(name: str) -> str:
        if name not in r.backends:
            return "no"
        return "one or more nodes" if name in r.multinode else "one node"

    has_presets = (ROOT / "values" / "graph" / r.line).is_dir()
    presets = f"[values/graph/{r.line}](../values/graph/README.md)" if has_presets else "`generate`"
    return [r.version, *map(word, TITLES), presets]


def _role_rows(backend: str) -> Iterator[list[str]]:
    """Yield a row for each run of releases that have the same flags."""
    shown: list[str] = []
    for r in newest_first():
        if backend in r.backends:
            cells = [*(_flags(r, backend, role) for role in ("prefill", "decode")), _events(r, backend)]
            if shown and shown[1:] == cells:
                shown[0] = f"{r.line} {_up_to(shown[0])}"
            else:
                if shown:
                    yield shown
                shown = [r.line, *cells]
    if shown:
        yield shown


def _up_to(lines: str) -> str:
    return f"to {lines.rpartition(' ')[2]}"


def _flags(r: Release, backend: str, role: str) -> str:
    transfer = r.kv_transfer.get(backend, {}).get(role)
    args = {**r.roles.get(backend, {}).get(role, {}), **(transfer.args if transfer else {})}
    words = [f"`--{flag}{_value(value)}`" for flag, value in args.items()]
    engine = ["`cache_transceiver_config` in its engine file"] if transfer and transfer.engine else []
    return "<br>".join([*words, *engine]) or "none"


def _value(value: object) -> str:
    if value is True:
        return ""
    return " {...}" if isinstance(value, dict) else f" {value}"


def _events(r: Release, backend: str) -> str:
    events = r.kv_events[backend]
    if events.automatic:
        return "by itself"
    return "<br>".join(f"`--{flag}{_value(value)}`" for flag, value in events.args.items()) or "by itself"


def _platform_row(r: Release) -> list[str]:
    def word(name: str) -> str:
        bundled = r.bundled.get(name)
        if bundled is None:
            return "no"
        return f"{bundled.version}{', installed' if bundled.installed else ''}"

    return [r.version, *map(word, ("grove", "kai-scheduler", "etcd", "nats")), r.discovery]


def values_page() -> str:
    """Return the list of every value of the graph chart."""
    return (
        f"{HEAD}# Values of the graph chart\n\n"
        "`NAME` stands for a key of your own: the name of a component, of a volume. Every value takes null,\n"
        "which takes it away. `dynamo-manifests explain VALUE.PATH` prints one of them, and\n"
        "[Changing one value](guides/change-one-value.md) shows the four ways to set it.\n\n"
        f"{values_table(GraphValues)}"
    )


def with_commands(readme: str) -> str:
    """Return the README with its list of commands written anew."""
    before, _, rest = readme.partition(BEGIN)
    after = rest.partition(END)[2]
    rows = [(f"[`{name}`](docs/cli.md#{name})", summary) for name, summary in COMMANDS.items()]
    return f"{before}{BEGIN}\n\n{table(('command', 'what it does'), rows)}\n{END}{after}"


EXIT_CODES = (
    ("0", "fine"),
    ("1", "findings or differences; a gate stops here"),
    ("2", "it could not do its work: wrong words, an impossible combination, a file that cannot be read"),
    ("130", "ctrl-C ended it"),
    ("141", "the reader of its output went away: `head` had enough"),
)


def commands_page() -> str:
    """Return every command with its words, options and examples."""
    intro = (
        "Every command reads files, folders or `-`, and writes to standard output or `-o`. An error is one paragraph\n"
        "on standard error; nothing is written to the output file then.\n\n## Exit codes\n\n"
        f"{table(('code', 'meaning'), EXIT_CODES)}"
    )
    return "\n".join([f"{HEAD}# Commands\n", intro, *map(_command, COMMANDS)])


def _command(name: str) -> str:
    (commands,) = filter(None, map(_children, _actions(build_parser(only=name))))
    parser = commands[name]
    parts = [f"## {name}\n", f"{(parser.description or '').strip()}\n", *_options(parser)]
    if parser.epilog:
        parts += [f"```text\n{parser.epilog.strip()}\n```\n"]
    return "\n".join(parts)


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return parser._actions  # noqa: SLF001 - argparse has no public way to list them


def _children(action: argparse.Action) -> dict[str, argparse.ArgumentParser]:
    """Return the sub-commands that an action stands for."""
    return dict(action.choices or {}) if action.nargs == argparse.PARSER else {}


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    rows = []
    for action in _actions(parser):
        for name, child in _children(action).items():
            yield f"`{name}`: {(child.description or '').strip().splitlines()[0]}\n"
            yield from _options(child)
        if not _children(action) and action.dest != "help" and action.help != argparse.SUPPRESS:
            rows.append((_names(action), (action.help or "").replace("|", "\\|") % vars(action)))
    if rows:
        yield table(("argument", "meaning"), rows)


def _names(action: argparse.Action) -> str:
    metavar = action.metavar if isinstance(action.metavar, str) else None
    choices = "\\|".join(map(str, action.choices)) if action.choices else None
    word = metavar or choices or action.dest.upper()
    if not action.option_strings:
        return f"`{word}`"
    takes = action.nargs != 0
    return ", ".join(f"`{flag} {word}`" if takes else f"`{flag}`" for flag in action.option_strings)
