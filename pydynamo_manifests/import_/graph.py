"""A whole graph as values: shared parts found, every component checked by rendering it again."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.import_.arguments import order_of, read_environment
from pydynamo_manifests.import_.check import Unpatchable, patch, same
from pydynamo_manifests.import_.component import read_alpha, read_beta
from pydynamo_manifests.import_.images import difference, read_image, shared_image
from pydynamo_manifests.import_.imported import Imported, frame, object_key
from pydynamo_manifests.import_.model import (
    model_names,
    names_left,
    put_cache,
    put_knobs,
    put_parallelism,
    put_secret,
)
from pydynamo_manifests.import_.request import KIND as REQUEST
from pydynamo_manifests.import_.request import import_request
from pydynamo_manifests.render import render
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
    listed = spec.get("services" if api == ALPHA else "components")
    if not listed:
        other = (
            " (the other version's list is given: check apiVersion)"
            if spec.get("services") or spec.get("components")
            else ""
        )
        raise InputError(f"the graph has no {'services' if api == ALPHA else 'components'}{other}")


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
        listed = self.spec["components" if self.beta else "services"]
        pairs = [(c.get("name"), c) for c in listed] if self.beta else list(listed.items())
        out = {str(name): c for name, c in pairs if isinstance(c, dict)}
        if len(out) != sum(c is not None for _, c in pairs):
            raise InputError("components need names of their own, and each must be a map")
        return out

    def build(self) -> dict[str, Any]:
        """Return checked values."""
        read = read_beta if self.beta else read_alpha
        components = {name: read(c, tidy=self.tidy) for name, c in self.originals.items()}
        values, _ = frame(self.api, self.metadata, self.kept)
        self._images(values, components)
        self._model(values, components)
        put_parallelism(components)
        values["components"] = {name: _in_order(c) for name, c in components.items()}
        self._spec(values)
        self._verify(values)
        self._unname(values)
        self._notes(values)
        return values

    def _images(self, values: dict[str, Any], components: dict[str, dict[str, Any]]) -> None:
        parsed = {n: read_image((c.get("image") or {}).get("reference")) for n, c in components.items()}
        workers = [p for n, p in parsed.items() if p and components[n].get("type") != "frontend"]
        shared = shared_image(workers or [p for p in parsed.values() if p])
        release = shared.get("tag") if re.fullmatch(r"\d+\.\d+\.\d+", shared.get("tag", "")) else None
        if release:
            values["dynamo"] = {"release": release, **values["dynamo"]}
            self.recognised.append(f"Dynamo {release}, from the images' tag")
        if shared:
            kept = {k: v for k, v in shared.items() if v and not (k == "tag" and release)}
            values["image"] = kept if shared["tag"] else {**kept, "tag": ""}
        for name, component in components.items():
            _component_image(component, parsed[name], shared, release)
        _share_secrets(values, components)

    def _model(self, values: dict[str, Any], components: dict[str, dict[str, Any]]) -> None:
        model: dict[str, Any] = {}
        name, served = model_names(components)
        if name:
            model["name"] = name
            if served and served != name:
                model["servedName"] = served
            put_knobs(components, name, served)
        if secret := put_secret(components):
            model["tokenSecret"] = secret
        if cache := put_cache(components):
            model["cache"] = cache
        if model:
            values["model"] = model

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

    def _verify(self, values: dict[str, Any]) -> None:
        """Render, compare, and let the hatch say what the fields could not."""
        for attempt in ("patch", "raw", "fail"):
            rendered = self._rendered(values)
            wrong = [n for n, original in self.originals.items() if not same(rendered.get(n), original)]
            if not wrong:
                return
            if attempt == "fail":
                raise InputError(f"{self.name}: {', '.join(wrong)} cannot be expressed; please report it")
            for name in wrong:
                self._mend(values, name, rendered.get(name) or {}, raw=attempt == "raw")

    def _rendered(self, values: dict[str, Any]) -> dict[str, dict[str, Any]]:
        spec = render(load_values(values), name=self.name)[0]["spec"]
        listed = spec.get("components" if self.beta else "services")
        return {c["name"]: c for c in listed} if self.beta else listed

    def _mend(self, values: dict[str, Any], name: str, rendered: dict[str, Any], *, raw: bool) -> None:
        original = self.originals[name]
        component = values["components"][name]
        over = None if raw else _patch_or_none(rendered, original)
        if over is not None:
            component["component"] = _merged_hatch(component.get("component") or {}, over)
        else:
            whole = {k: v for k, v in original.items() if not (self.beta and k == "name")}
            values["components"][name] = (
                {"component": whole, "image": {"repository": ""}}
                if values.get("image")
                else {"component": whole}
            )
            self.kept.append(f"{name}: the whole component, as its lists repeat a key")

    def _unname(self, values: dict[str, Any]) -> None:
        """Keep the model's name in one place only when that one place moves every other."""
        model = values.get("model") or {}
        if "name" not in model:
            self.kept.append("the model: no flag or variable names it")
            return
        trial = {**values, "model": {**model, "name": _SENTINEL}}
        left = list(names_left(render(load_values(trial), name=self.name)[0]["spec"], model["name"]))
        if not left:
            self.recognised.append(f"model {model['name']}: model.name moves every place that names it")
            return
        shown = left[0].strip().splitlines()[0][:60]
        self.kept.append(
            f"the model: {model['name']} also stands inside other text ({shown} ...), change it there too"
        )
        _put_literals(values)

    def _notes(self, values: dict[str, Any]) -> None:
        for name, c in values["components"].items():
            said = [f"{c['gpus']} GPU(s)"] if c.get("gpus") else []
            said += [f"{c['nodes']} nodes"] if c.get("nodes") else []
            said += [f"{len(c['args'])} flag(s)"] if c.get("args") else []
            said += [f"{len(c['env'])} variable(s)"] if c.get("env") else []
            self.recognised.append(
                f"{name}: {c.get('type', 'no type')}" + (f", {', '.join(said)}" if said else "")
            )
            if (c.get("command") or [""])[0].rsplit("/", 1)[-1] in ("sh", "bash"):
                self.kept.append(f"{name}: its shell command, as it is")
            hatches = [f"{h}.{k}" for h in ("component", "podSpec", "container") for k in c.get(h) or {}]
            if hatches:
                self.kept.append(f"{name}: {', '.join(hatches)}")
        if values.get("spec"):
            self.kept.append(f"the graph: spec.{', spec.'.join(values['spec'])}")


