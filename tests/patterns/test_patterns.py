from __future__ import annotations

from typing import Any

import pytest

from pydynamo_manifests.backends import BACKENDS, backend
from pydynamo_manifests.errors import UnknownNameError
from pydynamo_manifests.intent import Intent
from pydynamo_manifests.patterns import PATTERNS, pattern
from pydynamo_manifests.patterns.parts import Graph
from pydynamo_manifests.releases import release


def components(
    name: str, backend_name: str = "vllm", line: str = "1.6", **changes: Any
) -> dict[str, dict[str, Any]]:
    intent = Intent(backend=backend_name, pattern=name, model="m", dynamo=line, **changes)
    at = release(line)
    return pattern(name).components(Graph(intent, at, backend(backend_name), at.graph_api_version))


@pytest.mark.parametrize(
    ("name", "replicas"),
    [
        ("agg", {"Frontend": 1, "worker": 1}),
        ("agg-router", {"Frontend": 1, "worker": 2}),
        ("disagg", {"Frontend": 1, "prefill": 1, "decode": 1}),
        ("disagg-router", {"Frontend": 1, "prefill": 2, "decode": 2}),
        ("agg-planner", {"Frontend": 1, "Planner": 1, "worker": None}),
        ("disagg-planner", {"Frontend": 1, "Planner": 1, "prefill": None, "decode": None}),
        ("disagg-router-planner", {"Frontend": 1, "Planner": 1, "prefill": None, "decode": None}),
    ],
)
def test_components_of_a_pattern_and_how_many(name: str, replicas: dict[str, int | None]) -> None:
    assert {n: c.get("replicas") for n, c in components(name).items()} == replicas


@pytest.mark.parametrize("name", PATTERNS)
def test_roles_of_the_workers_are_those_the_pattern_says(name: str) -> None:
    types = [c["type"] for n, c in components(name).items() if n not in ("Frontend", "Planner")]
    assert tuple(types) == PATTERNS[name].roles


@pytest.mark.parametrize("backend_name", BACKENDS)
@pytest.mark.parametrize("name", PATTERNS)
def test_only_a_router_turns_the_mode_on_and_only_one_side_reports_blocks(
    name: str, backend_name: str
) -> None:
    if PATTERNS[name].planner and backend_name not in release("1.6").planned:
        pytest.skip("the planner does not know this backend")
    router = "router" in name
    made = components(name, backend_name)
    assert made["Frontend"].get("env") == ({"DYN_ROUTER_MODE": "kv"} if router else None)
    events = release("1.6").kv_events[backend_name]
    reporting = [c["type"] for c in made.values() if set(events.args) & set(c.get("args", {}))]
    assert bool(events.args) is not events.automatic
    assert reporting == ([PATTERNS[name].roles[0]] if router and not events.automatic else [])


def test_zero_replicas_are_written_and_nothing_empty_is() -> None:
    made = components("agg", replicas=0)
    assert made["worker"]["replicas"] == 0
    assert all(value not in (None, {}, []) for component in made.values() for value in component.values())


def test_an_unknown_pattern_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as e:
        pattern("disagg-rooter")
    assert (
        str(e.value)
        == "unknown pattern 'disagg-rooter'; did you mean 'disagg-router', 'agg-router' or 'disagg-router-planner'?"
    )
