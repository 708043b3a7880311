"""Convert one object, refuse what cannot be converted, and say what a conversion drops."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pydynamo_manifests.convert import (
    adapter,
    component_deployment,
    graph,
    losses,
    request,
)
from pydynamo_manifests.convert import (
    clean as cleaning,
)
from pydynamo_manifests.convert.types import Mode, Obj, decode, encode
from pydynamo_manifests.errors import ConversionError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydynamo_manifests.convert.losses import Dropped

__all__ = ["ALPHA", "BETA", "KINDS", "Conversion", "convert", "convert_report", "target_version"]

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
    "DynamoGraphDeploymentScalingAdapter": _Kind(
        "AlphaAdapter", "BetaAdapter", adapter.to_alpha, adapter.to_beta
    ),
}
"""The kinds that have both versions."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """A converted object and what it no longer says.

    Attributes:
        manifest: The object in the asked version; shares nothing with the one it was made from.
        dropped: What of the source the result does not hold, private annotations included.
        refused: What the API server would refuse in the result, though it took it in the source.
    """

    manifest: dict[str, Any]
    dropped: tuple[Dropped, ...]
    refused: tuple[Dropped, ...] = ()


def convert(manifest: Mapping[str, Any], to: str, *, clean: bool = False) -> dict[str, Any]:
    """Return a Dynamo object in another API version, as the operator's conversion webhook would.

    The result is what the operator (main of 2026-08-21, between 1.4 and 1.5) sends back, empty structs and
    statuses that Go always writes included. What the asked version has no field for goes into the private
    annotations ``nvidia.com/dgd-spec`` and so on, so that converting back loses nothing. An object that
    already has the asked version comes back as an equal copy.

    Args:
        manifest: A DynamoGraphDeployment, DynamoComponentDeployment, DynamoGraphDeploymentRequest or
            DynamoGraphDeploymentScalingAdapter as loaded from YAML or JSON; never changed.
        to: ``nvidia.com/v1alpha1`` or ``nvidia.com/v1beta1``; the bare version will do.
        clean: Write what a person would: no private annotations and none of Go's empty values. What this
            drops is in the report of :func:`convert_report`.

    Returns:
        A new object that shares no part with ``manifest``.

    Raises:
        ConversionError: Another kind or version, fields of both versions in one graph, component names that
            the asked version cannot tell apart, a part of the wrong shape.
    """
    return convert_report(manifest, to, clean=clean, explain=False).manifest


def convert_report(
    manifest: Mapping[str, Any], to: str, *, clean: bool = False, explain: bool = True
) -> Conversion:
    """Convert as :func:`convert` does, and say what the result no longer holds.

    Args:
        manifest: As for :func:`convert`.
        to: As for :func:`convert`.
        clean: As for :func:`convert`.
        explain: Say what is dropped and refused; without it the conversion is faster.

    Raises:
        ConversionError: As :func:`convert`.
    """
    version, kind_name = target_version(to), _kind_of(manifest)
    if manifest["apiVersion"] == version:
        return Conversion(copy.deepcopy(dict(manifest)), ())
    kind = KINDS[kind_name]
    source, target = (kind.alpha, kind.beta) if version == BETA else (kind.beta, kind.alpha)
    _refuse_mixed(manifest)
    decoded = decode(source, manifest)
    dropped = list(losses.of_source(source, manifest, decoded)) if explain else []
    refused = tuple(losses.refused(source, decoded)) if explain else ()
    decoded.setdefault("metadata", {})
    if clean:
        cleaning.prepare(kind_name, version, decoded)
    out = {"apiVersion": version, "kind": kind_name} | (kind.to_beta if version == BETA else kind.to_alpha)(
        decoded
    )
    if clean:
        dropped += cleaning.finish(kind_name, version, out)
    encoded = encode(target, out, Mode.STRIPPED if version == BETA or clean else Mode.PLAIN)
    encoded.setdefault("metadata", {})
    if clean:
        encoded = cleaning.prune(encoded, keep_status="status" in manifest)
    return Conversion(encoded, tuple(dropped), refused)


def target_version(to: str) -> str:
    """Return the full name of an API version.

    Raises:
        ConversionError: The version is neither v1alpha1 nor v1beta1 of nvidia.com.
    """
    version = to if "/" in to else f"nvidia.com/{to}"
    if version not in (ALPHA, BETA):
        raise ConversionError(f"cannot convert to {to!r}: the versions are {ALPHA} and {BETA}")
    return version


def _kind_of(manifest: Mapping[str, Any]) -> str:
    kind, version = manifest.get("kind"), manifest.get("apiVersion")
    if not isinstance(kind, str) or kind not in KINDS:
        near = did_you_mean(str(kind), KINDS, limit=1) if str(kind).startswith("Dynamo") else ""
        known = near or f"; it works for {', '.join(KINDS)}"
        raise ConversionError(f"cannot convert an object of kind {kind!r}{known}")
    if version not in (ALPHA, BETA):
        raise ConversionError(
            f"cannot convert {kind} from apiVersion {version!r}: the versions are {ALPHA} and {BETA}"
        )
    return str(kind)


def _refuse_mixed(manifest: Mapping[str, Any]) -> None:
    spec = manifest.get("spec")
    if manifest["kind"] != "DynamoGraphDeployment" or not isinstance(spec, dict):
        return
    version = manifest["apiVersion"]
    mine, other = ("services", "components") if version == ALPHA else ("components", "services")
    if spec.get(other) is None:
        return
    if spec.get(mine) is not None:
        raise ConversionError(
            f"the graph has both spec.services (v1alpha1) and spec.components (v1beta1); keep spec.{mine} for {version}"
        )
    right = BETA if version == ALPHA else ALPHA
    raise ConversionError(
        f"spec.{other} is not a field of {version}; an object with it has apiVersion {right}"
    )
