"""The main container: the dedicated fields of v1alpha1 merged with its ``mainContainer``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.convert import resources

if TYPE_CHECKING:
    from pydynamo_manifests.convert.types import Obj

__all__ = [
    "MAIN",
    "PROBES",
    "SIDECAR",
    "core_mounts",
    "find",
    "main_container",
    "merge",
    "plain_secret",
    "secret_source",
    "unite_env",
]

MAIN = "main"
"""The name of the Dynamo container of a pod."""

SIDECAR = "sidecar-frontend"
"""The name of the container that v1alpha1's ``frontendSidecar`` becomes."""

PROBES = ("livenessProbe", "readinessProbe")


def find(containers: list[Obj], name: str) -> Obj | None:
    """Return the first container of that name."""
    return next((c for c in containers if c.get("name") == name), None)


def secret_source(secret: str) -> list[Obj]:
    """Return the ``envFrom`` that reads a whole Secret; empty for an empty name."""
    return [{"secretRef": {"name": secret}}] if secret else []


def plain_secret(env_from: list[Obj]) -> str | None:
    """Return the Secret that ``env_from`` reads, if that is all it does (no prefix, not optional)."""
    if len(env_from) != 1 or set(env_from[0]) != {"secretRef"} or set(env_from[0]["secretRef"]) != {"name"}:
        return None
    return str(env_from[0]["secretRef"]["name"])


def core_mounts(mounts: list[Obj]) -> list[Obj]:
    """Return Kubernetes volume mounts of v1alpha1 ones, those of a compilation cache included."""
    renamed = {"name": "name", "mountPoint": "mountPath"}
    return [{new: m[old] for old, new in renamed.items() if old in m} for m in mounts]


def main_container(alpha: Obj) -> Obj:
    """Return the ``main`` container of a v1alpha1 component: ``mainContainer`` wins, field by field."""
    over = alpha.get("extraPodSpec", {}).get("mainContainer", {})
    base = _dedicated(alpha)
    out: Obj = merge(base, over)
    united = {
        "env": unite_env(base.get("env", []), over.get("env", [])),
        "volumeMounts": over.get("volumeMounts", []) + base.get("volumeMounts", []),
        "resources": resources.merge(base.get("resources", {}), over.get("resources", {})),
    }
    out |= {key: value for key, value in united.items() if value}
    return out | {"name": MAIN}


def _dedicated(alpha: Obj) -> Obj:
    base = {
        "resources": resources.to_core(alpha.get("resources")),
        "env": alpha.get("envs", []),
        "envFrom": secret_source(alpha.get("envFromSecret", "")),
        "volumeMounts": core_mounts(alpha.get("volumeMounts", [])),
    }
    probes = {name: alpha[name] for name in PROBES if name in alpha}
    return {key: value for key, value in base.items() if value} | probes


def merge(base: Any, over: Any) -> Any:
    """Merge as the operator does: maps and structs key by key, everything else replaced."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    return base | {key: merge(base[key], value) if key in base else value for key, value in over.items()}


def unite_env(base: list[Obj], over: list[Obj]) -> list[Obj]:
    """Unite variables by name: those of ``over`` win, in the place the name already has."""
    out = list(base)
    places = {variable.get("name", ""): i for i, variable in enumerate(out)}
    for variable in over:
        name = variable.get("name", "")
        if name in places:
            out[places[name]] = variable
        else:
            places[name] = len(out)
            out.append(variable)
    return out
