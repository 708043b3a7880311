"""Compose the values of a graph, or of a request for one, and print them, commented, for helm install -f."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from pydynamo_manifests.generate import Composition
    from pydynamo_manifests.generate.options import IntentOption
    from pydynamo_manifests.intent import Intent
    from pydynamo_manifests.requests import RequestComposition, RequestIntent

EPILOG = """examples:
  dynamo-manifests generate --backend vllm --pattern disagg-router --model Qwen/Qwen3-32B -o values.yaml
  dynamo-manifests generate --backend sglang --pattern agg --model Qwen/Qwen3-32B --nodes 2 --gpus 4
  dynamo-manifests generate --backend vllm --pattern disagg --model Qwen/Qwen3-32B --decode-gpus 2 --explain
  dynamo-manifests generate --backend vllm --pattern disagg-planner --model Qwen/Qwen3-32B --ttft 300 --itl 20
  dynamo-manifests generate --request --model Qwen/Qwen3-32B --gpu h200_sxm --gpus 8 --ttft 300 --itl 20
  dynamo-manifests generate --list
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare an option for every field of an intent, and what to do with the result."""
    from pydynamo_manifests.generate.options import intent_options, request_options

    parser.usage = (
        f"{parser.prog} --backend NAME --pattern NAME --model MODEL [options]\n"
        f"       {parser.prog} --request --model MODEL [options]"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="write there instead of to stdout")
    parser.add_argument(
        "--explain", action="store_true", help="say why these values and which pattern fits when"
    )
    parser.add_argument("--list", action="store_true", help="list backends, patterns and releases")
    parser.add_argument(
        "--under",
        metavar="KEY",
        type=_dependencies,
        default=(),
        help="nest the values for a parent chart: the name or alias of its dependency; A.B for one inside another",
    )
    parser.add_argument(
        "--request",
        action="store_true",
        help="write a request: Dynamo profiles the model and finds the graph",
    )
    group = parser.add_argument_group("the graph")
    known = set()
    for option in intent_options():
        known.add(option.dest)
        _add(group, option)
    shared = " ".join(sorted(o.name for o in request_options() if o.dest in known and o.kind != "switch"))
    group = parser.add_argument_group("the request, with --request", f"It takes these too: {shared}.")
    for option in request_options():
        if option.dest not in known:
            _add(group, option)


def _add(group: argparse._ArgumentGroup, option: IntentOption) -> None:
    if option.kind == "switch":
        group.add_argument(option.name, dest=option.dest, action="store_const", const=True, help=option.help)
        return
    action = "append" if option.kind in ("list", "map") else "store"
    kinds: dict[str, Callable[[str], object]] = {"int": int, "float": float, "ms": _milliseconds}
    kind = kinds.get(option.kind, str)
    words = {"int": "N", "float": "NUMBER", "ms": "MS", "map": "KEY=VALUE"}
    metavar = words.get(option.kind, "TEXT")
    group.add_argument(
        option.name, dest=option.dest, action=action, type=kind, metavar=metavar, help=option.help
    )


def _dependencies(text: str) -> tuple[str, ...]:
    """Return the names in ``A.B``; what Helm takes as no name of a dependency is refused."""
    from argparse import ArgumentTypeError
    from re import fullmatch

    names = tuple(text.split("."))
    if not all(fullmatch(r"[A-Za-z0-9_-]+", name) for name in names):
        raise ArgumentTypeError(
            f"{text!r}: a dependency's name or alias has letters, digits, '-' and '_', and a dot stands between two "
            "names; write --under qwen, or --under product.qwen"
        )
    return names


def _milliseconds(text: str) -> float:
    """Return a latency; a unit is refused with the number to write."""
    from argparse import ArgumentTypeError
    from re import fullmatch

    try:
        return float(text)
    except ValueError:
        said = fullmatch(r"([\d.]+)\s*(ms|s|us|µs)", text)
        scale = {"ms": 1, "s": 1000, "us": 0.001, "µs": 0.001}
        hint = f"; write {float(said[1]) * scale[said[2]]:g}" if said and said[1].count(".") < 2 else ""  # noqa: PLR2004 - one point in a number
        raise ArgumentTypeError(f"{text!r}: milliseconds, a number without its unit{hint}") from None


def run(args: argparse.Namespace) -> int:
    """Print values, their explanation, or the choices."""
    if args.list:
        from pydynamo_manifests.generate.explain import choices

        return _write(args, "\n".join(choices()) + "\n")
    if args.request:
        return _request(args)
    from pydynamo_manifests.generate import compose, composition
    from pydynamo_manifests.generate.explain import explanation, headline
    from pydynamo_manifests.generate.options import intent_of

    intent = intent_of(vars(args))
    made = composition(intent)
    if args.explain:
        return _write(args, "\n".join(explanation(made)) + "\n")
    compose(intent)  # what does not fit the schema must not be written
    return _write(args, _text(made, headline(made), intent, args.under))


def _request(args: argparse.Namespace) -> int:
    from pydynamo_manifests.generate import compose
    from pydynamo_manifests.generate.options import request_of
    from pydynamo_manifests.requests import request_composition

    intent = request_of(vars(args))
    made = request_composition(intent)
    if args.explain:
        reasons = [f"  {'.'.join(path)}: {words}" for path, words in made.notes.items()]
        return _write(args, "\n".join([made.headline, "", "Why these values:", *reasons]) + "\n")
    compose(intent)
    return _write(args, _text(made, made.headline, intent, args.under))


def _text(
    made: Composition | RequestComposition,
    headline: str,
    intent: Intent | RequestIntent,
    under: tuple[str, ...],
) -> str:
    from pydynamo_manifests.generate.options import command_line
    from pydynamo_manifests.generate.text import values_text

    nested = f" --under {'.'.join(under)}" if under else ""
    return values_text(made, [f"Composed by: {command_line(intent)}{nested}", headline], under=under)


def _write(args: argparse.Namespace, text: str) -> int:
    from pydynamo_manifests.cli.inputs import write_output

    write_output(text, args.output)
    return 0
