"""The planner's own model of its configuration, of each release, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from hack.tools.planners import RELEASES, folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["RELEASES", "PlannerModel", "planner_model"]

_READER = """
import importlib, json, logging, sys, types
from pathlib import Path
root = Path(sys.argv[1])
packages = ["dynamo", "dynamo.planner"]
packages += [".".join(p.parent.relative_to(root).parts) for p in root.glob("dynamo/planner/plugins/**/__init__.py")]
for name in packages:  # without what a package's own file starts: connectors, the runtime
    module = types.ModuleType(name)
    module.__path__ = [str(root.joinpath(*name.split(".")))]
    sys.modules[name] = module
runtime, log = types.ModuleType("dynamo.runtime"), types.ModuleType("dynamo.runtime.logging")
runtime.__path__, log.configure_dynamo_logging = [], lambda *a, **k: None
sys.modules |= {"dynamo.runtime": runtime, "dynamo.runtime.logging": log}
places = ["dynamo.planner.config.planner_config", "dynamo.planner.utils.planner_config"]
place = next(p for p in places if root.joinpath(*p.split(".")).with_suffix(".py").exists())
PlannerConfig = importlib.import_module(place).PlannerConfig
logging.disable()
for line in sys.stdin:
    try:
        made = PlannerConfig.model_validate(json.loads(line))
        answer = {"config": made.model_dump(mode="json")}
    except ValueError as error:
        fields = [".".join(map(str, e["loc"])) for e in getattr(error, "errors", lambda: [])()]
        answer = {"error": str(error), "fields": fields}
    print(json.dumps(answer), flush=True)
"""


class PlannerModel:
    """Asks the ``PlannerConfig`` of one release."""

    def __init__(self, release: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _READER, str(folder(release))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ["PATH"]},
        )

    def __call__(self, config: dict[str, Any]) -> dict[str, Any]:
        """Return ``config`` as the model reads it, or ``error`` and ``fields`` of what it refuses."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin
        assert stdout
        stdin.write(json.dumps(config) + "\n")
        stdin.flush()
        answer: dict[str, Any] = json.loads(stdout.readline())
        return answer

    def all(self, configs: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Return the answers to several configurations."""
        return map(self, configs)

    def stop(self) -> None:
        """End the process."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(10)
        if self._process.stdout:
            self._process.stdout.close()


def planner_model(release: str) -> PlannerModel:
    """Return the model of a release; skips where it is not installed, and fails in CI."""
    if not (folder(release) / ".complete").exists():
        message = f"the planner {release} is not installed: make planners"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return PlannerModel(release)
