"""The Common Expression Language, as far as rules of Kubernetes objects use it, compiled to Python.

A construct that is not supported is a :class:`CelCompileError`, never an expression that always holds.
Not checked: the static types of an expression, and the cost budget of the API server.
"""

from __future__ import annotations

from pydynamo_manifests.validate.cel.compiler import compile_expression
from pydynamo_manifests.validate.cel.errors import CelCompileError, CelError
from pydynamo_manifests.validate.cel.values import ABSENT, Optional, Quantity, UInt

__all__ = ["ABSENT", "CelCompileError", "CelError", "Optional", "Quantity", "UInt", "compile_expression"]
