"""The catalogue against upstream's own files: CRDs of ten releases and every release's parsers."""

from __future__ import annotations

import csv
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from pydynamo_manifests import releases, yaml
from pydynamo_manifests.errors import UnknownNameError
from pydynamo_manifests.releases import RELEASES, Kind, fact_range, newest, release, release_of_tag
from pydynamo_manifests.releases.catalogue import catalogue
from tests.support.corpus import corpus

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSIONS = ("0.6.1", "0.7.1", "0.8.1", "0.9.1", "1.0.2", "1.1.1", "1.2.1", "1.3.1", "1.4.2", "1.5.1", "1.6.1")
SNAPSHOT = "main-2026-08-21"


def facts() -> Iterator[tuple[str, dict[str, object]]]:
    """Every entry of the catalogue that holds for a range of lines, with its section."""
    sections = [
        (name, body) for name, body in catalogue().items() if name not in ("releases", "registry", "backends")
    ]
    for name, body in sections:
        lists = [(name, body)] if isinstance(body, list) else [(f"{name}.{k}", v) for k, v in body.items()]
        yield from ((section, entry) for section, entries in lists for entry in entries)
    yield from ((f"backends.{name}", entry) for name, entry in catalogue()["backends"].items())


def test_lists_every_line_with_its_newest_patch_and_hides_the_snapshot() -> None:
    assert releases.known_releases() == VERSIONS
    assert releases.known_releases(hidden=True) == (*VERSIONS[:9], SNAPSHOT, *VERSIONS[9:])
    assert newest().version == "1.6.1"


@pytest.mark.parametrize("name", ["1.6.1", "1.6", "v1.6.1", " 1.6 "])
def test_a_release_is_found_by_version_and_line(name: str) -> None:
    assert release(name).version == "1.6.1"


def test_the_snapshot_is_found_by_its_name_and_lies_between_1_4_and_1_5() -> None:
    assert release("1.4.2") < release(SNAPSHOT) < release("1.5.1")
    assert release(SNAPSHOT).hidden


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("1.61", "unknown Dynamo release '1.61'; did you mean '1.6.1', '1.5.1' or '1.3.1'?"),
        ("1.6.0", "unknown Dynamo release '1.6.0'; of line 1.6 the catalogue has the newest patch, '1.6.1'"),
        ("latest", f"unknown Dynamo release 'latest'; known: {', '.join(VERSIONS)}"),
    ],
)
def test_an_unknown_release_names_what_is_near(name: str, message: str) -> None:
    with pytest.raises(UnknownNameError) as e:
        release(name)
    assert str(e.value) == message


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (None, None, True),
        ("1.4", None, True),
        ("1.4.2", "1.4", True),
        (None, "1.3", False),
        (SNAPSHOT, None, False),
        ("1.5", None, False),
        (None, SNAPSHOT, True),
    ],
)
def test_within_includes_both_ends(since: str | None, until: str | None, holds: bool) -> None:  # noqa: FBT001 - a table's column
    assert release("1.4").within(since, until) is holds


def test_within_refuses_a_line_that_does_not_exist() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown Dynamo release '1\.04'"):
        release("1.4").within(since="1.04")


@pytest.mark.parametrize(
    ("tag", "line"),
    [
        ("1.4.0", "1.4"),
        ("v1.5.1", "1.5"),
        ("1.2.0-deepseek-v4-cuda13-dev.3", "1.2"),
        ("1.3.0-efa", "1.3"),
        ("my-tag", None),
        ("1.4", None),
        ("9.9.9", None),
    ],
)
def test_an_image_tag_tells_its_line(tag: str, line: str | None) -> None:
    found = release_of_tag(tag)
    assert (found.line if found else None) == line


def test_every_fact_names_lines_that_exist_and_a_source() -> None:
    lines = [r.line for r in RELEASES]
    for section, entry in facts():
        since, until = entry.get("since", lines[0]), entry.get("until", lines[-1])
        assert since in lines, section
        assert until in lines, section
        assert lines.index(since) <= lines.index(until), section
        assert entry.get("source"), f"{section}: {entry} has no source"


