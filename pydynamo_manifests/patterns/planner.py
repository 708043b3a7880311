"""Graphs with an SLA planner: the workers it scales, and the planner itself, as each release starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import CombinationError
from pydynamo_manifests.patterns.parts import (
    Components,
    Graph,
    frontend,
    prefill_routing,
    shared,
    worker,
    worker_names,
    written,
)
from pydynamo_manifests.planner import FIELDS, PlannerConfig, check_config, planner_flags, written_config
from pydynamo_manifests.planner.fields import line_of
from pydynamo_manifests.releases import PassMetrics

if TYPE_CHECKING:
    from pydynamo_manifests.releases import Release

__all__ = ["PLANNER", "agg_planner", "disagg_planner", "disagg_router_planner"]

PLANNER = "Planner"
"""Name of the component."""
DEFAULT_BUDGET = 8
"""GPUs that a planner may use when it is not told (its own default)."""
PROMETHEUS = "http://prometheus-kube-prometheus-prometheus.monitoring.svc:9090"
"""Service that the chart kube-prometheus-stack makes as release ``prometheus`` in namespace ``monitoring``."""
PROFILE, PROFILE_DIR = "planner-profile-data", "/workspace/profiling_results"
_OLD_PROFILE, _OLD_PROFILE_DIR = "dynamo-pvc", "/data"
_ADAPTER = "DynamoGraphDeploymentScalingAdapter"
_MEASURED = "tells the planner how long each forward pass took and what waits"
_OWNED = "left out: the planner scales it through its scaling adapter"
_PROMETHEUS = "where it reads the traffic: requests, tokens and latencies of the frontend"
_WORDS = {
    "max_gpu_budget": ("max-gpu-budget", "GPUs of the whole graph at most"),
    "optimization_target": (
        "",
        "throughput looks at queues and caches; sla holds the latencies, in milliseconds",
    ),
    "metric_pulling_prometheus_endpoint": ("metric-pulling-prometheus-endpoint", _PROMETHEUS),
    "advisory": (
        "no-operation",
        "true: it decides and reports, and changes nothing; start so, read its reports, then write false",
    ),
    "pre_deployment_sweeping_mode": (
        "",
        "with none it learns from the first requests, with thorough it starts from a profile",
    ),
}
"""Flag before 1.0, and words that explain it, by field."""


def agg_planner(graph: Graph) -> Components:
    """Workers that do prefill and decode in one engine, as many as the traffic needs."""
    # Until 1.3 the planner finds a worker without a role of its own only under the name of decode workers.
    name = (
        None
        if graph.release.within(since="1.4")
        else graph.release.worker_names[graph.backend.NAME]["decode"]
    )
    router = _router_measures(graph, "agg")
    name = name or worker_names(graph)["worker"]
    workers = _scaled(graph, worker(graph, "worker", events=router, name=name))
    return frontend(graph, router=router) | _planner(graph, workers, "agg") | workers


def disagg_planner(graph: Graph) -> Components:
    """Prefill and decode apart, each scaled by itself."""
    if _router_measures(graph, "disagg"):
        return disagg_router_planner(graph)
    workers = _scaled(graph, worker(graph, "prefill") | worker(graph, "decode"))
    return frontend(graph, router=False) | _planner(graph, workers, "disagg") | workers


def disagg_router_planner(graph: Graph) -> Components:
    """The same, prompts sent to the prefill worker that holds most of their prefix."""
    prefill = worker(graph, "prefill", events=True, routed=True)
    workers = _scaled(graph, prefill | worker(graph, "decode", routed=True))
    return prefill_routing(graph, prefill) | _planner(graph, workers, "disagg") | workers


def _router_measures(graph: Graph, mode: str) -> bool:
    """Say whether the planner goes by the load that a router keeps: the fast one of 1.0 does."""
    return graph.release.within(since="1.0", until="1.0") and not _forecasts(graph, mode)


def _forecasts(graph: Graph, mode: str) -> bool:
    """Say whether the slow loop runs: from 1.3 on always, before that with a profile, which only disagg has."""
    return graph.release.within(since="1.3") or (mode == "disagg" and graph.intent.planner_profile != "")


def _scaled(graph: Graph, workers: Components) -> Components:
    """Hand the replicas of the workers to scaling adapters, where the release has them, and measure them."""
    _measure(graph, workers)
    if _ADAPTER not in graph.release.kinds:
        return workers
    for name, component in workers.items():
        del component["replicas"]
        component["scalingAdapter"] = True
        graph.notes["components", name, "scalingAdapter"] = _OWNED
    return workers


def _measure(graph: Graph, workers: Components) -> None:
    """Let workers report their forward passes, by which a fast planner scales."""
    wanted = graph.release.pass_metrics.get(graph.backend.NAME, PassMetrics())
    for name, component in workers.items():
        for section, entries in {"args": wanted.args, "env": wanted.env}.items():
            if entries:
                component.setdefault(section, {}).update(entries)
            graph.notes.update({("components", name, section, key): _MEASURED for key in entries})


def _planner(graph: Graph, workers: Components, mode: str) -> Components:
    release = graph.release
    config = _config(graph, workers, mode)
    image = release.component_images["planner"]
    json_config = release.within(since="1.0")
    profile = _profile(graph, mode) if config.profile_results_dir else {}
    component = {
        "type": "planner",
        "replicas": 1,
        "image": {"repository": image} if image else None,
        "command": ["python3", "-m", release.planner.module],
        "args": {"config": _checked(config, release)} if json_config else planner_flags(config, release),
        "env": _old_prometheus(graph),
        "workingDir": None if json_config else "/workspace/components/src/dynamo/planner",
        **shared(graph, cache=False),
        **profile,
    }
    graph.notes["components", PLANNER] = (
        "decides how many workers run; it needs no GPU and runs as planner-serviceaccount, which the operator makes"
    )
    _explain(graph, json_config=json_config)
    return {PLANNER: written(component)}


def _checked(config: PlannerConfig, at: Release) -> dict[str, Any]:
    """Return the configuration in the release's words, or what its planner would say to it."""
    written = written_config(config, at)
    problem = next(check_config(written, line_of(at.line)), None)
    if problem:
        raise CombinationError(f"the planner of {at} would refuse this: {problem.message}")
    return written


