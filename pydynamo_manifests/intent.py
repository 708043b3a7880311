"""What a user wants served, in a few words: the input of composition."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError, arguments_named
from pydynamo_manifests.given import check_form, check_labels

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Intent", "Sizes", "about", "check_address", "check_forms", "check_latency", "switch"]


def about(text: str, default: Any = None, unit: str = "", form: str = "word") -> Any:
    """Declare a field with the words that its option says, and the form of its text."""
    return field(default=default, metadata={"help": text, "unit": unit, "form": form})


def switch(text: str) -> Any:
    """Declare a field that is on or off."""
    return field(default=False, metadata={"help": text})


def _labels(text: str) -> Any:
    return field(default_factory=dict, metadata={"help": text})


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large a worker is; what is None follows from the rest."""

    replicas: int | None = about("how many workers (of several nodes: how many groups)")
    nodes: int | None = about("nodes that one worker spans")
    gpus: int | None = about("GPUs per node of one worker")
    tensor_parallel: int | None = about("GPUs that share each layer")
    pipeline_parallel: int | None = about("stages that the layers are cut into")
    data_parallel: int | None = about(
        "copies of the model (with SGLang and TensorRT-LLM: of attention) in one worker"
    )
    expert_parallel: int | None = about("GPUs that the experts of a mixture model are spread over")

    def over(self, base: Sizes) -> Sizes:
        """Return these sizes with what they leave open taken from ``base``."""
        return Sizes(**self._over(base))

    def _over(self, base: Sizes) -> dict[str, int | None]:
        own = {f.name: getattr(self, f.name) for f in fields(Sizes)}
        return {name: getattr(base, name) if value is None else value for name, value in own.items()}

    def option(self, name: str) -> str:
        """Return the option that changes one of these sizes, such as ``--gpus``."""
        return _option(name)


@dataclass(frozen=True, kw_only=True)
class _RoleSizes(Sizes):
    """Sizes of a role that has, or whose partner has, some of its own: those win over the intent's."""

    role: str

    def option(self, name: str) -> str:
        """Return the option that changes this role alone, such as ``--decode-gpus``."""
        return _option(f"{self.role}-{name}")


_RDMA = re.compile(r"[a-z0-9][a-z0-9.-]*/[A-Za-z0-9][\w.-]*(=[1-9][0-9]*)?")
_SHAPE = tuple(f.name for f in fields(Sizes) if f.name != "replicas")
_NEEDED = {
    "backend": "NAME, such as vllm ('dynamo-manifests generate --list' has them all)",
    "pattern": "NAME, such as disagg-router ('dynamo-manifests generate --list' has them all)",
    "model": "Qwen/Qwen3-32B, or another model id",
}
"""What has no default, and words for it."""


