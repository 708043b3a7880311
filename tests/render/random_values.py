"""Random valid values, derived from the models: a field added there is tried here."""

from __future__ import annotations

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydynamo_manifests.values.base import ENV_SOURCES, KNOBS, Values
from pydynamo_manifests.values.graph import GraphValues, Request

# Without "<<" and the control characters that Helm cannot write in YAML: the chart fails loudly.
TEXTS = [
    "", "a", "y", "No", "on", "1e5", "0o17", "0777", "08", "1_000", "12:30", "2001-01-01", "=", "null", "~",
    "true", "123", "1.0", "a: b", "- x", "#c", " lead", "trail ", "two\nlines\n", "tab\there", "ünï", "\u2028",
    "<&>", "'\"", "{{ .Values }}", "$(X)", "@x", "%p", "!t", "&a", "*a", "|", ">", "nvidia.com/gpu", "Qwen/Qwen3",
    "é\u2029", "80Gi", "0", "\ufeffbom", "a\xa0b", "\U0001f600", "a\r\nb", "\x1b[0m",
]  # fmt: skip
NUMBERS: list[Any] = [
    0, 1, 2, 7, -3, 8000, 2**31 + 5, 2**53 - 1, -(2**53) + 1, 1000650000, 0.5, 1.0, 0.9, 1e-5, 0.00005, 1e-7,
    2.5e-9, 123456.789, 1e15, -0.25,
]  # fmt: skip
NAMES = ["a", "B", "main", "model-cache", "files", "X", "HF_HOME", "x.y/z", "on", "Y", "decode"]
COMPONENTS = ["a", "B", "b", "main", "decode", "Y", "0", "on"]
VOLUMES = ["a", "model-cache", "files", "on", "decode", "0"]
PATHS = ["/model-cache", "/a", "/etc/a.yaml", "/etc/b.json", "/b/"]
FILES = ["/model-cache", "/a", "/etc/a.yaml", "/etc.a.yaml", "/etc/x/a.b", "/etc/x.a/b", "/.hidden", "/-"]
GRAPHS = ["", "other", "a.b", "0", "x" * 39, "x" * 40, "y" * 38 + "-y", "x" * 63]
KEYED: dict[str, list[dict[str, Any]]] = {
    "containers": [{"name": n} for n in ("main", "a", "side")],
    "initContainers": [{"name": n} for n in ("wait-for-model", "a")],
    "volumes": [{"name": n} for n in ("model-cache", "files", "a")],
    "imagePullSecrets": [{"name": n} for n in ("a", "B")],
    "resourceClaims": [{"name": n} for n in ("a", "X")],
    "env": [{"name": n} for n in ("HF_HOME", "X", "a")],
    "envs": [{"name": n} for n in ("HF_HOME", "X")],
    "volumeMounts": [{"mountPath": p} for p in PATHS],
    "ports": [{"containerPort": 8000}, {"containerPort": 8000, "protocol": "UDP"}, {"name": "no-port"}],
    "hostAliases": [{"ip": "1.2.3.4"}],
    "topologySpreadConstraints": [
        {"topologyKey": "z", "whenUnsatisfiable": w} for w in ("DoNotSchedule", "x")
    ],
    "tolerations": [{"key": "a"}, {"operator": "Exists"}],
}
SPECIAL = {
    "labels", "annotations", "limits", "requests", "metadata", "spec", "resources", "securityContext", "podTemplate",
}  # fmt: skip


