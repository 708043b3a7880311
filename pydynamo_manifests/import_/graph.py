"""A whole graph as values: shared parts found, every component checked by rendering it again."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.import_ import notes
from pydynamo_manifests.import_.arguments import order_of, read_environment
from pydynamo_manifests.import_.component import read_alpha, read_beta
from pydynamo_manifests.import_.images import put_images
from pydynamo_manifests.import_.imported import Imported, frame, in_order, object_key
from pydynamo_manifests.import_.model import names_left, put_literals, put_model, put_parallelism
from pydynamo_manifests.import_.request import KIND as REQUEST
from pydynamo_manifests.import_.request import import_request
from pydynamo_manifests.import_.verify import mend, rendered_spec
from pydynamo_manifests.values.load import load_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydynamo_manifests.values.graph import GraphValues

__all__ = ["Imported", "import_", "import_graph"]

ALPHA, BETA = "nvidia.com/v1alpha1", "nvidia.com/v1beta1"
_SENTINEL = "model-of-the-import-check"


def import_(manifest: Mapping[str, Any]) -> GraphValues:
    """Return the values of the graph chart that render as this graph, or as this request for one.

    Args:
        manifest: A DGD or DGDR of nvidia.com/v1alpha1 or v1beta1; it is left as it is.

    Raises:
        InputError: Another kind or version, or a graph with both ``services`` and ``components``.
    """
    return import_graph(manifest).values


def import_graph(
    manifest: Mapping[str, Any], others: Iterable[Mapping[str, Any]] = (), *, tidy: bool = False
) -> Imported:
    """Return a graph as values with a report; ``others`` of the same file become ``extraObjects``.

    Args:
        manifest: A DGD of nvidia.com/v1alpha1 or v1beta1.
        others: Objects beside it: ConfigMaps, claims, Jobs, claim templates.
        tidy: Nest JSON text of flags even where spacing or key order change.

    Raises:
        InputError: As :func:`import_`.
    """
    if manifest.get("kind") == REQUEST:
        return import_request(manifest, others)
    _check(manifest)
    graph = _Graph(copy.deepcopy(dict(manifest)), tidy=tidy)
    plain = graph.build()
    extra = {object_key(o): copy.deepcopy(dict(o)) for o in others}
    if extra:
        plain["extraObjects"] = extra
    return Imported(
        load_values(plain, f"import of {graph.name}"),
        graph.name,
        graph.namespace,
        tuple(graph.recognised),
        tuple(graph.kept),
        plain,
    )


def _check(manifest: Mapping[str, Any]) -> None:
    api, kind = manifest.get("apiVersion"), manifest.get("kind")
    if kind != "DynamoGraphDeployment" or api not in (ALPHA, BETA):
        raise InputError(
            f"{api} {kind} is not a graph; import takes a DynamoGraphDeployment of {ALPHA} or {BETA}"
        )
    spec = manifest.get("spec") or {}
    if not isinstance(spec, dict) or not isinstance(manifest.get("metadata") or {}, dict):
        raise InputError("the graph's spec and metadata must be maps")
    if spec.get("services") and spec.get("components"):
        raise InputError("the graph has both services (v1alpha1) and components (v1beta1): keep one of them")
    own, other = ("services", "components") if api == ALPHA else ("components", "services")
    if not spec.get(own):
        hint = " (the other version's list is given: check apiVersion)" if spec.get(other) else ""
        raise InputError(f"the graph has no {own}{hint}")


class _Graph:
    """One import: the object, its components read, and the notes made on the way."""

    def __init__(self, manifest: dict[str, Any], *, tidy: bool) -> None:
        self.manifest, self.tidy = manifest, tidy
        self.api = str(manifest["apiVersion"])
        self.beta = self.api == BETA
        self.spec = {k: v for k, v in manifest["spec"].items() if v is not None}
        metadata = manifest.get("metadata") or {}
        self.name = str(metadata.get("name") or "graph")
        self.namespace = metadata.get("namespace")
        self.metadata = metadata
        self.recognised: list[str] = []
        self.kept: list[str] = []
        self.originals = self._originals()

    def _originals(self) -> dict[str, dict[str, Any]]:
        given = [(n, c) for n, c in self._listed() if c is not None]
        out = {name: c for name, c in given if isinstance(name, str) and isinstance(c, dict)}
        if not given:
            raise InputError("every component of the graph is null")
        if len(out) != len(given):
            raise InputError("components need names of their own, and each must be a map")
        return out

    def _listed(self) -> list[tuple[Any, Any]]:
        listed = self.spec["components" if self.beta else "services"]
        if self.beta and isinstance(listed, list):
            return [(c.get("name") if isinstance(c, dict) else None, c) for c in listed]
        if not self.beta and isinstance(listed, dict):
            return list(listed.items())
        raise InputError("spec.components must be a list" if self.beta else "spec.services must be a map")

    def build(self) -> dict[str, Any]:
        """Return checked values."""
        read = read_beta if self.beta else read_alpha
        components = {name: read(c, tidy=self.tidy) for name, c in self.originals.items()}
        values, _ = frame(self.api, self.metadata, self.kept)
        if release := put_images(values, components):
            self.recognised.append(f"Dynamo {release}, from the images' tag")
        put_model(values, components)
        put_parallelism(components)
        values["components"] = {name: in_order(c) for name, c in components.items()}
        self._spec(values)
        self.kept.extend(mend(values, self.originals, self.name))
        self._unname(values)
        self.recognised.extend(notes.recognised(values["components"]))
        self.kept.extend(notes.kept(values))
        return values

    def _spec(self, values: dict[str, Any]) -> None:
        rest = {k: v for k, v in self.spec.items() if k not in ("components", "services")}
        if isinstance(rest.get("backendFramework"), str):
            values["backendFramework"] = rest.pop("backendFramework")
        key = "env" if self.beta else "envs"
        found = read_environment(rest.get(key))
        if (found is not None and not order_of(list(found["env"]))) or (found and "envOrder" not in found):
            values["env"] = found["env"]
            del rest[key]
        if rest:
            values["spec"] = rest

    def _unname(self, values: dict[str, Any]) -> None:
        """Keep the model's name in one place only when that one place moves every other."""
        model = values.get("model") or {}
        if "name" not in model:
            self.kept.append("the model: no flag or variable names it")
            return
        trial = {**values, "model": {**model, "name": _SENTINEL}}
        left = list(names_left(rendered_spec(trial, self.name), model["name"]))
        if not left:
            self.recognised.append(f"model {model['name']}: model.name moves every place that names it")
            return
        shown = left[0].strip().splitlines()[0][:60]
        self.kept.append(
            f"the model: {model['name']} also stands inside other text ({shown} ...), change it there too"
        )
        put_literals(values)
