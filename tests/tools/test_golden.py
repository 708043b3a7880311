from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.golden import Golden


def test_an_equal_text_is_fine_and_another_shows_the_difference(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\nb: 2\n")
    golden = Golden(tmp_path, update=False)
    golden("a.yaml", "a: 1\nb: 2\n")
    with pytest.raises(pytest.fail.Exception, match=r"(?s)--- golden/a\.yaml.*-b: 2\n\+b: 3"):
        golden("a.yaml", "a: 1\nb: 3\n")
    with pytest.raises(pytest.fail.Exception, match="only line ends differ"):
        golden("a.yaml", "a: 1\nb: 2")


def test_a_missing_file_fails_and_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"no golden file tests/golden/deep/a\.yaml"):
        Golden(tmp_path, update=False)("deep/a.yaml", "a: 1\n")
    assert list(tmp_path.iterdir()) == []


def test_updating_writes(tmp_path: Path) -> None:
    Golden(tmp_path, update=True)("deep/a.yaml", "a: 1\n")
    assert (tmp_path / "deep" / "a.yaml").read_text() == "a: 1\n"


def test_ci_refuses_to_update(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    root = Path(__file__).resolve().parents[2]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--update-golden",
        "--collect-only",
        "-q",
        "tests/tools/test_golden.py",
    ]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert "golden files are updated by a person" in done.stderr
