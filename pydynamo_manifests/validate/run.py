"""A run: texts, files and folders, or objects at hand, judged document by document."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.validate.codes import BAD_YAML, NOT_AN_OBJECT, UNREADABLE
from pydynamo_manifests.validate.kustomize import patches
from pydynamo_manifests.validate.objects import Skipped, judge_object, kept
from pydynamo_manifests.validate.report import Document, Finding, Report
from pydynamo_manifests.validate.sources import File, documents, files_of, is_template, read_text
from pydynamo_manifests.validate.target import Target
from pydynamo_manifests.yaml.guards import MAX_DEPTH, is_deep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pydynamo_manifests.validate.cluster import Cluster
    from pydynamo_manifests.validate.sources import Found
    from pydynamo_manifests.yaml import Parsed

__all__ = ["Tell", "judge_file", "validate", "validate_paths", "validate_text"]

Tell = Callable[["list[Document]", str], str]
"""Writes what is to be said of the documents of a text."""


def validate(
    manifests: Iterable[Mapping[str, Any]] | Mapping[str, Any],
    *,
    dynamo: str | None = None,
    cluster: Cluster | None = None,
    old: Iterable[dict[str, Any]] | None = None,
    user: str | None = None,
    ignore: Iterable[str] = (),
    kubernetes: str | None = None,
) -> Report:
    """Judge objects as the API server and the operator would; nothing is modified.

    Args:
        manifests: Objects as plain data (one, or several).
        dynamo: A release of the catalogue; the newest without it.
        cluster: What the target cluster has; by default nothing is known of it.
        old: The stored objects that an update changes.
        user: Who asks, as the API server names users.
        ignore: Codes of rules to switch off.
        kubernetes: Minor release for core objects; by default the cluster's, else the newest known.

    Raises:
        UnknownNameError: A release, Kubernetes minor or rule that does not exist.
    """
    target = Target.of(dynamo, kubernetes=kubernetes, cluster=cluster, old=old, user=user, ignore=ignore)
    objects = [manifests] if isinstance(manifests, Mapping) else list(manifests)
    plain = [dict(o) if isinstance(o, Mapping) and not isinstance(o, dict) else o for o in objects]
    return Report(tuple(_object(o, i, "<object>", plain, target) for i, o in enumerate(plain)))


def validate_text(text: str, target: Target, source: str = "<text>") -> Report:
    """Judge the documents of a text; findings carry line and column."""
    return Report(tuple(_documents_of(text, source, target)))


def validate_paths(
    paths: Iterable[str],
    target: Target,
    *,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
    tell: Tell | None = None,
    told: Callable[[str], None] | None = None,
) -> Report:
    """Judge files and folders (with all YAML and JSON below them); ``-`` is standard input.

    Args:
        paths: What to read; each file is read once.
        target: What to judge against.
        jobs: How many processes share the work.
        progress: Called with how many files are done, and how many there are.
        tell: Writes what is to be said of a file's documents, where its text is at hand.
        told: Called with what ``tell`` wrote, file by file.

    Raises:
        InputError: A path that does not exist.
    """
    found_files = list(files_of(paths))
    patched = patches(file for file, _ in found_files)
    files = [File(file, named, patched.get(os.path.normpath(file), "")) for file, named in found_files]
    if not files:
        raise InputError("there is no YAML or JSON file in what was given")
    if jobs > 1 and len(files) > 1:
        from pydynamo_manifests.validate.parallel import judge_files  # noqa: PLC0415 - only for many files

        results = judge_files(files, target, jobs, tell)
    else:
        results = (judge_file(file, target, tell=tell) for file in files)
    found: list[Document] = []
    for done, (judged, said) in enumerate(results, 1):
        found += judged
        if told:
            told(said)
        if progress:
            progress(done, len(files))
    return Report(tuple(found))


def judge_file(file: File, target: Target, *, tell: Tell | None = None) -> tuple[list[Document], str]:
    """Judge one file; return its documents, and what ``tell`` says of them."""
    path, named, patch_of = file
    try:
        text = read_text(path)
    except InputError as e:
        text, judged = "", [Document.failed(path, 0, UNREADABLE.finding((), str(e)))]
    else:
        judged = list(_documents_of(text, path, target, named=named, patch_of=patch_of))
    return judged, tell(judged, text) if tell else ""


def _documents_of(
    text: str, source: str, target: Target, *, named: bool = True, patch_of: str = ""
) -> Iterator[Document]:
    found = list(documents(text, source))
    readable = all(one.error is None for one in found)
    if is_template(source, text, readable=readable):
        yield Document.skipped(source, 0, None, "a Helm template: render it and check what it makes")
        return
    values = [one.parsed.value for one in found if one.parsed]
    for one in found:
        if one.error is not None:
            error = one.error
            finding = Finding(
                BAD_YAML.code, "error", "yaml", (), error.problem, BAD_YAML.hint, error.line, error.column
            )
            yield Document.failed(source, one.index, finding)
        elif one.parsed is not None and one.parsed.value is not None and patch_of:
            reason = f"a patch of {patch_of}: build with Kustomize and check what it makes"
            yield Document.skipped(source, one.index, one.parsed.value, reason)
        elif one.parsed is not None and one.parsed.value is not None:
            made = _object(one.parsed.value, one.index, source, values, target, named=named)
            yield _located(made, one, one.parsed) if made.findings else made


def _located(document: Document, found: Found, parsed: Parsed) -> Document:
    places = parsed.nearest([finding.place for finding in document.findings])
    pairs = zip(document.findings, places, strict=True)
    placed = [finding.placed(line + found.line, column) for finding, (line, column) in pairs]
    return document.saying(placed)


def _object(
    value: Any, index: int, source: str, values: Sequence[Any], target: Target, *, named: bool = True
) -> Document:
    try:
        verdict = _verdict(value, source, values, target)
    except (RecursionError, ValueError):
        if not is_deep(value):
            raise
        verdict = [BAD_YAML.finding((), f"nested deeper than {MAX_DEPTH} levels", "")]
    if isinstance(verdict, Unknown) and not named:
        verdict = Skipped(verdict.message)
    if isinstance(verdict, Skipped):
        return Document.skipped(source, index, value, verdict)
    found = [NOT_AN_OBJECT.finding((), verdict.message)] if isinstance(verdict, Unknown) else verdict
    return Document.judged(source, index, value, kept(found, target) if target.ignore else found)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A document that is nothing known: an error in a file that was asked for, else somebody else's."""

    message: str


def _verdict(
    value: Any, source: str, values: Sequence[Any], target: Target
) -> list[Finding] | Skipped | Unknown:
    if not isinstance(value, dict):
        return Unknown("a document must be a map, such as an object or values")
    if "$schema" in value:
        return Skipped("a JSON Schema")
    if "apiVersion" not in value and "kind" not in value:
        from pydynamo_manifests.validate.values_files import chart_of, judge_values  # noqa: PLC0415 - loads models

        chart = chart_of(value)
        return (
            judge_values(value, chart, target)
            if chart
            else Unknown("neither an object nor values of a chart")
        )
    if "kind" not in value and PurePath(source).name == "Chart.yaml":
        return Skipped("a chart's own description")
    return judge_object(value, target, values)
