"""Two graphs compared in serving terms: replicas, GPUs, images, flags, and what restarts."""

from __future__ import annotations

from pydynamo_manifests.diff.compare import Change, Difference, as_beta, diff

__all__ = ["Change", "Difference", "as_beta", "diff"]
