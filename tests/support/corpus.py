"""The conformance corpus: real graphs, CRDs and cases that tests read and that are no part of the project."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]


def corpus_path() -> Path:
    """Return where the corpus should be: `$DYNAMO_CORPUS`, else `../shared/corpus` beside the checkout."""
    return Path(os.environ.get("DYNAMO_CORPUS") or ROOT.parent / "shared" / "corpus").resolve()


def has_corpus() -> bool:
    """Tell whether the corpus is there, for `parametrize` lists that are built while collecting."""
    return (corpus_path() / "README.md").is_file()


def corpus() -> Path:
    """Return the corpus folder; where it is missing, skip the test, and the closing summary says so."""
    return corpus_path() if has_corpus() else skip_without_corpus()


def skip_without_corpus() -> NoReturn:
    """Skip the running test, or the module that is being collected."""
    pytest.skip(f"NO CORPUS at {corpus_path()} (set DYNAMO_CORPUS)", allow_module_level=True)
