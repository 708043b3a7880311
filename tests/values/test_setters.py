"""``--set`` and its kin give what Helm gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.values import apply_setters
from pydynamo_manifests.yaml import load
from tests.support.helm import VERSIONS, helm

if TYPE_CHECKING:
    from pathlib import Path

CASES = [
    "a=1", "a=-1", "a=0", "a=01", "a=1.5", "a=true", "a=null", "a=", "a.b.c=x", "a.b=x,a.c=y", r"a\.b=x", r"a=x\,y",
    "a={1,b,true}", "a={}", "a[0]=x", "a[1]=x", "a[0].b=x", "a[0].b=1,a[0].c=2", "a.b[0]=x", "a=b=c", "a=9223372036854775807",
    r"nodeSelector.nvidia\.com/gpu\.product=B200", "a=1e5", "a=False", "a= b ", "base.x=2", "base=null", "base.list[1]=z",
]  # fmt: skip
STRINGS = ["a=1", "a=true", "a=null", "a={1,2}", "a.b=1.10"]
JSON = ['a={"b":1}', "a=[1,2]", "a.b=null", 'a.b="x"', "a=1.0"]
BASE = "base: {x: 1, list: [a, b]}\n"


def by_helm(folder: Path, version: int, *words: str) -> Any:
    chart = folder / "c"
    (chart / "templates").mkdir(parents=True, exist_ok=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (chart / "templates" / "v.yaml").write_text("v: {{ .Values | toRawJson | quote }}\n")
    (folder / "base.yaml").write_text(BASE)
    done = helm("template", "x", chart, "-f", folder / "base.yaml", *words, version=version)
    assert done.code == 0, done.stderr
    return load(load(done.stdout.split("\n", 2)[2])["v"])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("flag", "key", "cases"),
    [("--set", "set_", CASES), ("--set-string", "set_string", STRINGS), ("--set-json", "set_json", JSON)],
)
def test_the_same_as_helm(tmp_path: Path, version: int, flag: str, key: str, cases: list[str]) -> None:
    different = {}
    for case in cases:
        ours = apply_setters(load(BASE), **{key: [case]})  # type: ignore[arg-type]
        theirs = by_helm(tmp_path, version, flag, case)
        if ours not in (theirs, {**theirs, "base": None}):
            different[case] = (ours, theirs)
    assert different == {}


@pytest.mark.parametrize(
    ("setters", "message"),
    [
        ({"set_": ["a"]}, "--set a: 'a' has no '=': write --set key=value"),
        ({"set_json": ["a"]}, "--set-json a: has no '=': write --set-json key=value"),
        (
            {"set_json": ["a={"]},
            "--set-json a={: the value is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        ),
        ({"set_": ["a..b=1"]}, "'a..b=1': an empty key"),
        ({"set_": ["a[70000]=1"]}, "'a[70000]=1': an index beyond 65536"),
    ],
)
def test_refused(setters: dict[str, list[str]], message: str) -> None:
    with pytest.raises(InputError) as e:
        apply_setters({}, **setters)  # type: ignore[arg-type]
    assert str(e.value) == message


def test_the_values_given_are_left_alone() -> None:
    base = {"a": {"b": [1]}}
    apply_setters(base, set_=["a.b[0]=2", "a.c=3"])
    assert base == {"a": {"b": [1]}}
