"""Short graphs for the examples of rules."""

from __future__ import annotations

import json
import shlex
from typing import Any

from pydynamo_manifests.validate.lint.registry import Example

__all__ = ["alpha", "beta", "example", "frontend", "part", "service", "transfer"]

_REGISTRY = "nvcr.io/nvidia/ai-dynamo"
_IMAGES = {
    "dynamo.vllm": "vllm-runtime",
    "dynamo.sglang": "sglang-runtime",
    "dynamo.trtllm": "tensorrtllm-runtime",
}
"""Image of an engine's module."""


def example(*components: dict[str, Any], dynamo: str = "1.6.1", **more: Any) -> Example:
    """Return a v1beta1 graph of some components as an example for a release."""
    cluster, others = more.pop("cluster", None), tuple(more.pop("others", ()))
    return Example(beta(*components, **more), dynamo, cluster, others)


def beta(*components: dict[str, Any], name: str = "demo", **more: Any) -> dict[str, Any]:
    """Return a v1beta1 graph; ``annotations`` are its own, everything else goes into its spec."""
    metadata = {"name": name} | ({"annotations": more.pop("annotations")} if "annotations" in more else {})
    spec = {"components": list(components)} | more
    return {
        "apiVersion": "nvidia.com/v1beta1",
        "kind": "DynamoGraphDeployment",
        "metadata": metadata,
        "spec": spec,
    }


def alpha(services: dict[str, Any], *, dynamo: str, name: str = "demo", **more: Any) -> Example:
    """Return a v1alpha1 graph as an example for a release."""
    obj = {
        "apiVersion": "nvidia.com/v1alpha1",
        "kind": "DynamoGraphDeployment",
        "metadata": {"name": name},
        "spec": more | {"services": services},
    }
    return Example(obj, dynamo)


def frontend(line: str = "", *, image: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a frontend; ``line`` is what follows ``dynamo.frontend``."""
    command = f"dynamo.frontend {line}" if line else ""
    return part("frontend", "frontend", command, image=image or "dynamo-frontend:1.6.1", **more)


def part(  # noqa: PLR0913 - one argument for each thing that examples differ in
    name: str,
    kind: str,
    command: str,
    *,
    image: str | None = None,
    gpus: int | None = None,
    env: dict[str, str] | None = None,
    mounts: dict[str, str] | None = None,
    pod: dict[str, Any] | None = None,
    container: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return a v1beta1 component that runs ``python3 -m`` and a command line.

    Args:
        name: Its name.
        kind: Its type.
        command: Module and arguments, quoted as for a shell; ``""`` writes no command.
        image: Name and tag in the public registry, or a whole reference; the engine's own of 1.6.1 if None.
        gpus: GPU limit; one for engines of GPUs if None, none if 0.
        env: Literal variables.
        mounts: Claim by mount path.
        pod: More of the pod's spec.
        container: More of the main container.
        more: More of the component.
    """
    module = command.split(" ", 1)[0]
    engine = _IMAGES.get(module)
    count = (1 if engine else 0) if gpus is None else gpus
    main = _main(command, image or f"{engine or 'dynamo-planner'}:1.6.1", count, env or {}, mounts or {})
    spec: dict[str, Any] = {"containers": [main | (container or {})]} | (pod or {})
    if mounts:
        spec["volumes"] = [
            {"name": claim, "persistentVolumeClaim": {"claimName": claim}}
            for claim in sorted(set(mounts.values()))
        ]
    return {"name": name, "type": kind} | more | {"podTemplate": {"spec": spec}}


def _main(command: str, image: str, gpus: int, env: dict[str, str], mounts: dict[str, str]) -> dict[str, Any]:
    main: dict[str, Any] = {"name": "main", "image": image if "/" in image else f"{_REGISTRY}/{image}"}
    if command:
        words = _words(command)
        main |= {"command": ["python3", "-m", words[0]], "args": words[1:]}
    if gpus:
        main["resources"] = {"limits": {"nvidia.com/gpu": str(gpus)}}
    if env:
        main["env"] = [{"name": key, "value": value} for key, value in env.items()]
    if mounts:
        main["volumeMounts"] = [{"name": claim, "mountPath": where} for where, claim in mounts.items()]
    return main


def service(
    kind: str, command: str, *, image: str, role: str = "", gpus: int = 1, **more: Any
) -> dict[str, Any]:
    """Return a v1alpha1 service that runs ``python3 -m`` and a command line."""
    words = _words(command)
    main = {"image": f"{_REGISTRY}/{image}", "command": ["python3", "-m", words[0]], "args": words[1:]}
    made: dict[str, Any] = {"componentType": kind}
    if role:
        made["subComponentType"] = role
    if gpus:
        made["resources"] = {"limits": {"gpu": str(gpus)}}
    return made | more | {"extraPodSpec": {"mainContainer": main}}


def _words(command: str) -> list[str]:
    """Split a command line; shlex takes milliseconds for what has no quotes."""
    return shlex.split(command) if "'" in command or '"' in command else command.split()


def transfer(role: str = "kv_both", connector: str = "NixlConnector") -> str:
    """Return vLLM's flag for KV transfer, quoted for a shell."""
    value = json.dumps({"kv_connector": connector, "kv_role": role})
    return f"--kv-transfer-config '{value}'"
