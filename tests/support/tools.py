"""The pinned programs that tests start: built by `make tools`, found in the user's cache."""

from __future__ import annotations

import os

import pytest

from hack.tools.build import TOOLS


def tool(name: str) -> str:
    """Return the path of a program that `hack/tools/build.py --list` names, e.g. `helm3` or `nats-server`.

    A program that is not built skips the test; with `CI` set it fails it: CI leaves nothing out.
    """
    path = TOOLS[name].path
    if path.exists():
        return str(path)
    message = f"{name} {TOOLS[name].version} is not built: run 'make tools' (or 'hack/tools/build.py {name}')"
    if os.environ.get("CI"):
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
