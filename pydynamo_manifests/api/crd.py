"""What a release serves: its CRDs, and the schema of one kind for validation."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.api.base import GROUP
from pydynamo_manifests.api.registry import KINDS, model_of
from pydynamo_manifests.api.structural import Builder
from pydynamo_manifests.errors import UnknownNameError
from pydynamo_manifests.releases import release as find_release

if TYPE_CHECKING:
    from pydynamo_manifests.api.base import KindModel
    from pydynamo_manifests.releases import Release

__all__ = ["crds", "schema", "strict_json_schema"]

CONVERSION_SERVICE = {
    "name": "dynamo-operator-webhook-service",
    "namespace": "dynamo-system",
    "path": "/convert",
}
"""Where the API server sends objects to convert, as upstream's CRDs name it; an installer rewrites it."""


def crds(release: str, *, conversion: bool = False, compact: bool = False) -> list[dict[str, Any]]:
    """Return the CRDs of a release, sorted by name.

    Args:
        release: A release of the catalogue (``1.6.1``), or its line.
        conversion: Write the conversion stanza of kinds with two versions, with upstream's Service. Without
            it an installer adds its own: a CRD without one keeps objects as they are stored.
        compact: Keep every CRD below the 262,144 bytes of an annotation, so that a client-side apply works:
            deprecated versions have no descriptions, and leave the pod templates of roles (1.6) open.

    Raises:
        UnknownNameError: The catalogue has no such release.
    """
    found = find_release(release)
    newest = Builder(found, descriptions=True, compact=compact)
    older = Builder(found, descriptions=False, compact=True) if compact else newest
    made = [_crd(kind, newest, older, conversion=conversion) for kind in KINDS if kind in found.kinds]
    return sorted(made, key=lambda made: str(made["metadata"]["name"]))


def _crd(kind: str, newest: Builder, older: Builder, *, conversion: bool) -> dict[str, Any]:
    """Return the CRD of one kind; its newest version and the older ones have a builder each."""
    served = _versions(kind, newest.release)
    model = model_of(kind, served[-1])
    spec: dict[str, Any] = {
        "group": GROUP,
        "names": {
            "kind": kind,
            "listKind": f"{kind}List",
            "plural": model.plural,
            "shortNames": [model.short_name],
            "singular": kind.lower(),
        },
        "scope": model.scope,
        "versions": [_version(kind, v, newest if v == served[-1] else older) for v in served],
    }
    if conversion and len(served) > 1:
        spec["conversion"] = {
            "strategy": "Webhook",
            "webhook": {
                "clientConfig": {"service": dict(CONVERSION_SERVICE)},
                "conversionReviewVersions": ["v1"],
            },
        }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{model.plural}.{GROUP}",
            "annotations": {"helm.sh/resource-policy": "keep"},
        },
        "spec": spec,
    }


def _version(kind: str, version: str, builder: Builder) -> dict[str, Any]:
    model, release = model_of(kind, version), builder.release
    newest = _versions(kind, release)[-1]
    out: dict[str, Any] = {"name": version, "served": True, "storage": version == release.kinds[kind].stored}
    if version != newest:
        out["deprecated"] = True
        out["deprecationWarning"] = f"{GROUP}/{version} {kind} is deprecated; use {GROUP}/{newest} {kind}"
    columns = model.columns_of(release)
    if columns:
        out["additionalPrinterColumns"] = columns
    if model.subresources is not None:
        out["subresources"] = model.subresources
    out["schema"] = {"openAPIV3Schema": _root(model, builder)}
    return out


def _root(model: type[KindModel], builder: Builder) -> dict[str, Any]:
    """Return the schema of a kind: what Kubernetes itself describes (metadata) stays without words."""
    schema = builder.model(model)
    plain = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}
    return {**schema, "properties": {**schema["properties"], **plain}}


def _versions(kind: str, release: Release) -> list[str]:
    """Return the API versions of a kind that a release serves, the oldest first."""
    served = release.kinds[kind].served
    return [version for version in KINDS[kind] if version in served]


@cache
def schema(release: str, kind: str, version: str) -> dict[str, Any]:
    """Return the openAPIV3Schema of one kind, without descriptions.

    The result is shared and its equal parts are the same objects: read it, do not change it.

    Args:
        release: A release of the catalogue, or its line.
        kind: For example ``DynamoGraphDeployment``.
        version: ``v1alpha1`` or ``v1beta1``; the group before it (``nvidia.com/v1beta1``) is fine.

    Raises:
        UnknownNameError: No such release or kind, or the release does not serve that version.
    """
    found = find_release(release)
    if kind not in KINDS or kind not in found.kinds:
        raise UnknownNameError(
            f"kind of Dynamo {found.version}", kind, [k for k in KINDS if k in found.kinds]
        )
    version = version.removeprefix(f"{GROUP}/")
    if version not in (served := _versions(kind, found)):
        raise UnknownNameError(f"version of {kind} in Dynamo {found.version}", version, served)
    return _root(model_of(kind, version), _builder(found.version))


@cache
def _builder(release: str) -> Builder:
    return Builder(find_release(release), descriptions=False)


@cache
def strict_json_schema(release: str, kind: str, version: str) -> dict[str, Any]:
    """Return the same as strict JSON Schema (draft 2020-12): unknown fields are refused.

    It judges documents whose nulls are dropped and whose defaults are applied, as the API server does first.
    CEL rules and the keys of list maps are not in it.

    Raises:
        UnknownNameError: As :func:`schema`.
    """
    from pydynamo_manifests.api.strict import strict  # noqa: PLC0415 - only validation needs it

    return strict(schema(release, kind, version))
