"""Kubeconfigs and servers that are none: one sentence, without the client's own objects in it."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("kubernetes")

from pydynamo_manifests.cli import main
from pydynamo_manifests.cluster.reader import connect
from pydynamo_manifests.errors import InputError
from tests.support.ports import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOOD = """\
apiVersion: v1
kind: Config
current-context: here
contexts: [{{name: here, context: {{cluster: c, user: u}}}}]
clusters: [{{name: c, cluster: {{server: "{server}"}}}}]
users: [{{name: u, user: {{token: sesame}}}}]
"""


class Answers(BaseHTTPRequestHandler):
    """Answers by path; `/version` is what a real server has."""

    def do_GET(self) -> None:
        status, body = {
            "/version": (200, b'{"major": "1", "minor": "34+"}'),
            "/apis": (200, b'{"groups": [{"name": "apps", "versions": [{"version": "v1"}]}]}'),
            "/html": (200, b"<html>login</html>"),
            "/broken": (500, b"oops"),
        }.get(self.path.partition("?")[0], (404, b"{}"))
        assert self.headers["Authorization"] == "Bearer sesame"
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    made = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    thread.join()
    made.server_close()


def config(folder: Path, server: str) -> str:
    file = folder / "config"
    file.write_text(GOOD.format(server=server))
    return str(file)


def test_answers_and_their_absence(server: str, tmp_path: Path) -> None:
    reader = connect(config(tmp_path, server))
    assert reader.get("/version") == {"major": "1", "minor": "34+"}
    assert reader.get("/nothing", limit="1") is None
    assert reader.may({"path": "/x", "verb": "get"}) is False
    with pytest.raises(InputError) as e:
        reader.get("/broken")
    assert str(e.value) == "the cluster answered 500 to GET /broken"
    with pytest.raises(InputError) as e:
        reader.get("/html")
    assert str(e.value) == f"what answers at {server} is no API server: GET /html gives no JSON"


@pytest.mark.parametrize(
    ("scheme", "reason"), [("http", "Connection refused"), ("https", "Connection refused")]
)
def test_a_server_that_is_not_there(scheme: str, reason: str, tmp_path: Path) -> None:
    address = f"{scheme}://127.0.0.1:{free_ports(1)[0]}"
    with pytest.raises(InputError) as e:
        connect(config(tmp_path, address)).get("/version")
    assert str(e.value).startswith(f"the cluster {address} cannot be reached: ")
    assert str(e.value).endswith(reason)
    assert not {"<", "0x", "Errno", "Pool"} & {w for w in ("<", "0x", "Errno", "Pool") if w in str(e.value)}


def test_a_server_that_speaks_no_tls(server: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as e:
        connect(config(tmp_path, server.replace("http:", "https:"))).get("/version")
    assert "cannot be reached: " in str(e.value)
    assert "_ssl" not in str(e.value)
    assert "<" not in str(e.value)


CONFIGS = {
    "empty": "",
    "text": "words\n",
    "list": "- 1\n",
    "binary": "\0\1",
    "broken": "a: [\n",
    "no contexts": "current-context: x\n",
    "null contexts": "current-context: x\ncontexts: null\n",
    "odd contexts": "current-context: x\ncontexts: {a: 1}\nclusters: 1\nusers: []\n",
    "odd server": GOOD.format(server="x").replace('{server: "x"}', "7"),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_kubeconfig_that_is_none(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "config"
    file.write_text(CONFIGS[name])
    for words in (["cluster", "check"], ["request", "status", "x"], ["import", "--from-cluster", "x"]):
        assert main([*words, "--kubeconfig", str(file)]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(f"dynamo-manifests: error: {file}: no usable kubeconfig: "), err
        assert err.count("\n") <= 2


def test_a_missing_kubeconfig_and_context(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], server: str
) -> None:
    for path in ("none", str(tmp_path)):
        assert main(["cluster", "check", "--kubeconfig", path]) == 2
        assert capsys.readouterr().err == f"dynamo-manifests: error: {path}: there is no such kubeconfig\n"
    assert main(["cluster", "check", "--kubeconfig", config(tmp_path, server), "--context", "prod"]) == 2
    assert capsys.readouterr().err.endswith("; does it have the context 'prod'?\n")


def test_inspect_writes_a_file_that_validate_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], server: str
) -> None:
    output = tmp_path / "cluster.yaml"
    assert main(["cluster", "inspect", "--kubeconfig", config(tmp_path, server), "-o", str(output)]) == 0
    assert capsys.readouterr().out == ""
    assert "kubernetes: '1.34'" in output.read_text()
    code = main(["cluster", "check", "--kubeconfig", config(tmp_path, server), "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    assert report["facts"]["kubernetes"] == "1.34"
    assert code == (0 if report["ok"] else 1)


def test_a_server_whose_apis_are_hidden(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Answers, "do_GET", lambda self: (self.send_response(403), self.end_headers()))
    assert main(["cluster", "check", "--kubeconfig", config(tmp_path, server)]) == 2
    assert capsys.readouterr().err == (
        "dynamo-manifests: error: you may not ask this server what it is (GET /version): ask for the role system:discovery\n"
    )
