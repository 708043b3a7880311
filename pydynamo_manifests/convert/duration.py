"""Go's durations in the one text that Go writes for them: ``90s`` is ``1m30s``."""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, Decimal
from typing import Any

from pydynamo_manifests.errors import ConversionError

__all__ = ["canonical_duration"]

_UNITS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_PART = r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)"
_WHOLE = re.compile(rf"([+-]?)((?:{_PART})+|0)", re.ASCII)
_SMALL = ((10**3, "ns"), (10**6, "µs"), (10**9, "ms"))
_LARGEST = 2**63 - 1


def canonical_duration(value: Any) -> str:
    """Return the text that Go writes for a duration.

    Source: ParseDuration and Duration.String of Go's package time.

    Raises:
        ConversionError: Go cannot read the text, so that the operator refuses the whole object.
    """
    found = _WHOLE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ConversionError(f"{value!r} is no duration; write one such as 500ms, 30s or 1m30s")
    parts = re.findall(_PART, found[2])
    total = sum(int((Decimal(n) * _UNITS[unit]).to_integral_value(ROUND_DOWN)) for n, unit in parts)
    if total > _LARGEST:
        raise ConversionError(f"{value!r} is too long for a duration")
    return ("-" if found[1] == "-" and total else "") + _text(total)


def _text(total: int) -> str:
    if total == 0:
        return "0s"
    for limit, unit in _SMALL:
        if total < limit:
            return f"{_fraction(total, limit // 1000)}{unit}"
    minutes, rest = divmod(total, 60 * 10**9)
    hours, left = divmod(minutes, 60)
    seconds = f"{_fraction(rest, 10**9)}s"
    if not minutes:
        return seconds
    return f"{hours}h{left}m{seconds}" if hours else f"{left}m{seconds}"


def _fraction(amount: int, unit: int) -> str:
    whole, rest = divmod(amount, unit)
    digits = str(rest).rjust(len(str(unit)) - 1, "0").rstrip("0")
    return f"{whole}.{digits}" if rest else str(whole)
