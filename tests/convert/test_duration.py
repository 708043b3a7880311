"""Durations as Go writes them."""

from __future__ import annotations

from typing import Any

import pytest

from pydynamo_manifests.convert import ALPHA, BETA, convert
from pydynamo_manifests.convert.duration import canonical_duration
from pydynamo_manifests.errors import ConversionError


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("90s", "1m30s"),
        ("1h", "1h0m0s"),
        ("0", "0s"),
        ("-0s", "0s"),
        ("+5m", "5m0s"),
        ("-1500ms", "-1.5s"),
        ("0.5s", "500ms"),
        (".25us", "250ns"),
        ("1500us", "1.5ms"),
        ("1.5ms", "1.5ms"),
        ("2us", "2\u00b5s"),
        ("1h0.5s", "1h0m0.5s"),
        ("3.s", "3s"),
        ("0.0000000001s", "0s"),
    ],
)
def test_a_duration_has_one_text(given: str, written: str) -> None:
    assert canonical_duration(given) == written


@pytest.mark.parametrize(
    "given", ["", "5", "1d", "s", "1e3s", " 1s", "1s ", "--1s", "9000000000h", 5, None, "\u0661s"]
)
def test_what_go_cannot_read_is_refused(given: Any) -> None:
    with pytest.raises(ConversionError, match="duration"):
        canonical_duration(given)


def detector(**fields: Any) -> dict[str, Any]:
    return {
        "apiVersion": BETA,
        "kind": "DynamoComponentDeployment",
        "metadata": {"name": "n"},
        "spec": {"eppConfig": {"config": {"saturationDetector": fields}}},
    }


def test_the_threshold_of_a_picker_is_always_written() -> None:
    for fields, text in (({}, "0s"), ({"metricsStalenessThreshold": "90s"}, "1m30s")):
        out = convert(detector(**fields), ALPHA)["spec"]["eppConfig"]["config"]["saturationDetector"]
        assert out == {"metricsStalenessThreshold": text}
    with pytest.raises(ConversionError, match="'soon' is no duration"):
        convert(detector(metricsStalenessThreshold="soon"), ALPHA)
