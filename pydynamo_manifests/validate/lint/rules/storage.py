"""Models on disk: what a worker looks for, and whether anything is mounted there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.validate.lint.examples import example, frontend, part
from pydynamo_manifests.validate.lint.registry import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.parts import Part
    from pydynamo_manifests.validate.lint.scene import Scene

_HUB = "dynamo.vllm --model Qwen/Qwen3-0.6B"
_LOCAL = "dynamo.vllm --model /models/qwen --served-model-name qwen"
_TRUE = ("1", "true", "yes", "on")
_HOME = "/root/.cache/huggingface"
_IN_IMAGE = ("/workspace", "/opt/dynamo", "/app")
"""Folders that are inside upstream's images."""


def _covers(mount: str, path: str) -> bool:
    mount = mount.rstrip("/")
    return bool(mount) and (
        path == mount or path.startswith(mount + "/") or mount.startswith(path.rstrip("/") + "/")
    )


def _mounts(p: Part) -> list[str]:
    found = [m.where for m in p.main.mounts]
    return [*found, p.component.cache_path] if p.component.cache_path else found


@rule(
    "CACHE-01",
    "error",
    "offline, and no cache mounted",
    effect="the hub client may not download and finds nothing: the worker stops",
    hint="mount the claim that holds the models at HF_HOME, or take HF_HUB_OFFLINE out",
    source="huggingface_hub's offline mode; upstream's recipes mount a claim or a host path",
    when=("HF_HUB_OFFLINE",),
    bad=example(frontend(), part("worker", "worker", _HUB, env={"HF_HUB_OFFLINE": "1"})),
    good=example(
        frontend(),
        part(
            "worker",
            "worker",
            _HUB,
            env={"HF_HUB_OFFLINE": "1", "HF_HOME": "/models"},
            mounts={"/models": "models"},
        ),
    ),
)
def offline_without_cache(scene: Scene) -> Iterator[Found]:
    """Find HF_HUB_OFFLINE on workers of hub models whose cache lies on no volume."""
    for p in scene.workers:
        if (p.main.value("HF_HUB_OFFLINE") or "").lower() not in _TRUE or (p.model or "/").startswith(
            ("/", ".")
        ):
            continue
        home = _home(p)
        if home is not None and not any(_covers(m, home) for m in _mounts(p)):
            yield Found(
                p.main.env["HF_HUB_OFFLINE"].path,
                f"{p.name} may not download and mounts nothing at {home}: the model is not found",
            )


def _home(p: Part) -> str | None:
    """Return the folder of the hub's cache; None when it is not known."""
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "TRANSFORMERS_CACHE"):
        if name in p.main.env:
            value = p.main.value(name)
            return value if value and value.startswith("/") and "$" not in value else None
    if p.main.env_from and not p.main.mounts:
        return None
    cached = any(word in where for where in _mounts(p) for word in ("cache", "huggingface"))
    return None if cached else p.main.value("HOME") or _HOME


@rule(
    "CACHE-02",
    "error",
    "a model path under no mount",
    effect="the folder does not exist in the pod and the worker stops",
    hint="mount the claim that holds the model, at that path or above it",
    source="upstream's recipes",
    bad=example(frontend(), part("worker", "worker", _LOCAL)),
    good=example(
        frontend(mounts={"/models": "models"}), part("worker", "worker", _LOCAL, mounts={"/models": "models"})
    ),
)
def unmounted_model(scene: Scene) -> Iterator[Found]:
    """Find absolute model paths that no mount of the container covers."""
    for p in scene.workers:
        model = p.model or ""
        if not model.startswith("/") or "$" in model or model.startswith(_IN_IMAGE) or not _ours(p):
            continue
        if not any(_covers(m, model) for m in _mounts(p)):
            yield Found(
                p.at("--model", "--model-path"),
                f"{p.name} loads {model} and mounts nothing there: the worker stops",
            )


def _ours(p: Part) -> bool:
    """Tell whether the image is upstream's, which holds no models; another may have one baked in."""
    return "ai-dynamo/" in p.main.image


