"""Correct NVIDIA Dynamo deployments on Kubernetes, from a typed intent to checked manifests.

>>> from pydynamo_manifests import Intent, compose, render, validate
>>> values = compose(Intent(backend="vllm", pattern="disagg-router", model="Qwen/Qwen3-32B", dynamo="1.6.1"))
>>> manifests = render(values, name="qwen", namespace="team-a")
>>> [component["name"] for component in manifests[0]["spec"]["components"]]
['Frontend', 'decode', 'prefill']
>>> validate(manifests, dynamo="1.6.1").ok
True

Names load with their first use, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydynamo_manifests.convert import convert
    from pydynamo_manifests.errors import DynamoManifestsError
    from pydynamo_manifests.generate import compose
    from pydynamo_manifests.import_ import import_
    from pydynamo_manifests.intent import Intent, Sizes
    from pydynamo_manifests.render import render
    from pydynamo_manifests.requests import RequestIntent
    from pydynamo_manifests.validate import Cluster, Report, validate
    from pydynamo_manifests.values import GraphValues

__version__ = "0.1.0"

__all__ = [
    "Cluster",
    "DynamoManifestsError",
    "GraphValues",
    "Intent",
    "Report",
    "RequestIntent",
    "Sizes",
    "compose",
    "convert",
    "import_",
    "render",
    "validate",
]

_HOMES = {
    "Cluster": "validate",
    "DynamoManifestsError": "errors",
    "GraphValues": "values",
    "Intent": "intent",
    "Report": "validate",
    "RequestIntent": "requests",
    "Sizes": "intent",
    "compose": "generate",
    "convert": "convert",
    "import_": "import_",
    "render": "render",
    "validate": "validate",
}


class _Package(ModuleType):
    """Loads a public name with its first use; a sub-package of the same name never hides a function."""

    def __getattr__(self, name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        super().__setattr__(name, value)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        # The import system binds a loaded sub-package to its parent: ``render`` the function stays ours.
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Package
