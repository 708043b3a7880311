"""The words of the models: the docstring below a field is its description in the CRDs and the reference."""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["docs_of"]


@cache
def docs_of(model: type[BaseModel]) -> dict[str, str]:
    """Return the description of each field of a model, inherited ones included, by Python name."""
    found: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        found |= _docs_of_module(cls.__module__).get(cls.__qualname__, {})
    return found


@cache
def _docs_of_module(module: str) -> dict[str, dict[str, str]]:
    if not module.startswith("pydynamo_manifests."):
        return {}
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {cls.name: dict(_docs(cls)) for cls in tree.body if isinstance(cls, ast.ClassDef)}


def _docs(cls: ast.ClassDef) -> list[tuple[str, str]]:
    found = []
    for field, text in zip(cls.body, cls.body[1:], strict=False):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        if (
            isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
            and isinstance(text.value.value, str)
        ):
            found.append((field.target.id, inspect.cleandoc(text.value.value).replace("\n", " ")))
    return found
