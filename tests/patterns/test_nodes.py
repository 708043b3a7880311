"""What each node of one worker is started with, once the operator and the kubelet have had their hands on it.

The operator appends flags that tell a node its rank. Where the rank is computed by a shell, it rewrites the
whole command for one, and how it does so depends on its release; the kubelet then fills in ``$(NAME)``. The
functions here do the same, and a real shell starts what comes out, with programs that print their arguments.
"""

from __future__ import annotations

import json
import re
import subprocess
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from pydynamo_manifests.generate import compose, composition
from pydynamo_manifests.intent import Intent
from pydynamo_manifests.releases import known_releases, release
from pydynamo_manifests.render import render
from pydynamo_manifests.validate.lint import lint
from tests.support.graphs import container_of, flags_of, graph_of

if TYPE_CHECKING:
    from pathlib import Path

GROVE = {
    "GROVE_PCSG_NAME": "g-0-decode",
    "GROVE_PCSG_INDEX": "1",
    "GROVE_HEADLESS_SERVICE": "g-0.team.svc",
    "GROVE_PCLQ_POD_INDEX": "0",
}
LWS = {"LWS_LEADER_ADDRESS": "g-decode-1.g.team", "LWS_WORKER_INDEX": "1"}
RANKS = {"grove": "$((GROVE_PCLQ_POD_INDEX + 1))", "lws": "$(LWS_WORKER_INDEX)"}
PROGRAMS = {"python3": '#!/bin/sh\nprintf "%s\\0" "$@"\n', "ray": "#!/bin/sh\n"}
PATTERNS = ("agg-router", "disagg", "disagg-router")
CASES = list(product(known_releases(), ("vllm", "sglang"), PATTERNS, RANKS))


class Line(NamedTuple):
    command: list[str]
    args: list[str]


def quoted(word: str) -> str:
    """Return a word as the operator of 1.0 and later writes it for a shell."""
    if not re.search("[ \t\n'\"\\\\{}\\[\\]$`!]", word):
        return word
    for old, new in (("\\", "\\\\"), ('"', '\\"'), ("$", "\\$"), ("`", "\\`"), ("'", "'\"'\"'")):
        word = word.replace(old, new)
    return f'"{word}"'


def node(line: Line, version: str, cluster: str, framework: str) -> Line:
    """Return what a node that is not the first runs."""
    flags, shell = f"--node-rank {RANKS[cluster]}", cluster == "grove" or not release(version).within("1.2")
    if not re.fullmatch(r"(.*/)?python[\d.]*", line.command[0]):
        pattern = rf"(python[0-9.]*\s+[^|&;]*{framework}[^|&;]*?)(\s|$|[|&;])"
        first = next(i for i, word in enumerate(line.args) if re.search(pattern, word))
        changed = re.sub(pattern, lambda m: f"{m[1]} {flags}{m[2]}", line.args[first])
        return Line(line.command, [*line.args[:first], changed, *line.args[first + 1 :]])
    if not shell:
        return Line(line.command, [*line.args, *flags.split()])
    write = quoted if release(version).within("1.0") else str
    return Line(["sh", "-c"], [" ".join(["exec", *map(write, [*line.command, *line.args]), flags])])


def head(line: Line) -> Line:
    """Return what the first node of vLLM runs until 0.9; the others run Ray alone."""
    return Line(["/bin/sh", "-c"], [f"ray start --head && {' '.join([*line.command, *line.args])}"])


def started(line: Line, env: dict[str, str], folder: Path) -> dict[str, Any]:
    """Return the flags that the worker's program is given."""

    def fill(found: re.Match[str]) -> str:
        return env.get(found[1], found[0])

    words = [re.sub(r"\$\((\w+)\)", fill, word) for word in [*line.command, *line.args]]
    path = {"PATH": f"{folder}:/usr/bin:/bin", **env}
    found = subprocess.run(words, env=path, capture_output=True, text=True, check=False)
    assert found.returncode == 0, (words, found.stderr)
    return flags_of(found.stdout.split("\0")[:-1])


def workers(version: str, backend: str, pattern: str) -> list[Line]:
    intent = Intent(backend=backend, pattern=pattern, model="org/model", dynamo=version, nodes=2, gpus=4)
    graph = graph_of(render(compose(intent), name="g"))
    containers = filter(None, (container_of(graph, name) for name in ("worker", "prefill", "decode")))
    found = [Line(c["command"], c["args"]) for c in containers]
    assert len(found) == (1 if pattern == "agg-router" else 2)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("bin")
    for name, program in PROGRAMS.items():
        (found / name).write_text(program)
        (found / name).chmod(0o755)
    return found


@pytest.mark.parametrize(("version", "backend", "pattern", "cluster"), CASES)
def test_every_node_gets_the_flags_of_the_first(
    version: str, backend: str, pattern: str, cluster: str, folder: Path
) -> None:
    env = GROVE if cluster == "grove" else LWS
    ray = backend == "vllm" and not release(version).within("1.0")
    for line in workers(version, backend, pattern):
        first = started(line, env, folder)
        assert all(isinstance(json.loads(v), dict) for v in first.values() if str(v).startswith("{"))
        other = started(head(line) if ray else node(line, version, cluster, backend), env, folder)
        assert other.pop("node-rank", "1") == "1"
        assert other == first


@pytest.mark.parametrize("cluster", RANKS)
def test_a_group_of_nodes_has_an_id_of_its_own(cluster: str, folder: Path) -> None:
    env = GROVE if cluster == "grove" else LWS
    others = {
        "grove": GROVE | {"GROVE_PCSG_INDEX": "2"},
        "lws": LWS | {"LWS_LEADER_ADDRESS": "g-decode-2.g.team"},
    }
    line = workers("1.6", "vllm", "disagg")[0]
    ids = {
        json.loads(started(line, e, folder)["kv-transfer-config"])["engine_id"]
        for e in (env, others[cluster])
    }
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("dynamo", "features", "found"),
    [
        ("1.6", None, True),
        ("1.6", {"grove"}, True),
        ("1.6", {"lws", "volcano-scheduler"}, False),
        ("1.1", {"lws", "volcano-scheduler"}, True),
    ],
)
def test_the_same_id_without_a_shell_of_its_own_is_found(
    dynamo: str,
    features: set[str] | None,
    found: bool,  # noqa: FBT001 - a table's column
) -> None:
    intent = Intent(backend="vllm", pattern="disagg", model="org/model", dynamo=dynamo, nodes=2, gpus=4)
    values = composition(intent).values
    for expected in (False, found):
        graph = graph_of(render(values, name="g"))
        cluster = {"features": features} if features is not None else None
        codes = {f.rule for f in lint(graph, release=release(dynamo).version, cluster=cluster)}
        assert ("MN-09" in codes) is expected
        for role in ("prefill", "decode"):
            values["components"][role] |= {"command": ["python3", "-m", "dynamo.vllm"], "leadingArgs": None}


def test_json_that_the_operator_of_0_9_would_take_apart_is_found() -> None:
    asked = Intent(backend="sglang", pattern="agg-router", model="org/model", dynamo="0.9", nodes=2, gpus=4)
    values = composition(asked).values
    assert "MN-10" not in {f.rule for f in lint(graph_of(render(values, name="g")), release="0.9.1")}
    (worker,) = (c for c in values["components"].values() if c["type"] == "worker")
    worker |= {"command": ["python3", "-m", "dynamo.sglang"], "leadingArgs": None}
    assert "MN-10" in {f.rule for f in lint(graph_of(render(values, name="g")), release="0.9.1")}
