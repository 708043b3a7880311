from __future__ import annotations

from typing import Any

import pytest

from pydynamo_manifests.upgrade.argv import Argv

SCRIPT = """\
set -e
export A=1
exec python3 -m dynamo.vllm \\
  --model "$MODEL" \\
  --is-prefill-worker \\
  --connector nixl \\
  --kv-events-config '{"a": 1}' --last
"""


def shell(script: str) -> dict[str, Any]:
    return {"command": ["/bin/bash", "-lc"], "args": [script]}


def plain(*args: str) -> dict[str, Any]:
    return {"command": ["python3", "-m", "dynamo.vllm"], "args": list(args)}


def test_where_the_module_stands() -> None:
    assert Argv(plain("--a")).module == "dynamo.vllm"
    assert Argv({"command": ["python3"], "args": ["-m", "planner_sla"]}).module == "planner_sla"
    assert Argv({"args": ["-m", "dynamo.frontend"]}, ("python3",)).module == "dynamo.frontend"
    assert Argv(shell(SCRIPT)).module == "dynamo.vllm"
    assert Argv({"args": ["python3 -m dynamo.sglang --a"]}, ("/bin/sh", "-c")).module == "dynamo.sglang"
    assert Argv({"command": ["sleep", "1"]}).module is None
    assert Argv(shell("sleep 1")).module is None
    assert Argv({}).module is None
    assert Argv({"command": ["sh", "run.sh"]}).script is None


def test_reading() -> None:
    argv = Argv(plain("--tp", "4", "--k=v", "--tp", "8", "--list", "a", "b", "--end"))
    assert (argv.has("--tp"), argv.has("--t"), argv.value("--tp"), argv.value("--k")) == (
        True,
        False,
        "8",
        "v",
    )
    assert (argv.values("--list"), argv.values("--k"), argv.value("--end"), argv.value("--no")) == (
        ["a", "b"],
        ["v"],
        None,
        None,
    )
    script = Argv(shell(SCRIPT))
    assert (script.has("--model"), script.has("--mod"), script.value("--connector")) == (True, False, "nixl")
    assert (script.value("--kv-events-config"), script.value("--none")) == ('{"a": 1}', None)
    assert (script.values("--connector"), script.has("--last")) == (["nixl"], True)


def test_editing_plain_arguments() -> None:
    container = plain("--tp", "4", "--k=v", "--switch")
    argv = Argv(container)
    argv.rename("--k", "--key")
    argv.set_value("--tp", "8")
    argv.set_value("--key", "w")
    argv.remove("--switch")
    argv.add("--new", "1")
    assert container["args"] == ["--tp", "8", "--key=w", "--new", "1"]
    argv.remove("--tp", 1)
    argv.remove("--key", 1)
    argv.remove("--new", 1)
    assert "args" not in container
    argv.add("--again")
    assert container["command"] == ["python3", "-m", "dynamo.vllm", "--again"]


def test_editing_a_script() -> None:
    container = shell(SCRIPT)
    argv = Argv(container)
    argv.remove("--is-prefill-worker")
    argv.remove("--connector", 1)
    argv.rename("--last", "--end")
    argv.set_value("--kv-events-config", '{"b": 2}')
    argv.add("--mode", "a b")
    argv.add("--on")
    assert container["args"] == [
        """\
set -e
export A=1
exec python3 -m dynamo.vllm --on --mode 'a b' \\
  --model "$MODEL" \\
  --kv-events-config '{"b": 2}' --end
"""
    ]


@pytest.mark.parametrize(
    ("script", "left"),
    [
        ("python3 -m dynamo.vllm --x 1 --y", "python3 -m dynamo.vllm --y"),
        ("python3 -m dynamo.vllm --x=1 --y", "python3 -m dynamo.vllm --y"),
        ("python3 -m dynamo.vllm --y --x '1 2'", "python3 -m dynamo.vllm --y"),
        (
            "python3 -m dynamo.vllm --x-more 1 --x 1; echo --xx",
            "python3 -m dynamo.vllm --x-more 1; echo --xx",
        ),
        ("python3 -m dynamo.vllm \\\n  --x \\\n  1 \\\n  --y", "python3 -m dynamo.vllm \\\n  --y"),
    ],
)
def test_taking_a_flag_out_of_a_script(script: str, left: str) -> None:
    container = shell(script)
    Argv(container).remove("--x", 1)
    assert container["args"] == [left]
