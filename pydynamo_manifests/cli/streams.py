"""Standard streams as every machine needs them: UTF-8 everywhere, and a failed write is an error like others."""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EXIT_PIPE", "guarded", "prepare", "say"]

EXIT_ERROR = 2
EXIT_INTERRUPTED = 130
"""What a shell reports of a program that ctrl-C ended (128 + SIGINT)."""
EXIT_PIPE = 141
"""What a shell reports of a program whose reader went away (128 + SIGPIPE), as of ``yes | head -1``."""


class _Closed(io.TextIOBase):
    """Stands for a standard stream that was closed before the program started."""

    encoding = "utf-8"

    @property
    def buffer(self) -> _Closed:
        return self

    def write(self, *_: object) -> NoReturn:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    def read(self, *_: object) -> NoReturn:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def prepare() -> None:
    """Make the standard streams speak UTF-8, whatever the locale: manifests are UTF-8 in files and pipes alike."""
    sys.stdout = _spoken(sys.stdout, "surrogateescape")
    sys.stderr = _spoken(sys.stderr, "backslashreplace")
    if sys.stdin is None:
        sys.stdin = _Closed()


def _spoken(stream: Any, errors: str) -> Any:
    if stream is None:
        return _Closed()
    if isinstance(stream, io.TextIOWrapper) and (stream.encoding, stream.errors) != ("utf-8", errors):
        stream.reconfigure(encoding="utf-8", errors=errors)
    return stream


def say(message: str) -> None:
    """Write one paragraph to standard error; where nobody can read it, the exit code says enough."""
    with suppress(OSError):
        print(f"dynamo-manifests: error: {message}", file=sys.stderr, flush=True)
        return
    _mute(sys.stderr, 2)


def guarded(work: Callable[[], int]) -> int:
    """Run, write what is still buffered, and return the exit code; what cannot be written or read is told.

    Only what the operating system or a user's key refuses is handled here.
    """
    try:
        code = _code(work)
        sys.stdout.flush()
    except BrokenPipeError:
        _mute(sys.stdout, 1)
        return EXIT_PIPE
    except KeyboardInterrupt:
        _mute(sys.stdout, 1)
        return EXIT_INTERRUPTED
    except OSError as e:
        _mute(sys.stdout, 1)
        say(
            f"{e.filename}: {_reason(e)}"
            if e.filename
            else f"standard output cannot be written: {_reason(e)}"
        )
        return EXIT_ERROR
    return code


def _code(work: Callable[[], int]) -> int:
    """Return an exit code where ``argparse`` raises one after a help text."""
    try:
        return work()
    except SystemExit as e:
        return int(e.code or 0)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def _mute(stream: Any, number: int) -> None:
    """Let a stream's buffer go nowhere: the interpreter flushes it at its end, and would complain again."""
    with suppress(OSError, ValueError, AttributeError):
        if stream.fileno() == number:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, number)
            os.close(nowhere)
