"""Whether two objects are the same to the API server, and the patch that makes one the other."""

from __future__ import annotations

import json
from typing import Any

from pydynamo_manifests.render.merge import identity, list_keys

__all__ = ["Unpatchable", "normal", "patch", "same"]


class Unpatchable(Exception):  # noqa: N818 - a signal inside this package, never seen outside
    """No merge can take an item out of a keyed list."""


def same(a: Any, b: Any) -> bool:
    """Compare with nulls dropped and keyed lists in any order."""
    return bool(normal(a) == normal(b))


def normal(value: Any, key: str = "") -> Any:
    """Return a copy without nulls, keyed lists sorted by their key."""
    if isinstance(value, dict):
        return {k: normal(v, k) for k, v in value.items() if v is not None}
    if not isinstance(value, list):
        return value
    items = [normal(v) for v in value if v is not None]
    keys = ("name",) if key == "components" else list_keys(key)
    if keys and all(identity(i, keys) for i in items):
        return sorted(items, key=lambda i: (identity(i, keys), json.dumps(i, sort_keys=True)))
    return items


def patch(base: dict[str, Any], target: dict[str, Any]) -> dict[str, Any]:
    """Return what a hatch must say so that ``base`` becomes ``target``.

    Raises:
        Unpatchable: An item of a keyed list would have to go.
    """
    over: dict[str, Any] = {key: None for key in base if target.get(key) is None}
    for key, value in target.items():
        old = base.get(key)
        if value is None or same(old, value):
            continue
        if isinstance(old, dict) and isinstance(value, dict):
            over[key] = patch(old, value)
        elif isinstance(old, list) and isinstance(value, list) and list_keys(key):
            over[key] = _patch_list(old, value, list_keys(key))
        else:
            over[key] = value
    return over


def _patch_list(base: list[Any], target: list[Any], keys: tuple[str, ...]) -> list[Any]:
    have = {identity(i, keys): i for i in base}
    want = {identity(i, keys): i for i in target}
    if (
        "" in have
        or "" in want
        or len(have) < len(base)
        or len(want) < len(target)
        or have.keys() - want.keys()
    ):
        raise Unpatchable
    out = []
    for name, item in want.items():
        if name not in have:
            out.append(item)
        elif not same(have[name], item):
            key_fields = {k: item[k] for k in keys if k in item}
            out.append({**key_fields, **patch(have[name], item)})
    return out
