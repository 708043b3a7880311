from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests import Intent, RequestIntent, compose, render, validate
from pydynamo_manifests.cli import main
from pydynamo_manifests.errors import InputError
from pydynamo_manifests.import_.check import same
from pydynamo_manifests.requests.results import candidates, graph_values, pareto_front, read_points
from pydynamo_manifests.values import load_values
from pydynamo_manifests.yaml import dump, dump_all, load

if TYPE_CHECKING:
    from pathlib import Path

EXTRA = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "planner-config-ab12"},
    "data": {"a": "b"},
}
TABLE = """parallel,tokens/s/gpu,tpot,ttft,num_total_gpus
tp1,900.5,40,600,4
tp2,700,20,350,4
tp4,400,12,200,8
tp8,380,15,220,8
broken,,1,,
"""


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - a chart of our own


def graph(pattern: str = "disagg", **changes: Any) -> dict[str, Any]:
    intent = Intent(backend="vllm", pattern=pattern, model="Qwen/Qwen3-32B", dynamo="1.6", **changes)
    made = render(compose(intent), name="qwen-dgd", namespace="team-a", chart_labels=False)[0]
    made["metadata"]["labels"] = {
        "dgdr.nvidia.com/name": "qwen",
        "nvidia.com/managed-by": "dynamo-operator",
        "team": "a",
    }
    return made


def request(**status: Any) -> dict[str, Any]:
    made = render(
        compose(RequestIntent(model="Qwen/Qwen3-32B", ttft=300, itl=20)), name="qwen", namespace="team-a"
    )[0]
    return {**made, "status": {"phase": "Ready", **status}}


def test_the_chosen_graph_comes_back_as_values_that_make_it_again() -> None:
    (found,) = candidates(
        [request(profilingResults={"selectedConfig": graph(replicas=2, gpus=4)}, dgdName="qwen-dgd")]
    )
    values = graph_values(found)
    assert (found.name, found.gpus) == ("selected", 16)
    assert found.shape == "Frontend x1, decode x2 of 4 GPUs, prefill x2 of 4 GPUs"
    assert values.plain["model"]["name"] == "Qwen/Qwen3-32B"
    assert values.plain["labels"] == {"team": "a"}
    (again,) = render(values.values, name="qwen-dgd", namespace="team-a", chart_labels=False)
    assert same(again["spec"], graph(replicas=2, gpus=4)["spec"])
    assert validate([again], dynamo="1.6.1").ok


def test_alternatives_stand_beside_it_once_each() -> None:
    graphs = [graph(), graph("agg"), graph(), graph("agg-router")]
    obj = request(profilingResults={"selectedConfig": graphs[0], "pareto": [{"config": g} for g in graphs]})
    found = candidates([obj])
    assert [c.name for c in found] == ["selected", "alternative-1", "alternative-2"]
    assert [c.gpus for c in found] == [2, 1, 2]


def test_the_annotation_serves_before_the_status_does_and_brings_its_config_maps() -> None:
    obj = request()
    obj["metadata"]["annotations"] = {
        "nvidia.com/generated-dgd-spec": dump(graph()),
        "dgdr.nvidia.com/additional-resources": dump_all([EXTRA]),
    }
    (found,) = candidates([obj])
    assert graph_values(found).plain["extraObjects"] == {"configmap-planner-config-ab12": EXTRA}


def test_the_older_api_keeps_it_elsewhere() -> None:
    obj = {
        **request(),
        "apiVersion": "nvidia.com/v1alpha1",
        "status": {"state": "Ready", "generatedDeployment": graph()},
    }
    assert candidates([obj])[0].graph["metadata"]["name"] == "qwen-dgd"


