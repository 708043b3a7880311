"""Names that changed between releases: flags and variables, each with the line that changed it and why.

Sources: the parsers of the wheels 0.6.1 to 1.6.1, the runtime's list of variables, release notes.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ANY", "ENV", "FLAGS", "EnvRule", "FlagRule"]

ENGINES = ("dynamo.vllm", "dynamo.sglang", "dynamo.trtllm", "dynamo.mocker")
FRONTEND = ("dynamo.frontend",)
ROUTER = ("dynamo.frontend", "dynamo.router")
ANY = (*ENGINES, "dynamo.frontend", "dynamo.router")


class FlagRule(NamedTuple):
    """A flag of some modules that has another name, or none, from a line on."""

    line: str
    modules: tuple[str, ...]
    old: str
    new: str | None
    """None: it is gone."""
    values: int
    """How many values it takes."""
    reason: str
    ask: str = ""
    """What a person must look at as well."""


class EnvRule(NamedTuple):
    """A variable that has another name, or none, from a line on."""

    line: str
    old: str
    new: str | None
    reason: str
    ask: str = ""


FLAGS: tuple[FlagRule, ...] = (
    FlagRule("0.7", ("dynamo.trtllm",), "--disaggregation-strategy", None, 1, "gone in 0.7; prefill comes first"),
    FlagRule("0.8", ("dynamo.frontend",), "--busy-threshold", None, 1, "gone in 0.8",
             "limits of a busy worker are --active-decode-blocks-threshold and --active-prefill-tokens-threshold now"),
    FlagRule("1.0", ROUTER, "--kv-overlap-score-weight", "--router-kv-overlap-score-weight", 1, "renamed in 1.0"),
    FlagRule("1.0", ROUTER, "--no-kv-events", "--no-router-kv-events", 0, "renamed in 1.0"),
    FlagRule("1.0", ROUTER, "--kv-events", "--router-kv-events", 0, "renamed in 1.0"),
    FlagRule("1.0", ROUTER, "--router-ttl", "--router-ttl-secs", 1, "renamed in 1.0"),
    FlagRule("1.0", ROUTER, "--durable-kv-events", "--router-durable-kv-events", 0, "renamed in 1.0"),
    FlagRule("1.0", ANY, "--store-kv", "--discovery-backend", 1, "renamed in 1.0"),
    FlagRule("1.0", ("dynamo.vllm",), "--enable-local-indexer", None, 0, "the local indexer is the default from 1.0 on"),
    FlagRule("1.0", ("dynamo.sglang", "dynamo.trtllm"), "--enable-local-indexer", None, 1,
             "the local indexer is the default from 1.0 on"),
    FlagRule("1.1", ("dynamo.router",), "--block-size", "--router-block-size", 1, "renamed in 1.1"),
    FlagRule("1.2", ROUTER, "--router-kv-overlap-score-weight", "--router-kv-overlap-score-credit", 1, "renamed in 1.2",
             "the credit counts differently from the weight: check its value"),
    FlagRule("1.3", ("dynamo.trtllm",), "--publish-events-and-metrics", "--publish-kv-events", 0, "renamed in 1.3",
             "from 1.6 on metrics are asked for apart, with --publish-metrics"),
    FlagRule("1.4", ROUTER, "--router-snapshot-threshold", None, 1, "gone in 1.4: the index keeps no snapshots"),
    FlagRule("1.4", ROUTER, "--router-reset-states", None, 0, "gone in 1.4: the index keeps no snapshots"),
    FlagRule("1.4", ROUTER, "--router-durable-kv-events", None, 0, "gone in 1.4",
             "events are not durable any more; workers are asked again after a restart of the router"),
    FlagRule("1.4", ENGINES, "--durable-kv-events", None, 0, "gone in 1.4"),
    FlagRule("1.4", FRONTEND, "--enforce-disagg", None, 0, "ignored from 1.4 on"),
    FlagRule("1.4", FRONTEND, "--no-enforce-disagg", None, 0, "ignored from 1.4 on"),
    FlagRule("1.4", FRONTEND, "--admission-control", None, 1, "ignored from 1.4 on"),
    *(
        FlagRule("1.6", ANY, f"--aic-{part}", f"--ais-{part}", 1, "renamed in 1.6")
        for part in ("attention-dp-size", "backend", "backend-version", "model-path", "moe-ep-size", "moe-tp-size",
                     "mtp-seed", "nextn", "nextn-accept-rates", "system", "tp-size")
    ),
)  # fmt: skip
"""In the order in which they are applied: a chain of names ends with the newest."""

ENV: tuple[EnvRule, ...] = (
    EnvRule("1.0", "DYN_KV_EVENTS", "DYN_ROUTER_USE_KV_EVENTS", "renamed in 1.0"),
    EnvRule("1.0", "DYN_KV_OVERLAP_SCORE_WEIGHT", "DYN_ROUTER_KV_OVERLAP_SCORE_WEIGHT", "renamed in 1.0"),
    EnvRule("1.0", "DYN_ROUTER_TTL", "DYN_ROUTER_TTL_SECS", "renamed in 1.0"),
    EnvRule("1.0", "DYN_STORE_KV", "DYN_DISCOVERY_BACKEND", "renamed in 1.0"),
    EnvRule("1.0", "DYN_KV_STORE", "DYN_DISCOVERY_BACKEND", "renamed in 1.0"),
    EnvRule("1.0", "DYN_LOCAL_INDEXER", None, "the local indexer is the default from 1.0 on"),
    EnvRule("1.1", "DYN_VLLM_KV_EVENT_PORT", None, "not read from 1.1 on; the port stands in --kv-events-config"),
    EnvRule("1.1", "DYN_DECODE_FALLBACK", None, "not read from 1.1 on"),
    EnvRule("1.2", "DYN_ROUTER_KV_OVERLAP_SCORE_WEIGHT", "DYN_ROUTER_KV_OVERLAP_SCORE_CREDIT", "renamed in 1.2",
            "the credit counts differently from the weight: check its value"),
    EnvRule("1.3", "DYN_TRTLLM_PUBLISH_EVENTS_AND_METRICS", "DYN_TRTLLM_PUBLISH_KV_EVENTS", "renamed in 1.3"),
    EnvRule("1.4", "DYN_ENFORCE_DISAGG", None, "ignored from 1.4 on"),
    EnvRule("1.4", "DYN_ADMISSION_CONTROL", None, "ignored from 1.4 on"),
    EnvRule("1.4", "DYN_ROUTER_SNAPSHOT_THRESHOLD", None, "not read from 1.4 on"),
    EnvRule("1.4", "DYN_ROUTER_RESET_STATES", None, "not read from 1.4 on"),
    EnvRule("1.4", "DYN_ROUTER_DURABLE_KV_EVENTS", None, "not read from 1.4 on"),
    EnvRule("1.4", "DYN_DURABLE_KV_EVENTS", None, "not read from 1.4 on"),
    EnvRule("1.5", "DYN_USE_KV_EVENTS", "DYN_ROUTER_USE_KV_EVENTS", "renamed in 1.5"),
    *(
        EnvRule("1.6", f"DYN_AIC_{part}", f"DYN_AIS_{part}", "renamed in 1.6")
        for part in ("ATTENTION_DP_SIZE", "BACKEND", "BACKEND_VERSION", "MODEL_PATH", "MOE_EP_SIZE", "MOE_TP_SIZE",
                     "MTP_SEED", "NEXTN", "NEXTN_ACCEPT_RATES", "SYSTEM", "TP_SIZE")
    ),
)  # fmt: skip
"""In the order in which they are applied."""
