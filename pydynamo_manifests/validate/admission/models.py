"""Rules on a DynamoModel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.admission.review import rule
from pydynamo_manifests.validate.shapes import mapping, text

if TYPE_CHECKING:
    from pydynamo_manifests.validate.admission.review import Review

__all__ = ["check"]

_WEBHOOK = "operator, webhook/validation/dynamomodel (#4416)"
_LOCAL_FILES = "1.3"

NAME = rule(
    "ADM-MODEL-01", "a model needs its name and the name of its base model",
    "Write modelName and baseModelName (equal for a base model).",
    since="0.8", source=_WEBHOOK,
)  # fmt: skip
SOURCE = rule(
    "ADM-MODEL-02", "a LoRA adapter needs a source",
    "Write source.uri.",
    since="0.8", source=_WEBHOOK,
)  # fmt: skip
URI = rule(
    "ADM-MODEL-03", "a LoRA adapter is loaded from S3, Hugging Face or (1.3 and newer) a local file",
    "Begin source.uri with s3://, hf:// or file:///.",
    since="0.8", source=_WEBHOOK,
)  # fmt: skip
FIXED = rule(
    "ADM-MODEL-04", "the base model and the type of a model never change",
    "Delete the model and create it again.",
    since="0.8", source=_WEBHOOK,
)  # fmt: skip
BASE_WARNING = rule(
    "ADM-MODEL-05", "another base model would break the discovery of endpoints",
    "Delete the model and create it again.",
    severity="warning", since="0.8", source=_WEBHOOK,
)  # fmt: skip
TYPE_WARNING = rule(
    "ADM-MODEL-06", "another model type may do what nobody expects",
    "Delete the model and create it again.",
    severity="warning", since="0.8", source=_WEBHOOK,
)  # fmt: skip


def check(review: Review, obj: dict[str, Any], old: dict[str, Any] | None) -> None:
    """Check a DynamoModel, on create and on update."""
    spec = mapping(obj.get("spec"))
    for key in ("modelName", "baseModelName"):
        if not text(spec.get(key)):
            review.add(NAME, ("spec", key))
    if spec.get("modelType") == "lora":
        _check_source(review, spec.get("source"))
    if old is not None:
        _check_change(review, obj, old)


def _check_source(review: Review, source: Any) -> None:
    if not isinstance(source, dict):
        review.add(SOURCE, ("spec", "source"))
        return
    uri = text(source.get("uri"))
    schemes = ("s3://", "hf://", "file:///") if review.at_least(_LOCAL_FILES) else ("s3://", "hf://")
    if not uri:
        review.add(SOURCE, ("spec", "source", "uri"))
    elif not uri.startswith(schemes):  # the address may hold a credential and is never repeated
        review.add(URI, ("spec", "source", "uri"))


def _check_change(review: Review, obj: dict[str, Any], old: dict[str, Any]) -> None:
    for key, default, warning in (("baseModelName", "", BASE_WARNING), ("modelType", "base", TYPE_WARNING)):
        now, was = (_said(part.get("spec"), key, default) for part in (obj, old))
        if now != was:
            review.add(FIXED, ("spec", key), f"it is {was!r}")
            review.add(warning, ("spec", key))


def _said(spec: Any, key: str, default: str) -> str:
    """Return what a field of a spec says; without a spec the API server fills no default in."""
    return text(spec.get(key)) or default if isinstance(spec, dict) else ""
