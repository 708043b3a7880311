"""The planner's configuration with a field for everything that any release knows, in the newest words.

Source: ``PlannerConfig`` of ``dynamo.planner`` in the wheels 1.0.2 to 1.6.1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PlannerConfig"]


def _known(  # noqa: PLR0913 - one argument for each thing that is said of a field
    meaning: str,
    default: Any = None,
    *,
    since: str = "1.0",
    until: str | None = None,
    old: str | None = None,
    least: dict[str, float] | None = None,
    above: dict[str, float] | None = None,
    most: dict[str, float] | None = None,
) -> Any:
    """Declare a field: the planner's default, its lines, its name before 1.2, its bounds by first line."""
    facts = {"meaning": meaning, "default": default, "since": since, "until": until, "old": old}
    bounds = {"least": least or {}, "above": above or {}, "most": most or {}}
    return field(default=None, metadata={**facts, **bounds})


@dataclass(frozen=True, kw_only=True)
class PlannerConfig:
    """What a planner is told; None leaves a field to the planner's own default.

    Times are seconds where the name says so, latencies milliseconds, budgets GPUs, power watts.
    """

    environment: Literal["kubernetes", "virtual", "global-planner"] | None = _known(
        "who applies a decision", "kubernetes"
    )
    backend: Literal["vllm", "sglang", "trtllm", "mocker"] | None = _known(
        "engine: which metrics and names are looked for", "vllm"
    )
    mode: Literal["disagg", "prefill", "decode", "agg"] | None = _known("what is scaled", "disagg")
    optimization_target: Literal["throughput", "latency", "load", "sla"] | None = _known(
        "what to aim at; only sla looks at the latencies", "throughput", since="1.1"
    )
    pre_deployment_sweeping_mode: Literal["none", "rapid", "thorough"] | None = _known(
        "where the first performance data comes from", "rapid"
    )
    enable_throughput_scaling: bool | None = _known("the slow loop, by forecast", default=True)
    enable_load_scaling: bool | None = _known("the fast loop, by what is measured", default=False)
    throughput_adjustment_interval_seconds: int | None = _known(
        "period of the slow loop", 180, since="1.2", old="throughput_adjustment_interval"
    )
    load_adjustment_interval_seconds: int | None = _known(
        "period of the fast loop", 5, since="1.2", old="load_adjustment_interval", above={"1.3": 0}
    )
    ttft_ms: float | None = _known(
        "target of the time to the first token", 500.0, since="1.2", old="ttft", above={"1.1": 0}
    )
    itl_ms: float | None = _known("target of the time between tokens", 50.0, since="1.2", old="itl")
    max_gpu_budget: int | None = _known("GPUs of this graph at most; negative for no limit", 8)
    min_gpu_budget: int | None = _known("GPUs of this graph at least; negative for none", -1, since="1.2")
    min_endpoint: int | None = _known("replicas of each role at least", 1, least={"1.5": 0})
    prefill_min_endpoint: int | None = _known("the same, of prefill", since="1.5", least={"1.5": 1})
    decode_min_endpoint: int | None = _known("the same, of decode", since="1.5", least={"1.5": 1})
    max_throughput_scaling_replicas: int | None = _known(
        "replicas that the slow loop gives a role at most", 8, since="1.6", above={"1.6": 0}
    )
    prefill_engine_num_gpu: int | None = _known(
        "GPUs of a prefill replica; read from the graph when left out"
    )
    decode_engine_num_gpu: int | None = _known("GPUs of a decode replica; read from the graph when left out")
    profile_results_dir: str | None = _known("directory with measured latencies", "profiling_results")
    load_predictor: Literal["constant", "arima", "prophet", "kalman"] | None = _known(
        "how traffic is forecast", "arima"
    )
    load_predictor_log1p: bool | None = _known("forecast the logarithm", default=False)
    load_predictor_warmup_trace: str | None = _known("file with earlier traffic to learn from")
    prophet_window_size: int | None = _known("points that prophet looks back", 50, above={"1.6": 0})
    kalman_q_level: float | None = _known("process noise of the level", 1.0)
    kalman_q_trend: float | None = _known("process noise of the trend", 0.1)
    kalman_r: float | None = _known("noise of a measurement", 10.0)
    kalman_min_points: int | None = _known("measurements before the first forecast", 5)
    load_scaling_down_sensitivity: int | None = _known(
        "how eagerly the fast loop shrinks, 0 to 100", 80, least={"1.6": 0}, most={"1.6": 100}
    )
    load_min_observations: int | None = _known("observations before the fast loop acts", 5)
    load_metric_samples: int | None = _known("samples of a decision", 10, until="1.2")
    load_learning_window: int | None = _known("observations that are learned from", 50, until="1.0")
    load_router_metrics_url: str | None = _known("where the router's metrics are", until="1.0")
    no_correction: bool | None = _known("leave the forecast uncorrected", default=True, until="1.0")
    max_num_fpm_samples: int | None = _known(
        "forward passes that are kept", 64, since="1.1", above={"1.6": 0}
    )
    fpm_sample_bucket_size: int | None = _known(
        "buckets that they are kept in; a square", 16, since="1.1", above={"1.6": 0}
    )
    prefill_scale_up_queue_tokens: int | None = _known(
        "tokens in prefill's queue that ask for a replica", since="1.3", least={"1.3": 0}
    )
    prefill_scale_down_queue_tokens: int | None = _known(
        "tokens in prefill's queue below which one goes", since="1.3", least={"1.3": 0}
    )
    decode_scale_up_kv_rate: float | None = _known(
        "percent of decode's KV cache that asks for a replica",
        since="1.3",
        least={"1.3": 0},
        most={"1.3": 100},
    )
    decode_scale_down_kv_rate: float | None = _known(
        "percent of decode's KV cache below which one goes", since="1.3", least={"1.3": 0}, most={"1.3": 100}
    )
    speculative_nextn: int | None = _known("draft tokens of a step", 0, since="1.3", least={"1.3": 0})
    throughput_metrics_source: Literal["frontend", "router"] | None = _known(
        "whose metrics tell the traffic", "frontend"
    )
    metric_pulling_prometheus_endpoint: str | None = _known(
        "address of Prometheus",
        "http://prometheus-kube-prometheus-prometheus.monitoring.svc.cluster.local:9090",
    )
    metric_pulling_prometheus_token_file: str | None = _known("file with its token", since="1.3")
    metric_pulling_prometheus_ssl_verify: bool | None = _known(
        "check its certificate", default=False, since="1.3"
    )
    metric_pulling_prometheus_extra_query_params: Mapping[str, str] | None = _known(
        "parameters of every query", since="1.3"
    )
    metric_pulling_prometheus_ca_bundle: str | None = _known("file with its authority", since="1.3")
    metric_pulling_prometheus_request_timeout_seconds: float | None = _known(
        "patience with it", 10.0, since="1.5", above={"1.5": 0}
    )
    metric_reporting_prometheus_port: int | None = _known("port of the planner's own metrics; 0 is none", 0)
    control_api_port: int | None = _known(
        "port on which budgets may be changed; 0 is none",
        9086,
        since="1.5",
        least={"1.5": 0},
        most={"1.5": 65535},
    )
    live_dashboard_port: int | None = _known("port of the dashboard; 0 is none", 8080, since="1.1")
    report_interval_hours: float | None = _known("hours between reports", 24.0, since="1.1")
    report_output_dir: str | None = _known("directory of reports", "./planner_reports", since="1.1")
    report_filename: str | None = _known("one name for every report", since="1.2")
    report_write_gzip_log: bool | None = _known("write the log beside it", default=True, since="1.3")
    model_name: str | None = _known("the served model; read from the workers when left out")
    advisory: bool | None = _known(
        "decide and report, change nothing", default=False, since="1.2", old="no_operation"
    )
    global_planner_namespace: str | None = _known("Dynamo namespace of the global planner")
    aic_interpolation: Mapping[str, Any] | None = _known(
        "simulated performance, filled by a request", since="1.2"
    )
    aic_perf_model: Mapping[str, Any] | None = _known("performance model", since="1.3", until="1.5")
    ais_perf_model: Mapping[str, Any] | None = _known("performance model by role", since="1.6")
    enable_power_awareness: bool | None = _known("mind a power budget", default=False, since="1.5")
    total_gpu_power_limit: int | None = _known("watts of this graph's GPUs", since="1.5", least={"1.5": 1})
    scheduling: Mapping[str, Any] | None = _known("ticks and plug-ins", since="1.3")
    plugin_registration: Mapping[str, Any] | None = _known("whom plug-ins are taken from", since="1.3")
    log_dir: str | None = _known("directory of logs")
    namespace: str | None = _known("Dynamo namespace of the graph; the operator says it")
    metric_pulling_prometheus_token: str | None = _known(
        "its token itself: never written here, use the file or the variable PROMETHEUS_TOKEN", since="1.3"
    )
