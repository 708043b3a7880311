"""Rendered graphs read back, whichever API version they are written in: tests look at objects alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

__all__ = ["Seen", "container_of", "flags_of", "graph_of", "seen"]


@dataclass(frozen=True)
class Seen:
    """One component of a rendered graph in plain words."""

    name: str
    type: str
    replicas: int | None
    """None leaves them to a scaling adapter."""
    nodes: int
    gpus: int
    image: str
    command: tuple[str, ...]
    module: str
    """Python module that runs, through a shell or not; of the frontend too."""
    flags: dict[str, str | bool]
    env: dict[str, str]
    """Literal variables; those from a source are in ``sources``."""
    sources: tuple[str, ...]
    files: dict[str, Any]


def graph_of(objects: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the one graph among rendered objects."""
    (graph,) = (o for o in objects if o["kind"] == "DynamoGraphDeployment")
    return graph


def container_of(graph: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Return the main container of a component, None when the graph has no such component."""
    if graph["apiVersion"].endswith("/v1beta1"):
        found = next((c for c in graph["spec"]["components"] if c["name"] == name), None)
        pod = found["podTemplate"]["spec"] if found else {"containers": []}
        return next((c for c in pod["containers"] if c["name"] == "main"), None)
    service: dict[str, Any] = graph["spec"]["services"].get(name, {})
    main: dict[str, Any] | None = service.get("extraPodSpec", {}).get("mainContainer")
    return main


def seen(objects: list[dict[str, Any]]) -> dict[str, Seen]:
    """Return every component of the graph by name."""
    graph = graph_of(objects)
    maps = {o["metadata"]["name"]: o["data"] for o in objects if o["kind"] == "ConfigMap"}
    if graph["apiVersion"].endswith("/v1beta1"):
        return {c["name"]: _beta(c, maps) for c in graph["spec"]["components"]}
    return {name: _alpha(name, c, maps) for name, c in graph["spec"]["services"].items()}


def _beta(component: dict[str, Any], maps: dict[str, dict[str, str]]) -> Seen:
    pod = component["podTemplate"]["spec"]
    (main,) = (c for c in pod["containers"] if c["name"] == "main")
    limits = main.get("resources", {}).get("limits", {})
    return _seen(
        component["name"],
        component.get("type", ""),
        component,
        int(limits.get("nvidia.com/gpu", 0)),
        main,
        pod,
        maps,
    )


def _alpha(name: str, component: dict[str, Any], maps: dict[str, dict[str, str]]) -> Seen:
    pod = component["extraPodSpec"]
    main = {**pod["mainContainer"], "env": component.get("envs", [])}
    kind = component.get("subComponentType") or component.get("componentType", "")
    gpus = int(component.get("resources", {}).get("limits", {}).get("gpu", 0))
    return _seen(name, kind, component, gpus, main, pod, maps)


def _seen(
    name: str,
    kind: str,
    component: dict[str, Any],
    gpus: int,
    main: dict[str, Any],
    pod: dict[str, Any],
    maps: dict[str, dict[str, str]],
) -> Seen:
    env = main.get("env", [])
    return Seen(
        name=name,
        type=kind,
        replicas=component.get("replicas"),
        nodes=component.get("multinode", {}).get("nodeCount", 1),
        gpus=gpus,
        image=main["image"],
        command=tuple(main["command"]),
        module=_module([*main["command"], *main.get("args", [])]),
        flags=flags_of(main.get("args", [])),
        env={e["name"]: e["value"] for e in env if "value" in e},
        sources=tuple(e["name"] for e in env if "valueFrom" in e),
        files=_files(main, pod, maps),
    )


def _module(words: list[str]) -> str:
    found = re.search(r"\bpython3 -m ([\w.]+)", " ".join(words))
    return found[1] if found else ""


def flags_of(tokens: list[str]) -> dict[str, str | bool]:
    """Return ``--flag value`` and bare ``--flag`` tokens as a map, without what comes before the first flag."""
    found: dict[str, str | bool] = {}
    flag = None
    for token in tokens:
        if token.startswith("--"):
            flag = token[2:]
            assert flag not in found, f"--{flag} twice"
            found[flag] = True
        elif flag is not None:
            assert found[flag] is True, f"--{flag} has two values"
            found[flag] = token
    return found


def _files(main: dict[str, Any], pod: dict[str, Any], maps: dict[str, dict[str, str]]) -> dict[str, Any]:
    volumes = {v["name"]: v["configMap"]["name"] for v in pod.get("volumes", []) if "configMap" in v}
    mounts = [m for m in main.get("volumeMounts", []) if volumes.get(m["name"]) in maps]
    return {m["mountPath"]: json.loads(maps[volumes[m["name"]]][m["subPath"]]) for m in mounts}
