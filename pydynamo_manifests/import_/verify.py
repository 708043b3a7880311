"""What was imported against the original: rendered again, compared, mended through the hatch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.import_.check import Unpatchable, patch, same
from pydynamo_manifests.render import render
from pydynamo_manifests.values.load import load_values

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["mend", "over_or_none", "rendered_spec"]

Components = dict[str, dict[str, Any]]


def rendered_spec(values: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the spec of the graph that the values render as."""
    spec: dict[str, Any] = render(load_values(values), name=name)[0]["spec"]
    return spec


def mend(values: dict[str, Any], originals: Components, name: str) -> Iterator[str]:
    """Let the hatch say what the fields could not, until every component renders as its original.

    Yields:
        What had to be kept whole, in plain words.

    Raises:
        InputError: Even a whole component in the hatch renders as another.
    """
    for attempt in ("patch", "raw", "fail"):
        rendered = _components(rendered_spec(values, name))
        wrong = [n for n, original in originals.items() if not same(rendered.get(n), original)]
        if not wrong:
            return
        if attempt == "fail":
            raise InputError(f"{name}: {', '.join(wrong)} cannot be expressed; please report it")
        for component in wrong:
            over = (
                None
                if attempt == "raw"
                else over_or_none(rendered.get(component) or {}, originals[component])
            )
            if over is None:
                _keep_whole(values, component, originals[component])
                yield f"{component}: the whole component, as its lists repeat a key"
            else:
                _add_over(values["components"][component], over)


def _components(spec: dict[str, Any]) -> Components:
    services: Components | None = spec.get("services")
    return {c["name"]: c for c in spec["components"]} if services is None else services


def over_or_none(rendered: dict[str, Any], original: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the hatch must say beside the fields, None when no merge makes the one the other."""
    try:
        return patch(rendered, original)
    except Unpatchable:
        return None


def _keep_whole(values: dict[str, Any], name: str, original: dict[str, Any]) -> None:
    beta = values["dynamo"]["apiVersion"].endswith("/v1beta1")
    whole = {"component": {k: v for k, v in original.items() if not (beta and k == "name")}}
    own_image = {"image": {"repository": ""}} if values.get("image") else {}
    values["components"][name] = whole | own_image


def _add_over(component: dict[str, Any], over: dict[str, Any]) -> None:
    component["component"] = _merged(component.get("component") or {}, over)


def _merged(hatch: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    out = dict(hatch)
    for key, value in over.items():
        both = isinstance(out.get(key), dict) and isinstance(value, dict)
        out[key] = _merged(out[key], value) if both else value
    return out
