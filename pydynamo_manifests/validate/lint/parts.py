"""A graph as the rules see it: each component with its release, what it starts, and what its flags say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.lazy import lazy
from pydynamo_manifests.validate.lint import commandline
from pydynamo_manifests.validate.lint.start import Start, script_of, starts
from pydynamo_manifests.validate.lint.values import json_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydynamo_manifests.validate.graph import Component, Container, Graph
    from pydynamo_manifests.validate.lint.commandline import CommandLine, Token
    from pydynamo_manifests.yaml import Path

__all__ = ["ENGINES", "Line", "Part", "Scene", "read_line", "release_name"]

Line = tuple[int, ...]
"""A release for comparison: ``(1, 6)``; the snapshot after 1.4 is ``(1, 4, 99)``."""

ENGINES = {
    "dynamo.vllm": "vllm",
    "dynamo.vllm.omni": "omni",
    "dynamo.sglang": "sglang",
    "dynamo.trtllm": "trtllm",
    "dynamo.mocker": "mocker",
    "dynamo.tokenspeed": "tokenspeed",
}
"""Engine that a module runs."""

_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:\.post\d+)?(?:[-+.](.*))?")
_OURS = re.compile(
    r"dynamo|(?:^|/)(?:vllm|sglang|tensorrtllm|trtllm)-runtime(?:-\w+)?$|(?:^|/)(?:snapshot-agent)$"
)
_SNAPSHOT: Line = (1, 4, 99)
_FRONTEND = ("python3",)
"""Command that the operator gives a frontend without one."""
_ROLES = {"agg": "agg", "pd": "agg", "prefill_and_decode": "agg", "null": "agg"}
_SIZES = (
    ("--tensor-parallel-size", "--tp-size"),
    ("--pipeline-parallel-size", "--pp-size"),
    ("--data-parallel-size", "--dp-size"),
)
"""Tensor, pipeline and data parallel size, in the words of vLLM and TensorRT-LLM, and of SGLang from 1.3."""


def read_line(release: Any) -> Line:
    """Return a release (an object with ``version``, or its name) for comparison."""
    text = str(getattr(release, "version", release)).removeprefix("v")
    if text.startswith("main"):
        return _SNAPSHOT
    found = re.match(r"(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else _SNAPSHOT


def release_name(line: Line) -> str:
    """Return the release line in words."""
    return "the development snapshot" if line == _SNAPSHOT else f"{line[0]}.{line[1]}"


def _tables(line: Line) -> tuple[str, ...]:
    """Return the lines whose tables may hold: a snapshot lies between two, 0.6 images carry 0.7's vLLM."""
    if line == _SNAPSHOT:
        return ("1.5", "1.4")
    own = f"{line[0]}.{line[1]}"
    return (own, "0.7") if own == "0.6" else (own,)


def _tagged(container: Container) -> Line | None:
    """Return the release that the tag of one of Dynamo's images says."""
    found = _VERSION.fullmatch(container.tag)
    ours = found and _OURS.search(container.repository)
    return (int(found[1]), int(found[2])) if found and ours else None


def _misread(line: CommandLine) -> bool:
    """Tell whether a flag may be meant that was not recognised: one mistake should be one finding."""
    return any(problem.rule in ("FLAG-01", "FLAG-18") for problem in line.problems)


