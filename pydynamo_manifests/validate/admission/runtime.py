"""Rules on the main image and the Dynamo runtime version that it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.validate.admission.review import NEXT, SNAPSHOT, rule
from pydynamo_manifests.validate.admission.semver import image_version, version_core
from pydynamo_manifests.validate.shapes import listed, mapping, text

if TYPE_CHECKING:
    from pydynamo_manifests.validate.admission.component import Component
    from pydynamo_manifests.validate.admission.graph import Graph
    from pydynamo_manifests.validate.admission.review import Review
    from pydynamo_manifests.yaml import Path

__all__ = ["check", "check_epp_config", "config_map_name", "runtime_version"]

_SHARED = "operator, webhook/validation/shared (#10494)"
_FIRST_WITHOUT_EPP_CONFIG = (1, 5, 0)

IMAGE = rule(
    "ADM-RUNTIME-01", "a component needs a container main with an image",
    "Write the image of the container main (v1alpha1: extraPodSpec.mainContainer.image).",
    since="1.4", source=_SHARED,
)  # fmt: skip
VERSION = rule(
    "ADM-RUNTIME-02", "the image's tag does not say which Dynamo runtime it holds",
    "Use a tag such as 1.5.1, or write runtimeVersionOverride: the version that the image was built from.",
    since="1.4", source=_SHARED,
)  # fmt: skip
EPP_VERSION = rule(
    "ADM-RUNTIME-03", "a standalone endpoint picker must say which Dynamo runtime it holds",
    "Use a tag such as 1.5.1, or write runtimeVersionOverride: the version that the image was built from.",
    since=NEXT, source="dynamo-platform chart 1.6.0, upgrade notes for 1.5.0",
)  # fmt: skip
EPP_REQUIRED = rule(
    "ADM-EPP-01", "an endpoint picker needs its configuration",
    "Add eppConfig with config or configMapRef.",
    since="1.0", until=SNAPSHOT, source="operator, webhook/validation/shared (#5611)",
)  # fmt: skip
EPP_REQUIRED_BEFORE = rule(
    "ADM-EPP-02", "an endpoint picker older than 1.5 needs its configuration",
    "Add eppConfig with config or configMapRef, or use an image of 1.5 or newer.",
    since=NEXT, source="dynamo-platform chart 1.6.0, upgrade notes for 1.5.0",
)  # fmt: skip
EPP_REFUSED = rule(
    "ADM-EPP-03", "an endpoint picker of 1.5 or newer has no eppConfig",
    "Remove eppConfig.",
    since=NEXT, source="dynamo-platform chart 1.6.0, upgrade notes for 1.5.0",
)  # fmt: skip


def runtime_version(component: Component) -> tuple[int, int, int] | None:
    """Return the Dynamo runtime of a component: its override, else the tag of the image that holds Dynamo."""
    if component.override:
        return version_core(component.override)
    return image_version(component.image)


def runtime_image(review: Review, component: Component) -> str:
    """Return the image that holds Dynamo: that of the sidecar ``runtime`` where there is one, else of main."""
    index = component.runtime_sidecar if review.at_least("1.6") else None
    if index is None:
        return component.image
    return text(mapping(listed(component.pod.get("initContainers"))[index]).get("image"))


def image_path(graph: Graph, component: Component) -> Path:
    """Return where the main image is asked for, in the words of the submitted version."""
    if graph.alpha and not component.of_role:
        return (*_own(graph, component), "extraPodSpec", "mainContainer", "image")
    if component.main is None:
        return component.pod_field("containers")
    return component.pod_field("containers", component.main, "image")


def override_path(graph: Graph, component: Component) -> Path:
    """Return where the runtime version is asked for, in the words of the submitted version."""
    return (*_own(graph, component), "runtimeVersionOverride")


def _own(graph: Graph, component: Component) -> Path:
    if not graph.alpha:
        return component.path
    return ("spec",) if graph.standalone else ("spec", "services", component.name)


def check(review: Review, graph: Graph, component: Component, old: Component | None) -> None:
    """Check image and version of a component; with ``old``, only what became worse."""
    if not component.image and (old is None or old.image):
        path = image_path(graph, component)
        review.add(IMAGE, path, at=path)
    elif old is None or _tuple(review, component) != _tuple(review, old):
        _check_version(review, graph, component)
    if component.type == "epp" and (old is None or _epp_changed(component, old)):
        _check_epp(review, component)


def _tuple(review: Review, component: Component) -> tuple[str, str]:
    return runtime_image(review, component), component.override


def _check_version(review: Review, graph: Graph, component: Component) -> None:
    image = runtime_image(review, component)
    if component.override or image_version(image) is not None:
        return
    if graph.standalone and component.type != "epp":
        return
    path = override_path(graph, component)
    review.add(EPP_VERSION if graph.standalone else VERSION, path, image, at=path)


def _epp_changed(component: Component, old: Component) -> bool:
    keys = ("eppConfig", "runtimeVersionOverride")
    same = component.type == old.type and component.image == old.image
    return not same or any(component.raw.get(key) != old.raw.get(key) for key in keys)


def _check_epp(review: Review, component: Component) -> None:
    version = runtime_version(component)
    if not review.on(EPP_REFUSED) or version is None:
        return
    configured = isinstance(component.raw.get("eppConfig"), dict)
    where = component.field("eppConfig")
    if version >= _FIRST_WITHOUT_EPP_CONFIG and configured:
        review.add(EPP_REFUSED, where, f"its runtime is {'.'.join(map(str, version))}")
    elif version < _FIRST_WITHOUT_EPP_CONFIG and not configured:
        review.add(EPP_REQUIRED_BEFORE, where, f"its runtime is {'.'.join(map(str, version))}")


def check_epp_config(review: Review, component: Component) -> None:
    """Check that an endpoint picker has its configuration, whatever its runtime."""
    if not isinstance(component.raw.get("eppConfig"), dict):
        review.add(EPP_REQUIRED, component.field("eppConfig"))


def config_map_name(component: Component) -> str | None:
    """Return the name of the ConfigMap that holds the picker's configuration, None without a reference."""
    reference = mapping(component.raw.get("eppConfig")).get("configMapRef")
    return text(reference.get("name")) if isinstance(reference, dict) else None