def _config(graph: Graph, workers: Components, mode: str) -> PlannerConfig:
    intent, release = graph.intent, graph.release
    gpus = {c["type"]: c.get("gpus", 1) * c.get("nodes", 1) for c in workers.values()}
    new = release.within(since="1.0")
    asked = intent.global_planner
    return PlannerConfig(
        environment="global-planner" if asked else "kubernetes",
        global_planner_namespace=asked,
        backend=graph.backend.NAME,  # type: ignore[arg-type] # the backends are the choices
        mode=mode if new else None,  # type: ignore[arg-type] # as above
        max_gpu_budget=_budget(graph, gpus),
        min_endpoint=intent.min_endpoint,
        advisory=intent.advisory or (False if release.within(since="1.2") else None),
        metric_pulling_prometheus_endpoint=_prometheus(graph) if release.within(since="0.8") else None,
        **_aims(graph, mode),
        **_engines(graph, gpus),
    )


def _aims(graph: Graph, mode: str) -> dict[str, Any]:
    """Return the target, the loops and what they start from."""
    intent, release = graph.intent, graph.release
    aimed = intent.ttft is not None or intent.itl is not None
    reported = graph.backend.NAME in release.pass_metrics
    if not aimed and reported:
        return {"optimization_target": "throughput"}
    latencies = {
        "ttft_ms": _number(intent.ttft, "ttft_ms"),
        "itl_ms": _number(intent.itl, "itl_ms"),
        "optimization_target": "sla" if release.within(since="1.1") else None,
    }
    slow = {"throughput_adjustment_interval_seconds": 60}
    if not release.within(since="1.0"):
        return latencies | slow | {"profile_results_dir": _profile_dir(graph)}
    forecast = _forecasts(graph, mode)
    fast = release.within(since="1.3") or not forecast
    if fast and not reported and release.within(since="1.1"):
        raise CombinationError(
            f"{graph.backend.TITLE} workers of {release} report no load that a planner could go by without a "
            "profile; choose disagg-planner with one, or --dynamo 1.2 or newer"
        )
    loops = {"enable_throughput_scaling": forecast, "enable_load_scaling": fast}
    measured = bool(_profile_name(graph, mode)) and forecast
    start = {
        "pre_deployment_sweeping_mode": "thorough" if measured else "none",
        "profile_results_dir": _profile_dir(graph) if measured else None,
    }
    periods = (slow if forecast else {}) | ({"load_adjustment_interval_seconds": 5} if fast else {})
    return latencies | loops | start | periods


