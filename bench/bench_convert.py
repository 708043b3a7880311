"""How fast objects change their API version, on one core; there is no peer that does it offline.

The objects are a graph with a frontend, a router and two kinds of workers, alone and on a multinode pair,
in the form that people write, and what each became.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.measure import row, timed
from pydynamo_manifests.convert import ALPHA, BETA, convert

if TYPE_CHECKING:
    from bench.measure import Row

COUNT = 10_000
ROUNDS = 5
SECONDS_AT_MOST = 10.0


def run() -> list[Row]:
    """Return the rows: seconds for ten thousand conversions, there and back."""
    alphas = [graph(workers) for workers in (1, 2, 4)]
    betas = [convert(alpha, BETA) for alpha in alphas]
    rows = []
    for name, objects, to in (("v1alpha1 -> v1beta1", alphas, BETA), ("v1beta1 -> v1alpha1", betas, ALPHA)):
        samples = timed(lambda objects=objects, to=to: _convert_all(objects, to), ROUNDS)  # type: ignore[misc]
        seconds = [s / 1000 for s in samples]
        rows.append(row(f"convert {COUNT} graphs, {name}", seconds, "s", at_most=SECONDS_AT_MOST))
    return rows


def _convert_all(objects: list[dict[str, Any]], to: str) -> None:
    for number in range(COUNT):
        convert(objects[number % len(objects)], to)


def graph(workers: int) -> dict[str, Any]:
    """Return a v1alpha1 graph of a frontend and some pairs of prefill and decode workers."""
    services: dict[str, Any] = {
        "Frontend": {
            "componentType": "frontend",
            "replicas": 1,
            "envs": [{"name": "DYN_ROUTER_MODE", "value": "kv"}],
            "extraPodSpec": {"mainContainer": {"image": "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.4.2"}},
        }
    }
    for number in range(workers):
        for role in ("prefill", "decode"):
            services[f"{role}{number}"] = _worker(role)
    metadata = {"name": "qwen", "labels": {"team": "a"}}
    kind = "DynamoGraphDeployment"
    return {
        "apiVersion": "nvidia.com/v1alpha1",
        "kind": kind,
        "metadata": metadata,
        "spec": {"services": services},
    }


def _worker(role: str) -> dict[str, Any]:
    args = ["--model", "Qwen/Qwen3-32B", "--tensor-parallel-size", "4", "--disaggregation-mode", role]
    main = {
        "image": "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.4.2",
        "command": ["python3", "-m", "dynamo.vllm"],
        "args": args,
        "startupProbe": {"httpGet": {"path": "/live", "port": 9090}, "failureThreshold": 600},
        "volumeMounts": [{"name": "config", "mountPath": "/config", "readOnly": True}],
    }
    return {
        "componentType": "worker",
        "subComponentType": role,
        "replicas": 2,
        "envFromSecret": "hf-token-secret",
        "resources": {"limits": {"gpu": "4", "memory": "200Gi"}, "requests": {"cpu": "16"}},
        "volumeMounts": [{"name": "model-cache", "mountPoint": "/models"}],
        "sharedMemory": {"size": "80Gi"},
        "multinode": {"nodeCount": 2},
        "extraPodSpec": {"mainContainer": main, "volumes": [{"name": "config", "configMap": {"name": "c"}}]},
    }
