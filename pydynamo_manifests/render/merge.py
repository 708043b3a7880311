"""How the hatches merge over what the chart wrote: maps and keyed lists by key, null removes."""

from __future__ import annotations

from typing import Any

from pydynamo_manifests.render.text import as_json

__all__ = ["identity", "list_keys", "merge", "without_nulls"]

_LIST_KEYS: dict[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "volumes": ("name",),
    "imagePullSecrets": ("name",),
    "resourceClaims": ("name",),
    "env": ("name",),
    "envs": ("name",),
    "volumeMounts": ("mountPath",),
    "ports": ("containerPort", "protocol"),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
}
_DEFAULTS = {"protocol": "TCP"}


def merge(base: dict[str, Any], over: dict[str, Any]) -> None:
    """Merge ``over`` into ``base`` in place; lists without a key are replaced."""
    for key, value in over.items():
        old = base.get(key)
        if value is None:
            base.pop(key, None)
        elif isinstance(value, dict) and isinstance(old, dict):
            merge(old, value)
        elif key in _LIST_KEYS and isinstance(value, list) and isinstance(old, list):
            _merge_list(old, value, _LIST_KEYS[key])
        else:
            base[key] = _copy(value)


def _merge_list(base: list[Any], over: list[Any], keys: tuple[str, ...]) -> None:
    have = {name: item for item in base if (name := identity(item, keys))}
    for item in over:
        name = identity(item, keys)
        if name and name in have:
            merge(have[name], item)
        elif item is not None:
            base.append(_copy(item))


def list_keys(name: str) -> tuple[str, ...]:
    """Return the fields that make an item of the list ``name`` the same item; empty for other lists."""
    return _LIST_KEYS.get(name, ())


def identity(item: Any, keys: tuple[str, ...]) -> str:
    """Return what names an item of a keyed list, empty when it has no key."""
    if not isinstance(item, dict) or item.get(keys[0]) is None:
        return ""
    return "/".join(as_json(_DEFAULTS.get(key) if item.get(key) is None else item[key]) for key in keys)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _copy(v) for k, v in value.items()}
    return [_copy(v) for v in value] if isinstance(value, list) else value


def without_nulls(value: Any) -> Any:
    """Return a deep copy in which maps and lists hold no null."""
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [without_nulls(v) for v in value if v is not None]
    return value
