#!/usr/bin/env python3
"""Installs the planner of each Dynamo release for tests: the package's files alone, without what they run on.

The files lie in `$XDG_CACHE_HOME/dynamo-manifests/planner/<release>`, outside the clone. Tests read the model of
the planner's configuration out of them; it needs pydantic and PyYAML, which the tests have.

    hack/tools/planners.py            # all
    hack/tools/planners.py 1.6.1
"""

from __future__ import annotations

import argparse
import fcntl
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from hack.tools.build import cache_home  # noqa: E402 - the line above lets this file be started by its path

RELEASES = ("1.0.2", "1.1.1", "1.2.1", "1.3.1", "1.4.2", "1.5.1", "1.6.1")
"""The last patch of every line whose planner takes one configuration."""


def folder(release: str) -> Path:
    """Return where the planner of a release is, or will be."""
    return cache_home() / "planner" / release


def ensure(release: str) -> None:
    """Install the planner of a release unless it is there; two clones that ask at once install it once.

    Raises:
        subprocess.CalledProcessError: pip failed (it has printed why).
    """
    home = folder(release).parent
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = folder(release) / ".complete"
        if stamp.exists():
            return
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        where = ["--upgrade", "--target", str(folder(release))]
        subprocess.run([*pip, *where, f"ai-dynamo=={release}"], check=True)
        stamp.touch()


def main() -> int:
    """The command line: see the top of this file."""
    parser = argparse.ArgumentParser(
        description="Install the planners that tests read into the user's cache."
    )
    parser.add_argument("releases", nargs="*", metavar="RELEASE", help=", ".join(RELEASES))
    started = time.monotonic()
    wanted = parser.parse_args().releases or RELEASES
    missing = [r for r in wanted if not (folder(r) / ".complete").exists()]
    for release in wanted:
        if release not in RELEASES:
            parser.error(f"no planner {release} (there are {', '.join(RELEASES)})")
        ensure(release)
    if missing:
        took = time.monotonic() - started
        print(
            f"installed the planners {', '.join(missing)} in {took:.0f} s (once per machine)", file=sys.stderr
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
