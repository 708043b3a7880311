"""What became of a graph's components, in plain words for who imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["kept", "recognised"]


def recognised(components: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    """Yield a line for each component: its type, and how much of it stands in fields of its own."""
    for name, component in components.items():
        yield f"{name}: {', '.join([component.get('type', 'no type'), *_counts(component)])}"


def _counts(component: dict[str, Any]) -> Iterator[str]:
    if gpus := component.get("gpus"):
        yield f"{gpus} GPU(s)"
    if nodes := component.get("nodes"):
        yield f"{nodes} nodes"
    if args := component.get("args"):
        yield f"{len(args)} flag(s)"
    if env := component.get("env"):
        yield f"{len(env)} variable(s)"


def kept(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield what stays as it was written: shell commands, and what goes through the hatches."""
    for name, component in values["components"].items():
        if (component.get("command") or [""])[0].rsplit("/", 1)[-1] in ("sh", "bash"):
            yield f"{name}: its shell command, as it is"
        hatches = [f"{h}.{k}" for h in ("component", "podSpec", "container") for k in component.get(h) or {}]
        if hatches:
            yield f"{name}: {', '.join(hatches)}"
    if values.get("spec"):
        yield f"the graph: spec.{', spec.'.join(values['spec'])}"