@dataclass(frozen=True, kw_only=True)
class Intent(Sizes):
    """One graph to be: backend, pattern and model, and what shall differ from the defaults.

    The sizes hold for every worker; ``prefill`` and ``decode`` override them for a role of a
    disaggregated graph. Every field is an option of ``dynamo-manifests generate``.
    """

    backend: str = about("engine that serves, such as vllm; see --list", "")
    pattern: str = about("shape of the graph, such as disagg-router; see --list", "")
    model: str = about("model id, such as Qwen/Qwen3-32B", "")
    dynamo: str | None = about("Dynamo release or line; the newest without it")
    prefill: Sizes = field(
        default_factory=Sizes, metadata={"help": "sizes of prefill workers where they differ"}
    )
    decode: Sizes = field(
        default_factory=Sizes, metadata={"help": "sizes of decode workers where they differ"}
    )
    frontend_replicas: int = about("how many frontends", 1)

    served_name: str | None = about("name that clients ask for; the model id without it")
    revision: str | None = about("branch, tag or commit of the model")
    model_path: str | None = about("directory in the containers to load the model from", form="path")
    token_secret: str | None = about(
        "Secret with the Hugging Face token; empty for none", "hf-token-secret", form="object or none"
    )
    token_key: str | None = about("key of that Secret that becomes HF_TOKEN", "HF_TOKEN")
    trust_remote_code: bool = switch("let the model's repository bring its own code")

    cache_claim: str | None = about("existing PersistentVolumeClaim with the model files", form="object")
    cache_size: str | None = about(
        "size of a new PersistentVolumeClaim for the model files, such as 500Gi", form="quantity"
    )
    cache_storage_class: str | None = about("storage class of the new claim", form="object")
    cache_host_path: str | None = about("directory of each node with the model files", form="path")
    cache_mount_path: str | None = about(
        "where containers see the cache; /model-cache without it", form="path"
    )
    download: bool = switch("fill the cache by a Job before workers start")

    context_length: int | None = about("longest prompt and answer together, in tokens")
    gpu_memory_fraction: float | None = about("share of each GPU's memory that the engine takes, such as 0.9")
    tool_call_parser: str | None = about("Dynamo's parser of tool calls, such as hermes")
    reasoning_parser: str | None = about("Dynamo's parser of reasoning, such as qwen3")
    shared_memory: str | None = about(
        "size of /dev/shm of each worker; the operator gives 8Gi", form="quantity"
    )

    rdma: str | None = about(
        "resource of the nodes' RDMA devices, such as rdma/ib: one per GPU, or NAME=COUNT"
    )

    ttft: float | None = about("target of the planner: time to the first token, in milliseconds", unit="ms")
    itl: float | None = about("target of the planner: time between tokens, in milliseconds", unit="ms")
    max_gpus: int | None = about("GPUs that the planner may give the graph; negative for no limit")
    min_endpoint: int | None = about("replicas of each role that the planner keeps at least")
    advisory: bool = switch("let the planner decide and report without changing anything: a first step")
    prometheus: str | None = about(
        "address of Prometheus, for the planner; kube-prometheus-stack's without it"
    )
    planner_profile: str | None = about(
        "ConfigMap with a profile, for the planner (Dynamo 0.6: claim); empty for none", form="object or none"
    )
    global_planner: str | None = about(
        "Dynamo namespace (<namespace>-<graph>) of a global planner that the planner asks"
    )

    registry: str | None = about("registry of all images; NVIDIA's without it", form="registry")
    image: str | None = about("image repository of the workers")
    image_tag: str | None = about("tag of the images; the release without it", form="tag")
    frontend_image: str | None = about("image repository of the frontend")
    pull_policy: str | None = about("Always, IfNotPresent or Never")
    pull_secrets: tuple[str, ...] = about("Secrets with registry credentials", (), form="object")

    node_selector: Mapping[str, str] = _labels("node labels for the workers")
    frontend_node_selector: Mapping[str, str] = _labels("node labels for the frontend")
    tolerate_gpu_taint: bool = switch("let workers run on nodes with the taint nvidia.com/gpu")

    api_version: str | None = about("API version of the graph; the release's own choice without it")
    dynamo_namespace: str | None = about("logical namespace of the graph, for Dynamo 0.8 and older")

    def __post_init__(self) -> None:
        """Refuse what no graph could mean."""
        with arguments_named(self.names()):
            self._check()

    @property
    def cache_path(self) -> str:
        """Directory at which components see the model cache, without a slash at its end."""
        return (self.cache_mount_path or "/model-cache").rstrip("/")

    @classmethod
    def names(cls) -> list[str]:
        """Return the names of all fields, each of which is an option."""
        return [f.name for f in fields(cls)]

    def _check(self) -> None:
        for name, example in _NEEDED.items():
            if not getattr(self, name):
                raise InputError(f"a graph needs {_option(name)}: write {_option(name)} {example}")
        for prefix, sizes in (("", self), ("prefill-", self.prefill), ("decode-", self.decode)):
            for f in fields(Sizes):
                _check_count(f"{prefix}{f.name}", getattr(sizes, f.name))
        _check_count("frontend_replicas", self.frontend_replicas)
        _check_cache(self)
        _check_download(self)
        _check_rdma(self.rdma)
        for name in ("ttft", "itl"):
            check_latency(_option(name), getattr(self, name))
        _check_count("min_endpoint", self.min_endpoint, least=0)
        _check_count("context_length", self.context_length, least=1)
        check_address("--prometheus", self.prometheus)
        check_forms(self)
        for name in ("node_selector", "frontend_node_selector"):
            check_labels(_option(name), getattr(self, name))

    def sizes(self, role: str) -> Sizes:
        """Return the sizes asked for a role: ``worker``, ``prefill`` or ``decode``."""
        roles = {"prefill": self.prefill, "decode": self.decode}
        own = roles.get(role, Sizes())
        if role in roles and any(getattr(s, n) is not None for s in roles.values() for n in _SHAPE):
            return _RoleSizes(**own._over(self), role=role)  # noqa: SLF001 - of this module
        return own.over(self)


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def check_forms(intent: Any) -> None:
    """Refuse texts that have not the form of their field.

    Raises:
        InputError: The first of them, as an option, with its form in words.
    """
    for f in fields(intent):
        check_form(_option(f.name), getattr(intent, f.name), f.metadata.get("form", "path"))


