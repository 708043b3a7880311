"""A small chart as SVG text: points and lines over two axes, the same bytes every time.

Long words beside points become numbers that the legend explains; words that would cover each other are left
out of the picture. Every point carries its own as a tooltip.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Guide", "Series", "chart"]

WIDTH, HEIGHT = 720, 440
LEFT, RIGHT, TOP, BOTTOM = 80, 24, 64, 56
COLOURS = ("#1f6feb", "#bf3989", "#1a7f37", "#9a6700", "#6639ba", "#cf4a00", "#0b7c8c", "#57606a")
"""On white each has a contrast of 4.5 or more; a series beyond them has hollow points and a broken line."""
_TARGET = "#cf222e"
_TICKS = 6
_MILLION = 10**6
_NOTHING = 1e-300
"""A span whose logarithm is still exact; below it an axis runs from 0 to 1."""
_ROW = 18
_WORDS = 18
"""Letters of a label at most; longer ones go to the legend."""
_LETTER = 0.62
"""Width of a letter by its height, for the widest of the usual sans-serif fonts."""
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
    start: float
    end: float

    def place(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.start + (value - low) / (high - low) * (self.end - self.start)


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)


def chart(title: str, x: str, y: str, series: Sequence[Series], guides: Sequence[Guide] = ()) -> str:
    """Return a chart; ``x`` and ``y`` name the axes with their units. A single series has no legend.

    Raises:
        ValueError: There is no point to draw.
    """
    xs = [p[0] for s in series for p in s.points] + [g.at for g in guides]
    ys = [p[1] for s in series for p in s.points]
    if not ys:
        raise ValueError("there is no point to draw")
    names = [s.name for s in series] if len(series) > 1 else []
    beside, explained = _words(series)
    width = WIDTH + math.ceil(max((_width(row, 12) + 32 for row in (*names, *explained)), default=0))
    height = max(HEIGHT, TOP + _ROW * (len(names) + len(explained)) + BOTTOM)
    across, up = _axis(xs, LEFT, WIDTH - RIGHT), _axis(ys, height - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-family="sans-serif" font-size="12">',
        f"<title>{_text(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="24" font-size="15" font-weight="bold">{_text(title)}</text>',
        *_grid(across, up, x, y),
        *(part for i, guide in enumerate(dict.fromkeys(guides)) for part in _guide(guide, i, across, up)),
        *(part for i, s in enumerate(series) for part in _series(s, i, across, up)),
        *_labels(series, beside, across, up),
        *(part for i, name in enumerate(names) for part in _legend(name, i)),
        *(
            f'<text x="{WIDTH - 4}" y="{_row(i + len(names))}">{_text(row)}</text>'
            for i, row in enumerate(explained)
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _text(words: str) -> str:
    return escape(_NO_XML.sub("\ufffd", words))


def _width(words: str, size: float) -> float:
    return len(words) * size * _LETTER


def _axis(values: Iterable[float], start: float, end: float) -> _Axis:
    found = list(values)
    low, high = min(0.0, *found), max(0.0, *found)
    span = high - low if high - low > _NOTHING else 1.0
    step = 10 ** math.floor(math.log10(span / _TICKS))
    step = next(step * n for n in (1, 2, 5, 10) if span / (step * n) <= _TICKS)
    first, last = math.floor(low / step), math.ceil(high / step + 0.05)
    return _Axis(tuple(float(f"{n * step:.12g}") for n in range(first, last + 1)), start, end)


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _tick(value: float) -> str:
    if abs(value) >= _MILLION:
        return f"{value / _MILLION:g}M"
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"


def _grid(across: _Axis, up: _Axis, x: str, y: str) -> Iterator[str]:
    floor, top, right = up.start, TOP, WIDTH - RIGHT
    for tick in across.ticks:
        at = _number(across.place(tick))
        yield f'<line x1="{at}" y1="{floor:g}" x2="{at}" y2="{top}" stroke="#d0d7de"/>'
        yield f'<text x="{at}" y="{floor + 18:g}" text-anchor="middle">{_tick(tick)}</text>'
    for tick in up.ticks:
        at = _number(up.place(tick))
        yield f'<line x1="{LEFT}" y1="{at}" x2="{right}" y2="{at}" stroke="#d0d7de"/>'
        yield f'<text x="{LEFT - 8}" y="{at}" dy="4" text-anchor="end">{_tick(tick)}</text>'
    yield f'<text x="{(LEFT + right) / 2:g}" y="{floor + 42:g}" text-anchor="middle">{_text(x)}</text>'
    middle = (top + floor) / 2
    yield f'<text x="16" y="{middle:g}" text-anchor="middle" transform="rotate(-90 16 {middle:g})">{_text(y)}</text>'


def _guide(guide: Guide, number: int, across: _Axis, up: _Axis) -> Iterator[str]:
    at, half = across.place(guide.at), _width(guide.name, 12) / 2
    words = min(max(at, LEFT + half), WIDTH - RIGHT - half)
    row = TOP - 6 - 14 * (number % 2)
    yield (
        f'<line x1="{_number(at)}" y1="{TOP}" x2="{_number(at)}" y2="{up.start:g}" stroke="{_TARGET}" stroke-dasharray="4 3"/>'
    )
    yield f'<text x="{_number(words)}" y="{row}" text-anchor="middle" fill="{_TARGET}">{_text(guide.name)}</text>'


def _style(number: int) -> tuple[str, str, str]:
    """Return a series' colour, the paint inside its points and the breaks of its line."""
    colour, again = COLOURS[number % len(COLOURS)], number // len(COLOURS) % 2
    return colour, "#ffffff" if again else colour, ' stroke-dasharray="6 3"' if again else ""


