"""Convert the text of a file: other documents stay byte for byte, comments come along."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydynamo_manifests import yaml
from pydynamo_manifests.convert import comments
from pydynamo_manifests.convert.objects import KINDS, convert_report, target_version
from pydynamo_manifests.convert.places import counterpart
from pydynamo_manifests.errors import ConversionError, YamlError

__all__ = ["TextConversion", "convert_text", "edit_text"]

_SEPARATOR = re.compile(r"^---(?:[ \t].*)?(?:\r?\n|$)", re.MULTILINE)


@dataclass(slots=True)
class TextConversion:
    """A converted text.

    Attributes:
        text: The new text.
        objects: How many objects of the four kinds the text holds.
        converted: How many of them were converted.
        kinds: The other kinds that the text holds.
        notices: What was dropped or left alone, one line each.
    """

    text: str
    objects: int = 0
    converted: int = 0
    kinds: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


Edit = Callable[[dict[str, Any], TextConversion, str], dict[str, Any] | None]
"""Returns the new form of a document, None when it stays; notes what it has to say under the name given."""

Place = Callable[[yaml.Path, Any, Any], "yaml.Path | None"]
"""Returns where the thing at a path of the old document stands in the new one."""


def convert_text(text: str, to: str, *, clean: bool = False, source: str = "<text>") -> TextConversion:
    """Convert every object of the four kinds in a YAML (or JSON) text that has the other version.

    A status that only Go's encoder would invent is left out. Documents that are not converted, templates
    and broken ones among them, keep their bytes.

    Raises:
        ConversionError: An object cannot be converted; names source and document.
    """
    target_version(to)

    def edit(old: dict[str, Any], out: TextConversion, name: str) -> dict[str, Any] | None:
        try:
            return _document(old, to, out, clean=clean, name=name)
        except ConversionError as e:
            raise ConversionError(f"{name}: {e}") from None

    return edit_text(text, edit, counterpart, source)


def edit_text(text: str, edit: Edit, place: Place, source: str) -> TextConversion:
    """Let ``edit`` rewrite the documents of a text; what it leaves keeps its bytes, comments come along."""
    out = TextConversion("")
    parts: list[str] = []
    at = 0
    for number, match in enumerate([*_SEPARATOR.finditer(text), None], 1):
        chunk = text[at : match.start() if match else len(text)]
        parts.append(_chunk(chunk, edit, place, out, f"{source}, document {number}"))
        if match:
            parts.append(match[0])
            at = match.end()
    out.text = "".join(parts)
    return out


def _chunk(chunk: str, edit: Edit, place: Place, out: TextConversion, name: str) -> str:
    try:
        documents = list(yaml.parse_all(chunk))
    except YamlError as e:
        what = "a template" if "{{" in chunk else f"no YAML that can be read ({e.problem})"
        out.notices.append(f"{name}: {what}; left as it is")
        return chunk
    old = documents[0].value if documents else None
    if not isinstance(old, dict) or (new := edit(old, out, name)) is None:
        return chunk
    written, lost = _write(chunk, old, new, place)
    out.notices += [f"{name}: no place for the comment {comment!r}" for comment in lost]
    return written


def _document(
    old: dict[str, Any], to: str, out: TextConversion, *, clean: bool, name: str
) -> dict[str, Any] | None:
    """Return a document with its object, or the objects of its list, converted; None when nothing changes."""
    if old.get("kind") == "List" and isinstance(old.get("items"), list):
        items = [
            _document(i, to, out, clean=clean, name=name) if isinstance(i, dict) else None
            for i in old["items"]
        ]
        if not any(items):
            return None
        return old | {"items": [item or before for item, before in zip(items, old["items"], strict=True)]}
    kind, version = old.get("kind"), str(old.get("apiVersion"))
    if not isinstance(kind, str) or kind not in KINDS or not version.startswith("nvidia.com/"):
        if kind is not None:
            out.kinds.append(f"{kind} of {version}")
        return None
    out.objects += 1
    conversion = convert_report(old, to, clean=clean)
    if version == conversion.manifest["apiVersion"]:
        return None
    out.converted += 1
    out.notices += [f"{name}: dropped {dropped}" for dropped in conversion.dropped]
    out.notices += [f"{name}: the API server refuses {refused}" for refused in conversion.refused]
    if "status" not in old:
        conversion.manifest.pop("status", None)
    return conversion.manifest


def _write(chunk: str, old: dict[str, Any], new: dict[str, Any], place: Place) -> tuple[str, list[str]]:
    newline = "\r\n" if "\r\n" in chunk else "\n"
    if chunk.lstrip().startswith("{"):
        return json.dumps(new, indent=2, ensure_ascii=False).replace("\n", newline) + newline, []
    head, body = _head(chunk.replace("\r\n", "\n"))
    found = comments.find(body, next(yaml.parse_all(body)))
    moved = [c if c.path is None else c._replace(path=_moved(c.path, old, new, place) or ()) for c in found]
    lost = [c.text for c in moved if c.path == ()]
    plain = yaml.dump(new)
    text = comments.attach(plain, [c for c in moved if c.path != ()])
    if yaml.load(text) != new:
        text, lost = plain, [c.text for c in found]
    return (head + text).replace("\n", newline), lost


def _moved(path: yaml.Path, old: Any, new: Any, place: Place) -> yaml.Path | None:
    return None if "items" in new else place(path, old, new)


def _head(chunk: str) -> tuple[str, str]:
    """Split off the comments and empty lines that the document begins with."""
    lines = chunk.splitlines(keepends=True)
    count = next((i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), 0)
    return "".join(lines[:count]), "".join(lines[count:])