@rule(
    "CACHE-03",
    "warning",
    "a frontend that cannot read the model's files",
    effect="up to 1.3 the frontend reads tokenizer and template from the path itself",
    hint="mount the same claim at the frontend",
    source="self-hosted metadata of the runtime from 1.4; upstream's recipes mount both",
    until=(1, 3),
    bad=example(
        frontend(image="dynamo-frontend:1.3.1"),
        part("worker", "worker", _LOCAL, image="vllm-runtime:1.3.1", mounts={"/models": "models"}),
        dynamo="1.3.1",
    ),
    good=example(
        frontend(image="dynamo-frontend:1.3.1", mounts={"/models": "models"}),
        part("worker", "worker", _LOCAL, image="vllm-runtime:1.3.1", mounts={"/models": "models"}),
        dynamo="1.3.1",
    ),
)
def frontend_without_mount(scene: Scene) -> Iterator[Found]:
    """Find frontends of graphs with a mounted local model that lack the mount."""
    paths = {
        p.model
        for p in scene.workers
        if p.model and p.model.startswith("/") and "$" not in p.model and _mounts(p)
    }
    for p in scene.parts:
        if p.type == "frontend" and p.line <= (1, 3):
            for path in sorted(paths):
                if not any(_covers(m, path) for m in _mounts(p)):
                    yield Found(
                        p.path, f"{p.name} mounts nothing at {path} and cannot read the tokenizer there"
                    )


@rule(
    "CACHE-04",
    "warning",
    "one claim for pods on several nodes",
    effect="a claim that only one node may mount leaves the other pods pending",
    hint="use a claim with accessModes: [ReadWriteMany]",
    source="access modes of Kubernetes",
    when=("others",),
    bad=example(
        frontend(),
        part("worker", "worker", _LOCAL, mounts={"/models": "models"}, replicas=2),
        others=[
            {
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": "models"},
                "spec": {"accessModes": ["ReadWriteOnce"]},
            }
        ],
    ),
    good=example(
        frontend(),
        part("worker", "worker", _LOCAL, mounts={"/models": "models"}, replicas=2),
        others=[
            {
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": "models"},
                "spec": {"accessModes": ["ReadWriteMany"]},
            }
        ],
    ),
)
def single_node_claim(scene: Scene) -> Iterator[Found]:
    """Find claims of the same run that many pods mount and one node may."""
    single = {
        name for name, modes in _claims(scene) if modes and not {"ReadWriteMany", "ReadOnlyMany"} & set(modes)
    }
    for p in scene.workers if single else ():
        pods = (p.component.replicas or 1) * p.component.nodes
        for mount in p.main.mounts:
            volume = p.component.volumes.get(mount.volume, {}).get("persistentVolumeClaim")
            claim = volume.get("claimName") if isinstance(volume, dict) else mount.volume
            if pods > 1 and claim in single:
                yield Found(
                    mount.path, f"{p.name} mounts {claim} in {pods} pods and the claim is for one node"
                )


def _claims(scene: Scene) -> Iterator[tuple[str, list[str]]]:
    for other in scene.others:
        if other.get("kind") == "PersistentVolumeClaim":
            metadata, spec = other.get("metadata"), other.get("spec")
            if isinstance(metadata, dict) and isinstance(spec, dict):
                modes = spec.get("accessModes")
                yield (
                    str(metadata.get("name")),
                    [m for m in modes if isinstance(m, str)] if isinstance(modes, list) else [],
                )


@rule(
    "SEC-01",
    "warning",
    "a hub model without a token",
    effect="gated models are refused and anonymous downloads are slow or limited",
    hint="add envFrom with a secretRef to the Secret that holds HF_TOKEN",
    source="upstream's examples give every worker hf-token-secret",
    bad=example(frontend(), part("worker", "worker", "dynamo.vllm --model meta-llama/Llama-3.1-8B")),
    good=example(
        frontend(),
        part(
            "worker",
            "worker",
            "dynamo.vllm --model meta-llama/Llama-3.1-8B",
            container={"envFrom": [{"secretRef": {"name": "hf-token-secret"}}]},
        ),
    ),
)
def no_token(scene: Scene) -> Iterator[Found]:
    """Find workers of gated hub models that download without a token and without a cache."""
    for p in scene.workers:
        model = p.model or ""
        if not model.startswith(_GATED) or p.main.env_from or p.main.mounts:
            continue
        if {"HF_TOKEN", "HF_TOKEN_PATH", "HF_HUB_OFFLINE", "MODEL_EXPRESS_URL"} & p.main.env.keys():
            continue
        yield Found(
            p.at("--model", "--model-path"), f"{p.name} downloads {model}, which is gated, without a token"
        )


_GATED = ("meta-llama/", "google/gemma", "mistralai/")
