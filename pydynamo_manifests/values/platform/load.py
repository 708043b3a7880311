"""Values of the platform read and checked: errors name the path, removed keys what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.values.load import path_text, problems, read_values
from pydynamo_manifests.values.platform import PlatformValues
from pydynamo_manifests.values.platform.removed import REMOVED
from pydynamo_manifests.values.setters import apply_setters
from pydynamo_manifests.yaml import merge_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["load_platform", "read_platform"]


def read_platform(files: Iterable[str | Path], sets: Iterable[str] = ()) -> dict[str, Any]:
    """Return values files and ``--set`` pairs merged as Helm merges them.

    Raises:
        InputError: A file cannot be read, or a pair is malformed.
    """
    return apply_setters(read_values(files), set_=sets)


def load_platform(data: Mapping[str, Any], source: str = "values") -> PlatformValues:
    """Return checked values of the platform chart, defaults filled in as Helm does: maps merge by key.

    Raises:
        InputError: Lists every problem with its path; a removed key says what took its place.
    """
    found = [(path, f"moved: {words}") for path, words in REMOVED.items() if _has(data, path)]
    try:
        defaults = PlatformValues().model_dump(by_alias=True)
        values = PlatformValues.model_validate(merge_values(defaults, data))
    except ValidationError as e:
        removed = {path for path, _ in found}
        found += [
            (p, m) for p, m in ((path_text(p), m) for p, m in problems(e, PlatformValues)) if p not in removed
        ]
    if found:
        lines = "\n  ".join(f"{path}: {message}" for path, message in found)
        raise InputError(f"{source}: not values of the platform chart\n  {lines}")
    return values


def _has(data: Any, path: str) -> bool:
    block, _, key = path.rpartition(".")
    home = data.get(block) if block else data
    return isinstance(home, dict) and key in home
