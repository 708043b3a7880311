"""Rules on a DGDR, a request for a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.admission.graph import ALPHA, BETA, converted, preserved
from pydynamo_manifests.validate.admission.review import rule
from pydynamo_manifests.validate.admission.semver import image_version
from pydynamo_manifests.validate.shapes import mapping, text

if TYPE_CHECKING:
    from pydynamo_manifests.validate.admission.review import Review

__all__ = ["check"]

_WEBHOOK = "operator, webhook/validation/dynamographdeploymentrequest"
_HARDWARE = ("gpuSku", "vramMb", "numGpusPerNode")

HARDWARE = rule(
    "ADM-DGDR-01", "without GPU discovery the request must say which GPUs there are",
    "Write hardware.gpuSku, hardware.vramMb or hardware.numGpusPerNode, or switch GPU discovery on in the operator.",
    since="1.0", source=f"{_WEBHOOK} (#6498)",
)  # fmt: skip
SEARCH = rule(
    "ADM-DGDR-02", "a thorough search needs one backend",
    "Write backend: vllm, sglang or trtllm, or searchStrategy: rapid.",
    since="1.0", source=f"{_WEBHOOK} (#6498)",
)  # fmt: skip
VERSION = rule(
    "ADM-DGDR-03", "the image's tag does not say which Dynamo runtime it holds",
    "Use a tag such as 1.5.1, or write runtimeVersionOverride: the version that the image was built from.",
    since="1.4", source=f"{_WEBHOOK} (#10494)",
)  # fmt: skip
FIXED = rule(
    "ADM-DGDR-04", "a request that is being worked on, or was fulfilled, never changes",
    "Delete the request and create it again.",
    since="1.0", source=f"{_WEBHOOK} (#6498, #10494)",
)  # fmt: skip

PROFILER = rule(
    "ADM-DGDR-05", "profiling needs an image",
    "Write profilingConfig.profilerImage.",
    since="0.8", until="0.9", source=f"{_WEBHOOK} (#4416)",
)  # fmt: skip
CONFIG = rule(
    "ADM-DGDR-06", "profiling needs its settings",
    "Write profilingConfig.config.",
    since="0.8", until="0.9", source=f"{_WEBHOOK} (#4416)",
)  # fmt: skip
DISAGREE = rule(
    "ADM-DGDR-07", "the profiler's settings disagree with the request",
    "Remove engine.backend and deployment.model from profilingConfig.config: the request wins.",
    severity="warning", since="0.8", until="0.9", source=f"{_WEBHOOK} (#4416)",
)  # fmt: skip

_BUSY = ("Profiling", "Deploying", "Ready", "Deployed")
_REVIEWED = "1.4"
"""Since then a request that waits for review may still get its runtime version, and be applied."""


def check(review: Review, obj: dict[str, Any], old: dict[str, Any] | None) -> None:
    """Check a DGDR; on update only what became worse."""
    spec = _spec(obj)
    before = None if old is None else _spec(old)
    if old is not None and before is not None:
        _check_fixed(review, spec, before, _phase(old))
    if obj.get("apiVersion") == ALPHA and review.on(PROFILER):
        _check_profiling(review, mapping(obj.get("spec")))
    no_hardware = not review.has("gpu-discovery") and _lacks_hardware(spec)
    if no_hardware and (before is None or not _lacks_hardware(before)):
        review.add(HARDWARE, ("spec", "hardware"))
    if _searches_all(spec) and (before is None or not _searches_all(before)):
        review.add(SEARCH, ("spec", "searchStrategy"))
    if _lacks_version(spec) and (before is None or _asks_version(spec, before)):
        review.add(VERSION, ("spec", "runtimeVersionOverride"), text(spec.get("image")))


def _check_profiling(review: Review, spec: dict[str, Any]) -> None:
    """Check what old operators asked of a v1alpha1 request."""
    profiling = mapping(spec.get("profilingConfig"))
    config = mapping(profiling.get("config"))
    if not text(profiling.get("profilerImage")):
        review.add(PROFILER, ("spec", "profilingConfig", "profilerImage"))
    if not config:
        review.add(CONFIG, ("spec", "profilingConfig", "config"))
    for block, key, wanted in (("engine", "backend", "backend"), ("deployment", "model", "model")):
        own = text(mapping(config.get(block)).get(key))
        if own and own != spec.get(wanted):
            review.add(
                DISAGREE, ("spec", "profilingConfig", "config", block, key), f"spec.{wanted} is not {own}"
            )


def _spec(obj: dict[str, Any]) -> dict[str, Any]:
    """Return the spec in v1beta1's words, as far as it is looked at."""
    spec = mapping(obj.get("spec"))
    if obj.get("apiVersion") != ALPHA:
        return spec
    if preserved(obj):
        return mapping(mapping(converted(obj, BETA)).get("spec")) or spec
    profiling = mapping(spec.get("profilingConfig"))
    hub = {
        "model": spec.get("model"),
        "backend": spec.get("backend"),
        "image": text(profiling.get("profilerImage"))
        or mapping(spec.get("deploymentOverrides")).get("workersImage"),
        "autoApply": spec.get("autoApply") is True,
        "runtimeVersionOverride": spec.get("runtimeVersionOverride"),
        "useMocker": spec.get("useMocker") is True,
        "profiling": [profiling.get(key) for key in ("config", "resources", "tolerations", "nodeSelector")],
    }
    return {key: value for key, value in hub.items() if value is not None}


def _phase(obj: dict[str, Any]) -> str:
    status = mapping(obj.get("status"))
    if obj.get("apiVersion") != ALPHA:
        return text(status.get("phase"))
    state = text(status.get("state"))
    return "Ready" if state == "DeploymentDeleted" else state


def _lacks_hardware(spec: dict[str, Any]) -> bool:
    hardware = mapping(spec.get("hardware"))
    return all(hardware.get(key) in (None, "") for key in _HARDWARE)


def _searches_all(spec: dict[str, Any]) -> bool:
    return spec.get("searchStrategy") == "thorough" and spec.get("backend") in (None, "", "auto")


def _lacks_version(spec: dict[str, Any]) -> bool:
    image = text(spec.get("image"))
    return bool(image) and not text(spec.get("runtimeVersionOverride")) and image_version(image) is None


def _asks_version(spec: dict[str, Any], before: dict[str, Any]) -> bool:
    changed = any(text(spec.get(key)) != text(before.get(key)) for key in ("image", "runtimeVersionOverride"))
    return changed or _applied(spec, before)


def _applied(spec: dict[str, Any], before: dict[str, Any]) -> bool:
    return before.get("autoApply") is False and spec.get("autoApply") is not False


def _check_fixed(review: Review, spec: dict[str, Any], before: dict[str, Any], phase: str) -> None:
    if phase not in _BUSY:
        return
    free = set[str]()
    if review.at_least(_REVIEWED) and before.get("autoApply") is False and phase in ("Profiling", "Ready"):
        free.add("runtimeVersionOverride")
        if phase == "Ready" and _applied(spec, before):
            free.add("autoApply")
    changed = sorted(key for key in spec.keys() | before.keys() if _plain(spec, key) != _plain(before, key))
    if set(changed) - free:
        review.add(FIXED, ("spec",), f"its phase is {phase}, and {', '.join(changed)} changed")


_DEFAULTS = {"backend": "auto", "searchStrategy": "rapid", "autoApply": True}


def _plain(spec: dict[str, Any], key: str) -> Any:
    value = spec.get(key)
    return _DEFAULTS.get(key) if value in (None, "") else value
