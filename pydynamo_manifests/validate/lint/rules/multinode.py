"""Workers over several nodes: what the operator must be able to read and to add."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.lint.examples import alpha, example, frontend, part, service
from pydynamo_manifests.validate.lint.registry import Example, Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.parts import Part
    from pydynamo_manifests.validate.lint.scene import Scene
    from pydynamo_manifests.yaml import Path

_VLLM = "dynamo.vllm --model Qwen/Qwen3-32B"
_TWO: dict[str, Any] = {"multinode": {"nodeCount": 2}}
_SIZES = ("--tensor-parallel-size", "--pipeline-parallel-size", "--data-parallel-size")
_OWN = ("--nnodes", "--node-rank", "--dist-init-addr", "--master-addr", "--headless")
_EXECUTOR = "nvidia.com/vllm-distributed-executor-backend"
_PYTHON = re.compile(r"(?:.*/)?python[\d.]*")
_INLINE = re.compile(r"python[\d.]*\s+(?:-\S+\s+)*-m\s+dynamo\.(?:vllm|sglang|trtllm)")
_BY_HAND = re.compile(r"--nnodes|--node-rank|ray start|--dist-init-addr|--data-parallel-start-rank")
_VARIABLE = re.compile(r"(?<!\$)\$\([A-Za-z_][\w.-]*\)")
_SPOILT = re.compile(r"""[\s'"`\\$*?;&|<>(){}\[\]!#~]""")
_LONGEST = 40
_ENGINES = ("vllm", "sglang", "trtllm")


def _spread(line: str, gpus: int = 4, **more: Any) -> Example:
    spec = {"backendFramework": more.pop("backendFramework")} if "backendFramework" in more else {}
    return example(frontend(), part("worker", "worker", line, gpus=gpus, **(_TWO | more)), **spec)


def _manual(p: Part) -> bool:
    experimental = p.component.raw.get("experimental")
    return isinstance(experimental, dict) and experimental.get("flagsInjection") == "Manual"


def _workers(scene: Scene) -> list[Part]:
    """Return the workers over several nodes whose flags the operator is to add."""
    return [p for p in scene.parts if p.component.nodes > 1 and p.component.is_engine and not _manual(p)]


@rule(
    "MN-01",
    "error",
    "several nodes and nothing in the cluster that starts them together",
    effect="admission refuses the graph",
    hint="install Grove, or LeaderWorkerSet with Volcano",
    source="internal/dynamo/grove.go and the multinode pages of the operator",
    admission=True,
    when=("multinode",),
    bad=_spread(f"{_VLLM} --tensor-parallel-size 8")._replace(cluster={"features": set()}),
    good=_spread(f"{_VLLM} --tensor-parallel-size 8")._replace(cluster={"features": {"grove"}}),
)
def no_gang(scene: Scene) -> Iterator[Found]:
    """Find a worker over several nodes for a cluster without Grove and without LWS."""
    features = scene.features
    if features is None or "grove" in features or {"lws", "volcano-scheduler"} <= features:
        return
    for p in _workers(scene):
        yield Found(
            (*p.path, "multinode"),
            f"{p.name} spans {p.component.nodes} nodes and the cluster has neither Grove nor LWS with Volcano: it is refused",
        )


@rule(
    "MN-02",
    "error",
    "parallel sizes where the operator does not read them",
    effect="it takes them for 1, adds no flags, and every node waits for the others",
    hint="write --tensor-parallel-size and its value as two items of args",
    source="internal/dynamo/backend_vllm.go of the operator 1.4",
    when=("multinode",),
    bad=_spread(f"{_VLLM} -tp 8"),
    good=_spread(f"{_VLLM} --tensor-parallel-size 8"),
)
def unread_sizes(scene: Scene) -> Iterator[Found]:
    """Find short, joined or misplaced sizes of vLLM workers over several nodes."""
    for p in _workers(scene):
        if p.engine != "vllm" or p.start is None or _by_hand(p):
            continue
        for use in p.start.all(*_SIZES):
            in_command = "command" in use.path
            if use.spelling not in _SIZES or use.joined or in_command:
                why = "in command" if in_command else f"as {use.spelling}{'=' if use.joined else ''}"
                yield Found(
                    p.where(use),
                    f"{p.name} writes {use.flag.name} {why}: the operator reads 1 and starts the nodes apart",
                )


def _by_hand(p: Part) -> bool:
    return any(_BY_HAND.search(text) for text in (*p.main.command, *p.main.args))


@rule(
    "MN-07",
    "error",
    "a start that the operator cannot add its flags to",
    effect="it adds nothing, without a word, and every node waits for the others",
    hint="""command: [python3, -m, dynamo.vllm] with args, or one shell line in args""",
    source="internal/dynamo/utils.go of the operator 1.4",
    when=("multinode",),
    bad=_spread(
        f"{_VLLM} --tensor-parallel-size 8",
        backendFramework="vllm",
        container={"command": ["/opt/start.sh"], "args": []},
    ),
    good=_spread(f"{_VLLM} --tensor-parallel-size 8"),
)
def no_place(scene: Scene) -> Iterator[Found]:
    """Find a wrapper, or a shell line in command, before a worker over several nodes."""
    for p in _workers(scene):
        if (p.engine or p.framework) not in ("vllm", "sglang") or _by_hand(p) or not p.main.command:
            continue
        if _PYTHON.fullmatch(p.main.command[0]) or any(_INLINE.search(arg) for arg in p.main.args):
            continue
        yield Found(
            p.main.at("command"),
            f"{p.name} starts through {p.main.command[0]!r}: the operator finds no place for its multinode flags",
        )


@rule(
    "MN-03",
    "warning",
    "multinode flags of one's own",
    effect="the operator appends its own after them and they win",
    hint="take them out",
    source="internal/dynamo/backend_sglang.go of the operator 1.4",
    when=("multinode",),
    bad=_spread("dynamo.sglang --model-path Qwen/Qwen3-32B --tp-size 8 --nnodes 2"),
    good=_spread("dynamo.sglang --model-path Qwen/Qwen3-32B --tp-size 8"),
)
def own_flags(scene: Scene) -> Iterator[Found]:
    """Find flags that the operator adds by itself."""
    for p in _workers(scene):
        for use in p.start.all(*_OWN) if p.start and not p.start.shell else ():
            yield Found(p.where(use), f"{p.name} gives {use.spelling}, which the operator adds by itself")


def _old(line: str) -> Example:
    worker = service("worker", line, image="sglang-runtime:0.9.1", gpus=4, **_TWO)
    return alpha({"worker": worker}, dynamo="0.9.1")


def _plain(p: Part) -> bool:
    """Say whether the operator itself brings the arguments into a shell: the command is Python's own."""
    return bool(p.main.command and _PYTHON.fullmatch(p.main.command[0]) and not _by_hand(p))


@rule(
    "MN-10",
    "error",
    "arguments of several nodes that a shell takes apart",
    effect="the operator joins them unquoted for a shell: JSON loses its quotes on some of the nodes",
    hint="""start through a shell of your own: command: [/bin/sh, -c], args: ['exec python3 -m dynamo.sglang "$@"', dynamo.sglang, ...]""",
    source="injectFlagsIntoContainerCommand in internal/dynamo/utils.go of the operator 0.6 to 0.9",
    when=("multinode",),
    until=(0, 9),
    bad=_old(
        """dynamo.sglang --model-path Qwen/Qwen3-32B --tp 8 --kv-events-config '{"publisher": "zmq"}'"""
    ),
    good=_old("dynamo.sglang --model-path Qwen/Qwen3-32B --tp 8"),
)
def joined_arguments(scene: Scene) -> Iterator[Found]:
    """Find arguments with letters that mean something to a shell; the operator's release counts, no image's."""
    for p in _workers(scene) if scene.line <= (0, 9) else ():
        for index, word in enumerate(p.main.args if p.engine in _ENGINES and _plain(p) else ()):
            if _SPOILT.search(word):
                yield Found(
                    (*p.main.path, "args", index),
                    f"{p.name} spans {p.component.nodes} nodes and the operator joins {_short(word)} unquoted for a shell",
                )


def _short(word: str) -> str:
    return word if len(word) <= _LONGEST else f"{word[:_LONGEST]}..."


@rule(
    "MN-09",
    "error",
    "variables in arguments of several nodes",
    effect="the nodes after the first get a backslash before each value: JSON does not parse, a name is another",
    hint="""start through a shell of your own: command: [/bin/sh, -c], args: ['exec python3 -m dynamo.vllm "$@"', dynamo.vllm, ...]""",
    source="shellQuoteForBashC in internal/dynamo/utils.go of the operator 1.0 to 1.4",
    when=("multinode",),
    since=(1, 0),
    bad=_spread(f"{_VLLM} --tensor-parallel-size 8 --served-model-name $(NAME)"),
    good=_spread(f"{_VLLM} --tensor-parallel-size 8 --served-model-name qwen"),
)
def quoted_variables(scene: Scene) -> Iterator[Found]:
    """Find references that the operator quotes for the shell which computes the rank of the other nodes.

    LeaderWorkerSet tells a node its rank without a shell from 1.2 on.
    """
    without_grove = scene.features is not None and "grove" not in scene.features
    if scene.line < (1, 0) or (without_grove and scene.line >= (1, 2)):
        return
    for p in _workers(scene):
        if (p.engine or p.framework) not in ("vllm", "sglang") or not _plain(p):
            continue
        for index, word in enumerate(p.main.args):
            if found := _VARIABLE.search(word):
                yield Found(
                    (*p.main.path, "args", index),
                    f"{p.name} spans {p.component.nodes} nodes and its arguments hold {found[0]}: only the first node gets its value",
                )


@rule(
    "MN-04",
    "error",
    "an executor that vLLM's launch does not have",
    effect="admission refuses the graph",
    hint="write mp or ray",
    source="internal/webhook/validation/shared_helpers.go of the operator 1.4",
    admission=True,
    bad=example(frontend(), annotations={_EXECUTOR: "uni"}),
    good=example(frontend(), annotations={_EXECUTOR: "mp"}),
)
def executor(scene: Scene) -> Iterator[Found]:
    """Find an annotation with another word, on the graph or on a pod."""
    places: list[tuple[dict[str, Any], Path]] = [(scene.graph.annotations, ("metadata", "annotations"))]
    pods = ("podTemplate", "metadata") if scene.graph.beta else ("extraPodMetadata",)
    places += [(p.component.annotations, (*p.path, *pods, "annotations")) for p in scene.parts]
    for written, path in places:
        value = written.get(_EXECUTOR)
        if value is not None and str(value).lower() not in ("mp", "ray"):
            yield Found((*path, _EXECUTOR), f"{value!r} is no executor that the operator starts: mp or ray")


@rule(
    "MN-06",
    "warning",
    "a component of one process over several nodes",
    effect="an endpoint picker is refused; a planner decides once per node",
    hint="take multinode out",
    source="validation of the operator 1.4",
    when=("multinode",),
    bad=example(frontend(), part("planner", "planner", "dynamo.planner --config '{}'", **_TWO)),
    good=example(frontend(), part("planner", "planner", "dynamo.planner --config '{}'")),
)
def single_process(scene: Scene) -> Iterator[Found]:
    """Find an EPP, a planner or a frontend over several nodes."""
    for p in scene.parts:
        if p.component.nodes > 1 and p.type in ("epp", "planner", "frontend"):
            yield Found(
                (*p.path, "multinode"),
                f"{p.name} is a {p.type} and runs as one process, not over {p.component.nodes} nodes",
            )


@rule(
    "MN-08",
    "error",
    "backendFramework is not what the worker starts",
    effect="the operator reports an error and starts nothing; where neither is known it adds no multinode flags",
    hint="take backendFramework out, or name the engine of the command",
    source="internal/dynamo/graph.go of the operator 1.4 (determineBackendFramework)",
    when=("backendFramework", "multinode"),
    bad=example(frontend(), part("worker", "worker", _VLLM), backendFramework="sglang"),
    good=example(frontend(), part("worker", "worker", _VLLM), backendFramework="vllm"),
)
def other_framework(scene: Scene) -> Iterator[Found]:
    """Find workers of another engine than the graph says, or unknown ones that need flags."""
    for p in scene.parts:
        if not p.component.is_engine:
            continue
        if p.framework and p.engine in _ENGINES and p.engine != p.framework:
            yield Found(
                ("spec", "backendFramework"),
                f"{p.name} starts {p.module} and backendFramework is {p.framework}: the operator starts nothing",
            )
        elif not p.engine and not p.framework and p in _workers(scene) and p.main.image and not _by_hand(p):
            yield Found(
                p.path,
                f"{p.name} spans {p.component.nodes} nodes and its engine is not to be seen: the operator adds no flags",
            )
