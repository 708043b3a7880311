"""What ships beside the package starts the command as it is."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pydynamo_manifests import yaml
from pydynamo_manifests.cli.commands import validate

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.load((ROOT / "action.yml").read_text())


def options() -> set[str]:
    parser = argparse.ArgumentParser()
    validate.add_arguments(parser)
    return {word for action in parser._actions for word in action.option_strings}  # noqa: SLF001 - argparse has no other way


def test_the_hook_starts_a_command_that_exists() -> None:
    (hook,) = yaml.load((ROOT / ".pre-commit-hooks.yaml").read_text())

    assert hook["entry"] == "dynamo-manifests validate"
    assert (hook["language"], hook["types"]) == ("python", ["yaml"])


def script() -> str:
    return str(ACTION["runs"]["steps"][-1]["run"])


def test_every_input_reaches_the_command_through_the_environment() -> None:
    step = ACTION["runs"]["steps"][-1]
    used = {value.removeprefix("${{ inputs.").removesuffix(" }}") for value in step["env"].values()}

    assert used | {"python-version"} == set(ACTION["inputs"])
    assert "${{" not in script()
    assert {
        word for word in script().replace("(", " ").split() if word.startswith("--") and word != "--"
    } <= options()


@pytest.mark.parametrize(
    ("paths", "given", "expected"),
    [
        (".", {}, ["validate", "--format", "github", "--fail-on", "error", "--", "."]),
        (
            "a.yaml b\nc",
            {
                "DYNAMO": "1.6.1",
                "IGNORE": "A-1,B-2",
                "OUTPUT": "o.sarif",
                "CLUSTER": "c.yaml",
                "KUBERNETES": "1.34",
            },
            [
                "validate",
                "--format",
                "github",
                "--fail-on",
                "error",
                "--dynamo",
                "1.6.1",
                "--kubernetes",
                "1.34",
                "--cluster",
                "c.yaml",
                "--ignore",
                "A-1,B-2",
                "--output",
                "o.sarif",
                "--",
                "a.yaml",
                "b",
                "c",
            ],
        ),
    ],
)
def test_the_action_writes_the_command_line(
    tmp_path: Path, paths: str, given: dict[str, str], expected: list[str]
) -> None:
    stub = tmp_path / "dynamo-manifests" / "bin" / "dynamo-manifests"
    stub.parent.mkdir(parents=True)
    stub.write_text(f"#!{sys.executable}\nimport sys\nprint(sys.argv[1:])\n")
    stub.chmod(0o755)
    inputs = dict.fromkeys(("DYNAMO", "KUBERNETES", "CLUSTER", "IGNORE", "OUTPUT"), "")
    env = {
        **os.environ,
        **inputs,
        "FAIL_ON": "error",
        "FORMAT": "github",
        "PATHS": paths,
        **given,
        "RUNNER_TEMP": str(tmp_path),
    }

    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script()], capture_output=True, text=True, env=env, check=True
    )

    assert done.stdout == f"{expected}\n"
