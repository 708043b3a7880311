"""How Go reads and writes an object: unknown fields go, zero values vanish, required ones appear.

The operator decodes an object into Go structs, converts, and encodes again, so its result depends on each
struct's shape (:mod:`~pydynamo_manifests.convert.structs`).
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.convert.duration import canonical_duration
from pydynamo_manifests.convert.quantity import canonical
from pydynamo_manifests.convert.structs import Field, fields_of, is_struct
from pydynamo_manifests.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Mode", "Obj", "decode", "encode"]

Obj = dict[str, Any]
"""A decoded struct: only what is set; a field that is absent has Go's zero value."""

_ABSENT: Any = object()
_ZERO: dict[str, Any] = {"s": "", "i": 0, "f": 0, "b": False, "q": "0", "d": "0s", "p": 0}


class Mode(Enum):
    """How :func:`encode` writes."""

    PLAIN = "plain"
    """As Go does; maps keep their order."""
    STRIPPED = "stripped"
    """As the v1beta1 kinds do: value structs that would be ``{}`` are left out."""
    SAVED = "saved"
    """As Go does, maps sorted by key, for text inside an annotation."""


def decode(struct: str, value: Any, at: str = "") -> Obj:
    """Return what Go holds in memory after reading ``value``; shares nothing with it.

    Raises:
        ConversionError: A map or list stands where the struct wants something else; names the path.
    """
    if not isinstance(value, dict):
        raise ConversionError(f"{at or 'the object'}: expected a map, found {_kind(value)}")
    readers = _readers(struct)
    out: Obj = {}
    for key, item in value.items():
        if item is not None and (reader := readers.get(key)) is not None:
            read = reader(item, at)
            if read is not _ABSENT:
                out[key] = read
    return out


@cache
def _readers(struct: str) -> dict[str, Callable[[Any, str], Any]]:
    return {name: _reader(field) for name, field in fields_of(struct).items()}


def _reader(field: Field) -> Callable[[Any, str], Any]:
    name = field.name
    if field.type in _WORDS:
        return _scalar_field(field)
    read = _value_reader(field.type)
    if field.pointer or field.type == "raw":
        return lambda value, at: read(value, f"{at}.{name}" if at else name)
    keeps_empty = field.always and field.type[0] == "["

    def read_collection(value: Any, at: str) -> Any:
        out = read(value, f"{at}.{name}" if at else name)
        return out if out or keeps_empty else _ABSENT

    return read_collection


def _value_reader(type_: str) -> Callable[[Any, str], Any]:
    if type_ == "raw":
        return lambda value, _: _json(value)
    if type_ in _WORDS:
        return _scalar_reader(type_)
    if type_[0] == "[":
        return _list_reader(type_[1:-1])
    if type_[0] == "{":
        return _map_reader(type_[1:-1].rstrip("?"), nulls=type_.endswith("?}"))
    if is_struct(type_):
        return lambda value, at: decode(type_, value, at)
    return lambda value, _: value


def _scalar_field(field: Field) -> Callable[[Any, str], Any]:
    convert_scalar, name = _SCALARS.get(field.type), field.name
    zero = _ABSENT if field.pointer else _ZERO.get(field.type, "")

    def read_scalar(value: Any, at: str) -> Any:
        if isinstance(value, (dict, list)):
            raise ConversionError(f"{at}.{name}: expected {_WORDS[field.type]}, found {_kind(value)}")
        out = value if convert_scalar is None else convert_scalar(value)
        return _ABSENT if out == zero else out

    return read_scalar


def _scalar_reader(type_: str) -> Callable[[Any, str], Any]:
    convert_scalar = _SCALARS.get(type_)

    def read_scalar(value: Any, at: str) -> Any:
        if isinstance(value, (dict, list)):
            raise ConversionError(f"{at}: expected {_WORDS[type_]}, found {_kind(value)}")
        return value if convert_scalar is None else convert_scalar(value)

    return read_scalar


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    return [_json(item) for item in value] if isinstance(value, list) else _number(value)


