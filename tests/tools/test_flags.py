"""Raw tables of parsers added to the table of every release: the others stay as they are."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from hack.flags import OUT, main

if TYPE_CHECKING:
    from pathlib import Path

RAW = {
    "modules": {
        "dynamo.mocker": {
            "own": {"--speedup-ratio": {"takes": "one", "type": "float"}, "--help": {}},
            "parsers": [{"name": "mocker", "abbrev": True}],
            "passthrough": None,
            "unknown": "error",
        }
    },
    "vllm": {},
    "sglang": {},
    "vllm_configs": {},
}


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    shutil.copytree(OUT, tmp_path / "flags")
    return tmp_path / "flags"


def table(folder: Path, name: str) -> Any:
    return json.loads((folder / f"{name}.json").read_text())


def test_what_is_written_is_read_and_written_alike(ours: Path, tmp_path: Path) -> None:
    main(tmp_path / "none", ours)
    for file in OUT.glob("*.json"):
        assert (ours / file.name).read_bytes() == file.read_bytes(), file.name
    assert len(list(OUT.glob("*.json"))) == len(list(ours.glob("*.json"))) > 10


def test_a_release_is_added_beside_the_others(ours: Path, tmp_path: Path) -> None:
    before = table(ours, "dynamo.mocker")
    last = list(table(ours, "modules"))[-1]
    (tmp_path / "99.1.0.json").write_text(json.dumps(RAW))
    main(tmp_path, ours)
    after = table(ours, "dynamo.mocker")
    assert list(table(ours, "modules"))[-1] == "99.1"
    assert after["--speedup-ratio"][-1] == [before["--speedup-ratio"][-1][0], "99.1", {"type": "float"}]
    gone = {name: runs for name, runs in before.items() if name not in ("", "--speedup-ratio")}
    assert {name: after[name] for name in gone} == gone
    assert any(runs[-1][1] == last for runs in gone.values())
