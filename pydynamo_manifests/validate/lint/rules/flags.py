"""Command lines: every flag of every Dynamo module against the parsers of its release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydynamo_manifests.validate.lint.examples import example, frontend, part
from pydynamo_manifests.validate.lint.registry import Example, Found, declare, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydynamo_manifests.validate.lint.line import CommandLine, Problem
    from pydynamo_manifests.validate.lint.parts import Part
    from pydynamo_manifests.validate.lint.scene import Scene

_SOURCE = "the parsers of the published wheels (dynamo.*, vLLM, SGLang), dumped option by option"
_VLLM = "dynamo.vllm --model Qwen/Qwen3-0.6B"

_SPECIFIC = {
    ("FLAG-01", "dynamo.vllm", "--is-prefill-worker"): "ROLE-02",
    ("FLAG-01", "dynamo.vllm", "--is-decode-worker"): "ROLE-02",
    ("FLAG-01", "dynamo.vllm", "--disaggregation-mode"): "ROLE-03",
    ("FLAG-01", "dynamo.trtllm", "--disaggregation-strategy"): "ROLE-05",
    ("FLAG-14", "dynamo.trtllm", "--disaggregation-mode"): "ROLE-06",
    ("FLAG-14", "dynamo.vllm", "--disaggregation-mode"): "ROLE-09",
    ("FLAG-14", "dynamo.sglang", "--disaggregation-mode"): "ROLE-09",
    ("FLAG-14", "dynamo.frontend", "--router-mode"): "RT-01",
    ("FLAG-01", "dynamo.vllm", "--migration-limit"): "MIG-01",
    ("FLAG-01", "dynamo.sglang", "--migration-limit"): "MIG-01",
    ("FLAG-01", "dynamo.trtllm", "--migration-limit"): "MIG-01",
}
_SPECIFIC |= {
    ("FLAG-14", module, f"--{plane}-plane"): "PLANE-04"
    for module in ("dynamo.frontend", "dynamo.vllm", "dynamo.sglang", "dynamo.trtllm", "dynamo.mocker")
    for plane in ("request", "response", "event")
}
"""Problems that have a rule of their own, by rule, module and flag."""
_LATER_WORDS = {"encode", "pd", "agg"}


def _worker(line: str) -> Example:
    return example(frontend(), part("worker", "worker", line))


@rule(
    "FLAG-01",
    "error",
    "a flag that the release's parser does not know",
    effect="the process prints its usage and stops, and the pod restarts for ever",
    hint="take it out, or write its name of this release",
    source=_SOURCE,
    when=("refused",),
    bad=_worker(f"{_VLLM} --max-modellen 4096"),
    good=_worker(f"{_VLLM} --max-model-len 4096"),
)
def command_lines(scene: Scene) -> Iterator[Found]:
    """Report what the parsers of each container's release would refuse."""
    for p in scene.parts:
        for container, line in p.all_lines():
            for problem in line.problems:
                yield _found(p, line, problem)._replace(where=(*container.path, *problem.path))


def _found(p: Part, line: CommandLine, problem: Problem) -> Found:
    code = _SPECIFIC.get((problem.rule, line.module, problem.flag), problem.rule)
    if code == "ROLE-09" and not _LATER_WORDS & set(problem.message.split("'")):
        code = problem.rule
    lenient = p.variant and problem.rule in ("FLAG-01", "FLAG-14", "FLAG-17", "FLAG-19")
    severity = "warning" if lenient else problem.severity
    hint = problem.hint if code == problem.rule else ""
    return Found(problem.path, problem.message, hint, severity, code)


@rule(
    "FLAG-02",
    "warning",
    "a flag that will go",
    effect="it works in this release and stops a later one",
    hint="write its new name",
    source=_SOURCE,
    when=("outdated",),
    bad=example(frontend("--router-queue-threshold 4")),
    good=example(frontend("--router-mode kv")),
)
def deprecated_flags(scene: Scene) -> Iterator[Found]:
    """Report flags and spellings that their parser marks as deprecated."""
    for p in scene.parts:
        for container, line in p.all_lines():
            for use in line.outdated:
                flag = use.flag
                old = use.spelling in flag.old_aliases
                new = flag.name if old else flag.use
                gone = f", it goes with {flag.removed_in}" if flag.removed_in else ""
                ignored = " and ignored" if flag.effect == "ignored" else ""
                word = "an old spelling" if old else f"deprecated{ignored}"
                message = f"{use.spelling} is {word} in {line.line}{gone}"
                where = (*container.path, *use.path)
                yield Found(where, message, f"write {new}" if new else "", "info" if old else "")


def _declare(code: str, title: str, bad: str, good: str, **words: str) -> None:
    severity = words.pop("severity", "error")
    effect = words.pop("effect", "the parser stops and the pod restarts for ever")
    examples = {"bad": _worker(bad), "good": _worker(good)}
    declare(code, severity, title, effect=effect, source=_SOURCE, **words, **examples)  # type: ignore[arg-type]


_declare(
    "FLAG-11",
    "a flag without its value",
    f"{_VLLM} --max-model-len --enforce-eager",
    f"{_VLLM} --max-model-len 4096 --enforce-eager",
    hint="write the value as the next item",
)
_declare(
    "FLAG-12",
    "a value behind a switch",
    f"{_VLLM} --enforce-eager true",
    f"{_VLLM} --enforce-eager",
    hint="write the switch alone; --no-... turns it off where the parser has it",
)
_declare(
    "FLAG-13",
    "a value of the wrong type",
    f"{_VLLM} --tensor-parallel-size two",
    f"{_VLLM} --tensor-parallel-size 1",
    hint="write a number",
)
_declare(
    "FLAG-14",
    "a value outside the flag's words",
    "dynamo.sglang --model-path Qwen/Qwen3-0.6B --schedule-policy fastest",
    "dynamo.sglang --model-path Qwen/Qwen3-0.6B --schedule-policy lpm",
    hint="write one of the flag's words",
)
_declare(
    "FLAG-15",
    "JSON that does not parse",
    f"{_VLLM} --kv-events-config \"{{'enable_kv_cache_events': true}}\"",
    f"{_VLLM} --kv-events-config '{{\"enable_kv_cache_events\": true}}'",
    hint="write JSON: double quotes around keys and texts",
)
_declare(
    "FLAG-16",
    "the same flag twice",
    f"{_VLLM} --max-model-len 4096 --max-model-len 8192",
    f"{_VLLM} --max-model-len 8192",
    hint="keep one of them",
    severity="warning",
    effect="the last one wins, without a word",
)
_declare(
    "FLAG-17",
    "a key that the JSON of a flag does not have",
    f"{_VLLM} --kv-events-config '{{\"enable_kv_events\": true}}'",
    f"{_VLLM} --kv-events-config '{{\"enable_kv_cache_events\": true}}'",
    hint="write one of its keys",
)
_declare(
    "FLAG-18",
    "an abbreviation that may mean several flags",
    f"{_VLLM} --max-num 4096",
    f"{_VLLM} --max-num-seqs 4096",
    hint="write the flag in full",
)
_declare(
    "FLAG-19",
    "a word that is no flag and no value",
    f"{_VLLM} '--max-model-len 4096'",
    f"{_VLLM} --max-model-len 4096",
    hint="write flag and value as two items",
)
_declare(
    "FLAG-20",
    "a flag is missing that the module cannot do without",
    "dynamo.sglang --page-size 16",
    "dynamo.sglang --page-size 16 --model-path Qwen/Qwen3-0.6B",
    hint="add it",
)
