"""What no cluster could take is refused where it is typed."""

from __future__ import annotations

import pytest

from pydynamo_manifests import Intent, RequestIntent
from pydynamo_manifests.cli import main
from pydynamo_manifests.errors import InputError

ASK = ["generate", "--backend", "vllm", "--pattern", "agg", "--model", "org/m"]
REQUEST = ["generate", "--request", "--model", "org/m"]
OBJECT = "write the name of an object: lower-case letters, digits and inner '-' or '.', or leave it out"
WORD = "write a name without blanks, or leave it out"

REFUSED = [
    ([*ASK, "--model", "a b"], f"--model 'a b': {WORD}"),
    ([*ASK, "--model", "a\nb"], f"--model 'a\\nb': {WORD}"),
    ([*ASK, "--served-name", ""], f"--served-name '': {WORD}"),
    ([*ASK, "--dynamo", ""], f"--dynamo '': {WORD}"),
    ([*ASK, "--image", "a b"], f"--image 'a b': {WORD}"),
    ([*ASK, "--image-tag", ""], "--image-tag '': write a tag of letters, digits, '.', '_' and '-', such as 1.6.1, or leave it out"),
    ([*ASK, "--image-tag", "a/b"], "--image-tag 'a/b': write a tag of letters, digits, '.', '_' and '-', such as 1.6.1, or leave it out"),
    ([*ASK, "--token-secret", "Bad Name"], "--token-secret 'Bad Name': write the name of an object (lower-case letters, digits and inner '-' or '.'), or empty for none, or leave it out"),
    ([*ASK, "--cache-claim", "Models"], f"--cache-claim 'Models': {OBJECT}"),
    ([*ASK, "--pull-secrets", "ok", "--pull-secrets", ""], f"--pull-secrets '': {OBJECT}"),
    ([*ASK, "--cache-size", "lots"], "--cache-size 'lots': write a size as Kubernetes writes it, such as 500Gi, or leave it out"),
    ([*ASK, "--shared-memory", "16GB"], "--shared-memory '16GB': write a size as Kubernetes writes it, such as 500Gi, or leave it out"),
    ([*ASK, "--model-path", " "], "--model-path ' ': write a path, or leave it out"),
    ([*ASK, "--context-length", "0"], "--context-length 0: a whole number from 1 on"),
    ([*ASK, "--context-length=-5"], "--context-length -5: a whole number from 1 on"),
    ([*ASK, "--node-selector", "a b=c"], "--node-selector: 'a b' is no key of a label, such as nvidia.com/gpu.product"),
    ([*ASK, "--frontend-node-selector", "a=b c"], "--frontend-node-selector: 'b c' is no value of a label: up to 63 letters, digits, '-', '_' and '.'"),
    ([*REQUEST, "--cache-claim", "A"], f"--cache-claim 'A': {OBJECT}"),
    ([*REQUEST, "--gpu", ""], f"--gpu '': {WORD}"),
    ([*REQUEST, "--concurrency", "nan"], "--concurrency nan: a number above 0"),
    ([*REQUEST, "--request-rate", "inf"], "--request-rate inf: a number above 0"),
    ([*REQUEST, "--vram", "nan"], "--vram nan: a number above 0"),
    ([*REQUEST, "--ttft", "nan"], "--ttft nan: milliseconds, a number above 0 such as --ttft 200"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "message"), REFUSED, ids=lambda x: x if isinstance(x, str) else "-")
def test_refused(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert capsys.readouterr() == ("", f"dynamo-manifests: error: {message}\n")


TAKEN = [
    [*ASK, "--registry", "", "--token-secret", "", "--image-tag", "1.6.1-cuda13"],
    [*ASK, "--model", "/models/with-slash", "--model-path", "/my models/x", "--shared-memory", "1.5Gi"],
    [*ASK, "--node-selector", "nvidia.com/gpu.product=NVIDIA-H200", "--node-selector", "a="],
    [*ASK, "--cache-size", "500G", "--cache-storage-class", "fast.ssd", "--pull-secrets", "a-1"],
    [*REQUEST, "--vram", "80000.5", "--request-rate", "0.5", "--isl", "100"],
]


@pytest.mark.parametrize("words", TAKEN)
def test_taken(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0, capsys.readouterr().err


def test_python_is_refused_alike() -> None:
    with pytest.raises(InputError, match="cache_size='lots': write a size as Kubernetes writes it"):
        Intent(backend="vllm", pattern="agg", model="m", cache_size="lots")
    with pytest.raises(InputError, match="cache_claim='A': write the name of an object"):
        RequestIntent(model="m", cache_claim="A")
