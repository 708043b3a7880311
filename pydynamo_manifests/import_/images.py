"""Image references in their parts, and the part that a whole graph shares."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["difference", "read_image", "shared_image"]

_REFERENCE = re.compile(
    r"(?:(?P<registry>[^\s@]+)/)?(?P<repository>[^/:@\s]+)(?::(?P<tag>[^/:@\s]+))?(?:@(?P<digest>[^@\s]+))?"
)
_PARTS = ("registry", "repository", "tag", "digest")


def read_image(reference: Any) -> dict[str, str] | None:
    """Return registry, repository, tag and digest; absent ones are empty. ``None`` when it is no reference."""
    match = _REFERENCE.fullmatch(reference) if isinstance(reference, str) else None
    return {part: match.group(part) or "" for part in _PARTS} if match else None


def shared_image(images: Iterable[dict[str, str]]) -> dict[str, str]:
    """Return the image that most components run, an empty map when there is none."""
    counted = Counter(tuple(image[part] for part in _PARTS) for image in images)
    if not counted:
        return {}
    return dict(zip(_PARTS, counted.most_common(1)[0][0], strict=True))


def difference(image: dict[str, str], shared: dict[str, str], release: str | None) -> dict[str, Any]:
    """Return what a component's image says beside the graph's; a tag that is the release is left to it."""
    base = {**shared, "tag": shared.get("tag") or release or ""}
    out: dict[str, Any] = {part: image[part] for part in _PARTS if image[part] != base.get(part, "")}
    return out
