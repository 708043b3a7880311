"""What a repository of graphs runs: python survey.py FOLDER. One line for each DynamoGraphDeployment."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydynamo_manifests import DynamoManifestsError, import_, validate
from pydynamo_manifests.yaml import load_all

if TYPE_CHECKING:
    from collections.abc import Iterator


def graphs(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield every graph below a folder, with its file."""
    for file in sorted(folder.rglob("*.yaml")):
        try:
            documents = load_all(file.read_text(encoding="utf-8"), str(file))
        except DynamoManifestsError as error:
            print(f"{file}: {error}", file=sys.stderr)
            continue
        yield from ((file, d) for d in documents if (d or {}).get("kind") == "DynamoGraphDeployment")


def main(folder: Path) -> int:
    """Print name, model, GPUs and the number of errors of each graph."""
    for file, graph in graphs(folder):
        values = import_(graph)
        workers = filter(None, (values.components or {}).values())
        gpus = sum(
            (c.gpus or 0) * (c.nodes or 1) * (1 if c.replicas is None else c.replicas) for c in workers
        )
        model = values.model.name if values.model else None
        errors = sum(f.severity == "error" for f in validate([graph]).findings)
        print(f"{graph['metadata']['name']:12} {model or '?':20} {gpus:3} GPUs  {errors} errors  {file.name}")
    return 0


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
