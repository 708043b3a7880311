"""Many files, judged by several processes; results come in the order of the files."""

from __future__ import annotations

import gc
import signal
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydynamo_manifests.validate.report import Document
    from pydynamo_manifests.validate.run import Tell
    from pydynamo_manifests.validate.sources import File
    from pydynamo_manifests.validate.target import Target

__all__ = ["judge_files"]

_CHUNK = 64
_COLLECT_AFTER = 50_000
"""Objects between two looks for garbage in circles; trees of documents have none, and each look costs."""
_target: list[tuple[Target, Tell | None]] = []


def judge_files(
    files: Sequence[File], target: Target, jobs: int, tell: Tell | None = None
) -> Iterator[tuple[list[Document], str]]:
    """Yield the documents of each file, and what ``tell`` says of them."""
    chunk = max(1, min(_CHUNK, len(files) // (4 * jobs)))
    _warm(target)
    pool = ProcessPoolExecutor(jobs, initializer=_set_target, initargs=(target, tell))
    try:
        with _interrupts_held():
            results = pool.map(_judge, files, chunksize=chunk)
        yield from results
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep ctrl-C waiting while processes are forked: they leave it to their parent, which gets it then."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _warm(target: Target) -> None:
    """Compile what graphs need before processes are forked, so that they share it."""
    from pydynamo_manifests.validate import admission, lint  # noqa: F401, PLC0415 - only loaded here
    from pydynamo_manifests.validate.judge import judge_of  # noqa: PLC0415 - the same

    kind = target.release.kinds.get("DynamoGraphDeployment")
    for version in kind.served if kind else ():
        judge_of(target.release.version, "DynamoGraphDeployment", version)


def _set_target(target: Target, tell: Tell | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-C is the parent's, which then ends this process
    _target[:] = [(target, tell)]
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)


def _judge(file: File) -> tuple[list[Document], str]:
    from pydynamo_manifests.validate.run import judge_file  # noqa: PLC0415 - imports this module

    target, tell = _target[0]
    return judge_file(file, target, tell=tell)
