"""A few seconds of coverage-guided fuzzing, from real files and expressions."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS = int(os.environ.get("FUZZ_SECONDS", "6"))
EXPRESSIONS = [
    "=!has(self.a) || self.b.size() <= 253",
    "=self.all(c, c.name.lowerAscii() in ['a', \"b\"]) ? quantity('1Gi').isGreaterThan(quantity('0')) : self[?0].orValue({?'k': 1u})",
]


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="atheris is not installed (it has no wheel for this Python)",
)
def test_nothing_breaks_in_a_few_seconds(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    files = [
        *sorted((ROOT / "values" / "graph").rglob("*.yaml"))[:6],
        *sorted((ROOT / "tests" / "golden").rglob("*.yaml"))[:6],
    ]
    for number, text in enumerate([file.read_text() for file in files] + EXPRESSIONS):
        (seeds / str(number)).write_text(text)
    words = [sys.executable, str(ROOT / "tests" / "fuzz" / "fuzz_validate.py"), str(seeds)]
    limits = [
        f"-max_total_time={SECONDS}",
        "-timeout=5",
        "-max_len=20000",
        "-rss_limit_mb=2048",
        f"-artifact_prefix={tmp_path}/",
    ]

    done = subprocess.run(
        [*words, *limits], capture_output=True, text=True, check=False, timeout=SECONDS + 120, cwd=ROOT
    )

    assert done.returncode == 0, done.stderr[-4000:]