class Part:
    """One component with what its containers start."""

    def __init__(self, component: Component, target: Line, framework: str = "") -> None:
        self.component = component
        self.target = target
        self.framework = framework

    @property
    def main(self) -> Container:
        """Its main container."""
        return self.component.main

    @property
    def path(self) -> Path:
        """Where the component stands."""
        return self.component.path

    @property
    def name(self) -> str:
        """Its name."""
        return self.component.name

    @property
    def type(self) -> str:
        """Its type, in v1beta1's words."""
        return self.component.type

    @lazy
    def version(self) -> Line | None:
        """What the override or the image's tag says, None when neither does."""
        override = self.component.raw.get("runtimeVersionOverride")
        if isinstance(override, str) and (found := _VERSION.fullmatch(override)):
            return int(found[1]), int(found[2])
        return _tagged(self.main)

    @lazy
    def line(self) -> Line:
        """Release line that it runs."""
        return self.version or self.target

    @lazy
    def variant(self) -> bool:
        """The image is a build with flags of its own: a model preview, or for another accelerator."""
        return bool(
            re.search(r"-dev\b|\bdev\.", self.main.tag) or re.search(r"xpu|tpu|rocm", self.main.image)
        )

    @lazy
    def default(self) -> tuple[str, ...]:
        """Command that the operator gives the main container when it has none."""
        return _FRONTEND if self.type == "frontend" else ("/bin/sh", "-c") if self.type != "epp" else ()

    @lazy
    def lines(self) -> list[CommandLine]:
        """Every Dynamo command line of the main container."""
        return [self._read(s, self.main) for s in starts(self.main, self.default)]

    @lazy
    def others(self) -> list[CommandLine]:
        """Every Dynamo command line of the other containers."""
        return [
            self._read(start, container)
            for container in self.component.others
            for start in starts(container, _FRONTEND if container.name in self._sidecars else ())
        ]

    @property
    def _sidecars(self) -> tuple[str, ...]:
        """Names of the frontend's container: the one that the component says, and the operator's own."""
        return (self.component.sidecar, "sidecar-frontend")

    @lazy
    def sidecar(self) -> Container | None:
        """Its frontend sidecar."""
        return next((c for c in self.component.others if c.name in self._sidecars), None)

    def _read(self, start: Start, container: Container) -> CommandLine:
        environment = {name: v.value for name, v in container.env.items()}
        own = self.line if container is self.main else _tagged(container) or self.line
        best: CommandLine | None = None
        for line in _tables(own):
            read = commandline.read(start.module, line, start.arguments, start.path, environment)
            read.shell = start.shell
            if best is None or len(read.problems) < len(best.problems):
                best = read
            if not best.problems:
                break
        assert best is not None  # noqa: S101 - there is always a line
        return best

    @lazy
    def script(self) -> Token | None:
        """The shell line of the main container."""
        return script_of(self.main, self.default)

    @lazy
    def start(self) -> CommandLine | None:
        """The command line that gives the component its work: the first one."""
        return self.lines[0] if self.lines else None

    @lazy
    def module(self) -> str:
        """Module it starts; a frontend without command starts its own."""
        if self.start:
            return self.start.module
        bare = self.type == "frontend" and not self.main.command and not self.main.args
        return "dynamo.frontend" if bare else ""

    @lazy
    def engine(self) -> str:
        """Engine of its module: vllm, sglang, trtllm, mocker; ``""`` for others."""
        return ENGINES.get(self.module, "")

    def has(self, *flags: str) -> bool:
        """Tell whether a flag is given and not negated."""
        return bool(self.start and self.start.has(*flags))

    def negated(self, *flags: str) -> bool:
        """Tell whether the ``--no-`` form of a flag wins."""
        use = self.start.last(*flags) if self.start else None
        return bool(use and use.negated)

    def text(self, *flags: str, env: str = "") -> str | None:
        """Return the value of a flag, else of its variable; None when absent or not known."""
        if self.start and self.start.last(*flags):
            return self.start.text(*flags)
        return self.main.value(env) if env else None

    def given(self, *flags: str, env: str = "") -> bool:
        """Tell whether a flag or its variable is there at all, known or not."""
        return bool((self.start and self.start.last(*flags)) or (env and env in self.main.env))

    def number(self, *flags: str) -> int | None:
        """Return the whole number of a flag; None when absent or not known."""
        text = self.text(*flags)
        return int(text) if text and text.isdecimal() else None

    def at(self, *flags: str) -> Path:
        """Return where a flag stands, or its command, or the component."""
        use = self.start.last(*flags) if self.start else None
        return use.path if use else self.start.path if self.start else self.path

    def at_value(self, flag: str, variable: str) -> Path:
        """Return where a fact stands that a flag or a variable says: the flag wins."""
        stated = self.start is not None and self.start.last(flag) is not None
        known = self.main.env.get(variable)
        return known.path if known and not stated else self.at(flag)

    def json(self, *flags: str) -> dict[str, Any]:
        """Return the JSON object of a flag, with its dotted parts; empty when absent or not known."""
        value = dict(json_object(self.text(*flags)))
        for use in self.start.all(*flags) if self.start else ():
            if use.dotted and use.values:
                value[use.dotted] = use.values[0].text
        return value

    @property
    def sure(self) -> bool:
        """Every flag of its command line can be seen: the absence of one means something."""
        start = self.start
        return bool(start and not start.partial and not _misread(start) and self._no_file)

    @lazy
    def _no_file(self) -> bool:
        return not self.given("--config") or self.module == "dynamo.planner"

    @lazy
    def role(self) -> str:
        """``prefill``, ``decode``, ``encode`` or ``agg`` as the command line says, ``""`` where nothing does."""
        mode = self.text(
            "--disaggregation-mode", env="DYN_VLLM_DISAGGREGATION_MODE" if self.engine == "vllm" else ""
        )
        if mode:
            return _ROLES.get(mode.lower(), mode.lower())
        if self.has("--is-prefill-worker") or self.has("--prefill-worker"):
            return "prefill"
        if self.has("--is-decode-worker"):
            return "decode"
        return "agg" if self.engine and self.sure else ""

    @lazy
    def sizes(self) -> tuple[int, int, int] | None:
        """Tensor, pipeline and data parallel size; None when one of them is not known."""
        if self.engine not in ("vllm", "sglang", "trtllm") or not self.sure:
            return None
        tensor, pipeline, data = (self.number(*names) if self.given(*names) else 1 for names in _SIZES)
        known = tensor is not None and pipeline is not None and data is not None
        return (tensor, pipeline, data) if known else None  # type: ignore[return-value]

    @lazy
    def served(self) -> str | None:
        """Model name that it serves; None when it is not known."""
        if self.given("--served-model-name"):
            text = self.text("--served-model-name")
            return text.split(",")[0] if text else None
        if self.engine == "mocker" and self.given("--model-name"):
            return self.text("--model-name")
        return self.model

    @lazy
    def model(self) -> str | None:
        """Model that it loads."""
        if self.start is None:
            return None
        return self.text("--model", "--model-path")


