"""What rules name as the thing that they are about, so that graphs without it are passed over."""

from __future__ import annotations

__all__ = ["ENGINES", "ROLES", "ROUTERS"]

ENGINES = ("dynamo.vllm", "dynamo.sglang", "dynamo.trtllm")
"""Modules that run an engine on GPUs."""

ROLES = (
    "--disaggregation-mode",
    "--is-prefill-worker",
    "--is-decode-worker",
    "--prefill-worker",
    "DYN_VLLM_DISAGGREGATION_MODE",
)
"""What makes a worker's role anything but aggregated."""

ROUTERS = ("--router-mode", "DYN_ROUTER_MODE", "dynamo.router")
"""What makes a component a router by cache."""
