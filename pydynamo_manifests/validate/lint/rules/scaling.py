"""Scaling: who owns the replicas, and whether the planner finds what it scales."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.lint.examples import example, frontend, part
from pydynamo_manifests.validate.lint.planning import (
    config_path,
    field_of,
    number,
    planned,
    planners,
    role_workers,
)
from pydynamo_manifests.validate.lint.registry import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.parts import Part
    from pydynamo_manifests.validate.lint.scene import Scene

_VLLM = "dynamo.vllm --model Qwen/Qwen3-0.6B"
_SCALED: dict[str, Any] = {"scalingAdapter": {}}


def _scaled(scene: Scene, config: dict[str, Any]) -> tuple[Part, ...]:
    """Return what a planner scales: the roles of its mode, every worker of an aggregated graph."""
    mode = config.get("mode", "disagg")
    if mode == "agg":
        return tuple(scene.workers)
    return tuple(p for role in ("prefill", "decode") if mode in ("disagg", role) for p in scene.role(role))


@rule(
    "PL-04",
    "warning",
    "a planner that patches the graph",
    effect="without a scaling adapter it writes the graph itself and races with whoever applies it",
    hint="add scalingAdapter: {} to the workers (v1alpha1: {enabled: true})",
    source="connectors/kubernetes.py of the planner in the wheels",
    since=(1, 0),
    when=("dynamo.planner",),
    bad=planned({"environment": "kubernetes"}, *role_workers()),
    good=planned({"environment": "kubernetes"}),
)
def no_adapter(scene: Scene) -> Iterator[Found]:
    """Find acting planners whose role workers have no adapter."""
    for p, config in planners(scene):
        if field_of(config, "advisory") or config.get("environment", "kubernetes") == "virtual":
            continue
        for worker in _scaled(scene, config):
            if not worker.component.adapter:
                yield Found(
                    worker.path,
                    f"{p.name} scales {worker.name}, which has no scaling adapter: it writes the graph itself",
                )


@rule(
    "PL-05",
    "error",
    "the planner's mode and the graph's roles differ",
    effect="the planner stops",
    hint="mode disagg needs one prefill and one decode component, mode agg neither",
    source="connectors/kubernetes.py of the planner in the wheels",
    since=(1, 0),
    when=("dynamo.planner",),
    bad=planned({"mode": "agg"}),
    good=planned({"mode": "disagg"}),
)
def planner_mode(scene: Scene) -> Iterator[Found]:
    """Compare the mode with the roles of the graph."""
    for p, config in planners(scene) if scene.whole else ():
        mode = config.get("mode", "disagg")
        counts = {role: len(scene.role(role)) for role in ("prefill", "decode")}
        if not scene.workers or any(w.role == "" for w in scene.workers):
            continue
        wanted = {"disagg": (1, 1), "agg": (0, 0)}.get(mode)
        if wanted and (counts["prefill"], counts["decode"]) != wanted:
            seen = f"{counts['prefill']} prefill and {counts['decode']} decode"
            yield Found(
                config_path(p), f"{p.name} runs in mode {mode} and the graph has {seen} components: it stops"
            )


@rule(
    "PL-09",
    "error",
    "floors above the GPU budget",
    effect="the planner stops; if only the start replicas exceed the budget, it shrinks the graph",
    hint="raise max_gpu_budget (default 8, negative for none) or lower the floors",
    source="core/base.py of the planner in the wheels",
    since=(1, 0),
    when=("dynamo.planner",),
    bad=planned({"min_endpoint": 5, "max_gpu_budget": 8}),
    good=planned({"min_endpoint": 4, "max_gpu_budget": 8}),
)
def budget(scene: Scene) -> Iterator[Found]:
    """Add the floors up in GPUs, and the start replicas, and compare with the budget."""
    for p, config in planners(scene):
        limit = number(config.get("max_gpu_budget", 8))
        if limit is None or limit < 0 or config.get("environment") == "global-planner":
            continue
        floors = starts = 0.0
        for worker in _scaled(scene, config):
            floor = number(config.get(f"{worker.role}_min_endpoint", config.get("min_endpoint", 1)))
            gpus = (worker.main.gpus or 0) * worker.component.nodes
            floors += (floor or 0) * gpus
            starts += (1 if worker.component.replicas is None else worker.component.replicas) * gpus
        if floors > limit:
            yield Found(
                config_path(p), f"{p.name} must keep {floors:g} GPUs busy and may use {limit:g}: it stops"
            )
        elif starts > limit and not field_of(config, "advisory"):
            yield Found(
                config_path(p),
                f"the graph starts with {starts:g} GPUs and {p.name} may use {limit:g}: it shrinks the graph",
                "",
                "warning",
            )


@rule(
    "SC-01",
    "warning",
    "replicas beside a scaling adapter",
    effect="the adapter owns the count after creation; a later change of the number here is refused",
    hint="leave replicas out",
    source="autoscaling page of the operator",
    since=(0, 8),
    when=("scalingAdapter",),
    bad=example(frontend(), part("worker", "worker", _VLLM, replicas=2, **_SCALED)),
    good=example(frontend(), part("worker", "worker", _VLLM, **_SCALED)),
)
def fixed_replicas(scene: Scene) -> Iterator[Found]:
    """Find a written count other than the start value of one."""
    for p in scene.parts:
        if p.component.adapter and p.component.replicas not in (None, 1):
            yield Found(
                (*p.path, "replicas"),
                f"{p.name} has a scaling adapter and {p.component.replicas} written replicas: a later change here is refused",
            )


@rule(
    "SC-02",
    "error",
    "two autoscalers on one component",
    effect="they fight over its replicas",
    hint="keep the planner, or the HorizontalPodAutoscaler or ScaledObject",
    source="autoscaling page of the operator",
    since=(0, 8),
    when=("others",),
    bad=planned(
        {"environment": "kubernetes"},
        others=[
            {
                "kind": "HorizontalPodAutoscaler",
                "spec": {
                    "scaleTargetRef": {"kind": "DynamoGraphDeploymentScalingAdapter", "name": "demo-decode"}
                },
            }
        ],
    ),
    good=planned(
        {"environment": "kubernetes"},
        others=[
            {
                "kind": "HorizontalPodAutoscaler",
                "spec": {
                    "scaleTargetRef": {"kind": "DynamoGraphDeploymentScalingAdapter", "name": "demo-frontend"}
                },
            }
        ],
    ),
)
def two_scalers(scene: Scene) -> Iterator[Found]:
    """Count who scales each component: autoscalers of the same run, and a planner for its roles."""
    owners: dict[str, list[str]] = {}
    for other in scene.others:
        spec = other.get("spec")
        target = spec.get("scaleTargetRef") if isinstance(spec, dict) else None
        if other.get("kind") in ("HorizontalPodAutoscaler", "ScaledObject") and isinstance(target, dict):
            owners.setdefault(str(target.get("name")), []).append(str(other["kind"]))
    acting = [(p.name, config) for p, config in planners(scene) if not field_of(config, "advisory")]
    scaled = {p.name for _, config in acting for p in _scaled(scene, config)}
    for p in scene.parts if owners else ():
        found = owners.get(f"{scene.graph.name}-{p.name.lower()}", [])
        if len(found) + (p.name in scaled) > 1:
            names = ", ".join([*found, *(name for name, _ in acting if p.name in scaled)])
            yield Found(p.path, f"{p.name} is scaled by {names}: they fight over its replicas")
