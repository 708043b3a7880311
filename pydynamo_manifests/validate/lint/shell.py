"""Reading of simple shell lines: which words a command gets, and which of them nobody can know.

A shell line of a manifest starts a worker after some exports and ``cd``. Its words are read here as POSIX
says, without running anything: a variable with a literal value is filled in, everything else that a shell
computes is a word of unknown text, and one that may become any number of words where it is not quoted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Word", "commands"]

_CONTROL = re.compile(r"(?:^|[;&|\n]\s*)(?:if|for|while|until|case|function)\b")
_NAME = re.compile(r"[A-Za-z_]\w*")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?=)")
_PLAIN = re.compile(r"[^\s'\"\\$`;&|()<>#]+")
_WHOLE = re.compile(r"[^\s'\"\\$`;&|()<>#]+(?=[ \t\n;])")
"""A word without anything that a shell treats in a special way."""
_BLANK = re.compile(r"(?:[ \t\r\f\v]|\\\n)+")
_REDIRECTION = re.compile(r"\d*(?:>>|>\||>&|<&|<>|>|<)&?-?")
_BRACKETS = re.compile(r"[()]")
_SEPARATORS = ";&|()\n"


class Word(NamedTuple):
    """One word of a command."""

    text: str
    known: bool = True
    """The text is what the process will get."""
    many: bool = False
    """It may become any number of words, flags among them."""


def commands(script: str, variables: Mapping[str, str | None]) -> list[list[Word]]:
    """Return the simple commands of a script, each as its words; reading stops where it gets too hard.

    Args:
        script: The text after ``-c``.
        variables: Environment by name, None where the value is unknown.
    """
    return _Reader(script, variables).read()


class _Reader:
    def __init__(self, script: str, variables: Mapping[str, str | None]) -> None:
        self.text = script
        self.at = 0
        self.variables = dict(variables)
        self.literal = not _CONTROL.search(script)
        self.done: list[list[Word]] = []
        self.words: list[Word] = []

    def read(self) -> list[list[Word]]:
        while self.at < len(self.text):
            if blank := _BLANK.match(self.text, self.at):
                self.at = blank.end()
                continue
            if plain := _WHOLE.match(self.text, self.at):
                self.at = plain.end()
                self._take([Word(plain[0])])
                continue
            char = self.text[self.at]
            if char in _SEPARATORS:
                self._end()
                self.at += 1
            elif char == "#":
                self._comment()
            elif self.text.startswith("<<", self.at):
                break
            elif redirection := _REDIRECTION.match(self.text, self.at):
                self.at = redirection.end()
                self._blanks()
                self._word()
            else:
                self._take(self._word())
        self._end()
        return self.done

    def _take(self, words: list[Word]) -> None:
        if not words:
            return
        first = words[0]
        assignment = _ASSIGNMENT.match(first.text)
        if assignment and all(_ASSIGNMENT.match(w.text) or w.text == "export" for w in self.words):
            self._assign(assignment, first)
        self.words += words

    def _assign(self, assignment: re.Match[str], word: Word) -> None:
        name, literal = assignment[1], self.literal and word.known and assignment[2] == "="
        known = literal and name not in self.variables
        self.variables[name] = word.text[assignment.end() :] if known else None
        if self.text[self.at : self.at + 1] == "(":
            self.at = _closing(self.text, self.at)
            self.variables[name] = None

    def _end(self) -> None:
        if self.words:
            self.done.append(self.words)
            self.words = []

    def _comment(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def _blanks(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1

    def _word(self) -> list[Word]:
        """Read one word; an unquoted variable of several words becomes several."""
        out, known, many = [], True, False
        start = self.at
        while self.at < len(self.text):
            char = self.text[self.at]
            if char.isspace() or char in _SEPARATORS or char in "<>":
                break
            if char == "#" and self.at > start:
                piece = self._char()
            elif char == "'":
                piece = Word(self._single())
            elif char == '"':
                piece = self._double()
            elif char == "\\":
                piece = self._escape()
            elif char in "$`":
                piece = self._expansion()
                piece = piece._replace(many=not piece.known or len(piece.text.split()) != 1)
            else:
                piece = self._plain()
            out.append(piece.text)
            known, many = known and piece.known, many or piece.many
        text = "".join(out)
        if many and known and len(out) == 1:
            return [Word(part) for part in text.split()]
        return [Word(text, known, many and not known)]

    def _char(self) -> Word:
        self.at += 1
        return Word(self.text[self.at - 1])

    def _plain(self) -> Word:
        match = _PLAIN.match(self.text, self.at)
        if not match:
            return self._char()
        self.at = match.end()
        return Word(match[0])

    def _single(self) -> str:
        end = self.text.find("'", self.at + 1)
        end = len(self.text) if end < 0 else end
        inner = self.text[self.at + 1 : end]
        self.at = end + 1
        return inner

    def _escape(self) -> Word:
        following = self.text[self.at + 1 : self.at + 2]
        self.at += 2
        return Word("" if following == "\n" else following)

    def _double(self) -> Word:
        out, known, many = [], True, False
        self.at += 1
        while self.at < len(self.text) and self.text[self.at] != '"':
            char = self.text[self.at]
            if char == "\\" and self.text[self.at + 1 : self.at + 2] in ('"', "\\", "$", "`", "\n"):
                piece = self._escape()
            elif char in "$`":
                array = self.text.startswith(("$@", "${@"), self.at) or "[@]" in self._braces()
                piece = self._expansion()._replace(many=array)
            else:
                piece = self._char()
            out.append(piece.text)
            known, many = known and piece.known, many or piece.many
        self.at += 1
        return Word("".join(out), known, many)

    def _braces(self) -> str:
        end = self.text.find("}", self.at) if self.text.startswith("${", self.at) else -1
        return self.text[self.at : end + 1] if end > 0 else ""

    def _expansion(self) -> Word:
        """Read ``$NAME``, ``${...}``, ``$(...)`` or backticks."""
        start = self.at
        if self.text[start] == "`":
            end = self.text.find("`", start + 1)
            self.at = len(self.text) if end < 0 else end + 1
        elif self.text.startswith("$(", start):
            self.at = _closing(self.text, start + 1)
        elif braces := self._braces():
            self.at += len(braces)
            return self._variable(braces[2:-1], braces)
        elif name := _NAME.match(self.text, start + 1):
            self.at = name.end()
            return self._variable(name[0], self.text[start : self.at])
        else:
            self.at = min(start + 2, len(self.text))
            if self.at == start + 1:
                return Word("$")
        return Word(self.text[start : self.at], known=False)

    def _variable(self, name: str, written: str) -> Word:
        value = self.variables.get(name)
        return Word(written, known=False) if value is None else Word(value)


def _closing(text: str, start: int) -> int:
    """Return the index after the parenthesis that closes the one at ``start``."""
    depth = 0
    for bracket in _BRACKETS.finditer(text, start):
        depth += 1 if bracket[0] == "(" else -1
        if depth == 0:
            return bracket.end()
    return len(text)
