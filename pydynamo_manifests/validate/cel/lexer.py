"""Tokens of the Common Expression Language, as its specification defines them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from pydynamo_manifests.validate.cel.errors import CelCompileError
from pydynamo_manifests.validate.cel.values import UInt

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["RESERVED", "Token", "tokens"]

_TOKEN = re.compile(
    r"""
      (?P<space>\s+|//[^\n]*)
    | (?P<string>(?:[rR][bB]?|[bB][rR]?)?(?:'''(?:\\.|[^\\])*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"
        |'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"))
    | (?P<double>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)
    | (?P<int>(?:0x[0-9a-fA-F]+|[0-9]+)[uU]?)
    | (?P<name>[_a-zA-Z][_a-zA-Z0-9]*)
    | (?P<op>\|\||&&|==|!=|<=|>=|\.\?|\[\?|\{\?|[-+*/%!<>?:.,()\[\]{}])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[xX][0-9a-fA-F]{2}|[0-3][0-7]{2}|.)", re.DOTALL)
_SIMPLE = dict(zip("abfnrtv\\?\"'`", "\a\b\f\n\r\t\v\\?\"'`", strict=True))
RESERVED = frozenset(
    {
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    }
)
"""Words that CEL keeps for itself."""


class Token(NamedTuple):
    """One token: its kind, its value, and where it starts."""

    kind: str
    value: Any
    offset: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of an expression and a last one of kind ``end``.

    Raises:
        CelCompileError: A character or literal that is no CEL.
    """
    offset = 0
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None:
            raise CelCompileError(text, offset, f"{text[offset]!r} is no CEL")
        kind = str(match.lastgroup)
        if kind != "space":
            yield Token(kind, _value(kind, match.group(), text, offset), offset)
        offset = match.end()
    yield Token("end", "", offset)


def _value(kind: str, word: str, text: str, offset: int) -> Any:
    if kind == "string":
        return _string(word, text, offset)
    if kind == "double":
        return float(word)
    if kind == "int":
        digits = word.rstrip("uU")
        number = int(digits, 16) if digits.startswith("0x") else int(digits)
        return UInt(number) if digits != word else number
    if kind == "name" and word in RESERVED:
        raise CelCompileError(text, offset, f"{word!r} is a reserved word")
    return word


def _string(word: str, text: str, offset: int) -> str:
    prefix, body = re.fullmatch(r"([rRbB]*)(.*)", word, re.DOTALL).groups()  # type: ignore[union-attr]  # always matches
    if prefix.lower().strip("r"):
        raise CelCompileError(text, offset, "bytes are not supported")
    quote = 3 if body[:3] in ("'''", '"""') else 1
    body = body[quote:-quote]
    if prefix:
        return str(body)

    def unescape(match: re.Match[str]) -> str:
        code = match[1]
        if code in _SIMPLE:
            return _SIMPLE[code]
        if len(code) == 1:
            raise CelCompileError(text, offset, f"\\{code} is no escape")
        return chr(int(code, 8)) if code[0].isdigit() else chr(int(code[1:], 16))

    return _ESCAPE.sub(unescape, body)
