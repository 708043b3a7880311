"""Rules are switched off by code, and never silently."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pydynamo_manifests.validate.lint import IGNORE_ANNOTATION, REGISTRY, ignored_codes, lint


def annotated(code: str, text: Any) -> dict[str, Any]:
    obj = copy.deepcopy(REGISTRY[code].bad.obj)
    obj["metadata"]["annotations"] = {IGNORE_ANNOTATION: text}
    return obj


def test_annotation_switches_off_and_counts() -> None:
    found = list(lint(annotated("GPU-01", "GPU-01 (the spare one is for tests)"), release="1.6.1"))
    assert [(f.rule, f.severity, f.message) for f in found] == [
        ("IGNORED", "info", "switched off: GPU-01 1x")
    ]


def test_other_codes_stay_on() -> None:
    assert {f.rule for f in lint(annotated("GPU-01", "KV-01"), release="1.6.1")} == {"GPU-01"}


def test_codes_of_the_run() -> None:
    found = list(lint(REGISTRY["KV-02"].bad.obj, release="1.6.1", ignore={"KV-02"}))
    assert [f.message for f in found] == ["switched off: KV-02 1x"]


def test_nothing_is_said_where_nothing_was_found() -> None:
    assert list(lint(REGISTRY["KV-02"].good.obj, release="1.6.1", ignore={"KV-02"})) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("GPU-01", ["GPU-01"]),
        ("GPU-01,KV-02", ["GPU-01", "KV-02"]),
        ("GPU-01 (not KV-01), KV-02 (why)", ["GPU-01", "KV-02"]),
        ("ADM-GMS-03 GPU-01", ["ADM-GMS-03", "GPU-01"]),
        ("", []),
        ("everything", []),
        (17, []),
        (None, []),
    ],
)
def test_reading_the_annotation(text: Any, codes: list[str]) -> None:
    assert ignored_codes({IGNORE_ANNOTATION: text}) == codes
