"""What a container starts: the Dynamo modules in its command, each with its arguments and their paths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pydynamo_manifests.validate.lint.line import Token
from pydynamo_manifests.validate.lint.shell import commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydynamo_manifests.yaml import Path

__all__ = ["Start", "script_of", "starts"]

_PYTHON = re.compile(r"(?:.*/)?python(?:\d+(?:\.\d+)*)?")
_SHELL = re.compile(r"(?:.*/)?(?:ba|da|a|z|k)?sh")
_REFERENCE = re.compile(r"\$?\$\(([A-Za-z_][\w.-]*)\)")
_WITH_VALUE = ("-X", "-W")
_ALIASES = {"planner_sla": "dynamo.planner.planner_sla", "dynamo.vllm.main": "dynamo.vllm"}


class Start(NamedTuple):
    """One ``python3 -m MODULE ...`` of a container."""

    module: str
    arguments: list[Token]
    path: Path
    """The item that names the module."""
    shell: bool
    """It stands in a shell line."""


def starts(
    command: Sequence[str],
    args: Sequence[str],
    variables: Mapping[str, str | None],
    default: tuple[str, ...] = (),
) -> list[Start]:
    """Return every Dynamo module that a container starts, as far as its command says.

    Args:
        command: The container's command.
        args: Its arguments.
        variables: Its environment by name, None where the value is unknown.
        default: Command that the operator gives it when it has none (``/bin/sh -c`` for workers).

    Returns:
        Starts whose paths begin where the container stands.
    """
    tokens = _tokens(command, args, default)
    script = _script(tokens)
    if script is None:
        return list(_modules(_expanded(tokens, variables), shell=False))
    if "dynamo" not in script.text and "planner_sla" not in script.text:
        return []
    found: list[Start] = []
    given = _expanded(tokens[tokens.index(script) + 2 :], variables)
    for words in commands(_filled(script.text, variables), variables):
        line = [t for w in words for t in _given(Token(w.text, script.path, w.known, w.many), given)]
        found += _modules(line, shell=True)  # noqa: S604 - says that the words stand in a shell line; nothing runs
    return found


def _given(word: Token, given: list[Token]) -> list[Token]:
    """Return the words after a script and its name where it says ``"$@"``."""
    return given if word.many and word.text == "$@" else [word]


def script_of(command: Sequence[str], args: Sequence[str], default: tuple[str, ...] = ()) -> Token | None:
    """Return the shell line that a container runs, None when no shell runs it."""
    return _script(_tokens(command, args, default))


def _tokens(command: Sequence[str], args: Sequence[str], default: tuple[str, ...]) -> list[Token]:
    tokens = [Token(text, ("command", i)) for i, text in enumerate(command)]
    if not tokens:
        tokens = [Token(text, ("command",)) for text in default]
    return tokens + [Token(text, ("args", i)) for i, text in enumerate(args)]


def _script(tokens: list[Token]) -> Token | None:
    if not tokens or not _SHELL.fullmatch(tokens[0].text):
        return None
    for index, token in enumerate(tokens[1:-1], 1):
        if token.text[:1] == "-" and token.text[:2] != "--" and "c" in token.text:
            return tokens[index + 1]
    return None


def _filled(text: str, variables: Mapping[str, str | None]) -> str:
    """Fill ``$(NAME)`` in, as the kubelet does before anything starts; unknown and ``$$(NAME)`` stay."""
    if "$(" not in text:
        return text

    def fill(found: re.Match[str]) -> str:
        value = None if found[0].startswith("$$") else variables.get(found[1])
        return found[0] if value is None else value

    return _REFERENCE.sub(fill, text)


def _expanded(tokens: list[Token], variables: Mapping[str, str | None]) -> list[Token]:
    if not any("$" in token.text for token in tokens):
        return tokens
    out = []
    for token in tokens:
        text = _filled(token.text, variables)
        out.append(token._replace(text=text, known="$(" not in text and "${" not in text))
    return out


def _modules(words: list[Token], *, shell: bool) -> Iterator[Start]:
    for index, word in enumerate(words):
        if not _PYTHON.fullmatch(word.text):
            continue
        at = index + 1
        while at < len(words) and words[at].text.startswith("-") and words[at].text != "-m":
            at += 2 if words[at].text in _WITH_VALUE else 1
        if at + 1 >= len(words) or words[at].text != "-m":
            continue
        named = words[at + 1]
        module = _ALIASES.get(named.text, named.text)
        if module.startswith("dynamo."):
            yield Start(module, words[at + 2 :], named.path, shell)
        return
