"""The API of every Dynamo kind, for every release: models, CRDs and schemas.

The models (``api.v1alpha1``, ``api.v1beta1``) are the only source: CRDs, offline schemas and the API
reference are made from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydynamo_manifests.api.crd import crds, schema, strict_json_schema
    from pydynamo_manifests.api.registry import model_of

__all__ = ["crds", "model_of", "schema", "strict_json_schema"]

_HOMES = {"crds": "crd", "schema": "crd", "strict_json_schema": "crd", "model_of": "registry"}


def __getattr__(name: str) -> Any:
    """Import a function when it is first used: the models cost time that ``--help`` need not pay."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - only here

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