class Scene:
    """What a rule may look at: the graph with its parts, the release, the cluster, the other objects."""

    def __init__(
        self, graph: Graph, line: Line, cluster: Any = None, others: Sequence[dict[str, Any]] = ()
    ) -> None:
        self.graph = graph
        self.line = line
        self.cluster = cluster
        self.others = others
        self.parts = [Part(component, line, graph.framework) for component in graph.components]

    @lazy
    def workers(self) -> list[Part]:
        """Parts that run an engine."""
        return [p for p in self.parts if p.engine]

    def of_cluster(self, name: str) -> Any:
        """Return what was said of the target cluster (a ``Cluster``, or its fields as a map), None if nothing."""
        cluster = self.cluster
        return cluster.get(name) if isinstance(cluster, dict) else getattr(cluster, name, None)

    @property
    def features(self) -> frozenset[str] | None:
        """What the cluster has, None when nobody said."""
        value = self.of_cluster("features")
        return None if value is None else frozenset(value)

    def role(self, name: str) -> list[Part]:
        """Return the workers of a role, by flag, else by type."""
        return [p for p in self.workers if (p.role if p.role not in ("", "agg") else p.type) == name]

    def running(self, module: str) -> list[Part]:
        """Return the parts that start a module."""
        return [p for p in self.parts if p.module == module]

    @lazy
    def tags(self) -> frozenset[str]:
        """What the graph has: modules, types, and ``multinode``, ``memory``, ``failover``."""
        found = {p.module for p in self.parts} | {p.type for p in self.parts}
        for p in self.parts:
            found |= {line.module for line in p.lines}
            component = p.component
            flags = ("multinode", component.nodes > 1), ("memory", component.memory_service)
            found |= {tag for tag, on in (*flags, ("failover", component.failover)) if on}
        return frozenset(found)

    @lazy
    def whole(self) -> bool:
        """The object is a graph, not a single component: what is missing in it is missing."""
        return self.graph.kind == "DynamoGraphDeployment"
