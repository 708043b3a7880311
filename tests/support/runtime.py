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
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from hack.tools import runtime as installed
from tests.support.apiserver import tied
from tests.support.ports import free_ports
from tests.support.tinymodel import write_cache

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType

READY_IN = 30.0
"""Seconds from the first process to the first answer (1.6.1 takes about 1)."""

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


@dataclass
class Process:
    """One replica of a component: its name, whether it is a frontend, its words, its variables."""

    component: str
    command: Sequence[str]
    frontend: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    handle: subprocess.Popen[bytes] | None = None

    def flag(self, name: str) -> str:
        """Return the token after a flag, or nothing."""
        words = list(self.command)
        return words[words.index(name) + 1] if name in words else ""


class Serving:
    """Starts the processes on entry, answers while it is open, stops them on exit.

    Workers come first and must be healthy before a frontend starts: with older releases the other
    order may never get ready.
    """

    def __init__(self, processes: Iterable[Process], release: str = "1.6.1") -> None:
        self.python = runtime_python(release)
        self.processes = list(processes)
        self.frontend = next(process for process in self.processes if process.frontend)
        self.workers = [process for process in self.processes if not process.frontend]
        models = [worker.flag("--model-path") for worker in self.workers]
        self.models = {*models, *(worker.flag("--model-name") for worker in self.workers)} - {""}
        self.model = self.workers[0].flag("--model-name") or models[0]

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="dynamo-manifests-runtime-"))
        (self.folder / "discovery").mkdir()
        for model in self.models:
            write_cache(self.folder / "hf", model)
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
        shutil.rmtree(self.folder, ignore_errors=True)
        return [int(handle.returncode) for handle in handles]

    def _start(self) -> None:
        for process, port in zip(self.processes, free_ports(len(self.processes)), strict=True):
            process.port = port
        for worker in self.workers:
            self._run(worker)
        self._wait(self._workers_are_healthy)
        self._run(self.frontend)
        self._wait(self._model_is_listed)

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
            **given,
            "HF_HOME": str(self.folder / "hf"),
            "HF_HUB_OFFLINE": "1",
            "DYN_NAMESPACE": "tests",
            "DYN_DISCOVERY_BACKEND": "file",
            "DYN_FILE_KV": str(self.folder / "discovery"),
            **dict.fromkeys(LOOPBACK, "127.0.0.1"),
            "DYN_SYSTEM_USE_ENDPOINT_HEALTH_STATUS": '["generate"]',
            "DYN_HTTP_PORT" if process.frontend else "DYN_SYSTEM_PORT": str(process.port),
        }

    def _wait(self, holds: Any) -> None:
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


def processes(graph: Mapping[str, Any], replicas: int = 2) -> list[Process]:
    """Return the processes of a rendered v1beta1 graph: what the main container of each component starts.

    Args:
        graph: a DynamoGraphDeployment.
        replicas: how many of a component at most.
    """
    found: list[Process] = []
    for component in graph["spec"]["components"]:
        (main,) = (c for c in component["podTemplate"]["spec"]["containers"] if c["name"] == "main")
        command = [*main.get("command", []), *map(str, main.get("args", []))]
        env = {variable["name"]: variable["value"] for variable in main.get("env", []) if "value" in variable}
        count = min(component.get("replicas", 1), replicas)
        is_frontend = component["type"] == "frontend"
        found += [Process(component["name"], fast(command), is_frontend, env) for _ in range(count)]
    return found


def fast(command: list[str]) -> list[str]:
    """Return a mocker's words with its simulated delays taken away (0 is as slow as 1 in 1.6.1)."""
    if "dynamo.mocker" not in command:
        return command
    words = [*command, "--speedup-ratio", ""] if "--speedup-ratio" not in command else list(command)
    words[words.index("--speedup-ratio") + 1] = "1000"
    return words
