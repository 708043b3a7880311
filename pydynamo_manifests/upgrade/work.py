"""What an upgrade has done so far, and the graph as it edits it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.releases import release
from pydynamo_manifests.upgrade.argv import Argv

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.releases import Release

__all__ = ["Change", "Component", "Decision", "Work", "components", "is_env", "shared_env"]

_SHELL_DEFAULT = ("/bin/sh", "-c")
_FRONTEND_DEFAULT = ("python3",)
_ENGINES = {
    "dynamo.vllm": "vllm",
    "dynamo.sglang": "sglang",
    "dynamo.trtllm": "trtllm",
    "dynamo.mocker": "mocker",
}


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was rewritten.

    Attributes:
        path: Component (and container), or the field of the object.
        what: The old and the new text.
        reason: Why, with the release that wants it.
    """

    path: str
    what: str
    reason: str

    def __str__(self) -> str:
        """Return the one line that a command prints."""
        return f"{self.path}: {self.what} ({self.reason})"


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that a person must decide, with what is known about it."""

    path: str
    what: str

    def __str__(self) -> str:
        """Return the one line that a command prints."""
        return f"{self.path}: {self.what}"


@dataclass(slots=True)
class Work:
    """One upgrade of one object: between which releases, and what was found."""

    start: Release
    target: Release
    changes: list[Change] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    def crosses(self, line: str) -> bool:
        """Tell whether a release line is new on the way."""
        return self.start < release(line) <= self.target

    def reaches(self, line: str) -> bool:
        """Tell whether the target is of a release line or newer."""
        return release(line) <= self.target

    def changed(self, path: str, what: str, reason: str) -> None:
        """Note a change."""
        self.changes.append(Change(path, what, reason))

    def decide(self, path: str, what: str) -> None:
        """Note what a person must decide, once."""
        decision = Decision(path, what)
        if decision not in self.decisions:
            self.decisions.append(decision)


@dataclass(slots=True)
class Component:
    """A component of a graph in either API version, its maps being those of the object."""

    name: str
    path: str
    raw: dict[str, Any]
    main: dict[str, Any]
    others: list[dict[str, Any]]
    alpha: bool

    @property
    def type(self) -> str:
        """The role in v1beta1's words; empty when none is given."""
        if not self.alpha:
            return str(self.raw.get("type") or "")
        sub = self.raw.get("subComponentType")
        return str(sub if sub in ("prefill", "decode") else self.raw.get("componentType") or "")

    @property
    def argv(self) -> Argv:
        """The command line of the main container."""
        engine = self.type in ("worker", "prefill", "decode")
        return Argv(self.main, _SHELL_DEFAULT if engine else _FRONTEND_DEFAULT)

    @property
    def backend(self) -> str | None:
        """The engine that its main container starts."""
        return _ENGINES.get(self.argv.module or "")

    @property
    def is_frontend(self) -> bool:
        """It serves the HTTP API."""
        return self.type == "frontend" or self.argv.module == "dynamo.frontend"

    def containers(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield every container with its path in words."""
        yield self.path, self.main
        for other in self.others:
            yield f"{self.path} ({other.get('name') or 'sidecar'})", other

    def environments(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Yield every list of variables."""
        if self.alpha and is_env(self.raw.get("envs")):
            yield self.path, self.raw["envs"]
        for path, container in self.containers():
            key = "envs" if container is self.raw.get("frontendSidecar") else "env"
            if is_env(container.get(key)):
                yield path, container[key]

    def variable(self, name: str) -> str | None:
        """Return the literal value of a variable of the main container."""
        sidecars = [id(c.get("env")) for c in self.others] + [id(c.get("envs")) for c in self.others]
        for _, variables in self.environments():
            if id(variables) in sidecars:
                continue
            for variable in variables:
                if variable.get("name") == name:
                    return variable.get("value")
        return None


def as_map(value: Any) -> dict[str, Any]:
    """Return a map, an empty one for everything else."""
    return value if isinstance(value, dict) else {}


def as_maps(value: Any) -> list[dict[str, Any]]:
    """Return the maps of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def is_env(value: Any) -> bool:
    """Tell whether a value is a list of variables."""
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def shared_env(manifest: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the variables that a graph gives all its components."""
    spec = as_map(manifest.get("spec"))
    for key in ("env", "envs"):
        if is_env(spec.get(key)):
            yield f"spec.{key}", spec[key]


def components(manifest: dict[str, Any]) -> list[Component]:
    """Return the components of a graph or of a component deployment; parts of a wrong shape are left out."""
    spec = manifest.get("spec")
    if not isinstance(spec, dict):
        return []
    alpha = str(manifest.get("apiVersion")).endswith("v1alpha1")
    if manifest.get("kind") == "DynamoComponentDeployment":
        named = [(str(as_map(manifest.get("metadata")).get("name", "")), "spec", spec)]
    elif alpha:
        named = [(str(n), f"services.{n}", s) for n, s in as_map(spec.get("services")).items()]
    else:
        found = as_maps(spec.get("components"))
        named = [(str(c.get("name", "")), f"components.{c.get('name', '')}", c) for c in found]
    return [_component(n, path, raw, alpha=alpha) for n, path, raw in named if isinstance(raw, dict)]


def _component(name: str, path: str, raw: dict[str, Any], *, alpha: bool) -> Component:
    if alpha:
        pod = as_map(raw.get("extraPodSpec"))
        main = as_map(pod.get("mainContainer"))
        others = as_maps(pod.get("containers")) + as_maps(pod.get("initContainers"))
        if isinstance(raw.get("frontendSidecar"), dict):
            others.append(raw["frontendSidecar"])
    else:
        pod = as_map(as_map(raw.get("podTemplate")).get("spec"))
        containers = as_maps(pod.get("containers"))
        main = next((c for c in containers if c.get("name") == "main"), {})
        others = [c for c in containers if c is not main] + as_maps(pod.get("initContainers"))
    return Component(name, path, raw, main, others, alpha)
