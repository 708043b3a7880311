"""The walk over the tokens of a command line: flags, the values that they take, words that are neither."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydynamo_manifests.errors import did_you_mean
from pydynamo_manifests.validate.lint import tables
from pydynamo_manifests.validate.lint.history import lifetime, successor
from pydynamo_manifests.validate.lint.line import CommandLine, Problem, Token, Use
from pydynamo_manifests.validate.lint.spelling import ambiguous, meaning, spelled
from pydynamo_manifests.validate.lint.tables import Flag, Module
from pydynamo_manifests.validate.lint.values import check_value

if TYPE_CHECKING:
    from pydynamo_manifests.validate.lint.spelling import Meaning

__all__ = ["Reader"]

_NUMBER = re.compile(r"-\d+|-\d*\.\d+")
_ENOUGH = 40
"""Problems after which the rest of a line is not read."""
_HINTED = 5
"""Problems of a line for which the nearest names are looked up, which takes milliseconds."""
_ANY = 10**6
_LIMITS = {"one": 1, "optional": 1}
"""How many values a flag takes at most."""


class Reader:
    """Reads the tokens of a command line into it."""

    def __init__(self, out: CommandLine, table: Module) -> None:
        self.out = out
        self.table = table
        self.tokens = out.tokens
        self.at = 0
        self.silent = False
        """Stray words may belong to something unknown before them."""

    def read(self) -> None:
        """Read every token, or as many as a person would correct at once."""
        exact, tokens = self.table.exact, self.tokens
        while self.at < len(tokens):
            token = tokens[self.at]
            self.at += 1
            if len(self.out.problems) >= _ENOUGH:
                self.out.partial = True
                break
            hit = exact.get(token.text)
            if hit and token.known:
                self._given(Use(hit[0], token.text, token.path, [], hit[1]), token)
            elif token.many:
                self.out.partial = self.silent = True
            elif _is_option(token.text):
                self._option(token)
            elif token.known or token.text.startswith("-"):
                self._stray(token)

    def _option(self, token: Token) -> None:
        name, joined, value = token.text.partition("=")
        if "$" in name:
            self.out.partial = self.silent = True
            return
        if self._dotted(token, name, joined, value):
            return
        exact = self.table.exact
        glued = exact.get(token.text[:2]) if token.text[1] != "-" and name not in exact else None
        if glued and glued[0].takes != "none":
            name, joined, value = token.text[:2], "=", token.text[2:]
        found = self._meaning(name, token)
        if found:
            use = Use(found.flag, name, token.path, [], found.negated, found.exact, bool(joined))
            self._given(use, Token(value, token.path, token.known))

    def _meaning(self, name: str, token: Token) -> Meaning | None:
        """Return what a spelling means; report one that may mean several flags, or none."""
        cut = token.text != name
        found = meaning(self.table, name, cut=cut)
        if found:
            return found
        self.silent = True
        near = ambiguous(self.table, name, cut=cut)
        if near:
            message = f"{name} may mean {', '.join(near[:4])}: the parser stops"
            self._problem("FLAG-18", token, message, f"write {near[0]} in full", name)
        elif self.table.open:
            self.out.partial = True
        else:
            self._unknown(name, token)
        return None

    def _unknown(self, name: str, token: Token) -> None:
        module, line = self.out.module, self.out.line
        message = f"{module} of {line} has no flag {name}{lifetime(module, name)}: the start fails"
        hint = successor(module, line, name) if len(self.out.problems) < _HINTED else ""
        self._problem("FLAG-01", token, message, hint, name)

    def _given(self, use: Use, joined: Token) -> None:
        self.out.uses.append(use)
        self.silent = False
        if use.joined:
            self._joined(use, joined)
        elif use.flag.takes != "none" and not use.negated:
            self._values(use)
        flag = use.flag
        if flag.type != "str" or flag.choices or flag.holds:
            for value in use.values:
                self._check_value(use, value)

    def _joined(self, use: Use, value: Token) -> None:
        if use.flag.takes == "none" or use.negated:
            message = f"{use.spelling} is a switch and takes no value: the parser stops"
            self._problem("FLAG-12", value, message, f"write {use.spelling} alone", use.flag.name)
        else:
            use.values = [value]

    def _values(self, use: Use) -> None:
        flag = use.flag
        limit = _LIMITS.get(flag.takes) or flag.count or _ANY
        while self.at < len(self.tokens) and len(use.values) < limit:
            token = self.tokens[self.at]
            if token.text[:1] == "-" and not token.many:
                seen = token.known or "=" in token.text
                if seen and _is_option(token.text):
                    break
            use.values.append(token)
            self.at += 1
            if token.many:
                self.out.partial = self.silent = True
                return
        short = not use.values and flag.takes in ("one", "many") and not flag.empty_ok
        if short or (flag.count and 0 < len(use.values) < flag.count):
            wanted = f"{flag.count} values" if flag.count > 1 else "a value"
            message = f"{use.spelling} needs {wanted}: the parser stops"
            self._problem("FLAG-11", use, message, f"write the value after {use.spelling}", flag.name)

    def _stray(self, token: Token) -> None:
        if self.silent or self._taken_later(token):
            return
        self.silent = True
        before = self.out.uses[-1] if self.out.uses else None
        if before and before.flag.takes == "none" and not before.joined:
            message = f"{before.spelling} is a switch; the word {_short(token.text)} after it is refused"
            self._problem("FLAG-12", token, message, f"write {before.spelling} alone", before.flag.name)
            return
        message = f"{_short(token.text)} is no flag and no flag's value: the parser stops"
        dashed = token.text.lstrip().startswith("-")
        hint = "write flag and value as two items" if dashed else "take the word out"
        self._problem("FLAG-19", token, message, hint)

    def _taken_later(self, token: Token) -> bool:
        """Give a word to the last flag that the last parser sees before it, if that takes any number.

        The parsers before take their flags out of the line, so that the word follows its flag there.
        """
        uses, parsers = self.out.uses, self.table.parsers
        last = parsers[-1].spellings if len(parsers) > 1 else {}
        seen = next((use for use in reversed(uses) if use.flag.name in last or use.spelling in last), None)
        if seen is None or seen is uses[-1] or seen.flag.takes != "many" or seen.joined:
            return False
        seen.values.append(token)
        self._check_value(seen, token)
        return True

    def _check_value(self, use: Use, value: Token) -> None:
        if value.known and not value.many:
            for found in check_value(use.flag, value.text, self.out.line):
                message = f"{use.spelling} {found.message}"
                self._problem(found.rule, value, message, found.hint, use.flag.name, found.severity)

    def _dotted(self, token: Token, name: str, joined: str, value: str) -> bool:
        """Read ``--json-flag.key value`` of vLLM and ``--trtllm.path value``."""
        base, dot, rest = name.partition(".")
        if not dot or not base.startswith("--"):
            return False
        free = bool(self.table.dotted) and name.startswith(self.table.dotted)
        flag = Flag(self.table.dotted.rstrip(".")) if free else self._json_flag(base)
        if flag is None:
            return False
        if free and joined:
            message = f"{name} takes its value from the next item only"
            self._problem("FLAG-12", token, message, "write two items", name)
        use = Use(Flag(flag.name), name, token.path, [], joined=bool(joined), dotted=rest)
        self.out.uses.append(use)
        if joined:
            use.values = [Token(value, token.path, token.known)]
        else:
            self._values(use)
        self._dotted_key(flag, use)
        return True

    def _json_flag(self, name: str) -> Flag | None:
        """Return vLLM's flag of a name, if it takes JSON."""
        parser = next((p for p in self.table.parsers if p.underscores), None)
        hit = parser.spellings.get(spelled(parser, name)) if parser else None
        return hit[0] if hit and hit[0].type.startswith("json") else None

    def _dotted_key(self, flag: Flag, use: Use) -> None:
        known = tables.config(flag.config, self.out.line) if flag.config else None
        key = use.dotted.split(".")[0].rstrip("+")
        if known and known.get("strict") and key not in known["keys"]:
            hint = did_you_mean(key, known["keys"]).removeprefix("; ")
            self._problem("FLAG-17", use, f"{flag.name} has no key {key!r}: the start fails", hint, flag.name)

    def _problem(
        self, rule: str, at: Token | Use, message: str, hint: str = "", flag: str = "", severity: str = ""
    ) -> None:
        self.out.problems.append(Problem(rule, at.path, message, hint, severity, flag))


def _is_option(text: str) -> bool:
    """Tell whether argparse takes a word for an option: it begins so, is no number and holds no blank."""
    if len(text) < 2 or text[0] != "-" or _NUMBER.fullmatch(text):  # noqa: PLR2004 - a dash and a letter
        return False
    blank = text.find(" ")
    return blank < 0 or 0 < text.find("=") < blank


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")  # noqa: PLR2004 - one line of a report
