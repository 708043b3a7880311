"""The platform chart as tests see it: rendered once per set of values, its objects found by kind and name."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.helm import helm, helm_template, value_arguments

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "charts/dynamo-platform"
PRESETS = sorted((ROOT / "values/platform").glob("*.yaml"))
HOME = "dynamo-system"


@cache
def _rendered(presets: tuple[str, ...], sets: str, name: str, version: int) -> str:
    files = [ROOT / "values/platform" / f"{preset}.yaml" for preset in presets]
    pairs = [f"{key}={json.dumps(value)}" for key, value in json.loads(sets).items()]
    found = helm_template(CHART, files, name=name, namespace=HOME, version=version, set_json=pairs)
    return json.dumps(found)


def platform(
    *presets: str, name: str = "dynamo", version: int = 4, definitions: bool = False, **sets: Any
) -> list[dict[str, Any]]:
    """Return the objects of the chart; a set is written `operator__replicas=2`, or given by `sets={path: value}`.

    Definitions are left out unless asked for: they are 99 parts of 100.
    """
    given = {**sets.pop("sets", {}), **{key.replace("__", "."): value for key, value in sets.items()}}
    if not definitions:
        given.setdefault("crds.managedBy", "none")
    found: list[dict[str, Any]] = json.loads(_rendered(presets, json.dumps(given), name, version))
    return found


def only(objects: list[dict[str, Any]], kind: str, suffix: str = "") -> dict[str, Any]:
    """Return the one object of a kind whose name ends so."""
    found = [o for o in objects if o["kind"] == kind and o["metadata"]["name"].endswith(suffix)]
    assert len(found) == 1, [(o["kind"], o["metadata"]["name"]) for o in objects if o["kind"] == kind]
    return found[0]


def refusal(version: int = 4, *, name: str = "dynamo", **sets: Any) -> str:
    """Return Helm's words when it refuses these values."""
    given = {**sets.pop("sets", {}), **{key.replace("__", "."): value for key, value in sets.items()}}
    pairs = [f"{key}={json.dumps(value)}" for key, value in given.items()]
    result = helm("template", name, CHART, "-n", HOME, *value_arguments(set_json=pairs), version=version)
    assert result.code, "was not refused"
    return result.stderr
