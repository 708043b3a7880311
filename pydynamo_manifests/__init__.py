"""Correct NVIDIA Dynamo deployments on Kubernetes, from a typed intent to checked manifests."""

from __future__ import annotations

__version__ = "0.1.0"
