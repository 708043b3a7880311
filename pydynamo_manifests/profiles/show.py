"""A profile for people: tables, charts, and the ConfigMap that a planner mounts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.profiles.reading import DECODE_FILE, PREFILL_FILE
from pydynamo_manifests.svg import Guide, Series, chart

if TYPE_CHECKING:
    from pydynamo_manifests.profiles.model import Decode, Prefill, Profile

__all__ = ["config_map", "plots", "profile_lines"]


def profile_lines(profile: Profile) -> list[str]:
    """Return a profile as tables; what is missing is said."""
    lines = [f"{profile.source}"]
    lines += (
        _prefill_lines(profile.prefill) if profile.prefill else ["", "prefill: no curve: it cannot be scaled"]
    )
    lines += (
        _decode_lines(profile.decode) if profile.decode else ["", "decode: no curve: it cannot be scaled"]
    )
    return lines


def _prefill_lines(prefill: Prefill) -> list[str]:
    head = ["", "prefill", f"{'prompt tokens':>15}{'ms to the first':>18}{'tokens/s and GPU':>19}"]
    rows = zip(prefill.isl, prefill.ttft, prefill.throughput, strict=True)
    return [*head, *(f"{a:15g}{b:18.1f}{c:19.1f}" for a, b, c in rows)]


def _decode_lines(decode: Decode) -> list[str]:
    head = [
        "",
        f"decode, {decode.max_kv_tokens} tokens of KV cache",
        f"{'context tokens':>15}{'KV in use':>12}{'ms between':>13}{'tokens/s and GPU':>19}",
    ]
    rows = sorted(zip(decode.context, decode.kv_usage, decode.itl, decode.throughput, strict=True))
    return [*head, *(f"{a:15g}{b:11.0%} {c:13.2f}{d:19.1f}" for a, b, c, d in rows)]


def plots(profile: Profile, *, ttft: float | None = None, itl: float | None = None) -> dict[str, str]:
    """Return charts as SVG by role: throughput against latency, with the targets (milliseconds)."""
    found = {}
    if profile.prefill:
        p = profile.prefill
        points = list(zip(p.ttft, p.throughput, strict=True))
        labels = [f"{n:,.0f} tokens" for n in p.isl]
        guides = [Guide(f"target {ttft:g} ms", ttft)] if ttft else []
        series = [Series("one prompt length each", points, labels=labels)]
        found["prefill"] = chart(
            "Prefill alone, a point for each prompt length",
            "time to the first token (ms)",
            "tokens per second and GPU",
            series,
            guides,
        )
    if profile.decode:
        guides = [Guide(f"target {itl:g} ms", itl)] if itl else []
        found["decode"] = chart(
            "Decode alone, a line for each context length",
            "time between tokens (ms)",
            "tokens per second and GPU",
            _contexts(profile.decode),
            guides,
        )
    return found


def _contexts(decode: Decode) -> list[Series]:
    rows = list(zip(decode.context, decode.itl, decode.throughput, strict=True))
    lengths = sorted(set(decode.context))
    return [
        Series(f"{length:,.0f} tokens of context", sorted((i, t) for c, i, t in rows if c == length))
        for length in lengths
    ]


def config_map(profile: Profile, name: str) -> dict[str, Any]:
    """Return the ConfigMap that a planner of 0.7 and newer mounts as its profile."""
    data = {}
    if profile.prefill:
        p = profile.prefill
        data[PREFILL_FILE] = json.dumps(
            {"prefill_isl": p.isl, "prefill_ttft": p.ttft, "prefill_thpt_per_gpu": p.throughput}
        )
    if profile.decode:
        d = profile.decode
        surface = {"x_kv_usage": d.kv_usage, "y_context_length": d.context, "z_itl": d.itl}
        data[DECODE_FILE] = json.dumps(
            {**surface, "z_thpt_per_gpu": d.throughput, "max_kv_tokens": d.max_kv_tokens}
        )
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}
