"""Where a profile may be: a folder of results, a JSON or NumPy file, or a ConfigMap."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydynamo_manifests import yaml
from pydynamo_manifests.errors import InputError
from pydynamo_manifests.profiles.model import (
    DECODE_KEYS,
    PREFILL_KEYS,
    Decode,
    Prefill,
    Profile,
    decode_of,
    prefill_of,
)
from pydynamo_manifests.profiles.npz import read_npz

__all__ = ["DECODE_FILE", "PREFILL_FILE", "read_profile"]

PREFILL_FILE, DECODE_FILE = "prefill_raw_data.json", "decode_raw_data.json"
_FOLDERS = {"prefill": "selected_prefill_interpolation", "decode": "selected_decode_interpolation"}
_ARRAYS = "raw_data.npz"


def read_profile(path: str) -> Profile:
    """Read and check a profile.

    Args:
        path: A folder as the profiler leaves it (``prefill_raw_data.json`` or
            ``selected_prefill_interpolation/raw_data.npz``, and the same for decode), one of those files, or a file
            with the ConfigMap that holds them.

    Raises:
        InputError: There is no profile, or it would stop or mislead the planner; says why.
    """
    place = Path(path)
    if place.is_dir():
        return _folder(place)
    try:
        content = place.read_bytes()
    except OSError as e:
        raise InputError(f"{path}: cannot be read: {e.strerror}") from None
    if not content.strip():
        raise InputError(f"{path} is empty: the profiler wrote nothing, look at its log")
    if place.suffix == ".npz":
        return _profile(path, [(path, read_npz(content, path))])
    return _profile(path, _in_text(content, path))


def _folder(place: Path) -> Profile:
    parts: list[tuple[str, dict[str, Any]]] = []
    for role, name in (("prefill", PREFILL_FILE), ("decode", DECODE_FILE)):
        arrays, text = place / _FOLDERS[role] / _ARRAYS, place / name
        if arrays.is_file():  # as the planner does: arrays win
            parts.append((str(arrays), read_npz(arrays.read_bytes(), str(arrays))))
        elif text.is_file():
            parts += _in_text(text.read_bytes(), str(text))
    if not parts:
        raise InputError(
            f"{place} holds no profile: neither {PREFILL_FILE} nor {_FOLDERS['prefill']}/{_ARRAYS}, nor those of decode"
        )
    return _profile(str(place), parts)


def _in_text(content: bytes, source: str) -> list[tuple[str, dict[str, Any]]]:
    try:
        text = content.decode()
        data = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, source)
    except UnicodeDecodeError:
        raise InputError(f"{source} is neither JSON nor YAML: it is no UTF-8 text") from None
    except (ValueError, InputError) as e:
        raise InputError(f"{source} is neither JSON nor YAML: {e}") from None
    if not isinstance(data, dict) or not data:
        raise InputError(f"{source} holds no profile")
    if data.get("kind") != "ConfigMap":
        return [(source, data)]
    files = data.get("data") or {}
    found = [(f"{source}: {n}", files[n]) for n in (PREFILL_FILE, DECODE_FILE) if n in files]
    if not found:
        raise InputError(f"{source}: the ConfigMap has neither {PREFILL_FILE} nor {DECODE_FILE}")
    return [(name, _json(text, name)) for name, text in found]


def _json(text: Any, source: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (TypeError, ValueError) as e:
        raise InputError(f"{source} is not JSON: {e}") from None
    if not isinstance(data, dict) or not data:
        raise InputError(f"{source} holds no profile")
    return data


def _profile(source: str, parts: list[tuple[str, dict[str, Any]]]) -> Profile:
    prefill: Prefill | None = None
    decode: Decode | None = None
    for name, data in parts:
        nested = [data[k] for k in ("prefill", "decode") if isinstance(data.get(k), dict)]
        for block in nested or [data]:
            if any(k in block for k in PREFILL_KEYS):
                prefill = prefill_of(block, name)
            if any(k in block for k in DECODE_KEYS):
                decode = decode_of(block, name)
    if prefill is None and decode is None:
        raise InputError(f"{source} holds no profile: no {PREFILL_KEYS[0]} and no {DECODE_KEYS[0]} in it")
    return Profile(source, prefill, decode)
