"""The API reference: one page per kind, made from its models."""

from __future__ import annotations

import inspect
import json
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydynamo_manifests.api.base import GROUP, Model
from pydynamo_manifests.api.docs import docs_of
from pydynamo_manifests.api.marks import (
    At,
    Default,
    Embedded,
    Gone,
    Mark,
    PreserveUnknown,
    Required,
    Rule,
    Schema,
    Since,
    Uncertain,
    Until,
    Values,
)
from pydynamo_manifests.api.registry import KINDS, model_of
from pydynamo_manifests.releases import known_releases, release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic.fields import FieldInfo

__all__ = ["index", "page"]

_SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean"}
_LIMITS = {
    "minimum": "≥ {}",
    "maximum": "≤ {}",
    "minLength": "at least {} letters",
    "maxLength": "at most {} letters",
}
_LIMITS |= {
    "maxItems": "at most {} items",
    "maxProperties": "at most {} entries",
    "pattern": "`{}`",
    "enum": "{}",
}


@dataclass(frozen=True)
class _Type:
    """What an annotation says: words for it, the model behind it and the step to its fields, all marks."""

    words: str
    marks: tuple[Any, ...]
    model: type[Model] | None = None
    step: str = ""


def index() -> str:
    """Return the page that lists the kinds."""
    lines = [
        "# API reference",
        "",
        "The kinds of the API group `nvidia.com`, from the models in `pydynamo_manifests.api`.",
        "",
    ]
    lines += ["| kind | short name | API versions | what it is |", "| --- | --- | --- | --- |"]
    for kind, versions in KINDS.items():
        model = model_of(kind, list(versions)[-1])
        words = inspect.getdoc(model)
        lines.append(f"| [{kind}]({kind}.md) | `{model.short_name}` | {', '.join(versions)} | {words} |")
    return "\n".join([*lines, ""])


def page(kind: str) -> str:
    """Return the page of one kind: every field of every API version, then its rules.

    Raises:
        UnknownNameError: No such kind.
    """
    versions = [model_of(kind, version) for version in reversed(KINDS.get(kind, {"": ""}))]
    lines = [f"# {kind}", "", str(inspect.getdoc(versions[0])), ""]
    for model in versions:
        lines += _version(kind, model)
    return "\n".join(lines)


def _version(kind: str, model: type[Any]) -> Iterator[str]:
    yield from (f"## {GROUP}/{model.version} {kind}", "")
    yield from ("| field | type | default | releases | meaning |", "| --- | --- | --- | --- | --- |")
    for part in ("spec", "status"):
        if part in model.model_fields:
            yield from _rows(model.model_fields[part].annotation, part)
    yield ""
    rules = list(_rules_of(model, ""))
    if rules:
        yield from ("| rule on | releases | says |", "| --- | --- | --- |")
        yield from (f"| `{path}` | {_range(rule)} | {rule.message} |" for path, rule in rules)
        yield ""


def _rows(annotation: Any, path: str) -> Iterator[str]:
    found = _read(annotation)
    if found.model is None:
        return
    for name, info in found.model.model_fields.items():
        if not _released(info):
            continue
        below = f"{path}{found.step}.{info.alias or name}"
        field = _read(info.annotation, info.metadata)
        yield _row(below, info, field, docs_of(found.model)[name])
        yield from _rows(info.annotation, below)


