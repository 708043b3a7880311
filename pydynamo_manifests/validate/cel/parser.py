"""From text to a tree: the grammar of the Common Expression Language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from pydynamo_manifests.validate.cel.errors import CelCompileError
from pydynamo_manifests.validate.cel.lexer import Token, tokens

__all__ = ["Call", "Conditional", "Index", "ListOf", "Literal", "MapOf", "Name", "Node", "Select", "parse"]

MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression and where it starts."""

    offset: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, text, boolean or null."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable."""

    name: str


@dataclass(frozen=True, slots=True)
class Select(Node):
    """``target.field`` or ``target.?field``."""

    target: Node
    field: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Index(Node):
    """``target[key]`` or ``target[?key]``."""

    target: Node
    key: Node
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Call(Node):
    """``function(arguments)``, ``target.function(arguments)``, or an operator by its sign."""

    function: str
    target: Node | None
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    """``test ? yes : no``."""

    test: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    """``[a, ?b]``; the flags say which items are optional."""

    items: tuple[tuple[Node, bool], ...]


@dataclass(frozen=True, slots=True)
class MapOf(Node):
    """``{k: v, ?k: v}``; the flags say which entries are optional."""

    entries: tuple[tuple[Node, Node, bool], ...]


_WORDS = {"true": True, "false": False, "null": None}
_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"||"}),
    frozenset({"&&"}),
    frozenset({"==", "!=", "<", "<=", ">", ">=", "in"}),
    frozenset({"+", "-"}),
    frozenset({"*", "/", "%"}),
)
"""Binary operators from the loosest to the tightest, all grouping to the left."""


def parse(text: str) -> Node:
    """Return the tree of an expression.

    Raises:
        CelCompileError: The text is no expression.
    """
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(tokens(text))
        self.at = 0
        self.depth = 0

    def whole(self) -> Node:
        node = self.expression()
        if self.token.kind != "end":
            self.fail(f"{self.token.value!r} is not expected here")
        return node

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def fail(self, problem: str) -> NoReturn:
        raise CelCompileError(self.text, self.token.offset, problem)

    def take(self, *operators: str) -> str | None:
        token = self.token
        if token.kind in ("op", "name") and token.value in operators:
            self.at += 1
            return str(token.value)
        return None

    def expect(self, operator: str) -> None:
        if not self.take(operator):
            self.fail(f"{operator!r} is expected here")

    def name(self) -> str:
        token = self.token
        if token.kind != "name":
            self.fail("a name is expected here")
        self.at += 1
        return str(token.value)

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail("nested too deeply")
        offset = self.token.offset
        node = self.binary(0)
        if self.take("?"):
            yes = self.binary(0)
            self.expect(":")
            node = Conditional(offset, node, yes, self.expression())
        self.depth -= 1
        return node

    def binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self.unary()
        offset = self.token.offset
        node = self.binary(level + 1)
        while operator := self.take(*_LEVELS[level]):
            node = Call(offset, operator, None, (node, self.binary(level + 1)))
        return node

    def unary(self) -> Node:
        offset = self.token.offset
        signs = []
        while sign := self.take("!", "-"):
            signs.append(sign)
        node = self.member()
        for sign in reversed(signs):
            negative = sign == "-" and isinstance(node, Literal) and type(node.value) in (int, float)
            node = Literal(offset, -node.value) if negative else Call(offset, f"{sign}_", None, (node,))  # type: ignore[attr-defined]  # a Literal here
        return node

    def member(self) -> Node:
        node = self.primary()
        while sign := self.take(".", ".?", "[", "[?"):
            offset = self.token.offset
            if sign in ("[", "[?"):
                node = Index(offset, node, self.expression(), sign == "[?")
                self.expect("]")
                continue
            field = self.name()
            if sign == "." and self.take("("):
                node = Call(offset, field, node, self.arguments())
            else:
                node = Select(offset, node, field, sign == ".?")
        return node

    def primary(self) -> Node:
        token = self.token
        if token.kind in ("string", "int", "double"):
            self.at += 1
            return Literal(token.offset, token.value)
        if self.take("("):
            node = self.expression()
            self.expect(")")
            return node
        if sign := self.take("[", "[?"):
            return self.items(token.offset, first_optional=sign == "[?")
        if sign := self.take("{", "{?"):
            return self.entries(token.offset, first_optional=sign == "{?")
        return self.named()

    def named(self) -> Node:
        offset = self.token.offset
        name = self.name()
        if name in _WORDS:
            return Literal(offset, _WORDS[name])
        return Call(offset, name, None, self.arguments()) if self.take("(") else Name(offset, name)

    def arguments(self) -> tuple[Node, ...]:
        out: list[Node] = []
        while not self.take(")"):
            if out:
                self.expect(",")
            out.append(self.expression())
        return tuple(out)

    def items(self, offset: int, *, first_optional: bool) -> Node:
        out: list[tuple[Node, bool]] = []
        while first_optional or not self.take("]"):
            optional = first_optional or self.take("?") is not None
            first_optional = False
            out.append((self.expression(), optional))
            if not self.take(",") and self.token.value != "]":
                self.fail("',' or ']' is expected here")
        return ListOf(offset, tuple(out))

    def entries(self, offset: int, *, first_optional: bool) -> Node:
        out: list[tuple[Node, Node, bool]] = []
        while first_optional or not self.take("}"):
            optional = first_optional or self.take("?") is not None
            first_optional = False
            key = self.expression()
            self.expect(":")
            out.append((key, self.expression(), optional))
            if not self.take(",") and self.token.value != "}":
                self.fail("',' or '}' is expected here")
        return MapOf(offset, tuple(out))
