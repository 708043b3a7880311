"""Offline conversion of Dynamo objects between nvidia.com/v1alpha1 and v1beta1."""

from __future__ import annotations

from pydynamo_manifests.convert.objects import convert

__all__ = ["convert"]
