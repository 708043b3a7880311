"""What every benchmark is made of: samples, their row in the table, and processes timed in turn."""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        name: what was measured.
        median: the middle sample; `minimum` and `maximum` are the outer ones.
        unit: `ms`, `s`, `MB`, `documents/s`.
        peer: what the ratio compares with, measured in the same run.
        ratio: this row's median divided by the peer's.
        goal: in words, what it should be.
        met: whether it is; nothing where there is no goal.
    """

    name: str
    median: float
    minimum: float
    maximum: float
    unit: str
    peer: str = ""
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None


def row(
    name: str,
    samples: Sequence[float],
    unit: str,
    *,
    peer: str = "",
    against: Sequence[float] | None = None,
    at_most: float | None = None,
    ratio_at_most: float | None = None,
) -> Row:
    """Return the row of some samples.

    Args:
        name: what was measured.
        samples: one number a round, in `unit`.
        unit: of the samples.
        peer: name of what `against` measured.
        against: the peer's samples of the same run, in the same unit.
        at_most: the goal for the median.
        ratio_at_most: the goal for the ratio (`0.01`: at least 100 times less than the peer).
    """
    median = statistics.median(samples)
    ratio = median / statistics.median(against) if against else None
    goals = []
    if at_most is not None:
        goals.append((f"at most {at_most:g} {unit}", median <= at_most))
    if ratio_at_most is not None and ratio is not None:
        goals.append((f"at most {ratio_at_most:g} x {peer}", ratio <= ratio_at_most))
    words, met = ", ".join(goal for goal, _ in goals), all(ok for _, ok in goals) if goals else None
    return Row(name, median, min(samples), max(samples), unit, peer, ratio, words, met)


def timed(work: Callable[[], object], rounds: int, *, inner: int = 1, warm: int = 1) -> list[float]:
    """Return the milliseconds of one call, for each round, the collector held still.

    Args:
        work: what is measured.
        rounds: how many samples.
        inner: calls in one sample, for work that is too short for the clock.
        warm: calls before the first sample.
    """
    for _ in range(warm):
        work()
    gc.collect()
    gc.disable()
    try:
        return [_sample(work, inner) for _ in range(rounds)]
    finally:
        gc.enable()


def _sample(work: Callable[[], object], inner: int) -> float:
    started = time.perf_counter()
    for _ in range(inner):
        work()
    return (time.perf_counter() - started) * 1000 / inner


def commands(
    lines: Mapping[str, Sequence[str]], rounds: int, *, cwd: str | None = None
) -> dict[str, list[float]]:
    """Return the milliseconds of each command from start to end, in turn, so that all see the same machine.

    Raises:
        subprocess.CalledProcessError: a command failed: what failed is not measured.
    """
    samples: dict[str, list[float]] = {name: [] for name in lines}
    for number in range(rounds + 1):
        for name, line in lines.items():
            started = time.perf_counter()
            subprocess.run(
                line, check=True, capture_output=True, cwd=cwd, env={**os.environ, "NO_COLOR": "1"}
            )
            if number:  # the first round fills the caches
                samples[name].append((time.perf_counter() - started) * 1000)
    return samples


def over(samples: Sequence[float], base: Sequence[float]) -> list[float]:
    """Return what each round took more than its neighbour, never less than nothing."""
    return [max(sample - other, 0.0) for sample, other in zip(samples, base, strict=True)]
