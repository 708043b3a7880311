"""From a request's intent to values: the same words for every release, written as each API has them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import CombinationError, UnknownNameError
from pydynamo_manifests.planner import PlannerConfig, written_config
from pydynamo_manifests.releases import newest, release, release_of_tag
from pydynamo_manifests.requests.hardware import check_sku

if TYPE_CHECKING:
    from pydynamo_manifests.releases import Release
    from pydynamo_manifests.requests.intent import RequestIntent

__all__ = ["RequestComposition", "request_composition"]

ALPHA, BETA = "nvidia.com/v1alpha1", "nvidia.com/v1beta1"
KIND = "DynamoGraphDeploymentRequest"
ENGINES = ("vllm", "sglang", "trtllm")
_TTFT, _ITL, _ISL, _OSL = 2000, 30, 4000, 1000
"""What the profiler takes for a latency that is left out beside the other, and the API for the traffic."""
_VERSION = re.compile(r"v?\d+\.\d+\.\d+(?:[-+].*)?")

Notes = dict[tuple[str, ...], str]


@dataclass(frozen=True)
class RequestComposition:
    """The values of a request as plain data, and the words that explain them by path."""

    values: dict[str, Any]
    release: Release
    intent: RequestIntent
    notes: Notes = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """What the request asks for, in one sentence."""
        engine = self.values["request"]["backend"]
        how = "measured on GPUs, which takes hours" if self.intent.search == "thorough" else "simulated"
        who = "the profiler chooses the engine" if engine == "auto" else f"served by {engine}"
        return f"A request: Dynamo {self.release} profiles the model ({how}) and generates the graph; {who}."


def request_composition(intent: RequestIntent) -> RequestComposition:
    """Return the values of the request that an intent asks for, with the reasons.

    Raises:
        CombinationError: Choices that do not go together; says what to write, and since or until when.
        UnknownNameError: No such release, engine or GPU type; names the nearest.
    """
    at = release(intent.dynamo) if intent.dynamo else newest()
    _check(intent, at)
    beta = at.within(since="1.0")
    request = {
        "backend": intent.backend or "auto",
        "runtimeVersionOverride": {"from": "dynamo.release"} if _tag_is_silent(intent, at) else None,
        "searchStrategy": (intent.search or "rapid") if beta else None,
        "autoApply": not intent.review,
        "modelCache": _given(
            pvcName=intent.cache_claim,
            pvcModelPath=intent.cache_model_path,
            pvcMountPath=intent.cache_mount_path,
        ),
        "hardware": _hardware(intent) if beta else None,
        "workload": _workload(intent),
        "sla": _sla(intent),
        "features": _features(intent, at),
        "overrides": {"trustRemoteCode": True} if intent.trust_remote_code else None,
        "profilingConfig": None if beta else {"config": _old_config(intent, at)},
    }
    values = {
        "dynamo": {"release": at.version, "apiVersion": BETA if beta else ALPHA},
        "model": {"name": intent.model},
        "image": _given(
            registry=at.registry if intent.registry is None else intent.registry,
            repository=intent.image or _profiler(intent, at),
            tag=intent.image_tag,
        ),
        "request": {k: v for k, v in request.items() if v not in (None, {})},
    }
    return RequestComposition(values, at, intent, _notes())


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _whole(value: float | None) -> float | None:
    return int(value) if value is not None and value == int(value) else value


def _profiler(intent: RequestIntent, at: Release) -> str:
    """Return the image that profiles; the workers' images follow from it (operator, profiling Job)."""
    if not at.within(since="1.0"):
        return str(at.component_images[str(intent.backend)])
    return str(at.component_images["planner"] or "dynamo-frontend")


def _hardware(intent: RequestIntent) -> dict[str, Any]:
    return _given(
        gpuSku=intent.gpu,
        vramMb=_whole(intent.vram),
        totalGpus=intent.gpus,
        numGpusPerNode=intent.gpus_per_node,
    )


def _workload(intent: RequestIntent) -> dict[str, Any]:
    return _given(
        isl=intent.isl or _ISL,
        osl=intent.osl or _OSL,
        concurrency=_whole(intent.concurrency),
        requestRate=_whole(intent.request_rate),
    )


def _sla(intent: RequestIntent) -> dict[str, Any]:
    if intent.e2e_latency is not None:
        return {"e2eLatency": _whole(intent.e2e_latency)}
    return {"ttft": _whole(intent.ttft or _TTFT), "itl": _whole(intent.itl or _ITL)}


def _features(intent: RequestIntent, at: Release) -> dict[str, Any]:
    return _given(
        planner=_planner(intent, at) if intent.planner else None,
        kvRouter={"enabled": True} if intent.kv_router else None,
        mocker={"enabled": True} if intent.mocker else None,
    )


def _planner(intent: RequestIntent, at: Release) -> dict[str, Any]:
    """Return the planner's part: latencies and engine follow from the request, so they stand there alone."""
    config = PlannerConfig(
        mode="disagg",
        optimization_target="sla" if at.within(since="1.1") else None,
        enable_throughput_scaling=True,
        enable_load_scaling=True if at.within(since="1.1") else None,
        pre_deployment_sweeping_mode="thorough" if intent.search == "thorough" else "rapid",
        max_gpu_budget=intent.gpus if intent.max_gpus is None else intent.max_gpus,
        min_endpoint=intent.min_endpoint,
        advisory=intent.advisory or (False if at.within(since="1.2") else None),
        metric_pulling_prometheus_endpoint=intent.prometheus,
    )
    return written_config(config, at)