def test_ranges_of_one_fact_leave_no_gap_and_never_overlap() -> None:
    lines = [r.line for r in RELEASES]
    alone = {
        name
        for name, _ in facts()
        if name.split(".")[0] in {"kinds", "workerNames", "kvEvents", "router", "bundled", "componentImages"}
        or name in {"graphApiVersion", "kubernetes", "discovery", "planner"}
    }
    for name in alone:
        spans = [
            (e.get("since", lines[0]), e.get("until", lines[-1])) for section, e in facts() if section == name
        ]
        ends = [(lines.index(a), lines.index(b)) for a, b in spans]
        assert all(after[0] == before[1] + 1 for before, after in pairwise(ends)), name


def test_kinds_are_those_of_the_release_s_crds() -> None:
    with (corpus() / "crds" / "index.tsv").open() as rows:
        found: dict[str, dict[str, Kind]] = {}
        for row in csv.DictReader(rows, delimiter="\t"):
            versions = row["versions(*=storage)"].split(",")
            stored = next(v for v in versions if v.endswith("*")).rstrip("*")
            found.setdefault(row["release"], {})[row["kind"]] = Kind(
                tuple(v.rstrip("*") for v in versions), stored
            )
    assert len(found) == 10
    for name, kinds in found.items():
        ours = dict(release(name).kinds)
        if name in ("0.8.1", "0.9.1"):
            ours.pop("DynamoWorkerMetadata")  # in chart dynamo-crds, not yet in the operator's own folder
        assert ours == kinds, name


def test_minimal_kubernetes_follows_the_crds() -> None:
    for folder in sorted((corpus() / "crds").iterdir()):
        if folder.is_dir():
            text = "".join(p.read_text() for p in folder.glob("*.yaml"))
            expected = "1.30" if "optionalOldSelf" in text else "1.25"
            assert "x-kubernetes-validations" in text
            assert release(folder.name).kubernetes == expected, folder.name


def test_webhook_paths_of_a_line_are_unique_and_their_kind_is_served() -> None:
    plurals = {f"{kind.lower()}s": kind for r in RELEASES for kind in r.kinds}
    for r in RELEASES:
        assert len({w.path for w in r.webhooks}) == len(r.webhooks)
        for webhook in r.webhooks:
            if webhook.group:
                assert webhook.version in r.kinds[plurals[webhook.resource]].served, (r.version, webhook.path)


def test_the_pod_webhook_is_lenient_and_only_about_new_pods() -> None:
    pods = next(w for w in release("1.6").webhooks if w.resource == "pods")
    assert (pods.group, pods.version, pods.operations, pods.failure_policy) == (
        "",
        "v1",
        ("CREATE",),
        "Ignore",
    )


def test_images_that_components_start_from_exist_at_the_release() -> None:
    for r in RELEASES:
        assert {i for i in r.component_images.values() if i} <= set(r.images), r.version


def test_where_a_fact_begins_and_ends() -> None:
    assert fact_range("images", "dynamo-planner") == ("1.1", None)
    assert fact_range("kinds", "DynamoCheckpoint") == ("1.0", SNAPSHOT)
    assert fact_range("backends", "mocker") == ("0.8", None)
    with pytest.raises(UnknownNameError, match="unknown image 'vllm-runtme'; did you mean 'vllm-runtime'"):
        fact_range("images", "vllm-runtme")


def test_the_catalogue_is_read_once_and_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []
    monkeypatch.setattr(yaml, "load", lambda text, source: loads.append(source))  # noqa: ARG005 - a stub
    assert release("1.6") is release("1.6.1")
    assert loads == []


def test_an_unknown_attribute_of_the_module_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'RELEASE'"):
        _ = releases.RELEASE  # type: ignore[attr-defined]
