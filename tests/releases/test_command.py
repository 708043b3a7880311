from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pydynamo_manifests.cli import main
from pydynamo_manifests.releases import RELEASES

if TYPE_CHECKING:
    from tests.support.golden import Golden


def test_table_is_newest_first_and_hides_the_snapshot(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["releases"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split()[0] == "RELEASE"
    assert [row.split()[0] for row in rows] == [r.version for r in reversed(RELEASES) if not r.hidden]
    assert (
        " ".join(rows[0].split())
        == "1.6.1 2026-10-22 0.31.0 0.5.21 1.3.0rc29 v1alpha1, v1beta1* v1beta1 >= 1.30"
    )


@pytest.mark.parametrize("name", ["1.6", "0.9"])
def test_one_release_in_detail(name: str, capsys: pytest.CaptureFixture[str], golden: Golden) -> None:
    assert main(["releases", name]) == 0
    golden(f"releases/{name}.txt", capsys.readouterr().out)


def test_json_of_all_and_of_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["releases", "--format", "json"]) == 0
    every = json.loads(capsys.readouterr().out)
    assert main(["releases", "1.6", "--format", "json"]) == 0
    one = json.loads(capsys.readouterr().out)
    assert every[0] == one
    assert one["kinds"]["DynamoGraphDeployment"] == {"served": ["v1alpha1", "v1beta1"], "stored": "v1beta1"}
    assert "position" not in one
    assert one["roles"]["vllm"]["prefill"] == {"disaggregation-mode": "prefill"}


def test_an_unknown_release_ends_with_2_and_one_paragraph(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["releases", "1.61"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert (
        err
        == "dynamo-manifests: error: unknown Dynamo release '1.61'; did you mean '1.6.1', '1.5.1' or '1.3.1'?\n"
    )
