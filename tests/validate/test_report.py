"""A report is plain data with a stable form, and paths are written as the API server writes them."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pydynamo_manifests.validate import Document, Finding, Report
from pydynamo_manifests.validate.report import STATUSES, print_path, read_path

PATHS = {
    "": (),
    "kind": ("kind",),
    "spec.components[1].image": ("spec", "components", 1, "image"),
    "spec.services[worker].replicas": ("spec", "services", "worker", "replicas"),
    "metadata.annotations[nvidia.com/x]": ("metadata", "annotations", "nvidia.com/x"),
    "metadata.labels[app]": ("metadata", "labels", "app"),
    "spec.resources.limits[nvidia.com/gpu]": ("spec", "resources", "limits", "nvidia.com/gpu"),
    "spec.resources.limits.gpu": ("spec", "resources", "limits", "gpu"),
}


@pytest.mark.parametrize(("text", "path"), PATHS.items())
def test_paths_are_written_and_read(text: str, path: tuple[str | int, ...]) -> None:
    assert print_path(path) == text
    assert read_path(text) == path


@given(st.lists(st.integers(0, 99) | st.from_regex(r"[a-z][A-Za-z]{0,8}", fullmatch=True)))
def test_what_is_written_is_read_back(path: list[str | int]) -> None:
    assert read_path(print_path(tuple(path))) == tuple(path)


def finding(severity: str = "error") -> Finding:
    return Finding("X-1", severity, "schema", ("a", 0), "wrong", "right", 3, 7)  # type: ignore[arg-type]


def test_the_json_form_is_the_contract() -> None:
    document = Document.judged(
        "f.yaml", 0, {"apiVersion": "v1", "kind": "A", "metadata": {"name": "n"}}, [finding()]
    )

    assert Report((document,)).to_dict() == {
        "documents": [
            {
                "source": "f.yaml",
                "index": 0,
                "apiVersion": "v1",
                "kind": "A",
                "name": "n",
                "status": "invalid",
                "findings": [
                    {
                        "rule": "X-1",
                        "severity": "error",
                        "stage": "schema",
                        "path": "a[0]",
                        "line": 3,
                        "column": 7,
                        "message": "wrong",
                        "hint": "right",
                    }
                ],
            }
        ],
        "summary": {"valid": 0, "invalid": 1, "error": 0, "skipped": 0},
    }


def test_only_errors_make_a_document_invalid() -> None:
    assert Document.judged("f", 0, {}, [finding("warning"), finding("info")]).status == "valid"
    assert Document.judged("f", 0, {}, [finding("warning"), finding()]).status == "invalid"


def test_skipped_documents_say_why_and_are_fine() -> None:
    report = Report((Document.skipped("f", 0, ["no map"], "because"),))

    assert report.ok
    assert report.findings[0].message == "because"
    assert report.findings[0].severity == "info"
    assert (report.documents[0].kind, report.documents[0].name) == (None, None)


def test_documents_that_could_not_be_judged_are_not_fine() -> None:
    report = Report((Document.failed("f", 0, finding(), {"kind": 5, "metadata": "x"}),))

    assert not report.ok
    assert report.summary == {"valid": 0, "invalid": 0, "error": 1, "skipped": 0}
    assert tuple(report.summary) == STATUSES


def test_positions_and_paths_of_a_finding() -> None:
    moved = finding().placed(1, 2)

    assert (moved.line, moved.column) == (1, 2)
    assert moved.path == "a[0]"
    assert moved.place == ("a", 0)
    assert Finding("X", "error", "cel", ("a",), "m", at=("b",)).place == ("b",)


def test_reports_travel_between_processes() -> None:
    report = Report((Document.judged("f", 0, {}, [finding()]),))

    assert pickle.loads(pickle.dumps(report)) == report  # noqa: S301 - our own bytes


def test_an_empty_report_is_fine() -> None:
    assert Report().ok
    assert Report().findings == ()
