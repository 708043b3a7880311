"""Graphs that upstream ships and that work are clean; what is found in the others is argued, one by one.

A file is from a commit between two releases; what both of them refuse is counted.
"""

from __future__ import annotations

import csv
import json
import time
from collections import Counter
from functools import cache

import pytest

from pydynamo_manifests.validate.lint import lint
from pydynamo_manifests.yaml import load_all
from tests.support.corpus import corpus, has_corpus

SNAPSHOT = "main-2026-08-21"
BETWEEN = {
    "HEAD": (SNAPSHOT,),
    "2026-08-03": ("1.4.2", SNAPSHOT),
    "2026-07-15": ("1.3.1", "1.4.2"),
    "2026-06-15": ("1.2.1", "1.3.1"),
    "2026-05-13": ("1.1.1", "1.2.1"),
    "2026-04-15": ("1.0.2", "1.1.1"),
    "2026-02-15": ("0.9.1", "1.0.2"),
    "2025-12-15": ("0.7.1", "0.8.1"),
    "2025-10-15": ("0.6.1",),
    "2025-08-15": ("0.6.1",),
    "2025-07-15": ("0.6.1",),
    "2025-06-15": ("0.6.1",),
}

NO_TRANSFER = "the worker of these releases raises; upstream gave other examples the flag and not this one"
NO_RECEIVER = "upstream added the connector to the decode workers of its examples on 2026-07-31, as a fix"
SNIPPET = "a page shows part of a graph"
OLD_TYPE = "a type from before v1beta1; the other graphs of the same folder say frontend or worker"
EXCEPTIONS = [
    ("KV-01", "components-src-dynamo-planner-tests-", NO_TRANSFER),
    ("KV-01", "docs-", NO_TRANSFER),
    ("KV-01", "examples-deployments-GKE-vllm-", NO_TRANSFER),
    ("KV-01", "examples-global_planner-global-planner-", NO_TRANSFER),
    ("KV-01", "tests-fault_tolerance-deploy-templates-vllm-moe_disagg", NO_TRANSFER),
    ("KV-02", "components-src-dynamo-planner-tests-", NO_RECEIVER),
    ("KV-02", "deploy-utils-tests-fixtures-v1alpha1-disagg", NO_RECEIVER),
    ("KV-02", "docs-", NO_RECEIVER),
    ("KV-02", "examples-backends-vllm-deploy-", NO_RECEIVER),
    ("KV-02", "examples-deployments-GKE-vllm-", NO_RECEIVER),
    ("ROLE-01", "recipes-nemotron-3-super-fp8-vllm-agg", "an aggregated worker with a decode flag; gone later"),
    ("ROLE-03", "recipes-deepseek-r1-vllm-disagg-deploy_hopper", "the flag of 1.0 on an image tagged 0.8"),
    ("ROLE-05", "recipes-qwen3-235b-a22b-fp8-trtllm-disagg", "the flag went a month before this commit"),
    ("ROLE-08", "components-src-dynamo-planner-tests-", OLD_TYPE),
    ("ROLE-08", "recipes-gpt-oss-120b-trtllm-disagg", OLD_TYPE),
    ("FLAG-01", "rolling-update", "--tensor-parallelism is in no release"),
    ("FLAG-01", "tests-fault_tolerance-deploy-templates-vllm-moe_", "--enable-elastic-ep comes with the engine of 1.1"),
    ("FLAG-11", "examples-deployments-GKE-sglang-disagg", "--disaggregation-bootstrap-port stands twice, once bare"),
    ("FLAG-19", "recipes-qwen3-vl-32b-fp8-vllm-agg", "a folded text keeps backslashes: the shell passes ' --model'"),
    ("FLAG-19", "docs-kubernetes-README--L150", "a placeholder, [--your-flags]"),
    ("GPU-01", "topology-aware-scheduling", f"{SNIPPET}: 8 GPUs on 4 nodes and no parallel size"),
    ("GPU-02", "rolling-update", f"{SNIPPET}: no resources"),
    ("GPU-02", "docs-fern-pages-", f"{SNIPPET}: no resources"),
    ("GPU-02", "2025-08-15--components-backends-vllm-deploy-disagg_router", "no GPU; the other graphs of the folder ask for one"),
    ("BS-01", "global-planner-vllm-test-xpu-dra", "the router says 16, the workers 64"),
    ("GMS-02", "operator-samples-dgd-gms-failover", "admission of main refuses it too"),
    ("NAM-01", "recipes-nemotron-3-super-fp8-trtllm-disagg", "50 letters, before names were cut"),
]  # fmt: skip


@cache
def errors() -> list[tuple[str, str, str]]:
    """Return rule, file and message of everything that all releases around a file refuse."""
    out = []
    with (corpus() / "index.tsv").open(encoding="utf-8") as index:
        rows = [r for r in csv.DictReader(index, delimiter="\t") if r["file"].startswith("valid/")]
    for row in rows:
        for obj in load_all((corpus() / row["file"]).read_text(encoding="utf-8"), row["file"]):
            found = [
                {(f.rule, f.where): f.message for f in lint(obj, release=r) if f.severity == "error"}
                for r in BETWEEN[row["commit_label"]]
            ]
            common = set(found[0]).intersection(*found[1:])
            out += [(key[0], row["file"], found[-1][key]) for key in sorted(common, key=str)]
    return out


def test_every_error_in_upstream_graphs_is_argued() -> None:
    corpus()
    unexplained = [
        e for e in errors() if not any(e[0] == rule and part in e[1] for rule, part, _ in EXCEPTIONS)
    ]
    assert unexplained == []


def test_every_argument_is_needed() -> None:
    corpus()
    unused = [x for x in EXCEPTIONS if not any(e[0] == x[0] and x[1] in e[1] for e in errors())]
    assert unused == []


def test_nearly_all_upstream_graphs_are_clean() -> None:
    corpus()
    files = {file for _, file, _ in errors()}
    assert len(files) <= 60
    assert Counter(rule for rule, _, _ in errors())["FLAG-01"] <= 7


def test_a_graph_is_judged_alike_in_both_api_versions() -> None:
    """What upstream's converter makes of a graph has the same findings, but for the version itself.

    v1alpha1 has the type ``default``, which v1beta1 does not know: the converter leaves it.
    """
    own = {"API-01", "ROLE-08"}
    lines = (corpus() / "conversion-upstream-outputs.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, lines):
        file = row["input_file"]
        (obj,) = load_all((corpus() / file).read_text(encoding="utf-8"), file)
        before, after = (
            Counter(f.rule for f in lint(one, release=SNAPSHOT) if f.rule not in own)
            for one in (obj, row["output"])
        )
        assert before == after, file


@pytest.mark.skipif(not has_corpus(), reason="NO CORPUS (set DYNAMO_CORPUS)")
def test_one_graph_takes_well_under_a_millisecond() -> None:
    files = sorted((corpus() / "valid").rglob("dgd--*.yaml"))[::3]
    objects = [o for file in files for o in load_all(file.read_text(encoding="utf-8"), str(file))]
    best = 1.0
    for _ in range(4):
        start = time.process_time()
        for obj in objects:
            list(lint(obj, release=SNAPSHOT, admission_ran=True))
        best = min(best, (time.process_time() - start) / len(objects))
    assert best < 0.0015
