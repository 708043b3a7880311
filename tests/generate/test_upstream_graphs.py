"""What an upstream graph tells its workers so that they find each other, a composition of its shape tells them too.

Every graph of the corpus that one of our patterns covers is read, the nearest intent is composed for the
release of the file, and both are compared role by role as the release's own parsers read them. What we leave
out or say otherwise is argued, once for all graphs.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pydynamo_manifests.backends import BACKENDS
from pydynamo_manifests.generate import compose
from pydynamo_manifests.intent import Intent, Sizes
from pydynamo_manifests.releases import release
from pydynamo_manifests.render import render
from pydynamo_manifests.validate.graph import read_graph
from pydynamo_manifests.validate.lint.scene import Scene
from pydynamo_manifests.yaml import load_all
from tests.support.corpus import corpus
from tests.support.graphs import container_of, graph_of

if TYPE_CHECKING:
    from pydynamo_manifests.validate.lint.parts import Part

LINES = {
    "2025-10-15": "0.6",
    "2025-12-15": "0.8",
    "2026-02-15": "0.9",
    "2026-04-15": "1.1",
    "2026-05-13": "1.2",
    "2026-06-15": "1.3",
    "2026-07-15": "1.3",
    "2026-08-03": "1.4",
    "HEAD": "1.5",
}
"""Release line that a commit's examples are of."""
OURS = {"agg", "disagg", "kvrouter", "multinode", "planner"}
"""Features of a graph that our patterns have; others are written by hand."""
MEANINGS = {
    "--connector": "transfer",
    "--kv-transfer-config": "transfer",
    "--disaggregation-transfer-backend": "transfer",
    "--disaggregation-bootstrap-port": "bootstrap port",
    "--host": "host",
    "--kv-events-config": "events",
    "--publish-events-and-metrics": "events",
    "--publish-kv-events": "events",
    "--tensor-parallel-size": "tensor",
    "--tp-size": "tensor",
    "--pipeline-parallel-size": "pipeline",
    "--pp-size": "pipeline",
    "--data-parallel-size": "data",
    "--dp-size": "data",
    "--enable-attention-dp": "data attention",
    "--enable-dp-attention": "data attention",
    "--enable-expert-parallel": "expert",
    "--expert-parallel-size": "expert",
    "--ep-size": "expert",
    "--page-size": "block size",
    "--extra-engine-args": "engine file",
    "--skip-tokenizer-init": "tokenizer",
}
"""What a flag is for, in every spelling that a release has for it."""
VALUES = ("--disaggregation-transfer-backend", "--disaggregation-strategy")
"""Flags whose value has to be the same."""
CONNECTOR = re.compile(r'"kv_connector": ?"(\w+)"')
VARIABLES = {"GLOO_SOCKET_IFNAME", "OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"}


class Argued(NamedTuple):
    """Something that upstream says and we leave out, and why."""

    what: str
    role: str
    file: str
    why: str


NETWORK = "pods have eth0 alone unless a cluster adds interfaces, as those of these recipes do"
TUNING = "tuning of one model: an aggregated engine needs no file"
UNUSED = "nothing in the graph routes by them"
HIDDEN = "its frontend is started by a shell line that says the mode where no parser looks"
OFFLOAD = "blocks go to the host's memory, not to another worker"
ARGUED = [
    Argued("GLOO_SOCKET_IFNAME", "", "recipes-", NETWORK),
    Argued("engine file", "worker", "trtllm", TUNING),
    Argued(
        "events",
        "decode",
        "",
        "decode workers may publish from 1.4 on; a router asks prefill workers' index alone",
    ),
    Argued("events", "worker", "round-robin", UNUSED),
    Argued("events", "prefill", "nemotron-3-ultra-vllm-disagg", HIDDEN),
    Argued("events", "worker", "deepseek-v4-pro-vllm-agg-b200", HIDDEN),
    Argued("transfer", "worker", "recipes-", OFFLOAD),
    Argued("transfer", "worker", "global-planner-vllm-test-xpu", "one pool of several graphs"),
    Argued(
        "role",
        "worker",
        "nemotron-3-super-fp8-vllm-agg",
        "an aggregated worker with a decode flag; gone later",
    ),
    Argued(
        "data",
        "prefill",
        "deepseek-r1-vllm-disagg",
        "flags of 1.0 on an image tagged 0.8: its sizes are not read",
    ),
    Argued("expert", "prefill", "deepseek-r1-vllm-disagg", "the same"),
]


class Lack(NamedTuple):
    """Something that upstream says and we do not."""

    what: str
    role: str
    file: str

    @property
    def argued(self) -> bool:
        return any(explains(a, self) for a in ARGUED)


def explains(argued: Argued, lack: Lack) -> bool:
    return lack.what.startswith(argued.what) and argued.role in ("", lack.role) and argued.file in lack.file


def scene(obj: dict[str, Any], line: str) -> Scene:
    graph = read_graph(obj)
    assert graph is not None
    major, minor = line.split(".")
    return Scene(graph, (int(major), int(minor)))


def role(part: Part) -> str:
    if part.type in ("frontend", "planner"):
        return part.type
    by_flag = part.role if part.role in ("prefill", "decode") else ""
    return by_flag or (part.type if part.type in ("prefill", "decode") else "worker")


def roles(found: Scene) -> dict[str, Part]:
    """Return the parts by role; beside prefill workers, those without a role are decode workers."""
    parts = {role(p): p for p in found.parts}
    if "prefill" in parts and "worker" in parts:
        parts["decode"] = parts.pop("worker")
    if "prefill" not in parts and "decode" in parts:
        parts["worker"] = parts.pop("decode")
    return parts


