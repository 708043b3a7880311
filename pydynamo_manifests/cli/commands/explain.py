"""Explain a rule by its code, or a value of the graph chart by its path.

A rule is printed with what happens on the cluster, what to write instead, the releases it holds for, where
the fact comes from, and the shortest graph that it finds beside the nearest that it does not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

EPILOG = """examples:
  dynamo-manifests explain GPU-01
  dynamo-manifests explain components.decode.args
  dynamo-manifests explain model.cache
  dynamo-manifests explain                        every rule, one line each
"""

_CODE = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*-\d+")
_ROOT = "values"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "what", nargs="?", metavar="CODE|VALUE.PATH", help="a rule or a value; lists every rule without it"
    )


def run(args: argparse.Namespace) -> int:
    """Print the explanation."""
    if args.what is None:
        print("\n".join(_listed()))
    elif _CODE.fullmatch(args.what):
        print(_rule(args.what.upper()), end="")
    else:
        print("\n".join(_value(args.what)))
    return 0


def _listed() -> Iterator[str]:
    from pydynamo_manifests.validate.registry import rules

    for rule in rules().values():
        yield f"{rule.code:<12} {rule.severity:<8} {rule.stage:<10} {rule.title}"


def _rule(code: str) -> str:
    from pydynamo_manifests.errors import InputError, did_you_mean
    from pydynamo_manifests.validate.lint.describe import text
    from pydynamo_manifests.validate.registry import rules

    known = rules()
    if code not in known:
        near = did_you_mean(code, known)
        raise InputError(f"no rule {code!r}{near or '; dynamo-manifests explain lists every rule'}")
    return text(known[code])


def _value(path: str) -> Iterator[str]:
    """Walk from the root of the values to a key; names in maps are free."""
    from pydynamo_manifests.values import GraphValues
    from pydynamo_manifests.values.docs import map_of, model_of

    block: Any = GraphValues
    named: Any = None
    words, field, walked = "", None, _ROOT
    for part in path.removeprefix(f"{_ROOT}.").split("."):
        walked += f".{part}"
        if named is not None:
            block, named = named, None
            words = f"One entry of the map, called {part!r} here. {_doc(block)}"
            continue
        if block is None:
            words, field = "Free: any key and value may stand here.", None
            continue
        _, field, words = _key(block, part, walked)
        block, named = model_of(field.annotation), map_of(field.annotation)
    yield from _explained(walked, words, field, block, named)


def _key(block: Any, part: str, walked: str) -> tuple[str, Any, str]:
    from pydynamo_manifests.errors import UnknownNameError
    from pydynamo_manifests.values.docs import keys_of

    keys = {name: (name, field, words) for name, field, words in keys_of(block)}
    if part not in keys:
        raise UnknownNameError(f"key of {walked.rpartition('.')[0]}:", part, keys)
    return keys[part]


def _explained(walked: str, words: str, field: Any, block: Any, named: Any) -> Iterator[str]:
    import textwrap

    from pydynamo_manifests.values.docs import keys_of

    yield walked.removeprefix(f"{_ROOT}.")
    yield from textwrap.wrap(words, 98, initial_indent="  ", subsequent_indent="  ")
    if field is not None and block is None and named is None:
        yield f"  type: {_type(field.annotation)}"
    inner = named or block
    if inner is not None:
        yield "\nkeys of each entry:" if named is not None else "\nkeys:"
        for name, _, doc in keys_of(inner):
            yield from textwrap.wrap(doc, 98, initial_indent=f"  {name:<24} ", subsequent_indent=" " * 27)


def _doc(block: Any) -> str:
    return " ".join((block.__doc__ or "").split())


def _type(annotation: Any) -> str:
    """Return a type in the words of YAML."""
    from types import NoneType, UnionType
    from typing import Annotated, Literal, Union, get_args, get_origin

    plain = {
        str: "text",
        int: "whole number",
        float: "number",
        bool: "true or false",
        NoneType: "null",
        Any: "anything",
    }
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(inner[0])
    if origin is Literal:
        return " or ".join(map(str, inner))
    if origin in (Union, UnionType):
        return ", ".join(dict.fromkeys(_type(a) for a in inner if a is not NoneType)) + ", or null"
    if origin is list:
        return f"list of {_type(inner[0])}"
    if origin is dict:
        return f"map of {_type(inner[1])}"
    return plain.get(annotation, getattr(annotation, "__name__", "block"))
