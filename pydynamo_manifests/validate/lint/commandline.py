"""A command line of a Dynamo module, read as its own parsers read it.

The parsers are argparse's, one or several in a row: each takes what it knows and leaves the rest to the
next. :func:`read` models what they tolerate (unique prefixes, ``_`` for ``-`` in vLLM's, dotted JSON flags)
and returns the flags with their values, and every problem that would stop the start.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydynamo_manifests.errors import did_you_mean
from pydynamo_manifests.validate.lint import tables
from pydynamo_manifests.validate.lint.history import lifetime, successor
from pydynamo_manifests.validate.lint.line import CommandLine, Problem, Token, Use
from pydynamo_manifests.validate.lint.tables import Flag, Module, Parser
from pydynamo_manifests.validate.lint.values import check_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydynamo_manifests.yaml import Path

__all__ = ["CommandLine", "Problem", "Token", "Use", "read"]

_NUMBER = re.compile(r"-\d+|-\d*\.\d+")
_LEVEL = re.compile(r"-O(\d|=\d)?")
_CONFIG_FILE = Flag("--config")
_ENOUGH = 40
"""Problems after which the rest of a line is not read."""
_HINTED = 5
"""Problems of a line for which the nearest names are looked up, which takes milliseconds."""
_HELP = Flag("--help", takes="none")


def read(
    module: str, line: str, tokens: Sequence[Token], path: Path, environment: Mapping[str, str | None]
) -> CommandLine:
    """Read the arguments of one module as the parsers of a release line do.

    Args:
        module: Such as ``dynamo.vllm``.
        line: Release line such as ``1.6``; of one that was not read, flags are taken as they are written.
        tokens: The arguments after the module's name.
        path: Where the command stands.
        environment: Variables by name, for flags that another flag's default brings in.
    """
    out = CommandLine(module, line, list(tokens), path)
    table = tables.module(module, line) if tables.knows(line) else None
    if table is None:
        out.known = False
        newest = tables.module(module, tables.LINES[-1]) or tables.module(module, "0.9")
        table = newest or Module(module, line, [], open=True)
    _Reader(out, _extended(table, tokens, environment)).read()
    if not out.known:
        out.problems.clear()
    out.words = {word for use in out.uses for word in (use.flag.name, use.spelling)}
    return out


def _extended(table: Module, tokens: Sequence[Token], environment: Mapping[str, str | None]) -> Module:
    """Add the parsers that ``--dyn-chat-processor`` brings into a frontend."""
    if not table.added:
        return table
    chosen = environment.get("DYN_CHAT_PROCESSOR", "")
    for token, following in zip(tokens, [*tokens[1:], None], strict=False):
        name, joined, value = token.text.partition("=")
        if name == "--dyn-chat-processor":
            chosen = value if joined else (following.text if following and following.known else None)
    condition = None if chosen is None else f"--dyn-chat-processor={chosen}"
    return tables.extended(table.name, table.line, condition) or table


class _Reader:
    def __init__(self, out: CommandLine, table: Module) -> None:
        self.out = out
        self.table = table
        self.exact = table.exact
        self.tokens = out.tokens
        self.at = 0
        self.silent = False
        """Stray words may belong to something unknown before them."""
        self.vllm = any(p.underscores for p in table.parsers)

    def read(self) -> None:
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if len(self.out.problems) >= _ENOUGH:
                self.out.partial = True
                break
            hit = self.exact.get(token.text)
            if hit and token.known:
                self._given(Use(hit[0], token.text, token.path, [], hit[1]), token)
            elif token.many:
                self.out.partial = self.silent = True
            elif self._is_option(token):
                self._option(token)
            elif not token.known and not token.text.startswith("-"):
                continue
            else:
                self._stray(token)
        self._required()
        self._repeats()

    def _is_option(self, token: Token) -> bool:
        text = token.text
        if len(text) < 2 or text[0] != "-" or _NUMBER.fullmatch(text):  # noqa: PLR2004 - a dash and a letter
            return False
        blank = text.find(" ")
        return blank < 0 or 0 < text.find("=") < blank

    def _option(self, token: Token) -> None:
        name, joined, value = token.text.partition("=")
        if "$" in name:
            self.out.partial = self.silent = True
            return
        if self._dotted(token, name, joined, value):
            return
        glued = self.exact.get(token.text[:2]) if token.text[1] != "-" and name not in self.exact else None
        if glued and glued[0].takes != "none":
            name, joined, value = token.text[:2], "=", token.text[2:]
        found = self._find(name, token)
        if found is None:
            return
        flag, negated, exact = found
        use = Use(flag, name, token.path, [], negated, exact, bool(joined))
        self._given(use, Token(value, token.path, token.known))

    def _given(self, use: Use, joined: Token) -> None:
        self.out.uses.append(use)
        self.silent = False
        if use.joined:
            self._joined(use, joined)
        elif use.flag.takes != "none" and not use.negated:
            self._values(use)
        self._check(use)

    def _find(self, name: str, token: Token) -> tuple[Flag, bool, bool] | None:
        """Return flag, negation and exactness of a spelling; report one that no parser knows."""
        for parser in self.table.parsers:
            hit = parser.spellings.get(_spelled(parser, name))
            if hit:
                return (*hit, True)
        special = self._special(name)
        return (special, False, True) if special else self._prefixed(name, token)

    def _special(self, name: str) -> Flag | None:
        """Return a flag that is handled before or beside the tables."""
        if name in ("--help", "-h"):
            return _HELP
        if self.vllm and name == "--config":
            return _CONFIG_FILE
        if self.vllm and _LEVEL.fullmatch(name):
            return Flag("--optimization-level", takes="one" if name == "-O" else "none")
        return None

    def _prefixed(self, name: str, token: Token) -> tuple[Flag, bool, bool] | None:
        """Return the flag that an abbreviation means; report one that may mean several, or none."""
        for parser in self.table.parsers:
            short = not name.startswith("--") and token.text != name  # a short one is not cut before "="
            near = parser.starting(_spelled(parser, name)) if parser.prefixes and not short else []
            if len(near) == 1:
                return (*parser.spellings[near[0]], False)
            if near and not tables.history(self.out.module, name):
                message = f"{name} may mean {', '.join(near[:4])}: the parser stops"
                self._problem("FLAG-18", token, message, f"write {near[0]} in full", name)
                self.silent = True
                return None
        self._unknown(name, token)
        return None

    def _unknown(self, name: str, token: Token) -> None:
        self.silent = True
        if self.table.open:
            self.out.partial = True
            return
        module = self.out.module
        message = f"{module} of {self.out.line} has no flag {name}{lifetime(module, name)}: the start fails"
        hint = ""
        if len(self.out.problems) < _HINTED:
            hint = successor(module, self.out.line, name)
        self._problem("FLAG-01", token, message, hint, name)

    def _joined(self, use: Use, value: Token) -> None:
        if use.flag.takes == "none" or use.negated:
            message = f"{use.spelling} is a switch and takes no value: the parser stops"
            self._problem("FLAG-12", value, message, f"write {use.spelling} alone", use.flag.name)
        else:
            use.values = [value]

    def _values(self, use: Use) -> None:
        flag, limit = use.flag, {"one": 1, "optional": 1}.get(use.flag.takes, use.flag.count or 10**6)
        while self.at < len(self.tokens) and len(use.values) < limit:
            token = self.tokens[self.at]
            dashed = token.text.startswith("-") and not token.many
            if dashed and (token.known or "=" in token.text) and self._is_option(token):
                break
            use.values.append(token)
            self.at += 1
            if token.many:
                self.out.partial = self.silent = True
                return
        short = not use.values and flag.takes in ("one", "many") and not flag.empty_ok
        if short or (flag.count and 0 < len(use.values) < flag.count):
            wanted = f"{flag.count} values" if flag.count > 1 else "a value"
            self._problem(
                "FLAG-11",
                use,
                f"{use.spelling} needs {wanted}: the parser stops",
                f"write the value after {use.spelling}",
                flag.name,
            )

    def _stray(self, token: Token) -> None:
        if self.silent:
            return
        before = self.out.uses[-1] if self.out.uses else None
        if self._taken_later(token):
            return
        if before and before.flag.takes == "none" and not before.joined:
            self.silent = True
            message = f"{before.spelling} is a switch; the word {_short(token.text)} after it is refused"
            self._problem("FLAG-12", token, message, f"write {before.spelling} alone", before.flag.name)
        else:
            self.silent = True
            hint = (
                "write flag and value as two items"
                if token.text.lstrip().startswith("-")
                else "take the word out"
            )
            self._problem(
                "FLAG-19",
                token,
                f"{_short(token.text)} is no flag and no flag's value: the parser stops",
                hint,
            )

    def _taken_later(self, token: Token) -> bool:
        """Give a word to the last flag that the last parser sees before it, if that takes any number.

        The parsers before take their flags out of the line, so that the word follows its flag there.
        """
        last = self.table.parsers[-1].spellings if len(self.table.parsers) > 1 else {}
        seen = next(
            (use for use in reversed(self.out.uses) if use.flag.name in last or use.spelling in last), None
        )
        if seen is None or seen is self.out.uses[-1] or seen.flag.takes != "many" or seen.joined:
            return False
        seen.values.append(token)
        self._check_value(seen, token)
        return True

    def _check(self, use: Use) -> None:
        flag = use.flag
        if flag.type != "str" or flag.choices or flag.holds:
            for value in use.values:
                self._check_value(use, value)

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
        if self.table.dotted and name.startswith(self.table.dotted):
            if joined:
                self._problem(
                    "FLAG-12",
                    token,
                    f"{name} takes its value from the next item only",
                    "write two items",
                    name,
                )
            flag = Flag(self.table.dotted.rstrip("."))
        else:
            parser = next((p for p in self.table.parsers if p.underscores), None)
            hit = parser.spellings.get(_spelled(parser, base)) if parser else None
            if not hit or not hit[0].type.startswith("json"):
                return False
            flag = hit[0]
        use = Use(Flag(flag.name), name, token.path, [], joined=bool(joined), dotted=rest)
        self.out.uses.append(use)
        if joined:
            use.values = [Token(value, token.path, token.known)]
        else:
            self._values(use)
        self._dotted_key(flag, use)
        return True

    def _dotted_key(self, flag: Flag, use: Use) -> None:
        known = tables.config(flag.config, self.out.line) if flag.config else None
        key = use.dotted.split(".")[0].rstrip("+")
        if known and known.get("strict") and key not in known["keys"]:
            hint = did_you_mean(key, known["keys"]).removeprefix("; ")
            self._problem("FLAG-17", use, f"{flag.name} has no key {key!r}: the start fails", hint, flag.name)

    def _required(self) -> None:
        given = {use.flag.name for use in self.out.uses}
        if self.out.partial or self.table.open or given & {"--config", "--help"}:
            return
        for name in {name for parser in self.table.parsers for name in parser.required} - given:
            message = f"{self.out.module} needs {name}: the start fails"
            self._problem("FLAG-20", Token("", self.out.path), message, f"add {name}", name)

    def _repeats(self) -> None:
        seen: dict[str, Use] = {}
        for use in self.out.uses:
            if use.flag.append or use.dotted:
                continue
            if use.flag.name in seen and not use.negated:
                message = f"{use.spelling} is given twice; the last one wins"
                self._problem("FLAG-16", use, message, "keep one of them", use.flag.name, "warning")
            seen[use.flag.name] = use

    def _problem(
        self, rule: str, at: Token | Use, message: str, hint: str = "", flag: str = "", severity: str = ""
    ) -> None:
        self.out.problems.append(Problem(rule, at.path, message, hint, severity, flag))


def _spelled(parser: Parser, name: str) -> str:
    return name[:2] + name[2:].replace("_", "-") if parser.underscores and name.startswith("--") else name


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")  # noqa: PLR2004 - one line of a report
