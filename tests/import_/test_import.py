"""Single graphs: what becomes of their parts, what is refused, and that nothing is changed."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests import import_, render
from pydynamo_manifests.cli import main
from pydynamo_manifests.errors import InputError
from pydynamo_manifests.import_ import import_graph, without_server_fields
from pydynamo_manifests.import_.arguments import literal, order_of, read_arguments
from pydynamo_manifests.import_.check import same
from pydynamo_manifests.import_.images import read_image
from pydynamo_manifests.yaml import dump, load

if TYPE_CHECKING:
    from pathlib import Path

BETA, ALPHA = "nvidia.com/v1beta1", "nvidia.com/v1alpha1"


def beta(main_container: dict[str, Any], **component: Any) -> dict[str, Any]:
    container = {"name": "main", "image": "r/vllm-runtime:1.6.1", **main_container}
    entry = {"name": "w", "type": "worker", "podTemplate": {"spec": {"containers": [container]}}, **component}
    return {
        "apiVersion": BETA,
        "kind": "DynamoGraphDeployment",
        "metadata": {"name": "g"},
        "spec": {"components": [entry]},
    }


def alpha(**service: Any) -> dict[str, Any]:
    return {
        "apiVersion": ALPHA,
        "kind": "DynamoGraphDeployment",
        "metadata": {"name": "g"},
        "spec": {"services": {"W": service}},
    }


def component(graph: dict[str, Any]) -> dict[str, Any]:
    found = import_graph(graph)
    back = render(found.values, name="g", chart_labels=False)[0]
    assert same(back["spec"], graph["spec"]), dump(back)
    return next(iter(found.plain["components"].values()))


@pytest.mark.parametrize(
    ("tokens", "values"),
    [
        (
            ["-m", "dynamo.vllm", "--b", "1", "--c"],
            {"leadingArgs": ["-m", "dynamo.vllm"], "args": {"b": 1, "c": True}},
        ),
        (["--b", "x", "--a", "y"], {"args": {"b": "x", "a": "y"}, "argOrder": ["b"]}),
        (["--a", "1", "-tp", "2"], {"args": {"a": 1}, "extraArgs": ["-tp", "2"]}),
        (["--a=1", "--b", "2"], {"leadingArgs": ["--a=1"], "args": {"b": 2}}),
        (["--a", "1", "--a", "2"], {"args": {"a": 1}, "extraArgs": ["--a", "2"]}),
        (["--a", "1", "2"], {"args": {"a": [1, 2]}}),
        (["--a", "-1"], {"args": {"a": -1}}),
        (["--j", '{"a":1}'], {"args": {"j": {"a": 1}}}),
        (["--j", '{"a": 1}'], {"args": {"j": '{"a": 1}'}}),
        (["--j", '{"from":"gpus"}'], {"args": {"j": '{"from":"gpus"}'}}),
        ([], {"args": {}}),
        (["serve me"], {"leadingArgs": ["serve me"]}),
    ],
)
def test_arguments(tokens: list[str], values: dict[str, Any]) -> None:
    assert read_arguments(tokens) == values
    assert {k: v for k, v in component(beta({"args": tokens})).items() if "rg" in k} == values


def test_tidy_nests_json_whose_spacing_changes() -> None:
    assert literal('{"b": 1, "a": [2]}', tidy=True) == {"b": 1, "a": [2]}
    assert literal('{"b": 1, "a": [2]}') == '{"b": 1, "a": [2]}'
    assert literal("{not json", tidy=True) == "{not json"


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("07", "07"), ("-0", "-0"), ("1.5", "1.5"), ("true", "true"), (str(2**53), str(2**53))],
)
def test_literals_render_as_the_same_text(text: str, value: Any) -> None:
    assert literal(text) == value


def test_the_shortest_order() -> None:
    assert order_of(["a", "b", "c"]) == []
    assert order_of(["c", "a", "b"]) == ["c"]
    assert order_of(["b", "c", "a"]) == ["b", "c"]


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        (
            "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.6.1",
            ("nvcr.io/nvidia/ai-dynamo", "vllm-runtime", "1.6.1", ""),
        ),
        ("localhost:5000/a", ("localhost:5000", "a", "", "")),
        ("a@sha256:00", ("", "a", "", "sha256:00")),
        ("${IMAGE}", ("", "${IMAGE}", "", "")),
        ("a b", None),
        ("", None),
        (None, None),
    ],
)
def test_images(reference: Any, parts: tuple[str, ...] | None) -> None:
    found = read_image(reference)
    assert (tuple(found.values()) if found else None) == parts


def test_gpus_and_their_flag_become_one_value() -> None:
    resources = {"limits": {"nvidia.com/gpu": "4", "cpu": "2"}, "requests": {"nvidia.com/gpu": "4"}}
    found = component(beta({"args": ["--tensor-parallel-size", "4"], "resources": resources}))
    assert (found["gpus"], found["gpuRequests"], found["resources"]) == (4, True, {"limits": {"cpu": "2"}})
    assert found["args"] == {"tensor-parallel-size": {"from": "gpus"}}


def test_several_nodes_take_the_total() -> None:
    limits = {"resources": {"limits": {"nvidia.com/gpu": "4"}}, "args": ["--tp", "8"]}
    assert component(beta(limits, multinode={"nodeCount": 2}))["args"] == {"tp": {"from": "totalGpus"}}


def test_the_order_of_variables_is_kept_where_a_reference_needs_it() -> None:
    env = [{"name": "Z", "value": "1"}, {"name": "A", "value": "$(Z)/x"}, {"name": "B", "value": "2"}]
    assert component(beta({"env": env}))["envOrder"] == ["Z"]
    (back,) = render(import_(beta({"env": env})), name="g")[0]["spec"]["components"]
    assert back["podTemplate"]["spec"]["containers"][0]["env"] == env
    plain = [{"name": "Z", "value": "1"}, {"name": "A", "value": "2"}]
    assert "envOrder" not in component(beta({"env": plain}))


def test_both_homes_of_v1alpha1_come_back_where_they_stood() -> None:
    main_container = {
        "image": "r:1",
        "env": [{"name": "B", "value": "2"}],
        "envFrom": [{"secretRef": {"name": "s"}}],
    }
    found = component(
        alpha(
            envs=[{"name": "A", "value": "1"}],
            envFromSecret="hf-token",
            extraPodSpec={"mainContainer": main_container},
        )
    )
    assert found["env"] == {"A": "1"}
    assert found["container"] == {
        "env": [{"name": "B", "value": "2"}],
        "envFrom": [{"secretRef": {"name": "s"}}],
    }


def test_a_list_that_repeats_its_key_is_kept_raw() -> None:
    twice = [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]
    assert "envs" in json.dumps(component(alpha(envs=twice)))


def test_what_is_odd_survives() -> None:
    component(beta({"resources": {}}))
    component(alpha(extraPodSpec={}))
    component(alpha(sharedMemory={"disabled": True, "size": "1Gi"}))
    component(alpha(componentType="prefill"))
    component(
        beta(
            {}, scalingAdapter={}, podTemplate={"metadata": {"finalizers": ["x"]}, "spec": {"containers": []}}
        )
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"kind": "Pod"},
            f"{BETA} Pod is not a graph; import takes a DynamoGraphDeployment of {ALPHA} or {BETA}",
        ),
        (
            {"apiVersion": "nvidia.com/v2"},
            f"nvidia.com/v2 DynamoGraphDeployment is not a graph; import takes a DynamoGraphDeployment of {ALPHA} or {BETA}",
        ),
        (
            {"spec": {"services": {"a": {}}, "components": [{"name": "a"}]}},
            "the graph has both services (v1alpha1) and components (v1beta1): keep one of them",
        ),
        ({"spec": {}}, "the graph has no components"),
        (
            {"spec": {"services": {"a": {}}}},
            "the graph has no components (the other version's list is given: check apiVersion)",
        ),
        (
            {"spec": {"components": [{"name": "a"}, {"name": "a"}]}},
            "components need names of their own, and each must be a map",
        ),
        ({"spec": [1]}, "the graph's spec and metadata must be maps"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as e:
        import_({**beta({}), **change})
    assert str(e.value) == message


def test_the_manifest_is_left_alone() -> None:
    graph = beta({"args": ["--a", "1"], "env": [{"name": "A", "value": "1"}]})
    before = copy.deepcopy(graph)
    import_(graph)
    assert graph == before


def test_a_live_object_loses_what_the_server_added() -> None:
    live = {**beta({}), "status": {"state": "x"}}
    live["metadata"] = {
        "name": "g",
        "uid": "1",
        "managedFields": [],
        "annotations": {"nvidia.com/current-worker-hash": "1", "mine": "2"},
    }
    assert without_server_fields(live) == {
        **beta({}),
        "metadata": {"name": "g", "annotations": {"mine": "2"}},
    }


def test_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "g.yaml"
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "b"}}
    file.write_text(dump(beta({"args": ["--model", "m/x"]})) + "---\n" + dump(config))
    assert main(["import", str(file)]) == 0
    out, err = capsys.readouterr()
    values = load(out)
    assert values["model"] == {"name": "m/x"}
    assert values["extraObjects"] == {"configmap-c": config}
    assert "recognised: model m/x: model.name moves every place that names it" in err
    assert main(["import", str(file), "-q", "-o", str(tmp_path / "out.yaml")]) == 0
    assert load((tmp_path / "out.yaml").read_text()) == values


def test_several_graphs_need_a_name_or_a_folder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "g.yaml"
    other = {**beta({}), "metadata": {"name": "h"}}
    file.write_text(dump(beta({})) + "---\n" + dump(other))
    assert main(["import", str(file)]) == 2
    assert (
        "2 graphs (g, h): choose one with --graph NAME, or write them with -o DIR" in capsys.readouterr().err
    )
    assert main(["import", str(file), "-o", str(tmp_path / "out")]) == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["g.yaml", "h.yaml"]
    assert main(["import", str(file), "--graph", "nope"]) == 2
    assert "holds no DynamoGraphDeployment called 'nope'" in capsys.readouterr().err
    assert main(["import"]) == 2


@pytest.mark.parametrize("kind", ["main", "default", "prefill", "any text", ""])
def test_a_type_that_v1beta1_does_not_know_goes_through_the_hatch(kind: str) -> None:
    found = component(alpha(componentType=kind, replicas=1))
    assert found == {"replicas": 1, "component": {"componentType": kind}}


def test_names_that_a_map_of_values_refuses_stay_in_the_hatch() -> None:
    graph = beta({"volumeMounts": [{"name": "A_b", "mountPath": "/a:b"}]})
    pod = graph["spec"]["components"][0]["podTemplate"]["spec"]
    pod |= {"volumes": [{"name": "A_b", "emptyDir": {}}], "tolerations": ["x"]}
    found = component(graph)
    assert found["podSpec"].keys() == {"volumes", "tolerations"}
    assert found["container"].keys() == {"volumeMounts"}