def _row(path: str, info: FieldInfo, field: _Type, words: str) -> str:
    required = (
        "**required** " if info.is_required() or any(isinstance(m, Required) for m in field.marks) else ""
    )
    limits = ", ".join(_limits(field.marks))
    type_words = f"{required}{field.words}" + (f", {limits}" if limits else "")
    default = "; ".join(_code(m.value) + _when(m) for m in field.marks if isinstance(m, Default))
    notes = [f"Not certain: {m.reason}." for m in field.marks if isinstance(m, Uncertain)]
    notes += [f"Before 0.6 only; now {m.instead}." for m in field.marks if isinstance(m, Gone)]
    cells = (f"`{path}`", type_words, default, _lifetime(field.marks), " ".join([words, *notes]))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _read(annotation: Any, marks: Iterable[Any] = ()) -> _Type:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _read(args[0], [*args[1:], *marks])
    if origin in (Union, types.UnionType) and type(None) in args:
        return _read(next(arg for arg in args if arg is not type(None)), marks)
    if origin in (list, dict):
        item = _read(args[-1])
        step, words = ("[]", "list of") if origin is list else ("{}", "map to")
        return _Type(_special(marks) or f"{words} {item.words}", tuple(marks), item.model, step)
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return _Type("object", (*marks, *annotation.marks), annotation)
    choices = " or ".join(_code(value) for value in args) if origin is Literal else ""
    return _Type(_special(marks) or choices or _SCALARS.get(annotation, "anything"), tuple(marks))


def _special(marks: Iterable[Any]) -> str | None:
    for mark in marks:
        if isinstance(mark, Embedded):
            name = mark.name.rsplit(".", 1)[1]
            return "quantity" if name == "Quantity" else f"{name} of Kubernetes"
        if isinstance(mark, PreserveUnknown):
            return "open object"
    return None


def _limits(marks: Iterable[Any]) -> Iterator[str]:
    for mark in marks:
        if isinstance(mark, Schema):
            for key, form in _LIMITS.items():
                if key in mark.keywords:
                    words = form.format(_value(mark.keywords[key]))
                    yield words.replace("at least 1 letters", "not empty") + _when(mark)
        elif isinstance(mark, Values):
            yield f"{', '.join(map(_code, sorted(mark.values)))}{_when(mark)}"


def _value(value: Any) -> str:
    return " or ".join(_code(item) for item in value) if isinstance(value, list) else str(value)


def _rules_of(model: type[Model], path: str) -> Iterator[tuple[str, Rule]]:
    yield from _rules_in(model.marks, path)
    for name, info in model.model_fields.items():
        below = f"{path}.{info.alias or name}".lstrip(".")
        field = _read(info.annotation, info.metadata)
        own = (
            field.marks[: len(field.marks) - len(field.model.marks)]
            if field.model and not field.step
            else field.marks
        )
        yield from _rules_in(own, below)
        if field.model:
            yield from _rules_of(field.model, f"{below}{field.step}")


def _rules_in(marks: Iterable[Any], path: str) -> Iterator[tuple[str, Rule]]:
    for mark in marks:
        if isinstance(mark, Rule):
            yield path or "the object", mark
        elif isinstance(mark, At) and isinstance(mark.mark, Rule):
            rule = mark.mark
            yield f"{path}.{mark.path}", Rule(rule.rule, rule.message, since=mark.since, until=mark.until)


def _lifetime(marks: Iterable[Any]) -> str:
    first = next((m.since for m in marks if isinstance(m, Since)), None)
    last = next((m.until for m in marks if isinstance(m, Until)), None)
    return "" if any(isinstance(m, Gone) for m in marks) else _words(first, last)


def _range(mark: Mark) -> str:
    return _words(mark.since, mark.until)


def _released(info: FieldInfo) -> bool:
    """Tell whether any release that people install has a field, or had it long ago."""
    marks = [m for m in info.metadata if isinstance(m, (Since, Until))]
    return any(all(m.holds(release(name)) for m in marks) for name in known_releases())


def _listed(line: str | None) -> str | None:
    """Return a line, or the first listed one after a development snapshot."""
    if line is None or not release(line).hidden:
        return line
    return next(release(name).line for name in known_releases() if release(name) > release(line))


def _when(mark: Mark) -> str:
    words = _words(mark.since, mark.until)
    return f" ({words})" if words else ""


def _words(first: str | None, last: str | None) -> str:
    first = _listed(first)
    if first and last:
        return first if first == last else f"{first} to {last}"
    return f"since {first}" if first else f"until {last}" if last else ""


def _code(value: Any) -> str:
    return f"`{value if isinstance(value, str) and value else json.dumps(value)}`"
