"""A profile as data, checked: the curves that the planner interpolates.

Source: ``perf_interpolation.py`` of the planner in the wheels 0.7.1 to 1.0.2, ``perf_metrics.py`` since.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DECODE_KEYS", "PREFILL_KEYS", "Decode", "Prefill", "Profile", "decode_of", "prefill_of"]

PREFILL_KEYS = ("prefill_isl", "prefill_ttft", "prefill_thpt_per_gpu")
DECODE_KEYS = ("x_kv_usage", "y_context_length", "z_itl", "z_thpt_per_gpu", "max_kv_tokens")
CUBIC = 4
"""Points that a cubic curve needs (scipy's interp1d with kind cubic)."""
PLANE = 3
"""Points, not on one line, that a surface needs (scipy's griddata)."""


@dataclass(frozen=True)
class Prefill:
    """Prefill alone, by prompt length."""

    isl: tuple[float, ...]
    """Prompt lengths in tokens, rising."""
    ttft: tuple[float, ...]
    """Milliseconds to the first token."""
    throughput: tuple[float, ...]
    """Tokens per second and GPU."""


@dataclass(frozen=True)
class Decode:
    """Decode alone, by the share of the KV cache in use and the length of a context."""

    kv_usage: tuple[float, ...]
    """Share of the KV cache, 0 to 1."""
    context: tuple[float, ...]
    """Tokens of a context."""
    itl: tuple[float, ...]
    """Milliseconds between tokens."""
    throughput: tuple[float, ...]
    """Tokens per second and GPU."""
    max_kv_tokens: int


@dataclass(frozen=True)
class Profile:
    """Both curves of one profile; a planner that scales both roles needs both."""

    source: str
    prefill: Prefill | None = None
    decode: Decode | None = None


def prefill_of(data: Mapping[str, Any], source: str) -> Prefill:
    """Return prefill's curve.

    Raises:
        InputError: Missing, empty, unequal or impossible numbers; says which.
    """
    isl, ttft, throughput = (_numbers(data, key, source) for key in PREFILL_KEYS)
    _equal(source, prefill_isl=isl, prefill_ttft=ttft, prefill_thpt_per_gpu=throughput)
    if len(set(isl)) < CUBIC:
        raise InputError(
            f"{source}: {len(set(isl))} prompt lengths; the planner draws a cubic curve, which needs {CUBIC}: profile "
            "with a finer prefill granularity"
        )
    if list(isl) != sorted(isl):
        order = sorted(range(len(isl)), key=lambda i: isl[i])
        isl, ttft, throughput = (tuple(x[i] for i in order) for x in (isl, ttft, throughput))
    if len(set(isl)) < len(isl):
        raise InputError(f"{source}: prefill_isl has a prompt length twice, which no curve can pass")
    _positive(source, prefill_isl=isl, prefill_ttft=ttft, prefill_thpt_per_gpu=throughput)
    _milliseconds(source, "prefill_ttft", ttft)
    return Prefill(isl, ttft, throughput)


def decode_of(data: Mapping[str, Any], source: str) -> Decode:
    """Return decode's surface.

    Raises:
        InputError: As :func:`prefill_of`.
    """
    usage, context, itl, throughput = (_numbers(data, key, source) for key in DECODE_KEYS[:4])
    _equal(source, x_kv_usage=usage, y_context_length=context, z_itl=itl, z_thpt_per_gpu=throughput)
    if len(set(usage)) < 2 or len(set(context)) < 2 or len(usage) < PLANE:  # noqa: PLR2004 - two of each span a plane
        raise InputError(
            f"{source}: {len(set(usage))} KV shares and {len(set(context))} context lengths; the planner needs two of "
            "each: profile with a finer decode granularity"
        )
    if not all(0 <= u <= 1 for u in usage):
        wrong = next(u for u in usage if not 0 <= u <= 1)
        raise InputError(f"{source}: x_kv_usage {wrong:g} is not a share from 0 to 1")
    _positive(source, y_context_length=context, z_itl=itl, z_thpt_per_gpu=throughput)
    _milliseconds(source, "z_itl", itl)
    return Decode(usage, context, itl, throughput, _whole(data, source))


def _whole(data: Mapping[str, Any], source: str) -> int:
    value = data.get("max_kv_tokens")
    value = value[0] if isinstance(value, list) and value else value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 1:
        raise InputError(f"{source}: max_kv_tokens {value!r} is no number of tokens")
    return int(value)


def _numbers(data: Mapping[str, Any], key: str, source: str) -> tuple[float, ...]:
    found = data.get(key)
    if not isinstance(found, list):
        raise InputError(f"{source}: {key} is missing; a profile has {', '.join(_keys_of(key))}")
    if not found:
        raise InputError(f"{source}: {key} is empty: the profiler measured nothing, look at its log")
    wrong = next(
        (x for x in found if isinstance(x, bool) or not isinstance(x, (int, float)) or not math.isfinite(x)),
        None,
    )
    if wrong is not None:
        raise InputError(f"{source}: {key} holds {wrong!r}, which is no number")
    return tuple(map(float, found))


def _keys_of(key: str) -> tuple[str, ...]:
    return PREFILL_KEYS if key in PREFILL_KEYS else DECODE_KEYS


def _equal(source: str, **columns: tuple[float, ...]) -> None:
    if len({len(c) for c in columns.values()}) > 1:
        said = ", ".join(f"{name} {len(c)}" for name, c in columns.items())
        raise InputError(f"{source}: the columns differ in length ({said}): the profile is damaged")


def _positive(source: str, **columns: tuple[float, ...]) -> None:
    for name, column in columns.items():
        if min(column) <= 0:
            raise InputError(f"{source}: {name} holds {min(column):g}; a measurement is above 0")


def _milliseconds(source: str, name: str, column: tuple[float, ...]) -> None:
    if max(column) < 1:
        raise InputError(
            f"{source}: {name} is at most {max(column):g}; it is in milliseconds, and these look like seconds"
        )
