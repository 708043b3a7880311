"""Kubernetes' ObjectMeta: its fields, and what names, labels and annotations may be.

Source: k8s.io/apimachinery, pkg/apis/meta/v1 and pkg/util/validation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.codes import BAD_METADATA, NO_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.report import Finding, Path

__all__ = ["OBJECT_META", "check_metadata", "check_template_metadata"]

_TEXT = {"type": "string"}
_TEXTS = {"type": "object", "additionalProperties": _TEXT}
_FLAG = {"type": "boolean"}
_COUNT = {"type": "integer", "format": "int64"}
_TIME = {"type": "string", "format": "date-time"}
_OWNER = {
    "type": "object",
    "required": ["apiVersion", "kind", "name", "uid"],
    "properties": {
        **dict.fromkeys(("apiVersion", "kind", "name", "uid"), _TEXT),
        **dict.fromkeys(("blockOwnerDeletion", "controller"), _FLAG),
    },
}

OBJECT_META: dict[str, Any] = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("generateName", "name", "namespace", "resourceVersion", "selfLink", "uid"), _TEXT),
        **dict.fromkeys(("annotations", "labels"), _TEXTS),
        **dict.fromkeys(("creationTimestamp", "deletionTimestamp"), _TIME),
        **dict.fromkeys(("deletionGracePeriodSeconds", "generation"), _COUNT),
        "finalizers": {"type": "array", "items": _TEXT},
        "managedFields": {
            "type": "array",
            "items": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        },
        "ownerReferences": {"type": "array", "items": _OWNER},
    },
}
"""The structural schema of an object's metadata."""

MAX_SUBDOMAIN, MAX_LABEL, MAX_ANNOTATIONS = 253, 63, 256 * 1024

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_LABEL_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")

_SUBDOMAIN_WORDS = "lower-case letters, digits, '-' and '.', with a letter or digit at both ends"
_LABEL_WORDS = "lower-case letters, digits and '-', with a letter or digit at both ends"
_QUALIFIED_WORDS = "letters, digits, '-', '_' and '.', with a letter or digit at both ends"


def check_metadata(metadata: Any, group: str, kind: str) -> Iterator[Finding]:
    """Yield what is wrong with an object's names, labels and annotations; wrong types are for the schema."""
    if not isinstance(metadata, dict):
        yield BAD_METADATA.finding(("metadata", "name"), "an object needs metadata with a name")
        return
    name, prefix = metadata.get("name"), metadata.get("generateName")
    if not name and not prefix:
        yield BAD_METADATA.finding(("metadata", "name"), "an object needs a name, or a generateName")
    if isinstance(name, str) and name:
        yield from _name(name, group, kind)
    elif isinstance(prefix, str) and prefix and not _SUBDOMAIN.fullmatch(f"{prefix}x"):
        yield _bad(("metadata", "generateName"), prefix, _SUBDOMAIN_WORDS)
    namespace = metadata.get("namespace")
    if isinstance(namespace, str) and namespace and not _is_label(namespace):
        yield NO_NAMESPACE.finding(("metadata", "namespace"), f"{namespace!r} is no name of a namespace")
    yield from check_template_metadata(metadata, ("metadata",))
    for index, finalizer in enumerate(metadata.get("finalizers") or ()):
        yield from _qualified(("metadata", "finalizers", index), finalizer)


def _is_label(text: str) -> bool:
    return len(text) <= MAX_LABEL and _LABEL.fullmatch(text) is not None


def check_template_metadata(metadata: dict[str, Any], path: Path) -> Iterator[Finding]:
    """Yield what is wrong with labels and annotations, of an object or of a pod template."""
    labels, annotations = metadata.get("labels"), metadata.get("annotations")
    if isinstance(labels, dict):
        for key, value in labels.items():
            yield from _qualified((*path, "labels", key), key)
            if isinstance(value, str) and value:
                yield from _short((*path, "labels", key), value, _QUALIFIED, _QUALIFIED_WORDS)
    if isinstance(annotations, dict):
        size = 0
        for key, value in annotations.items():
            yield from _qualified((*path, "annotations", key), key.lower())
            size += len(key.encode()) + len(value.encode() if isinstance(value, str) else b"")
        if size > MAX_ANNOTATIONS:
            problem = f"annotations take {size} bytes together; {MAX_ANNOTATIONS} is the limit"
            yield BAD_METADATA.finding((*path, "annotations"), problem)


def _name(name: str, group: str, kind: str) -> Iterator[Finding]:
    where = ("metadata", "name")
    if group == "rbac.authorization.k8s.io":
        if name in (".", "..") or "/" in name or "%" in name:
            yield _bad(where, name, "anything but '/' and '%'")
    elif kind == "Service" and not group:
        yield from _short(where, name, _LABEL_1035, f"{_LABEL_WORDS}, beginning with a letter")
    elif kind == "Namespace" and not group:
        yield from _short(where, name, _LABEL, _LABEL_WORDS)
    elif len(name) > MAX_SUBDOMAIN:
        yield BAD_METADATA.finding(where, f"a name has at most {MAX_SUBDOMAIN} characters, not {len(name)}")
    elif not _SUBDOMAIN.fullmatch(name):
        yield _bad(where, name, _SUBDOMAIN_WORDS)


def _short(where: Path, text: str, pattern: re.Pattern[str], words: str) -> Iterator[Finding]:
    if len(text) > MAX_LABEL:
        yield BAD_METADATA.finding(where, f"{text!r} has {len(text)} characters; {MAX_LABEL} is the limit")
    elif not pattern.fullmatch(text):
        yield _bad(where, text, words)


def _qualified(where: Path, key: Any) -> Iterator[Finding]:
    if not isinstance(key, str):
        return
    prefix, slash, name = key.rpartition("/")
    if slash and (len(prefix) > MAX_SUBDOMAIN or not _SUBDOMAIN.fullmatch(prefix)):
        yield _bad(where, key, f"a DNS name before the '/': {_SUBDOMAIN_WORDS}")
    if len(name) > MAX_LABEL or not _QUALIFIED.fullmatch(name):
        yield _bad(where, key, f"at most {MAX_LABEL} {_QUALIFIED_WORDS}")


def _bad(where: Path, text: str, words: str) -> Finding:
    return BAD_METADATA.finding(where, f"{text!r} is refused by the API server", f"Write {words}.")