def test_the_profiler_s_own_file_and_its_config_map() -> None:
    text = dump_all([EXTRA, graph()])
    output = {
        "kind": "ConfigMap",
        "apiVersion": "v1",
        "metadata": {"name": "dgdr-output-qwen"},
        "data": {"final_config.yaml": text},
    }
    for documents in ([EXTRA, graph()], [output]):
        (found,) = candidates(documents)
        assert found.others == (EXTRA,)
        assert found.gpus == 2


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (
            {"phase": "Profiling"},
            "r.yaml holds no generated graph: it comes with phase Ready, Deploying or Deployed",
        ),
        (
            {
                "phase": "Failed",
                "conditions": [
                    {"type": "Profiling", "status": "False", "reason": "X", "message": "out of GPUs"}
                ],
            },
            "r.yaml failed: out of GPUs; there is no graph to read",
        ),
        ({"phase": "Failed"}, "r.yaml failed: no message; there is no graph to read"),
    ],
)
def test_no_graph_is_said_why(status: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as e:
        candidates([request(**status)], "r.yaml")
    assert str(e.value) == message


def test_a_damaged_annotation_is_said() -> None:
    obj = request()
    obj["metadata"]["annotations"] = {"nvidia.com/generated-dgd-spec": "a: [b"}
    with pytest.raises(InputError, match="generated-dgd-spec cannot be read"):
        candidates([obj])


def test_the_best_are_those_that_no_other_beats() -> None:
    points = read_points(TABLE, "t.csv")
    assert [p.name for p in points] == ["tp1", "tp2", "tp4", "tp8"]
    assert [p.name for p in pareto_front(points)] == ["tp4", "tp2", "tp1"]
    assert points[0].facts == {"parallel": "tp1", "num_total_gpus": "4"}
    assert read_points('[{"tokens/s/gpu": 5, "tpot": 2}]', "t.json")[0].name == "line 1"


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "[]", '{"rows": [{"tpot": "x"}]}'])
def test_a_table_without_the_numbers_is_refused(text: str) -> None:
    with pytest.raises(InputError) as e:
        read_points(text, "t.csv")
    assert str(e.value) == "t.csv has no line with numbers for tokens/s/gpu and tpot: not a profiler's table"


def test_the_command_lists_picks_and_plots(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    obj = request(profilingResults={"selectedConfig": graph(), "pareto": [{"config": graph("agg")}]})
    (file := tmp_path / "r.yaml").write_text(dump(obj))
    (table := tmp_path / "t.csv").write_text(TABLE)
    plot, values = tmp_path / "p.svg", tmp_path / "v.yaml"
    base = ["request", "read", "-f", str(file)]

    assert main([*base, "--list", "--results", str(table), "--plot", str(plot)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("selected           2 GPUs  Frontend x1, decode x1 of 1 GPU, prefill x1 of 1 GPU\n")
    assert "alternative-1      1 GPUs  Frontend x1, worker x1 of 1 GPU\n" in out
    assert "           700.0               20.00             350.0   tp2\n" in out
    drawn = parsed(plot.read_text())
    texts = [t.text for t in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"target 20 ms", "tp1", "tp2", "tp4", "best", "beaten"} <= set(texts)
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}circle"))) == 4 + 2

    assert main([*base, "-o", str(values)]) == 0
    assert set(load_values(load(values.read_text())).components or {}) == {"Frontend", "prefill", "decode"}
    assert main([*base, "--pick", "alternative-1", "-o", str(values)]) == 0
    assert set(load_values(load(values.read_text())).components or {}) == {"Frontend", "worker"}

    before = values.read_text()
    for words, message in (
        (
            ["--pick", "alternative-2", "-o", str(values)],
            "unknown graph of the request 'alternative-2'; did you mean",
        ),
        (["--plot", str(plot)], "--plot needs numbers, and a request's status holds graphs alone"),
    ):
        assert main([*base, *words]) == 2
        assert message in capsys.readouterr().err
    assert values.read_text() == before


def test_a_change_is_refused_before_it_is_applied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    obj = request()
    (file := tmp_path / "r.yaml").write_text(dump(obj))
    values = compose(RequestIntent(model="Qwen/Qwen3-32B", ttft=300, itl=20)).model_dump(
        by_alias=True, exclude_none=True
    )
    (own := tmp_path / "v.yaml").write_text(dump(values))
    words = ["request", "check", "-f", str(file), "--values", str(own)]
    assert main(words) == 0
    changed = copy.deepcopy(values)
    changed["request"]["sla"]["ttft"] = 100
    own.write_text(dump(changed))
    assert main(words) == 1
    assert "ADM-DGDR-04" in capsys.readouterr().out
    assert main(words[:-2]) == 2
    file.write_text(dump({"kind": "Pod"}))
    assert main(words) == 2
    assert "holds no requests; give a file with one" in capsys.readouterr().err
