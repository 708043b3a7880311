"""The words of values models: docstrings of classes and of fields, read from their source when asked."""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydynamo_manifests.values.base import Values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

__all__ = ["Key", "field_docs", "keys_of", "map_of", "model_of"]

Key = tuple[str, "FieldInfo", str]
"""A key of a block as the chart spells it, its field, its words."""


@cache
def field_docs(model: type[Values]) -> dict[str, str]:
    """Return the docstring under each field of a model, those of its bases included."""
    docs: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        if issubclass(cls, Values) and cls is not Values:
            docs |= _own_docs(cls)
    return docs


def _own_docs(cls: type) -> dict[str, str]:
    tree = ast.parse(inspect.getsource(sys.modules[cls.__module__]))
    body = next(n.body for n in tree.body if isinstance(n, ast.ClassDef) and n.name == cls.__name__)
    return {
        field.target.id: " ".join(doc.value.value.split())
        for field, doc in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(doc, ast.Expr)
        and isinstance(doc.value, ast.Constant)
        and isinstance(doc.value.value, str)
    }


def keys_of(model: type[Values]) -> Iterator[Key]:
    """Yield the keys of a block in the order of the model."""
    docs = field_docs(model)
    for name, field in model.model_fields.items():
        yield field.alias or name, field, docs.get(name, "")


def model_of(annotation: Any) -> type[Values] | None:
    """Return the block that a field holds directly, if it holds one."""
    if isinstance(annotation, type) and issubclass(annotation, Values):
        return annotation
    members = [a for a in get_args(annotation) if a is not type(None)]
    simple = get_origin(annotation) not in (dict, list) and len(members) == 1
    return model_of(members[0]) if simple else None


def map_of(annotation: Any) -> type[Values] | None:
    """Return the block of a map by name (``dict[str, Block | None]``), if a field is one."""
    members = [a for a in get_args(annotation) if a is not type(None)]
    if get_origin(annotation) is dict:
        return model_of(members[1])
    return map_of(members[0]) if len(members) == 1 else None
