"""Command lines are read as the parsers of each release read them: what starts is no error."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pydynamo_manifests.validate.lint import tables
from pydynamo_manifests.validate.lint.commandline import CommandLine, Token, read

VLLM, SGLANG, TRT, FRONTEND = "dynamo.vllm", "dynamo.sglang", "dynamo.trtllm", "dynamo.frontend"


def line(module: str, release: str, text: str, **env: str | None) -> CommandLine:
    tokens = [Token(word, ("args", i)) for i, word in enumerate(shlex.split(text))]
    return read(module, release, tokens, ("command",), env)


def problems(module: str, release: str, text: str, **env: str | None) -> list[str]:
    return [p.rule for p in line(module, release, text, **env).problems]


FINE = [
    (VLLM, "1.6", "--model m --tensor-parallel-size 2 --enforce-eager"),
    (VLLM, "1.6", "--model=m -tp=2 -pp 2"),
    (VLLM, "1.6", "--model m --max-model 4096"),
    (VLLM, "1.6", "--model m --max_model_len 8k --max-num-batched-tokens 2M"),
    (VLLM, "1.6", "--model m --no-enable-prefix-caching --no_enable_chunked_prefill"),
    (VLLM, "1.6", "--model m --served-model-name a b c --seed 1"),
    (VLLM, "1.6", "--model m -O3"),
    (VLLM, "1.6", "--model m -O 3 --enforce-eager"),
    (VLLM, "1.6", "--model m -O=3"),
    (VLLM, "1.6", "--model m --config /c.yaml"),
    (VLLM, "1.6", "--model m --compilation-config.mode 3 --compilation-config.pass_config.enable_sp=true"),
    (VLLM, "1.6", "--model m --hf-overrides.anything.goes 1"),
    (VLLM, "1.6", "--model m --load-format gms"),
    (VLLM, "1.6", "--model m --seed -1"),
    (VLLM, "1.6", "--model '-a b'"),
    (VLLM, "1.3", "--model m --is-prefill-worker"),
    (VLLM, "0.9", "--model m --is_prefill_worker --connector nixl kvbm"),
    (VLLM, "0.9", "--model m --is-prefill"),
    (SGLANG, "1.6", "--model-path m --tp 4 --dp-size 2"),
    (SGLANG, "1.6", "--model-path m --disaggregation-mode encode"),
    (SGLANG, "1.3", "--model-path m --disaggregation-mode agg"),
    (SGLANG, "0.8", "--model-path m --trust-remote-code"),
    (SGLANG, "1.6", "--config /c.yaml"),
    (TRT, "1.6", "--model-path m --trtllm.kv_cache_config.dtype fp8"),
    (TRT, "1.6", "--model m --publish-events-and-metrics"),
    (TRT, "1.0", "--model m --extra-engine-args /c.yaml"),
    (FRONTEND, "1.6", "--router-mode kv --no-kv-events --http-port 8000"),
    (FRONTEND, "1.6", "--dyn-chat-processor vllm --max-model-len 4096"),
    (FRONTEND, "1.6", "--dyn-chat-processor sglang --tool-call-parser qwen"),
    (FRONTEND, "1.6", "--help"),
    ("dynamo.planner", "1.6", '--config \'{"environment": "kubernetes"}\''),
    ("dynamo.planner.planner_sla", "0.9", "--backend=vllm --adjustment-interval 60"),
    ("dynamo.mocker", "1.6", "--model-path m --speedup-ratio 1.5"),
    ("dynamo.router", "1.6", "--endpoint a.b.c --router-block-size 16"),
    ("dynamo.vllm.omni", "1.6", "--model m --whatever it takes"),
    ("dynamo.tokenspeed", "1.6", "--whatever"),
    (VLLM, "9.9", "--flag-of-the-future x y --switch"),
    ("dynamo.of.tomorrow", "1.6", "--anything"),
]


@pytest.mark.parametrize(("module", "release", "text"), FINE)
def test_what_starts_is_no_problem(module: str, release: str, text: str) -> None:
    assert line(module, release, text).problems == []


WRONG = [
    (VLLM, "1.6", "--modle m", ["FLAG-01"]),
    (VLLM, "1.6", "--is-prefill-worker", ["FLAG-01"]),
    (VLLM, "0.9", "--disaggregation-mode prefill", ["FLAG-01"]),
    (VLLM, "1.6", "--disaggregation-mod prefill", ["FLAG-01"]),
    (VLLM, "1.6", "--endpoint_types chat", ["FLAG-01"]),
    (VLLM, "1.6", "--tp 2", ["FLAG-01"]),
    (VLLM, "1.6", "-tp2", ["FLAG-01"]),
    (VLLM, "1.6", "--max-num 3", ["FLAG-18"]),
    (VLLM, "1.6", "--max-model-len", ["FLAG-11"]),
    (VLLM, "1.6", "--max-model-len --enforce-eager", ["FLAG-11"]),
    (VLLM, "1.6", "--served-model-name", ["FLAG-11"]),
    (VLLM, "1.6", "--enforce-eager true", ["FLAG-12"]),
    (VLLM, "1.6", "--enforce-eager=true", ["FLAG-12"]),
    (VLLM, "1.6", "--no-enable-prefix-caching=1", ["FLAG-12"]),
    (VLLM, "1.6", "--tensor-parallel-size two", ["FLAG-13"]),
    (VLLM, "1.6", "--max-model-len 8.5x", ["FLAG-13"]),
    (VLLM, "1.6", "--gpu-memory-utilization most", ["FLAG-13"]),
    (VLLM, "1.6", "--disaggregation-mode both", ["FLAG-14"]),
    (VLLM, "1.6", "--kv-transfer-config {'a':1}", ["FLAG-15"]),
    (VLLM, "1.6", '--kv-transfer-config \'{"kv_rol": "kv_both"}\'', ["FLAG-17"]),
    (VLLM, "1.6", '--speculative-config \'{"method": "mtp", "tokens": 1}\'', ["FLAG-17"]),
    (VLLM, "1.6", '--speculative-config \'{"method": "guess"}\'', ["FLAG-14"]),
    (VLLM, "1.6", "--compilation-config.no_key 3", ["FLAG-17"]),
    (VLLM, "1.6", '--compilation-config \'{"pass_config": {"enable_sp2": true}}\'', ["FLAG-17"]),
    (VLLM, "1.6", "m --enforce-eager", ["FLAG-19"]),
    (VLLM, "1.6", "'--model m'", ["FLAG-19"]),
    (VLLM, "1.6", "' --model' m --enforce-eager", ["FLAG-19"]),
    (VLLM, "1.6", "--max-model-len 4096 --max-model-len 8192", ["FLAG-16"]),
    (SGLANG, "1.6", "--page-size 16", ["FLAG-20"]),
    (SGLANG, "1.6", "--model-path m --page_size 16", ["FLAG-01"]),
    (SGLANG, "1.6", "--model-path m --cuda-graph-bs 1", ["FLAG-01"]),
    (SGLANG, "1.6", "--model-path m --json-model-override-args '{a}'", ["FLAG-15"]),
    (TRT, "1.6", "--model m --trtllm.kv_cache_config.dtype=fp8", ["FLAG-12"]),
    (TRT, "1.0", "--model m --trtllm.kv_cache_config.dtype fp8", ["FLAG-01"]),
    (TRT, "1.6", "--model m --disaggregation-mode prefill_and_decode", ["FLAG-14"]),
    (FRONTEND, "1.6", "--tool-call-parser qwen", ["FLAG-01"]),
    (FRONTEND, "0.9", "--router-mode direct", ["FLAG-14"]),
    (FRONTEND, "1.4", "--router-reset-states", ["FLAG-01"]),
    ("dynamo.planner", "1.6", "--backend vllm", ["FLAG-01", "FLAG-20"]),
]


@pytest.mark.parametrize(("module", "release", "text", "rules"), WRONG)
def test_what_does_not_start(module: str, release: str, text: str, rules: list[str]) -> None:
    assert problems(module, release, text) == rules


@pytest.mark.parametrize(
    ("module", "release", "text", "message", "hint"),
    [
        (
            VLLM,
            "1.6",
            "--is-prefill-worker",
            "dynamo.vllm of 1.6 has no flag --is-prefill-worker (it existed until 1.3): the start fails",
            "write --disaggregation-mode instead",
        ),
        (
            VLLM,
            "0.8",
            "--enable-elastic-ep",
            "dynamo.vllm of 0.8 has no flag --enable-elastic-ep (it exists since 1.1): the start fails",
            None,
        ),
        (
            VLLM,
            "1.6",
            "--tensor-parallelism 2",
            "dynamo.vllm of 1.6 has no flag --tensor-parallelism: the start fails",
            "did you mean '--tensor-parallel-size'",
        ),
        (VLLM, "1.6", "--seed x", "--seed takes a whole number, not 'x': the start fails", ""),
        (VLLM, "1.6", "a", "'a' is no flag and no flag's value: the parser stops", "take the word out"),
    ],
)
def test_messages(module: str, release: str, text: str, message: str, hint: str | None) -> None:
    problem = line(module, release, text).problems[0]
    assert problem.message == message
    assert hint is None or problem.hint.startswith(hint)


def test_choices_that_a_plug_in_can_widen_are_warnings() -> None:
    found = line(VLLM, "1.6", "--model m --attention-backend MINE").problems
    assert [p.severity for p in found if p.rule == "FLAG-14"] in ([], ["warning"])
    found = line(SGLANG, "1.6", "--model-path m --attention-backend mine").problems
    assert [(p.rule, p.severity) for p in found] == [("FLAG-14", "warning")]


def test_a_key_that_an_old_release_drops_is_a_warning() -> None:
    found = line(VLLM, "0.9", """--kv-transfer-config '{"kv_rol": 1}'""").problems
    assert [(p.rule, p.severity) for p in found] == [("FLAG-17", "warning")]


def tokens(*words: tuple[str, bool, bool] | str) -> list[Token]:
    return [Token(w, ()) if isinstance(w, str) else Token(w[0], (), w[1], w[2]) for w in words]


@pytest.mark.parametrize(
    "words",
    [
        tokens("--max-model-len", ("$N", False, False)),
        tokens("--max-model-len", ("$N", False, True), "more"),
        tokens(("--max-model-len=$N", False, False)),
        tokens(("${ARGS[@]}", False, True), "value", "other"),
        tokens(("$FLAG", False, True), "4096"),
        tokens(("--$NAME", False, False), "4096"),
        tokens("--served-model-name", "a", ("$B", False, False)),
        tokens("--kv-transfer-config", ("$KV", False, False)),
        tokens(("$ALONE", False, False)),
    ],
)
def test_what_a_shell_makes_undecidable_is_not_judged(words: list[Token]) -> None:
    assert read(VLLM, "1.6", words, (), {}).problems == []


def test_a_computed_part_makes_absence_unsure() -> None:
    assert read(SGLANG, "1.6", tokens(("$X", False, True)), (), {}).partial
    assert not line(SGLANG, "1.6", "--model-path m").partial


def test_values_are_read_by_any_spelling() -> None:
    found = line(SGLANG, "1.6", "--model-path m --tp 4")
    assert found.text("--tp-size") == "4"
    assert found.last("--tp-size").spelling == "--tp"  # type: ignore[union-attr]
    assert not found.has("--trust-remote-code")


def test_the_last_one_wins_and_a_negation_is_no_flag() -> None:
    found = line(VLLM, "1.6", "--enable-prefix-caching --no-enable-prefix-caching --seed 1 --seed 2")
    assert not found.has("--enable-prefix-caching")
    assert found.text("--seed") == "2"


def test_the_chat_processor_may_come_from_the_environment() -> None:
    assert problems(FRONTEND, "1.6", "--max-model-len 1", DYN_CHAT_PROCESSOR="vllm") == []
    assert problems(FRONTEND, "1.6", "--max-model-len 1", DYN_CHAT_PROCESSOR=None) == []
    assert problems(FRONTEND, "1.6", "--max-model-len 1") == ["FLAG-01"]


def test_reading_stops_when_everything_is_wrong() -> None:
    found = line(VLLM, "1.6", " ".join(f"--x{i}x" for i in range(5000)))
    assert len(found.problems) == 40
    assert found.partial


WORDS = st.sampled_from(
    [
        "--model",
        "m",
        "--max",
        "-tp",
        "2",
        "--x.y",
        "--kv-transfer-config.a",
        "{}",
        "-",
        "--",
        "--=",
        "-O",
        "-1",
        "",
        "$x",
        "--no-",
        "--tp=",
        " ",
    ]
) | st.text(max_size=8)
MODULES = st.sampled_from([VLLM, SGLANG, TRT, FRONTEND, "dynamo.router", "dynamo.planner", "dynamo.nothing"])


@settings(max_examples=300)
@given(
    MODULES,
    st.sampled_from([*tables.LINES, "0.1"]),
    st.lists(st.tuples(WORDS, st.booleans(), st.booleans()), max_size=8),
)
def test_any_words_are_read(module: str, release: str, words: list[tuple[str, bool, bool]]) -> None:
    made: list[Any] = [Token(text, (i,), known, many) for i, (text, known, many) in enumerate(words)]
    found = read(module, release, made, (), {})
    assert all(p.rule.startswith("FLAG-") and p.message for p in found.problems)


@pytest.mark.parametrize("release", tables.LINES)
def test_every_flag_of_every_release_is_taken(release: str) -> None:
    """Each spelling, with a value that its type takes, is no problem but for what else is required."""
    for name in (VLLM, SGLANG, TRT, FRONTEND, "dynamo.mocker", "dynamo.router"):
        table = tables.module(name, release)
        assert table
        for parser in table.parsers:
            for spelling, (flag, negated) in parser.spellings.items():
                words = [spelling] if negated or flag.takes == "none" else [spelling, *_values(flag)]
                found = read(name, release, [Token(w, ()) for w in words], (), {})
                assert [p for p in found.problems if p.rule != "FLAG-20"] == [], (release, name, spelling)


def _values(flag: tables.Flag) -> list[str]:
    number = {"int": "1", "float": "0.5", "json": "{}", "json|str": "{}"}
    value = flag.choices[0] if flag.choices else number.get(flag.type, "{}" if flag.holds == "json" else "a")
    return [value] * max(1, flag.count)