def _patch_or_none(rendered: dict[str, Any], original: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return patch(rendered, original)
    except Unpatchable:
        return None


def _component_image(
    component: dict[str, Any], image: dict[str, str] | None, shared: dict[str, str], release: str | None
) -> None:
    given = dict(component.pop("image", {}))
    reference = given.pop("reference", None)
    if image:
        given = {**difference(image, shared, release), **given}
    elif reference is not None:
        component["container"] = {**component.get("container", {}), "image": reference}
    elif shared:
        given["repository"] = ""
    if given:
        component["image"] = given


def _share_secrets(values: dict[str, Any], components: dict[str, dict[str, Any]]) -> None:
    lists = [(c.get("image") or {}).get("pullSecrets") for c in components.values()]
    if lists and lists[0] and all(secrets == lists[0] for secrets in lists):
        values["image"] = {**values.get("image", {}), "pullSecrets": lists[0]}
        for component in components.values():
            del component["image"]["pullSecrets"]
            if not component["image"]:
                del component["image"]


def _merged_hatch(hatch: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    out = dict(hatch)
    for key, value in over.items():
        both = isinstance(out.get(key), dict) and isinstance(value, dict)
        out[key] = _merged_hatch(out[key], value) if both else value
    return out


def _put_literals(values: dict[str, Any]) -> None:
    model = values["model"]
    texts = {"model.name": model["name"], "model.servedName": model.get("servedName", model["name"])}

    def back(value: Any) -> Any:
        if isinstance(value, dict):
            return (
                texts.get(value["from"], value)
                if set(value) == {"from"}
                else {k: back(v) for k, v in value.items()}
            )
        return [back(v) for v in value] if isinstance(value, list) else value

    for component in values["components"].values():
        for key in ("args", "env", "modelRef", "leadingArgs", "extraArgs"):
            if key in component:
                component[key] = back(component[key])
    values["model"] = {k: v for k, v in model.items() if k not in ("name", "servedName")}
    if not values["model"]:
        del values["model"]


_ORDER = ("type", "replicas", "minAvailable", "nodes", "gpus", "gpuResource", "gpuRequests", "image", "runtimeVersionOverride",
          "command", "leadingArgs", "args", "argOrder", "extraArgs", "env", "envOrder", "envFrom", "modelSecret",
          "modelCache", "modelRef", "resources", "sharedMemory")  # fmt: skip
_LAST = ("component", "podSpec", "container")


def _in_order(component: dict[str, Any]) -> dict[str, Any]:
    rest = [k for k in component if k not in _ORDER and k not in _LAST]
    return {k: component[k] for k in (*_ORDER, *rest, *_LAST) if k in component}
