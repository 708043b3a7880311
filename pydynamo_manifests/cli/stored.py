"""``validate --old``: the stored objects that an update changes, and a word when none of them is changed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.validate.sources import files_of
from pydynamo_manifests.yaml import load_all
from pydynamo_manifests.yaml.files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydynamo_manifests.validate import Report
    from pydynamo_manifests.validate.target import Target

__all__ = ["note_unchanged", "stored_objects"]

_FEW = 3


def stored_objects(paths: Iterable[str]) -> list[dict[str, Any]]:
    """Return the objects of files and folders, those of lists too.

    Raises:
        InputError: A file cannot be read, or holds something else.
    """
    return [
        o for file, _ in files_of(paths) for d in load_all(read_text(file), file) for o in _objects(d, file)
    ]


def _objects(document: Any, file: str) -> list[dict[str, Any]]:
    if document is None:
        return []
    items = document.get("items") if isinstance(document, dict) else None
    found = items if isinstance(items, list) else [document]
    for one in found:
        metadata = one.get("metadata") if isinstance(one, dict) else None
        name = metadata.get("name") if isinstance(metadata, dict) else None
        if not (isinstance(name, str) and name and one.get("kind") and one.get("apiVersion")):
            raise InputError(
                f"{file}: --old takes stored objects, which have apiVersion, kind and metadata.name; "
                "kubectl get -o yaml writes them"
            )
    return found


def note_unchanged(target: Target, report: Report) -> None:
    """Tell on standard error that nothing was judged as an update where the user means one."""
    changed = {(_group(d.api_version), d.kind, d.name) for d in report.documents}
    olds = [(group, kind, name) for group, kind, _, name in target.olds]
    lists = any((kind or "").endswith("List") for _, kind, _ in changed)
    if olds and not lists and not changed & {*olds}:
        names = ", ".join([f"{kind}/{name}" for _, kind, name in olds[:_FEW]] + ["..."] * (len(olds) > _FEW))
        print(
            f"dynamo-manifests: note: no document is a change of what --old holds: {names}", file=sys.stderr
        )


def _group(api_version: str | None) -> str:
    return (api_version or "").rpartition("/")[0]
