from __future__ import annotations

import math
from itertools import product
from typing import Any

import pytest

from pydynamo_manifests.errors import CombinationError
from pydynamo_manifests.planner import (
    FIELDS,
    PlannerConfig,
    check_config,
    field_at,
    planner_flags,
    written_config,
)
from pydynamo_manifests.releases import release


def said(config: dict[str, Any], line: tuple[int, ...] = (1, 6)) -> list[str]:
    return [p.message for p in check_config(config, line)]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("1.0", {"ttft": 300, "no_operation": True, "throughput_adjustment_interval": 60}),
        ("1.1", {"ttft": 300, "no_operation": True, "throughput_adjustment_interval": 60}),
        ("1.2", {"ttft_ms": 300, "advisory": True, "throughput_adjustment_interval_seconds": 60}),
        ("1.6", {"ttft_ms": 300, "advisory": True, "throughput_adjustment_interval_seconds": 60}),
    ],
)
def test_a_release_has_its_own_names(line: str, names: dict[str, Any]) -> None:
    config = PlannerConfig(ttft_ms=300, advisory=True, throughput_adjustment_interval_seconds=60)
    assert written_config(config, release(line)) == names


def test_flags_of_the_planner_before_it_read_json() -> None:
    config = PlannerConfig(
        environment="kubernetes", backend="vllm", ttft_ms=300, itl_ms=20.5, max_gpu_budget=16, advisory=False,
        metric_pulling_prometheus_endpoint="http://p:9090",
    )  # fmt: skip
    assert planner_flags(config, release("0.9")) == {
        "environment": "kubernetes",
        "backend": "vllm",
        "ttft": 300,
        "itl": "20.5",
        "max-gpu-budget": 16,
        "metric-pulling-prometheus-endpoint": "http://p:9090",
    }


@pytest.mark.parametrize(
    ("config", "line", "message"),
    [
        (
            PlannerConfig(metric_pulling_prometheus_endpoint="http://p"),
            "0.7",
            "the planner has metric_pulling_prometheus_endpoint from Dynamo 0.8 on, not at 0.7.1; leave it out",
        ),
        (
            PlannerConfig(mode="agg"),
            "0.9",
            "the planner has mode from Dynamo 1.0 on, not at 0.9.1; leave it out",
        ),
    ],
)
def test_a_flag_that_an_old_planner_lacks_is_refused(config: PlannerConfig, line: str, message: str) -> None:
    with pytest.raises(CombinationError) as e:
        planner_flags(config, release(line))
    assert str(e.value) == message


@pytest.mark.parametrize(
    ("config", "line", "message"),
    [
        (
            PlannerConfig(max_throughput_scaling_replicas=3),
            "1.5",
            "the planner has max_throughput_scaling_replicas from Dynamo 1.6 on, not at 1.5.1; leave it out",
        ),
        (
            PlannerConfig(aic_perf_model={}),
            "1.6",
            "the planner has aic_perf_model until Dynamo 1.5, not at 1.6.1; leave it out",
        ),
    ],
)
def test_a_field_of_another_release_is_refused(config: PlannerConfig, line: str, message: str) -> None:
    with pytest.raises(CombinationError) as e:
        written_config(config, release(line))
    assert str(e.value) == message