_SCALARS: dict[str, Callable[[Any], Any]] = {
    "q": canonical,
    "d": canonical_duration,
    "f": _number,
    "i": _number,
}
_WORDS = {
    "s": "text",
    "i": "a number",
    "f": "a number",
    "b": "a boolean",
    "q": "a quantity",
    "d": "a duration",
    "p": "a number or text",
    "t": "a time",
}


def _list_reader(inner: str) -> Callable[[Any, str], Any]:
    read = _value_reader(inner)
    plain = inner in _ZERO and inner not in _SCALARS

    def read_list(value: Any, at: str) -> Any:
        if not isinstance(value, list):
            raise ConversionError(f"{at}: expected a list, found {_kind(value)}")
        return list(value) if plain else [read(item, f"{at}[{i}]") for i, item in enumerate(value)]

    return read_list


def _map_reader(inner: str, *, nulls: bool) -> Callable[[Any, str], Any]:
    read = _value_reader(inner)

    def read_map(value: Any, at: str) -> Any:
        if not isinstance(value, dict):
            raise ConversionError(f"{at}: expected a map, found {_kind(value)}")
        kept = value.items() if nulls else [(k, v) for k, v in value.items() if v is not None]
        return {k: None if v is None else read(v, f"{at}.{k}") for k, v in kept}

    return read_map


def _kind(value: Any) -> str:
    names = {dict: "a map", list: "a list", str: "text", bool: "a boolean", type(None): "nothing"}
    return names.get(type(value), "a number")


def encode(struct: str, value: Obj, mode: Mode = Mode.PLAIN) -> Obj:
    """Return what Go writes for a decoded struct, fields in their Go order; shares nothing with ``value``."""
    writers, always = _writers(struct)
    out: Obj = {}
    names = value if value.keys() >= always else value.keys() | always
    for name in sorted(names, key=writers.__getitem__) if len(names) > 1 else names:
        _, write, zero, is_value_struct, is_optional_list = writers[name]
        if is_optional_list and value.get(name) == []:
            continue  # it came from a struct that always writes the list
        if name in value:
            out[name] = write(value[name], mode)
        else:
            out[name] = write({}, mode) if is_value_struct else zero
        if is_value_struct and not out[name] and mode is Mode.STRIPPED:
            del out[name]
    return out


_Writer = tuple[int, "Callable[[Any, Mode], Any]", Any, bool, bool]
"""Place in the struct, how to write, what stands for none, is it a value struct, a list that may be absent."""


@cache
def _writers(struct: str) -> tuple[dict[str, _Writer], frozenset[str]]:
    fields = fields_of(struct)
    writers: dict[str, _Writer] = {
        name: (
            i,
            _writer(f.type),
            _zero(f),
            f.is_value_struct,
            f.type[0] == "[" and not (f.always or f.pointer),
        )
        for i, (name, f) in enumerate(fields.items())
    }
    always = {name for name, f in fields.items() if f.is_value_struct or _zero(f) is not _ABSENT}
    return writers, frozenset(always)


def _zero(field: Field) -> Any:
    if field.is_value_struct or not field.always:
        return "0" if field.type == "q" and not field.pointer else _ABSENT
    return None if field.pointer else _ZERO.get(field.type)


def _writer(type_: str) -> Callable[[Any, Mode], Any]:
    if type_[0] == "[":
        inner = _writer(type_[1:-1])
        return lambda value, mode: [inner(item, mode) for item in value]
    if type_[0] == "{":
        return _map_writer(_writer(type_[1:-1].rstrip("?")))
    if is_struct(type_):
        return lambda value, mode: encode(type_, value, mode)
    if type_ == "raw":
        return lambda value, mode: _sorted(value) if mode is Mode.SAVED else _json(value)
    return lambda value, _: value


def _map_writer(inner: Callable[[Any, Mode], Any]) -> Callable[[Any, Mode], Any]:
    def write_map(value: Any, mode: Mode) -> Any:
        keys = sorted(value) if mode is Mode.SAVED else value
        return {key: None if (item := value[key]) is None else inner(item, mode) for key in keys}

    return write_map


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value
