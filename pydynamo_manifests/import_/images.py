"""Image references in their parts, and the image, release and pull secrets that a whole graph shares."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["put_image", "put_images", "read_image"]

Components = dict[str, dict[str, Any]]

_REFERENCE = re.compile(
    r"(?:(?P<registry>[^\s@]+)/)?(?P<repository>[^/:@\s]+)(?::(?P<tag>[^/:@\s]+))?(?:@(?P<digest>[^@\s]+))?"
)
_RELEASE = re.compile(r"\d+\.\d+\.\d+")
_PARTS = ("registry", "repository", "tag", "digest")


def read_image(reference: Any) -> dict[str, str] | None:
    """Return registry, repository, tag and digest; absent ones are empty. ``None`` when it is no reference."""
    match = _REFERENCE.fullmatch(reference) if isinstance(reference, str) else None
    return {part: match.group(part) or "" for part in _PARTS} if match else None


def _shared(images: Iterable[dict[str, str]]) -> dict[str, str]:
    counted = Counter(tuple(image[part] for part in _PARTS) for image in images)
    if not counted:
        return {}
    return dict(zip(_PARTS, counted.most_common(1)[0][0], strict=True))


def put_image(values: dict[str, Any], image: dict[str, str]) -> str | None:
    """Write an image into the values; a tag that is a release becomes ``dynamo.release`` and is returned."""
    release = image["tag"] if _RELEASE.fullmatch(image["tag"]) else None
    parts = {part: text for part, text in image.items() if text and not (part == "tag" and release)}
    values["image"] = parts if image["tag"] else {**parts, "tag": ""}
    if release:
        values["dynamo"] = {"release": release, **values["dynamo"]}
    return release


def put_images(values: dict[str, Any], components: Components) -> str | None:
    """Give the graph the image that most workers run, each component what differs; return the release."""
    parsed = {n: read_image((c.get("image") or {}).get("reference")) for n, c in components.items()}
    workers = [p for n, p in parsed.items() if p and components[n].get("type") != "frontend"]
    shared = _shared(workers or [p for p in parsed.values() if p])
    release = put_image(values, shared) if shared else None
    for name, component in components.items():
        _put_difference(component, parsed[name], shared, release)
    _share_secrets(values, components)
    return release


def _put_difference(
    component: dict[str, Any], image: dict[str, str] | None, shared: dict[str, str], release: str | None
) -> None:
    given = dict(component.pop("image", {}))
    reference = given.pop("reference", None)
    if image:
        given = {**_difference(image, shared, release), **given}
    elif reference is not None:
        component["container"] = {**component.get("container", {}), "image": reference}
    elif shared:
        given["repository"] = ""
    if given:
        component["image"] = given


def _difference(image: dict[str, str], shared: dict[str, str], release: str | None) -> dict[str, Any]:
    """Return what a component's image says beside the graph's; a tag that is the release is left to it."""
    base = {**shared, "tag": shared.get("tag") or release or ""}
    return {part: image[part] for part in _PARTS if image[part] != base.get(part, "")}


def _share_secrets(values: dict[str, Any], components: Components) -> None:
    lists = [(c.get("image") or {}).get("pullSecrets") for c in components.values()]
    if lists and lists[0] and all(secrets == lists[0] for secrets in lists):
        values["image"] = {**values.get("image", {}), "pullSecrets": lists[0]}
        for component in components.values():
            del component["image"]["pullSecrets"]
            if not component["image"]:
                del component["image"]