def _engines(graph: Graph, gpus: dict[str, int]) -> dict[str, Any]:
    """Return GPUs per replica where the planner does not read them from the graph, and the model's name."""
    release = graph.release
    watching = graph.intent.advisory and not release.within(since="1.2")
    found: dict[str, Any] = {}
    if graph.backend.NAME == "mocker" or watching or not release.within(since="1.0"):
        roles = {"prefill": gpus.get("prefill"), "decode": gpus.get("decode", gpus.get("worker"))}
        found = {f"{role}_engine_num_gpu": count for role, count in roles.items() if count}
    if watching and release.within(since="1.0"):
        # Without a connector to the cluster, which advice does not need there, it cannot look the name up.
        found["model_name"] = graph.intent.served_name or graph.intent.model
    return found


def _budget(graph: Graph, gpus: dict[str, int]) -> int:
    intent = graph.intent
    if intent.max_gpus is not None and intent.max_gpus < 0 and not graph.release.within(since="1.0"):
        raise CombinationError(
            f"--max-gpus {intent.max_gpus}: the planner of {graph.release} takes it as a number of GPUs, not as "
            "no limit; write how many GPUs there are"
        )
    floor = (1 if intent.min_endpoint is None else intent.min_endpoint) * sum(gpus.values())
    start = max(floor, sum(gpus.values()))
    limit = intent.max_gpus
    if limit is None:
        limit = -1 if intent.global_planner else DEFAULT_BUDGET
    if 0 <= limit < start:
        said = " and ".join(f"{count} for {role}" for role, count in gpus.items())
        floors = (
            f", and --min-endpoint {intent.min_endpoint} keeps {floor}" if floor > sum(gpus.values()) else ""
        )
        had = f"--max-gpus {limit}" if intent.max_gpus is not None else f"the planner may use {limit} GPUs"
        raise CombinationError(
            f"{had}: the graph starts with {sum(gpus.values())} GPUs ({said}){floors}; "
            f"write --max-gpus {start} or more"
        )
    return limit


def _number(given: float | None, field: str) -> float:
    value = FIELDS[field].default if given is None else given
    return int(value) if value == int(value) else value


def _prometheus(graph: Graph) -> str:
    return graph.intent.prometheus or PROMETHEUS


def _old_prometheus(graph: Graph) -> dict[str, str]:
    return {} if graph.release.within(since="0.8") else {"PROMETHEUS_ENDPOINT": _prometheus(graph)}


def _profile_name(graph: Graph, mode: str) -> str:
    """Return what holds the profile: always one before 1.0, only on request from 1.3 on."""
    given = graph.intent.planner_profile
    if given is not None:
        return given
    if not graph.release.within(since="0.7"):
        return _OLD_PROFILE
    return PROFILE if graph.release.within(until="1.2") and mode == "disagg" else ""


def _profile_dir(graph: Graph) -> str:
    return PROFILE_DIR if graph.release.within(since="0.7") else f"{_OLD_PROFILE_DIR}/profiling_results"


def _profile(graph: Graph, mode: str) -> dict[str, Any]:
    name = _profile_name(graph, mode)
    if not name:
        raise CombinationError(
            f"--planner-profile '': the planner of {graph.release} needs a profile; write the ConfigMap's name"
        )
    here = ("components", PLANNER, "volumes")
    if graph.release.within(since="0.7"):
        source: dict[str, Any] = {"configMap": {"name": name}}
        graph.notes[here] = (
            "a ConfigMap that must exist, with prefill_raw_data.json and decode_raw_data.json of a profile: "
            "dynamo-manifests profile show DIRECTORY --configmap NAME checks and writes it"
        )
    else:
        source = {"persistentVolumeClaim": {"claimName": name}}
        graph.notes[here] = "a claim that must exist, with the results of a profile in profiling_results"
    path = PROFILE_DIR if graph.release.within(since="0.7") else _OLD_PROFILE_DIR
    return {"volumes": {PROFILE: source}, "mounts": {path: {"name": PROFILE, "readOnly": True}}}


def _explain(graph: Graph, *, json_config: bool) -> None:
    here = ("components", PLANNER, "args", *(["config"] if json_config else []))
    line = line_of(graph.release.line)
    for field, (flag, words) in _WORDS.items():
        names = FIELDS[field].names(line)[:1] if json_config else (flag,)
        for name in names:
            graph.notes[*here, name] = words
    graph.notes["components", PLANNER, "env", "PROMETHEUS_ENDPOINT"] = _PROMETHEUS
