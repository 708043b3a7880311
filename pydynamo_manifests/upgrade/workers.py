"""How workers say their role, move KV blocks and publish KV events in the target release."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydynamo_manifests.upgrade.work import Component, Work

__all__ = ["migration", "workers"]

_ROLE_ENV = "DYN_VLLM_IS_PREFILL_WORKER"
_CONNECTORS = {
    "nixl": {"kv_connector": "NixlConnector", "kv_role": "kv_both"},
    "lmcache": {"kv_connector": "LMCacheConnectorV1", "kv_role": "kv_both"},
    "kvbm": {
        "kv_connector": "DynamoConnector",
        "kv_connector_module_path": "kvbm.vllm_integration.connector",
        "kv_role": "kv_both",
    },
}


def workers(component: Component, work: Work, *, kv_router: bool) -> None:
    """Rewrite one worker.

    Args:
        component: The component; others than workers stay.
        work: What is known of the upgrade.
        kv_router: The graph's router wants KV events.
    """
    backend = component.backend
    if backend in ("vllm", "mocker") and work.reaches("1.0"):
        _role(component, work)
    if backend == "trtllm" and work.reaches("1.3"):
        _trtllm_role(component, work)
    if backend == "vllm":
        _transfer(component, work)
        _events(component, work, kv_router=kv_router)
    if backend == "sglang" and work.reaches("1.0") and component.argv.has("--config-key"):
        work.decide(
            component.path,
            "--config-key is gone in 1.0: --disagg-config names the file, --disagg-config-key the part",
        )


def _role(component: Component, work: Work) -> None:
    argv = component.argv
    for role in ("prefill", "decode"):
        flag = f"--is-{role}-worker"
        if argv.has(flag):
            argv.turn(flag, "--disaggregation-mode", role)
            work.changed(
                component.path, f"{flag} -> --disaggregation-mode {role}", "one flag for the role from 1.0 on"
            )
    if work.crosses("1.0") and component.type == "decode" and not argv.has("--disaggregation-mode"):
        argv.add("--disaggregation-mode", "decode")
        work.changed(
            component.path, "--disaggregation-mode decode written", "decode workers say so from 1.0 on"
        )
    for path, variables in component.environments():
        for variable in variables:
            if variable.get("name") == _ROLE_ENV and str(variable.get("value")).lower() in ("1", "true"):
                variable |= {"name": "DYN_VLLM_DISAGGREGATION_MODE", "value": "prefill"}
                reason = "one variable for the role from 1.0 on"
                work.changed(path, f"env {_ROLE_ENV} -> DYN_VLLM_DISAGGREGATION_MODE=prefill", reason)


def _trtllm_role(component: Component, work: Work) -> None:
    argv = component.argv
    if argv.value("--disaggregation-mode") == "prefill_and_decode":
        argv.remove("--disaggregation-mode", 1)
        work.changed(
            component.path,
            "--disaggregation-mode prefill_and_decode taken out",
            "it is the default; 1.4 refuses the word",
        )


def _role_of(component: Component) -> str:
    written = component.argv.value("--disaggregation-mode")
    return written or (component.type if component.type in ("prefill", "decode") else "")


def _transfer(component: Component, work: Work) -> None:
    if not work.reaches("1.0"):
        return
    argv, path = component.argv, component.path
    if argv.has("--connector"):
        names = argv.values("--connector")
        argv.remove("--connector", max(1, len(names)))
        _connect(component, work, [n for n in names if n not in ("none", "null")])
    elif (
        work.crosses("1.0")
        and _role_of(component) in ("prefill", "decode")
        and not argv.has("--kv-transfer-config")
    ):
        _connect(component, work, ["nixl"])
    if component.variable("DYN_CONNECTOR") is not None:
        work.decide(path, "DYN_CONNECTOR is refused from 1.0 on: write its connector in --kv-transfer-config")


def _connect(component: Component, work: Work, names: list[str]) -> None:
    path = component.path
    if not names:
        work.changed(path, "--connector taken out", "no connector is the default from 1.0 on")
        return
    if len(names) > 1 or names[0] not in _CONNECTORS:
        work.changed(path, f"--connector {' '.join(names)} taken out", "refused from 1.0 on")
        work.decide(path, f"write the connectors {', '.join(names)} in --kv-transfer-config")
        return
    config: dict[str, Any] = dict(_CONNECTORS[names[0]])
    catalogue = work.target.kv_transfer.get("vllm", {}).get(_role_of(component))
    if names[0] == "nixl" and catalogue is not None and "kv-transfer-config" in catalogue.args:
        config = dict(catalogue.args["kv-transfer-config"])
    component.argv.add("--kv-transfer-config", json.dumps(config, separators=(",", ":")))
    work.changed(
        path,
        f"--kv-transfer-config {json.dumps(config)} written",
        f"connector {names[0]}, which 1.0 does not choose by itself",
    )


def _events(component: Component, work: Work, *, kv_router: bool) -> None:
    if not work.crosses("1.1"):
        return
    argv, path = component.argv, component.path
    if not argv.has("--block-size") and kv_router:
        work.decide(
            path,
            "without --block-size vLLM chooses one from 1.1 on (16 before); the router's must be the same",
        )
    wanted = kv_router and _role_of(component) != "decode" and not argv.has("--no-enable-prefix-caching")
    if not wanted or argv.has("--kv-events-config"):
        return
    port = component.variable("DYN_VLLM_KV_EVENT_PORT") or "20080"
    args = work.target.kv_events["vllm"].args.get("kv-events-config", {})
    config = dict(args) | {"endpoint": f"tcp://*:{port}"}
    argv.add("--kv-events-config", json.dumps(config, separators=(",", ":")))
    work.changed(
        path, f"--kv-events-config on port {port} written", "from 1.1 on KV events must be asked for"
    )


def migration(parts: list[Component], work: Work) -> None:
    """Move ``--migration-limit`` from the workers to the frontend, where it is read from 1.0 on."""
    if not work.reaches("1.0"):
        return
    limits: dict[str, Component] = {}
    for part in parts:
        argv = part.argv
        if (
            part.backend in ("vllm", "sglang", "trtllm")
            and (value := argv.value("--migration-limit")) is not None
        ):
            argv.remove("--migration-limit", 1)
            limits[value] = part
            work.changed(part.path, "--migration-limit taken out", "the frontend reads it from 1.0 on")
    if not limits:
        return
    value = max(limits, key=lambda text: int(text) if text.isdigit() else 0)
    for frontend in [p for p in parts if p.is_frontend]:
        if frontend.argv.module == "dynamo.frontend" and not frontend.argv.has("--migration-limit"):
            frontend.argv.add("--migration-limit", value)
            work.changed(
                frontend.path, f"--migration-limit {value} written", "the frontend reads it from 1.0 on"
            )
            return
    work.decide("graph", f"give the frontend --migration-limit {value}, which stood at a worker")
