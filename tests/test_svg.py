"""Charts as a reader sees them: nothing cut, nothing over each other, no name without its place."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pydynamo_manifests.svg import COLOURS, Guide, Series, chart

NS = "{http://www.w3.org/2000/svg}"
LENGTHS = st.lists(st.tuples(st.floats(0, 5000), st.floats(0, 40000)), min_size=1, max_size=25)


def drawn(*series: Series, guides: tuple[Guide, ...] = (), x: str = "x (ms)") -> ET.Element:
    return ET.fromstring(chart("t", x, "y (tokens/s)", series, guides))  # noqa: S314 - a chart of our own


def texts(chart: ET.Element) -> list[str]:
    return [t.text or "" for t in chart.iter(f"{NS}text")]


def boxes(chart: ET.Element) -> list[tuple[float, float, float, float]]:
    """Return the white ground of every label: left, top, right, bottom."""
    found = [r.attrib for r in chart.iter(f"{NS}rect") if "fill-opacity" in r.attrib]
    edges = [tuple(float(r[k]) for k in ("x", "y", "width", "height")) for r in found]
    return [(x, y, x + width, y + height) for x, y, width, height in edges]


@given(LENGTHS)
@settings(max_examples=60)
def test_no_label_covers_another_or_leaves_the_chart(points: list[tuple[float, float]]) -> None:
    named = [f"{i:,} tokens" for i in range(len(points))]
    whole = drawn(Series("s", points, labels=named))
    _, _, width, height = map(float, whole.attrib["viewBox"].split())
    found = boxes(whole)
    assert found
    for i, (left, top, right, bottom) in enumerate(found):
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        for other in found[:i]:
            apart = right <= other[0] + 0.1 or other[2] <= left + 0.1
            assert apart or bottom <= other[1] + 0.1 or other[3] <= top + 0.1
    titles = [t.text or "" for c in whole.iter(f"{NS}circle") for t in c.iter(f"{NS}title")]
    assert [t.split(": ")[0] for t in titles] == named


def test_long_words_are_numbers_that_the_legend_explains() -> None:
    whole = drawn(
        Series("best", [(1, 1), (9, 9)], labels=["prefill tp1pp1 & decode tp8 <bs 1>", "short"]),
        Series("beaten", [(5, 2)], line=False),
    )
    assert {"1", "2", "1  prefill tp1pp1 & decode tp8 <bs 1>", "2  short", "best", "beaten"} <= set(
        texts(whole)
    )


def test_the_legend_stands_beside_the_chart_and_makes_room() -> None:
    many = [Series(f"{i} tokens of context", [(i, i), (i + 1, i)]) for i in range(30)]
    whole = drawn(*many)
    _, _, width, height = map(float, whole.attrib["viewBox"].split())
    legend = [t.attrib for t in whole.iter(f"{NS}text") if (t.text or "").endswith("of context")]
    assert len(legend) == 30
    assert all(float(t["x"]) > 720 and float(t["y"]) < height - 20 for t in legend)
    assert width > 720 + 6 * len("29 tokens of context")
    assert not [t for t in texts(drawn(many[0])) if t.endswith("of context")], "one series needs no legend"


def test_a_colour_that_comes_again_is_hollow_and_broken() -> None:
    whole = drawn(*(Series(f"s{i}", [(i, i), (i + 1, i)]) for i in range(len(COLOURS) + 1)))
    lines = [p.attrib for p in whole.iter(f"{NS}polyline")]
    points = [c.attrib for c in whole.iter(f"{NS}circle")]
    assert lines[0]["stroke"] == lines[-1]["stroke"]
    assert ("stroke-dasharray" in lines[0], "stroke-dasharray" in lines[-1]) == (False, True)
    assert (points[0]["fill"], points[-1]["fill"]) == (COLOURS[0], "#ffffff")


def test_targets_stay_inside_beside_each_other_and_once() -> None:
    guides = (
        Guide("target 0 ms", 0),
        Guide("target 99 ms", 99),
        Guide("target 100 ms", 100),
        Guide("target 0 ms", 0),
    )
    whole = drawn(Series("s", [(50, 1)]), guides=guides)
    said = [t.attrib for t in whole.iter(f"{NS}text") if (t.text or "").startswith("target")]
    assert len(said) == 3
    assert float(said[0]["x"]) > 80, "a name in the middle of the axis' start would be cut"
    assert said[1]["y"] != said[2]["y"]


@pytest.mark.parametrize(
    ("high", "ticks"),
    [
        (9000, ["0", "2,000", "10,000"]),
        (120_000, ["0", "20,000", "120,000"]),
        (12_000_000, ["0", "2M", "12M"]),
        (0.5, ["0", "0.1", "0.5"]),
        (3e-12, ["0", "5e-13", "3e-12"]),
        (0, ["0"]),
        (5e-324, ["0", "0.2"]),
    ],
)
def test_numbers_of_the_axes_can_be_read(high: float, ticks: list[str]) -> None:
    assert set(ticks) <= set(texts(drawn(Series("s", [(1, high)]))))


@pytest.mark.parametrize("words", ["a < b & c > d", "\"'", "\x1b[31m", "\x00\ufffe", "µ→é"])
def test_any_words_are_safe_in_a_chart(words: str) -> None:
    clean = "".join("\ufffd" if c in "\x1b\x00\ufffe" else c for c in words)
    label = Series("s", [(1, 1)], labels=[words])
    whole = drawn(label, Series(words, [(2, 2)]), guides=(Guide(words, 1),), x=words)
    assert texts(whole).count(clean) == 4


def test_a_chart_needs_a_point() -> None:
    with pytest.raises(ValueError, match="there is no point to draw"):
        chart("t", "x", "y", [Series("s", [])])


def test_the_same_bytes_every_time() -> None:
    args: Any = ("t", "x", "y", [Series("s", [(1, 2), (3, 4)], labels=["a", "b"])], [Guide("g", 2)])
    assert chart(*args) == chart(*args)
