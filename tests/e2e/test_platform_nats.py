from __future__ import annotations

import socket
import subprocess
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.platform import HOME, only, platform
from tests.support.ports import free_ports
from tests.support.tools import tool

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow
SECRET = {"username": "dynamo", "password": "s3cret-X", "token": "t0ken_y"}


def written(tmp_path: Path, **server: Any) -> tuple[Path, dict[str, str]]:
    """Write the chart's configuration where this machine can read it; return it and its variables."""
    sets = {f"nats.server.{key.replace('__', '.')}": value for key, value in server.items()}
    objects = platform(sets={"nats.mode": "builtIn", **sets})
    text = only(objects, "ConfigMap", "nats")["data"]["nats.conf"]
    for path in ("/data", "/etc/nats-tls", "/tmp/nats.pid"):  # noqa: S108 - paths of the container
        text = text.replace(path, str(tmp_path / Path(path).name))
    path = tmp_path / "nats.conf"
    path.write_text(text)
    container = only(objects, "StatefulSet")["spec"]["template"]["spec"]["containers"][0]
    variables = {"POD_NAME": "dynamo-nats-0"}
    for variable in container["env"]:
        reference = variable["valueFrom"].get("secretKeyRef")
        if reference:
            assert reference["name"] == "nats-auth"
            variables[variable["name"]] = SECRET[reference["key"]]
    return path, variables


def check(path: Path, variables: dict[str, str]) -> None:
    done = subprocess.run(
        [tool("nats-server"), "-t", "-c", path], env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


PASSWORD = {"auth": {"method": "password", "secretName": "nats-auth"}}
TOKEN = {"auth": {"method": "token", "secretName": "nats-auth"}}


@pytest.mark.parametrize(
    "server", [{}, PASSWORD, TOKEN, {"replicas": 3}, {"jetstream": {"persistent": False}}]
)
def test_a_real_server_reads_the_configuration(server: dict[str, Any], tmp_path: Path) -> None:
    check(*written(tmp_path, **server))


@pytest.mark.parametrize("replicas", [1, 3])
def test_with_certificates(replicas: int, tmp_path: Path) -> None:
    folder = tmp_path / "nats-tls"
    folder.mkdir()
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=nats",
            "-days",
            "1",
            "-keyout",
            folder / "tls.key",
            "-out",
            folder / "tls.crt",
        ],
        check=True,
        capture_output=True,
    )
    (folder / "ca.crt").write_bytes((folder / "tls.crt").read_bytes())
    tls = {"secretName": "nats-tls", "verifyClients": True}
    check(*written(tmp_path, tls=tls, replicas=replicas))
    address = platform(sets={"nats.mode": "builtIn", "nats.server.tls": tls})
    config = only(address, "ConfigMap", "config")["data"]["config.yaml"]
    assert f"natsAddress: tls://dynamo-nats.{HOME}.svc:4222" in config


@contextmanager
def running(path: Path, variables: dict[str, str]) -> Iterator[int]:
    port, monitor = free_ports(2)
    text = path.read_text().replace("port: 4222", f"port: {port}").replace("8222", str(monitor))
    path.write_text(f"host: 127.0.0.1\n{text}")
    process = subprocess.Popen([tool("nats-server"), "-c", path], env=variables, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if process.poll() is not None:
                raise RuntimeError("the server ended")
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def connects(port: int, credentials: str) -> bool:
    """Tell whether a client of NATS' own protocol gets an answer to PING."""
    with closing(socket.create_connection(("127.0.0.1", port), 5)) as client:
        reader = client.makefile("rb")
        assert reader.readline().startswith(b"INFO")
        client.sendall(f'CONNECT {{"verbose":false{credentials}}}\r\nPING\r\n'.encode())
        return reader.readline().startswith(b"PONG")


def test_a_client_with_the_credentials_gets_in_and_others_do_not(tmp_path: Path) -> None:
    with running(*written(tmp_path, **PASSWORD)) as port:
        assert connects(port, ',"user":"dynamo","pass":"s3cret-X"')
        assert not connects(port, ',"user":"dynamo","pass":"other"')
        assert not connects(port, "")


def test_the_same_with_a_token(tmp_path: Path) -> None:
    with running(*written(tmp_path, **TOKEN)) as port:
        assert connects(port, ',"auth_token":"t0ken_y"')
        assert not connects(port, "")


def test_without_credentials_everybody_gets_in(tmp_path: Path) -> None:
    with running(*written(tmp_path)) as port:
        assert connects(port, "")


def test_the_liveness_probe_asks_a_path_that_the_server_has(tmp_path: Path) -> None:
    import http.client  # noqa: PLC0415 - one test

    path, variables = written(tmp_path)
    container = only(platform(nats__mode="builtIn"), "StatefulSet")["spec"]["template"]["spec"]["containers"][
        0
    ]
    with running(path, variables):
        monitor = int(next(x for x in path.read_text().splitlines() if x.startswith("http_port")).split()[1])
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            connection = http.client.HTTPConnection("127.0.0.1", monitor, timeout=5)
            connection.request("GET", container[probe]["httpGet"]["path"])
            assert connection.getresponse().status == 200, probe
