"""A real API server for tests: etcd and kube-apiserver as two processes on loopback, ready in seconds.

No controller, scheduler or kubelet runs: objects are stored and validated as on a cluster, nothing acts
on them, and a namespace is never cleaned up. Use a new namespace for each test.
"""

from __future__ import annotations

import base64
import secrets
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydynamo_manifests.api import crds
from pydynamo_manifests.releases import known_releases
from pydynamo_manifests.releases import release as find_release
from pydynamo_manifests.yaml import dump
from tests.support.client import ApiError, Client
from tests.support.ports import free_ports
from tests.support.tools import tool

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

READY_IN = 60.0
"""Seconds after which a server that does not answer is an error (it takes 3 on an idle machine)."""

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Private keys of the curve P-256 are 1 to this minus 1 (SEC 2, version 2, section 2.4.2)."""

P256_KEY = bytes.fromhex("30310201010420{}a00a06082a8648ce3d030107".replace("{}", "00" * 32))
"""An ECPrivateKey (RFC 5915) of P-256 without its optional public key; bytes 7 to 38 are the number."""


class ApiServer:
    """Starts the two processes on entry and stops them on exit.

    Attributes:
        url: `https://127.0.0.1:PORT`.
        folder: data, keys and logs, removed at the end.
        token: of the administrator (`system:masters`).
        kubeconfig: a file with which kubectl and Helm are the administrator.

    Args:
        users: further users of the token file, name to groups; `client(user)` speaks as one of them.
        flags: further flags of kube-apiserver.
    """

    def __init__(self, users: Mapping[str, Sequence[str]] | None = None, flags: Sequence[str] = ()) -> None:
        self.users = {"admin": ["system:masters"], **(users or {})}
        self.tokens = {user: secrets.token_hex(16) for user in self.users}
        self.flags = flags
        self.url = ""
        self._processes: list[subprocess.Popen[bytes]] = []
        self._served = ""

    @property
    def token(self) -> str:
        return self.tokens["admin"]

    @property
    def certificate(self) -> Path:
        return self.folder / "certificates" / "apiserver.crt"

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="dynamo-manifests-apiserver-"))
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

    def client(self, user: str = "admin") -> Client:
        """Return a client that speaks as one of the users."""
        return Client(self.url, self.tokens[user], self.certificate)

    def serve(self, release: str) -> Client:
        """Let exactly our CRDs of one release be served, and return a client of the administrator.

        What another release left is moved forward, as an upgrade does. Moving back removes the CRDs first,
        with their objects, as a stored version cannot be taken away.

        Args:
            release: of the catalogue; empty for no CRDs of ours.
        """
        order = ["", *known_releases(hidden=True)]
        client, wanted = self.client(), release and find_release(release).version
        if wanted != self._served:
            back = order.index(wanted) < order.index(self._served)
            new = crds(wanted) if wanted else []
            stay = set() if back else {crd["metadata"]["name"] for crd in new}
            old = crds(self._served) if self._served else []
            client.remove_crds([crd for crd in old if crd["metadata"]["name"] not in stay])
            client.install_crds(new)
            self._served = wanted
        return client

    def stop(self) -> None:
        """End both processes, at once as nothing is worth writing down, and remove their folder."""
        for process in reversed(self._processes):
            process.kill()
            process.wait()
        self._processes.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        self._write_secrets()
        store, peer, port = free_ports(3)
        self.url = f"https://127.0.0.1:{port}"
        self._run(*etcd_command(self.folder, store, peer))
        self._run(*apiserver_command(self.folder, store, port), *self.flags)
        self._wait()
        self.kubeconfig.write_text(dump(kubeconfig(self.url, self.certificate, self.token)))

    def _write_secrets(self) -> None:
        lines = [f'{self.tokens[u]},{u},{u},"{",".join(groups)}"' for u, groups in self.users.items()]
        (self.folder / "tokens.csv").write_text("\n".join(lines) + "\n")
        (self.folder / "accounts.key").write_text(private_key())

    def _run(self, program: str, *arguments: str) -> None:
        command = [*tied(), tool(program), *arguments]
        with (self.folder / f"{program}.log").open("wb") as log:
            self._processes.append(
                subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            )

    def _wait(self) -> None:
        limit = time.monotonic() + READY_IN
        while not self._ready():
            dead = next((p for p in self._processes if p.poll() is not None), None)
            if dead or time.monotonic() > limit:
                what = f"exited with {dead.returncode}" if dead else f"not ready after {READY_IN:g} s"
                raise RuntimeError(f"API server: {what}\n{self._last_lines()}")
            time.sleep(0.05)

    def _ready(self) -> bool:
        if not self.certificate.exists():
            return False
        try:
            return bool(self.client().request("GET", "/readyz") == "ok")
        except (ApiError, OSError):
            return False

    def _last_lines(self) -> str:
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in logs)


def etcd_command(folder: Path, port: int, peer: int) -> list[str]:
    """Return the words that start a store which trusts the machine not to lose power."""
    mine, other = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peer}"
    flags = {
        "data-dir": folder / "etcd",
        "listen-client-urls": mine,
        "advertise-client-urls": mine,
        "listen-peer-urls": other,
        "initial-advertise-peer-urls": other,
        "initial-cluster": f"default={other}",
        "log-level": "error",
    }
    return ["etcd", "--unsafe-no-fsync", *(f"--{key}={value}" for key, value in flags.items())]


def apiserver_command(folder: Path, store: int, port: int) -> list[str]:
    """Return the words that start an API server with RBAC, a token file and service account tokens."""
    flags = {
        "etcd-servers": f"http://127.0.0.1:{store}",
        "bind-address": "127.0.0.1",
        "advertise-address": "127.0.0.1",
        "secure-port": port,
        "cert-dir": folder / "certificates",
        "token-auth-file": folder / "tokens.csv",
        "authorization-mode": "RBAC",
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-key-file": folder / "accounts.key",
        "service-account-signing-key-file": folder / "accounts.key",
        "service-cluster-ip-range": "10.0.0.0/24",
        "endpoint-reconciler-type": "none",
        "enable-priority-and-fairness": "false",
    }
    return ["kube-apiserver", *(f"--{key}={value}" for key, value in flags.items())]


def kubeconfig(url: str, certificate: Path, token: str) -> dict[str, object]:
    """Return the kubeconfig of one user of one server."""
    authority = base64.b64encode(certificate.read_bytes()).decode()
    cluster = {"server": url, "certificate-authority-data": authority}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": "test", "user": {"token": token}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
        "current-context": "test",
    }


def private_key() -> str:
    """Return a new P-256 key as PEM: what signs the tokens of service accounts."""
    number = secrets.randbelow(P256_ORDER - 1) + 1
    der = P256_KEY[:7] + number.to_bytes(32, "big") + P256_KEY[39:]
    lines = base64.encodebytes(der).decode()
    return f"-----BEGIN EC PRIVATE KEY-----\n{lines}-----END EC PRIVATE KEY-----\n"


def tied() -> list[str]:
    """Return the words before a command that let it die with its parent, where the machine has them."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL"] if setpriv else []
