"""Our reading of a configuration beside the planner's own model, of every release that has one."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pydynamo_manifests.planner import FIELDS, PlannerConfig, check_config, written_config
from pydynamo_manifests.planner.fields import line_of, names_at
from pydynamo_manifests.releases import release
from tests.support.planner import RELEASES, PlannerModel, planner_model

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = {version: line_of(version) for version in RELEASES}
NOT_OURS = {
    # Read from a process' surroundings, or needs packages of the planner's image.
    "namespace",
    "metric_pulling_prometheus_ca_bundle",
    "scheduling",
    "plugin_registration",
    "ais_perf_model",
    "aic_perf_model",
    "aic_interpolation",
}


@pytest.fixture(scope="module")
def models() -> Iterator[dict[str, PlannerModel]]:
    with contextlib.ExitStack() as stack:
        made = {version: planner_model(version) for version in RELEASES}
        for model in made.values():
            stack.callback(model.stop)
        yield made


@pytest.mark.parametrize("version", RELEASES)
def test_every_field_of_a_release_is_known_with_its_default_and_no_other(
    version: str, models: dict[str, PlannerModel]
) -> None:
    theirs = models[version]({"enable_load_scaling": True})["config"]
    hidden = {"namespace"} | {n for n in FIELDS if n.startswith("metric_pulling_prometheus")}
    line = LINES[version]
    ours = {f.names(line)[0]: f for f in FIELDS.values() if f.names(line)}
    assert set(ours) - hidden == set(theirs) - hidden
    changed = {"enable_load_scaling", "scheduling", "plugin_registration", "enable_throughput_scaling"}
    wrong = {
        name: (f.default, theirs[name])
        for name, f in ours.items()
        if name not in changed | hidden and f.default != theirs[name]
    }
    assert wrong == {}


VALUE: dict[str, Any] = {
    "bool": st.booleans() | st.sampled_from(["true", "maybe"]),
    "int": st.integers(-2, 200) | st.sampled_from([1.5, "7", "x", 100000]),
    "float": st.floats(-5, 5000, width=32) | st.integers(-1, 5) | st.just("x"),
    "str": st.sampled_from(["a", "", 3]),
    "map": st.sampled_from([{}, {"a": "b"}, "x", 3]),
}
STRICTER = {(1, 0): {"ttft", "enable_throughput_scaling"}}
"""What the model takes and the planner of the line refuses a moment later, or what cannot be meant."""

EASY = ("environment", "mode", "optimization_target", "enable_throughput_scaling", "enable_load_scaling")


def configs(line: tuple[int, ...]) -> st.SearchStrategy[dict[str, Any]]:
    def value(name: str) -> st.SearchStrategy[Any]:
        known = names_at(line)[name]
        words = [*known.choices, *known.choices, "wrong"]
        return st.sampled_from(words) if known.kind == "choice" else VALUE[known.kind]

    names = [n for n, f in names_at(line).items() if f.name not in NOT_OURS]
    often = [n for n in EASY if n in names]
    picked = st.lists(
        st.sampled_from([*names, *often * 3]), max_size=5, unique_by=lambda n: names_at(line)[n].name
    )
    return picked.flatmap(lambda chosen: st.fixed_dictionaries({n: value(n) for n in chosen}))


@pytest.mark.parametrize("version", RELEASES)
def test_what_the_planner_refuses_is_refused_with_the_field_s_name_and_nothing_more(
    version: str, models: dict[str, PlannerModel]
) -> None:
    seen = {True: 0, False: 0}

    @given(configs(LINES[version]))
    @settings(max_examples=150, deadline=None)
    def compare(config: dict[str, Any]) -> None:
        theirs = models[version](config)
        ours = list(check_config(config, LINES[version]))
        refused = "error" in theirs
        seen[refused] += 1
        stricter = {p.field for p in ours} <= STRICTER.get(LINES[version], set()) | {
            "itl",
            "itl_ms",
            "min_gpu_budget",
        }
        assert bool(ours) == refused or (ours and stricter), (config, theirs, ours)
        named = {field.partition(".")[0] for field in theirs.get("fields", [])} - {"", "scheduling"}
        for name in named:
            assert name in {p.field for p in ours}, (config, theirs, ours)
        if refused and not named:
            named_by = theirs["error"].replace("isqrt()", "fpm_sample_bucket_size")
            assert any(p.field in named_by for p in ours), (config, theirs, ours)

    compare()
    assert min(seen.values()) > 12


@pytest.mark.parametrize("version", RELEASES)
def test_old_names_reach_their_field(version: str, models: dict[str, PlannerModel]) -> None:
    line = LINES[version]
    samples = {"int": 7, "float": 7.0, "bool": True}
    for known in FIELDS.values():
        for name in known.names(line) if known.old else ():
            read = models[version](
                {name: samples[known.kind], "enable_load_scaling": False, "optimization_target": "sla"}
            )
            assert read["config"][known.names(line)[0]] == samples[known.kind], name


@pytest.mark.parametrize("version", RELEASES)
def test_a_typed_configuration_is_written_in_words_that_the_release_reads(
    version: str, models: dict[str, PlannerModel]
) -> None:
    config = PlannerConfig(
        backend="sglang", ttft_ms=300, itl_ms=20, max_gpu_budget=16, advisory=True,
        throughput_adjustment_interval_seconds=90, load_adjustment_interval_seconds=3,
    )  # fmt: skip
    written = written_config(config, release(version))
    read = models[version](written)["config"]
    assert {name: read[name] for name in written} == written
    assert list(check_config(written, LINES[version])) == []
