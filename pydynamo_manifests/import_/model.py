"""The model of an imported graph: its name in one place, knobs where it stood."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["names_left", "put_literals", "put_model", "put_parallelism"]

Components = dict[str, dict[str, Any]]

_MODEL_FLAGS = ("model", "model-path", "model-name")
_MODEL_VARIABLES = ("MODEL_PATH", "MODEL", "MODEL_NAME", "MODEL_ID", "HF_MODEL")
_SERVED = "served-model-name"
_TENSOR = ("tensor-parallel-size", "tp-size", "tp", "tensor_parallel_size")
_DATA = ("data-parallel-size", "dp-size", "dp")
_OTHERS = ("pipeline-parallel-size", "pp-size", "pp", "pipeline_parallel_size")


def put_model(values: dict[str, Any], components: Components) -> None:
    """Give the values the model, its token Secret and its cache, and the components knobs for them."""
    model: dict[str, Any] = {}
    name, served = _model_names(components)
    if name:
        model["name"] = name
        if served and served != name:
            model["servedName"] = served
        _put_knobs(components, name, served)
    if secret := _put_secret(components):
        model["tokenSecret"] = secret
    if cache := _put_cache(components):
        model["cache"] = cache
    if model:
        values["model"] = model


def _model_names(components: Components) -> tuple[str | None, str | None]:
    """Return the model and the name it is served under, as far as flags or variables tell."""
    name = _common(components, _MODEL_FLAGS, "args") or _common(components, _MODEL_VARIABLES, "env")
    served = _common(components, (_SERVED,), "args") or _common(components, ("SERVED_MODEL_NAME",), "env")
    return (name, served) if name else (None, None)


def _common(components: Components, keys: tuple[str, ...], where: str) -> str | None:
    found = (c[where].get(k) for c in components.values() for k in keys if isinstance(c.get(where), dict))
    counted = Counter(v for v in found if isinstance(v, str) and v and "$" not in v)
    return counted.most_common(1)[0][0] if counted else None


def _put_knobs(components: Components, name: str, served: str | None) -> None:
    """Replace every value that is the model's name by the knob that gives it."""
    knobs = {name: {"from": "model.name"}}
    if served and served != name:
        knobs[served] = {"from": "model.servedName"}

    def knob(key: str, value: Any) -> Any:
        if isinstance(value, str) and value in knobs:
            return {"from": "model.servedName"} if key == _SERVED and served == value else knobs[value]
        return value

    for component in components.values():
        _change(component, knob)


def _change(component: dict[str, Any], knob: Callable[[str, Any], Any]) -> None:
    for key in ("args", "env", "modelRef"):
        if isinstance(component.get(key), dict):
            component[key] = {
                k: [knob(k, i) for i in v] if isinstance(v, list) else knob(k, v)
                for k, v in component[key].items()
            }
    for key in ("leadingArgs", "extraArgs"):
        if key in component:
            before = [None, *component[key]]
            component[key] = [
                knob(str(b or "").lstrip("-"), v) for b, v in zip(before, component[key], strict=False)
            ]


def put_parallelism(components: Components) -> None:
    """Let the parallelism flag follow the GPUs where it equals them, so that one change moves both."""
    for component in components.values():
        args, gpus = component.get("args"), component.get("gpus")
        if isinstance(args, dict) and gpus:
            _put_parallelism(args, gpus, component.get("nodes") or 1)


def _put_parallelism(args: dict[str, Any], gpus: int, nodes: int) -> None:
    knob = {"from": "totalGpus" if nodes > 1 else "gpus"}
    tensor = next((f for f in _TENSOR if f in args), None)
    data = next((f for f in _DATA if f in args), None)
    if any(args.get(f, 1) != 1 for f in _OTHERS):
        return
    if tensor and args[tensor] == gpus * nodes and (data is None or args[data] == 1):
        args[tensor] = knob
    elif data and args[data] == gpus * nodes and (tensor is None or args[tensor] == 1):
        args[data] = knob


def _put_secret(components: Components) -> dict[str, str] | None:
    """Take the token Secret out of the components that receive it first; return its reference."""
    names = Counter(name for c in components.values() if (name := _first_secret(c)) and _is_token(name))
    if not names:
        return None
    name = names.most_common(1)[0][0]
    for component in components.values():
        if _first_secret(component) == name:
            component["modelSecret"] = True
            component["envFrom"] = component["envFrom"][1:]
            if not component["envFrom"]:
                del component["envFrom"]
    return {"name": name}


def _first_secret(component: dict[str, Any]) -> str | None:
    entry = (component.get("envFrom") or [None])[0]
    found = entry.get("secretRef") if isinstance(entry, dict) and len(entry) == 1 else None
    name = found.get("name") if isinstance(found, dict) and len(found) == 1 else None
    return name if isinstance(name, str) else None


def _is_token(name: str) -> bool:
    return any(part in name.lower() for part in ("hf", "hugging", "token"))


def _put_cache(components: Components) -> dict[str, Any] | None:
    """Take the claim called ``model-cache`` out of the components that mount it alike; return its values."""
    found = [(name, cache) for name, c in components.items() if (cache := _cache_of(c))]
    if not found:
        return None
    cache = found[0][1]
    for name in (n for n, other in found if other == cache):
        component = components[name]
        component["modelCache"] = True
        _drop(component, "volumes", "model-cache")
        _drop(component, "mounts", cache["mountPath"])
        _drop(component, "env", "HF_HOME")
        if "HF_HOME" in component.get("envOrder", ()) and "env" not in component:
            del component["envOrder"]
    return cache


def _drop(component: dict[str, Any], block: str, key: str) -> None:
    if key in component.get(block, {}):
        del component[block][key]
        if not component[block]:
            del component[block]


def _cache_of(component: dict[str, Any]) -> dict[str, Any] | None:
    source = component.get("volumes", {}).get("model-cache")
    mounts = {p: m for p, m in component.get("mounts", {}).items() if m.get("name") == "model-cache"}
    claim = source.get("persistentVolumeClaim") if isinstance(source, dict) and len(source) == 1 else None
    if not isinstance(claim, dict) or set(claim) != {"claimName"} or len(mounts) != 1:
        return None
    ((path, mount),) = mounts.items()
    home = component.get("env", {}).get("HF_HOME", "")
    if mount.keys() - {"name", "subPath", "readOnly"} or not isinstance(home, str):
        return None
    out = {"existingClaim": claim["claimName"], "mountPath": path}
    out |= {k: v for k, v in mount.items() if k != "name"}
    return out if home == path else {**out, "hfHome": home}


def put_literals(values: dict[str, Any]) -> None:
    """Take the knobs of the model's name back: the name stands again wherever it stood."""
    model = values["model"]
    texts = {"model.name": model["name"], "model.servedName": model.get("servedName", model["name"])}
    for component in values["components"].values():
        for key in ("args", "env", "modelRef", "leadingArgs", "extraArgs"):
            if key in component:
                component[key] = _literal(component[key], texts)
    values["model"] = {k: v for k, v in model.items() if k not in ("name", "servedName")}
    if not values["model"]:
        del values["model"]


def _literal(value: Any, texts: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_literal(item, texts) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"from"}:
        return texts.get(value["from"], value)
    return {key: _literal(item, texts) for key, item in value.items()}


def names_left(value: Any, name: str) -> Iterator[str]:
    """Yield every text in which a name still stands."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from names_left(key, name)
            yield from names_left(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from names_left(item, name)
    elif isinstance(value, str) and name in value:
        yield value
