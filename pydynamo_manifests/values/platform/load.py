"""Values of the platform read and checked: errors name the path, removed keys what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pydynamo_manifests import yaml
from pydynamo_manifests.errors import InputError
from pydynamo_manifests.values.layers import Layers, read_layers
from pydynamo_manifests.values.load import problems, refused, source_of
from pydynamo_manifests.values.platform import PlatformValues
from pydynamo_manifests.values.platform.removed import REMOVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["load_platform", "read_platform"]


def read_platform(files: Iterable[str | Path], sets: Iterable[str] = ()) -> Layers:
    """Return values files and ``--set`` pairs merged as Helm merges them.

    Raises:
        InputError: A file cannot be read, or a pair is malformed.
    """
    return read_layers(files, set_=sets)


def load_platform(data: Mapping[str, Any] | Layers, source: str = "values") -> PlatformValues:
    """Return checked values of the platform chart, defaults filled in as Helm does: maps merge by key.

    Raises:
        InputError: Lists every problem with its path; a removed key says what took its place.
    """
    given = data.values if isinstance(data, Layers) else data
    found: dict[yaml.Path, str] = {
        tuple(path.split(".")): f"moved: {words}" for path, words in REMOVED.items() if _has(given, path)
    }
    try:
        defaults = PlatformValues().model_dump(by_alias=True)
        values = PlatformValues.model_validate(yaml.merge_values(defaults, given))
    except ValidationError as e:
        for path, message in problems(e, PlatformValues):
            found.setdefault(path, message)
    if found and "components" in given:
        raise InputError(
            f"{source_of(data, source)}: values of the dynamo-graph chart, here go the platform's values"
        )
    if found:
        raise refused("platform", found.items(), data, source)
    return values


def _has(data: Any, path: str) -> bool:
    block, _, key = path.rpartition(".")
    home = data.get(block) if block else data
    return isinstance(home, dict) and key in home
