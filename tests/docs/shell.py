"""What a page shows on a terminal, typed again: the same commands must still print the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.docs.markdown import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

BIN = Path(sys.executable).parent

ELISION = "..."
"""A line of output that stands for any number of lines."""

SHARED = ("charts", "values", "examples")


@dataclass(frozen=True)
class Typed:
    """One command line and the output below it."""

    command: str
    output: list[str]


def typed(text: str) -> Iterator[Typed]:
    """Yield the commands of a `console` block; a line after `\\` belongs to the command."""
    command: list[str] = []
    output: list[str] = []
    for line in text.splitlines():
        if command and command[-1].endswith("\\"):
            command.append(line)
        elif line.startswith("$ "):
            if command:
                yield Typed("\n".join(command), output)
            command, output = [line[2:]], []
        else:
            output.append(line)
    if command:
        yield Typed("\n".join(command), output)


def desk(folder: Path, helm: str | None) -> Path:
    """Make a folder in which the paths of the documentation exist, and a PATH with our command and Helm."""
    for name in SHARED:
        (folder / name).symlink_to(ROOT / name)
    programs = folder / ".bin"
    programs.mkdir()
    (programs / "dynamo-manifests").symlink_to(BIN / "dynamo-manifests")
    if helm:
        (programs / "helm").symlink_to(helm)
    return folder


def run(command: str, folder: Path) -> tuple[int, list[str]]:
    """Type a command in bash; return its exit code and the lines of both outputs."""
    home = {f"HELM_{what}_HOME": str(folder / ".helm") for what in ("CACHE", "CONFIG", "DATA")}
    path = f"{folder / '.bin'}:{BIN}:{os.environ['PATH']}"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HELM_", "KUBE"))}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**kept, **home, "PATH": path, "KUBECONFIG": str(folder / ".none"), "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout.splitlines()


def same(shown: list[str], printed: list[str]) -> bool:
    """Tell whether the printed lines are those of the page, each `...` standing for any number of lines."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == ELISION else re.escape(line.rstrip()) + "\n" for line in shown
    )
    return re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in printed)) is not None
