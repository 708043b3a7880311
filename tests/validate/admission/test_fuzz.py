"""No shape makes the stage crash or change what it was given."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pydynamo_manifests import releases, yaml
from pydynamo_manifests.errors import InputError
from pydynamo_manifests.validate.admission import admit, default
from pydynamo_manifests.validate.admission.examples_component import COMPONENT_EXAMPLES
from pydynamo_manifests.validate.admission.examples_graph import GRAPH_EXAMPLES
from tests.support.corpus import corpus, has_corpus
from tests.validate.admission.support import EVERYTHING, NOTHING, whole

ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**70, 1.5, float("nan"), float("inf"), "", "main", "InterPod", "1e999999999",
    "9" * 5000, "-1Gi", [], {}, [None], [[]], {"": None}, [{"name": "main"}], {"name": []}, "\ud800", "grove",
)  # fmt: skip


@cache
def seeds() -> list[str]:
    """Return objects as JSON: those of the examples and, where it is there, of the corpus."""
    texts = [text for pair in (GRAPH_EXAMPLES | COMPONENT_EXAMPLES).values() for text in pair]
    found = [json.dumps(whole(part or {})) for text in texts for part in yaml.load_all(text)]
    if has_corpus():
        for line in (corpus() / "webhook-cases.jsonl").read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            found += [json.dumps(case[key]) for key in ("object_submitted", "object") if case.get(key)]
    return found


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(spot for key, child in children for spot in spots(child, (*path, key)))]


def replaced(obj: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    holder = obj
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return obj


@st.composite
def mutants(draw: st.DrawFn) -> Any:
    obj = json.loads(draw(st.sampled_from(seeds())))
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(spots(obj)))
        obj = replaced(obj, path, copy.deepcopy(draw(st.sampled_from(ODD))))
        if not isinstance(obj, dict):
            break
    return obj


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    obj=mutants(),
    old=st.none() | mutants(),
    release=st.sampled_from([r.version for r in releases.RELEASES]),
    cluster=st.sampled_from([EVERYTHING, NOTHING, None]),
    user=st.sampled_from([None, "", "jane", EVERYTHING.operator_principal]),
)
def test_any_object_is_judged_and_left_as_it_is(
    obj: Any, old: Any, release: str, cluster: Any, user: str | None
) -> None:
    if not isinstance(obj, dict) or not isinstance(old, dict) or old.get("kind") != obj.get("kind"):
        old = None
    before = repr((obj, old))
    found = admit(obj, old=old, release=release, cluster=cluster, user=user)
    for finding in found:
        assert finding.path
        assert finding.message
        json.dumps(finding.to_dict())
    default(obj, old=old, release=release, cluster=cluster)
    assert repr((obj, old)) == before


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(obj=mutants(), cluster=st.sampled_from([EVERYTHING, NOTHING]))
def test_defaulting_twice_is_defaulting_once(obj: Any, cluster: Any) -> None:
    once = default(obj, release="1.6.1", cluster=cluster)
    assert repr(default(once, release="1.6.1", cluster=cluster)) == repr(once)


def test_an_update_replaces_an_object_of_its_kind() -> None:
    graph, model = whole({}), whole({"kind": "DynamoModel"})
    with pytest.raises(InputError, match="of the same kind"):
        admit(graph, old=model, release="1.6.1")


@pytest.mark.parametrize("version", ["nvidia.com/v1", "v1", None, ""])
def test_another_group_or_version_is_none_of_its_business(version: Any) -> None:
    obj = {"apiVersion": version, "kind": "DynamoGraphDeployment", "spec": {}}
    assert admit(obj, release="1.6.1") == []
    assert default(obj, release="1.6.1") is obj
