"""Patches of Kustomize: parts of objects that stand elsewhere, which nobody can judge as objects.

Source: Kustomize, the fields ``patches``, ``patchesStrategicMerge`` and ``patchesJson6902``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.validate.shapes import listed, mapping
from pydynamo_manifests.yaml import load_all
from pydynamo_manifests.yaml.files import STDIN, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["patches"]

_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def patches(files: Iterable[str]) -> dict[str, str]:
    """Return which files are patches, each with the kustomization that says so.

    The kustomizations that are looked at stand beside the files. A file that one of them lists among its
    resources, too, is an object.
    """
    folders = dict.fromkeys(os.path.dirname(file) for file in files if file != STDIN)  # noqa: PTH120 - many files
    found: dict[str, str] = {}
    whole: set[str] = set()
    for folder in folders:
        for path, content in _kustomizations(folder):
            found |= {_below(folder, name): path for name in _patched(content)}
            whole |= {_below(folder, name) for name in _texts(content.get("resources"))}
    return {file: path for file, path in found.items() if file not in whole}


def _kustomizations(folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in _NAMES:
        path = os.path.join(folder, name)  # noqa: PTH118 - keeps the file's name as it was given
        if os.path.isfile(path):  # noqa: PTH113 - the same
            try:
                documents = load_all(read_text(path), path)
            except InputError:
                continue
            yield from ((path, document) for document in documents if isinstance(document, dict))


def _patched(content: dict[str, Any]) -> Iterator[str]:
    for field in ("patches", "patchesJson6902"):
        yield from _texts([mapping(item).get("path") for item in listed(content.get(field))])
    yield from _texts(content.get("patchesStrategicMerge"))


def _texts(items: Any) -> list[str]:
    return [item for item in listed(items) if isinstance(item, str) and item and "\n" not in item]


def _below(folder: str, name: str) -> str:
    return os.path.normpath(os.path.join(folder, name))  # noqa: PTH118 - as above
