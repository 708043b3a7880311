"""Every real graph comes back equal, and its values are worth having."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from pydynamo_manifests.import_ import Imported, import_graph
from pydynamo_manifests.import_.check import same
from pydynamo_manifests.import_.model import names_left
from pydynamo_manifests.render import render
from pydynamo_manifests.values import apply_setters
from pydynamo_manifests.yaml import dump, load, load_all
from tests.support.corpus import corpus, has_corpus
from tests.support.helm import helm

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "dynamo-graph"
CHART_LABELS = ("app.kubernetes.io/", "helm.sh/")


def graphs() -> list[tuple[str, dict[str, Any]]]:
    if not has_corpus():
        return []
    files = sorted((corpus() / "valid").rglob("dgd--*.yaml"))
    read = [(f"{f.parent.name}/{f.name}", load(f.read_text())) for f in files]
    return [(name, obj) for name, obj in read if obj["kind"] == "DynamoGraphDeployment"]


GRAPHS = graphs()


def as_applied(obj: dict[str, Any]) -> dict[str, Any]:
    """Return what a chart can apply of an object: no status, no namespace, no server's metadata."""
    metadata = {k: v for k, v in obj["metadata"].items() if k in ("name", "labels", "annotations")}
    return {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "metadata": metadata, "spec": obj["spec"]}


def rendered(imported: Imported, plain: dict[str, Any] | None = None) -> dict[str, Any]:
    return render(plain or imported.plain, name=imported.name, chart_labels=False)[0]


@pytest.fixture(scope="module")
def imported() -> list[tuple[str, dict[str, Any], Imported]]:
    corpus()
    return [(name, obj, import_graph(obj)) for name, obj in GRAPHS]


def test_every_graph_comes_back_equal(
    imported: list[tuple[str, dict[str, Any], Imported]], capsys: Any
) -> None:
    wrong = [name for name, obj, found in imported if not same(as_applied(rendered(found)), as_applied(obj))]
    with capsys.disabled():
        print(f"\nimported and rendered equal: {len(imported) - len(wrong)} of {len(imported)}")
    assert wrong == []
    assert len(imported) > 400


@pytest.mark.parametrize("version", [3, 4])
def test_helm_writes_them_equal_too(version: int, tmp_path: Path, imported: Any) -> None:
    chosen = imported[:: 7 if version == 3 else 3]
    wrong = []
    for name, obj, found in chosen:
        (file := tmp_path / "v.yaml").write_text(dump(found.plain))
        release = found.name if "fullnameOverride" not in found.plain else "x"
        done = helm("template", release, CHART, "-f", file, version=version)
        assert done.code == 0, (name, done.stderr)
        graph = next(d for d in load_all(done.stdout) if d)
        own = obj["metadata"].get("labels")
        labels = {
            k: v
            for k, v in graph["metadata"].pop("labels").items()
            if k in (own or {}) or not k.startswith(CHART_LABELS)
        }
        graph["metadata"] |= {"labels": labels} if labels or own == {} else {}
        if not same(as_applied(graph), as_applied(obj)):
            wrong.append(name)
    assert wrong == []


def test_one_model_name_moves_every_place_and_nothing_else(imported: Any, capsys: Any) -> None:
    known = [(name, found) for name, _, found in imported if "name" in found.plain.get("model", {})]
    for name, found in known:
        model = found.plain["model"]["name"]
        after = rendered(found, apply_setters(found.plain, set_string=["model.name=other-model"]))
        assert list(names_left(after["spec"], model)) == [], name
        back = replaced(after["spec"], "other-model", model)
        assert same(back, rendered(found)["spec"]), name
    with capsys.disabled():
        print(f"\nmodel recognised: {len(known)} of {len(imported)}")
    assert len(known) > 250


def replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {k: replaced(v, old, new) for k, v in value.items()}
    if isinstance(value, list):
        return [replaced(v, old, new) for v in value]
    return new if value == old else value


def test_gpus_and_replicas_move_by_one_value(imported: Any, capsys: Any) -> None:
    moved = total = 0
    for name, _, found in imported:
        for worker, component in found.plain["components"].items():
            if component.get("type") not in ("worker", "prefill", "decode"):
                continue
            total += 1
            if "gpus" not in component or "replicas" not in component:
                continue
            moved += 1
            plain = copy.deepcopy(found.plain)
            plain["components"][worker] |= {"gpus": 61, "replicas": 62}
            changed = {
                p for p, _, _ in leaves_changed(rendered(found)["spec"], rendered(found, plain)["spec"])
            }
            assert changed, name
            assert all(re.search(r"replicas|gpu|\.args\[\d+\]$|gpu\.intel|amd\.com", p) for p in changed), (
                name,
                changed,
            )
    with capsys.disabled():
        print(f"\nworkers whose GPUs and replicas are one value each: {moved} of {total}")
    assert moved > 0.8 * total


def leaves_changed(a: Any, b: Any, path: str = "") -> Any:
    if isinstance(a, dict) and isinstance(b, dict):
        for key in {*a, *b}:
            yield from leaves_changed(a.get(key), b.get(key), f"{path}.{key}")
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            yield from leaves_changed(x, y, f"{path}[{i}]")
    elif a != b:
        yield path, a, b


def test_most_facts_land_in_typed_fields(imported: Any, capsys: Any) -> None:
    typed = raw = 0
    for _, _, found in imported:
        for component in found.plain["components"].values():
            typed += sum(len(component.get(k) or {}) for k in ("args", "env")) + bool(component.get("gpus"))
            typed += sum(len(v or {}) for k, v in (component.get("resources") or {}).items() if k != "claims")
            hatch = component.get("container") or {}
            raw += len(hatch.get("env") or []) + len((component.get("component") or {}).get("envs") or [])
            raw += sum(len(v or {}) for k, v in (hatch.get("resources") or {}).items() if k != "claims")
            loose = [*(component.get("leadingArgs") or []), *(component.get("extraArgs") or [])]
            raw += sum(bool(isinstance(a, str) and re.match(r"--?[A-Za-z]", a)) for a in loose)
    share = typed / (typed + raw)
    with capsys.disabled():
        print(f"\nflags, variables and resources in typed fields: {share:.1%}")
    assert share >= 0.9
