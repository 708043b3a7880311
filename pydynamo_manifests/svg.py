"""A small chart as SVG text: points and lines over two axes, the same bytes every time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Guide", "Series", "chart"]

WIDTH, HEIGHT = 720, 440
LEFT, RIGHT, TOP, BOTTOM = 80, 24, 48, 56
COLOURS = ("#1f6feb", "#bf3989", "#1a7f37", "#9a6700", "#6639ba", "#57606a")
_TICKS = 6


@dataclass(frozen=True)
class Series:
    """Points of one kind."""

    name: str
    points: Sequence[tuple[float, float]]
    line: bool = True
    labels: Sequence[str] = ()
    """Words beside the points, as many as there are points, or none."""


@dataclass(frozen=True)
class Guide:
    """A value of the x axis to compare with, such as a target."""

    name: str
    at: float


@dataclass(frozen=True)
class _Axis:
    ticks: tuple[float, ...]
    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def chart(title: str, x: str, y: str, series: Sequence[Series], guides: Sequence[Guide] = ()) -> str:
    """Return a chart; ``x`` and ``y`` name the axes with their units.

    Raises:
        ValueError: There is no point to draw.
    """
    xs = [p[0] for s in series for p in s.points] + [g.at for g in guides]
    ys = [p[1] for s in series for p in s.points]
    if not ys:
        raise ValueError("there is no point to draw")
    across, up = _axis(xs, LEFT, WIDTH - RIGHT), _axis(ys, HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="24" font-size="15" font-weight="bold">{escape(title)}</text>',
        *_grid(across, up, x, y),
        *(part for i, s in enumerate(series) for part in _series(s, i, across, up)),
        *(part for g in guides for part in _guide(g, across)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _axis(values: Iterable[float], start: float, end: float) -> _Axis:
    found = list(values)
    low, high = min(0.0, *found), max(found)
    span = (high - low) or 1.0
    step = 10 ** math.floor(math.log10(span / _TICKS))
    step = next(step * n for n in (1, 2, 5, 10) if span / (step * n) <= _TICKS)
    first, last = math.floor(low / step), math.ceil(high / step + 0.05)
    ticks = tuple(round(n * step, 10) for n in range(first, last + 1))
    return _Axis(ticks, ticks[0], ticks[-1], start, end)


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _grid(across: _Axis, up: _Axis, x: str, y: str) -> Iterable[str]:
    floor, top = HEIGHT - BOTTOM, TOP
    for tick in across.ticks:
        at = _number(across.place(tick))
        yield f'<line x1="{at}" y1="{floor}" x2="{at}" y2="{top}" stroke="#d0d7de"/>'
        yield f'<text x="{at}" y="{floor + 18}" text-anchor="middle">{tick:g}</text>'
    for tick in up.ticks:
        at = _number(up.place(tick))
        yield f'<line x1="{LEFT}" y1="{at}" x2="{WIDTH - RIGHT}" y2="{at}" stroke="#d0d7de"/>'
        yield f'<text x="{LEFT - 8}" y="{at}" text-anchor="end" dominant-baseline="middle">{tick:g}</text>'
    yield f'<text x="{(LEFT + WIDTH - RIGHT) / 2:g}" y="{HEIGHT - 14}" text-anchor="middle">{escape(x)}</text>'
    middle = (top + floor) / 2
    yield (
        f'<text x="20" y="{middle:g}" text-anchor="middle" transform="rotate(-90 20 {middle:g})">{escape(y)}</text>'
    )


def _series(series: Series, number: int, across: _Axis, up: _Axis) -> Iterable[str]:
    colour = COLOURS[number % len(COLOURS)]
    places = [(_number(across.place(a)), _number(up.place(b))) for a, b in series.points]
    if series.line and len(places) > 1:
        path = " ".join(f"{a},{b}" for a, b in places)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
    for i, (a, b) in enumerate(places):
        yield f'<circle cx="{a}" cy="{b}" r="4" fill="{colour}"/>'
        if i < len(series.labels):
            yield f'<text x="{a}" y="{b}" dx="7" dy="-5" font-size="11">{escape(series.labels[i])}</text>'
    at = TOP + 14 + 18 * number
    yield f'<circle cx="{WIDTH - RIGHT - 170}" cy="{at - 4}" r="4" fill="{colour}"/>'
    yield f'<text x="{WIDTH - RIGHT - 160}" y="{at}">{escape(series.name)}</text>'


def _guide(guide: Guide, across: _Axis) -> Iterable[str]:
    at = _number(across.place(guide.at))
    yield f'<line x1="{at}" y1="{TOP}" x2="{at}" y2="{HEIGHT - BOTTOM}" stroke="#cf222e" stroke-dasharray="4 3"/>'
    yield f'<text x="{at}" y="{TOP - 6}" text-anchor="middle" fill="#cf222e">{escape(guide.name)}</text>'
