#!/usr/bin/env python3
"""Installs the Dynamo runtime that tests run graphs with, each release in an environment of its own.

`releases/<release>.txt` beside this file names the packages. An environment lies in
`$XDG_CACHE_HOME/dynamo-manifests/runtime/<release>`, outside the clone: its pins must not reach the library.

    hack/tools/runtime.py            # all releases that have a list
    hack/tools/runtime.py 1.6.1
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from hack.tools.build import cache_home  # noqa: E402 - the line above lets this file be started by its path

RELEASES = sorted(file.stem for file in (HERE / "releases").glob("*.txt"))


def requirements(release: str) -> Path:
    """Return the list of packages of a release."""
    return HERE / "releases" / f"{release}.txt"


def folder(release: str) -> Path:
    """Return where the environment of a release is, or will be."""
    return cache_home() / "runtime" / release


def stamp(release: str) -> Path:
    """Return the file that exists when exactly the listed packages are installed."""
    digest = hashlib.sha256(requirements(release).read_bytes()).hexdigest()[:16]
    return folder(release) / f".complete-{digest}"


def python(release: str) -> Path:
    """Return the interpreter of a release's environment."""
    return folder(release) / "bin" / "python"


def ensure(release: str) -> None:
    """Install a release unless it is there; two clones that ask at once install it once.

    Raises:
        subprocess.CalledProcessError: pip failed (it has printed why).
    """
    home = cache_home() / "runtime"
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp(release).exists():
            return
        print(f"installing the Dynamo runtime {release} (once per machine)", file=sys.stderr, flush=True)
        started = time.monotonic()
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder(release))], check=True)
        pip = [
            str(python(release)),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
        ]
        subprocess.run([*pip, "-r", str(requirements(release))], check=True)
        stamp(release).touch()
        print(f"installed it in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


def main() -> int:
    """The command line: see the top of this file."""
    parser = argparse.ArgumentParser(description="Install the Dynamo runtime into the user's cache.")
    parser.add_argument("releases", nargs="*", metavar="RELEASE", help=", ".join(RELEASES))
    for release in parser.parse_args().releases or RELEASES:
        if release not in RELEASES:
            parser.error(f"no list for {release} (there are {', '.join(RELEASES)})")
        ensure(release)
    return 0


if __name__ == "__main__":
    sys.exit(main())
