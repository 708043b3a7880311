#!/usr/bin/env python3
"""Runs every `bench_*.py` beside it and prints one table.

Such a module has a docstring that says what its peers are, and `run() -> list[Row]`.

    bench/run.py                  # all
    bench/run.py cli render       # these
    bench/run.py --json out.json  # the same numbers for a machine, `-` for standard output
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.measure import Row

HEAD = ("what", "median", "min", "max", "unit", "ratio", "to", "goal", "")


def names() -> list[str]:
    """Return the benchmarks that there are."""
    return sorted(file.stem.removeprefix("bench_") for file in HERE.glob("bench_*.py"))


def cells(row: Row) -> tuple[str, ...]:
    """Return a row as the words of a table."""
    ratio = "" if row.ratio is None else f"{row.ratio:.2g}" if row.ratio < 1 else f"{row.ratio:.2f}"
    numbers = [f"{number:,.3g}" if number < 100 else f"{number:,.0f}" for number in _numbers(row)]  # noqa: PLR2004 - three digits say enough
    verdict = {None: "", True: "met", False: "MISSED"}[row.met]
    return (row.name, *numbers, row.unit, ratio, row.peer, row.goal, verdict)


def _numbers(row: Row) -> tuple[float, float, float]:
    return row.median, row.minimum, row.maximum


def table(rows: list[Row]) -> Iterator[str]:
    """Yield the lines of the table."""
    lines = [HEAD, *map(cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    for line in lines:
        fitted = (
            word.rjust(width) if 0 < column < 4 else word.ljust(width)  # noqa: PLR2004 - the three numbers
            for column, (word, width) in enumerate(zip(line, widths, strict=True))
        )
        yield "  ".join(fitted).rstrip()


def machine() -> dict[str, object]:
    """Return what the numbers depend on."""
    return {"python": platform.python_version(), "machine": platform.machine(), "cpus": os.cpu_count()}


def main() -> int:
    """The command line: see the top of this file."""
    parser = argparse.ArgumentParser(description="Run the benchmarks and print one table.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names()))
    parser.add_argument(
        "--json", metavar="FILE", help="write the numbers as JSON too ('-': instead of the table)"
    )
    args = parser.parse_args()
    unknown = sorted(set(args.names) - set(names()))
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)} (there are {', '.join(names())})")
    rows: list[Row] = []
    for name in args.names or names():
        print(f"{name} ...", file=sys.stderr, flush=True)
        rows += import_module(f"bench.bench_{name}").run()
    document = json.dumps({"machine": machine(), "rows": [asdict(row) for row in rows]}, indent=2)
    if args.json == "-":
        print(document)
        return 0
    print("\n".join(table(rows)))
    if args.json:
        Path(args.json).write_text(document + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
