"""``--set``, ``--set-string`` and ``--set-json`` as Helm reads them, onto values.

Source: Helm's strvals grammar: keys with dots and escapes, ``[0]`` indices, ``{a,b}`` lists, several
assignments separated by commas.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["apply_setters"]

_MAX_INDEX = 65536
_INDEX = re.compile(r"\[(\d+)\]$")


def apply_setters(
    values: dict[str, Any],
    *,
    set_: Iterable[str] = (),
    set_string: Iterable[str] = (),
    set_json: Iterable[str] = (),
) -> dict[str, Any]:
    """Return values with assignments applied in Helm's order: JSON first, then plain, then strings.

    Raises:
        InputError: An assignment that Helm would refuse too, with what is wrong.
    """
    out = json.loads(json.dumps(values))
    for text in set_json:
        key, value = _split(text, "--set-json")
        _assign(out, _path(key, text), _json(value, text), text)
    for text in set_:
        for key, value in _assignments(text, "--set"):
            _assign(out, _path(key, text), _typed(value), text)
    for text in set_string:
        for key, value in _assignments(text, "--set-string"):
            _assign(out, _path(key, text), _list_or(value, str), text)
    return out  # type: ignore[no-any-return]


def _split(text: str, flag: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"{flag} {text}: has no '=': write {flag} key=value")
    return key, value


def _json(value: str, text: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as e:
        raise InputError(f"--set-json {text}: the value is not JSON: {e}") from None


def _assignments(text: str, flag: str) -> Iterator[tuple[str, str]]:
    for part in _top_level(text, ","):
        if part:
            pieces = _top_level(part, "=")
            if len(pieces) == 1:
                raise InputError(f"{flag} {text}: {part!r} has no '=': write {flag} key=value")
            yield pieces[0], "=".join(pieces[1:])


def _top_level(text: str, separator: str) -> list[str]:
    """Split at separators that are neither escaped nor inside braces; escapes stay."""
    parts, current, depth, escaped = [], "", 0, False
    for char in text:
        if escaped or char == "\\":
            escaped = not escaped
        elif char in "{}":
            depth += 1 if char == "{" else -1
        elif char == separator and not depth:
            parts.append(current)
            current = ""
            continue
        current += char
    return [*parts, current]


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _path(key: str, text: str) -> list[str | int]:
    path: list[str | int] = []
    for part in _top_level(key, "."):
        indices: list[int] = []
        while found := _INDEX.search(part):
            indices.insert(0, int(found.group(1)))
            part = part[: found.start()]  # noqa: PLW2901 - peels one index after another
        if not part and not indices:
            raise InputError(f"{text!r}: an empty key")
        path += [*([_plain(part)] if part else []), *indices]
    if any(isinstance(p, int) and p > _MAX_INDEX for p in path):
        raise InputError(f"{text!r}: an index beyond {_MAX_INDEX}")
    return path


def _list_or(value: str, read: Any) -> Any:
    if value.startswith("{") and value.endswith("}"):
        inner = value[1:-1]
        return [read(_plain(item)) for item in _top_level(inner, ",")]
    return read(_plain(value))


def _typed(value: str) -> Any:
    return _list_or(value, _scalar)


def _scalar(text: str) -> Any:
    named = {"true": True, "false": False, "null": None}
    if text.lower() in named:
        return named[text.lower()]
    if re.fullmatch(r"0|-?[1-9][0-9]*", text) and -(2**63) <= int(text) < 2**63:
        return int(text)
    return text


def _assign(values: dict[str, Any], path: list[str | int], value: Any, text: str) -> None:
    here: Any = values
    for part, following in pairwise(path):
        fresh: Any = [] if isinstance(following, int) else {}
        there = _get(here, part)
        if not isinstance(there, type(fresh)):
            _put(here, part, fresh, text)
            there = fresh
        here = there
    _put(here, path[-1], value, text)


def _get(here: Any, part: str | int) -> Any:
    if isinstance(part, int):
        return here[part] if isinstance(here, list) and part < len(here) else None
    return here.get(part) if isinstance(here, dict) else None


def _put(here: Any, part: str | int, value: Any, text: str) -> None:
    if isinstance(part, str) and isinstance(here, dict):
        here[part] = value
    elif isinstance(part, int) and isinstance(here, list):
        here.extend([None] * (part + 1 - len(here)))
        here[part] = value
    else:
        raise InputError(f"{text!r}: {part!r} does not fit what stands there")
