"""What the catalogue knows of a Dynamo release, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Bundled",
    "Kind",
    "KvEvents",
    "KvTransfer",
    "PassMetrics",
    "Planner",
    "PrefillRouter",
    "Release",
    "Router",
    "Webhook",
]


@dataclass(frozen=True)
class Kind:
    """A custom resource of ``nvidia.com``: API versions served, and the one that is stored."""

    served: tuple[str, ...]
    stored: str


@dataclass(frozen=True)
class Webhook:
    """One entry of the operator's admission webhooks."""

    type: str
    """``validating`` or ``mutating``."""
    name: str
    path: str
    group: str
    version: str
    resource: str
    operations: tuple[str, ...] = ("CREATE", "UPDATE")
    match_policy: str | None = None
    failure_policy: str = "Fail"


@dataclass(frozen=True)
class Bundled:
    """A component in the platform chart: its version, the least that the release works with, the default."""

    version: str
    minimum: str | None = None
    installed: bool = False


@dataclass(frozen=True)
class KvTransfer:
    """How a role moves KV blocks: flags, and for TensorRT-LLM keys of the engine's configuration."""

    args: Mapping[str, Any] = field(default_factory=dict)
    engine: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class KvEvents:
    """What makes a worker report its KV blocks: flags, or nothing when it does so by itself."""

    args: Mapping[str, Any] = field(default_factory=dict)
    automatic: bool = False


@dataclass(frozen=True)
class PassMetrics:
    """What makes a worker report its forward passes: flags and variables, none where it does so by itself."""

    args: Mapping[str, Any] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Router:
    """Words of the router in the frontend: modes, and flags (without dashes) that changed their names."""

    modes: tuple[str, ...]
    no_events: str
    overlap_weight: str


@dataclass(frozen=True)
class PrefillRouter:
    """A router that decode workers ask for a prefill worker (``python3 -m MODULE``)."""

    module: str
    block_size: str
    """Flag of the workers that says how many tokens a KV block has; the router must agree."""
    args: Mapping[str, Any]
    frontend: Mapping[str, Any]
    """Flags of the frontend beside such a router."""


@dataclass(frozen=True)
class Planner:
    """How the planner is started (``python3 -m MODULE``)."""

    module: str


@dataclass(frozen=True, order=True)
class Release:
    """One Dynamo release with everything that the catalogue knows of it; releases compare by age."""

    position: int
    version: str = field(compare=False)
    line: str = field(compare=False)
    first_date: str = field(compare=False)
    """Day on which the line's first release appeared, ISO 8601."""
    date: str = field(compare=False)
    """Day of this patch release, ISO 8601."""
    hidden: bool = field(compare=False)
    """A development snapshot that is never listed or composed for."""
    engines: Mapping[str, str] = field(compare=False)
    """Version of each engine in the release's images, by backend."""
    registry: str = field(compare=False)
    images: tuple[str, ...] = field(compare=False)
    component_images: Mapping[str, str | None] = field(compare=False)
    """Image repository that a backend, ``frontend`` or ``planner`` starts from; None: the workers' one."""
    kinds: Mapping[str, Kind] = field(compare=False)
    graph_api_version: str = field(compare=False)
    """API version that new graphs are written in."""
    graph_api_versions: tuple[str, ...] = field(compare=False)
    """API versions that a graph may be written in: served, and taken by admission as such."""
    pod_metadata: bool = field(compare=False)
    """v1beta1 graphs keep labels and annotations of their pods; otherwise the API server drops them."""
    webhooks: tuple[Webhook, ...] = field(compare=False)
    kubernetes: str = field(compare=False)
    """Oldest Kubernetes minor that takes the release's CRDs."""
    bundled: Mapping[str, Bundled] = field(compare=False)
    discovery: str = field(compare=False)
    backends: tuple[str, ...] = field(compare=False)
    multinode: tuple[str, ...] = field(compare=False)
    """Backends that one worker of which may span several nodes."""
    planned: tuple[str, ...] = field(compare=False)
    """Backends whose workers a planner can scale."""
    roles: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(compare=False)
    """Flags of a role, by backend and role (``prefill``, ``decode``); aggregated workers have none."""
    routed_roles: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(compare=False)
    """Flags that differ in a graph whose router chooses prefill workers."""
    prefill_router: Mapping[str, PrefillRouter] = field(compare=False)
    """Backends whose decode workers ask a router of their own for a prefill worker."""
    arguments_quoted: bool = field(compare=False)
    """The operator quotes arguments for the shell of a worker's other nodes, variables in them too."""
    kv_transfer: Mapping[str, Mapping[str, KvTransfer]] = field(compare=False)
    kv_events: Mapping[str, KvEvents] = field(compare=False)
    pass_metrics: Mapping[str, PassMetrics] = field(compare=False)
    """Backends whose workers can report forward passes, which the planner's fast loop needs."""
    worker_names: Mapping[str, Mapping[str, str]] = field(compare=False)
    """Component name of ``worker``, ``prefill`` and ``decode``, by backend."""
    multinode_worker_names: Mapping[str, str] = field(compare=False)
    """The same for graphs with a worker of several nodes."""
    router: Router = field(compare=False)
    planner: Planner = field(compare=False)
    dynamo_namespace: bool = field(compare=False)
    """Graphs say their logical namespace themselves."""
    runtime_version: bool = field(compare=False)
    """Admission asks for a semantic version, in the image's tag or in ``runtimeVersionOverride``."""

    order: Mapping[str, int] = field(compare=False, repr=False)
    """Position of every line and version of the catalogue."""

    def within(self, since: str | None = None, until: str | None = None) -> bool:
        """Say whether this release lies in a range of lines, both ends included, open where None.

        Raises:
            UnknownNameError: An end is neither a line nor a version of the catalogue.
        """
        after = since is None or self.position >= self._of(since)
        return after and (until is None or self.position <= self._of(until))

    def _of(self, name: str) -> int:
        if name not in self.order:
            raise UnknownNameError("Dynamo release", name, self.order)
        return self.order[name]

    def __str__(self) -> str:
        """Return the version."""
        return self.version
