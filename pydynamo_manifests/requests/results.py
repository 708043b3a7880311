"""The graphs that a request found: the chosen one and its alternatives, with what they need and promise."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydynamo_manifests import yaml
from pydynamo_manifests.errors import InputError, YamlError
from pydynamo_manifests.import_ import import_graph, without_server_fields
from pydynamo_manifests.validate.shapes import listed, mapping, number
from pydynamo_manifests.validate.shapes import text as text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pydynamo_manifests.import_ import Imported

__all__ = ["Candidate", "Point", "candidates", "graph_values", "pareto_front", "read_points"]

REQUEST, GRAPH = "DynamoGraphDeploymentRequest", "DynamoGraphDeployment"
_GENERATED = "nvidia.com/generated-dgd-spec"
_ADDITIONAL = "dgdr.nvidia.com/additional-resources"
_OUTPUT = "final_config.yaml"
"""Key of the ConfigMap that the profiling Job leaves, and its file."""
_OWN_LABELS = ("dgdr.nvidia.com/", "nvidia.com/managed-by")


@dataclass(frozen=True)
class Candidate:
    """One graph that a request found, with the ConfigMaps beside it."""

    name: str
    """``selected``, or ``alternative-1`` and on."""
    graph: dict[str, Any]
    others: tuple[dict[str, Any], ...] = ()

    @property
    def gpus(self) -> int:
        """GPUs of the graph as it starts."""
        return sum(_gpus(c) for _, c in _components(self.graph))

    @property
    def shape(self) -> str:
        """What the graph is made of: ``Frontend x1, prefill x2 of 1 GPU, decode x1 of 4 GPUs``."""
        return ", ".join(_shape(name, component) for name, component in _components(self.graph))


@dataclass(frozen=True)
class Point:
    """One line of a profiler's table: what a configuration reaches."""

    name: str
    throughput: float
    """Tokens per second and GPU."""
    itl: float
    """Milliseconds between tokens (``tpot`` in the table)."""
    ttft: float | None = None
    """Milliseconds to the first token."""
    facts: dict[str, str] = field(default_factory=dict)


def candidates(documents: Iterable[Any], source: str = "the request") -> list[Candidate]:
    """Return the graphs in what a request left: its object, its output ConfigMap, or the file in it.

    Args:
        documents: The decoded documents of one file, or one object of a cluster.
        source: Named in errors.

    Raises:
        InputError: There is no graph in it; says what there is instead.
    """
    found: list[Candidate] = []
    loose: list[dict[str, Any]] = []
    for obj in (d for d in documents if isinstance(d, dict)):
        if obj.get("kind") == REQUEST:
            found += _of_request(obj, source)
        elif obj.get("kind") == "ConfigMap" and (output := text_of(mapping(obj.get("data")).get(_OUTPUT))):
            loose += _documents(output, f"{source}: {_OUTPUT}")
        else:
            loose.append(obj)
    graphs = [o for o in loose if o.get("kind") == GRAPH]
    others = tuple(o for o in loose if o.get("kind") != GRAPH)
    found += [Candidate(_label(i + len(found)), g, others) for i, g in enumerate(graphs)]
    if not found:
        raise InputError(
            f"{source} holds no generated graph: it comes with phase Ready, Deploying or Deployed"
        )
    return found


def _label(number: int) -> str:
    return f"alternative-{number}" if number else "selected"


def _of_request(obj: dict[str, Any], source: str) -> list[Candidate]:
    status, metadata = mapping(obj.get("status")), mapping(obj.get("metadata"))
    annotations, results = mapping(metadata.get("annotations")), mapping(status.get("profilingResults"))
    selected = results.get("selectedConfig") or status.get("generatedDeployment")
    if not selected and (generated := text_of(annotations.get(_GENERATED))):
        selected = next(iter(_documents(generated, f"annotation {_GENERATED}")), None)
    graphs = [selected] if selected else []
    graphs += [mapping(p).get("config") for p in listed(results.get("pareto"))]
    others = tuple(_documents(text_of(annotations.get(_ADDITIONAL)), f"annotation {_ADDITIONAL}"))
    distinct = [g for i, g in enumerate(graphs) if isinstance(g, dict) and g not in graphs[:i]]
    if not distinct and status.get("phase") == "Failed":
        from pydynamo_manifests.requests.status import request_status  # noqa: PLC0415 - only to explain

        raise InputError(
            f"{source} failed: {request_status(obj).message or 'no message'}; there is no graph to read"
        )
    first = 0 if selected else 1
    return [Candidate(_label(first + i), _named(g, obj), others) for i, g in enumerate(distinct)]