def said(part: Part) -> set[str]:
    """Return what a part is told; a size of one says nothing."""
    if role(part) == "frontend":
        mode = part.text("--router-mode", env="DYN_ROUTER_MODE")
        return {"router"} if mode == "kv" else set()
    uses = [u for u in (part.start.uses if part.start else []) if u.flag.name in MEANINGS and not u.negated]
    found = {MEANINGS[u.flag.name] for u in uses if [v.text for v in u.values] != ["1"]}
    own = {"role"} if part.role in ("prefill", "decode") else set()
    own |= {f"{flag[2:]} {part.text(flag)}" for flag in VALUES if part.text(flag)}
    own |= {f"transfer by {name}" for name in CONNECTOR.findall(" ".join(part.main.args))}
    return found | own | (set(part.main.env) & VARIABLES)


def sizes(part: Part) -> Sizes:
    """Return how large a worker is, as far as its flags say."""
    gpus, nodes = int(part.main.gpus or 0), part.component.nodes
    tensor, pipeline, data = part.sizes or (1, 1, 1)
    shared = part.engine in ("sglang", "trtllm")
    if not gpus or nodes * gpus != tensor * pipeline * (1 if shared else data):
        return Sizes(gpus=gpus or None, nodes=nodes)
    expert = part.number("--ep-size", "--expert-parallel-size") or 1
    if part.has("--enable-expert-parallel"):
        expert = tensor * data
    several = data if part.engine != "trtllm" or data in (1, tensor) else 1
    names = ("gpus", "nodes", "tensor_parallel", "pipeline_parallel", "data_parallel", "expert_parallel")
    return Sizes(**dict(zip(names, (gpus, nodes, tensor, pipeline, several, expert), strict=True)))


def nearest(parts: dict[str, Part], backend: str, line: str, api_version: str) -> Intent:
    """Return the intent that asks for a graph of this shape."""
    frontend = parts.get("frontend")
    mode = frontend and frontend.text("--router-mode", env="DYN_ROUTER_MODE")
    words = ["disagg" if "prefill" in parts else "agg"]
    words += ["router"] if mode == "kv" and ("planner" not in parts or "prefill" in parts) else []
    words += ["planner"] if "planner" in parts else []
    asked: dict[str, Any] = {"max_gpus": 512} if "planner" in parts else {}
    if backend != "mocker":
        for name in ("prefill", "decode"):
            asked |= {name: sizes(parts[name])} if name in parts else {}
        asked |= vars(sizes(parts["worker"])) if "worker" in parts else {}
    both = len(release(line).graph_api_versions) > 1
    version = api_version if both else None
    pattern = "-".join(words)
    return Intent(
        backend=backend, pattern=pattern, model="org/model", dynamo=line, api_version=version, **asked
    )


def rows() -> list[dict[str, str]]:
    with (corpus() / "index.tsv").open(encoding="utf-8") as index:
        found = list(csv.DictReader(index, delimiter="\t"))
    return [
        r
        for r in found
        if r["kind"] == "DynamoGraphDeployment"
        and r["file"].startswith("valid/")
        and r["category"] in ("examples", "recipes", "profiler-templates")
        and r["commit_label"] in LINES
        and r["backend"].rstrip("*") in BACKENDS
        and set(r["pattern"].split("+")) <= OURS
    ]


def lacks(theirs: dict[str, Part], ours: dict[str, Part], file: str = "") -> list[Lack]:
    """Return what our parts are not told of what theirs are."""
    return [
        Lack(what, name, file)
        for name, part in theirs.items()
        for what in sorted(said(part) - said(ours[name]))
    ]


@cache
def compared() -> tuple[list[Lack], int]:
    """Return what our graphs lack, and how many graphs were compared."""
    found, graphs = [], 0
    for row in rows():
        (obj,) = load_all((corpus() / row["file"]).read_text(encoding="utf-8"), row["file"])
        line, backend = LINES[row["commit_label"]], row["backend"].rstrip("*")
        theirs = roles(scene(obj, line))
        workers = [p for name, p in theirs.items() if name in ("worker", "prefill", "decode")]
        if workers and all(p.engine == backend for p in workers):
            intent = nearest(theirs, backend, line, obj["apiVersion"])
            ours = roles(scene(graph_of(render(compose(intent), name="g")), line))
            found += lacks(theirs, ours, row["file"])
            graphs += 1
    return found, graphs


def test_nothing_is_left_out_without_a_reason() -> None:
    corpus()
    found, graphs = compared()
    assert [lack for lack in found if not lack.argued] == []
    assert graphs > 250


def test_every_reason_is_needed() -> None:
    corpus()
    found, _ = compared()
    assert [a for a in ARGUED if not any(explains(a, lack) for lack in found)] == []


def test_the_comparison_itself_can_fail() -> None:
    whole = graph_of(
        render(compose(Intent(backend="vllm", pattern="disagg-router", model="m", dynamo="1.6")), name="g")
    )
    part = graph_of(
        render(compose(Intent(backend="vllm", pattern="disagg", model="m", dynamo="1.6")), name="g")
    )
    main = container_of(part, "decode")
    assert main is not None
    main["args"] = [word for word in main["args"] if "kv" not in word]
    found = lacks(roles(scene(whole, "1.6")), roles(scene(part, "1.6")))
    assert {(lack.role, lack.what) for lack in found} == {
        ("frontend", "router"),
        ("prefill", "events"),
        ("decode", "transfer"),
        ("decode", "transfer by NixlConnector"),
    }