class RandomValues:
    """Draws values of a model, each field about as often as ``share`` says."""

    def __init__(self, rnd: Any, share: float = 0.3) -> None:
        self.rnd = rnd
        self.share = share

    def graph(self) -> dict[str, Any]:
        values = self.block(GraphValues)
        if self.rnd.random() < 0.25:
            values["request"] = self.block(Request)
            values["components"] = None
            return values
        values.pop("request", None)
        values["components"] = {name: self.block(self._component()) for name in self.some(COMPONENTS, 1, 3)}
        if self.rnd.random() < 0.9:
            values["model"] = {
                **(values.get("model") or {}),
                "name": self.rnd.choice(["Qwen/Qwen3-32B", "a<b>&c"]),
            }
        return values

    @staticmethod
    def _component() -> type[Values]:
        from pydynamo_manifests.values.graph import Component  # noqa: PLC0415

        return Component

    def block(self, model: type[Values]) -> dict[str, Any]:
        out = {}
        for name, field in model.model_fields.items():
            if self.rnd.random() < self.share:
                hint = (
                    field.annotation if not field.metadata else Annotated[field.annotation, *field.metadata]
                )
                out[field.alias or name] = self.of(hint, name)
        return out

    def of(self, hint: Any, name: str = "") -> Any:  # noqa: PLR0911 - one line for each kind of type
        if hint is type(None):
            return None
        origin, args = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self._annotated(args, name)
        if origin in (Union, types.UnionType):
            rest = [a for a in args if a is not type(None)]
            return (
                None
                if self.rnd.random() < 0.1 and len(rest) < len(args)
                else self.of(self.rnd.choice(rest), name)
            )
        if origin is Literal:
            return self.rnd.choice(args)
        if origin is dict:
            return {key: self.of(args[1], name) for key in self.some(self.keys(name), 0, 3)}
        if origin is list:
            return [self.of(args[0], name) for _ in range(self.rnd.randint(0, 3))]
        if isinstance(hint, type) and issubclass(hint, Values):
            return self.block(hint)
        return {str: self.text, bool: self.flag, int: self.count, Any: self.anything}[hint]()

    def _annotated(self, args: Any, name: str) -> Any:
        if name == "fullnameOverride":
            return self.rnd.choice(GRAPHS)
        text = str(args[1:])
        for mark, draw in (
            ("_check_arg", self.argument),
            ("_check_env", self.variable),
            ("_check_text", self.knob),
            ("_check_content", self.content),
        ):
            if mark in text:
                return draw()
        if "_check_tree" in text:
            return self.fragments(name) if get_origin(args[0]) is list else self.fragment()
        return self.count() if args[0] in (int, float) else self.of(args[0], name)

    def some(self, pool: list[str], low: int, high: int) -> list[str]:
        return self.rnd.sample(pool, self.rnd.randint(low, min(high, len(pool))))

    @staticmethod
    def keys(name: str) -> list[str]:
        amounts = ["cpu", "memory", "nvidia.com/gpu", "rdma/ib"]
        named = {"files": FILES, "limits": amounts, "mounts": PATHS, "requests": amounts, "volumes": VOLUMES}
        return named.get(name, NAMES)

    def text(self) -> str:
        return str(self.rnd.choice(TEXTS))

    def content(self) -> Any:
        return self.rnd.choice([self.text, self.json_map, lambda: None])()

    def flag(self) -> bool:
        return bool(self.rnd.random() < 0.7)

    def count(self) -> int:
        return int(self.rnd.choice([0, 1, 1, 2, 4, 8, 2**31 - 1]))

    def scalar(self) -> Any:
        return self.rnd.choice([self.text, lambda: self.rnd.choice(NUMBERS), self.flag, lambda: None])()

    def knob(self) -> Any:
        return self.rnd.choice([self.text, lambda: {"from": self.rnd.choice(KNOBS)}])()

    def argument(self) -> Any:
        kinds = [
            self.scalar,
            self.scalar,
            self.knob,
            self.json_map,
            lambda: [self.scalar(), self.knob(), self.json_map()],
        ]
        return self.rnd.choice(kinds)()

    def json_map(self) -> dict[str, Any]:
        return {
            k: self.rnd.choice([self.scalar, lambda: {"z": self.scalar()}, lambda: [1, None, "<"]])()
            for k in self.some(NAMES, 0, 3)
        }

    def variable(self) -> Any:
        sources = {self.rnd.choice(ENV_SOURCES): self.rnd.choice([{}, {"name": "a", "key": self.text()}])}
        return self.rnd.choice([self.scalar, self.knob, lambda: sources])()

    def anything(self) -> Any:
        return self.rnd.choice([self.scalar, self.fragment, lambda: [self.scalar()]])()

    def fragment(self, depth: int = 0) -> dict[str, Any]:
        out: dict[str, Any] = {}
        pool = [*KEYED, *SPECIAL, "x", "y", "nodeSelector", "replicas", "mainContainer"]
        for key in self.some(pool, 0, 5 if depth == 0 else 2):
            if key in KEYED and self.rnd.random() < 0.9:
                out[key] = self.fragments(key, depth)
            elif depth < 2 and self.rnd.random() < 0.6:
                out[key] = self.fragment(depth + 1)
            else:
                out[key] = self.scalar()
        return out

    def fragments(self, name: str, depth: int = 0) -> list[Any]:
        pool = KEYED.get(name, [{"q": 1}])
        items = [dict(item) for item in self.rnd.sample(pool, self.rnd.randint(0, len(pool)))]
        for item in items:
            if depth < 2 and self.rnd.random() < 0.5:
                item.update({"v": self.scalar(), "resources": self.fragment(2)})
        if self.rnd.random() < 0.1:
            items.append(None)
        return items
