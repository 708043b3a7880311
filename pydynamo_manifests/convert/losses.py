"""What a conversion does not carry over, in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.convert.containers import MAIN
from pydynamo_manifests.convert.quantity import is_quantity
from pydynamo_manifests.convert.structs import unknown_fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydynamo_manifests.convert.types import Obj

__all__ = ["Dropped", "of_source", "refused"]

_TYPES = ("frontend", "worker", "prefill", "decode", "planner", "epp", "lpx")
_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something that a converted object does not say any more.

    Attributes:
        path: Where it was in the source.
        reason: Why it is gone and, where something can be done, what.
    """

    path: str
    reason: str

    def __str__(self) -> str:
        """Return the one line that a command prints."""
        return f"{self.path}: {self.reason}"


def of_source(struct: str, manifest: Mapping[str, Any], decoded: Obj) -> Iterator[Dropped]:
    """Yield what gets lost whatever the annotations keep: the operator loses it too."""
    for path in unknown_fields(struct, manifest):
        yield Dropped(path, "no such field in this version; the API server prunes it")
    spec = decoded.get("spec", {})
    if struct == "AlphaGraph":
        for name, service in spec.get("services", {}).items():
            yield from _of_service(f"spec.services.{name}", service or {})
    elif struct == "AlphaComponent":
        yield from _of_service("spec", spec)


def refused(struct: str, decoded: Obj) -> Iterator[Dropped]:
    """Yield what v1alpha1 takes and converts, but the API server refuses in v1beta1."""
    spec = decoded.get("spec", {})
    services = spec.get("services", {}) if struct == "AlphaGraph" else {}
    for name, service in services.items():
        if service is None:
            continue
        at = f"spec.services.{name}"
        if not _NAME.fullmatch(name):
            yield Dropped(at, "a name in v1beta1 has letters, digits and dashes, 63 at most")
        yield from _odd_type(at, service)
    if struct == "AlphaComponent":
        yield from _odd_type("spec", spec)


def _odd_type(at: str, service: Obj) -> Iterator[Dropped]:
    type_ = service.get("componentType")
    if type_ is not None and type_ not in _TYPES:
        yield Dropped(
            f"{at}.componentType", f"{type_!r} is no type in v1beta1; choose one of {', '.join(_TYPES)}"
        )


def _of_service(at: str, service: Obj) -> Iterator[Dropped]:
    for i, container in enumerate(service.get("extraPodSpec", {}).get("containers", [])):
        if container.get("name") == MAIN:
            yield Dropped(
                f"{at}.extraPodSpec.containers[{i}]",
                "a container called 'main' gives way to mainContainer; merge the two or rename it",
            )
    for side in ("requests", "limits"):
        item = service.get("resources", {}).get(side, {})
        amounts = {k: v for k, v in item.items() if k not in ("gpuType", "custom")}
        for key, text in {**amounts, **item.get("custom", {})}.items():
            if text and not is_quantity(str(text)):
                yield Dropped(
                    f"{at}.resources.{side}.{key}", f"{text!r} is no quantity; v1beta1 does not show it"
                )
