"""Values about the model that a graph serves: its names, its token, its cache."""

from __future__ import annotations

from pydynamo_manifests.values.base import Count, Quantity, StringMap, Values

__all__ = ["Cache", "CreateClaim", "Download", "Model", "TokenSecret"]


class TokenSecret(Values):
    """The Secret that holds the Hugging Face token; only its name stands here, never the token."""

    name: str | None = None
    """Name of an existing Secret in the graph's namespace. Components with `modelSecret: true` receive it."""
    key: str | None = None
    """Key in the Secret that becomes `HF_TOKEN`. Null takes over every key of the Secret as variables."""


class CreateClaim(Values):
    """A PersistentVolumeClaim that the chart creates and keeps on uninstall."""

    size: Quantity | None = None
    """Requested storage, e.g. `500Gi`: the weights, and room for a second revision."""
    storageClassName: str | None = None
    """Storage class; null takes the cluster's default."""
    accessModes: list[str] | None = None
    """Access modes; `[ReadWriteMany]` when null, as several nodes read one cache."""
    annotations: StringMap | None = None
    """Annotations of the claim."""
    labels: StringMap | None = None
    """Labels of the claim."""


class Download(Values):
    """A Job that fills the cache before the workers start."""

    enabled: bool | None = None
    """Create the Job. Its name ends in a hash of its template, because a Job cannot change."""
    wait: bool | None = None
    """Let components with `modelCache: true` wait for the Job in an init container (true when null)."""
    image: str | None = None
    """Whole image reference with Python and huggingface_hub; the graph's own image when null."""
    backoffLimit: Count | None = None
    """How often a failed download is tried again (6 when null)."""
    ttlSecondsAfterFinished: Count | None = None
    """Seconds after which a finished Job is removed; null keeps it."""
    nodeSelector: StringMap | None = None
    """Node labels for the Job's pod."""


class Cache(Values):
    """Where model files live between restarts: one of `existingClaim`, `create` and `hostPath`."""

    existingClaim: str | None = None
    """Name of an existing PersistentVolumeClaim."""
    create: CreateClaim | None = None
    """A PersistentVolumeClaim of the chart's own, named `<graph>-model-cache`."""
    hostPath: str | None = None
    """Directory of each node."""
    mountPath: str | None = None
    """Where components see the cache (`/model-cache` when null)."""
    subPath: str | None = None
    """Directory inside the volume that is mounted."""
    readOnly: bool | None = None
    """Mount it read-only; then the download is somebody else's work."""
    hfHome: str | None = None
    """`HF_HOME` of components with `modelCache: true`; `mountPath` when null, no variable when empty."""
    download: Download | None = None
    """The Job that fills the cache."""


class Model(Values):
    """The model: one place for every flag and variable that needs its name."""

    name: str | None = None
    """Model id, e.g. `Qwen/Qwen3-32B`. The knob `model.name`."""
    servedName: str | None = None
    """Name that clients ask for; `name` when null. The knob `model.servedName`."""
    revision: str | None = None
    """Branch, tag or commit of the model; null leaves the flags that ask for it out. Knob `model.revision`."""
    path: str | None = None
    """What the engines load: a directory in the container; `name` when null. The knob `model.path`."""
    tokenSecret: TokenSecret | None = None
    """The Secret with the Hugging Face token, by reference."""
    cache: Cache | None = None
    """Storage for model files; components with `modelCache: true` receive it."""
