"""Turn a values file of upstream's dynamo-platform chart into one of ours.

Keys without a counterpart are named on stderr, with the reason; nothing is dropped silently.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

EPILOG = """examples:
  dynamo-manifests migrate-values old.yaml -o values.yaml
  helm get values dynamo-platform -n dynamo-system | dynamo-manifests migrate-values -
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from pydynamo_manifests.cli.inputs import add_output

    parser.add_argument(
        "values",
        nargs="+",
        metavar="FILE",
        help="values files, later ones over earlier ones; - is standard input",
    )
    add_output(parser)


def run(args: argparse.Namespace) -> int:
    """Print the new values; 1 when a key could not be moved."""
    from pydynamo_manifests import yaml
    from pydynamo_manifests.cli.inputs import about, check_paths, write_output
    from pydynamo_manifests.migrate_values import migrate_values
    from pydynamo_manifests.values.load import read_values

    check_paths(*args.values)
    old = read_values(args.values)
    with about(", ".join(args.values)):
        found = migrate_values(old)
    write_output(yaml.dump(found.values), args.output)
    for note in found.notes:
        print(note, file=sys.stderr)
    return 1 if found.notes else 0
