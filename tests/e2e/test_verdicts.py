"""Our stages schema and cel beside a real API server: the same verdict on real graphs and on broken ones."""

from __future__ import annotations

import copy
import random
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.validate import validate
from pydynamo_manifests.yaml import load
from tests.support.client import ApiError
from tests.support.corpus import corpus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.apiserver import ApiServer
    from tests.support.client import Client

RELEASES = ("main-2026-08-21", "1.6.1")
"""The one that the corpus was judged with, and the newest."""

FOLDERS = ("valid/v1alpha1", "valid/v1beta1", "nonconforming/v1alpha1", "nonconforming/v1beta1")
CHANGES_PER_FILE = 3
NAMESPACE = "verdicts"
"""Of every object: one that does not exist would be a refusal that says nothing about the object."""

SCALARS = (None, True, -1, 2.5, 3, "", "text", "1", [], {}, ["a"], {"a": "b"})


def files() -> list[Path]:
    return [file for folder in FOLDERS for file in sorted((corpus() / folder).glob("*.yaml"))]


def offline(obj: dict[str, Any], release: str, old: dict[str, Any] | None = None) -> list[str]:
    report = validate([obj], dynamo=release, old=[old] if old else None)
    errors = (f for f in report.findings if f.severity == "error" and f.stage in {"schema", "cel"})
    return [f"{f.stage} {f.path}: {f.message}" for f in errors]


def online(client: Client, obj: dict[str, Any], *, update: bool = False) -> list[str]:
    try:
        client.replace(obj, dry_run=True) if update else client.create(obj, dry_run=True)
    except ApiError as error:
        return [f"{c.get('field', '')}: {c.get('message', '')}" for c in error.causes] or [error.message]
    except LookupError as error:  # a kind that this release has no longer
        return [str(error)]
    return []


def ready(cluster: ApiServer, release: str) -> Client:
    client = cluster.serve(release)
    client.namespace(NAMESPACE)
    return client


def disagreement(name: str, ours: list[str], theirs: list[str]) -> str:
    return f"{name}\n  ours: {ours[:3]}\n  server: {theirs[:3]}"


def read(file: Path) -> dict[str, Any]:
    obj: dict[str, Any] = load(file.read_text(), file.name)
    obj["metadata"]["namespace"] = NAMESPACE
    return obj


def originals() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in files():
        yield file.name, read(file)


def broken() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in files():
        yield from changes(file)


def changes(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The object of a file with one thing changed somewhere under spec, the same things on every run."""
    chance = random.Random(file.name)  # noqa: S311 - to repeat, not to hide
    for _ in range(CHANGES_PER_FILE):
        obj = read(file)
        yield f"{file.name}: {break_one(obj, chance)}", obj


def break_one(obj: dict[str, Any], chance: random.Random) -> str:
    """Change one place and say which and how."""
    parent, key, path = chance.choice(list(places(obj["spec"], "spec")))
    how = chance.choice(["value", "value", "misspell", "remove", "twice"])
    if how == "misspell" and isinstance(parent, dict):
        parent[f"{key}x"] = parent.pop(key)
    elif how == "remove":
        del parent[key]
    elif how == "twice" and isinstance(parent, list):
        parent.append(copy.deepcopy(parent[key]))
    else:
        parent[key] = copy.deepcopy(chance.choice(SCALARS))
        return f"{path} = {parent[key]!r}"
    return f"{how} {path}"


def places(value: Any, path: str) -> Iterator[tuple[Any, Any, str]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        here = f"{path}[{key}]" if isinstance(value, list) else f"{path}.{key}"
        yield value, key, here
        yield from places(inner, here)


@pytest.mark.parametrize("objects", [originals, broken], ids=["as they are", "with one thing changed"])
@pytest.mark.parametrize("release", RELEASES, scope="class")
def test_the_verdicts_are_the_same(cluster: ApiServer, release: str, objects: Any) -> None:
    corpus()
    client = ready(cluster, release)
    found = []
    for name, obj in objects():
        ours, theirs = offline(obj, release), online(client, obj)
        if bool(ours) != bool(theirs):
            found.append(disagreement(name, ours, theirs))
    assert not found, f"{len(found)} disagreements\n" + "\n".join(found[:40])


def test_the_verdicts_on_a_change_are_the_same(cluster: ApiServer) -> None:
    """A stored object is changed: what did not change is not judged anew, and some rules judge the change."""
    corpus()
    client = ready(cluster, RELEASES[0])
    found = []
    for file in files():
        original = read(file)
        if online(client, original):
            continue
        stored = client.create(original)
        for name, obj in changes(file):
            obj["metadata"]["resourceVersion"] = stored["metadata"]["resourceVersion"]
            ours, theirs = offline(obj, RELEASES[0], stored), online(client, obj, update=True)
            if bool(ours) != bool(theirs):
                found.append(disagreement(name, ours, theirs))
        client.delete(original)
    assert not found, f"{len(found)} disagreements\n" + "\n".join(found[:40])
