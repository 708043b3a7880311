"""What the package promises to a type checker: programs that use its public names as documented."""

from __future__ import annotations

from pathlib import Path

import pytest
from mypy import api

from pydynamo_manifests import Cluster
from pydynamo_manifests.errors import InputError

ROOT = Path(__file__).parents[2]

PROGRAM = """\
from typing import Any

from pydynamo_manifests import Cluster, GraphValues, Intent, Report, Sizes, compose, convert, import_, render, validate

values: GraphValues = compose(
    Intent(backend="vllm", pattern="disagg-router", model="Qwen/Qwen3-32B", dynamo="1.6.1", decode=Sizes(gpus=2))
)
manifests: list[dict[str, Any]] = render(values, name="qwen", namespace="team-a")
report: Report = validate(
    manifests, dynamo="1.6.1", cluster=Cluster(kubernetes="1.34", features={"grove"}), old=None, user=None
)
for features in (["grove"], ("grove", "lws"), {"grove"}, frozenset({"grove"}), {"grove": True}):
    cluster = Cluster(features=features)
again: Report = validate(manifests[0], old=manifests, user="alice", ignore=["GPU-01"])
print(report.ok, report.documents[0].status)
for finding in report.findings:
    print(finding.rule, finding.stage, finding.severity, finding.path, finding.line, finding.message, finding.hint)
imported: GraphValues = import_(manifests[0])
beta: dict[str, Any] = convert(manifests[0], "nvidia.com/v1beta1")
"""

WRONG = """\
from pydynamo_manifests import Cluster, Intent, compose

compose(Intent(backend="vllm", pattern="agg", model="m", gpus="2"))
Cluster(features=3)
compose("vllm").replicas
"""


def checked(*files: str) -> tuple[str, int]:
    config = str(ROOT / "pyproject.toml")
    out, err, code = api.run(["--config-file", config, "--strict", "--no-incremental", *files])
    return out + err, code


def test_documented_programs_are_typed(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    examples = [str(p) for p in sorted((ROOT / "examples" / "python").glob("*.py"))]
    assert examples
    assert checked(str(program), *examples) == (
        f"Success: no issues found in {len(examples) + 1} source files\n",
        0,
    )


def test_the_documented_program_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(PROGRAM, "program.py", "exec"), {})  # noqa: S102 - what is promised to type must run too
    assert capsys.readouterr().out.startswith("True valid\n")


def test_wrong_programs_are_refused(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(WRONG)
    said, code = checked(str(program))
    assert code == 1
    found = [(line.split(":")[1], line.rpartition("[")[2]) for line in said.splitlines()[:-1]]
    assert sorted(found) == [
        ("3", "arg-type]"),
        ("4", "arg-type]"),
        ("5", "arg-type]"),
        ("5", "attr-defined]"),
    ]


def test_features_are_kept_as_a_set_and_a_text_is_none() -> None:
    assert Cluster(features=["grove", "grove"]).features == frozenset({"grove"})
    with pytest.raises(InputError, match="a list of names"):
        Cluster(features="grove")
