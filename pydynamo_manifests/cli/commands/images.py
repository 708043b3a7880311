"""List every image that values of the platform lead to, for mirroring.

Images that the operator starts itself, and the runtime images that graphs of the release start, are there
too; a digest is shown where one is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

EPILOG = """examples:
  dynamo-manifests images                                    the defaults
  dynamo-manifests images -f values/platform/air-gapped.yaml
  dynamo-manifests images -f mine.yaml --format mirror | while read from to; do skopeo copy docker://$from docker://$to; done
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "-f", "--values", action="append", default=[], metavar="FILE", help="values file; may be repeated"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="one value, typed as Helm does"
    )
    parser.add_argument(
        "--format",
        choices=("list", "table", "json", "mirror"),
        default="list",
        help="one reference a line (default), who starts what, for a program, or 'from to' pairs",
    )


def run(args: argparse.Namespace) -> int:
    """Print the images."""
    import json
    from dataclasses import asdict

    from pydynamo_manifests.images import images
    from pydynamo_manifests.values.platform.load import load_platform, read_platform

    found = images(load_platform(read_platform(args.values, args.set)))
    if args.format == "json":
        print(json.dumps([asdict(image) for image in found], indent=2))
    elif args.format == "table":
        for image in found:
            print(f"{image.by:9} {image.what:40} {image.reference}")
    elif args.format == "mirror":
        for line in sorted({f"{image.source} {image.reference}" for image in found}):
            print(line)
    else:
        for reference in sorted({image.reference for image in found}):
            print(reference)
    return 0
