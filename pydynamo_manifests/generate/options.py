"""Every field of an intent as an option of the command line, and back."""

from __future__ import annotations

import shlex
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.intent import Intent, Sizes
from pydynamo_manifests.requests.intent import RequestIntent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["IntentOption", "command_line", "intent_of", "intent_options", "request_of", "request_options"]

ROLES = ("prefill", "decode")


@dataclass(frozen=True)
class IntentOption:
    """One field of an intent (or of the sizes of a role) as an option."""

    name: str
    """As typed: ``--prefill-gpus``."""
    path: tuple[str, ...]
    """Where it stands in an intent: ``("prefill", "gpus")``."""
    kind: str
    """``switch``, ``int``, ``float``, ``ms``, ``text``, ``list`` (may repeat) or ``map`` (KEY=VALUE)."""
    help: str
    required: bool = False

    @property
    def dest(self) -> str:
        """Name in the parsed arguments."""
        return "_".join(self.path)


def intent_options() -> Iterator[IntentOption]:
    """Return an option for every field: what is served first, then sizes, then everything else."""
    sizes = {f.name for f in fields(Sizes)}
    own = [f for f in fields(Intent) if f.name not in sizes]
    for f in (*own[:4], *fields(Sizes)):
        yield _option((f.name,), f)
    for role in ROLES:
        for f in fields(Sizes):
            yield IntentOption(
                f"--{role}-{_dashes(f.name)}",
                (role, f.name),
                "int",
                f"--{_dashes(f.name)} of {role} workers alone",
            )
    for f in own[4:]:
        if f.name not in ROLES:
            yield _option((f.name,), f)


def request_options() -> Iterator[IntentOption]:
    """Return an option for every field of a request; those of an intent may carry the same name."""
    for f in fields(RequestIntent):
        yield _option((f.name,), f)


def _option(path: tuple[str, ...], f: Any) -> IntentOption:
    kind = f.metadata.get("unit") or _kind(str(f.type))
    return IntentOption(f"--{_dashes(path[0])}", path, kind, f.metadata["help"], f.default == "")


def _kind(annotation: str) -> str:
    if annotation.startswith("bool"):
        return "switch"
    words = {"int": "int", "float": "float", "tuple": "list", "Mapping": "map"}
    return next((kind for start, kind in words.items() if annotation.startswith(start)), "text")


def _dashes(name: str) -> str:
    return name.replace("_", "-")


def intent_of(given: Mapping[str, Any]) -> Intent:
    """Return the intent of parsed arguments; what is None keeps its default.

    Raises:
        InputError: A value that no graph could mean.
    """
    _refuse_request_options(given)
    flat: dict[str, Any] = {}
    roles: dict[str, dict[str, Any]] = {role: {} for role in ROLES}
    for option in intent_options():
        value = given.get(option.dest)
        if value is not None:
            home = flat if len(option.path) == 1 else roles[option.path[0]]
            home[option.path[-1]] = _value(option, value)
    flat |= {role: Sizes(**sizes) for role, sizes in roles.items() if sizes}
    return Intent(**flat)


def request_of(given: Mapping[str, Any]) -> RequestIntent:
    """Return the request of parsed arguments; what is None keeps its default.

    Raises:
        InputError: A value that no request could mean, or an option that only a graph has.
    """
    known = {option.dest for option in request_options()}
    for option in intent_options():
        if option.dest not in known and given.get(option.dest) is not None:
            raise InputError(
                f"{option.name}: a request lets Dynamo find the graph; leave it out, or leave out --request"
            )
    return RequestIntent(**{dest: given[dest] for dest in known if given.get(dest) is not None})


def _refuse_request_options(given: Mapping[str, Any]) -> None:
    known = {option.dest: option.name for option in intent_options()}
    for option in request_options():
        if option.dest not in known and given.get(option.dest) is not None:
            plural = known.get(f"{option.dest}s")
            near = f"; did you mean '{plural}'?" if plural else ""
            raise InputError(f"{option.name} is for a request: add --request, or leave it out{near}")


def _value(option: IntentOption, value: Any) -> Any:
    if option.kind == "list":
        return tuple(value)
    return dict(_pair(option, item) for item in value) if option.kind == "map" else value


def _pair(option: IntentOption, item: str) -> tuple[str, str]:
    key, equals, value = item.partition("=")
    if not (key and equals):
        raise InputError(f"{option.name} {item}: write {option.name} KEY=VALUE")
    return key, value


def command_line(intent: Intent | RequestIntent) -> str:
    """Return the command that composes an intent."""
    request = isinstance(intent, RequestIntent)
    words = ["dynamo-manifests", "generate", *(["--request"] if request else [])]
    for option in request_options() if request else intent_options():
        value, default = _at(intent, option.path), _default(type(intent), option.path)
        if value != default:
            words += _words(option, value)
    return shlex.join(words)


def _at(intent: Intent | RequestIntent, path: tuple[str, ...]) -> Any:
    value: Any = intent
    for name in path:
        value = getattr(value, name)
    return value


def _default(kind: type[Intent | RequestIntent], path: tuple[str, ...]) -> Any:
    owner = kind if len(path) == 1 else Sizes
    f = next(f for f in fields(owner) if f.name == path[-1])
    return f.default_factory() if f.default_factory is not MISSING else f.default


def _words(option: IntentOption, value: Any) -> list[str]:
    if option.kind == "switch":
        return [option.name]
    items = [f"{k}={v}" for k, v in sorted(value.items())] if option.kind == "map" else value
    items = items if option.kind in ("list", "map") else [items]
    texts = [f"{item:g}" if isinstance(item, float) else str(item) for item in items]
    return [word for text in texts for word in _pair_of(option.name, text)]


def _pair_of(name: str, value: str) -> tuple[str, ...]:
    return (f"{name}={value}",) if value.startswith("-") else (name, value)