def _old_config(intent: RequestIntent, at: Release) -> dict[str, Any]:
    """Return the profiler's own settings of 0.7 to 0.9; their names have underscores until 0.7.

    Source: the profiler's examples of 0.7 and 0.9; 0.8.1 changed the spelling.
    """
    camel, simulated = at.within(since="0.8"), intent.search != "thorough"
    if camel:
        sweep = {"useAiConfigurator": simulated}
        sweep |= (
            _given(aicSystem=intent.gpu, aicHfId=intent.model if intent.gpu else None) if simulated else {}
        )
        hardware = _given(maxNumGpusPerEngine=intent.gpus, numGpusPerNode=intent.gpus_per_node)
        return {"sweep": sweep, **({"hardware": hardware} if hardware else {})}
    hardware = _given(max_num_gpus_per_engine=intent.gpus, num_gpus_per_node=intent.gpus_per_node)
    aic = {"aic": {"system": intent.gpu}} if simulated and intent.gpu else {}
    return {
        "sweep": {"use_ai_configurator": simulated},
        **({"hardware": hardware} if hardware else {}),
        **aic,
    }


def _tag_is_silent(intent: RequestIntent, at: Release) -> bool:
    tag = intent.image_tag
    return at.within(since="1.4") and tag is not None and not _VERSION.fullmatch(tag)


def _check(intent: RequestIntent, at: Release) -> None:
    if KIND not in at.kinds or not at.within(since="0.7"):
        raise CombinationError(f"requests exist from Dynamo 0.7 on, not at {at}; write --dynamo 0.7 or newer")
    if at.hidden:
        raise CombinationError(
            f"{at} is a development snapshot without images; requests are composed for releases"
        )
    if intent.backend not in (None, "auto", *ENGINES):
        raise UnknownNameError("engine of a request", str(intent.backend), ("auto", *ENGINES))
    _check_engine(intent, at)
    if intent.gpu:
        check_sku(intent.gpu, at)
    tagged = release_of_tag(intent.image_tag or "")
    if tagged and tagged.line != at.line:
        raise CombinationError(
            f"--image-tag {intent.image_tag} is of Dynamo {tagged.line}, but the request is composed for {at}; "
            f"write --dynamo {tagged.line}"
        )
    for name, since in (("kv_router", "1.5"), ("trust_remote_code", "1.6"), ("mocker", "0.8")):
        if getattr(intent, name) and not at.within(since=since):
            raise CombinationError(_too_old(name, since, at))
    if not at.within(since="1.0"):
        _check_old(intent, at)


def _check_engine(intent: RequestIntent, at: Release) -> None:
    named = intent.backend in ENGINES
    if not named and not at.within(since="1.0"):
        raise CombinationError(
            f"a request names its engine before Dynamo 1.0, and this is for {at}; write --backend "
            f"{', '.join(ENGINES[:-1])} or {ENGINES[-1]}"
        )
    if not named and intent.search == "thorough":
        raise CombinationError(
            "--search thorough measures one engine on GPUs, and --backend auto leaves the engine open; write "
            f"--backend {', '.join(ENGINES[:-1])} or {ENGINES[-1]}, or --search rapid"
        )


def _too_old(name: str, since: str, at: Release) -> str:
    return (
        f"--{name.replace('_', '-')}: requests have it from Dynamo {since} on, not at {at}; leave it out or "
        f"write --dynamo {since}"
    )


def _check_old(intent: RequestIntent, at: Release) -> None:
    """Refuse what a v1alpha1 request cannot say."""
    if intent.planner:
        raise CombinationError(
            f"--planner: at {at} every generated graph has a planner; leave it out, request.features.planner of "
            "the values has its settings"
        )
    for name in ("vram", "concurrency", "request_rate", "e2e_latency"):
        if getattr(intent, name) is not None:
            raise CombinationError(_too_old(name, "1.0", at))
    if intent.cache_claim and not at.within(since="0.8"):
        raise CombinationError(_too_old("cache_claim", "0.8", at))
    if intent.gpu and intent.search == "thorough":
        raise CombinationError(
            f"--gpu {intent.gpu}: at {at} it is for the simulator; leave it out, --search thorough measures on the "
            "GPUs that it finds"
        )


def _notes() -> Notes:
    here = ("request",)
    return {
        ("dynamo", "release"): "what this was composed for; the image carries it as its tag",
        ("image", "repository"): "the profiler's image; the images of the generated graph follow from it",
        (*here, "autoApply"): (
            "true: the generated graph is created at once; false: it waits in the status for "
            "dynamo-manifests request read. v1beta1 means true without it, v1alpha1 false"
        ),
        (*here, "searchStrategy"): "rapid simulates, thorough measures on GPUs for hours",
        (*here, "hardware"): "what the graph may use; what is left out is found in the cluster",
        (*here, "workload"): "tokens of a prompt and of an answer, as the traffic has them",
        (*here, "sla"): "targets in milliseconds",
        (
            *here,
            "features",
            "planner",
        ): "the planner of the generated graph; its latencies are those of the request",
        (
            *here,
            "profilingConfig",
            "config",
            "sweep",
        ): "true simulates (TensorRT-LLM first), false measures for hours",
        (*here, "profilingConfig", "config", "hardware"): "GPUs of one engine, not of the whole graph",
    }
