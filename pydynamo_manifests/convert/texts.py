"""Convert the text of a file: other documents stay byte for byte, comments come along."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from pydynamo_manifests import yaml
from pydynamo_manifests.convert import comments
from pydynamo_manifests.convert.objects import KINDS, convert_report, target_version
from pydynamo_manifests.convert.places import counterpart
from pydynamo_manifests.errors import ConversionError, YamlError

__all__ = ["TextConversion", "convert_text"]

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


def convert_text(text: str, to: str, *, clean: bool = False, source: str = "<text>") -> TextConversion:
    """Convert every object of the four kinds in a YAML (or JSON) text that has the other version.

    A status that only Go's encoder would invent is left out. Documents that are not converted, templates
    and broken ones among them, keep their bytes.

    Raises:
        ConversionError: An object cannot be converted; names source and document.
    """
    target_version(to)
    out = TextConversion("")
    parts: list[str] = []
    at = 0
    for number, match in enumerate([*_SEPARATOR.finditer(text), None], 1):
        chunk = text[at : match.start() if match else len(text)]
        parts.append(_chunk(chunk, to, out, clean=clean, source=source, number=number))
        if match:
            parts.append(match[0])
            at = match.end()
    out.text = "".join(parts)
    return out


def _chunk(chunk: str, to: str, out: TextConversion, *, clean: bool, source: str, number: int) -> str:
    name = f"{source}, document {number}"
    try:
        documents = list(yaml.parse_all(chunk, source))
    except YamlError as e:
        what = "a template" if "{{" in chunk else f"no YAML that can be read ({e.problem})"
        out.notices.append(f"{name}: {what}; left as it is")
        return chunk
    old = documents[0].value if documents else None
    if not isinstance(old, dict):
        return chunk
    try:
        new = _document(old, to, out, clean=clean, name=name)
    except ConversionError as e:
        raise ConversionError(f"{name}: {e}") from None
    if new is None:
        return chunk
    written, lost = _write(chunk, old, new)
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
    if kind not in KINDS or not version.startswith("nvidia.com/"):
        if kind is not None:
            out.kinds.append(f"{kind} of {version}")
        return None
    out.objects += 1
    conversion = convert_report(old, to, clean=clean)
    if version == conversion.manifest["apiVersion"]:
        return None
    out.converted += 1
    out.notices += [f"{name}: dropped {dropped}" for dropped in conversion.dropped]
    if "status" not in old:
        conversion.manifest.pop("status", None)
    return conversion.manifest


def _write(chunk: str, old: dict[str, Any], new: dict[str, Any]) -> tuple[str, list[str]]:
    newline = "\r\n" if "\r\n" in chunk else "\n"
    if chunk.lstrip().startswith("{"):
        return json.dumps(new, indent=2, ensure_ascii=False).replace("\n", newline) + newline, []
    head, body = _head(chunk.replace("\r\n", "\n"))
    found = comments.find(body, next(yaml.parse_all(body)))
    kept = [c._replace(path=path) for c in found if (path := _place(c, old, new)) is not None]
    kept += [c for c in found if c.path is None]
    plain = yaml.dump(new)
    text = comments.attach(plain, kept)
    lost = [c.text for c in found if c.path is not None and _place(c, old, new) is None]
    if yaml.load(text) != new:
        text, lost = plain, [c.text for c in found]
    return (head + text).replace("\n", newline), lost


def _place(comment: comments.Comment, old: Any, new: Any) -> yaml.Path | None:
    return None if comment.path is None or "items" in new else counterpart(comment.path, old, new)


def _head(chunk: str) -> tuple[str, str]:
    """Split off the comments and empty lines that the document begins with."""
    lines = chunk.splitlines(keepends=True)
    count = next((i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), 0)
    return "".join(lines[:count]), "".join(lines[count:])
