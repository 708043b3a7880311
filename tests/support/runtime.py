"""A graph as local processes: the real Dynamo runtime with its mocker engine, no cluster and no GPU."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from hack.tools import runtime as installed
from tests.support.apiserver import tied
from tests.support.ports import free_ports
from tests.support.tinymodel import write_cache, write_model
from tests.support.tools import tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType

    from tests.support.processes import Process

READY_IN = 60.0
"""Seconds from the first process to the first answer (1.6.1 takes about 1, 0.9.1 about 3)."""

STOPS_IN = 10.0
"""Seconds that a process has between SIGTERM and SIGKILL."""

LOOPBACK = ("DYN_TCP_RPC_HOST", "DYN_TCP_RESPONSE_STREAM_HOST", "DYN_HTTP_HOST", "DYN_SYSTEM_HOST")
NOT_LOCAL = {"NATS_SERVER", "ETCD_ENDPOINTS", "DYN_DISCOVERY_BACKEND", "DYN_SYSTEM_PORT", "DYN_HTTP_PORT"}
"""Variables that on this machine mean something else, or nothing."""

SETTLES_BY_ITSELF = {404, 500, 503}
"""Answers that the first requests may get for some tenths of a second after the model is listed."""

COUNTER = re.compile(
    r'^dynamo_component_requests_total\{[^}]*dynamo_endpoint="generate".*\} (\S+)$', re.MULTILINE
)


def runtime_python(release: str = "1.6.1") -> Path:
    """Return the interpreter that has the runtime; skip where it is not installed, fail with `CI` set."""
    if installed.stamp(release).exists():
        return installed.python(release)
    message = f"the Dynamo runtime {release} is not installed: run 'make runtime'"
    if os.environ.get("CI"):
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@dataclass(frozen=True)
class Recipe:
    """What the processes of a release need on one machine.

    Attributes:
        env: how they find each other.
        nats: whether they speak through a NATS server.
        by_path: whether a model must be a folder, which is also the name it is served under.
    """

    env: Mapping[str, str]
    nats: bool = False
    by_path: bool = False


RECIPES = {
    "0.9.1": Recipe({"DYN_STORE_KV": "file"}, nats=True, by_path=True),
    "1.6.1": Recipe({"DYN_DISCOVERY_BACKEND": "file"}),
}


class Serving:
    """Starts the processes on entry, answers while it is open, stops them on exit.

    Workers come first and must be healthy before a frontend starts: with older releases the other
    order may never get ready.
    """

    def __init__(self, processes: Iterable[Process], release: str = "1.6.1") -> None:
        self.python, self.recipe = runtime_python(release), RECIPES[release]
        self.processes = list(processes)
        self.frontend = next(process for process in self.processes if process.frontend)
        self.workers = [process for process in self.processes if not process.frontend]
        self._nats: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="dynamo-manifests-runtime-"))
        (self.folder / "discovery").mkdir()
        self._write_models()
        self._deadline = time.monotonic() + READY_IN
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def chat(self, prompt: str, *, max_tokens: int = 8, **more: object) -> dict[str, Any]:
        """Return the answer of `/v1/chat/completions`, asking again while the graph settles."""
        message = {"role": "user", "content": prompt}
        body = {"model": self.model, "messages": [message], "max_tokens": max_tokens, **more}
        limit = time.monotonic() + STOPS_IN
        while True:
            try:
                return dict(self._http(self.frontend, "/v1/chat/completions", body))
            except urllib.error.HTTPError as error:
                if error.code not in SETTLES_BY_ITSELF or time.monotonic() > limit:
                    raise AssertionError(f"{error}: {error.read().decode()}\n{self.last_lines()}") from None
            time.sleep(0.1)

    def served(self) -> list[str]:
        """Return the names that `/v1/models` lists."""
        return [model["id"] for model in self._http(self.frontend, "/v1/models")["data"]]

    def requests(self) -> dict[str, list[int]]:
        """Return how many requests each worker of each component has got."""
        counts: dict[str, list[int]] = {}
        for worker in self.workers:
            found = COUNTER.findall(self._http(worker, "/metrics"))
            counts.setdefault(worker.component, []).append(int(sum(map(float, found))))
        return counts

    def last_lines(self) -> str:
        """Return the end of every log."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {log.stem}\n{log.read_text(errors='replace')[-4000:]}" for log in logs)

    def stop(self) -> list[int]:
        """Ask all processes to end, then insist; return their exit codes."""
        handles = [process.handle for process in self.processes if process.handle]
        for handle in handles:
            handle.terminate()
        limit = time.monotonic() + STOPS_IN
        for handle in handles:
            try:
                handle.wait(timeout=max(limit - time.monotonic(), 0.01))
            except subprocess.TimeoutExpired:
                handle.kill()
                handle.wait()
        if self._nats:
            self._nats.kill()
            self._nats.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        return [int(handle.returncode) for handle in handles]

    def _write_models(self) -> None:
        if self.recipe.by_path:
            write_model(self.folder / "model")
            for worker in self.workers:
                worker.give("--model-path", str(self.folder / "model"))
                worker.give("--model-name", str(self.folder / "model"))
        paths, names = ({worker.flag(f"--model-{w}") for worker in self.workers} for w in ("path", "name"))
        for model in () if self.recipe.by_path else {*paths, *names} - {""}:
            write_cache(self.folder / "hf", model)
        self.model = self.workers[0].flag("--model-name") or self.workers[0].flag("--model-path")

    def _start(self) -> None:
        self._bus, *ports = free_ports(1 + len(self.processes))
        for process, port in zip(self.processes, ports, strict=True):
            process.port = port
        if self.recipe.nats:
            self._start_nats()
        for worker in self.workers:
            self._run(worker)
        self._wait(self._workers_are_healthy)
        self._run(self.frontend)
        self._wait(self._model_is_listed)

    def _start_nats(self) -> None:
        words = ["-js", "-a", "127.0.0.1", "-p", str(self._bus), "-sd", str(self.folder / "nats")]
        with (self.folder / "nats.log").open("wb") as log:
            self._nats = subprocess.Popen([*tied(), tool("nats-server"), *words], stdout=log, stderr=log)
        self._wait(lambda: b"Server is ready" in (self.folder / "nats.log").read_bytes())

    def _run(self, process: Process) -> None:
        count = sum(1 for other in self.processes if other.handle)
        with (self.folder / f"{count}-{process.component}.log").open("wb") as log:
            process.handle = subprocess.Popen(
                [*tied(), *process.command],
                env=self._environment(process),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _environment(self, process: Process) -> dict[str, str]:
        given = {name: value for name, value in process.env.items() if name not in NOT_LOCAL}
        return {
            "PATH": f"{self.python.parent}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),  # the runtime leaves files behind
            **given,
            "HF_HOME": str(self.folder / "hf"),
            "HF_HUB_OFFLINE": "1",
            "DYN_NAMESPACE": "tests",
            **self.recipe.env,
            **({"NATS_SERVER": f"nats://127.0.0.1:{self._bus}"} if self.recipe.nats else {}),
            "DYN_FILE_KV": str(self.folder / "discovery"),
            **dict.fromkeys(LOOPBACK, "127.0.0.1"),
            "DYN_SYSTEM_USE_ENDPOINT_HEALTH_STATUS": '["generate"]',
            "DYN_HTTP_PORT" if process.frontend else "DYN_SYSTEM_PORT": str(process.port),
        }

    def _wait(self, holds: Callable[[], bool]) -> None:
        while not holds():
            dead = [p.component for p in self.processes if p.handle and p.handle.poll() is not None]
            if dead or time.monotonic() > self._deadline:
                what = f"{dead} ended" if dead else f"no answer after {READY_IN:g} s"
                raise AssertionError(f"{what}\n{self.last_lines()}")
            time.sleep(0.05)

    def _workers_are_healthy(self) -> bool:
        with contextlib.suppress(OSError):
            return all(self._http(worker, "/health") is not None for worker in self.workers)
        return False

    def _model_is_listed(self) -> bool:
        with contextlib.suppress(OSError):
            return self.model in self.served()
        return False

    def _http(self, process: Process, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if data else {}
        request = urllib.request.Request(f"http://127.0.0.1:{process.port}{path}", data, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback only
            text = answer.read().decode()
        return json.loads(text) if text.startswith(("{", "[")) else text
