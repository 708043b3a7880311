"""From an intent to the values of a graph: every decision is taken here and recorded whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.backends import backend_at
from pydynamo_manifests.errors import CombinationError, UnknownNameError, arguments_named
from pydynamo_manifests.patterns import PATTERNS, Pattern, pattern
from pydynamo_manifests.patterns.parts import Graph, Notes, has_cache
from pydynamo_manifests.releases import RELEASES, Release, fact_range, newest, release, release_of_tag
from pydynamo_manifests.requests.composing import request_composition
from pydynamo_manifests.requests.intent import RequestIntent

if TYPE_CHECKING:
    from pydynamo_manifests.backends.base import Backend
    from pydynamo_manifests.intent import Intent
    from pydynamo_manifests.values import GraphValues

__all__ = ["Composition", "compose", "composition"]

ALPHA, BETA = "nvidia.com/v1alpha1", "nvidia.com/v1beta1"


@dataclass(frozen=True)
class Composition:
    """The values of a graph as plain data, and the words that explain them by path."""

    values: dict[str, Any]
    notes: Notes
    release: Release
    backend: Backend
    pattern: Pattern


def compose(intent: Intent | RequestIntent) -> GraphValues:
    """Return the values of the graph that an intent asks for, or of the request for one.

    Raises:
        CombinationError: Choices that do not go together; says what to write, and since or until when.
        InputError: A value that is not usable.
        UnknownNameError: No such release, backend or pattern; names the nearest.
    """
    from pydynamo_manifests.values import load_values  # noqa: PLC0415 - pydantic loads with the first graph

    if isinstance(intent, RequestIntent):
        with arguments_named(intent.names()):
            return load_values(request_composition(intent).values)
    return load_values(composition(intent).values)


def composition(intent: Intent) -> Composition:
    """Return what :func:`compose` decides, with the reasons, as plain data.

    Raises:
        DynamoManifestsError: As :func:`compose`.
    """
    with arguments_named(intent.names()):
        return _composition(intent)


def _composition(intent: Intent) -> Composition:
    at = _release(intent)
    shape, backend = pattern(intent.pattern), backend_at(intent.backend, at)
    _check(intent, at, shape)
    graph = Graph(intent, at, backend, _api_version(intent, at))
    values = {
        "dynamo": {"release": at.version, "apiVersion": graph.api_version},
        "model": _model(intent),
        "image": _image(intent, at),
        "backendFramework": backend.FRAMEWORK,
        "components": shape.components(graph),
    }
    notes = _notes(intent) | graph.notes
    return Composition({k: v for k, v in values.items() if v is not None}, notes, at, backend, shape)


def _release(intent: Intent) -> Release:
    found = release(intent.dynamo) if intent.dynamo else newest()
    if found.hidden:
        raise CombinationError(
            f"{found} is a development snapshot without images; graphs are composed for releases"
        )
    return found


def _check(intent: Intent, at: Release, shape: Pattern) -> None:
    for role in sorted({"prefill", "decode"} - set(shape.roles)):
        asked = next((name for name, value in vars(getattr(intent, role)).items() if value is not None), None)
        if asked:
            option = asked.replace("_", "-")
            message = (
                f"--{role}-{option}: {shape.name} has no {role} workers; write --{option}, or choose disagg"
            )
            raise CombinationError(message)
    _check_planner(intent, at, shape)
    if intent.dynamo_namespace and not at.dynamo_namespace:
        raise CombinationError(
            f"--dynamo-namespace: graphs say it until Dynamo 0.8; at {at} the operator computes it from "
            "namespace and name; leave it out"
        )
    if intent.pull_policy not in (None, "Always", "IfNotPresent", "Never"):
        raise UnknownNameError("pull policy", str(intent.pull_policy), ("Always", "IfNotPresent", "Never"))
    tagged = release_of_tag(intent.image_tag or "")
    if tagged and tagged.line != at.line:
        raise CombinationError(
            f"--image-tag {intent.image_tag} is of Dynamo {tagged.line}, but flags and variables are composed for "
            f"{at}; write --dynamo {tagged.line}"
        )
    for repository in (intent.image, intent.frontend_image):
        _check_image(repository, at)


_PLANNER_OPTIONS = (
    "ttft",
    "itl",
    "max_gpus",
    "min_endpoint",
    "advisory",
    "prometheus",
    "planner_profile",
    "global_planner",
)


def _check_planner(intent: Intent, at: Release, shape: Pattern) -> None:
    if shape.since and not at.within(since=shape.since):
        raise CombinationError(
            f"{shape.name} exists from Dynamo {shape.since} on, not at {at}; choose disagg-planner, or "
            f"--dynamo {shape.since} or newer"
        )
    if not shape.planner:
        asked = next((n for n in _PLANNER_OPTIONS if getattr(intent, n) not in (None, False)), None)
        if asked:
            fits = [name for name, p in PATTERNS.items() if p.planner]
            raise CombinationError(
                f"--{asked.replace('_', '-')}: {shape.name} has no planner; leave it out, or choose "
                f"{', '.join(fits[:-1])} or {fits[-1]}"
            )
        return
    if intent.backend not in at.planned:
        raise CombinationError(
            f"{shape.name}: the planner of {at} scales {', '.join(at.planned)}, not {intent.backend}; choose a "
            "pattern without a planner"
        )
    if intent.global_planner and not at.within(since="1.0"):
        raise CombinationError(
            f"--global-planner: planners ask one from Dynamo 1.0 on, not at {at}; leave it out"
        )
    for prefix, sizes in (("", intent), ("prefill-", intent.prefill), ("decode-", intent.decode)):
        if sizes.replicas is not None:
            raise CombinationError(
                f"--{prefix}replicas: the planner of {shape.name} owns the replicas; leave it out, "
                "--min-endpoint and --max-gpus are its bounds"
            )


def _check_image(repository: str | None, at: Release) -> None:
    known = {name for r in RELEASES for name in r.images}
    if repository in known and repository not in at.images:
        since, until = fact_range("images", repository)
        span = " ".join(
            filter(None, (since and f"from Dynamo {since} on", until and f"until Dynamo {until}"))
        )
        raise CombinationError(
            f"image {repository} exists {span}, not at {at}; choose one of {', '.join(at.images)}"
        )


def _api_version(intent: Intent, at: Release) -> str:
    wanted = intent.api_version
    if wanted is None:
        return at.graph_api_version
    full = wanted if "/" in wanted else f"nvidia.com/{wanted}"
    if full not in (ALPHA, BETA):
        raise UnknownNameError("API version", wanted, (ALPHA, BETA))
    if full not in at.graph_api_versions:
        fits = [r.line for r in RELEASES if not r.hidden and full in r.graph_api_versions]
        span = f"from Dynamo {fits[0]} on" if full == BETA else f"until Dynamo {fits[-1]}"
        raise CombinationError(
            f"graphs are written in {full} {span}, not at {at}; leave --api-version out, which means "
            f"{at.graph_api_version} there"
        )
    return full


def _model(intent: Intent) -> dict[str, Any]:
    secret = {"name": intent.token_secret, "key": intent.token_key or None} if intent.token_secret else None
    return _given(
        {
            "name": intent.model,
            "servedName": intent.served_name,
            "revision": intent.revision,
            "path": intent.model_path,
            "tokenSecret": secret,
            "cache": _cache(intent),
        }
    )


def _cache(intent: Intent) -> dict[str, Any] | None:
    if not has_cache(intent):
        return None
    create = _given({"size": intent.cache_size, "storageClassName": intent.cache_storage_class})
    return _given(
        {
            "existingClaim": intent.cache_claim,
            "create": create or None,
            "hostPath": intent.cache_host_path,
            "mountPath": intent.cache_mount_path,
            "download": {"enabled": True} if intent.download else None,
        }
    )


def _image(intent: Intent, at: Release) -> dict[str, Any]:
    return _given(
        {
            "registry": at.registry if intent.registry is None else intent.registry,
            "repository": intent.image or at.component_images[intent.backend],
            "tag": intent.image_tag,
            "pullPolicy": intent.pull_policy,
            "pullSecrets": list(intent.pull_secrets) or None,
        }
    )


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _notes(intent: Intent) -> Notes:
    notes: Notes = {
        ("dynamo", "release"): "what these values were composed for; images carry it as their tag",
        ("model", "name"): "reaches every flag and variable that needs it",
        ("image", "repository"): "of every component that does not name its own",
    }
    if intent.token_secret:
        notes["model", "tokenSecret"] = "an existing Secret; take it away with tokenSecret: null"
    if intent.cache_host_path and intent.download:
        notes["model", "cache", "hostPath"] = (
            "a file system that all nodes share: the download runs on one node, workers elsewhere wait for it"
        )
    if intent.model_path and not _cached(intent):
        notes["model", "path"] = "nothing here mounts it: the image, or a volume that you add, must hold it"
    return notes


def _cached(intent: Intent) -> bool:
    """Tell whether the model's directory lies in the cache."""
    return has_cache(intent) and f"{intent.model_path}/".startswith(f"{intent.cache_path}/")
