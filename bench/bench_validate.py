"""Validation beside kubeconform: the same documents, the same schemas, two workers on both sides.

kubeconform judges by the schema; this project parses, judges by schema and expressions, admits and lints.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import Row, row
from pydynamo_manifests.validate.run import judge_file
from pydynamo_manifests.validate.sources import File
from pydynamo_manifests.validate.target import Target
from tests.support.corpus import corpus_path, has_corpus
from tests.support.kubeconform import NAMING, core_schemas, crd_schemas
from tests.support.tools import tool

if TYPE_CHECKING:
    from collections.abc import Sequence

RELEASE = "main-2026-08-21"
DOCUMENTS = 10_000
ROUNDS = 3
OURS = [sys.executable, "-m", "pydynamo_manifests", "validate", "--dynamo", RELEASE, "--jobs", "2"]
MEMORY_GROWTH_MB = 40
MODEL = re.compile(r"(?:Qwen|deepseek-ai|meta-llama|openai|nvidia)/(?=[A-Za-z])")


def run() -> list[Row]:
    """Return documents a second, whole-process times, and how memory grows."""
    if not has_corpus():
        print(
            f"NO CORPUS at {corpus_path()} (set DYNAMO_CORPUS): validation is not measured", file=sys.stderr
        )
        return []
    files = sorted((corpus_path() / "valid").rglob("*.yaml"))
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        many, distinct = _copies(files, Path(folder)), _copies(files, Path(other), own_models=True)
        return [
            *_pair("10,000 documents", folder, many, ROUNDS),
            *_pair("10,000 documents, each its own model", other, distinct, ROUNDS),
            *_pair("the corpus", str(corpus_path() / "valid"), len(files), ROUNDS),
            *_pair("one file", str(files[0]), 1, 5 * ROUNDS),
            _memory(files),
        ]


def _copies(files: Sequence[Path], folder: Path, *, own_models: bool = False) -> int:
    """Write the files again and again, each under its own name, until there are enough documents.

    With ``own_models`` hardly a worker starts like another, so that few commands are known from before.
    """
    count = 0
    while count < DOCUMENTS:
        for file in files:
            text = file.read_text(encoding="utf-8")
            text = MODEL.sub(rf"\g<0>c{count}-", text) if own_models else text
            (folder / f"{count}.yaml").write_text(text.replace("\n  name: ", f"\n  name: c{count}-", 1))
            count += 1
    return count


def _pair(what: str, path: str, documents: int, rounds: int) -> list[Row]:
    schemas = (core_schemas("1.37"), crd_schemas(corpus_path() / "crds" / RELEASE))
    places = [word for folder in schemas for word in ("-schema-location", f"{folder}/{NAMING}")]
    peer = [tool("kubeconform"), "-strict", "-n", "2", *places, path]
    times: dict[str, list[float]] = {"ours": [], "peer": []}
    for number in range(rounds + 1):
        for name, words in (("ours", [*OURS, path]), ("peer", peer)):
            seconds = _seconds(words)
            if number:
                times[name].append(seconds)
    per_document = {name: [1000 * s / documents for s in samples] for name, samples in times.items()}
    goal = 1.0 if documents >= DOCUMENTS else None
    unit = "ms/document" if documents > 1 else "ms"
    ours = row(
        f"validate {what}",
        per_document["ours"],
        unit,
        peer="kubeconform",
        against=per_document["peer"],
        ratio_at_most=goal,
    )
    return [ours, row(f"kubeconform {what}", per_document["peer"], unit)]


def _seconds(words: list[str]) -> float:
    started = time.perf_counter()
    done = subprocess.run(words, capture_output=True, check=False, env={**os.environ, "NO_COLOR": "1"})
    if done.returncode not in (0, 1) or done.stderr:
        raise RuntimeError(f"{words[0]} exited with {done.returncode}: {done.stderr.decode()[:500]}")
    return time.perf_counter() - started


def _memory(files: Sequence[Path]) -> Row:
    """Return how much the peak grows between the first and the last of four rounds over the corpus."""
    target = Target.of(RELEASE)
    peaks = []
    for _ in range(4):
        for file in files:
            judge_file(File(str(file)), target)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    made = row(
        "peak memory, growth over 1,600 more documents",
        [peaks[-1] - peaks[0]],
        "MB",
        at_most=MEMORY_GROWTH_MB,
    )
    return replace(made)
