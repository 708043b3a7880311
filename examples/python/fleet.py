"""One values file for each model of a table: python fleet.py FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from pydynamo_manifests import DynamoManifestsError, Intent, compose
from pydynamo_manifests.yaml import dump

FLEET = (
    Intent(backend="vllm", pattern="agg-router", model="Qwen/Qwen3-32B", gpus=2, replicas=4),
    Intent(backend="sglang", pattern="agg", model="Qwen/Qwen3-0.6B"),
    Intent(backend="trtllm", pattern="disagg", model="Qwen/Qwen3-32B", gpus=4, cache_claim="model-cache"),
    Intent(
        backend="vllm", pattern="disagg", model="Qwen/Qwen3-32B", gpus=6, tensor_parallel=4
    ),  # does not fit
)


def main(folder: Path) -> int:
    """Write what can be composed, and say what cannot and why."""
    folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    for intent in FLEET:
        name = f"{intent.model.split('/')[-1].lower()}-{intent.backend}-{intent.pattern}.yaml"
        try:
            values = compose(intent)
        except DynamoManifestsError as error:
            failed += 1
            print(f"{name}: not written: {error}")
            continue
        text = dump(values.model_dump(by_alias=True, exclude_unset=True))
        (folder / name).write_text(text, encoding="utf-8")
        print(f"{name}: written")
    return 1 if failed else 0


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
