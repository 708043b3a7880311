"""What the target's own parsers would still refuse: for a person to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.graph import read_graph
from pydynamo_manifests.validate.lint.commandline import read
from pydynamo_manifests.validate.lint.start import starts

if TYPE_CHECKING:
    from pydynamo_manifests.upgrade.work import Work
    from pydynamo_manifests.validate.graph import Component

__all__ = ["leftovers"]

_SHELL_DEFAULT = ("/bin/sh", "-c")
_FRONTEND_DEFAULT = ("python3",)


def leftovers(manifest: dict[str, Any], work: Work) -> None:
    """Read every command line as the target release does and note its problems."""
    graph = read_graph(manifest)
    for component in graph.components if graph else []:
        for container in (component.main, *component.others):
            default = _default(component) if container is component.main else ()
            variables = {name: variable.value for name, variable in container.env.items()}
            for start in starts(container.command, container.args, variables, default):
                line = read(start.module, work.target.line, start.arguments, start.path, variables)
                for problem in line.problems:
                    hint = f"; {problem.hint}" if problem.hint else ""
                    work.decide(f"{component.name} ({start.module})", f"{problem.message}{hint}")


def _default(component: Component) -> tuple[str, ...]:
    return _SHELL_DEFAULT if component.is_engine else _FRONTEND_DEFAULT
