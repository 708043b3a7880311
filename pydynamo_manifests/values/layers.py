"""Values from several places, merged as Helm merges them, and who wrote what stays known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydynamo_manifests import yaml
from pydynamo_manifests.errors import InputError
from pydynamo_manifests.values.setters import apply_setters
from pydynamo_manifests.yaml.files import named, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["Layer", "Layers", "layer_of", "read_layers"]

_FLAGS = {"set_json": "--set-json", "set_": "--set", "set_string": "--set-string"}
"""Helm's order: later ones win."""


@dataclass(frozen=True)
class Layer:
    """One file or one assignment."""

    name: str
    """The file, or the flag of an assignment."""
    data: dict[str, Any]
    parsed: yaml.Parsed | None = None
    """Where everything in a file stands."""


@dataclass(frozen=True)
class Layers:
    """Merged values with the layers that they come from, the first lowest."""

    values: dict[str, Any]
    layers: Sequence[Layer]

    def blamed(self, path: yaml.Path, words: str) -> str:
        """Return ``words`` (which begin with the path) behind the place that wrote what is at a path."""
        writer = max(reversed(self.layers), key=lambda layer: _depth(path, layer.data), default=None)
        if writer is None:
            return words
        if writer.parsed is None:
            return f"{writer.name} {words}"
        ((line, column),) = writer.parsed.nearest([path])
        return f"{writer.name}:{line}:{column}: {words}"


def _depth(path: yaml.Path, data: Any) -> int:
    """Return how far a path leads into data."""
    for depth, part in enumerate(path):
        inside = (
            part in data if isinstance(data, dict) else isinstance(data, list) and part in range(len(data))
        )
        if not inside:
            return depth
        data = data[part]
    return len(path)


def read_layers(paths: Iterable[str | Path], **assignments: Iterable[str]) -> Layers:
    """Return values files, later ones over earlier ones (``-`` is standard input), with assignments applied.

    Args:
        paths: The files.
        assignments: What :func:`apply_setters` takes, under the same names.

    Raises:
        InputError: A file is missing, unreadable, or no values; an assignment is malformed.
    """
    layers = [_file(path) for path in paths]
    merged: dict[str, Any] = {}
    for layer in layers:
        merged = yaml.merge_values(merged, layer.data)
    for name, flag in _FLAGS.items():
        for text in assignments.get(name, ()):
            merged = apply_setters(merged, **{name: [text]})
            layers.append(Layer(flag, apply_setters({}, **{name: [text]})))
    return Layers(merged, layers)


def _file(path: str | Path) -> Layer:
    name = named(path)
    documents = [d for d in yaml.parse_all(read_text(path), name) if d.value is not None]
    if len(documents) > 1:
        raise InputError(f"{name}: holds {len(documents)} YAML documents; a values file is one")
    return layer_of(documents[0], name) if documents else Layer(name, {})


def layer_of(parsed: yaml.Parsed, name: str) -> Layer:
    """Return a parsed document as a layer.

    Raises:
        InputError: It is a manifest, or no map.
    """
    data = parsed.value
    if not isinstance(data, dict):
        kind = "list" if isinstance(data, list) else "single value"
        raise InputError(f"{name}: values are a map of keys; this is a {kind}")
    if "apiVersion" in data and "kind" in data:
        raise InputError(
            f"{name}: is a manifest ({data['kind']}), not values; 'dynamo-manifests import' makes values of a graph"
        )
    return Layer(name, data, parsed)
