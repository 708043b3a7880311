"""Random objects that a CRD's schema allows, made to meet the corners of the conversion often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.api import schema

if TYPE_CHECKING:
    import random

NAMES = ["main", "sidecar-frontend", "logger", "metrics", "cache", "config"]
TEXTS = [
    "a",
    "b/c:1.0",
    "x-y",
    "/opt/models",
    "nvidia.com/gpu",
    'quote"<&>',
    "worker",
    "prefill",
    "line\nbreak",
]
QUANTITIES: list[Any] = ["1", "2Gi", "500m", "0", "1000m", "1.5", 3, "1e3", "1024Mi", "0.5Gi"]
COMPONENTS = ["Frontend", "decode", "epp", "prefill", "Worker"]
RESOURCES = ["cpu", "memory", "nvidia.com/gpu", "rdma/ib", "ephemeral-storage"]
FAVOURITES = {
    "spec": ["mainContainer", "containers"],
    "extraPodSpec": ["mainContainer", "containers"],
    "container": ["env", "envFrom", "resources", "volumeMounts", "readinessProbe", "name", "image"],
    "": [
        "extraPodSpec", "envs", "volumeMounts", "resources", "envFromSecret", "frontendSidecar", "podTemplate",
        "compilationCache", "spec", "containers", "pvcs", "services", "components", "sharedMemory", "experimental",
    ],
}  # fmt: skip
"""Optional properties that conversions look at."""

Path = tuple[str, ...]
Schema = dict[str, Any]


def random_object(rng: random.Random, release: str, kind: str, version: str) -> dict[str, Any]:
    """Return an object of a kind; one in three has a status."""
    properties = schema(release, kind, version)["properties"]
    out: dict[str, Any] = {"apiVersion": f"nvidia.com/{version}", "kind": kind, "metadata": {"name": "n"}}
    out["spec"] = Objects(rng, rng.choice([1, 2, 4, 8])).value(properties["spec"], ("spec",))
    if rng.random() < 0.3:
        out["status"] = Objects(rng, 4).value(properties["status"], ("status",))
    return out


class Objects:
    """Walks a schema and lets a random source decide; an object gets about ``density`` optional properties."""

    def __init__(self, rng: random.Random, density: int) -> None:
        self.rng = rng
        self.density = density

    def value(self, schema: Schema, path: Path) -> Any:
        if "enum" in schema or "allOf" in schema:
            return self.rng.choice(schema.get("enum") or _common_enum(schema))
        if schema.get("x-kubernetes-int-or-string"):
            return self.rng.choice(QUANTITIES if "pattern" in schema else [8000, "http"])
        if schema.get("x-kubernetes-preserve-unknown-fields") and "properties" not in schema:
            return self.free(path)
        return getattr(self, schema.get("type", "object"))(schema, path)

    def free(self, path: Path) -> Any:
        if path[-1] == "podTemplate":
            return {
                "metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [{"name": "saver", "image": "i"}]},
            }
        if path[-2:] == ("profilingConfig", "config"):
            return self.blob()
        if path[-1] == "metadata":
            return {"name": "n"}
        return {
            "apiVersion": "v1",
            "kind": "K",
            "n": self.rng.choice([1, 2.5, True, "s", {"m": [1, {"z": "y"}]}]),
        }

    def blob(self) -> dict[str, Any]:
        number: list[Any] = [1, 2.5, 4000]
        parts: dict[str, dict[str, list[Any]]] = {
            "sla": {
                "ttft": number,
                "itl": number,
                "isl": [3000, 150],
                "optimizationType": ["latency", "odd"],
                "x": ["y"],
            },
            "sweep": {"useAiConfigurator": [True], "granularity": number},
            "planner": {"mode": ["a"], "z": number},
        }
        blob: dict[str, Any] = {
            key: {k: self.rng.choice(v) for k, v in part.items() if self.rng.random() < 0.5}
            for key, part in parts.items()
            if self.rng.random() < 0.5
        }
        if self.rng.random() < 0.3:
            blob["deployment"] = {
                "modelCache": {self.rng.choice(["pvcName", "modelPathInPvc", "other"]): "m"}
            }
        return blob

    def object(self, schema: Schema, path: Path) -> dict[str, Any]:
        if "additionalProperties" in schema:
            names = RESOURCES if path[-1] in ("limits", "requests", "custom") else COMPONENTS
            keys = self.rng.sample(names, self.rng.randint(0, 3))
            return {key: self.value(schema["additionalProperties"], (*path, key)) for key in keys}
        properties = schema.get("properties", {})
        required = [name for name in schema.get("required", []) if name in properties]
        optional = [name for name in properties if name not in required]
        chosen = self.rng.sample(optional, min(len(optional), self.rng.randint(0, self.density)))
        likely = FAVOURITES.get(
            "container" if path[-1] in ("mainContainer", "[]") else path[-1], FAVOURITES[""]
        )
        likely = FAVOURITES[""] if len(path) == 1 else likely
        chosen += [n for n in likely if n in optional and n not in chosen and self.rng.random() < 0.4]
        return {name: self.value(properties[name], (*path, name)) for name in required + chosen}

    def array(self, schema: Schema, path: Path) -> list[Any]:
        items = [self.value(schema["items"], (*path, "[]")) for _ in range(self.rng.randint(0, 3))]
        if schema.get("x-kubernetes-list-type") == "set":
            return sorted(set(items))
        keys = schema.get("x-kubernetes-list-map-keys") or (["name"] if path[-1] in ("envs", "env") else [])
        if path[-1] == "volumeMounts" and "mountPoint" in schema["items"]["properties"]:
            keys = ["mountPoint"]
        if path[-1] == "roles":
            return items[:1]
        return (
            list({tuple(str(item.get(key)) for key in keys): item for item in items}.values())
            if keys
            else items
        )

    def string(self, schema: Schema, path: Path) -> str:
        if path[-1] == "name":
            # v1alpha1 gives a container called main beside mainContainer up, as the operator does
            return self.rng.choice(NAMES[1:] if path[-4:-2] == ("extraPodSpec", "containers") else NAMES)
        if path[-1] in ("image", "value"):
            return self.rng.choice([*TEXTS, ""])
        if path[-1] in ("cpu", "memory", "gpu") or path[-2:-1] == ("custom",):
            return str(self.rng.choice(QUANTITIES))
        if path[-1] == "metricsStalenessThreshold":
            return self.rng.choice(["90s", "1m30s", "0.5s", "0"])
        return "2026-01-01T00:00:00Z" if schema.get("format") == "date-time" else self.rng.choice(TEXTS)

    def integer(self, schema: Schema, _: Path) -> int:
        low: int = schema.get("minimum", 0)
        return low if schema.get("maximum") == low else self.rng.choice([low, low + 1, 2**31 - 1])

    def number(self, _: Schema, __: Path) -> float:
        return self.rng.choice([0, 0.5, 1])

    def boolean(self, _: Schema, __: Path) -> bool:
        return self.rng.random() < 0.5


def _common_enum(schema: Schema) -> list[Any]:
    return sorted(set.intersection(*(set(part["enum"]) for part in schema["allOf"] if "enum" in part)))