def _point(at: str, row: str, number: int, words: str = "") -> str:
    colour, paint, _ = _style(number)
    title = f"<title>{_text(words)}</title>" if words else ""
    return f'<circle cx="{at}" cy="{row}" r="4" fill="{paint}" stroke="{colour}">{title}</circle>'


def _series(series: Series, number: int, across: _Axis, up: _Axis) -> Iterator[str]:
    colour, _, breaks = _style(number)
    places = [(_number(across.place(a)), _number(up.place(b))) for a, b in series.points]
    if series.line and len(places) > 1:
        path = " ".join(f"{a},{b}" for a, b in places)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"{breaks}/>'
    for i, (a, b) in enumerate(places):
        own = series.labels[i] if i < len(series.labels) else series.name
        yield _point(a, b, number, f"{own}: {series.points[i][0]:g}, {series.points[i][1]:g}")


def _row(number: int) -> int:
    return TOP + 14 + _ROW * number


def _legend(name: str, number: int) -> Iterator[str]:
    yield _point(f"{WIDTH}", f"{_row(number) - 4}", number)
    yield f'<text x="{WIDTH + 12}" y="{_row(number)}">{_text(name)}</text>'


def _words(series: Sequence[Series]) -> tuple[list[Sequence[str]], list[str]]:
    """Return the words beside the points of each series, and what the legend says of them."""
    explained = [label for s in series for label in s.labels]
    if max(map(len, explained), default=0) <= _WORDS:
        return [s.labels for s in series], []
    numbers = iter(range(1, len(explained) + 1))
    beside: list[Sequence[str]] = [[str(next(numbers)) for _ in s.labels] for s in series]
    return beside, [f"{i}  {label}" for i, label in enumerate(explained, 1)]


def _labels(
    series: Sequence[Series], beside: Sequence[Sequence[str]], across: _Axis, up: _Axis
) -> Iterator[str]:
    """Write the words that have room: the ends of a series first, then from left to right."""
    spots = [(across.place(a), up.place(b)) for s in series for a, b in s.points]
    taken = [_Box(a - 5, b - 5, a + 5, b + 5) for a, b in spots]
    for s, labels in zip(series, beside, strict=True):
        named = list(zip(s.points, labels, strict=False))
        for (a, b), words in [*named[:1], *named[1:][-1:], *named[1:-1]]:
            at = across.place(a)
            if box := _room(at, up.place(b), _width(words, 11), taken, up.start):
                taken.append(box)
                yield from _label(words, box, before=box.right < at)


def _room(at: float, row: float, width: float, taken: Sequence[_Box], floor: float) -> _Box | None:
    heights, lefts = (row - 14, row + 2, row - 6), (at + 7, at - 7 - width)
    for left, top in product(lefts, heights):
        box = _Box(left, top, left + width, top + 13)
        inside = box.left >= LEFT and box.right <= WIDTH - RIGHT and top >= TOP - 8 and box.bottom <= floor
        if inside and not any(box.meets(other) for other in taken):
            return box
    return None


def _label(words: str, box: _Box, *, before: bool) -> Iterator[str]:
    left, top, width = _number(box.left), _number(box.top), _number(box.right - box.left)
    yield f'<rect x="{left}" y="{top}" width="{width}" height="13" fill="#ffffff" fill-opacity="0.8"/>'
    side = f'x="{_number(box.right)}" text-anchor="end"' if before else f'x="{left}"'
    yield f'<text {side} y="{top}" dy="10" font-size="11">{_text(words)}</text>'
