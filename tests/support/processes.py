"""The processes that a rendered graph means: what the main container of each component starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping, Sequence

AT_MOST = 2
"""Replicas of one component: two show what a router does."""


@dataclass
class Process:
    """One replica of a component: its name, whether it is a frontend, its words, its variables."""

    component: str
    command: Sequence[str]
    frontend: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    handle: subprocess.Popen[bytes] | None = None

    def flag(self, name: str) -> str:
        """Return the token after a flag, or nothing."""
        words = list(self.command)
        return words[words.index(name) + 1] if name in words else ""

    def give(self, name: str, value: str) -> None:
        """Set the token after a flag, where the flag is there."""
        words = list(self.command)
        if name in words:
            words[words.index(name) + 1] = value
        self.command = words


def processes(graph: Mapping[str, Any]) -> list[Process]:
    """Return the processes of a rendered graph of either API version, variables from Secrets left out."""
    spec = graph["spec"]
    parts = _beta(spec["components"]) if "components" in spec else _alpha(spec["services"])
    found: list[Process] = []
    for name, kind, replicas, main, variables in parts:
        command = [*main.get("command", []), *map(str, main.get("args", []))]
        env = {variable["name"]: variable["value"] for variable in variables if "value" in variable}
        count = min(replicas, AT_MOST)
        found += [Process(name, fast(command), kind == "frontend", env) for _ in range(count)]
    return found


_Part = tuple[str, str, int, dict[str, Any], list[dict[str, Any]]]


def _beta(components: list[dict[str, Any]]) -> Iterator[_Part]:
    for component in components:
        (main,) = (c for c in component["podTemplate"]["spec"]["containers"] if c["name"] == "main")
        yield component["name"], component["type"], component.get("replicas", 1), main, main.get("env", [])


def _alpha(services: dict[str, dict[str, Any]]) -> Iterator[_Part]:
    for name, service in services.items():
        main = service["extraPodSpec"]["mainContainer"]
        yield name, service["componentType"], service.get("replicas", 1), main, service.get("envs", [])


def fast(command: list[str]) -> list[str]:
    """Return a mocker's words with its simulated delays taken away (0 is as slow as 1 in 1.6.1)."""
    if "dynamo.mocker" not in command:
        return command
    words = [*command, "--speedup-ratio", ""] if "--speedup-ratio" not in command else list(command)
    words[words.index("--speedup-ratio") + 1] = "1000"
    return words
