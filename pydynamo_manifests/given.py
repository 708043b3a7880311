"""Forms of what a user gives: names, sizes, tags and paths, refused where nothing could take them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["FORMS", "check_form", "check_labels"]

_OBJECT = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
_QUANTITY = re.compile(r"[0-9]+(\.[0-9]+)?(m|k|Ki|[MGTPE]i?)?")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_LABEL_KEY = re.compile(
    r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
)
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?")


def _is_word(text: str) -> bool:
    return text.isprintable() and text != "" and not re.search(r"\s", text)


def _is_path(text: str) -> bool:
    return text.isprintable() and text.strip() != ""


FORMS: dict[str, tuple[Callable[[str], object], str]] = {
    "word": (_is_word, "a name without blanks"),
    "path": (_is_path, "a path"),
    "registry": (lambda text: text == "" or _is_word(text), "a registry without blanks, or empty for none"),
    "object": (_OBJECT.fullmatch, "the name of an object: lower-case letters, digits and inner '-' or '.'"),
    "object or none": (
        lambda text: text == "" or _OBJECT.fullmatch(text),
        "the name of an object (lower-case letters, digits and inner '-' or '.'), or empty for none",
    ),
    "quantity": (_QUANTITY.fullmatch, "a size as Kubernetes writes it, such as 500Gi"),
    "tag": (_TAG.fullmatch, "a tag of letters, digits, '.', '_' and '-', such as 1.6.1"),
}
"""What a text must be, and the words for it. Sources: Kubernetes' object names, labels and resource
quantities; the image reference of the OCI distribution specification."""


def check_form(option: str, value: Any, form: str) -> None:
    """Refuse a text that has not the form of its field; None says nothing.

    Raises:
        InputError: It has another form, with the form in words.
    """
    texts = value if isinstance(value, tuple) else (value,)
    fits, words = FORMS[form]
    for text in texts:
        if isinstance(text, str) and not fits(text):
            raise InputError(f"{option} {text!r}: write {words}, or leave it out")


def check_labels(option: str, labels: Mapping[str, str]) -> None:
    """Refuse what no node could carry as labels.

    Raises:
        InputError: A key or a value that is no label's.
    """
    for key, value in labels.items():
        if not _LABEL_KEY.fullmatch(key):
            raise InputError(f"{option}: {key!r} is no key of a label, such as nvidia.com/gpu.product")
        if not isinstance(value, str) or not _LABEL_VALUE.fullmatch(value):
            raise InputError(
                f"{option}: {value!r} is no value of a label: up to 63 letters, digits, '-', '_' and '.'"
            )
