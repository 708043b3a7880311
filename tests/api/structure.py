"""Compare CRDs by structure: what an API server does with them, not how they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Difference = tuple[str, Any, Any]


def load_set(folder: Path) -> dict[str, Any]:
    """Return the CRDs of a folder by kind."""
    documents = (yaml.load(file.read_text(), yaml.CSafeLoader) for file in sorted(folder.glob("*.yaml")))
    return {crd["spec"]["names"]["kind"]: crd for crd in documents}


def normal(node: Any) -> Any:
    """Return a CRD without words (descriptions, messages of rules) and with one spelling of equal things."""
    if isinstance(node, list):
        return [normal(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {key: normal(value) for key, value in node.items()}
    if isinstance(out.get("description"), str):
        del out["description"]
    if isinstance(out.get("rule"), str):
        out.pop("message", None)
    for key in ("required", "enum"):
        if isinstance(out.get(key), list):
            out[key] = sorted(out[key], key=str)
    if out.get("required") == []:
        del out["required"]
    return _one_enum(out)


def _one_enum(node: dict[str, Any]) -> dict[str, Any]:
    """Write ``allOf`` of equal enumerations, as Go's generator does for an enumerated type, as one."""
    parts = node.get("allOf")
    if parts and all(part.keys() == {"enum"} and part == parts[0] for part in parts):
        del node["allOf"]
        node["enum"] = parts[0]["enum"]
    return node


def crd_without_generator(crd: dict[str, Any]) -> dict[str, Any]:
    """Return a normal CRD without the note of the tool that wrote it."""
    out: dict[str, Any] = normal(crd)
    out["metadata"]["annotations"].pop("controller-gen.kubebuilder.io/version", None)
    return out


def differences(theirs: Any, ours: Any, path: str = "") -> Iterator[Difference]:
    """Yield every place where two values differ, with both values (None: not there)."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in sorted(theirs.keys() | ours.keys()):
            yield from differences(theirs.get(key), ours.get(key), f"{path}.{key}")
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for index, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif theirs != ours:
        yield path.replace(".properties.", "."), theirs, ours
