"""A target for atheris (libFuzzer): any bytes, judged as a file would be.

python tests/fuzz/fuzz_validate.py -max_total_time=600 CORPUS_FOLDER
"""

from __future__ import annotations

import json
import sys

import atheris

with atheris.instrument_imports(include=["pydynamo_manifests.yaml", "pydynamo_manifests.validate"]):
    from pydynamo_manifests.validate import Target, validate_text
    from pydynamo_manifests.validate.cel import CelCompileError, compile_expression

TARGET = Target.of("1.6.1")


def judge(data: bytes) -> None:
    """Judge bytes as a text; one that begins with '=' is compiled as an expression."""
    text = data.decode("utf-8", "replace")
    if text.startswith("="):
        try:
            compile_expression(text[1:])
        except CelCompileError:
            return
    else:
        json.dumps(validate_text(text, TARGET).to_dict())


if __name__ == "__main__":
    validate_text(
        "apiVersion: nvidia.com/v1beta1\nkind: DynamoGraphDeployment\nmetadata: {name: a}\nspec: {}\n", TARGET
    )
    atheris.Setup(sys.argv, judge)
    atheris.Fuzz()
