"""Convert one object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pydynamo_manifests.convert import adapter, component_deployment, graph, request
from pydynamo_manifests.convert.types import Mode, Obj, decode, encode
from pydynamo_manifests.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["convert"]

ALPHA, BETA = "nvidia.com/v1alpha1", "nvidia.com/v1beta1"


class _Kind(NamedTuple):
    alpha: str
    beta: str
    to_alpha: Callable[[Obj], Obj]
    to_beta: Callable[[Obj], Obj]


KINDS = {
    "DynamoGraphDeployment": _Kind("AlphaGraph", "BetaGraph", graph.to_alpha, graph.to_beta),
    "DynamoComponentDeployment": _Kind(
        "AlphaComponent", "BetaComponent", component_deployment.to_alpha, component_deployment.to_beta
    ),
    "DynamoGraphDeploymentRequest": _Kind("AlphaRequest", "BetaRequest", request.to_alpha, request.to_beta),
    "DynamoGraphDeploymentScalingAdapter": _Kind("AlphaAdapter", "BetaAdapter", adapter.to_alpha, adapter.to_beta),
}


def convert(manifest: Mapping[str, Any], to: str, *, clean: bool = False) -> dict[str, Any]:
    """Convert."""
    kind = KINDS[manifest["kind"]]
    if to == BETA:
        struct, run = kind.beta, kind.to_beta
        decoded = decode(kind.alpha, manifest)
    else:
        struct, run = kind.alpha, kind.to_alpha
        decoded = decode(kind.beta, manifest)
    decoded.setdefault("metadata", {})
    out = run(decoded)
    encoded = encode(struct, {"apiVersion": to, "kind": manifest["kind"]} | out, Mode.STRIPPED if to == BETA else Mode.PLAIN)
    encoded.setdefault("metadata", {})
    return encoded
