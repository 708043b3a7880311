"""The command line of a container, to be edited: plain arguments, or the text of a shell script."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from typing import Any

from pydynamo_manifests.validate.shapes import listed

__all__ = ["Argv"]

_SHELL = re.compile(r"(?:.*/)?(?:ba|da|a|z|k)?sh")
_MODULE = re.compile(r"-m\s+(dynamo\.[\w.]+|planner_sla)\b")
_GAP = r"(?:[ \t]|\\\r?\n)+"
_WORD = r"(?:'[^']*'|\"(?:[^\"\\]|\\.)*\"|(?:[^\s'\"\\;&|]|\\.)+)+"


class Argv:
    """What a container runs. Edits go to the container's own ``command`` and ``args`` at once.

    Args:
        container: The container as a map of YAML.
        default: The command that the operator gives when the container has none.
    """

    def __init__(self, container: dict[str, Any], default: tuple[str, ...] = ()) -> None:
        self.container = container
        self.default = default
        self.script_at = self._find_script()

    def _find_script(self) -> tuple[str, int] | None:
        tokens = self._tokens()
        if not tokens or not _SHELL.fullmatch(tokens[0][2]):
            return None
        for (_, _, text), (key, index, _) in pairwise(tokens[1:]):
            if text.startswith("-") and not text.startswith("--") and "c" in text:
                return key, index
        return None

    def _tokens(self) -> list[tuple[str, int, str]]:
        command, args = (listed(self.container.get(key)) for key in ("command", "args"))
        out = [("command", i, str(text)) for i, text in enumerate(command)]
        out = out or [("", i, text) for i, text in enumerate(self.default)]
        return out + [("args", i, str(text)) for i, text in enumerate(args)]

    @property
    def script(self) -> str | None:
        """The shell script, None when no shell runs."""
        if self.script_at is None:
            return None
        key, index = self.script_at
        return str(self.container[key][index])

    @script.setter
    def script(self, text: str) -> None:
        key, index = self.script_at or ("args", 0)
        self.container[key][index] = text

    @property
    def module(self) -> str | None:
        """The Dynamo module that it starts; the first one of a script."""
        if (script := self.script) is not None:
            found = _MODULE.search(script)
            return found[1] if found else None
        words = [text for _, _, text in self._tokens()]
        for flag, name in pairwise(words):
            if flag == "-m" and (name.startswith("dynamo.") or name == "planner_sla"):
                return name
        return None

    def _places(self, flag: str) -> list[tuple[str, int, str]]:
        found = [t for t in self._tokens() if t[0]]
        return [t for t in found if t[2] == flag or t[2].startswith(f"{flag}=")]

    def _pattern(self, flag: str, *, value: bool) -> re.Pattern[str]:
        tail = rf"(?:=|{_GAP})(?P<value>{_WORD})" if value else r"(?=[\s;&|\\]|$)"
        return re.compile(rf"(?<![\w-]){re.escape(flag)}{tail}")

    def has(self, flag: str) -> bool:
        """Tell whether a flag is written."""
        if (script := self.script) is not None:
            return re.search(rf"(?<![\w-]){re.escape(flag)}(?=[\s=;&|\\]|$)", script) is not None
        return bool(self._places(flag))

    def value(self, flag: str) -> str | None:
        """Return the value that a flag has where it is last written, None without one."""
        if (script := self.script) is not None:
            found = list(self._pattern(flag, value=True).finditer(script))
            return _unquoted(found[-1]["value"]) if found else None
        places = self._places(flag)
        if not places:
            return None
        key, index, text = places[-1]
        if "=" in text:
            return text.partition("=")[2]
        tokens = self.container[key]
        return str(tokens[index + 1]) if index + 1 < len(tokens) else None

    def values(self, flag: str) -> list[str]:
        """Return every value of a flag that takes several, up to the next flag (plain arguments only)."""
        if self.script is not None or not self._places(flag):
            value = self.value(flag)
            return [] if value is None else [value]
        key, index, text = self._places(flag)[-1]
        if "=" in text:
            return [text.partition("=")[2]]
        out: list[str] = []
        for token in self.container[key][index + 1 :]:
            if str(token).startswith("-"):
                break
            out.append(str(token))
        return out

    def rename(self, old: str, new: str) -> None:
        """Write another name, keep the value and the place."""
        if (script := self.script) is not None:
            self.script = re.sub(rf"(?<![\w-]){re.escape(old)}(?=[\s=;&|\\]|$)", new, script)
            return
        for key, index, text in self._places(old):
            self.container[key][index] = new + text[len(old) :]

    def turn(self, old: str, new: str, value: str) -> None:
        """Write a flag with a value where a switch stood."""
        if self.script is not None:
            self.rename(old, f"{new} {value}")
            return
        for key, index, _ in reversed(self._places(old)):
            self.container[key][index : index + 1] = [new, value]

    def start(self, command: list[str], flag: str, value: str) -> None:
        """Start something else, with one flag."""
        self.container["command"] = command
        self.container["args"] = [flag, value]

    def set_value(self, flag: str, value: str) -> None:
        """Give a flag that is written another value."""
        if (script := self.script) is not None:
            quoted = shlex.quote(value)
            self.script = self._pattern(flag, value=True).sub(lambda _: f"{flag} {quoted}", script)
            return
        for key, index, text in self._places(flag):
            if "=" in text:
                self.container[key][index] = f"{flag}={value}"
            else:
                self.container[key][index + 1] = value

    def remove(self, flag: str, values: int = 0) -> None:
        """Take a flag and its values out."""
        if (script := self.script) is not None:
            tail = rf"(?:=|{_GAP}){_WORD}" if values else r"(?=[\s;&|\\]|$)"
            more = rf"(?:{_GAP}{_WORD})" * max(0, values - 1)
            out = re.sub(rf"(?:[ \t]|\\\r?\n[ \t]*)*(?<![\w-]){re.escape(flag)}{tail}{more}", "", script)
            self.script = out
            return
        while places := self._places(flag):
            key, index, text = places[0]
            count = 1 if "=" in text else 1 + values
            del self.container[key][index : index + count]
            if not self.container[key]:
                del self.container[key]

    def add(self, flag: str, value: str | None = None) -> None:
        """Write a flag behind all others; in a script right behind the module."""
        if (script := self.script) is not None:
            text = flag if value is None else f"{flag} {shlex.quote(value)}"
            self.script = _MODULE.sub(lambda m: f"{m[0]} {text}", script, count=1)
            return
        key = "args" if "args" in self.container or "command" not in self.container else "command"
        added = [flag] if value is None else [flag, value]
        self.container[key] = [*listed(self.container.get(key)), *added]


def _unquoted(word: str) -> str:
    try:
        return shlex.split(word)[0] if word else word
    except ValueError:
        return word
