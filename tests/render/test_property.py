"""The chart and the library are two writers of one thing: for any valid values they write equal objects."""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.render import render
from pydynamo_manifests.values.graph import Component, GraphValues, Request
from pydynamo_manifests.values.load import load_values
from pydynamo_manifests.yaml import dump, load_all
from tests.render.random_values import RandomValues
from tests.support.helm import helm

if TYPE_CHECKING:
    from collections.abc import Iterator

CHART = Path(__file__).parents[2] / "charts" / "dynamo-graph"
EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "120"))
CHART_LABELS = ("app.kubernetes.io/", "helm.sh/")


def without_chart_labels(obj: dict[str, Any]) -> dict[str, Any]:
    metadata = dict(obj.get("metadata") or {})
    labels = {k: v for k, v in (metadata.pop("labels", None) or {}).items() if not k.startswith(CHART_LABELS)}
    return {**obj, "metadata": {**metadata, **({"labels": labels} if labels else {})}}


def by_helm(values: dict[str, Any], folder: Path, version: int) -> list[dict[str, Any]] | str:
    file = folder / "values.yaml"
    file.write_text(dump(values), encoding="utf-8")
    done = helm("template", "qwen", CHART, "-n", "team-a", "-f", file, version=version)
    if done.code:
        return done.stderr
    return [d for d in load_all(done.stdout) if d]


def key(obj: dict[str, Any]) -> tuple[str, str]:
    return str(obj.get("kind")), str((obj.get("metadata") or {}).get("name"))


def differences(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted({*ours, *theirs}):
            yield from differences(ours.get(name, "(absent)"), theirs.get(name, "(absent)"), f"{path}.{name}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            yield from differences(a, b, f"{path}[{index}]")
    elif ours != theirs or isinstance(ours, bool) != isinstance(theirs, bool):
        yield f"{path}: library {ours!r}, chart {theirs!r}"


def agree(values: dict[str, Any], folder: Path, version: int) -> None:
    load_values(values)
    ours: list[dict[str, Any]] | str
    try:
        ours = render(values, name="qwen", namespace="team-a")
    except InputError as e:
        ours = str(e)
    theirs = by_helm(values, folder, version)
    if isinstance(ours, str):
        assert isinstance(theirs, str), ours
        assert "execution error" in theirs, (ours, theirs)  # with several problems, Helm may name another
        return
    assert not isinstance(theirs, str), theirs
    extra = [o for o in (values.get("extraObjects") or {}).values() if o]
    count = len(ours) - len(extra)
    mine = sorted(map(without_chart_labels, ours[:count]), key=key)
    chart = sorted(map(without_chart_labels, theirs), key=key)
    assert [key(o) for o in mine] == [key(o) for o in chart]
    assert list(differences(mine, chart)) == []


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=list(HealthCheck),
)
@given(
    rnd=st.randoms(use_true_random=True),
    share=st.sampled_from([0.1, 0.3, 0.6]),
    version=st.sampled_from([3, 4]),
)
def test_chart_and_library_write_equal_objects(
    rnd: Any, share: float, version: int, tmp_path_factory: Any
) -> None:
    values = RandomValues(rnd, share).graph()
    values.pop("extraObjects", None)
    agree(values, tmp_path_factory.mktemp("values"), version)


def test_the_random_values_reach_every_field() -> None:
    """What the property test draws from, drawn often enough that nothing is left to chance."""
    rnd, seen = random.Random(1), Counter[str]()  # noqa: S311 - the same values every time
    for share in (0.1, 0.3, 0.6) * 150:
        values = RandomValues(rnd, share).graph()
        values.pop("extraObjects", None)
        seen.update(kinds(values))
        seen[outcome(values)] += 1
    fields = [f.alias or n for m in (GraphValues, Component, Request) for n, f in m.model_fields.items()]
    fields.remove("extraObjects")
    wanted = [*fields, "null", "zero", "empty map", "above 2^31", "below 1e-4", "alpha", "beta", "refused"]
    assert [name for name in wanted if not seen[name]] == []


def kinds(value: Any) -> Iterator[str]:
    """Yield every key in a value, and each kind of value that writers have treated differently."""
    met = {
        "null": value is None,
        "zero": value == 0 and not isinstance(value, bool),
        "empty map": value == {},
        "above 2^31": isinstance(value, int) and value > 2**31,
        "below 1e-4": isinstance(value, float) and 0 < value < 1e-4,
    }
    yield from (kind for kind, holds in met.items() if holds)
    for key, item in value.items() if isinstance(value, dict) else ():
        yield key
        yield from kinds(item)
    for item in value if isinstance(value, list) else ():
        yield from kinds(item)


def outcome(values: dict[str, Any]) -> str:
    try:
        first = render(load_values(values), name="qwen")[0]
    except InputError:
        return "refused"
    return "alpha" if first["apiVersion"].endswith("alpha1") else "beta"
