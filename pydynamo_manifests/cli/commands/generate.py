"""Compose the values of a graph from a short intent and print them, commented, for helm install -f."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pydynamo_manifests.generate import Composition
    from pydynamo_manifests.generate.options import IntentOption
    from pydynamo_manifests.intent import Intent

EPILOG = """examples:
  dynamo-manifests generate --backend vllm --pattern disagg-router --model Qwen/Qwen3-32B -o values.yaml
  dynamo-manifests generate --backend sglang --pattern agg --model Qwen/Qwen3-32B --nodes 2 --gpus 4
  dynamo-manifests generate --backend vllm --pattern disagg --model Qwen/Qwen3-32B --decode-gpus 2 --explain
  dynamo-manifests generate --list
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare an option for every field of an intent, and what to do with the result."""
    from pydynamo_manifests.generate.options import intent_options

    parser.usage = f"{parser.prog} --backend NAME --pattern NAME --model MODEL [options]"
    parser.add_argument("-o", "--output", metavar="FILE", help="write there instead of to stdout")
    parser.add_argument(
        "--explain", action="store_true", help="say why these values and which pattern fits when"
    )
    parser.add_argument("--list", action="store_true", help="list backends, patterns and releases")
    parser.add_argument(
        "--under", metavar="KEY", help="nest the values for a parent chart: its dependency's name"
    )
    group = parser.add_argument_group("the graph")
    for option in intent_options():
        _add(group, option)


def _add(group: argparse._ArgumentGroup, option: IntentOption) -> None:
    if option.kind == "switch":
        group.add_argument(option.name, dest=option.dest, action="store_const", const=True, help=option.help)
        return
    action = "append" if option.kind in ("list", "map") else "store"
    kind = {"int": int, "float": float}.get(option.kind, str)
    metavar = "KEY=VALUE" if option.kind == "map" else {"int": "N", "float": "SHARE"}.get(option.kind, "TEXT")
    group.add_argument(
        option.name, dest=option.dest, action=action, type=kind, metavar=metavar, help=option.help
    )


def run(args: argparse.Namespace) -> int:
    """Print values, their explanation, or the choices."""
    if args.list:
        from pydynamo_manifests.generate.explain import choices

        return _write(args, "\n".join(choices()) + "\n")
    from pydynamo_manifests.generate import compose, composition
    from pydynamo_manifests.generate.explain import explanation
    from pydynamo_manifests.generate.options import intent_of

    intent = intent_of(vars(args))
    made = composition(intent)
    if args.explain:
        return _write(args, "\n".join(explanation(made)) + "\n")
    compose(intent)  # what does not fit the schema must not be written
    return _write(args, _text(made, intent, args.under))


def _text(made: Composition, intent: Intent, under: str | None) -> str:
    from pydynamo_manifests.generate.explain import headline
    from pydynamo_manifests.generate.options import command_line
    from pydynamo_manifests.generate.text import values_text

    nested = f" --under {under}" if under else ""
    return values_text(made, [f"Composed by: {command_line(intent)}{nested}", headline(made)], under=under)


def _write(args: argparse.Namespace, text: str) -> int:
    from pathlib import Path
    from sys import stdout

    from pydynamo_manifests.errors import InputError

    if args.output in (None, "-"):
        stdout.write(text)
        return 0
    try:
        Path(args.output).write_text(text, encoding="utf-8")
    except OSError as e:
        raise InputError(f"{args.output}: cannot be written: {e.strerror}") from None
    return 0