def check_latency(name: str, value: float | None) -> None:
    """Refuse what is no latency in milliseconds.

    Raises:
        InputError: Not a number above 0, or below 1, which can only be seconds.
    """
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < float("inf"):
        raise InputError(f"{name} {value!r}: milliseconds, a number above 0 such as {name} 200")
    if value < 1:
        raise InputError(
            f"{name} {value:g}: it is in milliseconds, not seconds; write {name} {value * 1000:g}"
        )


def check_address(name: str, value: str | None) -> None:
    """Refuse what is no address of Prometheus, the empty one too.

    Raises:
        InputError: It does not begin with http:// or https://.
    """
    if value is not None and not value.startswith(("http://", "https://")):
        raise InputError(
            f"{name} {value!r}: the planner reads the traffic from Prometheus; write its address, such as "
            f"{name} http://prometheus.monitoring.svc:9090, or leave it out for that of kube-prometheus-stack"
        )


def _check_count(name: str, value: int | None, *, least: int | None = None) -> None:
    if least is None:
        least = 0 if name.endswith(("replicas", "gpus")) else 1
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
        raise InputError(f"{_option(name)} {value!r}: a whole number from {least} on")


def _check_rdma(value: str | None) -> None:
    if value is not None and not _RDMA.fullmatch(value):
        raise InputError(
            f"--rdma {value!r}: write the resource as the nodes offer it ('kubectl describe node' shows it), "
            "such as --rdma rdma/ib, or with a number as --rdma rdma/shared_ib=1"
        )


def _check_download(intent: Intent) -> None:
    """Refuse a download that workers would not find: it fills the hub's cache, by the model id."""
    if not intent.download:
        return
    if intent.model.startswith("/"):
        raise InputError(
            f"--model {intent.model!r}: the download takes a model id of the hub, not a directory; "
            "write --model Qwen/Qwen3-32B, or leave --download out"
        )
    hub = f"{intent.cache_path}/hub"
    if intent.model_path and not intent.model_path.startswith(f"{hub}/"):
        raise InputError(
            f"--model-path {intent.model_path!r}: the download writes the hub's layout below {hub!r}, "
            "found by the model id; leave --model-path or --download out"
        )


def _check_cache(intent: Intent) -> None:
    homes = [n for n in ("cache_claim", "cache_size", "cache_host_path") if getattr(intent, n)]
    if len(homes) > 1:
        raise InputError(f"{' and '.join(map(_option, homes))}: the model files have one home, choose one")
    for name in ("cache_storage_class", "cache_mount_path", "download"):
        if getattr(intent, name) and not homes:
            raise InputError(
                f"{_option(name)} needs a cache: --cache-claim, --cache-size or --cache-host-path"
            )
    if intent.cache_storage_class and not intent.cache_size:
        raise InputError("--cache-storage-class is for a new claim: give its --cache-size")
    fraction = intent.gpu_memory_fraction
    if fraction is not None and not 0 < fraction <= 1:
        raise InputError(f"--gpu-memory-fraction {fraction!r}: a share above 0 and up to 1, such as 0.9")
