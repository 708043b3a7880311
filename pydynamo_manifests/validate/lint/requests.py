"""Rules on a request (DGDR): what the API server and the operator take, and the profiler refuses an hour later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pydynamo_manifests.planner import check_config
from pydynamo_manifests.validate.lint.planning import READ
from pydynamo_manifests.validate.lint.registry import REGISTRY, Example, Found, declare
from pydynamo_manifests.validate.shapes import mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydynamo_manifests.validate.lint.releases import Line
    from pydynamo_manifests.validate.report import Finding
    from pydynamo_manifests.yaml import Path

__all__ = ["KIND", "judge_request"]

KIND = "DynamoGraphDeploymentRequest"
_PROFILER = "dynamo/profiler of the wheels 1.0.2 to 1.6.1"
_GROVE = 45
"""Letters of graph and component together (Grove)."""
_LONGEST = len("Frontend")
_SUFFIX = "-dgd"


class _Request(NamedTuple):
    """A request as the profiler reads it, and where its parts stand in the object."""

    name: str
    spec: dict[str, Any]
    line: Line
    sla: dict[str, Any]
    sla_at: Path
    planner: dict[str, Any]
    planner_at: Path


def judge_request(obj: dict[str, Any], line: Line) -> Iterator[Finding]:
    """Yield what the rules find in a request of either API version; nothing for any other object."""
    if obj.get("kind") != KIND:
        return
    request = _read(obj, line)
    for code, check in _CHECKS:
        rule = REGISTRY[code]
        if rule.holds(line):
            yield from map(rule.finding, check(request))


def _read(obj: dict[str, Any], line: Line) -> _Request:
    spec = mapping(obj.get("spec"))
    name = str(mapping(obj.get("metadata")).get("name", ""))
    if obj.get("apiVersion") == "nvidia.com/v1alpha1":
        config = mapping(mapping(spec.get("profilingConfig")).get("config"))
        home: Path = ("spec", "profilingConfig", "config")
        return _Request(name, spec, line, mapping(config.get("sla")), (*home, "sla"), {}, home)
    planner = mapping(mapping(spec.get("features")).get("planner"))
    return _Request(
        name, spec, line, mapping(spec.get("sla")), ("spec", "sla"), planner, ("spec", "features", "planner")
    )


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _asked(name: str = "demo", **spec: Any) -> Example:
    whole = {"model": "Qwen/Qwen3-32B", "backend": "vllm", **spec}
    return Example(
        {"apiVersion": "nvidia.com/v1beta1", "kind": KIND, "metadata": {"name": name}, "spec": whole}
    )


declare(
    "REQ-01",
    "error",
    "a latency that nothing can hold",
    effect="the profiler refuses it, or finds no graph, after it was started",
    hint="write milliseconds, such as ttft: 300 and itl: 20",
    source=_PROFILER,
    bad=_asked(sla={"ttft": 0.3, "itl": 20}),
    good=_asked(sla={"ttft": 300, "itl": 20}),
)


def _latencies(request: _Request) -> Iterator[Found]:
    for key in ("ttft", "itl", "e2eLatency"):
        value = _number(request.sla.get(key))
        if value is None or value >= 1:
            continue
        where = (*request.sla_at, key)
        if value <= 0:
            yield Found(where, f"{key} is {value:g} ms: a latency is above 0")
        else:
            hint = f"write {key}: {value * 1000:g}"
            yield Found(where, f"{key} is {value:g} ms, which looks like seconds", hint)


declare(
    "REQ-02",
    "error",
    "targets that exclude each other",
    effect="the profiler refuses the request after it was started",
    hint="write ttft and itl, or e2eLatency alone; concurrency, or requestRate",
    source=_PROFILER,
    since=(1, 0),
    bad=_asked(sla={"e2eLatency": 9000, "itl": 20}),
    good=_asked(sla={"e2eLatency": 9000}),
)


def _targets(request: _Request) -> Iterator[Found]:
    short = [k for k in ("ttft", "itl") if request.sla.get(k) is not None]
    if request.sla.get("e2eLatency") is not None and short:
        yield Found((*request.sla_at, "e2eLatency"), f"e2eLatency beside {' and '.join(short)}")
    workload = mapping(request.spec.get("workload"))
    if workload.get("concurrency") is not None and workload.get("requestRate") is not None:
        yield Found(("spec", "workload", "requestRate"), "requestRate beside concurrency: both say the load")


declare(
    "REQ-03",
    "error",
    "a planner that its own settings stop",
    effect="the profiler refuses the request, or the generated planner stops",
    hint="write the field as the release has it, or leave it out",
    source="planner_config.py of the planner in the wheels",
    since=(1, 0),
    bad=_asked(features={"planner": {"optimization_target": "sla", "load_predictor": "lstm"}}),
    good=_asked(features={"planner": {"optimization_target": "sla", "load_predictor": "arima"}}),
)


def _planner(request: _Request) -> Iterator[Found]:
    if not READ[0] <= request.line[:2] <= READ[1]:
        return
    config = {
        k: v for k, v in request.planner.items() if k != "enabled"
    }  # a word of the first guides, without effect
    for problem in check_config(config, request.line[:2]) if config else ():
        severity = "warning" if problem.kind == "name" else ""
        yield Found((*request.planner_at, problem.field), problem.message, "", severity)


declare(
    "REQ-04",
    "error",
    "a search that does not fit what is asked",
    effect="the profiler stops after it was started",
    hint="searchStrategy thorough measures prefill and decode apart: planner mode disagg; a mocker needs a sweep: rapid",
    source=_PROFILER,
    since=(1, 0),
    bad=_asked(
        searchStrategy="thorough", features={"planner": {"mode": "agg", "optimization_target": "latency"}}
    ),
    good=_asked(
        searchStrategy="thorough", features={"planner": {"mode": "disagg", "optimization_target": "latency"}}
    ),
)


def _search(request: _Request) -> Iterator[Found]:
    mode, sweep = request.planner.get("mode"), request.planner.get("pre_deployment_sweeping_mode")
    if request.spec.get("searchStrategy") == "thorough" and mode == "agg":
        yield Found(
            (*request.planner_at, "mode"),
            "searchStrategy thorough measures disaggregated graphs alone, mode is agg",
        )
    mocker = mapping(mapping(request.spec.get("features")).get("mocker")).get("enabled") is True
    if mocker and request.planner and sweep == "none":
        where = (*request.planner_at, "pre_deployment_sweeping_mode")
        yield Found(where, "simulated workers need a profile, and pre_deployment_sweeping_mode is none")


declare(
    "REQ-05",
    "warning",
    "a planner's budget beside the request's GPUs",
    effect="the planner scales beyond the GPUs that were planned for, or its floors do not fit them",
    hint="write max_gpu_budget and hardware.totalGpus alike",
    source=_PROFILER,
    since=(1, 0),
    bad=_asked(hardware={"totalGpus": 8}, features={"planner": {"max_gpu_budget": 16}}),
    good=_asked(hardware={"totalGpus": 8}, features={"planner": {"max_gpu_budget": 8}}),
)


def _budget(request: _Request) -> Iterator[Found]:
    total = _number(mapping(request.spec.get("hardware")).get("totalGpus"))
    budget, floor = (_number(request.planner.get(k)) for k in ("max_gpu_budget", "min_endpoint"))
    if total is None:
        return
    if budget is not None and budget > total:
        yield Found(
            (*request.planner_at, "max_gpu_budget"), f"max_gpu_budget is {budget:g}, totalGpus {total:g}"
        )
    roles = 1 if request.planner.get("mode") == "agg" else 2
    if floor is not None and floor * roles > total:
        need = f"min_endpoint {floor:g} keeps {floor * roles:g} replicas of a GPU or more, totalGpus is {total:g}"
        yield Found((*request.planner_at, "min_endpoint"), need)


declare(
    "REQ-06",
    "error",
    "a name that leaves no room for the graph's parts",
    effect="the graph cannot be generated, after profiling",
    hint=f"a name of {_GROVE - _LONGEST - len(_SUFFIX)} letters at most, or a name in overrides.dgd.metadata",
    source=f"{_PROFILER} (dgd_generation.py); the operator's limit for Grove",
    since=(1, 0),
    bad=_asked("qwen3-32b-for-the-team-that-answers-mail"),
    good=_asked("qwen3-32b-for-the-mail-team"),
)


def _name(request: _Request) -> Iterator[Found]:
    over = mapping(mapping(mapping(request.spec.get("overrides")).get("dgd")).get("metadata")).get("name")
    graph = str(over or f"{request.name}{_SUFFIX}")
    if len(graph) + _LONGEST > _GROVE:
        length = len(graph) + _LONGEST
        yield Found(
            ("metadata", "name"),
            f"graph {graph} and component Frontend have {length} letters, of {_GROVE} at most",
        )


_CHECKS: tuple[tuple[str, Callable[[_Request], Iterator[Found]]], ...] = (
    ("REQ-01", _latencies),
    ("REQ-02", _targets),
    ("REQ-03", _planner),
    ("REQ-04", _search),
    ("REQ-05", _budget),
    ("REQ-06", _name),
)
