"""What starting costs, over a bare interpreter: importing the package, and the help of the command."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.measure import Row, commands, over, row

ROUNDS = 15
IMPORT_AT_MOST = 120.0
HELP_AT_MOST = 60.0


def run() -> list[Row]:
    """Return the rows: the interpreter alone, then what each adds to it, round by round."""
    script = str(Path(sys.executable).parent / "dynamo-manifests")
    samples = commands(
        {
            "bare": [sys.executable, "-c", "pass"],
            "import": [sys.executable, "-c", "import pydynamo_manifests"],
            "compose": [sys.executable, "-c", "from pydynamo_manifests import Intent, compose, render"],
            "help": [script, "--help"],
        },
        ROUNDS,
    )
    bare = samples["bare"]
    return [
        row("python -c pass", bare, "ms"),
        row(
            "import pydynamo_manifests, over it", over(samples["import"], bare), "ms", at_most=IMPORT_AT_MOST
        ),
        row("import compose and render, over it", over(samples["compose"], bare), "ms"),
        row("dynamo-manifests --help, over it", over(samples["help"], bare), "ms", at_most=HELP_AT_MOST),
    ]