@pytest.mark.parametrize(
    ("config", "line", "messages"),
    [
        ({"no_operation": True}, (1, 6), ["no_operation is not a field of the planner of 1.6: write advisory"]),
        ({"advisory": True}, (1, 1), ["advisory is not a field of the planner of 1.1: write no_operation"]),
        ({"ais_perf_model": {}}, (1, 5), ["ais_perf_model is not a field of the planner of 1.5: it exists from 1.6 on"]),
        ({"no_correction": True}, (1, 6), ["no_correction is not a field of the planner of 1.6: it exists until 1.0"]),
        ({"ttft_sm": 1}, (1, 6), ["the planner has no field ttft_sm; did you mean 'ttft_ms' or 'ttft'?"]),
        ({"ttft": 1, "ttft_ms": 2}, (1, 6), ["ttft and ttft_ms are one field: 1.6 reads ttft_ms"]),
        ({"ttft_ms": 0}, (1, 6), ["ttft_ms: 0 is not above 0"]),
        ({"itl": -1}, (1, 6), ["itl: -1 is not above 0; it is in milliseconds"]),
        ({"ttft_ms": None}, (1, 6), ["ttft_ms is null: leave it out for 500.0"]),
        ({"report_interval_hours": None}, (1, 6), []),
        ({"max_gpu_budget": 2, "min_gpu_budget": 4}, (1, 6), ["min_gpu_budget 4 is above max_gpu_budget 2"]),
        ({"mode": "agg", "prefill_min_endpoint": 1}, (1, 6), ["prefill_min_endpoint does not go with mode agg: write min_endpoint"]),
        ({"optimization_target": "load"}, (1, 2), ["optimization_target: 'load' is not one of throughput, latency, sla"]),
        (
            {"optimization_target": "load", "mode": "prefill"},
            (1, 6),
            ["optimization_target load needs prefill_scale_up_queue_tokens and prefill_scale_down_queue_tokens"],
        ),
        (
            {"mode": "agg"},
            (1, 0),
            ["mode agg knows no enable_throughput_scaling at 1.0: switch it off and enable_load_scaling on"],
        ),
        ({"ais_perf_model": {"roles": {"prefill": {}}}}, (1, 6), ["ais_perf_model.roles has no decode"]),
        ({"scheduling": {"scale_interval_seconds": 7}}, (1, 6), ["scheduling.scale_interval_seconds 7 does not divide 5"]),
        (
            {"scheduling": {"scale_interval_seconds": math.nan}},
            (1, 6),
            ["scheduling.scale_interval_seconds nan does not divide 5"],
        ),
        ({"scheduling": {"scale_interval_seconds": 2.5}}, (1, 6), []),
        (
            {"optimization_target": "sla", "throughput_adjustment_interval_seconds": 0},
            (1, 6),
            ["throughput_adjustment_interval_seconds: 0 is not above 0"],
        ),
        ({"enable_power_awareness": True}, (1, 6), ["enable_power_awareness needs total_gpu_power_limit"]),
        (
            {"environment": "global-planner", "enable_power_awareness": True, "total_gpu_power_limit": 700},
            (1, 6),
            [
                "environment global-planner needs global_planner_namespace",
                "enable_power_awareness needs environment kubernetes, and a mode other than agg",
            ],
        ),
        (
            {"environment": "virtual", "enable_load_scaling": True},
            (1, 0),
            ["enable_load_scaling outside kubernetes needs load_router_metrics_url at 1.0"],
        ),
        ({"load_predictor": "lstm"}, (1, 5), []),
        ({"load_predictor": "lstm"}, (1, 6), ["load_predictor: 'lstm' is not one of constant, arima, prophet, kalman"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_the_name_that_was_written(
    config: dict[str, Any], line: tuple[int, ...], messages: list[str]
) -> None:
    assert said(config, line) == messages


ODD = [
    None, True, -1, 10**400, math.inf, -math.inf, math.nan, "", "nan", "1", [], {}, [1],
    {"scale_interval_seconds": math.nan}, {"scale_interval_seconds": 10**400}, {"roles": []},
]  # fmt: skip


@pytest.mark.parametrize("line", [(1, minor) for minor in range(7)])
def test_no_value_of_a_field_is_too_odd_to_be_judged(line: tuple[int, ...]) -> None:
    bases: list[dict[str, Any]] = [{}, {"optimization_target": "load"}, {"enable_load_scaling": True}]
    for name, value, base in product(FIELDS, ODD, bases):
        for problem in check_config({**base, name: value}, line):
            assert problem.message


@pytest.mark.parametrize("size", [10**400, math.inf, math.nan, "inf"])
def test_no_number_stands_for_an_endless_one(size: object) -> None:
    assert said({"fpm_sample_bucket_size": size}) == [
        f"fpm_sample_bucket_size: {size!r} is not a whole number"
    ]


def test_every_field_says_what_it_is() -> None:
    assert all(f.meaning for f in FIELDS.values())
    assert field_at("ttft", (1, 6)) is FIELDS["ttft_ms"]
    assert field_at("ttft_ms", (1, 1)) is None
