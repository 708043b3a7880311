"""A component as the rules see it: its release, what it starts, and what its flags and variables say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.lazy import lazy
from pydynamo_manifests.validate.lint.launch import command_lines
from pydynamo_manifests.validate.lint.releases import stated, tables_of, tagged
from pydynamo_manifests.validate.lint.start import script_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydynamo_manifests.validate.graph import Component, Container
    from pydynamo_manifests.validate.lint.line import CommandLine, Problem, Token, Use
    from pydynamo_manifests.validate.lint.releases import Line
    from pydynamo_manifests.yaml import Path

__all__ = ["ENGINES", "Part"]

ENGINES = {
    "dynamo.vllm": "vllm",
    "dynamo.vllm.omni": "omni",
    "dynamo.sglang": "sglang",
    "dynamo.trtllm": "trtllm",
    "dynamo.mocker": "mocker",
    "dynamo.tokenspeed": "tokenspeed",
}
"""Engine that a module runs."""

_FRONTEND = ("python3",)
"""Command that the operator gives a frontend without one."""
_DEFAULTS: dict[str, tuple[str, ...]] = {"frontend": _FRONTEND, "epp": ()}
_SHELL = ("/bin/sh", "-c")
"""Command that it gives the other components."""
_ROLES = {"agg": "agg", "pd": "agg", "prefill_and_decode": "agg", "null": "agg"}
_SIZES = (
    ("--tensor-parallel-size", "--tp-size"),
    ("--pipeline-parallel-size", "--pp-size"),
    ("--data-parallel-size", "--dp-size"),
)
"""Tensor, pipeline and data parallel size, in the words of vLLM and TensorRT-LLM, and of SGLang from 1.3."""


class Part:
    """One component with what its containers start."""

    def __init__(self, component: Component, target: Line, framework: str = "") -> None:
        self.component = component
        self.framework = framework
        self.main: Container = component.main
        self.path: Path = component.path
        self.name: str = component.name
        self.type: str = component.type
        """In v1beta1's words."""
        self.version = self._version()
        """Release line that the override or the image's tag says, None when neither does."""
        self.line: Line = self.version or target
        """Release line that it runs."""
        default = _DEFAULTS.get(self.type, _SHELL)
        self.lines: Sequence[CommandLine] = command_lines(self.main, default, tables_of(self.line))
        """Every Dynamo command line of the main container."""
        self.start: CommandLine | None = self.lines[0] if self.lines else None
        """The command line that gives the component its work: the first one."""
        self.module = self._module()
        """Module it starts; a frontend without command starts its own."""
        self.engine = ENGINES.get(self.module, "")
        """Engine of its module: vllm, sglang, trtllm, mocker; ``""`` for others."""

    def _version(self) -> Line | None:
        override = self.component.raw.get("runtimeVersionOverride")
        return stated(override) or tagged(self.main.repository, self.main.tag)

    def _module(self) -> str:
        if self.start:
            return self.start.module
        bare = self.type == "frontend" and not self.main.command and not self.main.args
        return "dynamo.frontend" if bare else ""

    @property
    def variant(self) -> bool:
        """The image is a build with flags of its own: a model preview, or for another accelerator."""
        image = self.main.image
        return bool(re.search(r"-dev\b|\bdev\.", self.main.tag) or re.search(r"xpu|tpu|rocm", image))

    @lazy
    def sides(self) -> list[tuple[Container, CommandLine]]:
        """Every Dynamo command line of the other containers, with its container."""
        return [(c, line) for c in self.component.others for line in self._side(c)]

    def _side(self, container: Container) -> Sequence[CommandLine]:
        own = tagged(container.repository, container.tag) or self.line
        default = _FRONTEND if container.name in self._sidecars else ()
        return command_lines(container, default, tables_of(own))

    @property
    def _sidecars(self) -> tuple[str, ...]:
        """Names of the frontend's container: the one that the component says, and the operator's own."""
        return (self.component.sidecar, "sidecar-frontend")

    @lazy
    def sidecar(self) -> Container | None:
        """Its frontend sidecar."""
        return next((c for c in self.component.others if c.name in self._sidecars), None)

    def all_lines(self) -> Iterator[tuple[Container, CommandLine]]:
        """Yield every command line with its container, the main one's first."""
        for line in self.lines:
            yield self.main, line
        yield from self.sides

    @property
    def script(self) -> str:
        """The shell line of the main container, ``""`` when no shell runs it."""
        found = script_of(self.main.command, self.main.args, _DEFAULTS.get(self.type, _SHELL))
        return found.text if found else ""

    def has(self, *flags: str) -> bool:
        """Tell whether a flag is given and not negated."""
        return self.start is not None and self.start.has(*flags)

    def negated(self, *flags: str) -> bool:
        """Tell whether the ``--no-`` form of a flag wins."""
        use = self.start.last(*flags) if self.start else None
        return bool(use and use.negated)

    def text(self, *flags: str, env: str = "") -> str | None:
        """Return the value of a flag, else of its variable; None when absent or not known."""
        start = self.start
        if start and start.all(*flags):
            return start.text(*flags)
        return self.main.value(env) if env else None

    def given(self, *flags: str, env: str = "") -> bool:
        """Tell whether a flag or its variable is there at all, known or not."""
        return bool((self.start and self.start.all(*flags)) or (env and env in self.main.env))

    def number(self, *flags: str) -> int | None:
        """Return the whole number of a flag; None when absent or not known."""
        return self.start.number(*flags) if self.start else None

    def where(self, stated: Use | Token | Problem | CommandLine) -> Path:
        """Return where a part of the main container's command line stands."""
        return (*self.main.path, *stated.path)

    def at(self, *flags: str) -> Path:
        """Return where a flag stands, or its command, or the component."""
        if self.start is None:
            return self.path
        return self.where(self.start.last(*flags) or self.start)

    def at_value(self, flag: str, variable: str) -> Path:
        """Return where a fact stands that a flag or a variable says: the flag wins."""
        known = self.main.env.get(variable)
        return known.path if known and not self.given(flag) else self.at(flag)

    def json(self, *flags: str) -> dict[str, Any]:
        """Return the JSON object of a flag, with its dotted parts; empty when absent or not known."""
        return self.start.json(*flags) if self.start else {}

    @property
    def sure(self) -> bool:
        """Every flag of its command line can be seen: the absence of one means something."""
        return self.start is not None and self.start.sure

    @lazy
    def role(self) -> str:
        """``prefill``, ``decode``, ``encode`` or ``agg`` as the command line says, ``""`` where nothing does."""
        variable = "DYN_VLLM_DISAGGREGATION_MODE" if self.engine == "vllm" else ""
        mode = self.text("--disaggregation-mode", env=variable)
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
        return self.start.text("--model", "--model-path") if self.start else None