def _named(graph: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    """Give a graph the kind, version and name that the operator would."""
    status, metadata = mapping(request.get("status")), mapping(request.get("metadata"))
    name = status.get("dgdName") or f"{metadata.get('name', 'graph')}-dgd"
    version = graph.get("apiVersion") or "nvidia.com/v1beta1"
    own = {"name": name, **({"namespace": metadata["namespace"]} if metadata.get("namespace") else {})}
    return {
        "apiVersion": version,
        "kind": GRAPH,
        **graph,
        "metadata": {**mapping(graph.get("metadata")), **own},
    }


def _documents(text: str, source: str) -> list[dict[str, Any]]:
    try:
        return [d for d in yaml.load_all(text, source) if isinstance(d, dict)]
    except YamlError as e:
        raise InputError(f"{source} cannot be read: {e}") from None


def graph_values(candidate: Candidate, *, tidy: bool = True) -> Imported:
    """Return a generated graph as values of the graph chart, without what binds it to its request."""
    graph = without_server_fields(candidate.graph)
    metadata = graph["metadata"]
    labels = {k: v for k, v in (metadata.get("labels") or {}).items() if not k.startswith(_OWN_LABELS)}
    rest = {k: v for k, v in metadata.items() if k != "labels"}
    graph["metadata"] = {**rest, "labels": labels} if labels else rest
    return import_graph(graph, [without_server_fields(o) for o in candidate.others], tidy=tidy)


def _components(graph: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    spec = mapping(graph.get("spec"))
    if isinstance(spec.get("components"), list):
        yield from ((str(c.get("name")), c) for c in spec["components"] if isinstance(c, dict))
    else:
        yield from ((n, c) for n, c in mapping(spec.get("services")).items() if isinstance(c, dict))


def _each(component: dict[str, Any]) -> int:
    pod = mapping(mapping(component.get("podTemplate")).get("spec"))
    containers = [c for c in map(mapping, listed(pod.get("containers"))) if c.get("name") == "main"]
    limits = [mapping(mapping(c.get("resources")).get("limits")) for c in (*containers, component)]
    count = next((v for found in limits for k, v in found.items() if k in ("nvidia.com/gpu", "gpu")), 0)
    nodes = number(mapping(component.get("multinode")).get("nodeCount")) or 1
    return int(count) * nodes if str(count).isdecimal() else 0


def _replicas(component: dict[str, Any]) -> int:
    value = number(component.get("replicas"))
    return 1 if value is None else value


def _gpus(component: dict[str, Any]) -> int:
    return _each(component) * _replicas(component)


def _shape(name: str, component: dict[str, Any]) -> str:
    each = _each(component)
    size = f" of {each} GPU{'' if each == 1 else 's'}" if each else ""
    return f"{name} x{_replicas(component)}{size}"


def read_points(text: str, source: str) -> list[Point]:
    """Read a profiler's table of results: CSV or a JSON list, a line per configuration.

    Columns are those of the profiler: ``tokens/s/gpu``, ``tpot`` and ``ttft`` (milliseconds); everything else is kept
    as a fact.

    Raises:
        InputError: No such columns, or no line with both numbers.
    """
    rows = _rows(text, source)
    points = [p for i, row in enumerate(rows) if (p := _point(row, i + 1))]
    if not points:
        raise InputError(
            f"{source} has no line with numbers for tokens/s/gpu and tpot: not a profiler's table"
        )
    return points


def _rows(text: str, source: str) -> list[dict[str, Any]]:
    if text.lstrip().startswith(("[", "{")):
        try:
            data = json.loads(text)
        except ValueError as e:
            raise InputError(f"{source} is not JSON: {e}") from None
        return [
            r for r in listed(data if isinstance(data, list) else data.get("rows")) if isinstance(r, dict)
        ]
    try:
        return list(csv.DictReader(io.StringIO(text)))
    except csv.Error as e:
        raise InputError(f"{source} is not CSV: {e}") from None


def _point(row: dict[str, Any], number: int) -> Point | None:
    throughput, itl = _number(row.get("tokens/s/gpu")), _number(row.get("tpot"))
    if throughput is None or itl is None:
        return None
    known = ("tokens/s/gpu", "tpot", "ttft")
    facts = {k: str(v) for k, v in row.items() if k and k not in known and v not in (None, "")}
    name = facts.get("parallel") or facts.get("name") or f"line {number}"
    return Point(name, throughput, itl, _number(row.get("ttft")), facts)


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and number > 0 else None


def pareto_front(points: Sequence[Point]) -> list[Point]:
    """Return the points that no other beats in both throughput and latency, by latency."""
    front: list[Point] = []
    for point in sorted(points, key=lambda p: (p.itl, -p.throughput)):
        if not front or point.throughput > front[-1].throughput:
            front.append(point)
    return front
